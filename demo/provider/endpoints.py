"""The provider's addresses: Authlib's authorization server, one for each issuer."""

import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from authlib.oidc.core.errors import LoginRequiredError
from authlib.oidc.rpinitiated import EndSessionEndpoint, EndSessionRequest
from flask import Blueprint, Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from joserfc import jws
from joserfc.jwk import KeySet, RSAKey

from demo.provider.faults import NSIS
from demo.provider.provider import CODE_SECONDS, LEVELS, RANK, Client, Code, Provider, SignIn, Token
from demo.provider.signatures import stranger_key

PARTS = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "jwks_uri": "jwks",
    "end_session_endpoint": "logout",
}
TOLD = ["name", "email", "title", "groups"]
CAPABILITIES = {
    "response_types_supported": ["code"],
    "response_modes_supported": ["query"],
    "grant_types_supported": ["authorization_code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    "code_challenge_methods_supported": ["S256"],
    "scopes_supported": ["openid", "profile", "email"],
    "claims_supported": ["sub", *TOLD, "department", "acr", "auth_time", "sid"],
    "acr_values_supported": [f"{NSIS}{level}" for level in LEVELS],
    "prompt_values_supported": ["none", "login", "select_account"],
    "authorization_response_iss_parameter_supported": True,
    "backchannel_logout_supported": True,
    "backchannel_logout_session_supported": True,
}
HELD_SECONDS = 60


def told(sign_in: SignIn) -> dict[str, Any]:
    """What the provider tells of a person, in the ID token and at userinfo alike."""
    person = sign_in.person
    known = {name: getattr(person, name) for name in ("sub", *TOLD)}
    return known | ({"department": person.department} if person.department else {})


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Knows which issuer it speaks for; grants reach the issuer through it."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        self.init_app(app, query_client=provider.clients.get, save_token=self.keep)
        self.register_grant(CodeGrant, [OpenID(provider), StrictChallenge()])
        protector = ResourceProtector()
        protector.register_token_validator(Validator(provider))
        self.register_endpoint(WhoIsIt(self, protector))
        self.register_endpoint(Goodbye)

    def keep(self, token: dict[str, Any], asked: OAuth2Request) -> None:
        end = time.time() + token["expires_in"]
        kept = Token(asked.client, asked.user, token["scope"], end)
        self.provider.tokens[token["access_token"]] = kept


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    def save_authorization_code(self, code: str, asked: OAuth2Request) -> None:
        data = asked.payload.data
        self.server.provider.nonces.add(data["nonce"])  # here: it is looked up twice before
        self.server.provider.codes[code] = Code(
            client_id=asked.client.client_id,
            redirect_uri=asked.payload.redirect_uri,
            scope=asked.scope,
            nonce=data["nonce"],
            sign_in=asked.user,
            code_challenge=data["code_challenge"],
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """A code is good once: asking for it spends it, whatever comes of the request."""
        provider: Provider = self.server.provider
        spend = provider.codes.get if provider.fault.codes_live_on else provider.codes.pop
        kept = spend(code, None)
        if kept is None or kept.client_id != client.client_id:
            return None
        return kept if time.monotonic() - kept.made_at < CODE_SECONDS else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Spent above."""

    def authenticate_user(self, authorization_code: Code) -> SignIn:
        authorization_code.sign_in.clients.add(authorization_code.client_id)
        return authorization_code.sign_in


class StrictChallenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """S256 from every client: the library asks only public ones, and takes `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required")
        super().validate_code_challenge(grant, redirect_uri)


class OpenID(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, asked: OAuth2Request) -> bool:
        return nonce in self.provider.nonces

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.provider.keys.current()

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256"}

    def get_client_claims(self, client: Client) -> dict[str, str]:
        # `aud` as a string: from a list, Authlib's own logout endpoint finds no client.
        return {"iss": self.provider.issuer, "aud": client.client_id}

    def generate_user_info(self, user: SignIn, scope: str) -> UserInfo:
        return UserInfo(sid=user.sid, **told(user))

    def encode_id_token(self, token: dict[str, Any], asked: OAuth2Request) -> str:
        """What the library made, through the fault; the sound one changes nothing."""
        made = super().encode_id_token(token, asked)
        claims = json.loads(jws.extract_compact(made.encode()).payload)
        return self.provider.sign({}, self.provider.fault.claims(claims), asked.client.secret)


class Validator(BearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider

    def authenticate_token(self, token_string: str) -> Token | None:
        return self.provider.tokens.get(token_string)


class WhoIsIt(UserInfoEndpoint):  # type: ignore[misc]  # Authlib has no types
    def generate_user_info(self, user: SignIn, scope: str) -> dict[str, Any]:
        provider: Provider = self.server.provider
        return provider.fault.userinfo(told(user))


class Goodbye(EndSessionEndpoint):  # type: ignore[misc]  # Authlib has no types
    def get_server_jwks(self) -> KeySet:
        provider: Provider = self.server.provider
        return provider.key_set()

    def end_session(self, end_session_request: EndSessionRequest) -> None:
        """The browser's session and the one that the ID token speaks of, mostly the same."""
        provider: Provider = self.server.provider
        here = provider.signed_in(request.cookies.get(provider.cookie, ""))
        hinted = (end_session_request.id_token_claims or {}).get("sid")
        for sid in {here.sid if here else "", str(hinted)}:
            provider.leave(sid)


def metadata(provider: Provider) -> dict[str, Any]:
    places = {name: f"{provider.issuer}/{path}" for name, path in PARTS.items()}
    return provider.fault.metadata({"issuer": provider.issuer} | places | CAPABILITIES)


def wanted() -> str:
    """The lowest of the NSIS levels that the client would take (`acr_values`)."""
    asked = [acr.removeprefix(NSIS) for acr in request.args.get("acr_values", "").split()]
    return min((level for level in asked if level in LEVELS), key=RANK.__getitem__, default="Low")


def too_old(sign_in: SignIn) -> bool:
    """Older than `max_age`; what is not a number counts as nought."""
    asked = request.args.get("max_age")
    if asked is None:
        return False
    return time.time() - sign_in.at >= (int(asked) if asked.isdecimal() else 0)


def must_ask(grant: CodeGrant, sign_in: SignIn | None) -> bool:
    if sign_in is None or grant.prompt in {"login", "select_account"}:
        return True
    return too_old(sign_in) or RANK[sign_in.level] < RANK[wanted()]


def choose(provider: Provider, client: Client, current: SignIn | None) -> Response:
    """The page of people. Its answer is a redirect to the client, which form-action must allow."""
    level = wanted() if request.args.get("acr_values") else None
    shown = {"current": current and current.person, "levels": LEVELS, "wanted": level}
    page = make_response(render_template("choose.html", provider=provider, **shown))
    policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"
    page.headers["Content-Security-Policy"] = (
        f"{policy}; frame-ancestors 'none'; form-action 'self' {client.origin}"
    )
    return page


def with_issuer(answer: Any, provider: Provider) -> Any:
    """`iss` (RFC 9207) on success and refusal, as the fault would have it."""
    if answer.location:
        address = urlsplit(answer.location)
        query = dict(parse_qsl(address.query)) | {"iss": provider.issuer}
        query = provider.fault.callback(query)
        answer.location = address._replace(query=urlencode(query)).geturl()
    return answer


def refusal(server: Server, error: OAuth2Error) -> Any:
    """Back to the client where that is safe, else a page for the person."""
    answer = server.handle_error_response(None, error)
    if answer.location:
        return with_issuer(answer, server.provider)
    page = render_template("refused.html", provider=server.provider, error=error)
    return page, 400


def answered(server: Server, grant: CodeGrant, before: SignIn | None) -> Any:
    """Somebody has chosen a person, or nobody (no `sub`: cancelled)."""
    provider, sub = server.provider, request.form.get("sub")
    if sub and sub not in provider.people:
        return render_template("refused.html", provider=provider, error=None), 400
    sign_in = provider.enter(sub, wanted=wanted(), before=before) if sub else None
    answer = server.create_authorization_response(grant=grant, grant_user=sign_in)
    if sign_in:
        place = {"path": f"/{provider.slug}", "httponly": True, "samesite": "Lax"}
        answer.set_cookie(provider.cookie, sign_in.ticket, **place)
    return with_issuer(answer, provider)


def authorize(server: Server) -> Any:
    provider = server.provider
    sign_in = provider.signed_in(request.cookies.get(provider.cookie, ""))
    try:
        grant = server.get_consent_grant(end_user=sign_in)
        if request.method == "POST":
            return answered(server, grant, sign_in)
        if must_ask(grant, sign_in):
            if request.args.get("prompt") == "none":
                state = grant.request.payload.state
                raise LoginRequiredError(redirect_uri=grant.redirect_uri, state=state)
            return choose(provider, grant.client, sign_in)
    except OAuth2Error as error:
        return refusal(server, error)
    answer = server.create_authorization_response(grant=grant, grant_user=sign_in)
    return with_issuer(answer, provider)


def token(server: Server) -> Any:
    answer = server.create_token_response()
    if answer.status_code == 200:
        answer.set_data(json.dumps(server.provider.fault.token(answer.get_json())))
    return answer


def logout(server: Server) -> Any:
    """Without a valid hint of who leaves, the person is asked: anybody can make a link here."""
    try:
        asked = server.validate_endpoint_request("end_session")
    except OAuth2Error as error:
        return refusal(server, error)
    if asked.needs_confirmation and request.method == "GET":
        return render_template("confirm.html", provider=server.provider)
    done = server.create_endpoint_response("end_session", asked)
    return done or render_template("left.html", provider=server.provider)


def interrupt(provider: Provider) -> ResponseReturnValue | None:
    """Counts the call and lets the fault hold it up or answer in its place."""
    name = (request.endpoint or "").rpartition(".")[2]
    provider.calls[name] += 1
    if name in provider.fault.held:
        provider.release.wait(HELD_SECONDS)
    instead = provider.fault.instead.get(name)
    return instead() if instead and "moved" not in request.args else None


def pages(app: Flask, provider: Provider) -> Blueprint:
    server = Server(app, provider)
    site = Blueprint(provider.slug, __name__, url_prefix=f"/{provider.slug}")
    site.before_request(lambda: interrupt(provider))
    add, both = site.add_url_rule, ["GET", "POST"]
    add("/.well-known/openid-configuration", "metadata", lambda: metadata(provider))
    add("/jwks", "jwks", lambda: provider.fault.jwks(provider.jwks()))
    add("/strange-jwks", "strange_jwks", lambda: {"keys": [stranger_key().as_dict(private=False)]})
    add("/authorize", "authorize", lambda: authorize(server), methods=both)
    add("/token", "token", lambda: token(server), methods=["POST"])
    add("/userinfo", "userinfo", lambda: server.create_endpoint_response("userinfo"), methods=both)
    add("/logout", "logout", lambda: logout(server), methods=both)
    return site
