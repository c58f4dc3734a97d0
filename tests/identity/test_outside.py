"""Which addresses the portal calls on a provider's word, and how much it listens to."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from urllib3.connection import HTTPSConnection

from demo.provider.faults import FAULTS
from portal.identity import outside
from portal.identity.outside import CarefulSession, NotAsked, PublicConnection, permitted


@pytest.mark.parametrize(
    "address",
    [
        "https://login.example",
        "https://login.example:8443/realms/a?b=c",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
    ],
)
def test_public_addresses(address):
    assert permitted(address, loopback=False) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "https://localhost/",
        "https://portal.localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://login.example@10.0.0.1/",
        "ftp://login.example/",
        "file:///etc/passwd",
        "//login.example",
        "login.example",
        "",
        None,
        7,
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_addresses_that_are_not_called(address, loopback):
    with pytest.raises(NotAsked):
        permitted(address, loopback=loopback)


def test_this_machine_is_called_in_the_demo_only():
    address = "http://127.0.0.1:5099/bupl-a"
    assert permitted(address, loopback=True) == address
    with pytest.raises(NotAsked):
        permitted(address, loopback=False)


@pytest.fixture
def listener():
    """Somebody on this machine who takes calls and counts them."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_a_name_that_leads_home_is_refused_before_a_byte_is_sent(listener):
    """Names may lead anywhere, and elsewhere the second time: the connection is looked at."""
    with pytest.raises(NotAsked, match="not public"):
        PublicConnection("127.0.0.1", listener, timeout=5)._new_conn()
    with closing(HTTPSConnection("127.0.0.1", listener, timeout=5)._new_conn()) as plain:
        assert plain.getpeername() == ("127.0.0.1", listener)


def test_the_session_uses_such_connections(listener):
    asked = requests.Request("GET", f"https://127.0.0.1:{listener}/").prepare()
    with CarefulSession("samspil") as session:
        careful = session.get_adapter(asked.url)
        with pytest.raises(requests.RequestException, match="not public"):
            careful.send(asked, timeout=5)
        with pytest.raises(requests.exceptions.InvalidSchema):
            session.get_adapter(f"http://127.0.0.1:{listener}/")


def test_redirects_and_sizes(issuers, monkeypatch):
    idp = issuers["bupl-a"]
    address = f"{idp.issuer}/.well-known/openid-configuration"
    with CarefulSession("samspil", loopback=True) as session:
        sound = session.request("GET", address, withhold_token=True)
        assert sound.json()["issuer"] == idp.issuer
        for name in ("metadata-redirect", "metadata-oversized"):
            idp.fault = FAULTS[name]
            with pytest.raises(NotAsked):
                session.request("GET", address, withhold_token=True)


class Dripping(requests.Response):
    def iter_content(self, *_: object, **__: object) -> Iterator[bytes]:
        yield from [b"x"] * 50


def test_drop_by_drop_is_too_slow(monkeypatch):
    """Each drop is in time, all of them are not."""
    passed = iter(range(100))
    monkeypatch.setattr(outside, "monotonic", lambda: next(passed))
    with pytest.raises(NotAsked, match="too slow"):
        outside.whole(Dripping(), end=outside.SECONDS)
    assert outside.whole(Dripping(), end=1000) == b"x" * 50
