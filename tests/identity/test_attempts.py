"""From our redirect to the callback: one browser, one provider, once, for ten minutes."""

import threading
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import QueuePool, func, select, update

from demo.provider.faults import FAULTS, SOUND
from demo.provider.visitor import query
from portal import crypto, keys
from portal.clock import now
from portal.db import db
from portal.identity import actions, openid, outside
from portal.identity.models import SignInAttempt, UserSession
from portal.organisations.models import User
from portal.settings import Misconfigured, load
from tests import make
from tests.identity.conftest import element


def count(table: type) -> int:
    found = make.records.scalar(select(func.count()).select_from(table))
    make.records.commit()
    return found or 0


def test_every_attempt_is_new(desk, bupl):
    first, second = query(desk.leave("bupl-a")), query(desk.leave("bupl-a"))

    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert "verifier" not in "".join(first)


def test_the_callback_is_for_the_browser_that_began(desk, another_desk, bupl):
    """Also login CSRF: an attacker's finished address signs nobody in (A1, A18)."""
    stolen = desk.visitor.choose(desk.leave("bupl-a"), "mette")

    refused = another_desk.come_back(stolen)

    assert refused.status_code == 400
    assert another_desk.cookie("samspil") is None
    assert desk.come_back(stolen).status_code == 302


def test_two_windows_of_one_browser_may_both_begin(desk, bupl):
    first, second = desk.leave("bupl-a"), desk.leave("bupl-a")

    assert desk.come_back(desk.visitor.choose(second, "mette")).status_code == 302
    assert desk.come_back(desk.visitor.choose(first, "jens")).status_code == 302


def test_the_callback_is_for_the_provider_that_was_asked(desk, bupl, slagelse, issuers):
    """Mix-up: a code of one provider never reaches another (A11)."""
    address = desk.visitor.choose(desk.leave("bupl-a"), "mette")

    refused = desk.come_back(address.replace("/login/bupl-a/", "/login/slagelse/"))

    assert refused.status_code == 400
    assert issuers["slagelse"].calls["token"] == issuers["bupl-a"].calls["token"] == 0
    assert desk.come_back(address).status_code == 302


def test_a_callback_is_used_once(desk, bupl, issuers):
    """Even by the same browser with its old cookie, and a provider whose codes never end (A14)."""
    issuers["bupl-a"].fault = FAULTS["code-never-spent"]
    address = desk.visitor.choose(desk.leave("bupl-a"), "mette")
    before = desk.cookie("samspil-attempt")
    assert desk.come_back(address).status_code == 302
    desk.client.set_cookie("samspil-attempt-5000", before or "", domain="127.0.0.1")

    again = desk.come_back(address)

    assert again.status_code == 400
    assert issuers["bupl-a"].calls["token"] == 1


def test_a_failed_callback_is_used_up_too(desk, bupl, issuers):
    issuers["bupl-a"].fault = FAULTS["token-500"]
    address = desk.visitor.choose(desk.leave("bupl-a"), "mette")

    assert [desk.come_back(address).status_code for _ in range(2)] == [400, 400]
    assert issuers["bupl-a"].calls["token"] == 1


@pytest.mark.parametrize(("minutes", "status"), [(9, 302), (11, 400)])
def test_ten_minutes(minutes, status, desk, bupl):
    address = desk.visitor.choose(desk.leave("bupl-a"), "mette")
    began = now() - timedelta(minutes=minutes)
    make.records.execute(update(SignInAttempt).values(created_at=began))
    make.records.commit()

    assert desk.come_back(address).status_code == status


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/\x00",
    "?next=//evil.example",
    "#evil",
    "/login/bupl-a",
    "/logout",
    "/" + "a" * 3000,
    "",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_hostile_addresses_end_on_the_start_page(address, desk, bupl):
    answer = desk.sign_in("bupl-a", "mette", next=address)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/handovers/", "/handovers/?tab=mine&sort=-due", "/cases/æ"])
def test_local_addresses_are_gone_on_to(address, desk, bupl):
    answer = desk.sign_in("bupl-a", "mette", next=address)
    assert answer.headers["Location"] == quote(address, safe="/?=&-")


