"""The steps in the life of a version, each with its guards and effects.

Silence decides nothing: a window for signing that closes leads back to the table.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from portal import rules
from portal.access import Actor
from portal.agreements import collecting, ending, freezing, queries, signing, upkeep
from portal.agreements.models import AgreementVersion, State
from portal.agreements.parts import AgreementMove, Move, SectionState
from portal.agreements.steps import happened, with_reason
from portal.agreements.workflow import AGREEMENT
from portal.clock import Moment
from portal.db import db
from portal.workflow import Done, Overtaken, Refused, Stamp, flush

Given = Mapping[str, Any]


def take(
    version: AgreementVersion, name: str, given: Given, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Take a step of the table. False when this very form took it before: then it is a receipt.

    Raises:
        NotNow: not from this state or not for this party.
        NotYours: the person's roles do not reach.
        Overtaken: somebody changed the version after the form was shown.
        Refused: something is missing; every lack at once.
    """
    if queries.event_of_form(version.id, stamp.key):
        return False
    step = AGREEMENT.step(name, version, actor)
    if version.revision != stamp.version:
        raise Overtaken
    source = version.state
    with db.session.no_autoflush:  # half of a step would break the table's checks
        done = EFFECTS[name](version, given, actor, at)
        if step.target:
            version.state = State(step.target)
        version.changed_at = at.now
    event = happened(version, name, source, actor, at, done=done, key=stamp.key)
    db.session.add(event)
    flush()
    upkeep.queue(event)
    return True


def open_up(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """The other side is let in; what the draft says is the first proposal."""
    own = version.party_of(actor)
    version.private_to = None
    for section in queries.sections(version.id):
        if section.state == SectionState.PROPOSED:
            db.session.add(
                AgreementMove(
                    agreement_id=version.agreement_id,
                    version_id=version.id,
                    section_id=section.id,
                    organisation_id=actor.organisation_id,
                    side=own,
                    person=actor.name,
                    at=at.now,
                    move=Move.PROPOSE,
                    text=section.text,
                    given=section.given,
                    is_left_out=section.is_left_out,
                )
            )
    return Done()


def settle(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """Everything is agreed: what is lacking is said at its section, all of it."""
    refuse_lacks(version, at)
    return Done()


def refuse_lacks(version: AgreementVersion, at: Moment) -> None:
    found = freezing.lacks(
        queries.agreement(version.agreement_id),
        version,
        queries.sections(version.id),
        queries.signatories(version.id),
        at.today,
    )
    if found:
        raise Refused(found)


def ask_to_sign(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """Freeze it, and open the window: it closes with the first day at the latest."""
    refuse_lacks(version, at)
    agreement = queries.agreement(version.agreement_id)
    attempt = queries.times(version.id, "ask_to_sign") + 1
    freezing.freeze(agreement, version, queries.sections(version.id), attempt)
    window = timedelta(days=rules.on(at.today, "agreement.signing_days"))
    version.sign_by = min(at.today + window, version.begins_on)
    return Done(detail={"hash": version.hash, "sign_by": str(version.sign_by)})


def back_to_the_table(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    reason = with_reason(given)
    version.sign_by, version.hash = None, ""
    return Done(reason)


def abandon(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    reason = with_reason(given)
    collecting.give_back(version)
    version.sign_by = None
    return Done(reason)


Effect = Callable[[AgreementVersion, Given, Actor, Moment], Done]
EFFECTS: dict[str, Effect] = {
    "open": open_up,
    "settle": settle,
    "reopen": back_to_the_table,
    "ask_to_sign": ask_to_sign,
    "sign": signing.sign,
    "decline": signing.decline,
    "delegate": signing.delegate,
    "take_back": back_to_the_table,
    "abandon": abandon,
    "terminate": ending.terminate,
}
