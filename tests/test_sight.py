"""Whose rows each table shows and lets change: asked of every table, with plain SQL as the web.

No view, query or model stands between: what the database itself does not refuse here is open.
"""

import json
import re
import uuid
from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal import policies
from portal.organisations.models import Organisation
from portal.settings import database_url, embedded
from portal.sight import Sight
from tests import make, world
from tests.world import World

# How many rows of `tests/world.py` the fund and the municipality see; a third organisation sees
# none. Each table under a policy stands here, and nothing else may be seen.
SEEN = {
    "absence": (1, 0),
    "agreement": (4, 3),
    "agreement_amendment": (1, 1),
    "agreement_comment": (2, 1),
    "agreement_contact": (1, 1),
    "agreement_event": (1, 1),
    "agreement_file": (1, 1),
    "agreement_move": (1, 1),
    "agreement_pair": (1, 1),
    "agreement_party": (4, 3),
    "agreement_rehearsal": (1, 1),
    "agreement_section": (1, 1),
    "agreement_side": (8, 6),
    "agreement_signatory": (2, 2),
    "agreement_signature": (1, 1),
    "agreement_version": (4, 3),
    "area_tally": (0, 0),  # a council's alone
    "assessment": (1, 0),
    "assessment_answer": (1, 0),
    "audit_event": (1, 1),
    "batch": (1, 1),
    "batch_row": (1, 1),
    "benefit_hours": (1, 0),
    "calendar_feed": (1, 1),
    "case_plan": (1, 0),
    "case_reader": (1, 0),
    "case_restriction": (1, 0),
    "checklist_exemption": (1, 0),
    "effort": (1, 0),
    "company": (1, 1),
    "company_contact": (1, 1),
    "company_need": (1, 1),
    "council_item": (1, 0),
    "council_meeting": (1, 0),
    "council_participant": (1, 0),
    "gathering": (1, 1),
    "gathering_company": (1, 1),
    "gathering_entry": (1, 0),
    "gathering_move": (1, 1),
    "gathering_seat": (1, 0),
    "goal_count": (1, 0),
    "goal_tally": (1, 0),
    "goal_value": (2, 1),
    "handover": (3, 1),
    "handover_amendment": (1, 1),
    "handover_bounce": (1, 1),
    "handover_breach": (1, 0),
    "handover_content": (1, 1),
    "handover_counterpart": (1, 1),
    "handover_document": (1, 1),
    "handover_draft": (3, 0),
    "handover_event": (2, 1),
    "handover_file": (2, 1),
    "handover_filing": (1, 1),
    "handover_follow_up": (1, 1),
    "handover_leg": (1, 1),
    "handover_notice": (1, 1),
    "handover_onward": (1, 1),
    "handover_message": (2, 2),
    "handover_note": (1, 1),
    "handover_party": (3, 1),
    "handover_question": (1, 1),
    "handover_rating": (1, 1),
    "handover_reader": (1, 0),
    "handover_reference": (0, 1),
    "handover_request": (1, 1),
    "handover_reminder": (1, 1),
    "handover_restriction": (1, 0),
    "job_candidate": (1, 1),
    "job_order": (1, 1),
    "joint_meeting": (1, 1),
    "knowledge_practice": (1, 1),
    "knowledge_wish": (1, 1),
    "life_event": (1, 0),
    "meeting": (3, 3),
    "meeting_approval": (1, 1),
    "meeting_event": (1, 1),
    "meeting_item": (1, 1),
    "meeting_minutes": (1, 1),
    "meeting_note": (1, 1),
    "meeting_participant": (1, 1),
    "meeting_series": (1, 1),
    "member_case": (3, 0),
    "membership": (3, 1),
    "minutes": (1, 1),
    "minutes_draft": (0, 1),
    "minutes_objection": (1, 1),
    "newsletter": (1, 1),
    "outgoing_mail": (0, 0),  # the worker's alone
    "participant": (1, 0),
    "participant_event": (1, 0),
    "participant_key": (0, 0),  # the worker's alone
    "participant_tally": (1, 0),
    "profile_clarification": (1, 0),
    "project": (1, 1),
    "project_budget": (1, 1),
    "project_decision": (1, 1),
    "project_document": (1, 1),
    "project_curve": (1, 1),
    "project_evaluation": (1, 1),
    "project_event": (1, 1),
    "project_figure": (1, 1),
    "project_move": (1, 1),
    "project_municipality": (1, 1),
    "project_newcomer": (1, 0),
    "project_partner": (2, 2),
    "project_party": (1, 1),
    "project_phase": (1, 1),
    "project_recommendation": (1, 1),
    "project_report": (1, 1),
    "project_report_event": (1, 1),
    "project_report_notice": (0, 0),  # the worker's alone
    "project_report_text": (1, 0),  # the lead's until it is certified
    "project_report_version": (1, 1),
    "project_risk": (1, 1),
    "published_curve": (1, 1),
    "published_figure": (1, 1),
    "rate_limit": (0, 0),  # counted up by a function
    "responsibility_date": (1, 0),
    "role_grant": (4, 1),
    "support_grant": (1, 0),
    "survey": (1, 0),
    "survey_count": (0, 0),  # the keeper's alone
    "survey_link": (0, 0),  # the worker's alone
    "survey_result": (1, 0),
    "talk": (1, 0),
    "transfer_notice": (1, 0),
    "united_figure": (0, 0),  # for councils and secretariats
    "user": (3, 1),
    "user_session": (1, 1),
}
# Units have a name and a mailbox for everybody who is signed in; changed by their organisation.
READ_BY_ALL = {"unit": 2}
# Read whole by everybody, and why that does no harm.
OPEN = {
    "handover_step": "the table of steps is in the source; only migrations write it",
    "handover_standing": "the same",
    "organisation": "who exists is public",
    "organisation_name": "what they are called is public",
    "council_membership": "geography is public",
    "project_publication": "which quarters are out is public, and it is nothing more",
    "publication": "which quarters are out is public, and it is nothing more",
    "identity_provider": "read before anybody is known; the secret is encrypted",
    "shared_organisation": "read before anybody is known; CVR numbers are public",
    "sign_in_attempt": "nobody is known yet; found by the hash of a secret, for ten minutes",
    "used_logout_token": "hashes",
}
DENIED = "denied"
# Whose life begins in one state: nothing comes into the world further on.
BEGUN = {"handover": "draft", "goal_value": "draft", "meeting": "planned"}
BEGUN |= {"project": "idea", "project_partner": "invited"}
# Which only a council changes, and neither of the two is one.
OF_A_COUNCIL = {"newsletter"}
NO_RIGHT = "permission denied"


