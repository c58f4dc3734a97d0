"""What a broken or hostile provider does otherwise. A test sets `provider.fault = FAULTS[name]`.

Four groups, by what the client must do: REFUSED, nobody is signed in; WEAK, never trusted for what
needs a level or a fresh sign-in; ODD, no error page and no harm; CONTROLS, must be accepted.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from joserfc.jwk import ECKey, RSAKey

from demo.provider import signatures as by
from demo.provider.signatures import Sign, Values, curve_key, stranger_key

Change = Callable[[Values], Values]
Answer = Callable[[], ResponseReturnValue]
GONE = object()
NSIS = "https://data.gov.dk/concept/core/nsis/loa/"
ELSEWHERE = "https://elsewhere.example"
MARKUP = "<script>alert('samspil')</script>"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
OVERSIZED = 8_000_000


def unchanged(values: Values) -> Values:
    return values


def changed(**changes: Any) -> Change:
    """A change that sets values, computes them (a function of the old one) or takes them away."""

    def change(values: Values) -> Values:
        new = {name: c(values.get(name)) if callable(c) else c for name, c in changes.items()}
        return {name: value for name, value in (values | new).items() if value is not GONE}

    return change


def later(seconds: int) -> Callable[[Any], int]:
    return lambda _old: int(time.time()) + seconds


def padding(_old: Any) -> str:
    """Makes a sound answer too large, so that only a limit of size can refuse it."""
    return "x" * OVERSIZED


def neighbour(issuer: str) -> str:
    """Another issuer that really lives at the same server."""
    base, slug = issuer.rsplit("/", 1)
    return f"{base}/{'foa' if slug == 'bupl-a' else 'bupl-a'}"


def the_door_of_another(address: str) -> str:
    return f"{neighbour(address.removesuffix('/authorize'))}/authorize"


def garbage(_old: Any) -> str:
    return "x.y.z"


def ours(_old: Any) -> str:
    return "samspil"


def newest(keys: list[Values]) -> list[Values]:
    return keys[:1]


def publishing(key: Callable[[], RSAKey | ECKey]) -> Change:
    return changed(keys=lambda keys: [*keys, key().as_dict(private=False)])


def publishing_only(key: Callable[[], RSAKey | ECKey]) -> Change:
    return changed(keys=lambda _keys: [key().as_dict(private=False)])


def failing() -> ResponseReturnValue:
    return "<h1>Internal Server Error</h1>", 500


def not_json() -> ResponseReturnValue:
    return "<h1>Velkommen</h1>", {"Content-Type": "application/json"}


def not_an_object() -> ResponseReturnValue:
    return '["not", "an", "object"]', {"Content-Type": "application/json"}


def refusing() -> ResponseReturnValue:
    return {"error": "invalid_client", "error_description": MARKUP}, 401


def moved() -> ResponseReturnValue:
    """To a place where all is well: only a client that follows redirects gets there."""
    return redirect(f"{request.base_url}?moved=yes", 307)


@dataclass(frozen=True)
class Fault:
    """Each part does right until told otherwise."""

    metadata: Change = unchanged
    jwks: Change = unchanged
    callback: Change = unchanged
    token: Change = unchanged
    claims: Change = unchanged
    userinfo: Change = unchanged
    logout: Change = unchanged
    logout_header: Change = unchanged
    sign: Sign = by.properly
    instead: Mapping[str, Answer] = field(default_factory=dict)
    """Endpoints that answer something else altogether."""
    held: frozenset[str] = frozenset()
    """Endpoints that answer only when the test sets `provider.release`."""
    codes_live_on: bool = False


def everywhere(**changes: Any) -> Fault:
    """The same in the ID token and at userinfo, so that comparing the two finds nothing."""
    return Fault(claims=changed(**changes), userinfo=changed(**changes))


def claims(**changes: Any) -> Fault:
    return Fault(claims=changed(**changes))


def instead(endpoint: str, answer: Answer) -> Fault:
    return Fault(instead={endpoint: answer})


def held(endpoint: str) -> Fault:
    return Fault(held=frozenset({endpoint}))


def error(code: str, **more: str) -> Fault:
    return Fault(callback=changed(code=GONE, error=code, **more))


def posing_as(issuer: Callable[[str], str]) -> Fault:
    """Everything fits together, and nothing of it is this issuer's own."""
    other = changed(iss=issuer)
    return Fault(metadata=changed(issuer=issuer), callback=other, claims=other)


