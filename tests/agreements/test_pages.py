"""The pages of agreements: for who takes part, and for nobody else."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text as sql

from portal.access import GRANTS, Permission, Role
from portal.agreements.parameters import default, definitions
from portal.clock import today
from tests import make
from tests.reading import spoken, text_of

CRITERION = {
    "code": "multi_problem",
    "label_da": "Flere samtidige problemer",
    "label_en": "Several problems at once",
    "guidance": "Beskriv følgen for jobsøgningen.",
    "sensitivity": "ordinary",
    "kind": "discretionary",
    "source": "Kilde til kriteriet",
}
GOAL = {
    "indicator": "Andel i job efter 3 måneder",
    "target": 60,
    "unit": "percent",
    "measured_by": "survey",
    "method": "Hvert halve år",
    "source": "Kilde til målet",
}
CONTACT = {
    "code": "fund_contact",
    "side": "fund",
    "label_da": "Kontaktperson for sager",
    "label_en": "Contact for cases",
    "source": "default",
}
SECTION = {
    "key": "aim",
    "heading": "Formål",
    "text": "Ét forløb.\n\nTo parter.",
    "source": "Bilag 4",
}
WRITTEN = {
    "criteria": [CRITERION],
    "goals": [GOAL],
    "contacts": [CONTACT],
    "sections": [SECTION],
    "note": "Demonstrationsaftale. Ingen har underskrevet den.",
    "parameter_sources": {"decide_days": "default", "kinds": "Profilering"},
    "expected_per_year": 56,
    "hash": "f" * 64,
}


@pytest.fixture
def version(fund, municipality):
    make.unit(municipality, "Modtagelsen", mailbox="modtagelsen@lillekoebing.example")
    return make.agreement(fund, municipality, **WRITTEN)


@pytest.fixture
def text(client_of, adviser):
    """The words of a page, as the adviser of the fund sees it."""

    def read(address: str, user=adviser) -> str:
        answer = client_of(user).get(address)
        assert answer.status_code == 200, answer.status
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    return read


def address(version, end=""):
    return f"/agreements/{version.agreement_id}{end}"


SAID = (
    "Prøvebæk A-kasse",
    "Lillekøbing Kommune",
    "Formål",
    "To parter.",
    "Flere samtidige problemer",
    "Beskriv følgen for jobsøgningen.",
    "Kriteriet er ikke opfyldt",
    "Jobmål (krav)",
    "Andel i job efter 3 måneder",
    "Mindst 60 pct.",
    "Spørgeskema: Hvert halve år",
    "Kontaktperson for sager",
    "modtagelsen@lillekoebing.example",
    "Demonstrationsaftale. Ingen har underskrevet den.",
    "56",
    "Bilag 4",
    "Profilering",
    "Samspils standard, hvor parterne ikke har aftalt andet: Frist for vurdering",
    "Version 1",
)


def test_both_parties_read_all_of_it(text, version, contact):
    for page in (text(address(version)), text(address(version), contact)):
        assert [words for words in SAID if words not in page] == []


def test_each_parameter_stands_with_its_value_and_where_it_takes_effect(text, version):
    page = text(address(version))
    listed = {"kinds", "plan_fields", "rejection_reasons", "criteria_rule", "criteria_needed"}
    for name, definition in definitions().items():
        if name not in listed:
            assert f"{definition.label} " in page
            assert str(definition.effect) in page
    assert "2 arbejdsdage" in page


def test_the_pdf_says_what_the_page_says(client_of, adviser, version):
    answer = client_of(adviser).get(address(version, "/pdf"))
    assert answer.mimetype == "application/pdf"
    said = spoken(answer.data)
    assert [words for words in SAID if words not in said] == []
    assert "Frist for vurdering 5 arbejdsdage" in said
    assert "DEMONSTRATIONSAFTALE" in text_of(answer.data)


def test_the_page_names_people_and_the_pdf_which_lasts_names_none(
    text, client_of, fund, adviser, version
):
    assert "Ikke udpeget" in text(address(version))
    make.contact(version, adviser, "fund_contact", name="Mette Eksempel")
    assert "Mette Eksempel" in text(address(version)).partition("Kontaktpersoner")[2]
    said = spoken(client_of(adviser).get(address(version, "/pdf")).data)
    assert "Udpeges af parten i Samspil" in said
    assert "Mette Eksempel" not in said


def test_the_pdf_is_the_same_each_time(client_of, adviser, version):
    first, second = (client_of(adviser).get(address(version, "/pdf")).data for _ in range(2))
    assert first == second


def test_another_organisation_gets_404(client_of, adviser, version, outsider):
    stranger = make.user(outsider, Role.COORDINATOR)
    for end in ("", "/pdf", "?version=1"):
        assert client_of(adviser).get(address(version, end)).status_code == 200
        assert client_of(stranger).get(address(version, end)).status_code == 404


def test_no_list_shows_the_agreements_of_others(text, version, outsider):
    stranger = make.user(outsider, Role.COORDINATOR)
    assert "Samarbejdsaftale" in text("/agreements/")
    empty = text("/agreements/", stranger)
    assert "Samarbejdsaftale" not in empty
    assert "venter ikke på en aftale" in empty


MANY = """
with town as (
    insert into organisation (id, slug, kind)
    select gen_random_uuid(), 'by-' || n, 'municipality' from generate_series(1, 2000) n
    returning id, slug
), agreed as (
    insert into agreement (id, key, title, created_at)
    select gen_random_uuid(), slug, 'Aftale nummer ' || slug, now() from town returning id, key
), bound as (
    insert into agreement_version (id, agreement_id, number, state, term, valid_from, parameters,
        sections, criteria, goals, contacts, source, parameter_sources, hash, signed_at,
        created_at, changed_at, revision)
    select gen_random_uuid(), id, 1, 'signed', 'open_ended', '2020-01-01', '{}', '[]', '[]', '[]',
        '[]', '', '{}', '0', now(), now(), now(), 1 from agreed returning id, agreement_id
)
insert into agreement_side (id, agreement_id, version_id, organisation_id, side)
select gen_random_uuid(), b.agreement_id, b.id, :fund, 'fund' from bound b
"""


def test_the_list_costs_as_many_statements_for_many_as_for_one(
    client_of, adviser, statements, version, fund
):
    def cost() -> int:
        statements.clear()
        client_of(adviser).get("/agreements/")
        return len(statements)

    cost()
    assert cost() == 3  # the session, the rows, the log
    for _ in range(5):
        make.agreement(fund, make.organisation())
    assert cost() == 3


def test_with_two_thousand_agreements_it_is_one_statement_still(
    client_of, adviser, statements, version, fund
):
    make.records.execute(sql(MANY), {"fund": fund.id})
    make.records.commit()
    statements.clear()
    answer = client_of(adviser).get("/agreements/")
    assert len(statements) == 3
    assert answer.text.count("Aftale nummer") == 100
    assert "Side 1 af 21" in answer.text
    last = client_of(adviser).get("/agreements/?page=21").text
    assert "Forrige" in last
    assert ">Næste<" not in re.sub(r"\s*([<>])\s*", r"\1", last)
    one = client_of(adviser).get("/agreements/?q=nummer+by-1999").text
    assert (one.count("Aftale nummer"), "Side 1" in one) == (1, False)
    none = client_of(adviser).get("/agreements/?q=by-2001").text
    assert "Ingen aftale passer" in none


def test_reading_leaves_a_row_that_says_which(client_of, adviser, version):
    client_of(adviser).get(address(version))
    [row] = make.audited(version.agreement_id)
    assert (row.action, row.subject_type) == ("agreements.show", "agreement")


def test_an_older_version_is_read_as_it_was(text, client_of, adviser, version):
    later = {"number": 2, "valid_from": today()}
    make.agreement_version(version.agreement_id, parameters={"decide_days": 9}, **later)
    assert "9 arbejdsdage" in text(address(version))
    old = text(address(version, "?version=1"))
    assert "9 arbejdsdage" not in old
    assert "Du læser en anden version" in old
    assert client_of(adviser).get(address(version, "?version=3")).status_code == 404


def test_each_of_several_funds_is_named(text, version):
    second = make.fund("Anden A-kasse")
    make.side(version, second)
    assert "Anden A-kasse" in text(address(version))


def test_without_an_agreement_the_law_goes_on(text, fund):
    page = text("/agreements/default")
    assert "Overgangen følger loven og venter ikke på en aftale" in page
    assert f"{default().decide_days} arbejdsdage" in page


@pytest.mark.parametrize("role", [Role.ADVISER, Role.AUDITOR, Role.LOCAL_ADMINISTRATOR])
def test_the_role_must_be_one_that_reads_agreements(client_of, fund, version, role):
    status = client_of(make.user(fund, role)).get(address(version)).status_code
    assert (status == 200) == (Permission.AGREEMENT_READ in GRANTS[role])


def test_what_is_danish_on_an_english_page_is_marked(version, fund, client_of):
    """A screen reader then reads it as Danish; what has English words is English."""
    client = client_of(make.user(fund, Role.ADVISER))
    client.set_cookie("language", "en", domain="127.0.0.1")
    page = BeautifulSoup(client.get(f"/agreements/{version.agreement_id}").text, "html.parser")
    marked = " ".join(one.text for one in page.select("main [lang=da]"))
    for words in ("Beskriv følgen", "Andel i job", "Hvert halve år", "Formål", "Ét forløb."):
        assert words in page.select("main")[0].text
        assert words in marked
    assert "Several problems at once" in page.text
    assert "Several problems at once" not in marked
