"""A package as a file for another system, by the published schema, and a case taken in by it."""

import base64
import hashlib
import io
import json
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import select

from portal import cpr, jws, keys, shape
from portal.access import Role
from portal.audit import AuditEvent
from portal.cases.models import CasePlan, MemberCase, Talk
from portal.cases.transfer import schema
from portal.clock import today
from portal.crypto import key_id
from portal.settings import load
from tests import make
from tests.handovers.road import page

WHY = {"purpose": "Indlæsning i fagsystemet"}


@pytest.fixture
def lead(fund, client_of):
    return client_of(make.user(fund, Role.TEAM_LEAD))


@pytest.fixture
def sent(road, sender):
    road.take(sender, "send")
    return road.address


def fetched(client: Any, address: str, kind: str) -> Any:
    answer = client.post(f"{address}/transfer", data=WHY | {"format": kind})
    assert answer.status_code == 200, answer.text
    return answer


def test_the_file_fits_the_published_schema_and_says_what_was_frozen(sent, lead, municipality):
    told = json.loads(fetched(lead, sent, "json").data)
    assert [*shape.faults(schema(), told)] == []
    assert told["member"]["name"] == "Karl Prøvesen"
    assert told["plan"]["job_goals"] == ["Industritekniker"]
    assert told["package"]["receiver"] == {
        "organisation": municipality.slug,
        "name": "Lillekøbing Kommune",
    }
    document = base64.b64decode(told["document"]["pdf"])
    assert hashlib.sha256(document).hexdigest() == told["document"]["sha256"]
    assert document.startswith(b"%PDF")


def test_the_whole_number_leaves_for_a_purpose_and_into_the_log(road, sender, lead, case):
    ring, number = keys.of(load()), cpr.parse("620588-1234", today=today())
    case.cpr = ring.seal_cpr(number, table="member_case", row_id=case.id)
    case.cpr_index = ring.find_cpr(number)
    make.records.commit()
    road.take(sender, "send")
    assert lead.post(f"{road.address}/transfer", data={"format": "json"}).status_code == 422
    told = json.loads(fetched(lead, road.address, "json").data)
    assert told["member"]["cpr"] == number.digits
    row = make.records.scalars(select(AuditEvent).where(AuditEvent.purpose == WHY["purpose"])).one()
    assert (row.action, row.detail) == ("transfer.file", {"format": "json", "number": 1})


def test_only_leaders_fetch_it_and_nobody_a_draft(road, sender, lead):
    assert lead.get(f"{road.address}/transfer").status_code == 409
    road.take(sender, "send")
    assert sender.get(f"{road.address}/transfer").status_code == 403
    assert lead.get(f"{road.address}/transfer").status_code == 200


def test_a_signed_file_names_the_organisations_and_is_whole(sent, lead, fund, run, tmp_path):
    """The command knows it, and fails on each single byte that is another."""
    file = tmp_path / "package.jws"
    file.write_bytes(fetched(lead, sent, "jws").data)
    known = run("package", "verify", file)
    assert known.exit_code == 0, known.output
    assert f"from {fund.slug} to lillekoebing" in known.output
    whole = file.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 20):
        other = b"A" if whole[place : place + 1] != b"A" else b"B"
        file.write_bytes(whole[:place] + other + whole[place + 1 :])
        assert run("package", "verify", file).exit_code == 1, place


def test_another_key_is_not_samspils(run, tmp_path):
    file = tmp_path / "forged.jws"
    file.write_text(jws.signed(b"{}", b"k" * 32, typ="samspil-package+json"), "ascii")
    assert run("package", "verify", file).exit_code == 1


