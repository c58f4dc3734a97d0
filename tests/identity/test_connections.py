"""`samspil provider`: connecting an organisation without a line of code."""

import json

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import select

from demo.provider.faults import FAULTS
from portal.cli import samspil
from portal.identity import maps, openid
from portal.identity.models import IdentityProvider, SharedOrganisation
from portal.settings import CONFIG
from tests import make
from tests.identity.conftest import SECRET

MAPS = CONFIG / "identity"
DEMO = str(MAPS / "demo.toml")


@pytest.fixture
def bare(app):
    """An organisation that nobody signs in for yet."""
    made = make.fund("BUPL-A", "bupl-a")
    make.records.delete(make.provider_of(made))
    make.records.commit()
    return made


@pytest.fixture
def provider(worker):
    """`samspil provider …`, with a secret on standard input."""

    def command(*arguments: object, secret: str = SECRET) -> Result:
        script = ScriptInfo(create_app=lambda: worker, set_debug_flag=False)
        words = ["provider", *map(str, arguments)]
        return CliRunner().invoke(samspil, words, obj=script, input=f"{secret}\n")

    return command


@pytest.fixture
def add(provider):
    def command(issuer: str, *more: object, slug: str = "bupl-a", file: object = DEMO) -> Result:
        known = "--issuer", issuer, "--client-id", "samspil", "--maps", file
        return provider("add", slug, *known, *more)

    return command


def rows() -> list[IdentityProvider]:
    found = [*make.records.scalars(select(IdentityProvider))]
    make.records.commit()
    return found


def test_a_provider_is_connected_and_somebody_signs_in(add, provider, bare, issuers, desk):
    done = add(issuers["bupl-a"].issuer)

    assert done.exit_code == 0, done.output
    assert "http://127.0.0.1:5000/login/bupl-a/callback" in done.output
    assert SECRET not in rows()[0].secret
    assert desk.sign_in("bupl-a", "mette").headers["Location"] == "/"
    listed = provider("list").output
    assert listed.startswith("bupl-a ")
    assert issuers["bupl-a"].issuer in listed
    assert SECRET not in listed
    [event] = [event for event in make.audited() if event.action == "provider.connected"]
    assert event.organisation_id == bare.id
    assert SECRET not in json.dumps(event.detail)


def test_adding_it_again_changes_it_at_once(add, provider, bare, issuers, desk):
    add(issuers["bupl-a"].issuer)
    desk.sign_in("bupl-a", "mette")
    known = "--issuer", issuers["bupl-a"].issuer, "--client-id", "samspil", "--maps", DEMO
    done = provider("add", "bupl-a", *known, secret="wrong")
    assert "version 2" in done.output
    assert len(rows()) == 1
    assert desk.sign_in("bupl-a", "mette").status_code == 400
    add(issuers["bupl-a"].issuer)
    assert desk.sign_in("bupl-a", "mette").status_code == 302


