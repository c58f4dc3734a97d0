"""Statements past SQLAlchemy: in the session's transaction, failing as any other."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from portal.db import db
from portal.straight import Straight

SHARE = Straight(text("select 100 / :of as share, '100 %' as words"))
SAY = Straight(text("select set_config('samspil.person', :word, false)"))
HEARD = Straight(text("select current_setting('samspil.person', true) as word"))


@pytest.fixture
def session(web):
    """Of one connection, whatever the pool would give."""
    with web.app_context(), db.engine.connect() as connection, Session(connection) as session:
        yield session
        session.rollback()
        SAY.send(connection, {"word": ""}, ends=True)


def test_a_row_by_its_names(session):
    [row] = SHARE.rows(session, {"of": 4})
    assert (row.share, row.words) == (25, "100 %")


def test_after_a_failure_it_works_again(session):
    with pytest.raises(DataError):
        SHARE.rows(session, {"of": 0})
    session.rollback()  # which the driver forgets by what it had prepared
    assert SHARE.rows(session, {"of": 2})[0].share == 50


@pytest.mark.parametrize(("of", "stands"), [(1, "here"), (0, "")])
def test_the_last_one_ends_the_transaction_or_none_of_it_stands(of, stands, session):
    SAY.rows(session, {"word": "here"})
    try:
        SHARE.send(session.connection(), {"of": of}, ends=True)
    except DataError:
        assert not stands
    session.rollback()
    assert (HEARD.rows(session, {})[0].word or "") == stands


def test_no_more_are_prepared_than_the_driver_keeps(session):
    for number in range(120):
        Straight(text(f"select {number} as it")).rows(session, {})
    there = Straight(text("select count(*) as number from pg_prepared_statements"))
    assert 90 < there.rows(session, {})[0].number <= 101
