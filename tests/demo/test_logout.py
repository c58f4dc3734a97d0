"""Who leaves is out at the provider, and the clients are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, request

from demo.provider.app import running
from demo.provider.faults import LOGOUT_EVENT
from tests.demo.conftest import PORTAL, SECRET, Relying
from tests.serving import served


def signed_in(portal: Relying, sub: str = "mette") -> str:
    token = portal.token(portal.callback(sub)["code"]).json()["id_token"]
    assert isinstance(token, str)
    return token


def leave(portal: Relying, **asked: str) -> str:
    answer = portal.visitor.session.get(
        f"{portal.provider.issuer}/logout", params=asked, timeout=30, allow_redirects=False
    )
    return answer.headers.get("Location", answer.text)


def test_logout_ends_the_session_and_comes_back_with_state(portal):
    hint = signed_in(portal)

    home = leave(
        portal,
        id_token_hint=hint,
        post_logout_redirect_uri=f"{PORTAL}/logout/done",
        state="s",
    )

    assert home == f"{PORTAL}/logout/done?state=s"
    assert not portal.provider.sign_ins
    assert portal.visitor.open(portal.again().address()).status_code == 200


def test_logout_works_after_the_key_was_withdrawn(portal):
    hint = signed_in(portal)
    portal.provider.rotate(withdraw=True)

    assert "Du er logget ud" in leave(portal, id_token_hint=hint)


def test_logout_goes_only_to_the_registered_address(portal):
    hint = signed_in(portal)
    elsewhere = "https://elsewhere.example"

    assert "Du er logget ud" in leave(
        portal, id_token_hint=hint, post_logout_redirect_uri=elsewhere
    )


@pytest.mark.parametrize("asked", [{}, {"client_id": "samspil"}])
def test_logout_without_a_hint_asks_first(portal, asked):
    portal.sign_in("mette")

    assert "Vil du logge ud" in leave(portal, **asked)
    assert len(portal.provider.sign_ins) == 1

    portal.visitor.session.post(f"{portal.provider.issuer}/logout", timeout=30)
    assert not portal.provider.sign_ins


def test_logout_with_anothers_hint_ends_nothing(portal, providers, http, yours):
    foreign = signed_in(Relying(providers["foa"], http, yours), "pia")
    portal.sign_in("mette")

    assert "Vi kan ikke fortsætte" in leave(portal, id_token_hint=foreign)
    assert len(portal.provider.sign_ins) == 1


class Listener:
    """The portal's back channel: keeps what comes, when it is let through."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str]] = []
        self.open = threading.Event()

    def take(self, slug: str) -> str:
        self.open.wait(60)
        self.came.append((slug, request.form["logout_token"]))
        return ""


@contextmanager
def listening(listener: Listener) -> Iterator[str]:
    app = Flask(__name__)
    app.add_url_rule("/oidc/<slug>/backchannel-logout", view_func=listener.take, methods=["POST"])
    with served(lambda address: app) as address:
        try:
            yield address
        finally:
            listener.open.set()


def test_logout_tells_the_client_without_waiting_for_it(demo_is_on, http, mine):
    listener = Listener()
    with (
        listening(listener) as home,
        running(portal=home, secret=SECRET) as known,
    ):
        portal = Relying(known["bupl-a"], http, mine, home=home)
        claims = portal.sign_in("mette")
        assert "Vil du logge ud" in leave(portal)
        answer = mine.session.post(f"{portal.provider.issuer}/logout", timeout=30)
        assert "Du er logget ud" in answer.text
        assert listener.came == []

        listener.open.set()
        portal.provider.settle()
        [(slug, token)] = listener.came
        told = portal.claims(token)

    assert slug == "bupl-a"
    assert told["events"] == {LOGOUT_EVENT: {}}
    assert (told["sub"], told["sid"], told["aud"]) == ("mette", claims["sid"], "samspil")
    assert "nonce" not in told


def test_a_client_that_is_gone_does_not_break_logout(portal):
    hint = signed_in(portal)

    assert "Du er logget ud" in leave(portal, id_token_hint=hint)
    portal.provider.settle()


def test_a_browser_that_never_signed_in_at_the_client_tells_nobody(portal):
    portal.callback("mette")  # a code that the client never used
    [sid] = portal.provider.sign_ins

    portal.provider.leave(sid)

    assert portal.provider.notices == []
