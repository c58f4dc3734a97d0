"""What holds for the whole code base, checked once.

What the templates must keep for the browser is in `tests/test_templates.py`.
"""

import ast
import re
import socket
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from portal.db import Base
from portal.operations import alembic
from portal.web import ERROR_PAGES
from tests.conftest import ROOT

PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
TEMPLATES = sorted(file for file in (ROOT / "templates").rglob("*.*") if file.is_file())
IGNORED = {".git", *((ROOT / ".gitignore").read_text("utf-8").replace("/\n", "\n").split())}
PAGES = [file for file in TEMPLATES if file.parent.name != "errors"]
STATEMENTS = {f"identity/{name}.html" for name in ("accessibility", "privacy", "report")}
LONGEST = 400
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# Where raw SQL stands, and why it cannot be said otherwise. Policies hold it too, but it hides
# from a reader what is read and written.
RAW_SQL = {
    "administration/actions.py": "an advisory lock",
    "bench/plans.py": "explains what the portal has sent, as the portal's own role",
    "agreements/models.py": "what an index and an exclusion are about",
    "jobs.py": "the role of the web, for one transaction",
    "identity/queries.py": "the session and its organisation in one round trip, as functions",
    "policies.py": "writes and reads row-level security",
    "goals/values.py": "the server's own exclusion of overlapping periods",
    "participants/publishing.py": "each person once by the keyed hash; the worker's alone",
    "participants/tallying.py": "a recount beside the tally; the owner's alone",
    "council/tallying.py": "a recount beside the tally, and the keeper called; the worker alone",
    "participants/upkeep.py": "names taken away from many rows at once; the worker's alone",
}
# Where it is said that something is no user's text.
MARKUP = {
    "web.py": "the address of a static file",
    "handovers/lines.py": "a day",
    "handovers/lists.py": "options, their names escaped",
}
# Who ends a transaction: the request, the job, the command, and one batch of a long run.
COMMITS = {"web.py", "jobs.py", "commands.py", "rotation.py"}
# Over the limit, with the reason.
LONG_FILES = {
    "portal/static/portal.css": "one stylesheet over that of Det Fælles Designsystem, in parts",
    "tests/test_requests.py": "what every request costs and leaves, in one table",
    "tests/handovers/test_documents.py": "four documents of one package",
}
# Numbers on a day that exists, each of which can be nobody's, and what they are needed for.
CPR_ALLOWED = {"0205881235": "no modulus 11 and born before 2007: the hint on the modulus"}


def within(file: Path) -> str:
    return file.relative_to(PORTAL).as_posix()


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def called(file: Path) -> set[str]:
    """Names of everything that is called in a file, without what stands before the dot."""
    functions = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    names = {function.id for function in functions if isinstance(function, ast.Name)}
    return names | {function.attr for function in functions if isinstance(function, ast.Attribute)}


