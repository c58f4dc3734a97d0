"""What a browser keeps for us: the token of its session, and the words of the next page.

The session itself lies in the database (D1 to D3). Flask's `session` is only a view of the token:
its CSRF token is derived from it, so nothing has to be written when a page is read, and a new
sign-in has a new one. Flash messages travel in a signed cookie of their own; they hold no names.
"""

import hmac
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.settings import Settings

FLASH_SECONDS = 300
FLASHES, USER, CSRF = "_flashes", "_user_id", "csrf_token"


class BrowserSession(dict[str, Any], SessionMixin):
    """The names that Flask, Flask-Login and Flask-WTF look for; nothing else outlives a request."""


class BrowserSessions(SessionInterface):
    def __init__(self, settings: Settings) -> None:
        self.token_cookie = settings.cookie("samspil")
        self.flash_cookie = settings.cookie("samspil-flash")
        self.key = settings.secret_key.encode()
        self.signer = URLSafeTimedSerializer(settings.secret_key, salt="flash")

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        session = BrowserSession()
        if token := request.cookies.get(self.token_cookie):
            session[USER] = token
            session[CSRF] = self.csrf_of(token)
        if self.flash_cookie in request.cookies and (flashes := self.flashes(request)):
            session[FLASHES] = flashes
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        before = request.cookies.get(self.token_cookie)
        if (token := session.get(USER)) != before:
            self.put(app, response, self.token_cookie, token)
        flashes = session.get(FLASHES)
        if flashes or request.cookies.get(self.flash_cookie):
            written = self.signer.dumps(flashes) if flashes else None
            self.put(app, response, self.flash_cookie, written, FLASH_SECONDS)

    def csrf_of(self, token: str) -> str:
        return hmac.digest(self.key, b"csrf|" + token.encode(), "sha256").hex()

    def flashes(self, request: Request) -> list[tuple[str, str]]:
        try:
            kept = self.signer.loads(request.cookies.get(self.flash_cookie, ""), FLASH_SECONDS)
        except BadSignature:
            return []
        return [(kind, words) for kind, words in kept]

    def put(
        self, app: Flask, response: Response, name: str, value: str | None, age: int | None = None
    ) -> None:
        how: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Lax"}
        how["secure"] = app.config["SESSION_COOKIE_SECURE"]
        if value is None:
            response.delete_cookie(name, **how)
        else:
            response.set_cookie(name, value, max_age=age, **how)
