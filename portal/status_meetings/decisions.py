"""Decisions, and what became of those that change the agreement."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.access import Actor
from portal.agreements import amending, queries
from portal.agreements.amending import Why
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.models import Agreement, AgreementVersion, State
from portal.clock import Moment, day_of
from portal.db import db
from portal.meetings.parts import MeetingNote, NoteKind
from portal.meetings.series import Meeting
from portal.workflow import Lack, NotNow, Overtaken, Refused, flush

N = MeetingNote
FATES: Mapping[AmendmentState, tuple[LazyString, str]] = {
    AmendmentState.PROPOSED: (_l("Foreslået, venter på den anden side"), "warning"),
    AmendmentState.APPROVED: (_l("Godkendt, går med i næste version"), "info"),
    AmendmentState.DECLINED: (_l("Afvist"), "error"),
    AmendmentState.WITHDRAWN: (_l("Trukket tilbage"), ""),
    AmendmentState.COLLECTED: (_l("Med i en version, der er på vej"), "info"),
}


@dataclass(frozen=True)
class Fate:
    """A decision of a meeting, the amendment that it became, and how far that has come."""

    note: MeetingNote
    meeting_number: int
    amendment: AgreementAmendment | None
    words: str
    mark: str


def decided(
    agreement: Agreement, day: date, known: Sequence[AgreementAmendment] | None = None
) -> list[Fate]:
    """Every decision about the agreement, the newest first, on `day`; `known`: its amendments."""
    rows = (
        select(N, Meeting.number)
        .join(Meeting, Meeting.id == N.meeting_id)
        .where(N.agreement_id == agreement.id, N.kind == NoteKind.DECISION)
        .order_by(Meeting.starts_at.desc(), N.number)
    )
    found = amending.amendments(agreement.id) if known is None else known
    amendments = {one.id: one for one in found}
    versions = {version.id: version for version in agreement.versions}
    return [
        followed(note, number, amendments.get(note.amendment_id or note.id), versions, day)
        for note, number in db.session.execute(rows)
    ]


def followed(
    note: MeetingNote,
    number: int,
    asked: AgreementAmendment | None,
    versions: Mapping[uuid.UUID, AgreementVersion],
    day: date,
) -> Fate:
    words, mark = fate(asked, versions, day) if asked else ("", "")
    return Fate(note, number, asked, words, mark)


def fate(
    asked: AgreementAmendment, versions: Mapping[uuid.UUID, AgreementVersion], day: date
) -> tuple[str, str]:
    """In words, with a mark: proposed, approved, in force or refused."""
    version = versions.get(asked.collected_in_id) if asked.collected_in_id else None
    if version and version.state in {State.SIGNED, State.SUPERSEDED, State.TERMINATED}:
        first = version.begins_on
        if first <= day:
            since = format_date(first, "long")
            return str(_("I kraft siden %(day)s", day=since)), "success"
        return str(_("Underskrevet, gælder fra %(day)s", day=format_date(first, "long"))), "success"
    words, mark = FATES[asked.state]
    if asked.state == AmendmentState.DECLINED and asked.answer:
        return str(_("Afvist: %(why)s", why=asked.answer)), mark
    return str(words), mark


def amend(
    note: MeetingNote,
    meeting: Meeting,
    path: str,
    new: Any,
    *,
    reason: str,
    actor: Actor,
    at: Moment,
) -> AgreementAmendment:
    """Ask the other side for the change of the agreement that was decided.

    Raises:
        NotNow: it is no decision, or has become an amendment already.
        NoResultFound, Refused, Overtaken: as `amending.propose`.
    """
    if note.kind != NoteKind.DECISION or note.amendment_id:
        raise NotNow("amend", note.kind)
    version = newest(meeting)
    where = f"{meeting.series.title} {meeting.number}"
    why = Why(reason, where, day_of(meeting.starts_at))
    made = amending.propose(version, path, new, why, actor=actor, at=at)
    note.amendment_id = made.id
    try:
        flush()
    except Overtaken:
        raise Refused([Lack("reason", _("Beslutningen er ændret imens."))]) from None
    return made


def newest(meeting: Meeting) -> AgreementVersion:
    return queries.agreement(meeting.agreement_id).binding[0]