def imported(file: Path, module: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Everything that the repository holds, whoever has it and however it was fetched."""
    for entry in sorted(folder.iterdir()):
        name = entry.relative_to(ROOT).as_posix()
        if any(fnmatch(one, pattern) for one in (name, entry.name) for pattern in IGNORED):
            continue
        if entry.is_dir():
            yield from files(entry)
        elif not entry.is_symlink():
            yield entry


def texts() -> Iterator[tuple[str, str]]:
    for file in files():
        try:
            yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")
        except UnicodeDecodeError:  # a picture
            continue


def test_addresses_are_kebab_case(web):
    for rule in web.url_map.iter_rules():
        words = re.sub(r"<[^>]*>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9./-]*", words), rule.rule


def test_parts_of_addresses_say_what_they_are(web):
    """An id is a UUID, a word one of a few: what is not is looked at here."""
    free = {(rule.endpoint, name) for rule in web.url_map.iter_rules()
            for name, converter in rule._converters.items()
            if type(converter).__name__ == "UnicodeConverter"}  # fmt: skip
    assert free == {
        ("handovers.step", "step"),
        ("calendar.feed", "token"),
        ("survey_answers.show", "token"),
        ("survey_answers.answer", "token"),
        ("goal_values.new", "set_key"),
        ("goal_values.new", "code"),
        ("contacts.fill", "code"),
        ("negotiations.step", "step"),
        ("negotiations.agree", "key"),
        ("negotiations.remark", "key"),
        ("negotiations.reopen", "key"),
        ("negotiations.section", "key"),
        ("identity.start", "slug"),
        ("identity.callback", "slug"),
        ("identity.backchannel", "slug"),
    }


@pytest.mark.parametrize("template", PAGES, ids=lambda file: "/".join(file.parts[-2:]))
def test_every_template_is_used(template):
    """Its name stands somewhere, or its first word does where the rest is put to it there."""
    name = template.relative_to(ROOT / "templates").as_posix()
    stems = name.startswith(("mail/", "pdf/", "handovers/steps/", "start/")) or name in STATEMENTS
    asked = {name, template.name, *([template.stem] if stems else [])}
    code = "".join(file.read_text("utf-8") for file in (*MODULES, *TEMPLATES))
    is_asked = any(f'"{one}"' in code for one in asked)
    assert is_asked, name


def test_every_error_page_is_one_that_is_shown():
    pages = {file.relative_to(ROOT / "templates").as_posix() for file in TEMPLATES}
    shown = {f"errors/{code}.html" for code in ERROR_PAGES}
    assert {name for name in pages if name.startswith("errors/")} == shown


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(alembic()).get_heads()) == 1


def test_raw_statements_stand_where_they_are_reviewed():
    raw = {
        within(file)
        for file in MODULES
        if "text" in imported(file, "sqlalchemy") or "exec_driver_sql" in called(file)
    }
    assert raw == RAW_SQL.keys()


def test_no_user_text_is_declared_safe():
    assert {within(file) for file in MODULES if "Markup" in called(file)} == MARKUP.keys()
    loose = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert not [file.name for file in TEMPLATES if loose.search(file.read_text("utf-8"))]


def test_the_end_of_a_transaction_is_in_few_hands():
    assert {within(file) for file in MODULES if "commit" in called(file)} == COMMITS


ROUTES = {"route", "get", "post", "put", "patch", "delete"}
MARKS = {"requires", "public", "signed_in"}


def decorators(function: ast.FunctionDef) -> list[str]:
    """Names of a function's decorators, the outermost first."""
    calls = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    return [one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls]


def views() -> Iterator[tuple[str, list[str]]]:
    for file in MODULES:
        for node in tree(file).body:
            if isinstance(node, ast.FunctionDef) and ROUTES & {*decorators(node)}:
                yield f"{within(file)} {node.name}", decorators(node)


def test_every_view_has_one_mark_below_its_route():
    """The app does not start without; here the file is named, and the mark is the view's own."""
    found = dict(views())
    assert len(found) > 40
    for name, marks in found.items():
        assert sum(mark in MARKS for mark in marks) == 1, name
        last_route = max(place for place, mark in enumerate(marks) if mark in ROUTES)
        assert last_route < min(place for place, mark in enumerate(marks) if mark in MARKS), name


def test_every_model_says_what_it_is():
    models = {mapper.class_ for mapper in Base.registry.mappers}
    assert len(models) > 40
    inherited = (Base.__doc__, None)
    assert not [model.__name__ for model in models if model.__doc__ in inherited]


def test_every_module_says_what_it_is():
    silent = [
        within(file) for file in MODULES if file.read_text() and not ast.get_docstring(tree(file))
    ]
    assert silent == []


def test_no_file_is_long():
    long = {
        name
        for name, words in texts()
        if name.endswith((".py", ".html", ".css", ".js", ".typ"))
        and not name.startswith("migrations/versions/")
        and len(words.splitlines()) > LONGEST
    }
    assert long <= LONG_FILES.keys()


def test_nothing_is_called_after_what_it_is_not():
    vague = {"utils", "util", "helpers", "common", "base", "misc"}
    assert not [
        str(file) for file in MODULES if vague & {*file.relative_to(ROOT).with_suffix("").parts}
    ]


MACHINE = re.compile(
    r"(?<![\w.<>*])/(?:home|root|Users|work|mnt|media)/[\w.-]+"  # where somebody has it
    r"|\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b"  # in whose network
    r"|https?://[\w.-]+\.(?:internal|local|lan|corp)\b"
)


def test_no_machine_is_named():
    """Neither a path nor a host: everybody has the repository somewhere else."""
    own = socket.gethostname()
    for name, words in texts():
        found = MACHINE.search(words)
        assert not found or name in NETWORKS, (name, found)
        assert len(own) < 6 or own not in words, name


def test_a_machine_would_be_noticed():
    for words in ("cd /home" + "/someone/samspil", "http://registry" + ".internal/simple"):
        assert MACHINE.search(words)


WRITTEN_ELSEWHERE = re.compile(r"`?\b(?:design|domain|handover|security|ux|peers|style)\.md\b")


def test_the_repository_speaks_of_itself():
    """No reader has what it does not hold: a rule's source is the law or the agreement."""
    for name, words in texts():
        assert name == "tests/test_conventions.py" or not WRITTEN_ELSEWHERE.search(words), name


def test_decisions_are_numbered_through():
    titles = {file.name[:4]: file.read_text("utf-8") for file in DECISIONS}
    assert sorted(titles) == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    assert all(words.startswith(f"# {int(number)}. ") for number, words in titles.items())


# Addresses that a provider must not have, written down to be refused.
NETWORKS = {"tests/identity/test_connections.py", "tests/identity/test_outside.py"}
TEN_DIGITS = re.compile(r"(?<![\w.-])(\d{6})[- ]?(\d{4})(?![\w-]|\.\d)")


def on_a_day(number: str) -> bool:
    """Whether the first six digits are a day; a replacement number has 60 added to its day."""
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def test_no_number_may_be_a_persons():
    for name, words in texts():
        if "lock" in name.rpartition("/")[2]:
            continue
        numbers = {"".join(found) for found in TEN_DIGITS.findall(words)}
        assert not [number for number in numbers - CPR_ALLOWED.keys() if on_a_day(number)], name


def test_a_persons_number_would_be_noticed():
    assert on_a_day("".join(TEN_DIGITS.findall("er 0101" + "90-1234.")[0]))
    assert not on_a_day("6101901234")
