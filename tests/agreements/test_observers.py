"""An observer reads what was signed, and nothing of how it came about or of any person."""

import json

import pytest
from sqlalchemy import text

from portal.access import OrganisationKind, Role
from portal.clock import now
from portal.db import db
from portal.handovers.models import State
from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.agreements.browsing import fields, page
from tests.agreements.test_exchange import take_in

KINDS = {OrganisationKind.PARTNER: Role.PROJECT_PARTNER, OrganisationKind.COUNCIL: Role.SECRETARY}


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def client(anna, client_of):
    return client_of(make.records.get_one(User, anna.actor.user_id))


@pytest.fixture
def union(app):
    return make.organisation("Forbundet", OrganisationKind.PARTNER)


@pytest.fixture
def begun(anna, municipality):
    return anna.begin(municipality, title="Aftale med observatør")


def choose(client, begun, *observers):
    """Save the page of the parties with these boxes ticked."""
    address = f"/negotiations/{begun}/parties"
    shown = client.get(address)
    said = fields(shown) | {
        "municipalities": [
            one["value"] for one in page(shown).select("input[name=municipalities][checked]")
        ],
        "observers": [str(one.id) for one in observers],
    }
    answer = client.post(address, data=said)
    assert answer.status_code == 303


def signed(anna, bo, begun):
    anna.step(begun, "open")
    table.to_signing(anna, bo, begun)
    for owner in (anna, bo):
        owner.step(begun, "sign", authenticated_at=now(), is_read=True)


def addresses(version):
    here = f"/agreements/{version.agreement_id}"
    return {
        "list": "/agreements/",
        "text": here,
        "pdf": f"{here}/pdf",
        "json": f"{here}/json",
        "negotiation": f"/negotiations/{version.id}",
        "draft": f"/negotiations/{version.id}/json",
        "contacts": f"{here}/contacts",
    }


@pytest.mark.parametrize(("kind", "role"), sorted(KINDS.items()))
def test_an_observer_reads_the_agreement_once_it_is_signed(
    kind, role, client, anna, bo, begun, client_of
):
    observer = make.organisation("Den, der følger med", kind)
    reader = client_of(make.user(observer, role))
    choose(client, begun, observer)
    version, _sections = anna.read(begun)
    anna.step(begun, "open")
    before = {name: reader.get(one).status_code for name, one in addresses(version).items()}
    assert before == {name: 200 if name == "list" else 404 for name in before}
    assert "Aftale med observatør" not in reader.get("/agreements/").text
    table.to_signing(anna, bo, begun)
    for owner in (anna, bo):
        assert reader.get(addresses(version)["negotiation"]).status_code == 404
        owner.step(begun, "sign", authenticated_at=now(), is_read=True)
    after = {name: reader.get(one).status_code for name, one in addresses(version).items()}
    private = {"negotiation", "draft", "contacts"}
    assert after == {name: 404 if name in private else 200 for name in after}
    assert "Aftale med observatør" in reader.get("/agreements/").text
    assert "Den, der følger med" in reader.get(addresses(version)["text"]).text


def test_who_is_no_observer_is_refused_the_same(client, anna, bo, begun, union, client_of):
    choose(client, begun, union)
    signed(anna, bo, begun)
    version, _sections = anna.read(begun)
    address = addresses(version)["text"]
    other = make.organisation("Et andet forbund", OrganisationKind.PARTNER)
    assert client_of(make.user(other, Role.PROJECT_PARTNER)).get(address).status_code == 404
    assert client_of(make.user(union, Role.PROJECT_PARTNER)).get(address).status_code == 200


def test_an_observer_sees_no_person_and_no_package(
    client, anna, bo, begun, union, fund, municipality, seen_by, client_of
):
    choose(client, begun, union)
    signed(anna, bo, begun)
    version, _sections = anna.read(begun)
    case = make.member_case(fund, municipality, name="Hemmelig Hansen")
    package = make.handover(case, State.RECEIVED, agreement_version_id=version.id)
    reader = client_of(make.user(union, Role.PROJECT_PARTNER))
    for address in ("/handovers/", "/cases/", f"/handovers/{package.id}"):
        assert reader.get(address).status_code == 403
    for model in ("handover", "handover_party", "member_case", "agreement_event",
                  "agreement_section", "agreement_comment", "agreement_signatory"):  # fmt: skip
        assert (count(seen_by, union, model), count(seen_by, fund, model) > 0) == (
            0,
            model != "agreement_comment",
        ), model


def count(seen_by, who, model):
    with seen_by(who):
        return db.session.scalar(text(f"select count(*) from {model}"))


def test_the_next_version_is_negotiated_unseen(client, anna, bo, begun, union, client_of):
    choose(client, begun, union)
    signed(anna, bo, begun)
    next_id = anna.renew(begun)
    anna.step(next_id, "open")
    anna.propose(next_id, "purpose", text="Et hemmeligt forslag")
    reader = client_of(make.user(union, Role.PROJECT_PARTNER))
    version, _sections = anna.read(next_id)
    here = f"/agreements/{version.agreement_id}"
    assert "ny version er på vej" not in reader.get(here).text
    assert "Et hemmeligt forslag" not in reader.get(f"{here}/compare").text
    assert reader.get(f"{here}/compare?new=2&old=1").status_code == 404
    assert client.get(f"{here}/compare?new=2&old=1").status_code == 200


def test_an_observer_is_let_go_with_the_next_version(client, anna, bo, begun, union, client_of):
    choose(client, begun, union)
    assert chosen(client, begun) == [str(union.id)]
    choose(client, begun)
    assert chosen(client, begun) == []


def chosen(client, begun):
    shown = page(client.get(f"/negotiations/{begun}/parties"))
    return [one["value"] for one in shown.select("input[name=observers][checked]")]


def test_an_observer_neither_signs_nor_acts_for_anybody(client, anna, bo, begun, union):
    choose(client, begun, union)
    names = [
        one.text
        for one in page(client.get(f"/negotiations/{begun}/parties")).select(
            "fieldset.governed legend"
        )
    ]
    assert sorted(names) == ["Lillekøbing Kommune", "Prøvebæk A-kasse"]
    signed(anna, bo, begun)
    assert anna.read(begun)[0].state == "signed"


def test_a_draft_with_its_observers_goes_out_and_in_and_out_the_same(client, begun, union):
    choose(client, begun, union)
    out = client.get(f"/negotiations/{begun}/json")
    assert out.status_code == 200
    told = json.loads(out.data)
    assert {row["organisation"]: row["side"] for row in told["parties"]}[union.slug] == "observer"
    answer = take_in(client, told)
    assert answer.status_code == 303
    assert client.get(f"{answer.location}/json").data == out.data


@pytest.mark.parametrize("side", ["fund", "municipality", "jury"])
def test_a_file_cannot_move_an_observer_to_a_side(client, begun, union, side):
    choose(client, begun, union)
    told = json.loads(client.get(f"/negotiations/{begun}/json").data)
    for row in told["parties"]:
        if row["organisation"] == union.slug:
            row["side"] = side
    answer = take_in(client, told)
    assert answer.status_code == 422
    assert "står på en forkert side" in answer.text