def test_the_public_key_and_the_schema_are_everybodys(sent, lead, web):

    stranger = web.test_client()
    [key] = stranger.get("/.well-known/samspil-keys.json").json["keys"]
    public = OKPKey.import_key(key).public_key.public_bytes_raw()
    header, payload = jws.opened(fetched(lead, sent, "jws").text, public)
    assert (header["kid"], header["org"]) == (key_id(public), "proevebaek")
    assert json.loads(payload)["format"] == "samspil-package/1"
    assert stranger.get("/package.schema.json").json == schema()


# --- Taking a case in ---


def check(client, told):
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post("/cases/import/case/check", data={"file": (io.BytesIO(text), "sag.json")})


def take(client, answer):
    [sealed] = page(answer).select("input[name=sealed]")
    return client.post("/cases/import/case", data={"sealed": sealed["value"]})


@pytest.fixture
def told(municipality):
    return {
        "format": "samspil-package/1",
        "member": {
            "name": "Åse Prøve",
            "cpr": "620588-1234",
            "municipality": municipality.slug,
            "benefit_start": "2026-11-16",
            "weekly_hours": "30.5",
        },
        "plan": {"job_goals": ["Kok"], "my_plan_on": "2026-11-18"},
        "talks": [{"day": "2026-11-17", "kind": "first", "form": "phone", "outcome": "held"}],
    }


def test_a_case_with_its_plan_is_looked_at_and_then_taken_in(told, sender):
    answer = check(sender, told)
    assert "Filen er i orden" in answer.text
    assert make.records.scalars(select(MemberCase)).all() == []
    make.records.commit()
    assert take(sender, answer).status_code == 303
    case = make.records.scalars(select(MemberCase)).one()
    assert (case.name, str(case.weekly_hours)) == ("Åse Prøve", "30.50")
    assert make.records.scalars(select(CasePlan.job_goals)).one() == ["Kok"]
    assert make.records.scalars(select(Talk.kind)).one() == "first"
    make.records.commit()
    again = page(check(sender, told)).select("tbody td")
    assert [cell.text for cell in again] == ["member.cpr", "Medlemmet har allerede en åben sag."]


def test_every_fault_is_told_with_its_path(told, sender):
    told["member"] |= {"benefit_start": "16/11-2026", "municipality": 5}
    told["plan"]["job_goals"].append(7)
    told["talks"][0]["kind"] = "chat"
    told["efforts"] = [{"kind": "offer"}]
    told["ekstra"] = 1
    rows = [cell.text for cell in page(check(sender, told)).select("tbody td:first-child")]
    assert sorted(rows) == [
        "efforts[0].description",
        "efforts[0].status",
        "ekstra",
        "member.benefit_start",
        "member.municipality",
        "plan.job_goals[1]",
        "talks[0].kind",
    ]


def test_what_the_case_would_refuse_is_refused_with_its_path(told, sender):
    told["member"]["municipality"] = "nowhere"
    assert "member.municipality" in check(sender, told).text
    told["member"]["municipality"] = "lillekoebing"
    told["talks"][0] |= {"outcome": "absent", "day": "2999-01-01"}
    rows = [cell.text for cell in page(check(sender, told)).select("tbody td:first-child")]
    assert rows == ["talks[0].day", "talks[0].reason"]


@pytest.mark.parametrize("text", [b"", b"{", b"a.b.c", b'{"format": "\\u0000"}', b"[]"])
def test_what_is_no_file_of_ours_is_said_in_words(text, sender):
    answer = check(sender, text)
    assert answer.status_code in {200, 422}
    assert make.records.scalars(select(MemberCase)).all() == []
    make.records.commit()


def test_a_package_goes_out_and_in_again_at_another_fund(sent, lead, client_of):
    """The new fund after a change of a-kasse: what was signed is what is taken in."""
    other = client_of(make.user(make.fund("Ny A-kasse"), Role.ADVISER))
    signed = fetched(lead, sent, "jws").data
    answer = check(other, signed)
    assert "Filen er i orden" in answer.text
    assert take(other, answer).status_code == 303
    assert check(other, signed[:-3] + b"AAA").status_code == 422
