"""An agreement between five funds and a municipality, made through the pages alone."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.agreements.parts import AgreementSignature
from portal.agreements.queries import in_force
from portal.clock import now, today
from tests import make
from tests.agreements.browsing import errors, fields, page, press, propose

MANDATE = "Fuldmagt fra bestyrelsen, 1. september 2026"
FIRST = today() + timedelta(days=3)
TERM = {
    "term-term": "fixed",
    "term-valid_from": FIRST.isoformat(),
    "term-valid_until": (FIRST + timedelta(days=365)).isoformat(),
}


@pytest.fixture
def funds(fund):
    return [fund, *(make.fund(f"A-kassen {name}") for name in ("Birk", "Eg", "Fyr", "Gran"))]


@pytest.fixture
def owners(funds, municipality, client_of):
    """The browser of each party's agreement owner, signed in just now."""

    def signed_in(organisation):
        name = f"Ejer hos {organisation.slug}"
        return client_of(make.user(organisation, Role.AGREEMENT_OWNER, name=name), auth_time=now())

    return {one.id: signed_in(one) for one in (*funds, municipality)}


@pytest.fixture
def anna(owners, fund):
    return owners[fund.id]


@pytest.fixture
def begun(anna, funds, municipality):
    said = {
        "template": "several-funds",
        "title": "En fælles indgang",
        "municipalities": [municipality.id],
        "funds": [one.id for one in funds[1:]],
    }
    answer = anna.post("/negotiations/new", data=said)
    assert answer.status_code == 303, errors(answer)
    return answer.location


def parties_form(client, address):
    """What the page of the parties would post: every box that is ticked."""
    shown = client.get(f"{address}/parties")
    chosen = {
        name: [one["value"] for one in page(shown).select(f"input[name={name}][checked]")]
        for name in ("funds", "municipalities")
    }
    return fields(shown) | chosen


def acting(client, address, mandates):
    """Save on the page of the parties who acts through whom."""
    said = parties_form(client, address)
    places = {
        value: name.rpartition("-")[0]
        for name, value in said.items()
        if name.endswith("-organisation_id")
    }
    for whose, (through, mandate) in mandates.items():
        place = places[str(whose)]
        said |= {f"{place}-represented_by": str(through), f"{place}-mandate": mandate}
    return client.post(f"{address}/parties", data=said)


def all_agreed(one, other, address):
    """What the template has no text for is left out or told; the other side agrees to all."""
    links = [a["href"] for a in page(one.get(address)).select("table a")]
    keys = [link.rsplit("/", 1)[1] for link in links]
    for key in keys:
        form = fields(one.get(f"{address}/sections/{key}"), f"/sections/{key}")
        text = form["text"].strip() or "Aftalt som skabelonen foreslår."
        more = TERM if key == "term" else {}
        answer = propose(one, address, key, text=text, **more)
        assert answer.status_code == 303, (key, errors(answer))
    for key in keys:
        shown = other.get(f"{address}/sections/{key}")
        answer = other.post(f"{address}/sections/{key}/agree", data=fields(shown, "/agree"))
        assert answer.status_code == 303, key


def name_signatory(client, address):
    shown = client.get(f"{address}/signatories")
    [person] = [
        option["value"] for option in page(shown).select("select option") if option["value"]
    ]
    said = {"user_id": person, "title": "Direktør", "authority": "På vegne af ledelsen"}
    answer = client.post(f"{address}/signatories", data=said)
    assert answer.status_code == 303, errors(answer)


def sign(client, address):
    form = fields(client.get(f"{address}/signing"), "/signing/sign")
    return client.post(f"{address}/signing/sign", data=form | {"is_read": "y"})


@pytest.fixture
def sent(owners, anna, begun, funds, municipality):
    """Everything agreed, the fourth and fifth fund act through the third, and four are named."""
    through = (funds[2].id, MANDATE)
    saved = acting(anna, begun, {funds[3].id: through, funds[4].id: through})
    assert saved.status_code == 303, errors(saved)
    press(anna, begun, "open")
    all_agreed(anna, owners[municipality.id], begun)
    for one in (*funds[:3], municipality):
        name_signatory(owners[one.id], begun)
    for step in ("settle", "ask-to-sign"):
        answer = press(anna, begun, step)
        assert answer.status_code == 303, page(answer).select_one(".alert-error").text
    return begun


def governing(seen_by, reader, fund, municipality, day):
    with seen_by(reader):
        found = in_force(fund.id, municipality.id, "overgang", day)
        return found and found.number