def test_what_was_asked_for_without_a_session_comes_after_it(desk, bupl):
    sent = desk.client.get("/no-role?a=b")
    assert sent.headers["Location"] == "/login?next=/no-role?a%3Db"
    assert desk.client.get("/no-role").headers["Location"] == "/login?next=/no-role"
    listed = desk.client.get(sent.headers["Location"])
    assert 'href="/login/bupl-a?next=/no-role?a%3Db"' in listed.text


def test_who_is_refused_and_tries_again_still_comes_to_what_was_wanted(desk, bupl, issuers):
    issuers["bupl-a"].fault = FAULTS["expired"]
    refused = desk.sign_in("bupl-a", "mette", next="/report")
    assert refused.status_code == 400
    again = element(refused.text, 'a[href^="/login/bupl-a"]')
    assert again["href"] == "/login/bupl-a?next=/report"
    issuers["bupl-a"].fault = SOUND
    assert desk.sign_in("bupl-a", "mette", next="/report").headers["Location"] == "/report"


def test_another_host_is_not_answered(desk, bupl):
    """The redirect address comes from the settings alone (A17)."""
    evil = {"Host": "evil.example"}
    assert desk.client.get("/login/bupl-a", headers=evil).status_code == 400
    forwarded = desk.client.get("/login/bupl-a", headers={"X-Forwarded-Host": "evil.example"})
    back = query(forwarded.headers["Location"])["redirect_uri"]
    assert back == "http://127.0.0.1:5000/login/bupl-a/callback"


def test_signing_in_begins_by_following_a_link_only(desk, bupl, issuers):
    desk.client.get("/login")
    desk.client.get("/no-role")
    assert count(SignInAttempt) == 0
    assert issuers["bupl-a"].calls.total() == 0
    desk.leave("bupl-a")
    assert count(SignInAttempt) == 1


def test_an_unknown_slug_tells_nothing(desk, bupl, slagelse):
    make.provider_of(slagelse).enabled = False
    make.records.commit()
    unknown, disabled = desk.client.get("/login/nobody"), desk.client.get("/login/slagelse")
    assert unknown.status_code == disabled.status_code == 404
    assert desk.client.get("/login/bupl-a").status_code == 302


