"""The two clocks beside each other: when responsibility passes, and how far the package is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from portal.access import Permission, requires
from portal.cases.restricted import number_hidden
from portal.clock import today
from portal.handovers import passing, words
from portal.handovers.models import BEFORE, Party, State
from portal.handovers.of_case import Link
from portal.web import page

bp = Blueprint("passing", __name__, url_prefix="/handovers")
AHEAD = timedelta(days=30)
MOST = 200
NOT_SENT = _l("Pakke ikke sendt")


@bp.app_template_global()
def paper(state: str | None, clock: str | None = None, fund_attends: bool | None = None) -> str:
    """How far the newest package of a case is, in the sender's words."""
    if state == passing.HIDDEN:
        return str(_("Begrænset pakke"))
    if state is None or state == State.WITHDRAWN:
        return str(NOT_SENT)
    name = words.state(State(state), Party.SENDER, clock, fund_attends=fund_attends).name
    return str(_("%(state)s, ikke sendt", state=name) if State(state) in BEFORE else name)


@dataclass(frozen=True)
class OnDay:
    """The members for whom responsibility passes on one day."""

    day: date
    rows: list[tuple[Row[Any], Link]]

    @property
    def is_past(self) -> bool:
        return self.day < today()


@bp.get("/passing")
@requires(Permission.CASE_READ)
def index() -> str:
    """Who passes in the next 30 days without a package: the unit's, or one's own."""
    rows = passing.unsent(g.actor, today(), today() + AHEAD, MOST + 1)
    return page(
        "handovers/passing.html",
        days=[*by_day(rows[:MOST])],
        count=len(rows[:MOST]),
        is_cut=len(rows) > MOST,
        led=passing.leads(g.actor),
        until=today() + AHEAD,
        hidden=number_hidden(today() + AHEAD),
    )


def by_day(rows: Iterable[Row[Any]]) -> Iterator[OnDay]:
    for day, members in groupby(rows, key=lambda row: row.transfer_on):
        yield OnDay(day, [(row, next_step(row)) for row in members])


def next_step(row: Row[Any]) -> Link:
    """What presses most, in the order of the case's own page."""
    if row.transfer_on < today() and not row.transfer_confirmed:
        return link("cases.hours", row, _("Bekræft den dag, hvor ansvaret er overgået"))
    if row.draft_id:
        address = url_for("handovers.draft", handover_id=row.draft_id)
        return Link(_("Skriv videre på kladden"), address)
    if not row.has_talked:
        return link("cases.course", row, _("Registrér den første samtale"))
    if not row.has_plan:
        return link("cases.plan", row, _("Skriv planen"))
    return link("handovers.new", row, _("Lav pakken"))


def link(endpoint: str, row: Row[Any], text: str) -> Link:
    return Link(text, url_for(endpoint, case_id=row.id))
