"""Each fault changes what goes over the wire, in the places named here and nowhere else."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from demo.provider.faults import (
    CONTROLS,
    FAULTS,
    LOGOUT_FAULTS,
    ODD,
    OVERSIZED,
    REFUSED,
    SOUND,
    WEAK,
    Fault,
)
from tests.demo.conftest import SECRET, Relying

ALGORITHMS = ["RS256", "PS256", "ES256"]
TIMES = {"iat", "exp", "nbf", "auth_time"}
GARBAGE = "x.y.z"
RANDOM = {"code", "access_token", "id_token", "sid", "jti"}


def lasting(values: Any, now: float) -> Any:
    """Without what is new each time: times in minutes from now, random values as their type."""
    if not isinstance(values, dict):
        return values
    kept = dict(values)
    for name in RANDOM & values.keys():
        kept[name] = len(str(values[name])) > len(GARBAGE)
    for name in TIMES & values.keys():
        kept[name] = round((values[name] - now) / 60) if isinstance(values[name], int) else "?"
    return kept


def part(token: str, number: int) -> Any:
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def verifies(token: str, keys: Any) -> bool:
    try:
        jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
    except JoseError:
        return False
    return True


def said(answer: requests.Response, now: float) -> Any:
    try:
        return answer.status_code, lasting(answer.json(), now)
    except requests.JSONDecodeError:
        return answer.status_code, answer.text


def hash_fits(claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    digest = hashlib.sha256(access_token.encode()).digest()[:16]
    right = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return claims | ({"at_hash": claims["at_hash"] == right} if "at_hash" in claims else {})


def about_the_token(answer: dict[str, Any], asked: Relying, now: float) -> dict[str, Any]:
    token = answer.get("id_token", GARBAGE)
    if token == GARBAGE:
        return {}
    claims = hash_fits(lasting(part(token, 1), now), answer["access_token"])
    fits = claims.get("nonce", "") == asked.nonce and "as asked"
    return {"header": part(token, 0), "claims": claims | {"nonce": fits}}


def seen(portal: Relying, fault: Fault) -> dict[str, Any]:
    """All that a client gets to see in one sign-in, place by place."""
    asked, now = Relying(portal.provider, portal.http, portal.visitor, state="s"), time.time()
    portal.provider.fault = fault
    wire: dict[str, Any] = {"metadata": said(asked.get(".well-known/openid-configuration"), now)}
    wire["jwks"] = said(asked.get("jwks"), now)
    wire["callback"] = lasting(asked.callback(prompt="login"), now)
    answer = asked.token(next(reversed(portal.provider.codes)))
    wire["token"] = said(answer, now)
    if not isinstance(wire["token"][1], dict) or "access_token" not in wire["token"][1]:
        return wire
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    wire["userinfo"] = said(asked.get("userinfo", headers=bearer), now)
    wire |= about_the_token(answer.json(), asked, now)
    if "claims" in wire and isinstance(wire["jwks"][1], dict):
        wire["signature"] = verifies(answer.json()["id_token"], wire["jwks"][1])
    return wire


# fmt: off
PLACES = {
    "header signature":          "alg-none unknown-kid jku-in-header",
    "metadata header signature": "alg-none-advertised hs256-secret hs256-public-key jwk-in-header",
    "signature":                 "bad-signature other-key-same-kid",
    "jwks signature":            "withdrawn-key jwks-empty",
    "claims": """
        wrong-iss iss-of-another iss-missing wrong-aud two-audiences two-audiences-azp-ours
        foreign-azp aud-missing aud-of-another-azp-ours expired exp-missing exp-text
        nbf-in-the-future iat-in-the-future nonce-wrong nonce-missing sub-missing at-hash-wrong
        acr-low acr-missing acr-unknown acr-list auth-time-old auth-time-missing auth-time-text
        sid-a-number aud-list-of-one azp-ours at-hash-absent
    """,
    "metadata claims":           "nonce-unsupported",
    "metadata callback claims":  "metadata-of-another",
    "userinfo claims": """
        sub-number sub-empty sub-of-256 sub-of-255 name-of-20-kB name-with-markup name-a-dict
        name-missing email-with-line-break groups-3000 groups-a-dict groups-a-string
        groups-of-lists groups-missing groups-elsewhere groups-of-the-operator department-a-list
    """,
    "userinfo":                  "userinfo-of-another userinfo-500 userinfo-not-json",
    "callback": """
        iss-parameter-wrong iss-parameter-another iss-parameter-missing code-missing state-missing
        state-wrong error-with-markup error-unknown
    """,
    "token": """
        token-500 token-not-json token-not-an-object token-refused token-oversized
        id-token-missing id-token-garbage
    """,
    "jwks":                      "jwks-500 jwks-not-json jwks-not-an-object jwks-oversized",
    "metadata": """
        mix-up metadata-500 metadata-not-json metadata-not-an-object metadata-redirect
        metadata-oversized metadata-issuer-missing metadata-issuer-pattern metadata-jwks-missing
    """,
    "jwks header":               "new-key-new-kid",
    "metadata jwks header":      "signed-es256 signed-ps256",
    "header":                    "no-kid-one-key",
    "":                          "sound",
}
# fmt: on
TOUCHED = {name: set(places.split()) for places, names in PLACES.items() for name in names.split()}
OVER_TIME = {"token-slow", "jwks-slow", "metadata-slow", "code-never-spent"}


def test_every_fault_has_its_place_and_its_group():
    assert FAULTS.keys() == TOUCHED.keys() | OVER_TIME
    assert len(FAULTS) == sum(map(len, (REFUSED, WEAK, ODD, CONTROLS)))


@pytest.mark.parametrize("name", TOUCHED)
def test_a_fault_changes_what_it_says_and_nothing_else(portal, name):
    sound, faulty = seen(portal, SOUND), seen(portal, FAULTS[name])

    touched = {place for place in sound.keys() & faulty.keys() if sound[place] != faulty[place]}

    assert touched == TOUCHED[name]


def test_a_sound_sign_in_has_every_place_and_verifies(portal):
    wire = seen(portal, SOUND)

    assert wire.keys() == {place for places in TOUCHED.values() for place in places}
    assert wire["signature"] is True
    assert (wire["claims"]["nonce"], wire["claims"]["at_hash"]) == ("as asked", True)


def token_of(portal: Relying, name: str) -> str:
    portal.provider.fault = FAULTS[name]
    token = portal.token(portal.callback()["code"]).json()["id_token"]
    assert isinstance(token, str)
    return token


def mac_fits(token: str, secret: bytes) -> bool:
    signed, _, mac = token.rpartition(".")
    right = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return hmac.compare_digest(base64.urlsafe_b64decode(mac + "="), right)


def test_a_client_that_trusts_the_header_would_believe_the_shared_secret(portal):
    token = token_of(portal, "hs256-secret")

    assert mac_fits(token, SECRET.encode())
    assert not mac_fits(token, b"another")


def test_a_client_that_trusts_the_header_would_believe_the_public_key_as_secret(portal):
    token = token_of(portal, "hs256-public-key")

    [key] = portal.provider.keys.published[:1]
    assert mac_fits(token, key.as_pem(private=False))


def test_a_client_that_trusts_the_header_would_believe_the_key_in_it(portal):
    token = token_of(portal, "jwk-in-header")

    assert verifies(token, {"keys": [part(token, 0)["jwk"]]})
    assert len(token.split(".")[0]) < 512


def test_a_client_that_trusts_the_header_would_believe_the_key_at_its_address(portal):
    token = token_of(portal, "jku-in-header")

    strange = portal.http.get(part(token, 0)["jku"], timeout=30).json()
    assert verifies(token, strange)
    assert portal.provider.calls["strange_jwks"] == 1


def test_a_client_that_follows_redirects_would_find_all_well(portal):
    portal.provider.fault = FAULTS["metadata-redirect"]
    address = f"{portal.provider.issuer}/.well-known/openid-configuration"

    assert portal.http.get(address, timeout=30).json()["issuer"] == portal.provider.issuer
    assert portal.get(".well-known/openid-configuration").status_code == 307


@pytest.mark.parametrize("path", ["jwks", ".well-known/openid-configuration"])
def test_an_oversized_answer_is_sound_but_for_its_size(portal, path):
    name = path.rpartition("/")[2].replace("openid-configuration", "metadata")
    sound = portal.get(path).json()
    portal.provider.fault = FAULTS[f"{name}-oversized"]

    answer = portal.get(path)

    assert len(answer.content) > OVERSIZED
    assert answer.json() == sound | {"padding": "x" * OVERSIZED}


@pytest.mark.parametrize("path", ["jwks", ".well-known/openid-configuration"])
def test_a_slow_answer_comes_when_the_test_lets_it(portal, path):
    name = path.rpartition("/")[2].replace("openid-configuration", "metadata")
    portal.provider.fault = FAULTS[f"{name}-slow"]
    address = f"{portal.provider.issuer}/{path}"

    with pytest.raises(requests.ReadTimeout):
        portal.http.get(address, timeout=0.1)

    portal.provider.release.set()
    assert portal.http.get(address, timeout=30).status_code == 200


def test_a_slow_token_endpoint_holds_up_nothing_else(portal):
    code = portal.callback()["code"]
    portal.provider.fault = FAULTS["token-slow"]
    with pytest.raises(requests.ReadTimeout):
        portal.http.post(f"{portal.provider.issuer}/token", data={}, timeout=0.1)

    assert portal.get("jwks").status_code == 200
    portal.provider.release.set()
    assert portal.token(code).status_code == 200


def test_a_code_that_is_never_spent_is_good_twice(portal):
    portal.provider.fault = FAULTS["code-never-spent"]
    code = portal.callback()["code"]

    assert [portal.token(code).status_code for _ in range(2)] == [200, 200]


def logout_token(portal: Relying, fault: Fault) -> str:
    provider = portal.provider
    provider.fault = fault
    [client] = provider.clients.values()
    return provider.logout_token(provider.enter("mette"), client)


@pytest.mark.parametrize("name", LOGOUT_FAULTS)
def test_a_logout_fault_changes_the_logout_token(portal, name):
    now, keys = time.time(), portal.get("jwks").json()

    def told(token: str) -> Any:
        claims = lasting(part(token, 1), now)
        return part(token, 0), claims, verifies(token, keys)

    sound = told(logout_token(portal, SOUND))
    assert sound[0]["typ"] == "logout+jwt"
    assert sound[2] is True
    assert told(logout_token(portal, LOGOUT_FAULTS[name])) != sound
