"""The demo provider keeps the rules of OpenID Connect that the portal's sign-in relies on."""

import tomllib

import pytest

from demo.provider.app import PEOPLE
from demo.provider.faults import NSIS
from demo.provider.visitor import query
from tests.demo.conftest import PORTAL, Relying


def test_a_person_signs_in(portal):
    claims = portal.sign_in("mette")

    assert claims["iss"] == portal.provider.issuer
    assert claims["aud"] == "samspil"
    assert claims["nonce"] == portal.nonce
    assert claims["name"] == "Mette Eksempel"
    assert claims["groups"] == ["samspil-raadgiver"]
    assert claims["department"] == "Team Sjælland"
    assert claims["acr"] == f"{NSIS}Substantial"


def test_the_callback_says_which_issuer_and_which_attempt(portal):
    callback = portal.callback()

    assert callback.keys() == {"code", "state", "iss"}
    assert callback["iss"] == portal.provider.issuer
    assert callback["state"] == portal.state


def test_metadata_describe_this_issuer(portal):
    told = portal.metadata()

    assert told["issuer"] == portal.provider.issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    for name in ("authorization", "token", "userinfo", "end_session"):
        assert told[f"{name}_endpoint"].startswith(f"{portal.provider.issuer}/")
    assert portal.http.get(told["jwks_uri"], timeout=30).json() == portal.get("jwks").json()


def test_published_keys_hold_nothing_private(portal):
    [key] = portal.get("jwks").json()["keys"]

    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}


def test_userinfo_tells_the_same_as_the_id_token(portal):
    answer = portal.token(portal.callback()["code"]).json()
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}

    told = portal.get("userinfo", headers=bearer).json()

    claims = portal.claims(answer["id_token"])
    assert told == {name: claims[name] for name in told}
    assert told.keys() >= {"sub", "name", "email", "groups"}
    assert portal.get("userinfo", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"nonce": None},
        {"response_type": "token"},
        {"scope": "profile", "code_challenge": None},
    ],
)
def test_an_incomplete_request_goes_back_with_an_error(portal, changes):
    assert portal.visitor.open(portal.address()).status_code == 200

    answer = portal.visitor.open(portal.address(**changes))

    assert answer.status_code == 302
    assert query(answer.headers["Location"])["error"]
    assert query(answer.headers["Location"])["iss"] == portal.provider.issuer


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": f"{PORTAL}/login/bupl-a/callback/"},
        {"redirect_uri": f"{PORTAL}/login/foa/callback"},
        {"redirect_uri": "https://elsewhere.example"},
        {"client_id": "another"},
    ],
)
def test_a_request_that_is_not_the_clients_goes_nowhere(portal, changes):
    answer = portal.visitor.open(portal.address(**changes))

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "Vi kan ikke fortsætte" in answer.text


def test_a_nonce_is_good_once(portal):
    portal.callback()

    again = query(portal.visitor.open(portal.address()).headers["Location"])

    assert again["error"] == "invalid_request"


def test_a_code_is_good_once(portal):
    code = portal.callback()["code"]

    assert portal.token(code).status_code == 200
    assert portal.token(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"secret": "another"}, "invalid_client"),
        ({"code_verifier": "x" * 48}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": f"{PORTAL}/login/foa/callback"}, "invalid_grant"),
        ({"code": "another"}, "invalid_grant"),
    ],
)
def test_the_token_endpoint_refuses(portal, changes, error):
    answer = portal.token(**({"code": portal.callback()["code"]} | changes))

    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


def test_one_issuers_code_is_worth_nothing_at_another(portal, providers, http, yours):
    foa = Relying(providers["foa"], http, yours, verifier=portal.verifier)

    assert foa.token(portal.callback()["code"]).json()["error"] == "invalid_grant"
    assert foa.sign_in("pia")["iss"] == providers["foa"].issuer


def test_the_same_sub_is_two_people_at_two_issuers(portal, providers, http, yours):
    slagelse = Relying(providers["slagelse"], http, yours)

    here, there = portal.sign_in("mette"), slagelse.sign_in("mette")

    assert here["sub"] == there["sub"]
    assert here["name"] != there["name"]


def test_cancelling_is_access_denied(portal):
    assert portal.callback(sub="")["error"] == "access_denied"


def test_nobody_can_choose_a_person_who_is_not_there(portal, http):
    assert http.post(portal.address(), data={"sub": "nobody"}, timeout=30).status_code == 400