def advertising(algorithm: str) -> Change:
    return changed(id_token_signing_alg_values_supported=lambda sound: [*sound, algorithm])


HS256, ES256, PS256 = map(advertising, ("HS256", "ES256", "PS256"))
SOUND = Fault()
# fmt: off
REFUSED = {
    "alg-none":                Fault(sign=by.unsigned),
    "alg-none-advertised":     Fault(advertising("none"), sign=by.unsigned),
    "hs256-secret":            Fault(HS256, sign=by.shared_secret),
    "hs256-public-key":        Fault(HS256, sign=by.public_key_as_secret),
    "bad-signature":           Fault(sign=by.damaged),
    "other-key-same-kid":      Fault(sign=by.stranger),
    "unknown-kid":             Fault(sign=by.stranger_named),
    "jwk-in-header":           Fault(ES256, sign=by.key_in_header),
    "jku-in-header":           Fault(sign=by.key_at_address),
    "withdrawn-key":           Fault(jwks=publishing_only(stranger_key)),
    "wrong-iss":               claims(iss=ELSEWHERE),
    "iss-of-another":          claims(iss=neighbour),
    "iss-missing":             claims(iss=GONE),
    "metadata-of-another":     posing_as(neighbour),
    "mix-up":                  Fault(changed(authorization_endpoint=the_door_of_another)),
    "wrong-aud":               claims(aud="another-client"),
    "two-audiences":           claims(aud=lambda old: [old, "another-client"]),
    "two-audiences-azp-ours":  claims(aud=lambda old: [old, "another-client"], azp=ours),
    "foreign-azp":             claims(azp="another-client"),
    "aud-missing":             claims(aud=GONE),
    "aud-of-another-azp-ours": claims(azp=ours, aud="another-client"),
    "expired":                 claims(iat=later(-7200), exp=later(-3600)),
    "exp-missing":             claims(exp=GONE),
    "exp-text":                claims(exp="i morgen"),
    "nbf-in-the-future":       claims(nbf=later(3600)),
    "iat-in-the-future":       claims(iat=later(3600), exp=later(7200)),
    "nonce-wrong":             claims(nonce="mismatch"),
    "nonce-missing":           claims(nonce=GONE),
    "nonce-unsupported":       Fault(changed(nonce_supported=False), claims=changed(nonce=GONE)),
    "sub-missing":             claims(sub=GONE),
    "sub-number":              everywhere(sub=4711),
    "sub-empty":               everywhere(sub=""),
    "sub-of-256":              everywhere(sub="x" * 256),
    "at-hash-wrong":           claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "id-token-missing":        Fault(token=changed(id_token=GONE)),
    "id-token-garbage":        Fault(token=changed(id_token=garbage)),
    "userinfo-of-another":     Fault(userinfo=changed(sub="someone-else")),
    "iss-parameter-wrong":     Fault(callback=changed(iss=ELSEWHERE)),
    "iss-parameter-another":   Fault(callback=changed(iss=neighbour)),
    "iss-parameter-missing":   Fault(callback=changed(iss=GONE)),
    "code-missing":            Fault(callback=changed(code=GONE)),
    "state-missing":           Fault(callback=changed(state=GONE)),
    "state-wrong":             Fault(callback=changed(state="another")),
    "error-with-markup":       error("access_denied", error_description=MARKUP),
    "error-unknown":           error(MARKUP),
    "token-500":               instead("token", failing),
    "token-not-json":          instead("token", not_json),
    "token-not-an-object":     instead("token", not_an_object),
    "token-refused":           instead("token", refusing),
    "token-slow":              held("token"),
    "token-oversized":         Fault(token=changed(padding=padding)),
    "jwks-500":                instead("jwks", failing),
    "jwks-not-json":           instead("jwks", not_json),
    "jwks-not-an-object":      instead("jwks", not_an_object),
    "jwks-empty":              Fault(jwks=changed(keys=lambda _keys: [])),
    "jwks-slow":               held("jwks"),
    "jwks-oversized":          Fault(jwks=changed(padding=padding)),
    "metadata-500":            instead("metadata", failing),
    "metadata-not-json":       instead("metadata", not_json),
    "metadata-not-an-object":  instead("metadata", not_an_object),
    "metadata-redirect":       instead("metadata", moved),
    "metadata-slow":           held("metadata"),
    "metadata-oversized":      Fault(changed(padding=padding)),
    "metadata-issuer-missing": Fault(changed(issuer=GONE)),
    "metadata-issuer-pattern": Fault(changed(issuer=ELSEWHERE + "/{tenantid}/v2.0")),
    "metadata-jwks-missing":   Fault(changed(jwks_uri=GONE)),
}
WEAK = {
    "acr-low":                 claims(acr=f"{NSIS}Low"),
    "acr-missing":             claims(acr=GONE),
    "acr-unknown":             claims(acr="https://elsewhere.example/loa/High"),
    "acr-list":                claims(acr=[f"{NSIS}High"]),
    "auth-time-old":           claims(auth_time=later(-86400)),
    "auth-time-missing":       claims(auth_time=GONE),
    "auth-time-text":          claims(auth_time="i dag"),
}
ODD = {
    "name-of-20-kB":           everywhere(name="Navn " * 4000),
    "name-with-markup":        everywhere(name=f"Mette {MARKUP}"),
    "name-a-dict":             everywhere(name={"given": "Mette"}),
    "name-missing":            everywhere(name=GONE),
    "email-with-line-break":   everywhere(email="mette@bupl-a.example\r\nBcc: a@b.example"),
    "groups-3000":             everywhere(groups=[f"gruppe-{number}" for number in range(3000)]),
    "groups-a-dict":           everywhere(groups={"samspil-lokaladministrator": True}),
    "groups-a-string":         everywhere(groups="samspil-lokaladministrator"),
    "groups-of-lists":         everywhere(groups=[["samspil-lokaladministrator"], None, 7]),
    "groups-missing":          everywhere(groups=GONE),
    "groups-elsewhere":        everywhere(groups=GONE, _claim_names={"groups": "src1"}),
    "groups-of-the-operator":  everywhere(groups=["samspil-drift"]),
    "department-a-list":       everywhere(department=["Team Nord", MARKUP]),
    "sid-a-number":            claims(sid=4711),
    "userinfo-500":            instead("userinfo", failing),
    "userinfo-not-json":       instead("userinfo", not_json),
}
CONTROLS = {
    "sound":                   SOUND,
    "new-key-new-kid":         Fault(jwks=publishing(stranger_key), sign=by.stranger_named),
    "no-kid-one-key":          Fault(jwks=changed(keys=newest), sign=by.without_kid),
    "signed-es256":            Fault(ES256, publishing(curve_key), sign=by.small_key),
    "signed-ps256":            Fault(PS256, publishing(stranger_key), sign=by.stranger_pss),
    "aud-list-of-one":         claims(aud=lambda old: [old]),
    "azp-ours":                claims(azp=ours),
    "at-hash-absent":          claims(at_hash=GONE),
    "sub-of-255":              everywhere(sub="x" * 255),
    "code-never-spent":        Fault(codes_live_on=True),
}
FAULTS = REFUSED | WEAK | ODD | CONTROLS

