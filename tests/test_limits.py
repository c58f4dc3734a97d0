"""So many in a minute, for all workers together (F10)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import limits
from portal.db import db
from portal.identity import views
from portal.identity.actions import forget
from portal.limits import RateLimit, TooFast, spend
from tests import make
from tests.conftest import HTMX

NOON = datetime(2026, 11, 22, 12, 0, 40, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch, app):
    moment = {"now": NOON}
    monkeypatch.setattr(limits, "now", lambda: moment["now"])
    with app.app_context():
        yield moment


def test_so_many_and_no_more(clock):
    for _ in range(3):
        spend("search|me", 3)
    with pytest.raises(TooFast) as fast:
        spend("search|me", 3)
    assert fast.value.seconds == 20
    spend("search|another", 3)
    clock["now"] += timedelta(seconds=20)
    spend("search|me", 3)


@pytest.mark.parametrize(("hours", "left"), [(0.9, 1), (1.1, 0)])
def test_what_is_counted_is_forgotten(hours, left, clock, worker):
    spend("search|me", 3)
    with worker.app_context():
        forget(now=NOON + timedelta(hours=hours))
        db.session.commit()
    rows = make.records.scalars(select(RateLimit)).all()
    make.records.commit()
    assert len(rows) == left


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(views, "STARTS", 2)
    monkeypatch.setattr(views, "CALLBACKS", 2)
    monkeypatch.setattr(views, "NOTICES", 2)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/login/proevebaek/callback"),
        ("POST", "/oidc/proevebaek/backchannel-logout"),
    ],
)
def test_signing_in_is_limited_by_address(method, address, app, fund, two, monkeypatch):
    monkeypatch.setattr(limits, "now", lambda: NOON)
    client = app.test_client()
    answers = [client.open(address, method=method) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert answers[2].headers["Retry-After"] == "20"
    assert "Vent et øjeblik" in answers[2].text
    part = client.open(address, method=method, headers=HTMX)
    assert part.status_code == 429
    assert part.headers["Retry-After"] == "20"
    assert "<html" not in part.text
    forged = client.open(address, method=method, headers={"X-Forwarded-For": "203.0.113.7"})
    assert forged.status_code == 429  # no proxy of ours stands in front (F11)
    elsewhere = client.open(address, method=method, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert elsewhere.status_code == 400


def test_counts_stand_when_the_request_is_refused(app, fund, two, monkeypatch):
    monkeypatch.setattr(limits, "now", lambda: NOON)
    client = app.test_client()
    for _ in range(5):
        client.get("/login/proevebaek/callback")
    row = make.records.scalars(select(RateLimit)).one()
    make.records.commit()
    assert (row.key, row.spent) == ("callback|127.0.0.1", 5)