def test_who_is_signed_in_is_not_asked_again(portal):
    first = portal.sign_in("mette")
    again = portal.again()

    answer = query(portal.visitor.open(again.address()).headers["Location"])

    claims = again.claims(again.token(answer["code"]).json()["id_token"])
    assert (claims["sid"], claims["auth_time"]) == (first["sid"], first["auth_time"])


def test_each_browser_has_its_own_person(portal, providers, http, yours):
    other = Relying(portal.provider, http, yours)
    portal.sign_in("mette")
    other.sign_in("torben")

    for who, name in ((portal, "Mette Eksempel"), (other, "Torben Skabelon")):
        again = who.again()
        answer = query(who.visitor.open(again.address()).headers["Location"])
        token = again.token(answer["code"]).json()["id_token"]
        assert again.claims(token)["name"] == name


@pytest.mark.parametrize(
    "asked",
    [
        {"prompt": "login"},
        {"prompt": "select_account"},
        {"max_age": "0"},
        {"max_age": "soon"},
        {"acr_values": f"{NSIS}High"},
    ],
)
def test_who_is_signed_in_is_asked_when_the_client_wants_it(portal, asked):
    portal.sign_in("mette")

    page = portal.visitor.open(portal.again().address(**asked))

    assert page.status_code == 200
    assert "Logget ind nu" in page.text


@pytest.mark.parametrize(
    "asked",
    [
        {"prompt": "none"},
        {"max_age": "3600"},
        {"acr_values": f"{NSIS}Substantial"},
        {"acr_values": f"{NSIS}Low {NSIS}High"},
    ],
)
def test_who_is_signed_in_well_enough_is_not_asked(portal, asked):
    portal.sign_in("mette")

    answer = portal.visitor.open(portal.again().address(**asked))

    assert "code" in query(answer.headers["Location"])


@pytest.mark.parametrize("more", [{}, {"max_age": "0"}, {"acr_values": f"{NSIS}Substantial"}])
def test_prompt_none_never_shows_a_page(portal, more):
    if more:
        portal.sign_in("inge")

    answer = portal.visitor.open(portal.again().address(prompt="none", **more))

    told = query(answer.headers["Location"])
    assert told["error"] == "login_required"
    assert told["iss"] == portal.provider.issuer
    assert told["state"]


def test_signing_in_anew_keeps_the_session_of_the_same_person(portal):
    first = portal.sign_in("mette")
    again = portal.again().sign_in("mette", prompt="login")
    other = portal.again().sign_in("torben", prompt="login")

    assert again["sid"] == first["sid"]
    assert other["sid"] != first["sid"]
    assert portal.provider.sign_ins.keys() == {other["sid"]}


@pytest.mark.parametrize(
    ("sub", "wanted", "reached"),
    [
        ("inge", None, "Low"),
        ("inge", "Substantial", "Substantial"),
        ("inge", "High", "Substantial"),
        ("hans", "Substantial", "Low"),
        ("mette", "Low", "Substantial"),
    ],
)
def test_the_level_is_lifted_for_those_who_can(portal, sub, wanted, reached):
    claims = portal.sign_in(sub, acr_values=wanted and f"{NSIS}{wanted}")

    assert claims["acr"] == f"{NSIS}{reached}"


def test_step_up_lifts_the_session_that_is_there(portal):
    low = portal.sign_in("inge")

    lifted = portal.again().sign_in("inge", acr_values=f"{NSIS}Substantial")

    assert (low["acr"], lifted["acr"]) == (f"{NSIS}Low", f"{NSIS}Substantial")
    assert low["sid"] == lifted["sid"]


def test_rotation_keeps_the_old_key_and_withdrawal_does_not(portal):
    def published() -> list[str]:
        return [key["kid"] for key in portal.get("jwks").json()["keys"]]

    [first] = published()
    portal.provider.rotate()
    second, old = published()
    assert (old, second != first) == (first, True)
    assert portal.sign_in()["sub"] == "mette"

    portal.provider.rotate(withdraw=True)
    [third] = published()
    assert third not in {first, second}
    assert portal.again().sign_in(prompt="login")["sub"] == "mette"


def test_every_organisation_that_works_here_has_an_auditor():
    people = tomllib.loads(PEOPLE.read_text("utf-8"))["provider"]
    groups = {row["slug"]: {name for one in row["people"] for name in one["groups"]}
              for row in people}  # fmt: skip
    for slug in ("bupl-a", "foa", "slagelse", "koebenhavn"):
        assert "samspil-revisor" in groups[slug]
