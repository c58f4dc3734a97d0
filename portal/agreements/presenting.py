"""A version under way as its pages show it: the head, and a line per section."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString, format_date
from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements import negotiating, words
from portal.agreements.document import goal_target, until, value_words
from portal.agreements.freezing import without_signatory
from portal.agreements.governed import TOLD_OF, day, label
from portal.agreements.models import AgreementVersion, Side, State
from portal.agreements.parameter_kinds import Items
from portal.agreements.parameters import definitions
from portal.agreements.parts import AgreementSection, AgreementSignatory, SectionState


@dataclass(frozen=True)
class Head:
    """Status, whose turn, by when, the next step."""

    status: LazyString
    mark: str
    next_step: LazyString | None
    due_on: date | None


def head(
    version: AgreementVersion,
    actor: Actor,
    waits: Mapping[str, int],
    signatories: Iterable[AgreementSignatory],
) -> Head:
    """`waits` tells how many sections are "ours" to answer and how many "theirs"."""
    name, mark = words.STATES[version.state]
    following = words.NEXT.get(version.state)
    if version.state == State.NEGOTIATING and not waits.get("ours"):
        lacking = without_signatory(version.sides, signatories)
        following = words.ANSWERED[answered(waits, lacking, actor)]
    return Head(name, mark, following, version.sign_by)


def answered(waits: Mapping[str, int], lacking: set[uuid.UUID], actor: Actor) -> str:
    """What is left, when nothing waits for the own side's answer."""
    if waits.get("theirs"):
        return "theirs"
    if actor.organisation_id in lacking:
        return "our_signatory"
    return "their_signatory" if lacking else "nothing"


@dataclass(frozen=True)
class Line:
    """A section in the list: its state in words, and whether it waits for the reader's side."""

    key: str
    heading: str
    state: str
    mark: str
    turn: str
    is_ours: bool


def line(section: AgreementSection, version: AgreementVersion, actor: Actor) -> Line:
    own = version.party_of(actor)
    waits = negotiating.turns(section)
    is_ours = own in waits
    state, mark = words.SECTION_STATES[section.state], ""
    if section.state == SectionState.AGREED:
        mark = "success"
    elif is_ours:
        mark = "warning"
    if version.state == State.DRAFT and section.state == SectionState.PROPOSED:
        state = words.WRITTEN  # nobody else has seen it
    if section.is_left_out:
        state = _("%(state)s: udgår", state=state)
    is_draft = version.state == State.DRAFT
    turn = "" if is_draft else turn_words(waits, own)
    return Line(section.key, section.heading, str(state), "" if is_draft else mark, turn, is_ours)


def turn_words(waits: set[Side], own: Side | None) -> str:
    if not waits:
        return ""
    if own in waits:
        return str(_("Jeres tur"))
    [other] = waits
    return str(words.SIDES[other])


def terms_of(governs: Iterable[str], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a section says of the things that it governs, in words."""
    rule = given.get("criteria_rule")
    told = [name for name in governs if name != "criteria_needed" or rule in {None, "at_least"}]
    return [(str(label(name)), in_words(name, given.get(name))) for name in told]


def in_words(name: str, value: Any) -> str:
    """One value as the agreement says it; a list by its labels."""
    match name, value:
        case _, None:
            return "–"
        case "term", dict():
            return term_in_words(value)
        case _, list() if name not in definitions() or isinstance(definitions()[name], Items):
            between = "; " if name in {"goals", "contacts"} else ", "  # they have commas inside
            return between.join(row_in_words(name, row) for row in value) or str(_("Ingen"))
        case _:
            return value_words(definitions()[name], value)


def row_in_words(name: str, row: Any) -> str:
    if name == "goals":
        return f"{row['indicator']}: {goal_target(row)}"
    words_of = until(row)
    if name == "contacts":  # both sides have a function of the same name
        told_of = row.get("told_of")
        mails = f": {TOLD_OF[told_of]}" if told_of else ""
        return f"{words_of} ({words.SIDES[row['side']]}){mails}"
    return str(_("%(field)s (krav)", field=words_of)) if row.get("required") else words_of


def term_in_words(term: Mapping[str, Any]) -> str:
    first, last = day(term["valid_from"]), day(term["valid_until"])
    begins = format_date(first, "long") if first else "–"
    if last:
        return str(_("%(first)s til %(last)s", first=begins, last=format_date(last, "long")))
    if term["notice_months"]:
        words_of = _("Fra %(first)s, opsiges med %(months)s måneders varsel")
        return str(words_of % {"first": begins, "months": term["notice_months"]})
    return str(_("Fra %(first)s", first=begins))