def verbs_of(table: str) -> Container[str]:
    """What the web may do to the table at all."""
    sight = policies.sights()[table]
    return sight.conditions() if isinstance(sight, Sight) else ()


# Rows that belong to another row, and not only to an organisation.
ROOTS = {"agreement", "audit_event", "council_meeting", "member_case", "user"}
HUNG_ON_ANOTHER = sorted(
    table
    for table in SEEN.keys()
    - {"agreement", "audit_event", "council_meeting", "member_case", "user"}
    if "insert" in verbs_of(table)
)
Adding = Callable[..., bool]
Asking = Callable[[Organisation | None], AbstractContextManager[Connection]]


@pytest.fixture(scope="module")
def made(database: Engine) -> Iterator[World]:
    make.clean()
    yield world.build()
    make.clean()


@pytest.fixture(scope="module")
def asking(database: Engine) -> Iterator[Asking]:
    """A connection of the web's role as one organisation; nothing that is done stays."""
    engine = create_engine(database_url("app"))

    @contextmanager
    def ask(organisation: Organisation | None) -> Iterator[Connection]:
        with engine.connect() as connection:
            act_for(connection, organisation)
            yield connection

    yield ask
    engine.dispose()


LEADER = """
select set_config('samspil.person', (
    select m.user_id::text from membership m join role_grant g on g.membership_id = m.id
    where g.role = 'team_lead'), true)
"""


def act_for(connection: Connection, organisation: Organisation | None) -> None:
    """As who leads there, where somebody does."""
    if organisation:
        setting = text("select set_config('samspil.organisation', :id, true)")
        connection.execute(setting, {"id": str(organisation.id)})
        connection.execute(text(LEADER))


def reach(connection: Connection, table: str) -> dict[str, int | str]:
    """How many rows each verb gets at; `denied` where the web has no such right at all."""
    sight = policies.sights()[table]
    columns = sight.columns if isinstance(sight, Sight) else ""
    column = columns.partition(",")[0] or "id"
    verbs = {
        "select": f'select * from "{table}"',
        "count": f'select from "{table}"',
        "update": f'update "{table}" set {column} = {column}',
        "delete": f'delete from "{table}"',
    }
    return {verb: reached(connection, statement) for verb, statement in verbs.items()}


def reached(connection: Connection, statement: str) -> int | str:
    trial = connection.begin_nested()
    try:
        return connection.execute(text(statement)).rowcount
    except ProgrammingError as error:
        if NO_RIGHT not in str(error):
            raise
        return DENIED
    finally:
        trial.rollback()


def test_every_table_is_under_a_policy_or_known_to_be_open():
    sights = policies.sights()
    scoped = {table for table, sight in sights.items() if isinstance(sight, Sight)}
    assert scoped == SEEN.keys() | READ_BY_ALL.keys()
    assert sights.keys() - scoped == OPEN.keys()


@pytest.mark.parametrize("table", sorted({*SEEN, *READ_BY_ALL, *OPEN}))
def test_the_world_has_a_row_of_everything(table, made, database):
    with database.connect() as owner:
        owner.execute(text("set local role samspil_keeper"))  # the owner is under policies too
        assert owner.scalar(text(f'select count(*) from "{table}"')) > 0


@pytest.mark.parametrize("table", SEEN)
def test_without_an_organisation_there_are_no_rows(table, made, asking):
    with asking(None) as connection:
        assert set(reach(connection, table).values()) <= {0, DENIED}


