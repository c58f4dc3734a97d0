"""What the documents name is there: tests, and the pages and pictures that they link."""

import ast
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.pofile import read_po

from portal.agreements.workflow import AGREEMENT
from portal.cli import samspil
from portal.handovers.workflow import HANDOVER
from portal.jobs import jobs
from tests import steps_in_docs

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEST = re.compile(r"\btests/[\w/]+\.py(?:::\w+)?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = ("http://", "https://", "mailto:")


def named_tests(text: str) -> set[str]:
    return {*TEST.findall(text)}


def links(text: str) -> set[str]:
    return {link for link in LINK.findall(text) if not link.startswith(ELSEWHERE)}


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_there(name: str) -> bool:
    file, _sign, function = name.partition("::")
    path = ROOT / file
    return path.is_file() and (not function or function in functions(path))


def quoted(guide: str) -> list[str]:
    """What the user guide says stands on a page: in italics, and in the first column of a table."""
    italics = re.findall(r"(?<!\*)\*(?!\*)([^*]+)\*(?!\*)", guide)
    rows = re.findall(r"^\| ([^|]+) \|.*\n(?!\|---)", guide, re.M)
    return [" ".join(words.split()) for words in italics + rows]


@cache
def sentences() -> frozenset[str]:
    """All that the pages say in Danish; what they no longer say is in no catalogue."""
    file = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as catalogue:
        return frozenset(str(message.id) for message in read_po(catalogue))


def periodic(text: str) -> set[str]:
    """The jobs in the table of what the worker does by itself."""
    return {
        *re.findall(r"^\| (?:each \w+|every \d+ minutes|\d\d:\d\d) \| `([\w.]+)` \|", text, re.M)
    }


def commands(text: str) -> list[list[str]]:
    """Each `samspil group command` that a document shows, with its options."""
    blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    in_lines = re.findall(r"`(samspil [^`]+)`", text)
    lines = "\n".join([*blocks, *in_lines])
    shown = re.findall(r"^(?:.*run\.py )?samspil ([^`#\n|<>]+)", lines, re.M)
    return [line.split() for line in shown]


def can_be_run(words: list[str]) -> bool:
    found: click.Command = samspil
    for word in words:
        if isinstance(found, click.Group) and not word.startswith("--"):
            if word not in found.commands:
                return False
            found = found.commands[word]
    options = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    return {word for word in words if word.startswith("--")} <= options


def headings(path: Path) -> set[str]:
    """As anchors: small letters, spaces as hyphens, no other signs."""
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in found}


def leads_somewhere(link: str, document: Path) -> bool:
    file, _sign, anchor = unquote(link).partition("#")
    target = (document.parent / file).resolve() if file else document
    return target.exists() and (not anchor or anchor in headings(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_is_there(document):
    named = named_tests(document.read_text("utf-8"))
    assert [name for name in sorted(named) if not is_there(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    found = links(document.read_text("utf-8"))
    assert [link for link in sorted(found) if not leads_somewhere(link, document)] == []


def test_every_word_that_the_guide_quotes_stands_on_a_page():
    found = quoted((ROOT / "docs" / "brugervejledning.md").read_text("utf-8"))
    assert len(found) > 15
    assert [words for words in found if words not in sentences()] == []


def test_a_word_that_stands_on_no_page_would_be_noticed():
    table = "| Det står der | Det |\n|---|---|\n| Siden findes ikke | Nej |\n| Findes ej | Nej |\n"
    assert quoted(f"Tryk *Send\npakken*, **straks**.\n{table}") == [
        "Send pakken",
        "Siden findes ikke",
        "Findes ej",
    ]
    assert {"Send pakken", "Siden findes ikke"} <= sentences()
    assert not {"Findes ej", "lukkede"} & sentences()


def test_operators_are_told_of_every_job_that_comes_by_itself():
    told = periodic((ROOT / "docs" / "operations.md").read_text("utf-8"))
    assert told == {name for name, _id in jobs.periodic_registry.periodic_tasks}


def test_every_command_that_operators_are_told_of_is_there():
    found = commands((ROOT / "docs" / "operations.md").read_text("utf-8"))
    assert len(found) > 15
    assert [words for words in found if not can_be_run(words)] == []
    assert can_be_run(["agreement", "load", "--dry-run"])
    assert not can_be_run(["agreement", "unload"])
    assert not can_be_run(["agreement", "load", "--wet-run"])


def test_the_map_names_every_feature_and_no_other():
    told = re.findall(r"^\| `portal/(\w+)`", (ROOT / "README.md").read_text("utf-8"), re.M)
    made = {path.parent.name for path in ROOT.glob("portal/*/__init__.py")}
    assert sorted(told) == sorted(made)


def test_what_is_not_there_would_be_noticed():
    here = "tests/test_docs.py"
    assert named_tests(f"`{here}::nobody` and ({here})") == {f"{here}::nobody", here}
    assert is_there(here)
    assert is_there(f"{here}::test_what_is_not_there_would_be_noticed")
    assert not is_there(f"{here}::nobody")
    assert not is_there("tests/nowhere.py")
    assert links("[a](b.md#c) [d](https://e.example)") == {"b.md#c"}
    readme = ROOT / "README.md"
    assert leads_somewhere("docs/operations.md", readme)
    assert not leads_somewhere("docs/nowhere.md", readme)
    assert not leads_somewhere("docs/operations.md#nowhere", readme)


def test_the_threat_model_names_many():
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert len(named_tests(text)) > 80


def test_the_steps_in_the_documents_are_those_in_the_tables():
    written = steps_in_docs.FILE.read_text("utf-8")
    assert written == steps_in_docs.page(), "python -m tests.steps_in_docs writes it anew"
    for workflow in (HANDOVER, AGREEMENT):
        assert not [name for name in workflow.steps if name not in written]
