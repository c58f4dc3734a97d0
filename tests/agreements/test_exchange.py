"""Agreements as JSON: out, in, and out again the same; what is unfit is refused by its name."""

import io
import json
import uuid
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from portal.agreements import exchange, queries
from portal.clock import now
from portal.organisations.models import User
from tests import make
from tests.agreements import table

SCHEMA = json.loads(Path("docs/agreement.schema.json").read_text("utf-8"))


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def browser(anna, client_of):
    return client_of(make.records.get_one(User, anna.actor.user_id))


@pytest.fixture
def out(web, app, anna, browser, municipality):
    """A signed agreement, as it was fetched."""
    bo = table.owner(web, municipality, "Bo Aftaleejer")
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    version, _sections = anna.read(version_id)
    answer = browser.get(f"/agreements/{version.agreement_id}/json?version=1")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return json.loads(answer.data)


def take_in(browser, told):
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return browser.post("/negotiations/import", data={"file": (io.BytesIO(data), "aftale.json")})


def refusals(answer):
    assert answer.status_code == 422
    return [
        one.text for one in BeautifulSoup(answer.text, "html.parser").select("#file-error span")
    ]


def test_out_and_in_and_out_again_is_the_same(anna, browser, out):
    answer = take_in(browser, out)
    assert answer.status_code == 303
    with anna.at_work():
        version = queries.version(uuid.UUID(answer.location.rsplit("/", 1)[1]))
        again = exchange.content(version.agreement, version, queries.sections(version.id))
        assert exchange.as_bytes(again) == exchange.as_bytes(out)


def test_the_published_schema_names_what_is_written(out):
    assert {*SCHEMA["required"]} == SCHEMA["properties"].keys() == out.keys()
    for name in ("parties", "sections"):
        row = SCHEMA["properties"][name]["items"]
        assert {*row["required"]} == row["properties"].keys() == out[name][0].keys()
        texts = exchange.PARTY if name == "parties" else exchange.SECTION
        assert {key: row["properties"][key]["maxLength"] for key in texts} == texts
    assert SCHEMA["properties"]["format"]["const"] == out["format"] == exchange.FORMAT


def changed(out, change):
    told = json.loads(json.dumps(out))
    change(told, {row["key"]: row for row in told["sections"]})
    return told


UNFIT = {
    "unknown parameter": (
        lambda told, at: at["roles"]["given"].update(decide_weeks=1),
        "»decide_weeks« kendes ikke",
    ),
    "missing parameter": (lambda told, at: at["roles"]["given"].pop("decide_days"), "decide_days"),
    "out of bounds": (
        lambda told, at: at["roles"]["given"].update(decide_days=99),
        "Skriv et helt tal fra 1 til 15.",
    ),
    "a cell": (
        lambda told, at: at["visitation"]["given"]["criteria"][0].update(label_da=""),
        "Kriterier for visitation: ",
    ),
    "no table": (lambda told, at: at["visitation"]["given"].update(criteria=-1), "forkert form"),
    "no text": (lambda told, at: at["term"]["given"]["term"].update(rule_set=0), "forkert form"),
    "no months": (
        lambda told, at: at["term"]["given"]["term"].update(notice_months="x"),
        "forkert form",
    ),
    "organisation": (
        lambda told, at: told["parties"][0].update(organisation="findes-ikke"),
        "»findes-ikke«",
    ),
    "section": (lambda told, at: at["purpose"].update(key="intention"), "»intention«"),
    "twice": (lambda told, at: told["sections"].append(at["purpose"]), "kun stå én gang"),
    "key": (lambda told, at: told.update(colour="blå"), "»colour«"),
    "type": (lambda told, at: at["purpose"].update(text=7), "sections[3].text"),
    "long": (lambda told, at: at["purpose"].update(text="æ" * 20_001), "højst være 20.000 tegn"),
    "code": (lambda told, at: at["visitation"]["given"]["criteria"][0].update(code=[1]), "form"),
    "term": (lambda told, at: at["term"]["given"]["term"].update(valid_until="i morgen"), "dagen"),
    "format": (lambda told, at: told.update(format="andet"), "ikke en aftale fra Samspil"),
    "no parties": (lambda told, at: told.update(parties=[]), "parties"),
    "null character": (lambda told, at: told.update(title="a\0b"), "kan læses"),
}


@pytest.mark.parametrize(("change", "why"), UNFIT.values(), ids=UNFIT)
def test_what_is_unfit_is_named(anna, browser, out, change, why):
    found = refusals(take_in(browser, changed(out, change)))
    assert any(why in one for one in found), found
    assert take_in(browser, out).status_code == 303


@pytest.mark.parametrize(
    "file",
    [b"", b"\xff", b"{", b"[]", b"null", b"[" * 100_000, b'{"a": "\\ud800"}', b" " * 500_001],
)
def test_what_is_no_agreement_is_refused(anna, browser, file):
    assert refusals(take_in(browser, file))


def test_without_a_file_one_is_asked_for(anna, browser):
    answer = browser.post("/negotiations/import", data={})
    assert "Vælg en fil." in refusals(answer)[0]


def test_others_cannot_take_part_through_a_file(web, out, outsider, client_of):
    stranger = table.owner(web, outsider, "Fremmed")
    browser = client_of(make.records.get_one(User, stranger.actor.user_id))
    found = refusals(take_in(browser, out))
    assert any("egen organisation er ikke part" in one for one in found), found