@pytest.mark.parametrize("table", SEEN)
def test_another_organisation_gets_at_no_rows(table, made, asking):
    with asking(made.outsider) as connection:
        assert set(reach(connection, table).values()) <= {0, DENIED}


@pytest.mark.parametrize("table", SEEN)
def test_the_parties_get_at_their_rows(table, made, asking):
    """The control of the two above: the same statements, as those whose rows they are."""
    with asking(made.fund) as one, asking(made.municipality) as other:
        reaches = [reach(one, table), reach(other, table)]
    allowed = verbs_of(table)
    seen = SEEN[table] if "select" in allowed else (DENIED, DENIED)
    assert tuple(found["select"] for found in reaches) == seen
    assert tuple(found["count"] for found in reaches) == seen
    for verb in ("update", "delete"):
        changed = {found[verb] for found in reaches}
        assert (changed == {DENIED}) == (verb not in allowed), (verb, changed)
        others = table in OF_A_COUNCIL  # tests/knowledge asks as the council
        assert verb not in allowed or others or changed - {0, DENIED}, (verb, changed)


@pytest.mark.parametrize("table", READ_BY_ALL)
def test_what_all_may_read_is_changed_by_its_own_organisation_only(table, made, asking):
    with asking(None) as nobody, asking(made.outsider) as other, asking(made.fund) as own:
        assert set(reach(nobody, table).values()) <= {0, DENIED}
        found = reach(other, table)
        assert (found["select"], found["update"]) == (READ_BY_ALL[table], 0)
        assert reach(own, table)["update"] == 1


@pytest.fixture(scope="module")
def adding(database: Engine, made: World) -> Iterator[Adding]:
    """Put a copy in place of a row, as the web acting for an organisation; nothing stays.

    The row goes first, so that no unique key stands in the way: what refuses the copy is a policy,
    a right that the web has not, a guard, or a foreign key.
    """
    postgres = create_engine(embedded().url("postgres", str(database.url.database)))

    def add(table: str, row: dict[str, Any], by: Organisation | None, **changes: str) -> bool:
        copy = json.dumps(row | {"id": str(uuid.uuid4())} | changes)
        with postgres.connect() as connection:
            connection.execute(text("set local session_replication_role = replica"))  # no cascade
            connection.execute(text(f'delete from "{table}" where id = :id'), {"id": row["id"]})
            connection.execute(text("set local session_replication_role = origin"))
            become(connection, by)
            return is_let_in(connection, table, copy)

    yield add
    postgres.dispose()


def become(connection: Connection, organisation: Organisation | None) -> None:
    connection.execute(text("set local role samspil_app"))
    act_for(connection, organisation)


def is_let_in(connection: Connection, table: str, row: str) -> bool:
    into = f'insert into "{table}" select * from jsonb_populate_record(null::"{table}", :row)'
    try:
        connection.execute(text(into), {"row": row})
    except (ProgrammingError, IntegrityError) as error:
        if not re.search("InsufficientPrivilege|ForeignKeyViolation", str(error)):
            raise
        return False
    return True


def rows_of(database: Engine, table: str) -> list[dict[str, Any]]:
    with database.connect() as owner:
        owner.execute(text("set local role samspil_keeper"))
        return [*owner.scalars(text(f'select to_jsonb(t) from "{table}" t'))]


@pytest.mark.parametrize("table", sorted({*SEEN, *READ_BY_ALL}))
def test_a_row_is_added_by_its_own_organisation_or_by_nobody(table, made, adding, database):
    may = "insert" in verbs_of(table)
    for row in rows_of(database, table):
        adders = added_by(table, row, made)
        for by in (made.fund, made.municipality, made.outsider, None):
            is_own = by is not None and str(by.id) in adders
            is_begun = row.get("state") != BEGUN.get(table, row.get("state"))
            assert adding(table, row, by) == (may and is_own and not is_begun), (row, by)


def added_by(table: str, row: dict[str, Any], made: World) -> set[str]:
    """Whose row it is; what is negotiated is both sides' as long as it is open."""
    if table in {"agreement_side", "agreement_section"}:
        two = {str(made.fund.id), str(made.municipality.id)}
        open_to = {made.negotiated.id: two, made.drafted.id: {str(made.fund.id)}}
        return open_to.get(uuid.UUID(row["version_id"]), set())
    if table == "project_partner":
        return {row["invited_by_id"]}
    names = ("private_to", "created_by_id") if table.startswith("agreement") else ()
    owners = [row.get(name) for name in ("organisation_id", "sender_id", *names)]
    return {owner for owner in owners if owner}


@pytest.mark.parametrize("table", HUNG_ON_ANOTHER)
def test_nobody_hangs_rows_on_what_is_anothers(table, made, adding, database):
    """The own organisation written on a row of another's case, package, person or assessment.

    The control stands above: the same row comes in with its own organisation on it.
    """
    names = ("organisation_id", "sender_id", "private_to")
    stolen = dict.fromkeys(names, str(made.outsider.id))
    for row in rows_of(database, table):
        assert not adding(table, row, made.outsider, **stolen), row
