"""Where one is signed in: seen and ended by oneself, ended by an administrator (D7)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.clock import now
from portal.identity.devices import device, in_words
from portal.identity.models import UserSession
from tests import make

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Safari/537.36"
)


def live(user):
    rows = select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    found = [*make.records.scalars(rows)]
    make.records.commit()
    return found


def shown(client):
    return client.get("/sessions/").text


def test_one_sees_ones_own_and_nobody_elses(adviser, fund, client_of):
    here = client_of(adviser, device="Firefox/Linux")
    client_of(adviser, device="Chrome/Windows")
    client_of(make.user(fund, Role.ADVISER), device="Safari/iPhone")
    client_of(adviser, device="Edge/Windows", expires_at=now() - timedelta(minutes=1))
    text = shown(here)
    assert "Firefox på Linux" in text
    assert "Chrome på Windows" in text
    assert "Safari på iPhone" not in text
    assert "Edge på Windows" not in text


def test_one_ends_ones_own_and_nobody_elses(adviser, fund, client_of):
    here, lost = client_of(adviser), client_of(adviser, device="Chrome/Windows")
    colleague = make.user(fund, Role.ADVISER)
    other = client_of(colleague)
    [theirs] = live(colleague)
    [old] = [one for one in live(adviser) if one.device]
    for session_id in (theirs.id, "x", ""):
        assert here.post("/sessions/end", data={"session": session_id}).status_code == 303
    assert other.get("/handovers/").status_code == 200
    assert lost.get("/handovers/").status_code == 200
    here.post("/sessions/end", data={"session": old.id})
    assert lost.get("/handovers/").status_code == 302
    assert here.get("/handovers/").status_code == 200
    assert make.audited(old.id)[-1].action == "sessions.end"


def test_one_ends_all_but_this(adviser, client_of):
    here, *others = (client_of(adviser) for _ in range(3))
    assert here.post("/sessions/end-others").status_code == 303
    assert [one.get("/handovers/").status_code for one in others] == [302, 302]
    assert here.get("/handovers/").status_code == 200
    assert "Log af alle andre steder" not in shown(here)


def test_an_administrator_ends_a_users_sessions(adviser, fund, outsider, client_of):
    theirs, colleague = client_of(adviser), client_of(make.user(fund, Role.ADVISER))
    address = f"/administration/users/{adviser.id}/sign-out"
    stranger = client_of(make.user(outsider, Role.LOCAL_ADMINISTRATOR))
    assert stranger.post(address).status_code == 404
    assert colleague.post(address).status_code == 403
    assert theirs.get("/handovers/").status_code == 200
    administrator = client_of(make.user(fund, Role.LOCAL_ADMINISTRATOR))
    assert administrator.post(address).status_code == 303
    assert theirs.get("/handovers/").status_code == 302
    assert colleague.get("/handovers/").status_code == 200
    assert client_of(adviser).get("/handovers/").status_code == 200
    assert make.audited(adviser.id)[-1].action == "administration.sign_out"


def test_whoever_signs_in_is_known_by_kind_of_browser_only(desk, bupl):
    desk.client.environ_base["HTTP_USER_AGENT"] = WINDOWS
    desk.sign_in("bupl-a", "mette")
    row = make.records.scalars(select(UserSession)).one()
    make.records.commit()
    assert row.device == "Chrome/Windows"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Chrome på Windows"),
        (f"{WINDOWS} Edg/141.0", "Edge på Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604", "Safari på iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0", "Firefox på Linux"),
        ("curl/8.0 <script>", "Ukendt browser"),
        ("", "Ukendt browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(agent, words, app):
    with app.test_request_context():
        assert in_words(device(agent)) == words
