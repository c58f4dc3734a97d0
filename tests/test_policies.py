"""What the database itself holds and refuses, asked with plain SQL as the roles of production.

Which roles and tables the start refuses is in `tests/test_start.py`, whose rows each table shows
in `tests/test_sight.py`.
"""

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from portal import policies
from portal.handovers.models import Handover, Kind, State
from portal.organisations.models import Organisation
from portal.settings import database_url
from portal.sight import Open
from tests import make

NAMES = {"app_select", "app_insert", "app_update", "app_delete", "worker", "keeper"}
ROLES = "('samspil_app', 'samspil_worker', 'samspil_report', 'samspil_keeper')"
RIGHTS = f"""
select grantee::text, table_name::text, column_name::text, privilege_type::text
from information_schema.column_privileges where grantee in {ROLES} and table_schema = 'public'
union all
select grantee, table_name, '', privilege_type
from information_schema.role_table_grants where grantee in {ROLES} and table_schema = 'public'
order by 1, 2, 3, 4
"""
DEFINERS = """
select oid::regprocedure::text as name, proconfig, proacl::text, proowner::regrole::text as owner
from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
"""
MAY_ACT_AS = {"worker": ["samspil_app"]}
# Procrastinate's own, so that the web may queue a job; its search path names pg_temp last.
QUEUE = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
NEW = """
insert into handover (id, reference, kind, state, turn, sender_id, receiver_id, case_id,
    member_name, parameters, created_at, changed_at, sent_at, received_at, accepted_at, accepted_by,
    held_at, closed_at, closed_reason, registered_on, agreement_version_id, signoff_person_id,
    superseded_by_id, content_number, rounds, version)
select gen_random_uuid(), 'OP-NEW', kind, state, turn, sender_id, receiver_id, case_id,
    member_name, parameters, created_at, changed_at, sent_at, received_at, accepted_at, accepted_by,
    held_at, closed_at, closed_reason, registered_on, agreement_version_id, signoff_person_id,
    superseded_by_id, 0, 0, 1
from jsonb_populate_record(null::handover, cast(:row as jsonb))
"""


def as_role(role: str) -> Connection:
    return create_engine(database_url(role), poolclass=NullPool).connect()


def test_the_policies_are_the_declared_ones(database):
    with database.connect() as owner:
        found = policies.existing(owner)
        policies.drop(owner)
        policies.write(owner)
        assert policies.existing(owner) == found != []


@pytest.mark.parametrize(
    "change",
    [
        "alter policy app_select on handover using (true)",
        "create policy another on handover for select to samspil_app using (true)",
        "drop policy app_delete on handover",
    ],
)
def test_another_policy_would_be_noticed(change, database):
    with database.connect() as owner:
        found = policies.existing(owner)
        owner.execute(text(change))
        assert policies.existing(owner) != found


def test_the_rights_are_the_declared_ones(database):
    with database.connect() as owner:
        found = owner.execute(text(RIGHTS)).all()
        policies.drop(owner)
        policies.write(owner)
        assert owner.execute(text(RIGHTS)).all() == found != []


@pytest.mark.parametrize(
    "change",
    [
        "grant delete on handover_event to samspil_app",
        "grant update (case_id) on handover to samspil_app",
        "grant select on handover to samspil_report",
        "revoke insert on audit_event from samspil_app",
    ],
)
def test_another_right_would_be_noticed(change, database):
    with database.connect() as owner:
        found = owner.execute(text(RIGHTS)).all()
        owner.execute(text(change))
        assert owner.execute(text(RIGHTS)).all() != found


@pytest.mark.parametrize("role", ["app", "worker", "report"])
def test_a_role_is_nothing_but_itself(role, database):
    """No membership through which it could see more, and no schema to write functions in.

    The worker may make itself less: the web's role, for what a person has asked for.
    """
    attributes = """
        select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls,
            (select array_agg(roleid::regrole::text) from pg_auth_members
             where member = pg_roles.oid),
            has_schema_privilege('public', 'create')
        from pg_roles where rolname = current_user
    """
    with as_role(role) as connection:
        assert connection.execute(text(attributes)).one() == (False, MAY_ACT_AS.get(role), False)
        with pytest.raises(ProgrammingError, match="permission denied to set role"):
            connection.execute(text("set role samspil_keeper"))


def test_no_policy_has_an_or(database):
    """Neither in its text nor by a second one for the same verb and role: both cost the index."""
    with database.connect() as owner:
        found = policies.existing(owner)
    conditions = [f"{policy['qual']} {policy['with_check']}" for policy in found]
    assert not [condition for condition in conditions if re.search(r"\bOR\b", condition)]
    assert {policy["policyname"] for policy in found} == NAMES
    assert {policy["permissive"] for policy in found} == {"PERMISSIVE"}


def test_a_policy_reads_the_setting_once_and_not_for_each_row(database):
    with database.connect() as owner:
        texts = [f"{one['qual']} {one['with_check']}" for one in policies.existing(owner)]
    reading = [words for words in texts if "current_setting" in words]
    assert len(reading) > 20
    for words in reading:
        assert words.count("current_setting") == words.count("( SELECT (NULLIF(current_setting")