# Back-channel logout tokens, OpenID Connect Back-Channel Logout 1.0 section 2.6: each is refused.
LOGOUT_FAULTS = {
    "logout-typ-wrong":        Fault(logout_header=changed(typ="at+jwt")),
    "logout-unsigned":         Fault(sign=by.unsigned),
    "logout-by-stranger":      Fault(sign=by.stranger),
    "logout-hs256-secret":     Fault(sign=by.shared_secret),
    "logout-wrong-iss":        Fault(logout=changed(iss=neighbour)),
    "logout-wrong-aud":        Fault(logout=changed(aud="another-client")),
    "logout-iat-in-future":    Fault(logout=changed(iat=later(3600), exp=later(7200))),
    "logout-expired":          Fault(logout=changed(iat=later(-7200), exp=later(-3600))),
    "logout-iat-missing":      Fault(logout=changed(iat=GONE)),
    "logout-exp-missing":      Fault(logout=changed(exp=GONE)),
    "logout-jti-missing":      Fault(logout=changed(jti=GONE)),
    "logout-events-missing":   Fault(logout=changed(events=GONE)),
    "logout-events-other":     Fault(logout=changed(events={"https://elsewhere.example": {}})),
    "logout-events-list":      Fault(logout=changed(events=[LOGOUT_EVENT])),
    "logout-with-nonce":       Fault(logout=changed(nonce="n")),
    "logout-without-subject":  Fault(logout=changed(sub=GONE, sid=GONE)),
}
# fmt: on
