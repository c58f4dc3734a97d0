"""What an agreement owner fills in about criteria and terms: kept as typed, or refused there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.agreements.parts import AgreementSection
from portal.clock import today
from tests import make
from tests.agreements.browsing import errors, fields, page, press, propose

MARKUP = '"><script>alert(1)</script>{{ 7*7 }}'
PASTED = "æ" * 200_000
TERM = {"term-term": "fixed", "term-valid_from": "2027-01-01", "term-valid_until": "2028-12-31"}


@pytest.fixture
def anna(fund, client_of):
    return client_of(make.user(fund, Role.AGREEMENT_OWNER, name="Anna Aftaleejer"))


@pytest.fixture
def bo(municipality, client_of):
    return client_of(make.user(municipality, Role.AGREEMENT_OWNER, name="Bo Aftaleejer"))


@pytest.fixture
def opened(anna, municipality):
    """The address of a negotiation."""
    said = {"template": "one-to-one", "title": "Aftale 2027", "municipalities": municipality.id}
    address = anna.post("/negotiations/new", data=said).location
    press(anna, address, "open")
    return address


@pytest.fixture
def given(fund, seen_by):
    """What a section holds as data, as the fund reads it."""

    def read(address, key):
        version_id = address.rsplit("/", 1)[1]
        rows = select(AgreementSection).where(AgreementSection.version_id == version_id)
        with seen_by(fund) as session:
            return session.scalars(rows.where(AgreementSection.key == key)).one().given

    return read


def line_of(form, label):
    """The beginning of the names of one criterion's fields."""
    [name] = [n for n, v in form.items() if n.endswith("-label_da") and v == label]
    return name.removesuffix("label_da")


def spare_of(form, table):
    """An empty line."""
    return next(
        name.removesuffix("code")
        for name, value in form.items()
        if name.startswith(table) and name.endswith("-code") and not value
    )


def visitation(client, address):
    return fields(client.get(f"{address}/sections/visitation"), "/sections/visitation")


def test_criteria_are_picked_worded_ordered_and_ended(anna, opened, given):
    form = visitation(anna, opened)
    debt = line_of(form, "Gæld eller økonomi")
    language = line_of(form, "Sproglige barrierer")
    first = given(opened, "visitation")["criteria"][0]["code"]
    before = [row["code"] for row in given(opened, "visitation")["criteria"]]
    said = {
        f"{debt}is_chosen": "y",
        f"{debt}position": "1",
        f"{debt}label_da": "Gæld, der står i vejen",
        f"{debt}evidence": "documented",
        f"{debt}valid_until": "31/12-2027",
        f"{language}position": "3",
    }
    assert propose(anna, opened, "visitation", **said).status_code == 303

    rows = given(opened, "visitation")["criteria"]
    codes = [row["code"] for row in rows]
    assert codes[:3] == ["debt", first, "language"]
    assert sorted(codes) == sorted([*before, "debt"])
    assert rows[0]["label_da"] == "Gæld, der står i vejen"
    assert (rows[0]["evidence"], rows[0]["valid_until"]) == ("documented", "2027-12-31")
    assert rows[0]["source"] == "Samspils forslag"  # as the catalogue has it


def test_a_criterion_moved_down_comes_where_its_number_says(anna, opened, given):
    before = [row["code"] for row in given(opened, "visitation")["criteria"]]
    form = visitation(anna, opened)
    said = {f"{line_of(form, 'Fysisk helbred eller nedslidning')}position": "5"}
    assert propose(anna, opened, "visitation", **said).status_code == 303

    after = [row["code"] for row in given(opened, "visitation")["criteria"]]
    assert after.index("health_physical") == 4
    assert [code for code in after if code != "health_physical"] == [
        code for code in before if code != "health_physical"
    ]


def test_one_is_left_out_by_its_box(anna, opened, given):
    form = visitation(anna, opened)
    del form[f"{line_of(form, 'Handicap')}is_chosen"]
    assert anna.post(f"{opened}/sections/visitation", data=form).status_code == 303
    codes = [row["code"] for row in given(opened, "visitation")["criteria"]]
    assert "disability" not in codes
    assert "health_mental" in codes