def test_functions_that_see_more_than_their_caller_are_fixed_and_closed(database):
    with database.connect() as owner:
        functions = {row.name: row for row in owner.execute(text(DEFINERS))}
    queue = functions.pop(QUEUE)
    assert queue.proconfig == ["search_path=public, pg_temp"]
    assert len(functions) >= 10
    for function in functions.values():
        bitmaps = ["enable_bitmapscan=on"] if "_search(" in function.name else []
        assert function.proconfig == ['search_path=""', *bitmaps], function
        assert function.owner == "samspil_keeper", function
    for function in (*functions.values(), queue):
        assert "{=X" not in function.proacl, function
        assert ",=X" not in function.proacl, function


def test_no_view_passes_the_policies(database):
    """A view is read with its owner's rights unless it says otherwise."""
    views = """
        select relname from pg_class where relkind in ('v', 'm')
        and relnamespace = 'public'::regnamespace
        and not coalesce(reloptions @> array['security_invoker=true'], false)
        and relowner <> 'samspil_keeper'::regrole
    """
    with database.connect() as owner:
        assert owner.scalars(text(views)).all() == []
        owner.execute(text("create view forgotten as select * from handover"))
        assert owner.scalars(text(views)).all() == ["forgotten"]


@pytest.mark.parametrize(
    "statement",
    [
        "update handover set sender_id = receiver_id",
        "update handover set case_id = id",
        "update handover_party set valid_until = null",
        "update handover_party set state = 'draft'",
        "delete from handover_party",
        "insert into handover_party (id) values (gen_random_uuid())",
        "update handover_content set content = content",
        "delete from handover_content",
        "update handover_event set step = 'send'",
        "delete from handover_event",
        "update handover_question set text = 'x'",
        "delete from handover_message",
        "update handover_note set text = 'x'",
        "update minutes set text = 'x'",
        "update handover_document set sealed = ''",
        "update joint_meeting set handover_id = handover_id",
        "update member_case set organisation_id = organisation_id",
        "update member_case set search = null",
        "update benefit_hours set hours = 0",
        "delete from benefit_hours",
        "update assessment set decision = 'keep'",
        "delete from assessment",
        "update agreement set key = 'x'",
        "update agreement_version set agreement_id = agreement_id",
        "update agreement_side set organisation_id = organisation_id",
        "insert into agreement_pair (id) values (gen_random_uuid())",
        "update agreement_party set valid_until = null",
        "update audit_event set action = 'x'",
        "update audit_event set seal_no = 1",
        "delete from audit_event",
        "truncate audit_event",
        "truncate handover",
        "insert into organisation (id) values (gen_random_uuid())",
        "update organisation set kind = 'platform'",
        "update identity_provider set issuer = 'x'",
        "update role_grant set role = 'operator'",
        "update user_session set user_id = user_id",
        "update user_session set expires_at = expires_at",
        'update "user" set organisation_id = organisation_id',
        'delete from "user"',
        "select * from outgoing_mail",
        "insert into outgoing_mail (id) values (gen_random_uuid())",
        "select * from procrastinate_jobs",
        "delete from procrastinate_jobs",
        "select * from alembic_version",
        "select handover_parties()",
        "create function mine() returns int language sql as 'select 1'",
    ],
)
def test_the_web_has_no_right_at_all(statement, database):
    with as_role("app") as web, pytest.raises(ProgrammingError, match="permission denied"):
        web.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "update handover set state = state",
        "update joint_meeting set place = place",
        "update member_case set name = name",
        "select * from handover_party",
        "select * from organisation",
        "update user_session set ended_at = ended_at",
        "delete from role_grant",
    ],
)
def test_the_web_has_the_rights_that_it_needs(statement, database):
    """The control of the refusals above."""
    with as_role("app") as web:
        web.execute(text(statement))


@pytest.fixture
def package(fund, municipality) -> Callable[[State], Handover]:
    """A package in any state, by the law or by agreement as the state demands."""
    version = make.agreement(fund, municipality)

    def made(state: State) -> Handover:
        by_agreement = {"agreement_version_id": version.id, "kind": Kind.VISITATION}
        case = make.member_case(fund, municipality)
        return make.handover(case, state, **(by_agreement if state == State.REJECTED else {}))

    return made


@pytest.mark.parametrize("who", ["fund", "municipality", "outsider", None])
@pytest.mark.parametrize("state", State)
def test_only_the_sender_creates_and_only_a_draft(
    state, who, package, outsider, seen_by, database, request
):
    """Whatever else the row says: the state itself decides, and it is the sender's own."""
    given = package(state)
    closed = package(State.WITHDRAWN)  # so that its case is free for another package
    with database.connect() as owner:
        owner.execute(text("set local role samspil_keeper"))
        rows = "select to_jsonb(h) from handover h where id = :id"
        row = owner.scalar(text(rows), {"id": given.id})
    row["case_id"] = str(closed.case_id)
    with seen_by(who and request.getfixturevalue(who)) as session:
        new = text(NEW).bindparams(row=json.dumps(row))
        if (who, state) == ("fund", State.DRAFT):
            assert session.execute(new).rowcount == 1
        else:
            with pytest.raises(ProgrammingError, match="row-level security"):
                session.execute(new)


