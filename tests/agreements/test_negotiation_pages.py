"""The pages of a negotiation, as two owners meet them in their browsers."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.clock import today
from tests import make
from tests.agreements.browsing import errors, fields, page, press, propose


@pytest.fixture
def anna(fund, client_of):
    return client_of(make.user(fund, Role.AGREEMENT_OWNER, name="Anna Aftaleejer"))


@pytest.fixture
def bo(municipality, client_of):
    return client_of(make.user(municipality, Role.AGREEMENT_OWNER, name="Bo Aftaleejer"))


@pytest.fixture
def begun(anna, municipality):
    """The address of a draft."""
    said = {"template": "one-to-one", "title": "Aftale 2027", "municipalities": municipality.id}
    answer = anna.post("/negotiations/new", data=said)
    assert answer.status_code == 303, answer.text
    return answer.location


@pytest.fixture
def opened(anna, begun):
    press(anna, begun, "open")
    return begun


def test_the_list_leads_to_what_is_under_way(anna, bo, begun):
    assert "Aftale 2027" in anna.get("/agreements/").text
    assert "Aftale 2027" not in bo.get("/agreements/").text
    press(anna, begun, "open")
    assert "Aftale 2027" in bo.get("/agreements/").text


def test_a_form_without_a_municipality_keeps_what_was_typed(anna):
    answer = anna.post("/negotiations/new", data={"template": "one-to-one", "title": "Min aftale"})
    assert answer.status_code == 422
    assert "Vælg mindst én kommune." in answer.text
    assert 'value="Min aftale"' in answer.text


def test_every_section_opens_and_saves_as_it_stands(anna, begun):
    links = [a["href"] for a in page(anna.get(begun)).select("table a")]
    assert len(links) == 17
    for link in links:
        key = link.rsplit("/", 1)[1]
        said = (
            {"text": "En tekst."}
            if key != "term"
            else {
                "text": "To år.",
                "term-term": "fixed",
                "term-valid_from": (today() + timedelta(days=1)).isoformat(),
                "term-valid_until": (today() + timedelta(days=700)).isoformat(),
            }
        )
        answer = propose(anna, begun, key, **said)
        assert answer.status_code == 303, (key, errors(answer))
        again = propose(anna, begun, key)  # what was saved is shown, and can be saved again
        assert again.status_code == 303, (key, errors(again))


def test_a_deadline_out_of_bounds_is_refused_at_its_field(anna, opened):
    answer = propose(anna, opened, "roles", text="Roller", decide_days="99")
    assert answer.status_code == 422
    field = page(answer).select_one("#decide_days")
    assert field["value"] == "99"
    assert field["aria-invalid"] == "true"
    assert "Skriv et helt tal fra 1 til 15." in answer.text
    assert propose(anna, opened, "roles", text="Roller", decide_days="4").status_code == 303


def test_two_at_once_get_both_texts(anna, bo, opened):
    shown = bo.get(f"{opened}/sections/purpose")
    assert propose(anna, opened, "purpose", text="Annas tekst").status_code == 303
    late = fields(shown, "/sections/purpose") | {"text": "Bos tekst"}
    answer = bo.post(f"{opened}/sections/purpose", data=late)
    assert answer.status_code == 409
    assert "Annas tekst" in answer.text
    assert page(answer).select_one("textarea#text").text.strip() == "Bos tekst"
    again = bo.post(f"{opened}/sections/purpose", data=fields(answer, "/sections/purpose"))
    assert again.status_code == 303
    assert "Bos tekst" in anna.get(f"{opened}/sections/purpose").text


def test_agreeing_leads_to_the_next_that_waits(bo, opened):
    shown = bo.get(f"{opened}/sections/background")
    answer = bo.post(f"{opened}/sections/background/agree", data=fields(shown, "/agree"))
    assert answer.location.endswith("/sections/purpose")
    locked = bo.get(f"{opened}/sections/background")
    assert page(locked).select_one("textarea#text") is None


def test_an_agreed_function_says_whose_it_is(bo, opened):
    """Both sides have one of the same name."""
    shown = bo.get(f"{opened}/sections/contacts")
    bo.post(f"{opened}/sections/contacts/agree", data=fields(shown, "/agree"))
    told = page(bo.get(f"{opened}/sections/contacts")).get_text(" ")
    assert "Kontaktperson for sager (Kommunesiden)" in told
    assert "(A-kassesiden)" in told


def test_agreeing_to_what_was_changed_meanwhile_is_refused(anna, bo, opened):
    shown = bo.get(f"{opened}/sections/purpose")
    propose(anna, opened, "purpose", text="Noget helt andet")
    answer = bo.post(f"{opened}/sections/purpose/agree", data=fields(shown, "/agree"))
    assert answer.status_code == 409
    assert "Noget helt andet" in answer.text


def test_a_long_text_is_refused_and_kept(anna, opened):
    pasted = "æ" * 200_000
    answer = propose(anna, opened, "purpose", text=pasted)
    assert answer.status_code == 422
    assert "Højst 20000 tegn" in answer.text
    assert pasted in answer.text


MARKUP = "<script>alert(1)</script>{{ 7*7 }}"


def test_markup_is_text(anna, bo, opened):
    propose(anna, opened, "purpose", text=MARKUP)
    anna.post(f"{opened}/sections/purpose/remark", data={"remark": MARKUP, "audience": "both"})
    for client in (anna, bo):
        shown = client.get(f"{opened}/sections/purpose")
        assert "<script>alert" not in shown.text
        assert MARKUP in page(shown).text


def test_what_lacks_is_listed_with_links(anna, opened):
    answer = press(anna, opened, "settle")
    assert answer.status_code == 422
    links = [a["href"] for a in page(answer).select(".alert-error a")]
    assert f"{opened}/sections/purpose" in links
    assert f"{opened}/parties" in links


def test_others_get_404_and_an_adviser_403(opened, outsider, fund, client_of):
    stranger = client_of(make.user(outsider, Role.AGREEMENT_OWNER))
    adviser = client_of(make.user(fund, Role.ADVISER))
    for address in (opened, f"{opened}/sections/purpose", f"{opened}/parties"):
        assert stranger.get(address).status_code == 404
    assert adviser.get(f"{opened}/sections/purpose").status_code == 403
    assert adviser.get(opened).status_code == 200


def test_a_party_is_added_with_a_mandate(anna, opened, municipality, fund):
    second = make.fund("Anden A-kasse")
    shown = anna.get(f"{opened}/parties")
    said = fields(shown) | {"municipalities": [municipality.id], "funds": [second.id]}
    assert anna.post(f"{opened}/parties", data=said).status_code == 303
    shown = anna.get(f"{opened}/parties")
    said = fields(shown) | {"municipalities": [municipality.id], "funds": [second.id]}
    [place] = [
        name.split("-")[1]
        for name, value in said.items()
        if name.endswith("organisation_id") and value == str(second.id)
    ]
    acting = {f"represented-{place}-represented_by": str(fund.id)}
    answer = anna.post(f"{opened}/parties", data=said | acting)
    assert answer.status_code == 422
    assert "Skriv, hvilken fuldmagt der er givet" in answer.text
    mandate = {f"represented-{place}-mandate": "Bestyrelsen, 1. maj 2026"}
    assert anna.post(f"{opened}/parties", data=said | acting | mandate).status_code == 303
    assert "Bestyrelsen, 1. maj 2026" in anna.get(opened).text


def test_another_deadline_stands_beside_the_old_one_and_needs_no_text(anna, bo, opened):
    proposed = propose(anna, opened, "roles", text="", decide_days="9")
    assert proposed.status_code == 303, errors(proposed)
    seen = page(bo.get(f"{opened}/sections/roles")).select_one(
        "section[aria-labelledby=moves-heading]"
    )
    changed = {row.select_one("td").text: row for row in seen.select("tbody tr")}
    assert set(changed) == {"Frist for vurdering"}
    assert changed["Frist for vurdering"].select_one("ins").text == "9"
    assert changed["Frist for vurdering"].select_one("del").text == "5"
    asked = page(bo.get(f"{opened}/sections/roles")).select_one(".alert-info")  # where one agrees
    assert [row.text for row in asked.select("ins, del")] == ["5", "9"]
    refused = propose(anna, opened, "purpose", text="")  # where nothing else is said
    assert errors(refused) == ["Fejl: Skriv en tekst, eller markér afsnittet som ikke aftalt."]


def test_the_next_step_is_never_to_answer_what_the_other_side_has(anna, bo, opened):
    def following(client):
        return page(client.get(opened)).select_one(".status-head-next dd").text

    assert following(bo) == "Svar på de afsnit, der venter på jer"
    for key in ("parties", "annexes"):  # what the template has no text for waits for both
        assert following(anna) == "Svar på de afsnit, der venter på jer"
        assert propose(anna, opened, key, text="En tekst.").status_code == 303
    assert following(anna) == "Vent på den anden sides svar"
