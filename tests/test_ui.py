"""The interface by itself, in a real browser, on the gallery of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import PHONE, Visit, Watch, faults, stored, violations
from tests.gallery.app import create_app
from tests.serving import served

pytestmark = pytest.mark.journey

ERRORS = [400, 401, 403, 404, 409, 413, 429, 500, 503]
PAGES = ["/", "/list", "/empty", "/package", "/form", *(f"/error/{status}" for status in ERRORS)]
ANONYMOUS = {"extra_http_headers": {"Cookie": "anonymous=yes"}}


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(tmp_path_factory.mktemp("static"))
    with served(lambda address: app) as address:
        yield address


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_and_fits(address, page: Page):
    page.goto(address)

    assert faults(page) == []


@pytest.mark.parametrize("address", ["/", "/error/401"])
def test_a_visitor_who_is_not_signed_in(address, visit: Visit, base_url):
    page = visit(base_url=base_url, **ANONYMOUS)
    page.goto(address)

    expect(page.get_by_role("banner").get_by_role("link", name="Log på")).to_be_visible()
    expect(page.get_by_role("button", name="Log af")).to_have_count(0)
    assert faults(page) == []


def test_axe_and_the_watch_do_find_faults(page: Page, watch: Watch):
    page.goto("/")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=/static/nothing.png>'")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.evaluate(
        "document.body.append(document.createElement('p')); document.body.style.width = '3000px'"
    )
    page.wait_for_load_state("networkidle")

    assert any("image-alt" in found for found in violations(page))
    assert {problem.split(":")[0] for problem in watch.problems} == {"404", "console"}
    watch.problems.clear()


def test_a_form_with_errors_is_accessible(page: Page):
    page.goto("/form")
    page.get_by_role("button", name="Gem kladde").click()

    expect(page.get_by_role("alert")).to_contain_text("Skriv et emne")
    assert faults(page) == []


def test_rows_are_dense(page: Page):
    page.goto("/list")

    measure = "rows => rows.map(row => Math.round(row.getBoundingClientRect().height))"
    heights = set(page.locator("tbody tr").evaluate_all(measure))
    assert heights <= {36, 37, 38}


def test_the_first_tab_skips_to_the_content(page: Page):
    page.goto("/list")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#main-content")).to_be_focused()


def test_the_menu_on_a_phone_by_keyboard(visit: Visit, base_url):
    page = visit(PHONE, base_url=base_url)
    page.goto("/list")
    opener = page.get_by_role("button", name="Menu", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Menu")
    expect(drawer.get_by_role("button", name="Luk menuen")).to_be_focused()
    expect(drawer.get_by_role("link", name="Aftaler")).to_be_visible()
    assert violations(page) == []

    page.keyboard.press("Escape")

    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_menu_is_one_menu_after_a_swap_and_after_going_back(visit: Visit, base_url):
    page = visit(PHONE, base_url=base_url)
    page.goto("/list")
    page.locator("summary", has_text="Filtre").click()
    page.get_by_label("Status").select_option("sent")
    expect(page).to_have_url(re.compile("status=sent"))
    assert page.locator("#fds-more-menu").count() == 1

    with page.expect_event("load"):
        page.go_back()

    expect(page).to_have_url(re.compile("/list$"))
    assert page.locator("#fds-more-menu").count() == 1
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.get_by_role("dialog", name="Menu")).to_be_visible()


def test_the_design_system_speaks_english_too(page: Page):
    page.goto("/form?language=en")
    page.get_by_role("button", name="Open calendar").click()

    calendar = page.get_by_role("dialog", name="Choose a date")
    expect(calendar.get_by_role("button", name="One month forward")).to_be_visible()
    expect(page.get_by_text("400 characters left").first).to_be_visible()
    assert page.locator(".more-button").text_content() == "More"


@pytest.mark.parametrize(
    ("language", "words"), [("da", "Du har 4.000 tegn tilbage"), ("en", "4,000 characters left")]
)
def test_a_large_number_of_signs_has_its_thousands_point(page: Page, language, words):
    page.goto(f"/form?language={language}")
    told = page.evaluate("counted(WORDS.limit).characters_remaining.replace(/{value}/, 4000)")
    assert told == words


def answer(page: Page) -> None:
    page.goto("/package")
    page.locator("summary", has_text="Svar på spørgsmål").click()


def fill(page: Page) -> None:
    page.get_by_label("Emne").fill("Cv")
    page.get_by_label("Dag for samtalen").fill("03/12/2026")
    page.get_by_label("Jobmål").fill("Pædagog")


def test_an_invalid_answer_keeps_what_was_typed(page: Page):
    answer(page)
    page.get_by_label("Jobmål").fill("Pædagog <b>i</b> skole")
    page.get_by_label("Dag for samtalen").fill("31/02/2026")
    page.get_by_role("button", name="Send svar").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Jobmål")).to_have_value("Pædagog <b>i</b> skole")
    expect(page.get_by_label("Dag for samtalen")).to_have_value("31/02/2026")
    summary.get_by_role("link", name="Skriv et emne").press("Enter")
    expect(page.get_by_label("Emne")).to_be_focused()
    assert violations(page) == []


def test_the_error_summary_of_a_whole_page(page: Page):
    page.goto("/form")
    page.get_by_role("button", name="Gem kladde").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fejl: "))
    page.get_by_role("link", name="Vælg et svar").press("Enter")
    expect(page.get_by_label("Ja")).to_be_focused()


def test_a_valid_answer_says_so_and_moves_on(page: Page):
    answer(page)
    fill(page)
    with page.expect_request("**/package") as sent:
        page.get_by_role("button", name="Send svar").click()

    expect(page.locator("#flashes")).to_contain_text("Beskeden er sendt.")
    expect(page.locator("#step")).to_be_focused()
    expect(page.get_by_label("Emne")).to_be_hidden()
    assert "day=2026-12-03" in (sent.value.post_data or "")


def test_the_date_picker_after_a_swap(page: Page):
    answer(page)
    page.get_by_role("button", name="Send svar").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Dag for samtalen").fill("03/12/2026")

    page.get_by_role("button", name="Åbn kalender").click()

    calendar = page.get_by_role("dialog", name="Vælg en dato")
    expect(calendar.get_by_role("button", name="torsdag den 3. december 2026")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(calendar).to_be_hidden()
    expect(page.get_by_label("Dag for samtalen")).to_have_value("04/12/2026")


def test_a_confirmation_folds_on_escape(page: Page):
    answer(page)
    expect(page.get_by_label("Emne")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_label("Emne")).to_be_hidden()
    expect(page.locator("summary", has_text="Svar på spørgsmål")).to_be_focused()


def test_buttons_are_shut_while_an_answer_is_awaited(page: Page):
    answer(page)
    held: list[Route] = []
    page.route("**/package", lambda route: held.append(route))
    button = page.get_by_role("button", name="Send svar")
    expect(button).to_be_enabled()

    button.click()

    expect(button).to_be_disabled()
    held[0].continue_()
    expect(page.get_by_role("alert")).to_be_focused()
    assert len(held) == 1


def test_an_ordinary_form_is_sent_once(page: Page):
    page.goto("/form")

    dropped = page.evaluate(
        """() => {
            const form = document.querySelector("form[data-once]");
            const dropped = [];
            form.addEventListener("submit", (event) => {
                dropped.push(event.defaultPrevented);
                event.preventDefault();
            });
            form.requestSubmit();
            form.requestSubmit();
            return dropped;
        }"""
    )

    assert dropped == [False, True]


@pytest.mark.parametrize(
    ("status", "words"), [(500, "Der skete en fejl hos os"), (401, "Du er logget af")]
)
def test_what_was_typed_outlives_a_failure(status, words, page: Page):
    answer(page)
    page.get_by_label("Jobmål").fill("Pædagog")
    headers = {"HX-Redirect": "/posted", "Content-Type": "text/html"}
    page.route(
        "**/package",
        lambda route: route.fulfill(status=status, headers=headers if status == 401 else {}),
    )

    page.get_by_role("button", name="Send svar").click()

    expect(page.locator("#toasts")).to_contain_text(words)
    expect(page.get_by_label("Jobmål")).to_have_value("Pædagog")
    assert violations(page) == []


def test_a_reading_request_without_a_session_leaves_for_the_sign_in_page(page: Page):
    page.goto("/list")
    page.route(
        "**/list?*", lambda route: route.fulfill(status=401, headers={"HX-Redirect": "/posted"})
    )

    page.get_by_role("button", name="Vis").click()

    expect(page).to_have_url(re.compile("/posted$"))


def test_no_connection(page: Page, watch: Watch):
    answer(page)
    page.get_by_label("Jobmål").fill("Pædagog")
    page.route("**/package", lambda route: route.abort())

    page.get_by_role("button", name="Send svar").click()

    expect(page.locator("#toasts")).to_contain_text("Der er ingen forbindelse")
    expect(page.get_by_label("Jobmål")).to_have_value("Pædagog")
    assert all("Failed to fetch" in problem for problem in watch.problems)
    watch.problems.clear()


def test_a_refusal_is_told_where_the_reader_is(visit: Visit, base_url):
    page = visit(PHONE, base_url=base_url)
    answer(page)
    page.get_by_label("Emne").evaluate("element => element.name = 'refuse'")
    page.get_by_label("Emne").fill("ja")
    page.get_by_role("button", name="Send svar").click()

    message = page.locator("#flashes .alert")
    expect(message).to_contain_text("Det har du ikke adgang til at gøre.")
    expect(message).to_be_in_viewport()
    expect(page.get_by_label("Emne")).to_have_value("ja")
    message.get_by_role("button", name="Luk").click()
    expect(message).to_be_hidden()


def test_filters_do_not_take_the_focus(page: Page):
    page.goto("/list")
    page.get_by_label("Status").focus()
    with page.expect_response("**/list?status=sent*"):
        page.get_by_label("Status").select_option("sent")

    expect(page).to_have_url(re.compile("status=sent"))
    expect(page.get_by_label("Status")).to_be_focused()


def test_text_is_copied(visit: Visit, base_url):
    page = visit(base_url=base_url, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/")
    page.get_by_role("button", name="Kopiér tekst").click()

    expect(page.locator("#toasts")).to_contain_text("Teksten er kopieret.")
    assert "fælles samtale" in page.evaluate("navigator.clipboard.readText()")


def test_nothing_stays_in_the_browsers_storage(page: Page):
    answer(page)
    fill(page)
    page.get_by_role("button", name="Send svar").click()
    expect(page.locator("#flashes")).to_contain_text("Beskeden er sendt.")

    assert stored(page) == []


def test_it_works_without_script(visit: Visit, base_url):
    page = visit(PHONE, base_url=base_url, java_script_enabled=False)
    page.goto("/package")
    expect(
        page.get_by_role("navigation", name="Hovedmenu").get_by_role("link", name="Aftaler")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Log af").first).to_be_visible()
    page.locator("summary", has_text="Svar på spørgsmål").click()
    page.get_by_label("Dag for samtalen").fill("2026-12-03")
    page.get_by_role("button", name="Send svar").click()

    expect(page.get_by_role("alert")).to_contain_text("Skriv et emne")
    expect(page.get_by_label("Dag for samtalen")).to_have_value("2026-12-03")
