"""The pages on which an agreement in force is changed: nothing typed is lost."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.access import OrganisationKind, Role
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.clock import today
from portal.mail import OutgoingMail
from portal.organisations.models import User
from tests import make
from tests.agreements import table

DECIDE = "parameters.decide_days"


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def here(anna, bo, municipality):
    version, _sections = anna.read(table.in_force(anna, bo, municipality))
    return f"/agreements/{version.agreement_id}"


@pytest.fixture
def browser(client_of):
    return lambda owner: client_of(make.records.get_one(User, owner.actor.user_id))


def stored() -> AgreementAmendment:
    make.records.expire_all()
    found = make.records.query(AgreementAmendment).one()
    make.records.commit()
    return found


def form_of(client, address) -> dict[str, Any]:
    """What a browser would send of the page's own form."""
    page = BeautifulSoup(client.get(address).text, "html.parser")
    found: dict[str, Any] = {}
    for one in page.select("main form [name]"):
        name, kind = str(one["name"]), one.get("type")
        if one.name == "select":
            chosen = one.select("option[selected]")
            first = [] if one.has_attr("multiple") else one.select("option")[:1]
            found[name] = [str(option["value"]) for option in chosen or first]
        elif kind in {"radio", "checkbox"}:
            if one.has_attr("checked"):
                found.setdefault(name, []).append(str(one.get("value", "y")))
        else:
            typed = one.text.strip().replace("\n", "\r\n") if one.name == "textarea" else ""
            found[name] = str(one.get("value", typed))
    return found


def asked(browser, owner, here, path=DECIDE, **typed):
    client, address = browser(owner), f"{here}/amendments/new?path={path}"
    return client.post(address, data=form_of(client, address) | typed)


def test_a_change_is_asked_for_and_answered_on_the_pages(browser, anna, bo, here):
    day = f"{today():%d/%m/%Y}"
    why = {"reason": "Vi når det.", "meeting": "Statusmøde", "meeting_on": day}
    assert asked(browser, anna, here, decide_days="3", **why).status_code == 303
    row = stored()
    assert (row.old, row.new, row.meeting_on) == (5, 3, today())
    theirs, ours = browser(anna).get(here).text, browser(bo).get(here).text
    assert "Kommunesiden" in theirs.partition("Ændringer på vej")[2][:600]
    assert "Jeres tur" in ours.partition("Ændringer på vej")[2][:600]
    page = browser(bo).get(f"{here}/amendments/{row.id}").text
    for words in ("5 arbejdsdage", "3 arbejdsdage", "Vi når det.", "Statusmøde", "Anna Aftaleejer"):
        assert words in page
    answer = browser(bo).post(f"{here}/amendments/{row.id}/accept", data={"revision": row.revision})
    assert answer.status_code == 303
    assert stored().state == AmendmentState.APPROVED
    assert "Godkendt, går med i næste version" in browser(anna).get(f"{here}/amendments/").text


