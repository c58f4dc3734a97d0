"""Take the pictures of the user guide anew, from a demo that runs.

    python -m demo.pictures [http://127.0.0.1:5000]

Needs what the tests need: requirements-test.lock and a chromium. Nobody on the pictures exists.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from portal.settings import ROOT
from tests.browser import DANISH, LAUNCH, SCREEN, executable

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 64  # of flat pages; more is not seen and weighs
TALL = 900


def main(address: str = "http://127.0.0.1:5000") -> None:
    with sync_playwright() as playwright:
        clocks: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "da"}  # of 24 hours
        browser = playwright.chromium.launch(
            executable_path=executable(), args=list(LAUNCH), env=clocks
        )
        with somebody(browser, address) as page:
            page.goto("/login")
            take(page, "sign-in", 570)
        with somebody(browser, address) as page:
            sender(sign_in(page, "BUPL-A", "Mette"))
        with somebody(browser, address) as page:
            receiver(sign_in(page, "Slagelse", "Sanne"))
        browser.close()


@contextmanager
def somebody(browser: Browser, address: str) -> Iterator[Page]:
    size = ViewportSize(width=SCREEN, height=TALL)
    context = browser.new_context(**DANISH, viewport=size, base_url=address)
    yield context.new_page()
    context.close()


def sign_in(page: Page, organisation: str, person: str) -> Page:
    page.goto("/login")
    start = page.url
    page.get_by_role("link", name=organisation).first.click()
    page.get_by_role("button", name=person).click()
    page.wait_for_url(start.removesuffix("login"))
    return page


def sender(page: Page) -> None:
    take(page, "start", 860)
    soon = page.get_by_role("row").filter(has=page.get_by_role("link", name="kladden")).first
    member = soon.get_by_role("link").first.get_attribute("href") or ""
    soon.get_by_role("link", name="kladden").click()
    take(page, "draft", 1130)
    page.goto(member)
    take(page, "member", 1010)


def receiver(page: Page) -> None:
    page.goto("/handovers/")
    take(page, "list", 850)
    open_one(page, "Til vurdering")
    take(page, "package", 960)
    page.goto("/handovers/")
    open_one(page, "Fællessamtale skal aftales")
    page.get_by_role("link", name="Aftal samtalen").or_(
        page.get_by_role("button", name="Aftal samtalen")
    ).click()
    take(page, "meeting", 1130)


def open_one(page: Page, state: str) -> None:
    """The first of the list that is in this state and not late."""
    rows = page.get_by_role("row", name=state).filter(has_not_text="overskredet")
    rows.first.get_by_role("link").first.click()


def take(page: Page, name: str, height: int) -> None:
    page.wait_for_load_state("networkidle")
    page.set_viewport_size(ViewportSize(width=SCREEN, height=height))
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    shrink(file)
    page.set_viewport_size(ViewportSize(width=SCREEN, height=TALL))


def shrink(file: Path) -> None:
    with Image.open(file) as picture:
        flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(file, optimize=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    main(*sys.argv[1:])
