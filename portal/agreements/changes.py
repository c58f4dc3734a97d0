"""A change that was asked for, as its readers see it: what, from what, to what, whose turn."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _

from portal.agreements import words
from portal.agreements.amending import Topic
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.collecting import governed_name
from portal.agreements.differing import Piece, marked
from portal.agreements.document import label as label_of
from portal.agreements.governed import label
from portal.agreements.models import AgreementVersion, Side
from portal.agreements.negotiating import OTHER
from portal.agreements.presenting import in_words

PARTS = {
    "person": ("user_id", "name", "title", "phone"),
    "deputy": ("deputy_id", "deputy_name", "deputy_phone"),
    "mailbox": ("unit_id", "mailbox", "shown"),
}


@dataclass(frozen=True)
class Change:
    """One line of a list, and what its own page says."""

    id: uuid.UUID
    row: AgreementAmendment
    what: str
    old: str
    new: str
    pieces: list[Piece]
    state: LazyString
    mark: str
    turn: str
    is_ours: bool


def changes(
    found: Sequence[AgreementAmendment], version: AgreementVersion, own: Side | None
) -> list[Change]:
    return [change(one, version, own) for one in found]


def change(row: AgreementAmendment, version: AgreementVersion, own: Side | None) -> Change:
    is_text = row.path.startswith("sections.")
    name, mark = words.AMENDMENT_STATES[row.state]
    if row.state == AmendmentState.APPROVED and row.effective_on:
        name, mark = words.IN_EFFECT
    is_open = row.state == AmendmentState.PROPOSED
    waits = OTHER.get(row.side) if is_open else None
    return Change(
        id=row.id,
        row=row,
        what=what(row, version),
        old=told(row.path, row.old),
        new=told(row.path, row.new),
        pieces=marked(row.old, row.new) if is_text else [],
        state=name,
        mark=mark,
        turn="" if waits is None else str(_("Jeres tur") if waits == own else words.SIDES[waits]),
        is_ours=waits is not None and waits == own,
    )


def what(row: AgreementAmendment, version: AgreementVersion) -> str:
    """The section, the parameter, or the function and what of it."""
    if row.path.startswith("sections."):
        key = row.path.split(".")[1]
        headings = {one["key"]: one["heading"] for one in version.sections}
        return str(_("Teksten i »%(heading)s«", heading=headings.get(key, key)))
    if row.is_of_people:
        _contacts, code, part = row.path.split(".", 2)
        functions = {one["code"]: label_of(one) for one in version.contacts}
        return str(words.CONTACT_PARTS[part]) % {"function": functions.get(code, code)}
    return str(label(governed_name(row.path) or row.path))


def told(path: str, value: Any) -> str:
    if path.startswith("sections."):
        return str(value)
    if path.startswith("contacts."):
        return person_in_words(path.rpartition(".")[2], value)
    return in_words(governed_name(path) or path, value)


def person_in_words(part: str, value: Mapping[str, Any]) -> str:
    shown = [value.get(name) for name in PARTS[part][1:]]
    return ", ".join(str(text) for text in shown if text) or str(_("Ingen"))


def heading_of(topic: Topic) -> str:
    if topic.name is None:
        return str(_("Teksten i »%(heading)s«", heading=topic.section.heading))
    return str(label(topic.name))