def test_the_list_of_agreements_says_whose_answer_is_awaited(browser, anna, bo, here):
    asked(browser, anna, here, decide_days="3", reason="Vi når det.")
    theirs, ours = (browser(owner).get("/agreements/").text for owner in (anna, bo))
    assert "1 ændring hos den anden side" in theirs
    assert "Det venter på jer" not in theirs
    assert "1 ændring at svare på" in ours.partition("Det venter på jer")[2]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"decide_days": "99"}, "Skriv et helt tal fra 1 til 15."),
        ({"decide_days": "fem"}, "Skriv et helt tal."),
        ({"decide_days": "5"}, "Det er det, der gælder nu."),
        ({"reason": ""}, "Skriv hvorfor."),
        ({"meeting_on": "i går"}, "Skriv dagen som dd/mm/åååå."),
        ({"meeting": "x" * 201}, "Højst 200 tegn."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(browser, anna, here, typed, words):
    said = {"decide_days": "3", "reason": "Derfor", "meeting": "Styregruppen"} | typed
    answer = asked(browser, anna, here, **said)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    shown = [one.text for one in page.select(".form-error-message")]
    assert [one for one in shown if words in one]
    assert len(page.select(".alert-error")) == 1
    for name, value in said.items():
        field = page.select_one(f"[name={name}]")
        assert field is not None
        assert value in {field.get("value"), field.text.strip("\r\n")}
    assert make.records.query(AgreementAmendment).count() == 0
    make.records.commit()


def test_a_form_that_is_sent_as_it_is_shown_asks_for_nothing(browser, anna, here):
    """Whatever is agreed goes through its form and comes back the same."""
    client = browser(anna)
    listed = BeautifulSoup(client.get(f"{here}/amendments/").text, "html.parser")
    links = [str(link["href"]) for link in listed.select("#propose ~ div a")]
    governed = [link for link in links if "sections." not in link]
    assert len(governed) > 25
    for address in governed:
        answer = client.post(address, data=form_of(client, address) | {"reason": "Derfor"})
        assert "Det er det, der gælder nu." in answer.text, address


def test_a_text_is_shown_with_what_was_inserted_and_deleted(browser, anna, bo, here):
    before = form_of(browser(anna), f"{here}/amendments/new?path=sections.purpose.text")["text"]
    text = {"text": before.strip() + " <b>Ét forløb.</b>", "reason": "Tydeligere"}
    asked(browser, anna, here, "sections.purpose.text", **text)
    page = browser(bo).get(f"{here}/amendments/{stored().id}").text
    assert "<ins>" in page
    assert "&lt;b&gt;" in page
    assert "<b>Ét" not in page


def test_a_refusal_says_why(browser, anna, bo, here):
    asked(browser, anna, here, decide_days="3", reason="Vi når det.")
    row = stored()
    address, seen = f"{here}/amendments/{row.id}/decline", {"revision": row.revision}
    assert browser(bo).post(address, data=seen | {"answer": ""}).status_code == 422
    assert browser(bo).post(address, data=seen | {"answer": "Nej, for tidligt."}).status_code == 303
    assert "Nej, for tidligt." in browser(anna).get(f"{here}/amendments/{row.id}").text


def test_an_old_page_does_not_answer(browser, anna, bo, here):
    asked(browser, anna, here, decide_days="3", reason="Vi når det.")
    row = stored()
    seen = {"revision": row.revision}
    browser(anna).post(f"{here}/amendments/{row.id}/withdraw", data=seen)
    answer = browser(bo).post(f"{here}/amendments/{row.id}/accept", data=seen)
    assert answer.status_code == 409
    assert "Forslaget er ændret eller besvaret" in answer.text
    assert stored().state == AmendmentState.WITHDRAWN


def test_whoever_only_reads_asks_for_nothing(browser, client_of, anna, here, adviser):
    page = client_of(adviser).get(here).text
    assert "Foreslå en ændring" not in page
    assert "Foreslå en ændring" in browser(anna).get(here).text
    assert client_of(adviser).get(f"{here}/amendments/").status_code == 200
    assert client_of(adviser).get(f"{here}/amendments/new?path={DECIDE}").status_code == 403


def test_an_observer_and_a_stranger_find_nothing(client_of, fund, municipality, outsider):
    version = make.agreement(fund, municipality)
    council = make.organisation("Forbundet", OrganisationKind.PARTNER)
    make.side(version, council)
    asked = make.amendment(version, fund)
    here = f"/agreements/{version.agreement_id}/amendments"
    for stranger in (council, outsider):
        client = client_of(make.user(stranger, Role.AGREEMENT_OWNER, Role.AUDITOR))
        for address in (f"{here}/", f"{here}/{asked.id}"):
            assert client.get(address).status_code == 404
    own = client_of(make.user(fund, Role.AGREEMENT_OWNER))
    assert own.get(f"{here}/{asked.id}").status_code == 200


def test_what_stands_nowhere_is_not_found(browser, anna, here):
    for path in ("", "term", "parameters.none", "contacts.fund_contact.person"):
        assert browser(anna).get(f"{here}/amendments/new?path={path}").status_code == 404
    assert browser(anna).get(f"{here}/amendments/new?path={DECIDE}").status_code == 200


def test_the_other_sides_owner_is_told_by_mail(browser, anna, bo, here, run_jobs):
    asked(browser, anna, here, decide_days="3", reason="Vi når det.")
    make.records.query(OutgoingMail).delete()
    make.records.commit()
    run_jobs()
    told = {mail.recipient for mail in make.records.query(OutgoingMail)}
    make.records.commit()
    email = make.records.get_one(User, bo.actor.user_id).email
    assert email in told
