"""Nothing is shown or done that is not written down."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests import make

NAME = "Sigrid Kornblomst"


@pytest.fixture
def case(fund, municipality, adviser):
    return make.member_case(fund, municipality, name=NAME, adviser_id=adviser.id)


@pytest.fixture
def flushes() -> Iterator[list[Session]]:
    seen: list[Session] = []

    def see(session: Session, _context: object) -> None:
        seen.append(session)

    event.listen(Session, "after_flush", see)
    yield seen
    event.remove(Session, "after_flush", see)


@pytest.fixture
def full_log(database) -> Iterator[None]:
    """The web cannot write the audit log, as when its disk is full."""
    with database.begin() as owner:
        owner.execute(text("revoke insert on audit_event from samspil_app"))
    yield
    with database.begin() as owner:
        owner.execute(text("grant insert on audit_event to samspil_app"))


def test_what_is_shown_is_written_down(case, adviser, client_of):
    answer = client_of(adviser).get(f"/cases/{case.id}")
    assert (answer.status_code, NAME in answer.text) == (200, True)
    [row] = make.audited(case.id)
    assert (row.user_id, row.action, row.outcome) == (adviser.id, "cases.show", "done")
    assert NAME not in str(vars(row))


def test_a_page_that_is_read_needs_no_flush(case, adviser, client_of, flushes):
    """It takes longer than the row that it would add. The control is a step, which needs one."""
    client = client_of(adviser)
    flushes.clear()
    assert client.get(f"/cases/{case.id}").status_code == 200
    assert (len(flushes), len(make.audited(case.id))) == (0, 1)
    client.post(f"/cases/{case.id}/close", data={"reason": "job"})
    assert flushes


def test_what_cannot_be_written_down_is_not_shown(case, adviser, client_of, full_log):
    answer = client_of(adviser).get(f"/cases/{case.id}")
    assert (answer.status_code, NAME in answer.text) == (503, False)


def test_what_cannot_be_written_down_is_not_done(case, adviser, client_of, full_log):
    before = make.fresh(case).version
    answer = client_of(adviser).post(f"/cases/{case.id}/close", data={"reason": "job"})
    assert answer.status_code == 503
    after = make.fresh(case)
    assert (after.version, after.closed_at) == (before, None)


def test_the_same_step_is_done_when_it_can_be_written_down(case, adviser, client_of):
    answer = client_of(adviser).post(f"/cases/{case.id}/close", data={"reason": "job"})
    assert answer.status_code in (204, 303)
    assert make.fresh(case).closed_at


def test_the_log_of_a_failure_tells_no_names(case, adviser, client_of, full_log, caplog):
    client_of(adviser).get(f"/cases/{case.id}")
    assert "not committed" in caplog.text
    for secret in (NAME, adviser.name, str(case.id)):
        assert secret not in caplog.text
