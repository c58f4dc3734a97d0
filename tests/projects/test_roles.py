"""What each partner role may, written down whole; and that the database knows the same steps."""

from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portal.access import OrganisationKind
from portal.projects import queries
from portal.projects.models import LEADING, PartnerRole, ProjectState
from portal.projects.partners import POSSIBLE
from portal.projects.workflow import PROJECT
from tests import make, project, report
from tests.project import DAY

K, R = OrganisationKind, PartnerRole
# The kind of organisation that holds the role, and the answers to: the project, putting it right,
# inviting, a new phase, the budget, the own line of it, another's line, and the own part.
MATRIX = {
    R.LEAD: (K.MUNICIPALITY, (200, 200, 200, 200, 200, 200, 200), True),
    R.SECRETARIAT: (K.COUNCIL, (200, 200, 200, 200, 200, 200, 200), True),
    R.JOBCENTRE: (K.MUNICIPALITY, (200, 409, 409, 409, 200, 200, 409), True),
    R.A_KASSE: (K.UNEMPLOYMENT_FUND, (200, 409, 409, 409, 200, 200, 409), True),
    R.UNION: (K.PARTNER, (200, 409, 409, 409, 200, 200, 409), True),
    R.EMPLOYER: (K.MUNICIPALITY, (200, 409, 409, 409, 200, 200, 409), True),
    R.SCHOOL: (K.PARTNER, (200, 409, 409, 409, 200, 200, 409), True),
    R.ASSOCIATION: (K.PARTNER, (200, 409, 409, 409, 200, 200, 409), True),
}
BESIDE = {  # no partner, and only asked
    "council": (200, 409, 409, 409, 200, 409, 409),
    "invited": (404, 404, 404, 404, 404, 404, 404),
    "outsider": (404, 404, 404, 404, 404, 404, 404),
}


def answers(client, one, own_line, other_line) -> tuple[int, ...]:
    here = f"/projects/{one.id}"
    pages = ("", "/edit", "/partners/new", "/phases/new", "/budget")
    lines = (f"/budget/{line.id}" for line in (own_line, other_line))
    return tuple(client.get(f"{here}{page}").status_code for page in (*pages, *lines))


def test_every_role_stands_in_the_matrix():
    assert MATRIX.keys() == {*PartnerRole}
    for role, (kind, _answers, _writes) in MATRIX.items():
        assert role in POSSIBLE[kind], role


@pytest.mark.parametrize("role", [*PartnerRole])
def test_what_a_partner_may(role, cast, as_, seen_by):
    kind, expected, writes = MATRIX[role]
    who = make.organisation(kind=kind)
    is_first = role is R.LEAD
    one = project.project(who if is_first else cast.fund)
    if not is_first:
        project.partner(one, who, role)
    other = cast.fund if not is_first else cast.school
    if is_first:
        project.partner(one, other)
    own_line, other_line = project.budget(one, who), project.budget(one, other, year=2027)
    client = as_(make.user(who, *make.every_role(who)))
    assert answers(client, one, own_line, other_line) == expected
    with seen_by(who):
        actor = make.actor(who)
        assert queries.may_write_own_part(queries.project(one.id), actor, DAY) == writes


@pytest.mark.parametrize("who", sorted(BESIDE))
def test_what_others_may(who, cast, led, as_):
    project.invited(led, cast.union)
    lines = project.budget(led, cast.fund), project.budget(led, cast.lead)
    person = {"council": cast.susanne, "invited": cast.ulla, "outsider": cast.ove}[who]
    assert answers(as_(person), led, *lines) == BESIDE[who]


@pytest.mark.parametrize("state", ["closed", "stopped"])
def test_when_it_is_over_nobody_writes_and_everybody_reads(state, cast, as_, seen_by):
    one = project.project(cast.lead, cast.fund, state=state)
    line = project.budget(one, cast.fund)
    expected = (200, 409, 409, 409, 200, 409, 409)
    for person in (cast.gitte, cast.mette):
        assert answers(as_(person), one, line, line) == expected
    for who in (cast.lead, cast.fund):
        with seen_by(who) as session:
            for table in ("project", "project_budget"):
                key = "id" if table == "project" else "project_id"
                column = "title" if table == "project" else "changed_by"
                change = text(f"update {table} set {column} = 'x' where {key} = '{one.id}'")
                assert session.execute(change).rowcount == 0
            session.rollback()


def test_the_database_takes_the_steps_of_the_table_and_no_others(cast, seen_by):
    table = {
        (source, step.target)
        for step in PROJECT.steps.values()
        for source in step.source
        if step.target
    }
    assert all(step.parties == LEADING for step in PROJECT.steps.values())
    taken = set()
    for source in ProjectState:
        one = project.project(cast.lead, state=source)
        if source is ProjectState.REPORTING:  # it is evaluated once its evaluation is finished
            with seen_by(cast.lead) as session:
                assert not is_taken(session, one.id, ProjectState.EVALUATED)
            report.evaluated(one)
        with seen_by(cast.lead) as session:
            for target in ProjectState:
                if target is not source and is_taken(session, one.id, target):
                    taken.add((source, target))
            session.rollback()
    assert taken == table
    assert len([*product(ProjectState, repeat=2)]) == 49


def is_taken(session, project_id, target) -> bool:
    trial = session.begin_nested()
    try:
        change = text(f"update project set state = '{target}' where id = '{project_id}'")
        return bool(session.execute(change).rowcount)
    except ProgrammingError:
        return False
    finally:
        trial.rollback()