@pytest.mark.parametrize(
    "issuer",
    [
        "http://169.254.169.254/latest",
        "https://169.254.169.254/latest",
        "https://localhost",
        "https://10.0.0.7",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://intranet",
        "https://somebody@login.example",
        "http://login.example",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_we_do_not_call_is_refused(issuer, add, bare, issuers):
    done = add(issuer)
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert rows() == []
    assert add("https://login.example").exit_code == 0


def test_an_issuer_that_another_signs_in_through_is_refused(add, bare, issuers, app):
    """In one sentence; the same one again is a change (see above)."""
    make.fund("Nabobæk A-kasse", "nabobaek")
    issuer = issuers["bupl-a"].issuer
    assert add(issuer).exit_code == 0
    before = {row.slug: (row.issuer, row.version) for row in rows()}
    done = add(issuer, slug="nabobaek")
    assert done.exit_code == 1
    assert f"{issuer}: bupl-a signs in through it already." in done.output
    assert "Traceback" not in done.output
    assert {row.slug: (row.issuer, row.version) for row in rows()} == before


def test_a_shared_issuer(add, bare, app):
    make.organisation("Slagelse Kommune", slug="slagelse")
    words = MAPS / "kombit.toml"
    pairs = "--shared", "12345678=bupl-a", "--shared", "87654321=slagelse"
    done = add("https://broker.example", *pairs, slug="broker", file=words)
    assert done.exit_code == 0, done.output
    shared = [*make.records.scalars(select(SharedOrganisation.cvr))]
    assert sorted(shared) == ["12345678", "87654321"]
    assert add("https://broker.example", *pairs[:2], slug="broker", file=words).exit_code == 0
    shared = [*make.records.scalars(select(SharedOrganisation.cvr))]
    make.records.commit()
    assert shared == ["12345678"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--shared", "1234=bupl-a"), "write eight digits"),
        (("--shared", "12345678"), "write eight digits"),
        (("--shared", "12345678=nobody"), "nobody: there is no such organisation"),
        (("--organisation", "nobody"), "nobody: there is no such organisation"),
        (("--shared", "12345678=bupl-a"), "claims.organisation must name the claim"),
    ],
)
def test_mistakes_are_told(more, said, add, bare):
    done = add("https://login.example", *more)
    assert done.exit_code == 1
    assert said in done.output
    assert rows() == []


def test_disabling_ends_sign_in_and_sessions(add, provider, bare, issuers, desk):
    add(issuers["bupl-a"].issuer)
    desk.sign_in("bupl-a", "mette")
    assert desk.client.get("/").status_code == 200
    assert provider("disable", "bupl-a").output == "bupl-a is disabled.\n"
    assert desk.client.get("/").status_code == 302
    assert desk.client.get("/login/bupl-a").status_code == 404
    assert "(disabled)" in provider("list").output
    assert provider("disable", "nobody").exit_code == 1


def test_testing_says_what_fits(add, provider, bare, issuers):
    add(issuers["bupl-a"].issuer)
    done = provider("test", "bupl-a")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith(f"Metadata: of the issuer {issuers['bupl-a'].issuer}")
    assert lines[1].endswith("that can be used (RS256).")
    assert "PKCE with S256: announced." in lines
    assert "Logout from the provider (back-channel): announced." in lines


@pytest.mark.parametrize("fault", ["metadata-of-another", "metadata-500", "jwks-not-json"])
def test_testing_says_what_does_not(fault, add, provider, bare, issuers):
    add(issuers["bupl-a"].issuer)
    issuers["bupl-a"].fault = FAULTS[fault]
    openid.forget_clients()
    done = provider("test", "bupl-a")
    assert done.exit_code == 1
    assert "It does not fit" in done.output


@pytest.mark.parametrize("file", sorted(MAPS.glob("*.toml")), ids=lambda file: file.stem)
def test_the_example_maps_are_sound(file):
    words = maps.read(file)
    assert words.roles
    assert "openid" in words.scopes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 'red'", "colour: there is no such part"),
        ("[claims]\nshoe = 'size'", "claims.shoe: must be one of"),
        ("[levels]\nx = 'Enormous'", "levels.x: Enormous is no NSIS level"),
        ("[roles.groups]\nx = ['king']", "roles.groups.x: must be a list of roles"),
        ("[roles.groups]\nx = 'adviser'", "roles.groups.x: must be a list of roles"),
        ("auth_method = 'none'", "auth_method: must be one of"),
        ("algorithms = ['HS256']", "algorithms: only signatures with a public key"),
        ("algorithms = ['none']", "algorithms: only signatures with a public key"),
        ("scopes = 'profile'", "scopes: must hold openid"),
        ("[assumed_level]\nlevel = 'Substantial'", "assumed_level.reason: who decided"),
        ("[assumed_level]\nlevel = 'X'\nreason = 'y'", "assumed_level.decided_on: must be a day"),
    ],
)
def test_flawed_maps_are_refused(text, said, tmp_path, add, bare):
    file = tmp_path / "maps.toml"
    file.write_text(text)
    done = add("https://login.example", file=file)
    assert done.exit_code == 1
    assert said in done.output
    assert rows() == []


def test_a_decided_level_is_audited_with_its_reason(tmp_path, add, bare):
    file = tmp_path / "maps.toml"
    decided = "level = 'Substantial'\nreason = 'to faktorer for alle'\ndecided_on = 2026-11-01"
    file.write_text(f"[assumed_level]\n{decided}\n")
    assert add("https://login.example", file=file).exit_code == 0
    [event] = make.audited()
    assert event.detail["assumed_level"]["reason"] == "to faktorer for alle"
    assert event.detail["assumed_level"]["decided_on"] == "2026-11-01"