def test_ten_first_sign_ins_at_once_make_one_user(desk, bupl, issuers, app, monkeypatch):
    monkeypatch.setattr(openid, "AT_ONCE", 10)
    issuers["bupl-a"].fault = FAULTS["code-never-spent"]
    desks = [type(desk)(app.test_client(), desk.visitor, desk.settings) for _ in range(10)]
    back = [one.visitor.choose(one.leave("bupl-a"), "mette") for one in desks]
    start, answers = threading.Barrier(10), []

    def come_back(number: int) -> None:
        start.wait()
        answers.append(desks[number].come_back(back[number]).status_code)

    threads = [threading.Thread(target=come_back, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 10
    assert count(User) == 1
    assert count(UserSession) == 10


def test_a_slow_provider_holds_up_nobody_else(
    desk, another_desk, bupl, slagelse, issuers, app, monkeypatch
):
    """Nor does it hold a database connection while we wait (A13)."""
    monkeypatch.setattr(outside, "SECONDS", 30)
    issuers["bupl-a"].fault = FAULTS["token-slow"]
    address, answers = desk.visitor.choose(desk.leave("bupl-a"), "mette"), []
    waiting = threading.Thread(target=lambda: answers.append(desk.come_back(address).status_code))
    waiting.start()
    while not issuers["bupl-a"].calls["token"]:
        waiting.join(0.01)
    with app.app_context():
        assert isinstance(db.engine.pool, QueuePool)
        assert db.engine.pool.checkedout() == 0

    assert another_desk.sign_in("slagelse", "jonas").status_code == 302

    assert answers == []
    issuers["bupl-a"].release.set()
    waiting.join()
    assert answers == [302]


def test_a_slow_provider_takes_two_threads_and_no_more(
    desk, another_desk, bupl, slagelse, issuers, app, monkeypatch
):
    monkeypatch.setattr(outside, "SECONDS", 30)
    monkeypatch.setattr(openid, "PATIENCE", 0.01)
    idp = issuers["bupl-a"]
    idp.fault, answers = FAULTS["token-slow"], []
    desks = [type(desk)(app.test_client(), desk.visitor, desk.settings) for _ in range(3)]
    back = [one.visitor.choose(one.leave("bupl-a"), "mette") for one in desks]
    waiting = [
        threading.Thread(target=lambda n=n: answers.append(desks[n].come_back(back[n]).status_code))
        for n in range(2)
    ]
    for thread in waiting:
        thread.start()
    while idp.calls["token"] < 2:
        waiting[0].join(0.01)

    assert desks[2].come_back(back[2]).status_code == 400
    assert another_desk.sign_in("slagelse", "jonas").status_code == 302

    idp.release.set()
    for thread in waiting:
        thread.join()
    assert answers == [302, 302]


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass for what is known of providers."""
    passed = {"seconds": 0.0}
    monkeypatch.setattr(openid, "monotonic", lambda: passed["seconds"])
    return passed


def test_a_new_key_is_fetched_at_most_once_a_minute(desk, another_desk, bupl, issuers, clock):
    idp = issuers["bupl-a"]
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    idp.rotate()
    for _ in range(3):
        assert another_desk.sign_in("bupl-a", "jens").status_code == 400
    assert idp.calls["jwks"] == 1
    clock["seconds"] += 61
    assert another_desk.sign_in("bupl-a", "jens").status_code == 302
    assert idp.calls["jwks"] == 2
    idp.fault = FAULTS["unknown-kid"]
    clock["seconds"] += 61
    for _ in range(3):
        assert desk.sign_in("bupl-a", "mette").status_code == 400
    assert idp.calls["jwks"] == 3


def test_a_withdrawn_key_is_dead_within_the_hour(desk, bupl, issuers, clock):
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    issuers["bupl-a"].fault = FAULTS["withdrawn-key"]
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    clock["seconds"] += 3601
    assert desk.sign_in("bupl-a", "mette").status_code == 400


def test_a_new_secret_counts_at_once(desk, bupl, issuers, settings):
    """In every worker: each sees the row's version before it uses what it knows (A23)."""
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    idp, row = issuers["bupl-a"], make.provider_of(bupl)
    client = idp.clients["samspil"]
    idp.clients["samspil"] = type(client)(**vars(client) | {"secret": "another"})
    try:
        assert desk.sign_in("bupl-a", "mette").status_code == 400
        ring = keys.of(settings).ring
        row.secret = crypto.encrypt(ring, "another", **actions.secret_of(row.id))
        row.version += 1
        make.records.commit()
        assert desk.sign_in("bupl-a", "mette").status_code == 302
    finally:
        idp.clients["samspil"] = client


def test_production_refuses_demo_sign_in(monkeypatch):
    with pytest.raises(Misconfigured, match="demo_sign_in: anybody could become anybody"):
        load({"SAMSPIL_DEMO_SIGN_IN": "yes", "SAMSPIL_BASE_URL": "https://samspil.example"})
    with pytest.raises(Misconfigured) as fine:
        load({"SAMSPIL_DEMO_SIGN_IN": "no", "SAMSPIL_BASE_URL": "https://samspil.example"})
    assert "demo_sign_in" not in str(fine.value)


def test_what_is_logged_holds_no_secrets(desk, bupl, issuers, caplog):
    """Neither of a sign-in that succeeds nor of one that does not (A21, F9)."""
    caplog.set_level("DEBUG")
    good = desk.visitor.choose(desk.leave("bupl-a"), "mette")
    desk.come_back(good)
    issuers["bupl-a"].fault = FAULTS["nonce-wrong"]
    bad = desk.visitor.choose(desk.leave("bupl-a"), "mette")
    desk.come_back(bad)

    ours = "".join(record.getMessage() for record in caplog.records if "samspil" in record.name)
    assert "not signed in: token" in ours
    for secret in (query(good)["code"], query(bad)["code"], query(bad)["state"], "eyJ"):
        assert secret not in ours
