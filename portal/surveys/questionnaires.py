"""Questionnaires as data (`config/surveys`): what is asked, of whom, and which answer counts.

A survey keeps the content that it was opened with: a changed file never changes a question that
somebody has answered.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from portal.access import OrganisationKind
from portal.db import Json

FOLDER = Path(__file__).parents[2] / "config" / "surveys"
INFORMATION = "information"
LANGUAGES = ("da", "en")


class Respondents(StrEnum):
    MEMBERS = "members"
    ADVISERS = "advisers"
    EMPLOYERS = "employers"


class Counts(StrEnum):
    """What an answer is to the share of its question; what is left out is no part of it."""

    YES = "yes"
    NO = "no"
    LEFT_OUT = "left_out"


class Unusable(ValueError):
    """A file of `config/surveys` that is not as it must be; says which and why."""


@dataclass(frozen=True)
class Option:
    code: str
    label: Mapping[str, str]  # by language
    counts: Counts


@dataclass(frozen=True)
class Question:
    """`code` is that of the indicator it measures; one option is chosen."""

    code: str
    text: Mapping[str, str]
    options: tuple[Option, ...]

    def key(self, option: str) -> str:
        """Under which name an answer is counted."""
        return f"{self.code}/{option}"


@dataclass(frozen=True)
class Questionnaire:
    key: str
    edition: int
    respondents: Respondents
    asked_by: OrganisationKind
    title: Mapping[str, str]
    purpose: Mapping[str, str]
    source: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Paragraph:
    heading: Mapping[str, str]
    text: Mapping[str, str]  # with {organisation}, {last_day} and {least}


def questionnaires(kind: OrganisationKind | None = None) -> list[Questionnaire]:
    """All, or those that an organisation of this kind may use."""
    names = sorted(file.stem for file in FOLDER.glob("*.toml") if file.stem != INFORMATION)
    found = [questionnaire(name) for name in names]
    return [one for one in found if kind in (None, one.asked_by)]


@cache
def questionnaire(key: str) -> Questionnaire:
    """Raises Unusable."""
    made = parsed(content(key))
    if made.key != key:
        raise Unusable(f"{key}: the key is the name of the file")
    return made


@cache
def content(key: str) -> Json:
    """As it lies in the file, which is also how an opened survey keeps it."""
    return tomllib.loads((FOLDER / f"{key}.toml").read_text("utf-8"))


@cache
def information() -> tuple[Paragraph, ...]:
    """What everybody reads before answering."""
    rows = content(INFORMATION)["paragraph"]
    return tuple(
        Paragraph(both(row, "heading", INFORMATION), both(row, "text", INFORMATION)) for row in rows
    )


def parsed(told: Json) -> Questionnaire:
    """Raises Unusable for what is missing, unknown, empty or there twice."""
    name = str(told.get("key", "?"))
    known = {"key", "edition", "respondents", "asked_by", "source", "scales", "question"}
    refuse_others(told, known | {"title_da", "title_en", "purpose_da", "purpose_en"}, name)
    try:
        scales = {code: options(rows, name) for code, rows in told["scales"].items()}
        questions = tuple(question(row, scales, name) for row in told["question"])
        made = Questionnaire(
            key=name,
            edition=int(told["edition"]),
            respondents=Respondents(told["respondents"]),
            asked_by=OrganisationKind(told["asked_by"]),
            title=both(told, "title", name),
            purpose=both(told, "purpose", name),
            source=str(told["source"]),
            questions=questions,
        )
    except (KeyError, TypeError) as error:
        raise Unusable(f"{name}: {error} is missing or wrong") from error
    except Unusable:
        raise
    except ValueError as error:
        raise Unusable(f"{name}: {error}") from error
    refuse_twice((one.code for one in made.questions), name)
    return made


def question(row: Json, scales: Mapping[str, tuple[Option, ...]], name: str) -> Question:
    refuse_others(row, {"code", "scale", "text_da", "text_en"}, name)
    return Question(str(row["code"]), both(row, "text", name), scales[row["scale"]])


def options(rows: Iterable[Json], name: str) -> tuple[Option, ...]:
    found = []
    for row in rows:
        refuse_others(row, {"code", "counts", "label_da", "label_en"}, name)
        found.append(Option(str(row["code"]), both(row, "label", name), Counts(row["counts"])))
    refuse_twice((one.code for one in found), name)
    if not {Counts.YES, Counts.NO} <= {one.counts for one in found}:
        raise Unusable(f"{name}: a scale needs an answer that is yes and one that is no")
    return tuple(found)


def both(row: Json, part: str, name: str) -> dict[str, str]:
    found = {language: str(row.get(f"{part}_{language}", "")).strip() for language in LANGUAGES}
    if missing := [language for language, text in found.items() if not text]:
        raise Unusable(f"{name}: {part} is missing in {', '.join(missing)}")
    return found


def refuse_others(row: Json, known: set[str], name: str) -> None:
    if unknown := row.keys() - known:
        raise Unusable(f"{name}: unknown {', '.join(sorted(unknown))}")


def refuse_twice(codes: Iterable[str], name: str) -> None:
    found = [*codes]
    if not found or len({*found}) < len(found):
        raise Unusable(f"{name}: codes are there once, and there is at least one")