def test_the_parties_add_one_of_their_own(anna, opened, given):
    own = spare_of(visitation(anna, opened), "criteria")
    said = {f"{own}label_da": "Langt til arbejde", f"{own}guidance": "Hvor langt kan der rejses?"}
    assert propose(anna, opened, "visitation", **said).status_code == 303
    row = given(opened, "visitation")["criteria"][-1]
    assert (row["code"], row["label_da"]) == ("own_1", "Langt til arbejde")
    assert (row["kind"], row["source"]) == ("discretionary", "Parterne selv")


def test_a_reason_by_law_keeps_the_words_of_the_law(anna, opened, given):
    form = visitation(anna, opened)
    [law] = [n.removesuffix("code") for n, v in form.items() if v == "youth_no_education"]
    said = {f"{law}is_chosen": "y", f"{law}label_da": "Alle unge", f"{law}position": "1"}
    assert propose(anna, opened, "visitation", **said).status_code == 303
    row = given(opened, "visitation")["criteria"][0]
    assert row["label_da"].startswith("Under 25 år")
    assert (row["kind"], row["valid_until"]) == ("statutory", "2026-12-31")


YESTERDAY = (today() - timedelta(days=1)).isoformat()
AT_ITS_CELL = {
    "an own criterion without words": (
        {"guidance": "Spørg til rejsetid"},
        "label_da",
        "Hver linje skal have en tekst.",
    ),
    "a criterion whose day has passed": (
        {"label_da": "Langt til arbejde", "valid_until": YESTERDAY},
        "valid_until",
        "Vælg fra, eller ret dagen.",
    ),
    "a day that is none": (
        {"label_da": "Langt til arbejde", "valid_until": "31/2-2027"},
        "valid_until",
        "Skriv dagen som dd/mm/åååå.",
    ),
    "a number that is none": (
        {"label_da": "Langt til arbejde", "position": "først"},
        "position",
        "Skriv et helt tal.",
    ),
    "a judgement on hearsay": (
        {"label_da": "Møder ikke", "wording": "Skriv, hvornår", "evidence": "self_reported"},
        "evidence",
        "Et skøn skal bygge på noget, som a-kassen har set",
    ),
    "200 kB": ({"label_da": "Langt", "guidance": PASTED}, "guidance", "Højst 2000 tegn"),
}


@pytest.mark.parametrize(("said", "column", "words"), AT_ITS_CELL.values(), ids=AT_ITS_CELL)
def test_what_is_wrong_stands_at_its_cell_and_nothing_is_lost(anna, opened, said, column, words):
    own = spare_of(visitation(anna, opened), "criteria")
    typed = {f"{own}{name}": cell for name, cell in said.items()}
    answer = propose(anna, opened, "visitation", text="Vores tekst", **typed)
    assert answer.status_code == 422

    soup = page(answer)
    assert words in soup.select_one(f"[id='{own}{column}-error']").text
    assert soup.select_one(
        f"details[open] [id='{own}{column}'], .governed-pick [id='{own}{column}']"
    )
    assert soup.select_one(f"[data-module=error-summary] a[href='#{own}{column}']")
    kept = fields(answer, "/sections/visitation")
    assert kept["text"] == "Vores tekst"
    for name, cell in typed.items():
        if not name.endswith("valid_until"):
            assert kept[name] == cell


def test_a_reason_that_is_retired_already_is_refused_at_its_day(anna, opened):
    form = visitation(anna, opened)
    [other] = [n.removesuffix("label_da") for n, v in form.items() if v == "Andet"]
    answer = propose(anna, opened, "visitation", **{f"{other}valid_until": YESTERDAY})
    assert answer.status_code == 422
    assert (
        "Vælg fra, eller ret dagen."
        in page(answer).select_one(f"[id='{other}valid_until-error']").text
    )
    later = (today() + timedelta(days=90)).isoformat()
    kept = propose(anna, opened, "visitation", **{f"{other}valid_until": later})
    assert kept.status_code == 303


