"""Sessions live at the server: how they begin, how long they last, and how they end."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import select, update

from demo.provider.app import running
from demo.provider.faults import LOGOUT_FAULTS, SOUND, Fault, changed
from demo.provider.provider import SignIn
from demo.provider.visitor import query, visitor
from portal.app import create_app
from portal.clock import now
from portal.db import db
from portal.identity import openid
from portal.identity.models import UserSession, hashed
from tests import make
from tests.conftest import HTMX
from tests.identity.conftest import SECRET, Desk, element, point
from tests.serving import served_portal

TOKEN = "samspil-5000"


def session() -> UserSession:
    found = make.records.scalars(select(UserSession).order_by(UserSession.created_at)).all()[-1]
    make.records.commit()
    return found


def is_in(desk: Desk, **headers: str) -> bool:
    return opens(desk.client, **headers)


def opens(client: FlaskClient, **headers: str) -> bool:
    return client.get("/", headers=headers).status_code == 200


def carrying(app, token: str) -> FlaskClient:
    """Another machine with a copy of somebody's cookie."""
    client = app.test_client()
    client.set_cookie(TOKEN, token, domain="127.0.0.1")
    return client


def test_the_cookie_is_an_opaque_token_and_the_table_has_its_hash(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    token, row = desk.cookie("samspil"), session()
    assert len(token) >= 43  # 256 bits in base64url
    assert "." not in token
    assert row.token_hash == hashed(token)
    columns = make.records.execute(select(UserSession.__table__)).one()
    make.records.commit()
    jwt = r"eyJ[\w-]*\.eyJ"  # three letters alone may stand in what is encrypted
    assert not [one for one in map(str, columns) if token in one or re.search(jwt, one)]
    assert str(row.id_token).startswith("v1|")


def test_a_planted_cookie_does_not_become_a_session(desk, bupl, app):
    desk.client.set_cookie(TOKEN, "planted", domain="127.0.0.1")
    desk.sign_in("bupl-a", "mette")
    assert desk.cookie("samspil") != "planted"
    assert is_in(desk)
    assert not opens(carrying(app, "planted"))


def test_the_old_session_is_dead_after_a_new_sign_in(desk, bupl, app):
    desk.sign_in("bupl-a", "mette")
    old = desk.cookie("samspil")
    assert opens(carrying(app, old))
    desk.sign_in("bupl-a", "mette")
    assert desk.cookie("samspil") != old
    assert not opens(carrying(app, old))
    assert is_in(desk)


def test_another_organisations_session_ends_too(desk, bupl, slagelse, app):
    desk.sign_in("bupl-a", "mette")
    old = desk.cookie("samspil")
    desk.sign_in("slagelse", "jonas")
    assert not opens(carrying(app, old))
    assert is_in(desk)


def test_a_copy_is_dead_after_signing_out(desk, bupl, app):
    desk.sign_in("bupl-a", "mette")
    copy = carrying(app, desk.cookie("samspil"))
    assert opens(copy)
    desk.sign_out()
    assert not opens(copy)
    assert session().ended_why == "signed out"


def test_a_slow_request_does_not_bring_an_ended_session_back(desk, bupl, app):
    """A request that began before the sign-out and writes after it (D3)."""
    desk.sign_in("bupl-a", "mette")
    token = desk.cookie("samspil")
    with app.app_context():
        slow = app.test_request_context("/", headers={"Cookie": f"{TOKEN}={token}"})
        with slow:
            app.preprocess_request()
            desk.sign_out()
            app.process_response(app.make_response("late"))
    assert session().ended_at is not None
    assert not opens(carrying(app, token))


def aged(**values: timedelta) -> None:
    moments = {name: now() + age for name, age in values.items()}
    make.records.execute(update(UserSession).values(**moments))
    make.records.commit()


@pytest.mark.parametrize(("minutes", "lives"), [(44, True), (46, False)])
def test_idle(minutes, lives, desk, bupl):
    desk.sign_in("bupl-a", "mette")
    aged(seen_at=-timedelta(minutes=minutes))
    assert is_in(desk) is lives


@pytest.mark.parametrize(("seconds", "lives"), [(60, True), (-1, False)])
def test_the_end_comes_however_busy_one_is(seconds, lives, desk, bupl):
    desk.sign_in("bupl-a", "mette")
    row = session()
    assert row.expires_at - row.created_at == timedelta(hours=10)
    aged(expires_at=timedelta(seconds=seconds))
    assert is_in(desk) is lives


@pytest.mark.parametrize(("headers", "kept"), [({}, True), ({"X-Polling": "1"}, False)])
def test_what_asks_by_itself_keeps_nothing_alive(headers, kept, desk, bupl):
    desk.sign_in("bupl-a", "mette")
    aged(seen_at=-timedelta(minutes=30))
    assert is_in(desk, **headers)
    assert (session().seen_at > now() - timedelta(minutes=1)) is kept


def test_signing_out_goes_on_to_the_provider_and_comes_back(desk, bupl, issuers):
    """Afterwards the provider asks who it is again (D5)."""
    desk.sign_in("bupl-a", "mette")
    assert desk.visitor.open(desk.leave("bupl-a")).status_code == 302  # knows her still
    page = desk.sign_out()
    address = str(element(page.text, "main a.button-primary")["href"])
    assert element(page.text, "meta[http-equiv=refresh]")["content"] == f"0; url={address}"
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    asked = query(address)
    assert asked["post_logout_redirect_uri"] == "http://127.0.0.1:5000/logout/done"
    assert asked["id_token_hint"].startswith("eyJ")

    back = desk.visitor.open(address)

    done = desk.come_back(back.headers["Location"])
    assert "både i Samspil og hos din organisation" in done.text
    assert desk.visitor.open(desk.leave("bupl-a")).status_code == 200  # asks


@pytest.mark.parametrize("state", ["", "another"])
def test_the_done_page_believes_only_its_own_state(state, desk, bupl):
    desk.sign_in("bupl-a", "mette")
    desk.sign_out()
    done = desk.client.get("/logout/done", query_string={"state": state})
    assert done.status_code == 200
    assert "både i Samspil og hos" not in done.text


def test_signing_out_works_where_the_provider_has_no_such_place(desk, bupl, issuers):
    issuers["bupl-a"].fault = Fault(changed(end_session_endpoint=""))
    desk.sign_in("bupl-a", "mette")
    page = desk.sign_out()
    assert page.status_code == 200
    assert 'content="0; url=/logout/done"' in page.text
    assert not is_in(desk)


def test_signing_out_works_when_the_provider_is_down(desk, bupl, issuers):
    desk.sign_in("bupl-a", "mette")
    openid.forget_clients()
    issuers["bupl-a"].fault = Fault(changed(issuer="https://elsewhere.example"))
    assert desk.sign_out().status_code == 200
    assert not is_in(desk)


def test_cookies_over_https(app, settings, bupl):
    """`__Host-` ties them to this host and to https; nothing but a token is in them (D8)."""
    secure = create_app(replace(settings, base_url="https://127.0.0.1:5000"))
    try:
        answer = secure.test_client().get("/login/bupl-a", base_url="https://127.0.0.1:5000")
        cookies = answer.headers.getlist("Set-Cookie")
        assert {cookie.partition("=")[0] for cookie in cookies} == {
            "__Host-samspil-attempt",
            "__Host-samspil-organisation",
        }
        for cookie in cookies:
            for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
                assert part in cookie
            assert "Domain" not in cookie
        assert "max-age" in answer.headers["Strict-Transport-Security"]
    finally:
        with secure.app_context():
            db.engine.dispose()


def test_no_cookie_outlives_the_session(desk, bupl, app):
    """No `remember_token` is set, and a forged one opens nothing (D9)."""
    answer = desk.sign_in("bupl-a", "mette")
    names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names == {TOKEN}
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    forged = app.test_client()
    forged.set_cookie("remember_token", f"{desk.cookie('samspil')}|x", domain="127.0.0.1")
    assert forged.get("/").status_code == 302


def unsafe(app) -> list[tuple[str, str]]:
    """Method and address of each route that may change something, with values that fit."""

    def fitting(part: re.Match[str]) -> str:
        kind = part[1] or ""
        if kind.startswith("any("):
            return re.findall(r"\w+", kind)[1]
        return {"uuid": str(uuid.uuid4()), "int": "1"}.get(kind, "bupl-a")

    return [
        (method, re.sub(r"<(?:([^<>]*):)?\w+>", fitting, rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"GET", "HEAD", "OPTIONS"})
    ]


def test_nothing_is_posted_without_a_token(desk, another_desk, bupl):
    """Each unsafe address refuses a missing token and another person's (D12).

    A leader's: a file's token is looked for where the role may send one at all.
    """
    desk.sign_in("bupl-a", "torben")
    another_desk.sign_in("bupl-a", "jens")
    others = element(another_desk.client.get("/").text, "form.sign-out input")["value"]
    # None of these needs a session.
    exempt = {"/oidc/bupl-a/backchannel-logout", "/agreements/verify", "/survey/bupl-a"}
    routes = [route for route in unsafe(desk.client.application) if route[1] not in exempt]
    assert ("POST", "/logout") in routes
    for method, address in routes:
        for token in ("", others):
            answer = desk.client.open(address, method=method, headers={"X-CSRFToken": token})
            assert answer.status_code == 400, (method, address)
    assert is_in(desk)
    assert desk.sign_out().status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "null"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Origin": "http://127.0.0.1:5000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_nothing_is_posted_from_elsewhere(headers, status, desk, bupl):
    desk.sign_in("bupl-a", "mette")
    token = element(desk.client.get("/").text, "form.sign-out input")["value"]
    answer = desk.client.post("/logout", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == status


def test_pages_are_not_kept_by_the_browser(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    page = desk.client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= {*page.vary}
    assert desk.client.get("/login").headers["Cache-Control"] == "no-store"


def test_a_fragment_without_a_session_becomes_a_whole_page(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    aged(expires_at=-timedelta(seconds=1))
    answer = desk.client.get("/", headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login"
    assert answer.text == ""


@pytest.fixture
def here(desk, bupl, issuers) -> SignIn:
    """Mette signs in; what her provider remembers of it."""
    desk.sign_in("bupl-a", "mette")
    [sign_in] = issuers["bupl-a"].sign_ins.values()
    return sign_in


def notice(app, provider, sign_in, fault: Fault = SOUND, **claims: object) -> tuple[int, str]:
    """The provider's logout token, as it would post it: no cookie, no token of a form."""
    provider.fault = replace(fault, logout=changed(**claims)) if claims else fault
    token = provider.logout_token(sign_in, provider.clients["samspil"])
    provider.fault = SOUND
    return send(app, provider, token), token


def send(app, provider, token: str) -> int:
    address = f"/oidc/{provider.slug}/backchannel-logout"
    answer = app.test_client().post(address, data={"logout_token": token})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


@pytest.mark.parametrize("name", LOGOUT_FAULTS)
def test_a_logout_token_with_a_fault_ends_nothing(name, desk, here, issuers, app):
    assert notice(app, issuers["bupl-a"], here, LOGOUT_FAULTS[name])[0] == 400
    assert is_in(desk)
    assert notice(app, issuers["bupl-a"], here)[0] == 200
    assert not is_in(desk)


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "eyJ" * 1000])
def test_what_is_no_token_ends_nothing(token, desk, here, issuers, app):
    assert send(app, issuers["bupl-a"], token) == 400
    assert is_in(desk)


@pytest.mark.parametrize(
    "gone", [{}, {"sub": None}, {"sid": None}], ids=["both", "sid alone", "sub alone"]
)
def test_by_session_or_by_subject(gone, desk, here, issuers, app):
    assert notice(app, issuers["bupl-a"], here, **gone)[0] == 200
    assert not is_in(desk)
    assert session().ended_why == "signed out at the provider"
    assert "identity.backchannel" in {event.action for event in make.audited()}


@pytest.mark.parametrize("other", [{"sid": "another"}, {"sub": "jens"}])
def test_somebody_elses_session_goes_on(other, desk, here, issuers, app):
    assert notice(app, issuers["bupl-a"], here, **other)[0] == 200
    assert is_in(desk)


def test_one_provider_cannot_end_anothers_sessions(desk, here, slagelse, issuers, app):
    stranger = replace(here, person=issuers["slagelse"].people["mette"])
    assert notice(app, issuers["slagelse"], stranger)[0] == 200
    assert is_in(desk)


def test_a_logout_token_works_once(desk, here, issuers, app):
    """A second time it has no effect, also on a session begun since (D6)."""
    _, token = notice(app, issuers["bupl-a"], here, sid=None)
    desk.sign_in("bupl-a", "mette")
    assert send(app, issuers["bupl-a"], token) == 400
    assert is_in(desk)


def test_a_provider_tells_a_portal_that_really_listens(app, settings, monkeypatch):
    """All over real HTTP: signing out at the provider ends the session here."""
    row = make.provider_of(make.fund("BUPL-A", "bupl-a"))
    monkeypatch.setenv("SAMSPIL_DEMO", "yes")
    openid.forget_clients()
    with (
        served_portal(settings) as portal,
        running(portal=portal.extensions["samspil"].base_url, secret=SECRET) as known,
        visitor() as browser,
    ):
        base = portal.extensions["samspil"].base_url
        point(row, known["bupl-a"], settings)
        went = browser.session.get(f"{base}/login/bupl-a", timeout=30, allow_redirects=False)
        back = browser.choose(went.headers["Location"], "mette")
        assert browser.session.get(back, timeout=30).status_code == 200
        [sign_in] = known["bupl-a"].sign_ins.values()
        known["bupl-a"].leave(sign_in.sid)
        known["bupl-a"].settle()
        page: requests.Response = browser.session.get(base, timeout=30)
        assert "Vælg organisationen her" in page.text
    assert session().ended_why == "signed out at the provider"
