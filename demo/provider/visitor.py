"""Somebody at the provider's page, without a browser: for tests of those who sign in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import requests

SECONDS = 30


class Visitor:
    """One browser's cookies. Stops at the first redirect, so nothing reaches the client."""

    def __init__(self, session: requests.Session) -> None:
        self.session = session

    def open(self, address: str) -> requests.Response:
        """The page of people, or the redirect of one who is signed in already."""
        return self.session.get(address, timeout=SECONDS, allow_redirects=False)

    def choose(self, address: str, sub: str = "") -> str:
        """The callback address after choosing a person; without `sub`, after cancelling."""
        data = {"sub": sub} if sub else {}
        answer = self.session.post(address, data=data, timeout=SECONDS, allow_redirects=False)
        return answer.headers["Location"]


@contextmanager
def visitor() -> Iterator[Visitor]:
    with requests.Session() as session:
        session.trust_env = False
        yield Visitor(session)


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