def test_ten_reasons_are_one_too_many(anna, opened):
    form = visitation(anna, opened)
    lines = [n for n, v in form.items() if n.startswith("rejection") and n.endswith("label_da")]
    said = {name: form[name] or f"Årsag {n}" for n, name in enumerate(lines)}
    answer = propose(anna, opened, "visitation", **said)
    assert answer.status_code == 422
    assert "Angiv fra 0 til 9 linjer." in "".join(errors(answer))
    assert page(answer).select_one("[data-module=error-summary] a[href='#rejection_reasons']")


TERMS = {
    "the end before the start": ({"term-valid_until": "2026-12-31"}, "term-valid_until"),
    "no end of a fixed period": ({"term-valid_until": ""}, "term-valid_until"),
    "no beginning": ({"term-valid_from": ""}, "term-valid_from"),
    "no notice": ({"term-term": "open_ended"}, "term-notice_months"),
    "no rule set": ({"term-term": "rule_set"}, "term-rule_set"),
}


@pytest.mark.parametrize(("said", "place"), TERMS.values(), ids=TERMS)
def test_a_term_that_cannot_be_is_refused_at_its_field(anna, opened, said, place):
    answer = propose(anna, opened, "term", text="To år.", **(TERM | said))
    assert answer.status_code == 422
    assert page(answer).select_one(f"[id='{place}-error']")
    assert page(answer).select_one("textarea#text").text.strip() == "To år."
    assert propose(anna, opened, "term", text="To år.", **TERM).status_code == 303


def test_what_is_shared_may_be_nothing_but_what_the_transfer_rests_on(anna, opened, given):
    form = fields(anna.get(f"{opened}/sections/sharing"), "/sections/sharing")
    form |= {"text": "Vi deler kun planen.", "shared_fields": []}
    assert anna.post(f"{opened}/sections/sharing", data=form).status_code == 303
    assert given(opened, "sharing")["shared_fields"] == []
    again = propose(anna, opened, "sharing", seen_after_rejection="27")
    assert "Skriv et helt tal fra 28 til 365." in errors(again)[0]


def test_the_minutes_own_headings_are_written_one_on_each_line(anna, opened, given):
    typed = "Barsel og orlov\n\n  Aftalt:  hvem gør hvad \n"
    answer = propose(anna, opened, "joint_meeting", minutes_headings=typed)
    assert answer.status_code == 303
    assert given(opened, "joint_meeting")["minutes_headings"] == [
        "Barsel og orlov",
        "Aftalt: hvem gør hvad",
    ]
    shown = page(anna.get(f"{opened}/sections/joint_meeting")).select_one("#minutes_headings")
    assert shown
    assert shown.text.strip().splitlines() == ["Barsel og orlov", "Aftalt: hvem gør hvad"]
    for wrong, said in (
        ("\n".join(map(str, range(13))), "Der må højst være 12 linjer."),
        ("x" * 81, "En linje må højst være på 80 tegn."),
        ("Andet\nAndet", "Hver må kun stå én gang."),
    ):
        again = propose(anna, opened, "joint_meeting", minutes_headings=wrong)
        assert said in errors(again)[0]


def test_what_the_plan_demands_must_be_shared(anna, bo, opened):
    """The one is agreed in one section, the other in another: it is told before signing."""
    form = fields(anna.get(f"{opened}/sections/sharing"), "/sections/sharing")
    form |= {"text": "Vi deler ikke indsatser.", "shared_fields": ["talks"]}
    anna.post(f"{opened}/sections/sharing", data=form)
    answer = press(anna, opened, "settle")
    assert "er et krav i planen og skal derfor deles." in answer.text


