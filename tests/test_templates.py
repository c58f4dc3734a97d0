"""What every template must keep, read from the files: htmx 4, the policy, known classes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_no_htmx_2_idiom():
    checker = ROOT / "node_modules/htmx.org/dist/scripts/upgrade-check.py"
    files = [str(ROOT / "templates"), str(ROOT / "portal/static/portal.js")]
    found = check(checker, files)

    # `hx-disable` is meant as htmx 4 means it: shut the buttons while the answer is awaited.
    assert [line for line in found if "hx-disable" not in line] == []


def test_the_checker_does_find_htmx_2(tmp_path: Path):
    (tmp_path / "old.html").write_text('<p hx-get="/" hx-ext="morph" hx-vars="a">', "utf-8")
    checker = ROOT / "node_modules/htmx.org/dist/scripts/upgrade-check.py"

    assert len(check(checker, [str(tmp_path)])) == 2


def check(checker: Path, files: list[str]) -> list[str]:
    command = [sys.executable, str(checker), "--no-color", *files]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (its own script)
    assert said.returncode in {0, 1}, said.stderr
    return [line for line in said.stdout.splitlines() if re.search(r":\d+", line)]


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\bhx-on",
        r"\bjs:",
        r"\|\s*safe\b",
        r"\son[a-z]+=",
        r"\sstyle=",
        r"<script(?![^>]*\ssrc=)",
        r"<style",
    ],
)
def test_no_template_needs_a_weaker_policy(forbidden):
    guilty = [str(file) for file in TEMPLATES if re.search(forbidden, file.read_text("utf-8"))]

    assert guilty == []


def test_every_class_is_known_to_a_stylesheet():
    sheets = [ROOT / "node_modules/dkfds/dist/css/dkfds.css", ROOT / "portal/static/portal.css"]
    known = set(
        re.findall(r"\.([a-z][\w-]*)", "".join(sheet.read_text("utf-8") for sheet in sheets))
    )
    # Handles for scripts: they have no looks.
    known |= {
        "character-limit-sr-only",
        "js-copy",
        "narrow-choices",
        "js-menu-open",
        "js-menu-close",
    }
    used = set()
    for file in TEMPLATES:
        for value in re.findall(r'class="([^"{]*)', file.read_text("utf-8")):
            used |= set(value.split(" ")[:-1] if value.endswith("-") else value.split())

    assert used - known == set()


def test_no_page_is_given_what_the_frame_calls_its_own():
    """What `base.html` sets or defines hides what a view gives by the same name."""
    frame = (ROOT / "templates/base.html").read_text("utf-8")
    own = set(re.findall(r"{%-? (?:set|macro) (\w+)", frame))
    modules = (ast.parse(file.read_text("utf-8")) for file in (ROOT / "portal").rglob("*.py"))
    calls = (call for module in modules for call in ast.walk(module) if isinstance(call, ast.Call))
    pages = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "page")
    given = {str(keyword.arg) for page in pages for keyword in page.keywords}

    assert own >= {"person", "who", "menu"}
    assert given >= {"project", "form", "head"}
    assert own & given == set()
