"""A row of the work list as it is read: made here, since a template takes five times as long."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import Row

from portal.clock import day_of, today
from portal.handovers import words
from portal.handovers.export import FAR_AHEAD

SOON = timedelta(days=30)  # before responsibility passes the list says so


class Line(NamedTuple):
    id: uuid.UUID
    address: str
    reference: str
    name: str
    kind: str
    other: str
    state: str
    mark: str
    waits: str  # empty, or that the other party has asked something
    unread: str  # empty, or how many letters are
    person: str | None
    due: Markup | str
    late: str  # empty, or the word for it
    passes: str  # empty, or that responsibility passes soon and nobody has taken on the package
    changed: Markup


def lines(rows: Iterable[Row[Any]]) -> Iterator[Line]:
    """Words are looked up once for all rows; a package's page lies below the list."""
    below, day, late = url_for("handover_lists.index"), today(), _("overskredet")
    kinds = {kind: str(name) for kind, name in words.KINDS.items()}
    states: dict[Any, tuple[str, str]] = {}
    for row in rows:
        key = row.state, row.side, row.clock, row.kind
        if key not in states:
            state = words.state(*key)
            states[key] = str(state.name), state.mark or "neutral"
        yield Line(
            row.handover_id,
            f"{below}{row.handover_id}",
            row.reference,
            row.member_name,
            kinds[row.kind],
            row.other,
            *states[key],
            asked(row.questions) if row.questions else "",
            unread(row.unread) if row.unread > 0 else "",
            row.person,
            written(row.due_on) if row.due_on.year < FAR_AHEAD else "–",
            late if row.due_on < day and row.standing != "closed" else "",
            words.passes(soon(row.responsible_from, day), row.state),
            written(day_of(row.changed_at)),
        )


def soon(passes: date | None, today: date) -> date | None:
    return passes if passes and passes <= today + SOON else None


def asked(number: int) -> str:
    return str(ngettext("%(num)s spørgsmål til jer", "%(num)s spørgsmål til jer", number))


def unread(number: int) -> str:
    return str(ngettext("%(num)s ulæst besked", "%(num)s ulæste beskeder", number))


@lru_cache(maxsize=1000)
def written(day: date) -> Markup:
    """The same in both languages, and the same few days over and over."""
    return Markup(f'<time datetime="{day}">{day:%d.%m.%Y}</time>')  # noqa: S704  (of a day)
