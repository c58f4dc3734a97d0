"""What one request costs and what it leaves: counted, not timed.

That a step is not done when the log cannot be written is in `tests/test_audit.py`; the statements
of each step are counted in `tests/handovers/test_statements.py`.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, insert, select, text, update

from portal import jobs
from portal.access import Role, signed_in
from portal.administration import upkeep
from portal.cases.models import MemberCase
from portal.db import WroteWhileReading, db
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent, HandoverMessage, HandoverNote
from portal.organisations.models import Unit, UnitKind
from portal.web import asset
from tests import make, world
from tests.conftest import HTMX
from tests.matrix import GUARDED
from tests.test_access_matrix import ASKED, FILLED, ask, no_data, no_query, values, ways
from tests.world import World

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": CONTENT,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
OF_PAGES = EVERYWHERE | {"Cache-Control": "no-store", "Vary": "HX-Request, Cookie"}


# --- How much is asked of the database (P6) ---


@pytest.fixture(params=[2, 40])
def rows(request, fund, municipality, adviser, contact) -> int:
    """So many packages of one adviser and one contact; what is asked must not grow with them."""
    people = {"sender_person_id": adviser.id, "receiver_person_id": contact.id}
    for _ in range(request.param):
        case = make.member_case(fund, municipality, adviser_id=adviser.id)
        make.handover(case, State.SENT, **people)
        make.member_case(fund, municipality, adviser_id=adviser.id)
    return request.param


def counted(client: FlaskClient, address: str, statements: list[str], **how: Any) -> int:
    statements.clear()
    answer = client.get(address, **how)
    assert answer.status_code == 200
    return len(statements)


def test_lists_take_three_statements(rows, adviser, contact, client_of, statements):
    """The session; a page of rows with the counts of all tabs; the log."""
    sender, receiver = client_of(adviser), client_of(contact)
    shown = receiver.get("/handovers/").text.count("OP-TEST-")
    assert shown >= min(rows, 25)
    sender.get("/cases/")  # the names of the municipalities are kept for the day
    for client, address in (
        (sender, "/handovers/"),
        (sender, "/handovers/?tab=waiting&sort=-changed"),
        (receiver, "/handovers/"),
        (receiver, "/handovers/?tab=unassigned&sort=changed"),
        (sender, "/cases/?list=all"),
    ):
        assert counted(client, address, statements) == 3, statements
        assert counted(client, address, statements, headers=HTMX) == 3, statements


def test_the_start_page_takes_four_statements(rows, adviser, contact, client_of, statements):
    assert counted(client_of(adviser), "/", statements) == 4, statements
    assert counted(client_of(contact), "/", statements) <= 4, statements


@pytest.mark.parametrize("happened", [1, 30])
def test_a_package_takes_at_most_eight_statements(
    happened, fund, municipality, adviser, contact, client_of, statements
):
    package = make.handover(make.member_case(fund, municipality), State.MEETING_PLANNED)
    own = {"handover_id": package.id, "organisation_id": fund.id, "person": "Mette Eksempel"}
    for _ in range(happened):
        make.saved(HandoverEvent(step="assign", target=State.SENT, detail={"person": "A"}, **own))
        make.saved(HandoverMessage(text="Hej", **own))
        make.saved(HandoverNote(text="Husk", **own))
    for user in (adviser, contact):  # one of them asks whether what was taken on has gone back
        assert counted(client_of(user), f"/handovers/{package.id}", statements) == 5, statements


@pytest.mark.parametrize(
    "address", ["/static/portal.css", "/static/favicon.ico", "/robots.txt", "/nowhere", "/healthz"]
)
def test_what_needs_nobody_asks_nothing(address, web, statements):
    web.test_client().get(address, buffered=True)
    assert statements == []


def test_a_file_asks_nothing_though_somebody_is_signed_in(adviser, client_of, statements):
    """The control: a page of the same person does ask."""
    client = client_of(adviser)
    statements.clear()
    client.get("/static/portal.css", buffered=True)
    assert statements == []
    client.get("/handovers/")
    assert statements != []


def test_who_is_not_signed_in_is_sent_away_without_asking(web, statements):
    assert web.test_client().get("/handovers/").status_code == 302
    assert statements == []


# --- Reading does not write ---


def new_unit(case):
    values = {"name": "Ny", "kind": UnitKind.TEAM, "valid_from": case.benefit_start}
    return {"id": uuid.uuid4(), "organisation_id": case.organisation_id, **values}


def by_new_row(session, case):
    session.add(Unit(**new_unit(case)))
    session.flush()


def by_changed_row(session, case):
    session.get_one(MemberCase, case.id).name = "En anden"
    session.flush()


def by_deleted_row(session, case):
    session.delete(session.scalars(select(Handover)).one())
    session.flush()


def by_update(session, case):
    session.execute(update(MemberCase).values(name="En anden"))


def by_insert(session, case):
    session.execute(insert(Unit).values(**new_unit(case)))


def by_delete(session, case):
    session.execute(delete(Handover))


def by_text(session, case):
    session.execute(text("update member_case set name = 'En anden'"))


def by_connection(session, case):
    session.connection().execute(update(MemberCase).values(name="En anden"))


def by_driver_text(session, case):
    session.connection().exec_driver_sql("update member_case set name = 'En anden'")


def by_common_table(session, case):
    changed = "with gone as (delete from handover returning id) select count(*) from gone"
    session.connection().exec_driver_sql(changed)


def by_function(session, case):
    session.execute(text("select spend('x', now())"))


def by_job(session, case):
    jobs.enqueue(upkeep.close_unused, timestamp=0)


WAYS_TO_WRITE = [
    by_connection,
    by_driver_text,
    by_common_table,
    by_function,
    by_job,
    by_new_row,
    by_changed_row,
    by_deleted_row,
    by_update,
    by_insert,
    by_delete,
    by_text,
]


@pytest.mark.parametrize("write", WAYS_TO_WRITE)
def test_a_page_that_is_read_writes_nothing(write, fund, municipality, seen_by):
    """The same is let through when something was posted."""
    case = make.member_case(fund, municipality)
    make.handover(case)
    with seen_by(fund) as session:
        session.info["reading"] = True
        with pytest.raises(WroteWhileReading):
            write(session, case)
    with seen_by(fund) as session:
        session.info["reading"] = False
        write(session, case)


@pytest.mark.parametrize(("method", "is_reading"), [("GET", True), ("HEAD", True), ("POST", False)])
def test_the_method_says_whether_it_is_reading(
    method, is_reading, web, adviser, client_of, monkeypatch
):
    seen = []

    @signed_in
    def look() -> str:
        seen.append(db.session.info["reading"])
        return ""

    monkeypatch.setitem(web.view_functions, "identity.no_role", look)
    monkeypatch.setitem(web.view_functions, "handover_lists.search", look)
    client_of(adviser).open("/no-role" if is_reading else "/handovers/search", method=method)
    assert seen == [is_reading]


# --- What every request leaves ---


@pytest.fixture(scope="module")
def worlds(database: Engine) -> Iterator[list[World]]:
    yield []
    make.clean()


@pytest.fixture
def made(worlds: list[World]) -> World:
    """One for all tests here, as long as none of them cleans up."""
    worlds[:] = [world.standing(worlds[0] if worlds else None)]
    return worlds[0]


REFUSED = {403, 404, 409, 422}
OF_EACH_PACKAGE = {"bulk.remind"}  # beside the row of the request


@pytest.mark.parametrize("endpoint", GUARDED)
def test_every_request_leaves_one_row(endpoint, web, made, client_of):
    """Who, what and with what end, whatever the page; its own party and a stranger ask it."""
    home = made.municipality if endpoint == "handovers.called_in" else made.fund
    for organisation in (home, made.outsider):
        person = make.user(organisation, *make.every_role(organisation))
        data = FILLED.get(endpoint, no_data)(person)
        asked = ASKED.get(endpoint, no_query)(made)
        for rule, method in ways(web, endpoint):
            before = {row.id for row in make.audited()}
            known = values(endpoint, made)
            status = ask(
                web, client_of(person), rule, method, known, query=asked, data=data
            ).status_code
            new = [row for row in make.audited() if row.id not in before]
            [row] = [row for row in new if row.action not in OF_EACH_PACKAGE]
            outcome = f"refused {status}" if status in REFUSED else "done"
            assert (row.user_id, row.organisation_id) == (person.id, organisation.id)
            assert (row.action, row.outcome) == (endpoint, outcome), (method, status)
            assert made.case.name not in str(vars(row))


def test_only_own_rows_are_read(made, seen_by, client_of):
    client_of(make.user(made.outsider, Role.CONTACT)).get("/handovers/")
    count = text("select count(distinct organisation_id) from audit_event")
    for organisation, organisations in ((made.fund, 1), (made.outsider, 1), (None, 0)):
        with seen_by(organisation) as session:
            assert session.scalar(count) == organisations


@pytest.fixture
def full_log(database: Engine) -> Iterator[None]:
    """The web cannot write the log, as when its disk is full."""
    with database.begin() as owner:
        owner.execute(text("revoke insert on audit_event from samspil_app"))
    yield
    with database.begin() as owner:
        owner.execute(text("grant insert on audit_event to samspil_app"))


PAGES = [
    "/",
    "/cases/?list=all",
    "/cases/{case.id}",
    "/cases/{case.id}/plan",
    "/handovers/?tab=waiting",
    "/handovers/{sent.id}",
    "/handovers/{sent.id}/package.pdf",
    "/agreements/{agreement.agreement_id}",
]


@pytest.mark.parametrize("address", PAGES)
def test_what_cannot_be_written_down_is_not_shown(address, made, client_of, full_log):
    client = client_of(make.user(made.fund, *make.every_role(made.fund)))
    answer = client.get(address.format(**vars(made)))
    assert answer.status_code == 503
    for secret in (made.case.name, made.sent.reference, made.agreement.source):
        assert secret not in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_what_is_written_down_is_shown(address, made, client_of):
    """The control of the test above."""
    client = client_of(make.user(made.fund, *make.every_role(made.fund)))
    assert client.get(address.format(**vars(made))).status_code == 200


def test_the_next_user_of_a_connection_inherits_nothing(made, client_of, web):
    client_of(make.user(made.fund, Role.ADVISER)).get("/handovers/")
    with web.app_context():
        pool = db.engine.pool
        assert pool.checkedin() >= 1  # type: ignore[attr-defined]  # a queue pool
        for _ in range(pool.checkedin()):  # type: ignore[attr-defined]  # a queue pool
            assert db.session.scalar(text("select count(*) from handover")) == 0
            assert not db.session.scalar(
                text("select current_setting('samspil.organisation', true)")
            )


# --- What every answer carries (D10, D13, D14) ---


def carried(answer: Any, names: dict[str, str]) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in names}


@pytest.fixture
def broken(web, monkeypatch) -> None:
    """A page that fails, as it does where nobody tests."""

    @signed_in
    def fail() -> str:
        raise ZeroDivisionError("a secret")

    monkeypatch.setitem(web.view_functions, "handover_lists.index", fail)
    monkeypatch.setitem(web.config, "TESTING", False)


ANSWERS: dict[str, tuple[str, int]] = {
    "a page": ("/cases/", 200),
    "a redirect": ("/language/da", 302),
    "no such page": ("/nowhere", 404),
    "not one's own": ("/cases/00000000-0000-4000-8000-000000000000", 404),
    "not one's role": ("/administration/users", 403),
    "an open page": ("/login", 200),
    "a document": ("/agreements/default", 200),
}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_carries_the_same_headers(what, headers, adviser, client_of):
    address, status = ANSWERS[what]
    answer = client_of(adviser).get(address, headers=headers)
    assert answer.status_code == status
    assert carried(answer, OF_PAGES) == OF_PAGES
    assert "Server" not in answer.headers


def test_a_failure_carries_them_too_and_tells_nothing(broken, adviser, client_of, caplog):
    answer = client_of(adviser).get("/handovers/")
    assert answer.status_code == 500
    assert carried(answer, OF_PAGES) == OF_PAGES
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert [record.exc_info for record in caplog.records if record.levelname == "ERROR"]


def test_a_bad_host_and_a_bad_request_carry_them(web, adviser, client_of):
    for answer, status in (
        (client_of(adviser).post("/handovers/search", headers={"X-CSRFToken": ""}), 400),
        (web.test_client().get("/login", headers={"Host": "evil.example"}), 400),
    ):
        assert answer.status_code == status
        assert carried(answer, EVERYWHERE) == EVERYWHERE


def test_a_file_carries_the_headers_of_safety_and_may_be_kept(web):
    answer = web.test_client().get("/static/portal.css", buffered=True)
    assert carried(answer, EVERYWHERE) == EVERYWHERE
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers


FOR_EVER = "public, max-age=31536000, immutable"


def test_only_a_file_under_its_own_hash_is_kept_for_ever(web):
    """Under a wrong or an old one, a cache would keep today's file for yesterday's page."""
    client = web.test_client()
    with web.test_request_context():
        right = str(asset("portal.css"))
    kept = client.get(right, buffered=True)
    assert kept.headers["Cache-Control"] == FOR_EVER
    again = client.get(right, headers={"If-None-Match": kept.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, FOR_EVER)
    for address in ("/static/portal.css?v=", f"{right}0", right.replace(".css", ".nowhere")):
        answer = client.get(address, buffered=True)
        assert answer.headers.get("Cache-Control") in {None, "no-cache"}, address
    page = client.get("/login").text
    assert f'href="{right}"' in page


def test_over_https_the_browser_keeps_to_it(web, monkeypatch):
    client = web.test_client()
    assert "Strict-Transport-Security" not in client.get("/login").headers
    monkeypatch.setitem(web.config, "SESSION_COOKIE_SECURE", True)
    answer = client.get("/login")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_file_to_keep_runs_nothing(fund, municipality, adviser, client_of):
    """A document of the portal is given away under the strictest policy there is (E13)."""
    package = make.handover(make.member_case(fund, municipality), State.SENT, content_number=1)
    answer = client_of(adviser).get(f"/handovers/{package.id}/package.pdf")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    rest = {name: value for name, value in OF_PAGES.items() if name != "Content-Security-Policy"}
    assert carried(answer, rest) == rest


ORIGIN = {"Origin": "http://127.0.0.1:5000", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, True),
        (ORIGIN, True),
        (ORIGIN | {"Sec-Fetch-Site": "none"}, True),
        (ORIGIN | {"Sec-Fetch-Site": "cross-site"}, False),
        (ORIGIN | {"Sec-Fetch-Site": "same-site"}, False),
        (ORIGIN | {"Origin": "http://127.0.0.1:5001"}, False),
        (ORIGIN | {"Origin": "null"}, False),
    ],
)
def test_a_form_comes_from_here_or_is_refused(headers, is_let_in, adviser, client_of):
    """Beside its token: what browsers tell of where it was sent from (D12)."""
    answer = client_of(adviser).post("/handovers/search", data={"word": "x"}, headers=headers)
    assert (answer.status_code == 200) == is_let_in
