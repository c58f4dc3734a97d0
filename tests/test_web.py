"""What every request passes, and what it leaves."""

from tests import make


def test_without_a_session_one_is_sent_to_sign_in(app):
    answer = app.test_client().get("/login")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_session_opens_as_long_as_it_lives(adviser, client_of, seen_by, fund):
    with seen_by(fund) as session:
        assert session.get(type(adviser), adviser.id).name == "Mette Eksempel"
    assert make.audited() == []
