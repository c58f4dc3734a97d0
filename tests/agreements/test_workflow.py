"""The whole matrix of states, parties and steps, written down: what is not here must not be."""

import uuid
from datetime import timedelta

import pytest

from portal.access import OrganisationKind, Role
from portal.agreements import actions, queries
from portal.agreements.actions import EFFECTS
from portal.agreements.models import BINDING, State
from portal.agreements.workflow import AGREEMENT
from portal.clock import today
from portal.workflow import NotNow, NotYours, Stamp
from tests import make
from tests.agreements import table

S = State
THE_TWO_SIDES = ("fund", "municipality")
NOBODY: set[str] = set()
# Both sides may take the same steps: neither is the one that decides.
OPEN_STEPS = {
    S.DRAFT: {"open"},
    S.NEGOTIATING: {"settle", "abandon"},
    S.READY: {"reopen", "ask_to_sign", "abandon"},
    S.SIGNING: {"delegate", "sign", "decline", "take_back", "abandon"},
    S.SIGNED: {"terminate"},
    S.SUPERSEDED: NOBODY,
    S.TERMINATED: NOBODY,
    S.ABANDONED: NOBODY,
}


@pytest.fixture
def bodies(fund, municipality, outsider):
    """The two sides, one that acts through the fund, an observer, and somebody else."""
    return {
        "fund": fund,
        "municipality": municipality,
        "represented": make.fund("Anden A-kasse"),
        "observer": make.organisation("Forbundet", OrganisationKind.PARTNER),
        "outsider": outsider,
    }


@pytest.fixture
def standing(bodies):
    """A version in a state, with everybody on it who takes part."""

    def made(state):
        fund, municipality = bodies["fund"], bodies["municipality"]
        if state in BINDING:
            last = {} if state == S.SIGNED else {"ends_on": today()}
            version = make.agreement(fund, municipality, state=state, **last)
        else:
            version = make.under_way(fund, municipality, state)
        acting = {"represented_by_id": fund.id, "mandate": "Bestyrelsen, 1. maj"}
        make.side(version, bodies["represented"], **acting)
        make.side(version, bodies["observer"])
        return version

    return made


def test_every_state_is_in_the_matrix_and_every_step_has_an_effect():
    assert OPEN_STEPS.keys() == {*State}
    assert AGREEMENT.steps.keys() == EFFECTS.keys()
    assert set().union(*OPEN_STEPS.values()) == AGREEMENT.steps.keys()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("who", ["fund", "municipality", "represented", "observer", "outsider"])
def test_open_steps(state, who, standing, bodies):
    """Who acts through another is on its side and negotiates too: signing is by name."""
    version = standing(state)
    actor = make.actor(bodies[who], Role.AGREEMENT_OWNER)
    names = {step.name for step in AGREEMENT.open_steps(version, actor)}
    takes_part = who in {*THE_TWO_SIDES, "represented"}
    assert names == (OPEN_STEPS[state] if takes_part else NOBODY)


@pytest.mark.parametrize("step", sorted(AGREEMENT.steps))
@pytest.mark.parametrize("side", THE_TWO_SIDES)
def test_only_the_agreement_owner_takes_a_step(step, side, standing, bodies):
    version = standing(S(min(AGREEMENT.steps[step].source)))
    others = {*make.every_role(bodies[side])} - {Role.AGREEMENT_OWNER}
    with pytest.raises(NotYours):
        AGREEMENT.step(step, version, make.actor(bodies[side], *others))
    owner = make.actor(bodies[side], Role.AGREEMENT_OWNER)
    assert AGREEMENT.step(step, version, owner).name == step


@pytest.mark.parametrize("state", State)
def test_a_step_out_of_turn_changes_nothing(state, web, standing, bodies):
    """By the action itself and not only by the table, for every step that is not open."""
    version = standing(state)
    anna = table.owner(web, bodies["fund"], "Anna Aftaleejer")
    given = {"reason": "Derfor", "last_day": today() + timedelta(days=1), "is_read": True}
    shut = sorted(AGREEMENT.steps.keys() - OPEN_STEPS[state])
    assert shut
    for name in shut:
        with anna.at_work():
            found = queries.version(version.id)
            stamp = Stamp(found.revision, uuid.uuid4().hex)
            with pytest.raises(NotNow):
                actions.take(found, name, given, actor=anna.actor, at=table.moment(), stamp=stamp)
    assert anna.read(version.id)[0].state == state
