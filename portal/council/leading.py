"""For whoever leads: what was promised, measured, decided and done, of one agreement and of all."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from sqlalchemy import select

from portal import charts
from portal.access import Actor
from portal.agreements import amending, words
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.changes import what
from portal.agreements.models import AgreementVersion
from portal.agreements.queries import shown_on
from portal.charts import Bar, Trend
from portal.clock import day_of
from portal.db import db
from portal.goals.published import (
    Promised,
    Shown,
    figures_by_agreement,
    figures_of,
    promised,
)
from portal.handovers.export import Cell, Table


@dataclass(frozen=True)
class Line:
    """A goal with its pictures; without a figure, or one that is no number, there are none."""

    goal: Shown
    bar: Bar | None
    trend: Trend | None


def lines(found: Iterable[Shown]) -> list[Line]:
    return [Line(one, *pictures(one)) for one in found]


def pictures(goal: Shown) -> tuple[Bar | None, Trend | None]:
    values = [one.span for one in goal.past]
    known = [one for one in values if one]
    if not known or goal.unit == "yes_no":
        return None, None
    full = 100 if goal.unit == "percent" else charts.full_of(known, goal.target)
    now = values[-1]
    bar = charts.bar(now, goal.target, full) if now else None
    return bar, charts.trend(values, goal.target, full)


# --- What was decided, and done ---


@dataclass(frozen=True)
class Decision:
    """What the parties decided about the agreement, and how far it has come."""

    what: str
    amendment_id: uuid.UUID
    on: date
    meeting: str | None
    state: LazyString
    mark: str
    is_done: bool


def version_of(agreement_id: uuid.UUID, day: date) -> AgreementVersion:
    """Raises NoResultFound for an agreement that is not seen, or was never signed."""
    rows = select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement_id, AgreementVersion.id == shown_on(day)
    )
    return db.session.scalars(rows).one()


def decisions(version: AgreementVersion, day: date) -> list[Decision]:
    """Changes of the agreement that were agreed; the newest first."""
    found = amending.amendments(version.agreement_id)
    agreed = {AmendmentState.APPROVED, AmendmentState.COLLECTED}
    return [decision(one, version, day) for one in found if one.state in agreed]


def decision(row: AgreementAmendment, version: AgreementVersion, day: date) -> Decision:
    is_done = bool(row.effective_on and row.effective_on <= day)
    state, mark = words.IN_EFFECT if row.effective_on else words.AMENDMENT_STATES[row.state]
    on = row.meeting_on or day_of(row.proposed_at)
    return Decision(what(row, version), row.id, on, row.meeting, state, mark, is_done)


# --- All agreements ---


@dataclass(frozen=True)
class Standing:
    """How an agreement stands: of how many goals what can be said, and the furthest behind."""

    agreement: Promised
    met: int
    missed: int
    unsaid: int
    worst: Shown | None


def standings(actor: Actor, day: date) -> list[Standing]:
    """The worst first: most goals missed, then the furthest behind, then the names."""
    found = promised(actor.organisation_id, day)
    figures = figures_by_agreement(found, day)
    all_of_them = [standing(one, figures[one.agreement_id]) for one in found if one.goals]
    return sorted(all_of_them, key=badness)


def standing(agreement: Promised, goals: Sequence[Shown]) -> Standing:
    missed = [one for one in goals if one.is_met is False]
    return Standing(
        agreement=agreement,
        met=sum(one.is_met is True for one in goals),
        missed=len(missed),
        unsaid=sum(one.is_met is None for one in goals),
        worst=max(missed, key=lambda one: one.gap, default=None),
    )


def badness(one: Standing) -> tuple[int, float, str]:
    return -one.missed, -(one.worst.gap if one.worst else 0), one.agreement.others


# --- As a file ---


def table(agreement_id: uuid.UUID, day: date, headings: Sequence[Cell]) -> Table:
    return [[*headings], *(cells(one) for one in figures_of(agreement_id, day))]


def cells(one: Shown) -> list[Cell]:
    share = (one.share.of, one.share.low, one.share.high) if one.share else (None, None, None)
    return [
        one.area,
        one.label,
        one.target,
        one.baseline,
        one.text,
        *share,
        one.period.first,
        one.period.last,
        ", ".join(one.trend),
    ]
