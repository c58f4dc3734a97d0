"""Through two providers and out again, as it goes when all is well."""

from sqlalchemy import select

from portal.identity.models import UserSession
from portal.organisations.models import User
from tests import make


def test_two_people_sign_in_through_their_own_providers(desk, another_desk, bupl, slagelse):
    first = desk.sign_in("bupl-a", "mette")
    second = another_desk.sign_in("slagelse", "jonas")

    assert (first.status_code, first.headers["Location"]) == (302, "/")
    assert (second.status_code, second.headers["Location"]) == (302, "/")
    users = make.records.scalars(select(User).order_by(User.name)).all()
    assert [(user.name, user.organisation_id) for user in users] == [
        ("Jonas Skabelon", slagelse.id),
        ("Mette Eksempel", bupl.id),
    ]


def test_signing_out_ends_the_session_here_and_leads_on_to_the_provider(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    token = desk.cookie("samspil")

    answer = desk.sign_out()

    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert desk.cookie("samspil") is None
    [session] = make.records.scalars(select(UserSession)).all()
    assert session.ended_why == "signed out"
    desk.client.set_cookie("samspil-5000", token, domain="127.0.0.1")
    assert desk.client.get("/no-role").status_code == 302
