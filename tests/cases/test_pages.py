"""Every page opens for those who may, and is not there for anybody else."""

import pytest

from portal.access import Role
from portal.cases.models import Effort, EffortKind, EffortStatus, Talk, TalkOutcome
from tests import make
from tests.cases.conftest import TODAY

PAGES = ("", "/edit", "/hours", "/plan", "/course", "/assessments", "/assessments/new",
         "/talks/new", "/efforts/new", "/clarifications/new")  # fmt: skip
STEPS = ("/edit", "/cpr", "/close", "/reopen", "/hours", "/transfer", "/plan", "/plan/paste",
         "/exemptions", "/exemptions/remove", "/assessments/new", "/talks/new", "/efforts/new",
         "/clarifications/new")  # fmt: skip


@pytest.fixture
def talk(case):
    held = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    return make.of_case(case, Talk, day=TODAY, **held)


@pytest.fixture
def effort(case):
    made = {"kind": EffortKind.OFFER, "status": EffortStatus.RUNNING}
    return make.of_case(case, Effort, description="Kursus", **made)


@pytest.fixture
def rows(talk, effort):
    return (f"/talks/{talk.id}", f"/efforts/{effort.id}")


@pytest.fixture
def other_fund(app):
    return make.fund("Nabobæk A-kasse", "nabobaek")


@pytest.mark.parametrize("path", ["/cases/", "/cases/new", "/cases/import/members",
                                  "/cases/import/hours", "/cases/?list=closed"])  # fmt: skip
def test_pages_without_a_case_open(path, adviser, client_of):
    assert client_of(adviser).get(path).status_code == 200


@pytest.mark.parametrize("with_agreement", [True, False])
def test_the_pages_of_a_case_open(with_agreement, case, rows, adviser, client_of, request):
    if with_agreement:
        request.getfixturevalue("version")
    client = client_of(adviser)
    for path in (*PAGES, *rows):
        assert client.get(f"/cases/{case.id}{path}").status_code == 200, path


def test_another_fund_finds_nothing(case, rows, other_fund, client_of):
    client = client_of(make.user(other_fund, Role.ADVISER, Role.TEAM_LEAD))
    for path in (*PAGES, *rows):
        assert client.get(f"/cases/{case.id}{path}").status_code == 404, path
    for path in (*STEPS, *rows, *(f"{row}/remove" for row in rows)):
        answer = client.post(f"/cases/{case.id}{path}", data={"purpose": "contact"})
        assert answer.status_code == 404, path
    assert client.get(f"/cases/move?case={case.id}").status_code == 404
    assert client.post("/cases/move", data={"case": case.id}).status_code == 404


def test_a_municipality_may_not_ask(case, rows, contact, coordinator, client_of):
    for user in (contact, coordinator):
        client = client_of(user)
        assert client.get("/cases/").status_code == 403
        for path in (*PAGES, *rows):
            assert client.get(f"/cases/{case.id}{path}").status_code == 403, path
        for path in (*STEPS, *rows):
            status = client.post(f"/cases/{case.id}{path}").status_code
            assert status in {403, 404}, path


def test_rows_of_another_case_are_not_this_case_s(
    case, rows, municipality, fund, adviser, client_of
):
    other = make.member_case(fund, municipality)
    client = client_of(adviser)
    for path in rows:
        assert client.get(f"/cases/{other.id}{path}").status_code == 404
        assert client.post(f"/cases/{other.id}{path}/remove").status_code == 404
        assert client.get(f"/cases/{case.id}{path}").status_code == 200


def test_a_closed_case_is_read_and_not_written(case, rows, adviser, client_of):
    client = client_of(adviser)
    close = {"reason": "job"}
    assert client.post(f"/cases/{case.id}/close", data=close).status_code == 303
    written = [path for path in STEPS if path not in {"/cpr", "/reopen", "/plan/paste"}]
    for path in (*written, *rows):
        assert client.post(f"/cases/{case.id}{path}", data=close).status_code == 409, path
    for path in ("", "/hours", "/plan", "/course"):
        page = client.get(f"/cases/{case.id}{path}")
        assert page.status_code == 200, path
        assert "Gem" not in page.text, path
    assert client.post(f"/cases/{case.id}/reopen").status_code == 303
    assert client.post(f"/cases/{case.id}/reopen").status_code == 409
    assert client.post(f"/cases/{case.id}/close", data=close).status_code == 303


def test_a_case_takes_as_many_statements_however_much_it_holds(
    case, version, adviser, client_of, statements
):
    client, taken = client_of(adviser), []
    held = {"kind": "job_talk", "form": "phone", "outcome": TalkOutcome.HELD}
    for _round in range(2):
        for _talk in range(10):
            make.of_case(case, Talk, day=TODAY, **held)
        statements.clear()
        page = client.get(f"/cases/{case.id}").text
        taken.append(len(statements))
    assert page.count("Jobsamtale") == 20
    assert taken[0] == taken[1] <= 10
