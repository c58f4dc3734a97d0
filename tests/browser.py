"""A real browser for tests: Danish, watched, without any download of its own.

A plugin of tests/conftest.py. `page` is one person's browser; `visit`
opens further ones, each with cookies of its own, for journeys with two parties. At the end a test
fails when a page had an error in its script, broke the content security policy, asked for a file
that is not there or spoke to another host.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    expect,
)

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LAUNCH = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
DANISH: dict[str, Any] = {"locale": "da-DK", "timezone_id": "Europe/Copenhagen"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, ZOOMED, SCREEN = 390, 320, 1280  # widths in pixels; 320 is 1280 at 400 % zoom
PATIENCE = 60_000  # milliseconds until a page that never comes has failed, on a busy machine too
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

Visit = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def executable() -> str:
    """The browser of this machine: run.py has installed one or said how."""
    names = (os.environ.get("SAMSPIL_CHROMIUM"), *BROWSERS)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "No browser; python3 run.py test installs chromium or says how."
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": executable(), "args": list(LAUNCH), "headless": True}


@pytest.fixture(autouse=True)
def no_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright's loop runs in this thread until the last test; the others may run their own."""
    if "playwright" in request.fixturenames:
        yield
        return
    playwrights = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(playwrights)


class Watch:
    """What went wrong in a page besides what the test looks at."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def over(self, page: Page) -> Page:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("response", self.response)
        return page

    def console(self, message: ConsoleMessage) -> None:
        # A refused answer is the test's business; a missing file is seen in `response`.
        refused = message.text.startswith("Failed to load resource")
        broken = message.type == "error" or "Content Security Policy" in message.text
        if broken and not refused:
            self.problems.append(f"console: {message.text}")

    def response(self, response: Response) -> None:
        address = urlsplit(response.url)
        if address.scheme in {"http", "https"} and address.hostname not in LOOPBACK:
            self.problems.append(f"foreign host: {response.url}")
        part_of_page = response.request.resource_type not in {"document", "fetch", "xhr"}
        if part_of_page and response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Let a test that provokes an error clear `problems` when it has looked at them."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def visit(browser: Browser, watch: Watch) -> Iterator[Visit]:
    """Open a browser of one's own: `visit(width=390, base_url=…)` gives its page."""
    opened: list[BrowserContext] = []

    def open_one(width: int = SCREEN, **settings: Any) -> Page:
        size = ViewportSize(width=width, height=900)
        context = browser.new_context(**DANISH, **settings, viewport=size)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return watch.over(context.new_page())

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(visit: Visit, base_url: str) -> Page:
    return visit(base_url=base_url)


@cache
def axe() -> str:
    source = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    return f"window.axe || (() => {{ {source} }})(); undefined"


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, and the elements that break it."""
    page.evaluate(axe())
    settings = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(settings)})")["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """The first button of that name, and wait until the page that follows has its scripts."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window: 0, or the reader must scroll sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(width, 0)


def faults(page: Page, *, picture: str = "") -> list[str]:
    """What is wrong with the page on a screen, on a phone or at 400 % zoom.

    SAMSPIL_PICTURES names a folder in which `picture` is kept at both widths, to be looked at.
    """
    before, found, folder = page.viewport_size, stored(page), os.environ.get("SAMSPIL_PICTURES")
    for width in (SCREEN, PHONE, ZOOMED):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: too wide"] * bool(overflow(page))
        if width != ZOOMED:
            found += [f"{width}: {fault}" for fault in violations(page)]
        if folder and picture and width != ZOOMED:
            page.screenshot(path=Path(folder, f"{picture}-{width}.png"), full_page=True)
    if before:
        page.set_viewport_size(before)
    return found


def stored(page: Page) -> list[str]:
    """What the page has put into the browser's storage: nothing, or it may be personal data."""
    names: list[str] = page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    )
    return names
