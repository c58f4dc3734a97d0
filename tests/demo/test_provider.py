"""The demo provider keeps the rules of OpenID Connect that the portal's sign-in relies on."""

from demo.provider.faults import NSIS


def test_a_person_signs_in(portal):
    claims = portal.sign_in("mette")

    assert claims["iss"] == portal.provider.issuer
    assert claims["aud"] == "samspil"
    assert claims["nonce"] == portal.nonce
    assert claims["name"] == "Mette Eksempel"
    assert claims["groups"] == ["samspil-raadgiver"]
    assert claims["department"] == "Team Sjælland"
    assert claims["acr"] == f"{NSIS}Substantial"
