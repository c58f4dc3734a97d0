"""Calls to the providers: https only, to public addresses, without redirects, short and small.

One organisation's broken or hostile provider must neither hold up the others (A13) nor make us ask
addresses that only we can reach (A20).
"""

import socket
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

SECONDS = 5
BYTES = 2**20
PIECE = 2**14
LOOPBACK = {"127.0.0.1", "localhost"}


class NotAsked(RequestException):
    """An address that we do not call, or an answer that we do not read."""


def permitted(address: object, *, loopback: bool) -> str:
    """The address, if it may be called. With `loopback` also plain http on this machine: demo."""
    if not isinstance(address, str):
        raise NotAsked("the address is missing")
    parts = urlsplit(address)
    on_this_machine = loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    if "@" in parts.netloc or not (on_this_machine or is_public(parts.scheme, parts.hostname)):
        raise NotAsked("the address is not a public one with https")
    return address


def is_public(scheme: str, host: str | None) -> bool:
    """By its text; what a name resolves to is looked at when the connection stands."""
    if scheme != "https" or not host or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return is_global(host)
    except ValueError:
        top = host.rpartition(".")[2]
        return "." in host and not top[:1].isdecimal()  # 127.1 is an address too


def is_global(host: str) -> bool:
    """Raises ValueError for what is no IP address."""
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast


class PublicConnection(HTTPSConnection):
    """Looks at the address it really got, before a byte is sent: names may change their mind."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if not is_global(made.getpeername()[0]):
            made.close()
            raise NotAsked("the name leads to an address that is not public")
        return made


class PublicPool(HTTPSConnectionPool):
    ConnectionCls = PublicConnection


class PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": PublicPool}


class CarefulSession(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """Authlib's session, held to the rules above whatever it is asked for."""

    def __init__(self, *args: Any, loopback: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loopback = loopback
        self.trust_env = False
        self.adapters.clear()
        self.mount("https://", PublicAdapter())
        if loopback:
            self.mount("http://", HTTPAdapter())

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        permitted(url, loopback=self.loopback)
        kwargs |= {"timeout": SECONDS, "allow_redirects": False, "stream": True}
        end = monotonic() + SECONDS
        answer: Response = super().request(method, url, *args, **kwargs)
        with answer:
            if 300 <= answer.status_code < 400:
                raise NotAsked("the answer is a redirect")
            answer._content = whole(answer, end)  # what `stream` leaves to us
        return answer


def whole(answer: Response, end: float) -> bytes:
    """The body, unless it is too large or comes drop by drop."""
    body = b""
    for piece in answer.iter_content(PIECE):
        body += piece
        if len(body) > BYTES or monotonic() > end:
            raise NotAsked("the answer is too large or too slow")
    return body