@pytest.mark.parametrize("state", State)
def test_the_state_says_who_takes_part(state, package):
    """Derived by the database, whichever way the state was reached."""
    made, changed = package(state), package(State.DRAFT)
    later = {"kind", "agreement_version_id", "state", "turn", "sent_at", "received_at"}
    later |= {"accepted_at", "accepted_by", "held_at", "closed_at", "closed_reason"}
    for name in later | {"registered_on", "created_at", "signoff_person_id", "superseded_by_id"}:
        setattr(changed, name, getattr(made, name))
    make.saved(changed)
    expected = {"sender"} if state in {State.DRAFT, State.SIGNOFF} else {"sender", "receiver"}
    with as_role("worker") as worker:
        for handover in (made, changed):
            sides = text("select side, state from handover_party where handover_id = :id")
            found = {tuple(row) for row in worker.execute(sides, {"id": handover.id})}
            assert found == {(side, state.value) for side in expected}


END = "update handover_party set valid_until = now() where organisation_id = :id"


def end(organisation: Organisation) -> None:
    with as_role("worker") as worker:
        assert worker.execute(text(END), {"id": organisation.id}).rowcount == 1
        worker.commit()


def test_a_later_step_does_not_bring_back_a_participation_that_ended(
    package, fund, municipality, seen_by
):
    handover = package(State.SENT)
    end(municipality)
    handover.state, handover.received_at = State.RECEIVED, handover.sent_at
    make.saved(handover)
    for organisation, seen in ((municipality, 0), (fund, 1)):
        with seen_by(organisation) as session:
            assert session.scalar(text("select count(*) from handover")) == seen


def test_copies_follow_and_cannot_be_told_otherwise(package):
    """The lists read the copies; what is written there is overwritten with what is so."""
    handover = package(State.SENT)
    handover.member_name, handover.due_for = "Nyt Navnesen", "receipt"
    handover.changed_at = handover.changed_at.replace(year=2030)
    make.saved(handover)
    with as_role("worker") as worker:
        lies = "member_name = 'en løgn', state = 'draft', clock = 'x', responsible_from = now()"
        worker.execute(text(f"update handover_party set {lies}"))
        copies = "select distinct member_name, state, search @@ 'navnesen' from handover_party"
        assert worker.execute(text(copies)).all() == [("Nyt Navnesen", "sent", True)]
        carried = "select distinct clock, responsible_from from handover_party"
        of_package = "select due_for, responsible_from from handover"
        assert worker.execute(text(carried)).all() == worker.execute(text(of_package)).all()
        assert worker.scalar(text("select due_for from handover")) == "receipt"


def test_an_ended_participation_ends_the_sight_at_once(
    package, contact, adviser, municipality, client_of
):
    handover = package(State.SENT)
    client, other = client_of(contact), client_of(adviser)
    addresses = (f"/handovers/{handover.id}", f"/handovers/{handover.id}/steps/acknowledge")
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    listed = "/handovers/?tab=unassigned"
    assert handover.member_name in client.get(listed).text

    end(municipality)

    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(addresses[1], data={"version": 1}).status_code == 404
    fragment = client.get(listed, headers={"HX-Request": "true"})
    found = client.post("/handovers/search", data={"word": "medlem"})
    assert handover.member_name not in client.get(listed).text + fragment.text + found.text
    assert other.get(addresses[0]).status_code == 200


def test_the_worker_sees_all_and_owns_nothing(package):
    package(State.SENT)
    with as_role("worker") as worker:
        assert worker.scalar(text("select count(*) from handover")) == 1
        for statement in (
            "alter table handover disable row level security",
            "drop policy app_select on handover",
            "drop table handover",
        ):
            trial = worker.begin_nested()
            with pytest.raises(ProgrammingError, match="must be owner"):
                worker.execute(text(statement))
            trial.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set action = 'x'",
        "delete from audit_event",
        "update handover_content set content = '{}'",
        "delete from handover_event",
        "insert into handover_party (id) values (gen_random_uuid())",
        "update agreement_side set mandate = 'x'",
    ],
)
def test_the_worker_does_not_rewrite_what_happened(statement, database):
    with as_role("worker") as worker, pytest.raises(ProgrammingError, match="permission denied"):
        worker.execute(text(statement))


def test_reports_see_nothing_of_persons(database):
    """No table at all: what they will see are views of totals, each a grant of its own."""
    with as_role("report") as report, as_role("app") as app:
        tables = {f'"{table}"': sight for table, sight in policies.sights().items()}
        readable = text("select has_table_privilege(:table, 'select')")
        assert not [table for table in tables if report.scalar(readable, {"table": table})]
        opened = {table for table, sight in tables.items() if isinstance(sight, Open)}
        assert opened <= {table for table in tables if app.scalar(readable, {"table": table})}
        with pytest.raises(ProgrammingError, match="permission denied"):
            report.execute(text("select * from handover"))
