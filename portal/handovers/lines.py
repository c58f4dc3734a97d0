"""A row of the work list as it is read: made here, since a template takes five times as long."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape
from sqlalchemy import Row

from portal.clock import day_of, today
from portal.danish import is_danish
from portal.handovers import words
from portal.handovers.export import FAR_AHEAD
from portal.handovers.models import Kind, Party, Pending, State
from portal.web import address

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
    pending: str  # empty, or what one party has asked the other for
    unread: str  # empty, or how many letters are
    person: str | None
    due: Markup | str
    late: str  # empty, or the word for it
    lacks: str  # empty, or what has not come in time
    passes: str  # empty, or that responsibility passes soon and nobody has taken on the package
    changed: Markup


def lines(rows: Iterable[Row[Any]]) -> Iterator[Line]:
    """Words are looked up once for all rows; a package's page lies below the list."""
    below, day, in_danish = address("handover_lists.index"), today(), is_danish()
    for row in rows:
        yield Line(
            row.handover_id,
            f"{below}{row.handover_id}",
            row.reference,
            row.member_name,
            kind_name(row.kind, in_danish),
            row.other,
            *state_name(row.state, row.side, row.clock, row.kind, row.fund_attends, in_danish),
            asked(row.questions, in_danish) if row.questions else "",
            asked_for(row.pending, in_danish) if row.pending else "",
            unread(row.unread, in_danish) if row.unread > 0 else "",
            row.person,
            written(row.due_on) if row.due_on.year < FAR_AHEAD else "–",
            *(late(row.clock, in_danish) if is_late(row, day) else ("", "")),
            words.passes(soon(row.responsible_from, day), row.state),
            written(day_of(row.changed_at)),
        )


def soon(passes: date | None, today: date) -> date | None:
    return passes if passes and passes <= today + SOON else None


# Each is kept for each language: the same few words in every row.


@cache
def kind_name(kind: Kind, _in_danish: bool) -> Markup:
    return escape(words.KINDS[kind])


@cache
def state_name(
    state: State,
    side: Party,
    clock: str | None,
    kind: Kind,
    fund_attends: bool | None,
    _in_danish: bool,
) -> tuple[Markup, Markup]:
    """What it is called, and its colour."""
    told = words.state(state, side, clock, kind, fund_attends=fund_attends)
    return escape(told.name), escape(told.mark or "neutral")


def is_late(row: Row[Any], day: date) -> bool:
    return bool(row.due_on < day and row.standing != "closed")


@cache
def late(clock: str | None, _in_danish: bool) -> tuple[str, str]:
    return str(_("overskredet")), str(words.LATE.get(clock, ""))


@cache
def asked_for(pending: str, _in_danish: bool) -> str:
    return str(words.ASKED_FOR[Pending(pending)])


@lru_cache(maxsize=100)
def asked(number: int, _in_danish: bool) -> str:
    return str(ngettext("%(num)s spørgsmål til jer", "%(num)s spørgsmål til jer", number))


@lru_cache(maxsize=100)
def unread(number: int, _in_danish: bool) -> str:
    return str(ngettext("%(num)s ulæst besked", "%(num)s ulæste beskeder", number))


@lru_cache(maxsize=1000)
def written(day: date) -> Markup:
    """The same in both languages, and the same few days over and over."""
    return Markup(f'<time datetime="{day}">{day:%d.%m.%Y}</time>')  # noqa: S704  (of a day)
