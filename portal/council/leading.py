"""For whoever leads: what was promised, measured, decided and done, of one agreement and of all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import NoResultFound

from portal.access import Actor
from portal.agreements import amending, queries
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.changes import what
from portal.agreements.models import Agreement, AgreementVersion
from portal.clock import day_of
from portal.goals.published import (
    Promised,
    Shown,
    figures_by_agreement,
    figures_of,
    promised,
)
from portal.handovers.export import Cell, Table
from portal.meetings.parts import MeetingNote
from portal.status_meetings.decisions import Fate, decided, fate
from portal.status_meetings.duties import Duty, duties

# --- What was decided, and done ---


@dataclass(frozen=True)
class Decision:
    """What the parties decided about the agreement, where, and what became of it."""

    what: str
    on: date
    meeting: str | None
    amendment_id: uuid.UUID | None
    state: str
    mark: str


@dataclass(frozen=True)
class Action:
    """What somebody was to do after a meeting; open as long as nobody has said that it is done."""

    what: str
    who: str
    meeting: str
    due: date | None
    done: date | None
    result: str | None
    is_late: bool


def agreement_of(agreement_id: uuid.UUID, day: date) -> tuple[Agreement, AgreementVersion]:
    """With its version of the day.

    Raises:
        NoResultFound: it is not seen, or was never signed.
    """
    agreement = queries.agreement(agreement_id)
    version = agreement.shown_on(day)
    if version is None:
        raise NoResultFound
    return agreement, version


def decisions(agreement: Agreement, version: AgreementVersion, day: date) -> list[Decision]:
    """Of meetings, and changes that were agreed without one; the newest first."""
    found = amending.amendments(agreement.id)
    fates = decided(agreement, day, found)
    told = {one.amendment.id for one in fates if one.amendment}
    agreed = {AmendmentState.APPROVED, AmendmentState.COLLECTED}
    beside = [one for one in found if one.state in agreed and one.id not in told]
    versions = {one.id: one for one in agreement.versions}
    all_of_them = [of_meeting(one) for one in fates]
    all_of_them += [of_amendment(one, version, versions, day) for one in beside]
    return sorted(all_of_them, key=lambda one: one.on, reverse=True)


def of_meeting(one: Fate) -> Decision:
    asked = one.amendment
    return Decision(
        what=one.note.text,
        on=day_of(one.note.written_at),
        meeting=str(one.meeting_number),
        amendment_id=asked.id if asked else None,
        state=str(one.words),
        mark=str(one.mark),
    )


def of_amendment(
    row: AgreementAmendment,
    version: AgreementVersion,
    versions: dict[uuid.UUID, AgreementVersion],
    day: date,
) -> Decision:
    state, mark = fate(row, versions, day)
    on = row.meeting_on or day_of(row.proposed_at)
    return Decision(what(row, version), on, row.meeting, row.id, state, mark)


def actions(agreement_id: uuid.UUID, day: date) -> list[Action]:
    """Of all meetings about the agreement: what is open first, then what was done."""
    found = [action(one, day) for one in duties(MeetingNote.agreement_id == agreement_id)]
    return sorted(found, key=lambda one: one.done is not None)


def action(one: Duty, day: date) -> Action:
    closed = one.note.closed_at
    return Action(
        what=one.note.text,
        who=one.who,
        meeting=f"{one.series} {one.meeting_number}",
        due=one.note.due_on,
        done=day_of(closed) if closed else None,
        result=one.note.closed_text,
        is_late=one.is_late(day),
    )


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
    figures = figures_by_agreement(found, day, trend=1)
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