def test_five_funds_and_a_municipality(owners, sent, funds, municipality, seen_by):
    signing = [*funds[:3], municipality]
    for one in signing:
        for fund in funds:
            assert governing(seen_by, municipality, fund, municipality, FIRST) is None
        answer = sign(owners[one.id], sent)
        assert answer.status_code == 303, errors(answer)
    for fund in funds:
        eve = FIRST - timedelta(days=1)
        assert governing(seen_by, fund, fund, municipality, FIRST) == 1
        assert governing(seen_by, municipality, fund, municipality, FIRST) == 1
        assert governing(seen_by, municipality, fund, municipality, eve) is None
    signed = {row.organisation_id for row in make.records.query(AgreementSignature)}
    assert signed == {one.id for one in signing}
    words = page(owners[funds[4].id].get(answer.location)).text
    for told in (MANDATE, "A-kassen Birk", "A-kassen Eg", "A-kassen Fyr", "A-kassen Gran"):
        assert told in words


def test_a_represented_fund_is_not_asked_to_sign(owners, sent, funds):
    acting_one, represented = owners[funds[2].id], owners[funds[3].id]
    shown = page(represented.get(f"{sent}/signing"))
    assert shown.select("form[action$='/signing/sign']") == []
    form = fields(acting_one.get(f"{sent}/signing"), "/signing/sign") | {"is_read": "y"}
    del form["csrf_token"]  # each browser sends its own
    assert represented.post(f"{sent}/signing/sign", data=form).status_code == 403
    assert acting_one.post(f"{sent}/signing/sign", data=form).status_code == 303


def test_who_acts_itself_and_has_no_signatory_is_named(owners, anna, begun, funds, municipality):
    press(anna, begun, "open")
    all_agreed(anna, owners[municipality.id], begun)
    for one in (*funds[:4], municipality):
        name_signatory(owners[one.id], begun)
    answer = press(anna, begun, "settle")
    assert answer.status_code == 422
    assert "Der mangler en underskriver hos: A-kassen Gran." in answer.text
    name_signatory(owners[funds[4].id], begun)
    assert press(anna, begun, "settle").status_code == 303


def test_a_party_on_both_sides_is_refused_and_nothing_is_lost(anna, municipality, funds):
    said = {
        "template": "several-funds",
        "title": "Min aftale",
        "municipalities": [municipality.id],
        "funds": [funds[1].id, municipality.id],
    }
    answer = anna.post("/negotiations/new", data=said)
    assert answer.status_code == 422
    assert any("Vælg en af mulighederne." in one for one in errors(answer)), errors(answer)
    kept = fields(answer, "/new")
    assert kept["title"] == "Min aftale"
    assert kept["template"] == "several-funds"
    checked = {one["value"] for one in page(answer).select("input[type=checkbox][checked]")}
    assert checked == {str(municipality.id), str(funds[1].id)}
    fit = {**said, "funds": [funds[1].id]}
    assert anna.post("/negotiations/new", data=fit).status_code == 303


@pytest.mark.parametrize(
    ("whose", "through", "mandate", "why"),
    [
        (3, 2, " ", "Skriv, hvilken fuldmagt der er givet"),
        (3, 3, MANDATE, "Vælg en af mulighederne."),
        (3, "municipality", MANDATE, "Vælg en af mulighederne."),
        (3, 4, MANDATE, "skal selv være part"),
    ],
)
def test_an_unfit_mandate_is_refused(
    anna, begun, funds, municipality, whose, through, mandate, why
):
    """The fifth acts through the third already, so nobody acts through the fifth."""
    held = {funds[4].id: (funds[2].id, MANDATE)}
    chosen = municipality if through == "municipality" else funds[through]
    answer = acting(anna, begun, held | {funds[whose].id: (chosen.id, mandate)})
    assert answer.status_code == 422
    assert any(why in one for one in errors(answer)), errors(answer)
    assert MANDATE in answer.text
    fit = acting(anna, begun, held | {funds[whose].id: (funds[2].id, MANDATE)})
    assert fit.status_code == 303
    assert anna.get(begun).text.count(MANDATE) == 2


def test_a_forged_row_of_a_mandate_is_refused(anna, begun, funds):
    said = parties_form(anna, begun)
    for value in ("x", "", str(make.fund("Fremmed A-kasse").id)):
        forged = said | {
            "represented-0-organisation_id": value,
            "represented-0-represented_by": str(funds[1].id),
            "represented-0-mandate": MANDATE,
        }
        assert anna.post(f"{begun}/parties", data=forged).status_code == 422, value
    assert anna.get(begun).text.count(MANDATE) == 0
