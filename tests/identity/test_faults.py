"""Every fault that the demo provider can show, each beside the same sign-in without it."""

import pytest
from sqlalchemy import func, select

from demo.provider.faults import (
    CONTROLS,
    FAULTS,
    MARKUP,
    NSIS,
    ODD,
    REFUSED,
    SOUND,
    WEAK,
    Fault,
    changed,
)
from portal.access import Role
from portal.identity import openid, outside
from portal.identity.models import UserSession
from portal.organisations.models import RoleGrant, User
from tests import make
from tests.identity.conftest import Desk

LEVELS = [name for name in WEAK if name.startswith("acr")]
TIMES = [name for name in WEAK if name.startswith("auth-time")]


@pytest.fixture
def idp(issuers):
    return issuers["bupl-a"]


@pytest.fixture
def soon(monkeypatch):
    """What is held is held until the test ends, so a short patience changes nothing else."""
    monkeypatch.setattr(outside, "SECONDS", 1)


def try_to_sign_in(desk: Desk, **query: str):
    """As far as it goes: the portal's last answer, or None where the provider itself refuses."""
    begun = desk.client.get("/login/bupl-a", query_string=query)
    if begun.status_code != 302:
        return begun
    chosen = desk.visitor.session.post(
        begun.headers["Location"], data={"sub": "mette"}, timeout=30, allow_redirects=False
    )
    return desk.come_back(chosen.headers["Location"]) if chosen.is_redirect else None


def signed_in() -> int:
    count = make.records.scalar(select(func.count()).select_from(UserSession))
    make.records.commit()
    return count or 0


def roles() -> set[Role]:
    found = {*make.records.scalars(select(RoleGrant.role))}
    make.records.commit()
    return found


def user() -> User:
    found = make.records.scalars(select(User)).one()
    make.records.commit()
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_nobody_is_signed_in(name, desk, another_desk, idp, bupl, soon):
    idp.fault = FAULTS[name]

    answer = try_to_sign_in(desk)

    assert signed_in() == 0
    assert desk.cookie("samspil") is None
    if answer is not None:  # None: the way ended at a provider that refused
        assert answer.status_code == 400
        assert "Reference" in answer.text
        assert MARKUP not in answer.text
        assert "samspil&#39;" not in answer.text  # no description of theirs, escaped or not
    idp.fault = SOUND
    idp.release.set()
    openid.forget_clients()
    assert try_to_sign_in(another_desk).status_code == 302
    assert signed_in() == 1


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_sound_is_accepted(name, desk, idp, bupl):
    idp.fault = FAULTS[name]

    assert try_to_sign_in(desk).status_code == 302
    assert signed_in() == 1


@pytest.mark.parametrize("name", LEVELS)
def test_whoever_sees_people_needs_substantial(name, desk, idp, bupl):
    idp.fault = FAULTS[name]

    answer = try_to_sign_in(desk)

    assert answer.status_code == 403
    assert "sikringsniveauet Betydelig" in answer.text
    assert "/login/bupl-a?level=Substantial" in answer.text
    assert signed_in() == 0
    idp.fault = SOUND
    assert try_to_sign_in(desk).status_code == 302


@pytest.mark.parametrize("name", TIMES)
def test_a_stronger_sign_in_must_be_a_fresh_one(name, desk, idp, bupl):
    idp.fault = FAULTS[name]

    answer = try_to_sign_in(desk, level="Substantial")

    assert answer.status_code == 400
    assert signed_in() == 0
    idp.fault = SOUND
    assert try_to_sign_in(desk, level="Substantial").status_code == 302
    assert signed_in() == 1


@pytest.mark.parametrize("name", ["auth-time-old", "auth-time-missing"])
def test_an_ordinary_one_may_be_old(name, desk, idp, bupl):
    idp.fault = FAULTS[name]

    assert try_to_sign_in(desk).status_code == 302


@pytest.mark.parametrize("name", ODD)
def test_odd_answers_break_nothing(name, desk, idp, bupl):
    idp.fault = FAULTS[name]

    answer = try_to_sign_in(desk)

    assert answer.status_code == 302
    assert all(len(cookie) < 1000 for cookie in answer.headers.getlist("Set-Cookie"))
    page = desk.client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("name-with-markup", f"Mette {MARKUP}"),
        ("name-a-dict", "Uden navn"),
        ("name-missing", "Uden navn"),
        ("sound", "Mette Eksempel"),
    ],
)
def test_names(name, shown, desk, idp, bupl):
    idp.fault = FAULTS[name]
    try_to_sign_in(desk)
    assert user().name == shown


def test_a_long_name_is_cut(desk, idp, bupl):
    idp.fault = FAULTS["name-of-20-kB"]
    try_to_sign_in(desk)
    assert 150 < len(user().name) <= 200


@pytest.mark.parametrize(
    ("name", "mail"),
    [("email-with-line-break", None), ("sound", "mette.eksempel@bupl-a.example")],
)
def test_mail_addresses(name, mail, desk, idp, bupl):
    idp.fault = FAULTS[name]
    try_to_sign_in(desk)
    assert user().email == mail


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("groups-3000", set()),
        ("groups-a-dict", set()),
        ("groups-a-string", {Role.LOCAL_ADMINISTRATOR}),  # one value, as some providers write it
        ("groups-of-lists", set()),
        ("groups-missing", set()),
        ("groups-of-the-operator", set()),
        ("sound", {Role.ADVISER}),
    ],
)
def test_groups(name, given, desk, idp, bupl):
    idp.fault = FAULTS[name]
    try_to_sign_in(desk)
    assert roles() == given


def test_metadata_cannot_set_the_client_up(desk, idp, bupl):
    """Authlib would take these as settings of its session: no PKCE, no checking of certificates."""
    hostile = {"code_challenge_method": None, "verify": False, "scope": "email", "state": "known"}
    idp.fault = Fault(changed(**hostile))

    address = desk.leave("bupl-a")

    assert "code_challenge_method=S256" in address
    assert "scope=openid" in address
    assert "state=known" not in address
    assert NSIS not in address  # no level is asked for where none is needed
