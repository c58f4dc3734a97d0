"""How the demo provider starts, what its pages are like, and who lives there."""

import pytest

from demo.provider import app as demo
from demo.provider.provider import Person
from tests.demo.conftest import PORTAL, SECRET


@pytest.mark.parametrize("value", [None, "", "1", "no"])
def test_it_does_not_start_outside_a_demo(monkeypatch, value):
    monkeypatch.delenv("SAMSPIL_DEMO", raising=False)
    if value is not None:
        monkeypatch.setenv("SAMSPIL_DEMO", value)

    with pytest.raises(SystemExit, match="SAMSPIL_DEMO=yes"):
        demo.main(["--secret", SECRET])


def test_it_listens_on_the_loopback_address_only(demo_is_on):
    server, known = demo.serve(portal=PORTAL, secret=SECRET, port=0)
    server.server_close()

    assert server.server_address == ("127.0.0.1", server.port)
    assert known["foa"].issuer == f"http://127.0.0.1:{server.port}/foa"


def test_a_taken_port_is_one_sentence(demo_is_on, providers):
    port = providers["foa"].issuer.rsplit(":", 1)[1].removesuffix("/foa")

    with pytest.raises(SystemExit, match=f"Port {port} cannot be used"):
        demo.main(["--secret", SECRET, "--port", port])


def test_it_needs_a_secret_from_its_caller(demo_is_on, monkeypatch, capsys):
    monkeypatch.delenv("SAMSPIL_DEMO_CLIENT_SECRET", raising=False)

    with pytest.raises(SystemExit):
        demo.main([])
    assert "the client's secret is missing" in capsys.readouterr().err


def test_the_page_is_a_form_with_everybody_on_it(portal):
    page = portal.visitor.open(portal.address())

    assert "Dette er en demo." in page.text
    for person in portal.provider.people.values():
        assert person.name in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {PORTAL};" in f"{policy};"
    assert "unsafe" not in policy


def test_the_cookie_is_of_this_issuer_and_port_only(portal, providers):
    portal.sign_in("mette")

    [cookie] = portal.visitor.session.cookies
    assert cookie.name.startswith("samspil_demo_idp_")
    assert cookie.path == "/bupl-a"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert len({provider.cookie for provider in providers.values()}) == len(providers)


@pytest.mark.parametrize("path", ["jwks", "logout", "authorize", "nowhere"])
def test_every_answer_has_its_headers(portal, path):
    answer = portal.get(path)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_host_name_is_refused(portal):
    """A page on the internet that lets its name point here gets nothing."""
    path = ".well-known/openid-configuration"

    assert portal.get(path, headers={"Host": "elsewhere.example"}).status_code == 400
    assert portal.get(path).status_code == 200


ROLES = {
    "bupl-a": {"raadgiver", "teamleder", "aftaleejer", "lokaladministrator", "revisor"},
    "foa": {"raadgiver", "teamleder", "aftaleejer", "lokaladministrator", "revisor"},
    "aarhus": {"kontaktperson", "aftaleejer"},
    "slagelse": {"kontaktperson", "koordinator", "aftaleejer", "lokaladministrator", "revisor"},
    "koebenhavn": {"kontaktperson", "koordinator", "aftaleejer", "lokaladministrator", "revisor"},
    "rbr-sjaelland": {"sekretaer", "raadsmedlem", "lokaladministrator"},
    "bupl": {"projektpartner", "lokaladministrator"},
    "esbjerg": {"aftaleejer"},
    "rbr-midtjylland": {"sekretaer"},
    "rbr-syddanmark": {"sekretaer"},
    "3f-forbund": {"projektpartner", "lokaladministrator"},
    "dansk-metal": {"projektpartner"},
    "uc-syd": {"projektpartner"},
    "samspil-drift": {"drift"},
}


def test_there_is_somebody_for_every_role_and_nobody_else(providers):
    groups = {
        slug: {group for person in provider.people.values() for group in person.groups}
        for slug, provider in providers.items()
    }

    assert groups == {slug: {f"samspil-{role}" for role in ROLES[slug]} for slug in ROLES}


def everybody(providers) -> list[Person]:
    return [person for provider in providers.values() for person in provider.people.values()]


def test_nobody_in_the_demo_can_be_written_to(providers):
    people = everybody(providers)

    assert all(person.email.endswith(".example") and person.email.isascii() for person in people)
    assert len({person.email for person in people}) == len(people)


def test_the_odd_cases_are_among_the_people(providers):
    people = everybody(providers)

    assert [person.sub for person in people if not person.groups] == ["ole"]
    assert [person.sub for person in people if len(person.groups) == 2] == ["lone"]
    assert {person.sub for person in people if person.level == "Low"} == {
        "inge",
        "hans",
        "preben",
    }
