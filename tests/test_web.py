"""What every request passes, and what it leaves."""

import uuid

from bs4 import BeautifulSoup

from portal.clock import now
from portal.identity.models import UserSession
from tests import make


def test_without_a_session_one_is_sent_to_sign_in(app):
    answer = app.test_client().get("/login")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_session_opens_as_long_as_it_lives(adviser, client_of, seen_by, fund):
    with seen_by(fund) as session:
        assert session.get(type(adviser), adviser.id).name == "Mette Eksempel"
    assert make.audited() == []


def test_what_was_written_is_given_back_when_the_session_has_ended(client_of, contact):
    client = client_of(contact)
    written = {"text": "En lang besked om sagen", "audience": "both"}
    for user_session in make.records.query(UserSession):
        user_session.ended_at, user_session.ended_why = now(), "signed out elsewhere"
    make.records.commit()
    address = f"/handovers/{uuid.uuid4()}/messages"
    answer = client.post(address, data=written)
    assert answer.status_code == 401
    shown = BeautifulSoup(answer.text, "html.parser")
    assert [area.text.strip() for area in shown.select("textarea")] == [written["text"]]
    assert client.post(address, data={"audience": "both"}).status_code == 303
    client.environ_base["HTTP_X_CSRFTOKEN"] = "another"
    refused = client.post(address, data=written)
    assert refused.status_code == 400
    assert written["text"] in refused.text
