"""Who would like to know who answered what: the lead, a browser beside, and SQL as each role."""

import logging
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DataError, ProgrammingError

from portal import limits
from portal.access import Role
from portal.audit import AuditEvent
from portal.clock import now, today
from portal.identity.models import UserSession, hashed
from portal.settings import database_url
from portal.surveys import upkeep
from portal.surveys.models import State, Survey, SurveyCount, SurveyLink, SurveyResult
from tests import beside, make
from tests.surveys.looking import (
    DAY,
    NO,
    OUT,
    SATISFIED,
    YES,
    Q,
    advisers,
    tokens,
    told,
)

REFUSED = "permission denied"
OPTIONS = f"array['{Q}/{YES}']"


@pytest.fixture
def survey(fund, worker) -> Survey:
    """Open, and twelve have been written to."""
    return with_links(beside.survey(fund, State.OPEN, begun_at=now()), worker, mails=1)


def with_links(made: Survey, worker: Flask, mails: int, number: int = 12) -> Survey:
    ids = [uuid.uuid4() for _one in range(number)]
    with worker.app_context():
        hashes = {one: hashed(upkeep.token_of(one)) for one in ids}
    make.save_all(
        *(
            SurveyLink(
                id=one,
                survey_id=made.id,
                token_hash=hashes[one],
                address=f"person{place}@x.example",
                mails=mails,
            )
            for place, one in enumerate(ids)
        )
    )
    return made


def as_role(role: str) -> Connection:
    return create_engine(database_url(role), poolclass=NullPool).connect()


def as_keeper(statement: str) -> list[tuple[object, ...]]:
    make.records.rollback()
    make.records.execute(text("set local role samspil_keeper"))
    found = [tuple(row) for row in make.records.execute(text(statement))]
    make.records.rollback()
    return found


def answered(client: FlaskClient, token: str, choice: str = YES) -> int:
    return client.post(f"/survey/{token}", data={f"q_{Q}": choice}).status_code


def test_nobody_who_can_log_in_reads_the_count(app, survey, worker):
    answered(app.test_client(), tokens(survey, worker)[0])
    assert as_keeper("select counts from survey_count") == [({f"{Q}/{YES}": 1},)]
    statements = (
        "select * from survey_count",
        "select count(*) from survey_count",
        "update survey_count set counts = counts",
        "delete from survey_count",
    )
    noted = text("select count(*) from pg_stats where tablename = 'survey_count'")
    for role in ("app", "worker", "report"):
        for statement in statements:
            with as_role(role) as connection, pytest.raises(ProgrammingError, match=REFUSED):
                connection.execute(text(statement))
        with as_role(role) as connection:  # nor what the planner has noted of it
            assert connection.scalar(noted) == 0


def test_links_are_the_workers_alone_and_not_even_it_removes_them(survey):
    for role in ("app", "report"):
        for verb in ("select * from", "delete from"):
            with as_role(role) as connection, pytest.raises(ProgrammingError, match=REFUSED):
                connection.execute(text(f"{verb} survey_link"))
    with as_role("worker") as connection:
        assert len(connection.execute(text("select * from survey_link")).all()) == 12
        with pytest.raises(ProgrammingError, match=REFUSED):
            connection.execute(text("delete from survey_link"))


def test_nothing_joins_an_answer_to_a_link(app, survey, worker):
    """One row, which each answer writes whole: no order, no number of a transaction, no time."""
    browser, found = app.test_client(), tokens(survey, worker)
    for token, choice in zip(found, [YES, NO, YES, OUT, YES], strict=False):
        answered(browser, token, choice)
    counts = as_keeper("select counts, xmin::text from survey_count")
    assert [row[0] for row in counts] == [{f"{Q}/{YES}": 3, f"{Q}/{NO}": 1, f"{Q}/{OUT}": 1}]
    used = as_keeper("select xmin::text, address from survey_link where is_answered")
    assert {address for _xmin, address in used} == {None}
    # The last answer alone shares its number with the count, which tells a sum and no choice.
    assert len({xmin for xmin, _address in used}) == 5
    assert [xmin for xmin, _address in used if (xmin,) in {row[1:] for row in counts}]
    common = {*SurveyLink.__table__.columns.keys()} & {*SurveyCount.__table__.columns.keys()}
    assert common == {"id", "survey_id"}
    for model in (SurveyLink, SurveyCount, SurveyResult):
        kinds = {str(column.type).upper() for column in model.__table__.columns}
        assert not [kind for kind in kinds if "TIME" in kind or "DATE" in kind], model
    both = "select id from survey_link union select id from survey_count"
    assert len(as_keeper(both)) == 13