def test_markup_in_every_field_is_text(anna, bo, opened):
    """Typed into all that can be typed in, refused or kept: never a tag, for neither side."""
    keys = [a["href"].rsplit("/", 1)[1] for a in page(anna.get(opened)).select("table a")]
    for key in keys:
        shown = anna.get(f"{opened}/sections/{key}")
        form = fields(shown, f"/sections/{key}")
        typed = {
            one["name"]: MARKUP
            for one in page(shown).select("main form textarea, main form input[type=text]")
            if one["name"] in form and not one["name"].endswith(("position", "_days", "target"))
        }
        answer = anna.post(f"{opened}/sections/{key}", data=form | typed)
        assert answer.status_code in {303, 422}, key
        for client in (anna, bo):
            seen = client.get(f"{opened}/sections/{key}") if answer.status_code == 303 else answer
            assert "<script>alert" not in seen.text, key
            assert MARKUP in page(seen).text or MARKUP in str(fields(seen, f"/sections/{key}")), key


def test_a_version_of_before_drops_what_has_retired_when_it_is_renewed(
    anna, fund, municipality, given
):
    gone = {"code": "old_one", "label_da": "Udgået", "label_en": "Gone", "guidance": "Før."}
    row = {"sensitivity": "ordinary", "kind": "discretionary", "source": "Parterne selv"}
    rows = [
        gone | row | {"valid_until": YESTERDAY},
        gone | row | {"code": "still", "label_da": "Ny"},
    ]
    signed = make.agreement(fund, municipality, criteria=rows)
    answer = anna.post(f"/agreements/{signed.agreement_id}/renew")
    assert [one["code"] for one in given(answer.location, "visitation")["criteria"]] == ["still"]


def test_a_signatory_without_authority_is_refused_at_the_field(anna, opened, fund):
    """An adviser of the own organisation, and an owner of nobody's: neither is offered or taken."""
    adviser = make.user(fund, Role.ADVISER)
    stranger = make.user(make.fund(), Role.AGREEMENT_OWNER)
    owner = make.user(fund, Role.AGREEMENT_OWNER, name="Else Ejer")
    said = {"title": "Direktør", "authority": "På vegne af bestyrelsen"}
    for person, status in ((adviser, 422), (stranger, 422), (owner, 303)):
        form = fields(anna.get(f"{opened}/signatories"), "/signatories") | said
        answer = anna.post(f"{opened}/signatories", data=form | {"user_id": person.id})
        assert answer.status_code == status
        if status == 422:
            assert page(answer).select_one("#user_id-error")
            assert page(answer).select_one("#title")["value"] == "Direktør"


def goals(client, address):
    return fields(client.get(f"{address}/sections/goals"), "/sections/goals")


def test_a_goal_is_chosen_from_a_set_with_a_target_and_a_baseline_of_the_parties(
    anna, opened, given
):
    own = spare_of(goals(anna, opened), "goals")
    before = given(opened, "goals")["goals"]
    chosen = {f"{own}pick": "law/two_talks", f"{own}target": "140", f"{own}baseline": "61"}
    refused = propose(anna, opened, "goals", **chosen)
    assert refused.status_code == 422
    assert "Fejl: Et mål i procent ligger fra 0 til 100." in errors(refused)
    kept = fields(refused, "/sections/goals")
    assert (kept[f"{own}target"], kept[f"{own}pick"]) == ("140", "law/two_talks")

    assert propose(anna, opened, "goals", **chosen | {f"{own}target": "80"}).status_code == 303
    *rest, goal = given(opened, "goals")["goals"]
    assert rest == before  # the others say what they said
    assert (goal["set"], goal["code"], goal["target"], goal["baseline"]) == (
        "law",
        "two_talks",
        80,
        61,
    )
    shown = page(anna.get(f"{opened}/sections/goals")).text
    assert "Mindst 80 pct. (udgangspunkt: 61 pct.)" in shown

    own = spare_of(goals(anna, opened), "goals")
    again = propose(anna, opened, "goals", **{f"{own}pick": "law/two_talks"})
    assert errors(again) == ["Fejl: Hver kode må kun bruges én gang."]
