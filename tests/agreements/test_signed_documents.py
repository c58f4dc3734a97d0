"""The signed PDF: who signed stands in it, it never changes, and any change of it is noticed."""

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.access import Role
from portal.agreements import archive
from portal.agreements.parts import AgreementFile
from portal.clock import now
from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.reading import text_of


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def address(anna, bo, municipality, run_jobs):
    """Where an agreement that both have signed is fetched, after the worker has been there."""
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    run_jobs()
    version, _sections = anna.read(version_id)
    return f"/agreements/{version.agreement_id}/pdf"


@pytest.fixture
def owner_client(anna, client_of):
    return client_of(make.records.get_one(User, anna.actor.user_id))


def asked(client, data):
    answer = client.post("/agreements/verify", data={"file": (io.BytesIO(data), "aftale.pdf")})
    [heading] = BeautifulSoup(answer.text, "html.parser").select(".alert .alert-heading")
    return heading.text


def test_it_names_who_signed_and_what_kind_of_signature(address, owner_client):
    answer = owner_client.get(address)
    assert answer.mimetype == "application/pdf"
    words = " ".join(text_of(answer.data).split())
    assert "Anna Aftaleejer, Chef" in words
    assert "Bo Aftaleejer, Chef" in words
    assert "ikke kvalificerede elektroniske signaturer" in words


def test_what_was_left_out_is_not_in_it(anna, bo, municipality, owner_client):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    was = next(one.text for one in anna.read(version_id)[1] if one.key == "purpose")
    anna.propose(version_id, "purpose", text=was, is_left_out=True)
    anna.propose(version_id, "background", text="Hvad der ligger bag.")
    table.to_signing(anna, bo, version_id)
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    version, _sections = anna.read(version_id)
    for shown in ("", "/pdf"):
        answer = owner_client.get(f"/agreements/{version.agreement_id}{shown}")
        words = " ".join((text_of(answer.data) if shown else answer.text).split())
        assert "Hvad der ligger bag." in words
        assert was[:40] not in words
        assert "Ikke aftalt: afsnittet udgår af aftalen." in words


def test_it_is_the_same_bytes_each_time(address, owner_client, monkeypatch):
    first = owner_client.get(address).data
    monkeypatch.setattr(archive, "rendered", None)  # whatever the program makes of it later
    assert owner_client.get(address).data == first


def test_a_copy_is_known_and_one_changed_byte_is_not(address, owner_client, web):
    data = owner_client.get(address).data
    anybody = web.test_client()
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    for client in (owner_client, anybody):
        assert asked(client, data) == "Ja, det er den underskrevne aftale"
        assert asked(client, bytes(changed)) == "Nej, filen kendes ikke"


def test_the_command_says_the_same(address, owner_client, run, tmp_path):
    file = tmp_path / "aftale.pdf"
    file.write_bytes(owner_client.get(address).data)
    done = run("agreement", "verify", file)
    assert done.exit_code == 0
    assert "version 1, signed" in done.output
    file.write_bytes(file.read_bytes() + b" ")
    done = run("agreement", "verify", file)
    assert done.exit_code == 1
    assert "No signed agreement has this hash" in done.output


def test_a_hash_without_our_signature_is_no_proof(address, owner_client, run, tmp_path):
    file = tmp_path / "aftale.pdf"
    file.write_bytes(owner_client.get(address).data)
    [kept] = make.records.query(AgreementFile)
    kept.signature = bytes(64)
    make.records.commit()
    assert run("agreement", "verify", file).exit_code == 1
    assert asked(owner_client, file.read_bytes()) == "Nej, filen kendes ikke"


def test_without_a_file_one_is_asked_for(adviser, client_of):
    answer = client_of(adviser).post("/agreements/verify", data={})
    assert answer.status_code == 422
    assert "Vælg en fil." in answer.text


def test_it_is_asked_a_few_times_a_minute(adviser, client_of):
    client = client_of(adviser)
    codes = [client.post("/agreements/verify", data={}).status_code for _number in range(21)]
    assert (codes[0], codes[-1]) == (422, 429)


def test_an_old_sign_in_leads_to_the_provider_and_back(web, anna, bo, municipality, client_of):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    person = make.records.get_one(User, anna.actor.user_id)
    here = f"/negotiations/{version_id}/signing"
    old = client_of(person, auth_time=now() - timedelta(hours=1)).get(here)
    assert "Log på igen" in old.text
    assert "level=substantial" in old.text
    fresh = client_of(person, auth_time=now())
    shown = BeautifulSoup(fresh.get(here).text, "html.parser")
    [form] = shown.select("form[action$='/signing/sign']")
    data = {one["name"]: one.get("value", "y") for one in form.select("input")}
    refused = fresh.post(f"{here}/sign", data={k: v for k, v in data.items() if k != "is_read"})
    assert refused.status_code == 422
    assert "Sæt kryds ved" in refused.text
    assert fresh.post(f"{here}/sign", data=data).status_code == 303
    assert "Underskrevet" in fresh.get(here).text
    contact = client_of(make.user(municipality, Role.CONTACT))
    assert contact.post(f"{here}/sign", data={"is_read": "y"}).status_code == 403