def test_the_order_of_links_is_not_the_order_of_people(fund, write):
    """Neither by their ids nor by where they lie: chance has shuffled whose is whose."""
    advisers(fund, 12)
    write(beside.survey(fund, State.OPEN))
    lying = as_keeper("select address from survey_link order by ctid")
    by_id = as_keeper("select address from survey_link order by id")
    people = as_keeper('select email from "user" order by ctid')
    assert {*lying} == {*by_id} == {*people}
    assert len({tuple(lying), tuple(by_id), tuple(people)}) == 3


def test_answering_leaves_no_trace_of_who(app, fund, survey, worker, client_of, statements):
    """Also from the browser in which an adviser is signed in."""
    adviser = make.user(fund, Role.ADVISER)
    client = client_of(adviser)
    seen = [row.seen_at for row in make.records.query(UserSession)]
    make.records.commit()
    [first, *_others] = tokens(survey, worker)
    shown = client.get(f"/survey/{first}")
    taken = client.post(f"/survey/{first}", data=SATISFIED)
    thanked = client.get(taken.location)
    for page in (shown, taken, thanked):
        assert "Set-Cookie" not in page.headers
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert page.headers["Cache-Control"] == "no-store"
        assert adviser.name not in page.text
    assert first not in taken.location
    assert not [one for one in statements if "user_session" in one or "audit_event" in one]
    assert make.records.query(AuditEvent).count() == 0
    make.records.expire_all()
    assert [row.seen_at for row in make.records.query(UserSession)] == seen
    make.records.commit()
    keys = as_keeper("select key from rate_limit where key like 'survey%'")
    assert keys
    assert not [key for (key,) in keys if "127.0.0.1" in str(key) or first in str(key)]


def test_what_is_logged_names_neither_address_nor_link(
    app, fund, mailbox, run_jobs, worker, write, caplog
):
    """The mail server refuses for now, or for good; its words hold the address."""
    survey = beside.survey(fund, State.OPEN, questionnaire="employers", begun_at=now())
    write(with_links(survey, worker, mails=0, number=2))
    people = {f"person{number}@x.example" for number in range(2)}
    mailbox.answers = ["450 later", "550 no such"]
    with caplog.at_level(logging.DEBUG):
        run_jobs()
    ours = [one for one in caplog.records if one.name != "mail.log"]  # of the test's mail server
    written = "\n".join(map(logging.Formatter().format, ours))
    assert "Postponed" in written
    assert "given up" in written
    assert not [one for one in {*people, *tokens(survey, worker)} if one in written]
    assert as_keeper("select id from outgoing_mail where failed_at is not null") == []


def test_links_that_do_not_work_are_all_alike(app, fund, survey, worker):
    later = beside.survey(
        fund, State.OPEN, opens_on=today() + DAY, begun_at=None, closes_on=today() + 9 * DAY
    )
    over = beside.survey(fund, State.OPEN, opens_on=today() - 9 * DAY, closes_on=today() - DAY)
    make.saved(SurveyLink(survey_id=later.id, token_hash=hashed("later"), address="a@x.example"))
    make.saved(SurveyLink(survey_id=over.id, token_hash=hashed("over"), address="a@x.example"))
    browser = app.test_client()
    pages = {
        (answer.status_code, answer.text)
        for token in ("never", "later", "over", "x" * 3000)
        for answer in (browser.get(f"/survey/{token}"), browser.post(f"/survey/{token}"))
    }
    assert len(pages) == 1
    assert pages.pop()[0] == 404
    assert browser.get(f"/survey/{tokens(survey, worker)[0]}").status_code == 200


