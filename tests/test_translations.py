"""Danish is the msgid; the English of every sentence is written down in one file.

After a change of words: extract with the command of `EXTRACT`, `pybabel update`, translate, and
`pybabel compile`. The tests below say what is missing.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup

from portal import mail
from portal.settings import ROOT
from tests import make

ENGLISH = ROOT / "portal/translations/en/LC_MESSAGES/messages.po"
EXTRACT = "pybabel -q extract -F babel.cfg -k _l -k N_ -k lazy_gettext -k ngettext:1,2 -o {to} ."
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
REFERENCE = "OP-7K2M-93XA"


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale="en")


def forms(words: object) -> tuple[str, ...]:
    """Singular and plural, or the one form there is."""
    return tuple(map(str, words)) if isinstance(words, list | tuple) else (str(words),)


def placeholders(words: object) -> set[str]:
    return {found for form in forms(words) for found in PLACEHOLDER.findall(form)}


def sentences(read: Catalog) -> Iterator[Message]:
    return (message for message in read if message.id)


def translations(read: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in sentences(read)}


@pytest.fixture(scope="module")
def english() -> Catalog:
    return catalogue(ENGLISH)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the pages, the forms and the mails say now."""
    to = tmp_path_factory.mktemp("words") / "messages.pot"
    with pytest.MonkeyPatch.context() as here:
        here.chdir(ROOT)
        CommandLineInterface().run(EXTRACT.format(to=to).split())
    return catalogue(to)


def test_every_sentence_has_its_english_and_no_other_is_kept(english, extracted):
    said, known = {*translations(extracted)}, {*translations(english)}
    assert ("Log på Samspil",) in said
    assert (said - known, known - said, {*english.obsolete}) == (set(), set(), set())


def test_nothing_is_left_empty_or_to_guess(english):
    unsure = [message.id for message in sentences(english) if message.fuzzy]
    empty = [message.id for message in sentences(english) if not all(forms(message.string))]
    assert (unsure, empty) == ([], [])


def test_a_plural_is_a_plural_in_english_too(english):
    counted = [message for message in sentences(english) if message.pluralizable]
    assert counted
    assert {len(forms(message.string)) for message in counted} == {2}


def test_what_is_filled_in_is_the_same_in_both_languages(english):
    wrong = [
        message.id
        for message in sentences(english)
        if placeholders(message.id) != placeholders(message.string)
    ]
    assert wrong == []


def test_what_is_read_is_what_is_written(english):
    """Compared by their words: the header names the version of the compiler."""
    made = io.BytesIO()
    write_mo(made, english)
    made.seek(0)
    with ENGLISH.with_suffix(".mo").open("rb") as opened:
        assert translations(read_mo(opened)) == translations(read_mo(made))


@pytest.mark.parametrize(
    ("language", "heading", "other"),
    [("en", "Sign in to Samspil", "Dansk"), ("da", "Log på Samspil", "English")],
)
def test_one_signs_in_in_the_language_of_the_cookie(language, heading, other, app):
    client = app.test_client()
    client.set_cookie("language", language, domain="127.0.0.1")
    page = BeautifulSoup(client.get("/login").text, "html.parser")
    assert [html["lang"] for html in page.select("html")] == [language]
    assert [h1.text.strip() for h1 in page.select("h1")] == [heading]
    assert other in page.text


def test_the_switch_works_on_the_page_of_somebody_signed_in(adviser, client_of):
    client = client_of(adviser)

    def read() -> tuple[str, str, bool, str]:
        page = BeautifulSoup(client.get("/").text, "html.parser")
        menu = {link.text.strip() for link in page.select("nav .nav-link")}
        [switch] = {str(link["href"]) for link in page.select("a[hreflang]")}
        role = page.select(".user span")[0].text.split(" · ")[1]
        return page.select("h1")[0].text.strip(), role, "Members" in menu, switch

    danish = ("Goddag, Mette Eksempel", "rådgiver", False, "/language/en")
    assert read() == danish
    client.get("/language/en")
    assert read() == ("Hello, Mette Eksempel", "adviser", True, "/language/da")
    client.get("/language/da")
    assert read() == danish


@pytest.mark.parametrize(
    ("language", "point", "criterion"),
    [
        ("da", "Jobmål", "Flere problemer"),
        ("en", "Job goal", "Several problems"),
    ],
)
def test_what_was_agreed_is_read_in_ones_own_language(
    language, point, criterion, fund, municipality, adviser, client_of
):
    agreed = {"code": "many", "label_da": "Flere problemer", "label_en": "Several problems"}
    make.agreement(fund, municipality, criteria=[agreed | {"guidance": "Beskriv dem."}])
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    client = client_of(adviser)
    client.set_cookie("language", language, domain="127.0.0.1")
    shown = BeautifulSoup(client.get(f"/cases/{case.id}").text, "html.parser")
    asked = BeautifulSoup(client.get(f"/cases/{case.id}/assessments/new").text, "html.parser")
    assert point in shown.select("#checklist")[0].text
    assert criterion in [legend.text.strip() for legend in asked.select("legend")]


@pytest.mark.parametrize(
    ("template", "danish", "english"),
    [
        ("your_turn", "venter på jer", "is waiting for you"),
        ("assigned", "er tildelt dig", "has been assigned to you"),
        ("updated", "nyt om", "news about"),
        ("message", "ny besked om", "new message about"),
        ("digest", "du skal kende", "you should know of"),
    ],
)
def test_a_mail_is_in_the_language_of_its_reader(template, danish, english, worker, settings):
    link = f"{settings.base_url}/handovers/1"
    for language, subject_has, body_has in (
        ("da", danish, ("Åbn overdragelsen i Samspil:", "Åbn Samspil:")),
        ("en", english, ("Open the handover in Samspil:", "Open Samspil:")),
    ):
        with worker.app_context():
            subject, body = mail.rendered(
                template, reference=REFERENCE, url=link, language=language
            )
        assert subject_has in subject
        assert {*body_has} & {*body.splitlines()}