def test_a_guesser_is_slowed_down(app, survey, worker, monkeypatch):
    monkeypatch.setattr(limits, "SURVEYS_PER_MINUTE", 3)
    [first, *_others] = tokens(survey, worker)
    at = now()
    monkeypatch.setattr("portal.limits.now", lambda: at)
    statuses = [app.test_client().get(f"/survey/{first}").status_code for _time in range(4)]
    assert statuses == [200, 200, 200, 429]


FORGED = (  # another option, another question, two of one, none
    f"array['{Q}/never']",
    "array['satisfied_course/yes']",
    f"array['{Q}/{YES}', '{Q}/{NO}']",
    "array[]::text[]",
)


def test_the_database_takes_one_option_of_each_question(survey, worker):
    how = {"hash": hashed(tokens(survey, worker)[0]), "day": today()}
    for chosen in FORGED:
        take = text(f"select survey_take(:hash, {chosen}, :day)")
        with as_role("app") as connection, pytest.raises(DataError, match="one option of each"):
            connection.execute(take, how)
    with as_role("app") as connection:
        sound = text(f"select survey_take(:hash, {OPTIONS}, :day)")
        assert connection.scalar(sound, how) is True
        assert connection.scalar(sound, how) is False
        assert connection.scalar(sound, how | {"hash": b"never"}) is None
        assert connection.scalar(sound, how | {"day": date(2020, 1, 1)}) is None


CHANGES = (
    "update survey set closes_on = current_date - 3, opens_on = current_date - 9",
    "update survey set state = 'closed', closed_at = now()",
    "update survey set content = '{}'",
    "update survey set state = 'draft', content = null",
)


@pytest.mark.parametrize("role", ["app", "worker"])
def test_an_open_survey_is_changed_by_no_statement(role, fund, survey):
    acting = text("select set_config('samspil.organisation', :id, true)")
    for change in CHANGES:
        with as_role(role) as connection:
            connection.execute(acting, {"id": str(fund.id)})
            with pytest.raises(ProgrammingError, match=f"{REFUSED}|is not changed"):
                connection.execute(text(change))


def test_results_come_when_it_is_over_and_not_by_looking_twice(
    app, fund, lead, survey, worker, client_of, end
):
    client, browser = client_of(lead), app.test_client()
    found = tokens(survey, worker)
    looks: list[str] = []
    for token in found[:10]:
        answered(browser, token, YES if len(looks) < 5 else NO)
        looks.append(told(client.get(f"/surveys/{survey.id}").text))
    assert not [look for look in looks if "Ja" in look.split() or "%" in look]
    assert len({*looks[:4]}) == 1  # fewer than five is all that is told
    assert client.get(f"/surveys/{survey.id}/results.csv").status_code == 409
    with as_role("worker") as connection, pytest.raises(ProgrammingError, match="is not over"):
        connection.execute(text("select survey_close(:id)"), {"id": survey.id})
    with as_role("app") as connection, pytest.raises(ProgrammingError, match=REFUSED):
        connection.execute(text("select survey_close(:id)"), {"id": survey.id})
    end(survey)
    assert as_keeper("select id from survey_link union select id from survey_count") == []
    assert client.get(f"/surveys/{survey.id}/results.csv").status_code == 200
    first, second = (told(client.get(f"/surveys/{survey.id}").text) for _look in range(2))
    assert "5 10 50 %" in first == second or first == second
    assert answered(browser, found[11]) == 404


def test_another_organisation_neither_follows_nor_stops_it(
    fund, outsider, survey, seen_by: Callable[..., object]
):
    for asker, invited in ((fund, 12), (outsider, 0)):
        with seen_by(asker) as session:  # type: ignore[attr-defined]  # a fixture
            told_of = text("select invited from survey_progress(:id)")
            assert session.scalar(told_of, {"id": survey.id}) == invited
    with (
        seen_by(outsider) as session,  # type: ignore[attr-defined]  # a fixture
        pytest.raises(ProgrammingError, match="is not open"),
    ):
        session.execute(text("select survey_stop(:id)"), {"id": survey.id})
