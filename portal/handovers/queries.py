"""Packages as their parties read them. None of these names the organisation: the policies do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Uuid,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased, joinedload

from portal.access import CASEWORKERS
from portal.agreements.models import AgreementVersion
from portal.audit import AuditEvent
from portal.db import Base, Json, db, gathered
from portal.handovers import files
from portal.handovers.amendments import HandoverAmendment
from portal.handovers.bounces import HandoverBounce
from portal.handovers.follow_ups import HandoverFollowUp
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes, MinutesObjection
from portal.handovers.models import Handover
from portal.handovers.parts import (
    HandoverContent,
    HandoverDocument,
    HandoverDraft,
    HandoverEvent,
    HandoverFiling,
    HandoverMessage,
    HandoverNote,
    HandoverNotice,
    HandoverOnward,
    HandoverQuestion,
    HandoverRating,
    HandoverReminder,
    HandoverRequest,
)
from portal.handovers.restricted import HandoverRestriction
from portal.organisations.models import (
    Absence,
    Membership,
    OrganisationName,
    RoleGrant,
    Unit,
    User,
)
from portal.organisations.queries import holds


@dataclass(frozen=True)
class Names:
    """What the two parties were called on a day."""

    sender: str
    receiver: str


@dataclass(frozen=True)
class Package:
    """One package with all that happened to it, as the asking party may read it."""

    handover: Handover
    names: Names
    contents: list[SimpleNamespace]
    events: list[SimpleNamespace]
    questions: list[SimpleNamespace]
    requests: list[SimpleNamespace]
    messages: list[SimpleNamespace]
    notes: list[SimpleNamespace]
    meetings: list[SimpleNamespace]
    minutes: list[SimpleNamespace]
    ratings: list[SimpleNamespace]
    amendments: list[SimpleNamespace]
    objections: list[SimpleNamespace]
    filings: list[SimpleNamespace]
    notices: list[SimpleNamespace]
    reminders: list[SimpleNamespace]
    documents: list[SimpleNamespace]
    files: list[SimpleNamespace]
    restrictions: list[SimpleNamespace]
    follow_ups: list[SimpleNamespace]
    bounces: list[SimpleNamespace]
    onwards: list[SimpleNamespace]
    openings: list[SimpleNamespace]
    replaced: list[SimpleNamespace]  # the packages in whose place it came
    seen: int | None = None  # how many letters the reader has seen; None where nobody is named

    @property
    def content(self) -> Json:
        """The newest frozen content; empty while the package is a draft."""
        newest: Json = self.contents[-1].content if self.contents else {}
        return newest

    @property
    def request(self) -> SimpleNamespace | None:
        """What one party has asked the other for and waits to hear."""
        waiting = [one for one in self.requests if one.answered_at is None]
        return waiting[0] if waiting else None

    @property
    def live_meeting(self) -> SimpleNamespace | None:
        planned = [one for one in self.meetings if one.state == MeetingState.PLANNED]
        return planned[0] if planned else None

    @property
    def last_meeting(self) -> SimpleNamespace | None:
        return self.meetings[-1] if self.meetings else None


def handover(handover_id: uuid.UUID) -> Handover:
    """Raises NoResultFound where the asking organisation takes no part."""
    row = select(Handover).where(Handover.id == handover_id)
    return db.session.scalars(row).one()


RELATED: dict[str, tuple[type[Base], Any]] = {
    "contents": (HandoverContent, HandoverContent.number),
    "events": (HandoverEvent, HandoverEvent.at),
    "questions": (HandoverQuestion, HandoverQuestion.asked_at),
    "requests": (HandoverRequest, HandoverRequest.at),
    "messages": (HandoverMessage, HandoverMessage.at),
    "notes": (HandoverNote, HandoverNote.at),
    "meetings": (JointMeeting, JointMeeting.created_at),
    "minutes": (Minutes, Minutes.number),
    "amendments": (HandoverAmendment, HandoverAmendment.at),
    "ratings": (HandoverRating, HandoverRating.rated_at),
    "objections": (MinutesObjection, MinutesObjection.number),
    "filings": (HandoverFiling, HandoverFiling.filed_on),
    "restrictions": (HandoverRestriction, HandoverRestriction.set_at),
    "bounces": (HandoverBounce, HandoverBounce.at),
    "follow_ups": (HandoverFollowUp, HandoverFollowUp.due_on),
    "notices": (HandoverNotice, HandoverNotice.found_on),
    "reminders": (HandoverReminder, HandoverReminder.at),
    "onwards": (HandoverOnward, HandoverOnward.at),
}


def package(handover_id: uuid.UUID, today: date, reader: uuid.UUID | None = None) -> Package:
    """Two statements, however much has happened."""
    found = handover(handover_id)
    columns = [
        gathered(model, of_package(model, handover_id), order).label(name)
        for name, (model, order) in RELATED.items()
    ]
    more = [
        documents(handover_id).label("documents"),
        openings(handover_id, today).label("openings"),
        files.of_package(handover_id).label("files"),
        replaced(handover_id).label("replaced"),
    ]
    names = [
        name_of(found.sender_id, today).label("sender"),
        name_of(found.receiver_id, today).label("receiver"),
    ]
    seen = letters_seen(literal(handover_id), literal(reader, Uuid())).label("seen")
    row = db.session.execute(select(*columns, *more, *names, seen)).one()._mapping
    lists = {field.name for field in fields(Package)} - {"handover", "names", "seen"}
    kept = {name: [restored(entry) for entry in row[name]] for name in lists}
    parties = Names(row["sender"], row["receiver"])
    return Package(handover=found, names=parties, seen=row["seen"] or 0 if reader else None, **kept)


def of_package(model: type[Base], handover_id: uuid.UUID) -> ColumnElement[bool]:
    column: ColumnElement[uuid.UUID] = model.__table__.c.handover_id
    return column == handover_id


def documents(handover_id: uuid.UUID) -> ScalarSelect[Any]:
    """Without their bytes."""
    kept = HandoverDocument
    entry = func.jsonb_build_object("number", kept.number, "kind", kept.kind, "sha256", kept.sha256)
    rows = func.coalesce(func.jsonb_agg(entry), literal_column("'[]'"))
    return select(rows).where(kept.handover_id == handover_id).scalar_subquery()


def replaced(handover_id: uuid.UUID) -> ScalarSelect[Any]:
    """As far as the reader's own side takes part in them."""
    entry = func.jsonb_build_object("id", Handover.id, "reference", Handover.reference)
    rows = func.coalesce(func.jsonb_agg(entry), literal_column("'[]'"))
    return select(rows).where(Handover.superseded_by_id == handover_id).scalar_subquery()


def openings(handover_id: uuid.UUID, today: date) -> ScalarSelect[Any]:
    names = ("organisation_id", "side", "action", "first_at", "last_at", "times", "days")
    seen = func.handover_openings(handover_id).table_valued(*names)
    told: dict[str, Any] = {name: seen.c[name] for name in names}
    told["organisation"] = name_of(seen.c.organisation_id, today)
    columns = [part for pair in told.items() for part in pair]
    entry = func.jsonb_build_object(*columns)
    rows = func.coalesce(func.jsonb_agg(entry), literal_column("'[]'"))
    return select(rows).select_from(seen).scalar_subquery()


def letters_seen(handover_id: Any, reader: Any) -> ScalarSelect[int]:
    """How many letters there were when the reader last opened the package; null for never."""
    opening = aliased(AuditEvent)
    number = opening.detail["letters"].as_integer()
    rows = select(number).where(
        opening.subject_id == handover_id,
        opening.action == "handovers.show",
        opening.user_id == reader,
        number.is_not(None),
    )
    return rows.order_by(opening.at.desc()).limit(1).scalar_subquery()


def opened(handover_id: uuid.UUID, today: date) -> list[Json]:
    """Who has opened what of the package, when and how often."""
    return list(db.session.scalar(select(openings(handover_id, today))) or [])


def name_of(organisation_id: Any, today: Any) -> ScalarSelect[str]:
    """What an organisation is called on a day, for use inside a statement."""
    name = OrganisationName
    row = select(name.name).where(
        name.organisation_id == organisation_id,
        name.valid_from <= today,
        func.coalesce(name.valid_until, literal_column("date 'infinity'")) >= today,
    )
    return row.limit(1).scalar_subquery()


def restored(entry: Json) -> SimpleNamespace:
    """A row that came as JSON, its times and days as what they are."""
    return SimpleNamespace(**{name: value_of(name, value) for name, value in entry.items()})


def value_of(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "at" or name.endswith("_at"):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name.endswith("_on") else value


def version_of(handover: Handover) -> AgreementVersion | None:
    """The agreement version that the package was made under; None where the default rules."""
    if handover.agreement_version_id is None:
        return None
    rows = select(AgreementVersion).options(joinedload(AgreementVersion.agreement))
    return db.session.scalars(
        rows.where(AgreementVersion.id == handover.agreement_version_id)
    ).one()


def draft(handover_id: uuid.UUID) -> HandoverDraft:
    rows = select(HandoverDraft).where(HandoverDraft.handover_id == handover_id)
    return db.session.scalars(rows).one()


def open_package(case_id: uuid.UUID, receiver_id: uuid.UUID, kind: str) -> Handover | None:
    """The one that is under way already for the same member, receiver and kind."""
    rows = select(Handover).where(
        Handover.case_id == case_id,
        Handover.receiver_id == receiver_id,
        Handover.kind == kind,
        Handover.closed_at.is_(None),
    )
    return db.session.scalars(rows).one_or_none()


def last_event(handover_id: uuid.UUID) -> HandoverEvent:
    rows = select(HandoverEvent).where(HandoverEvent.handover_id == handover_id)
    return db.session.scalars(rows.order_by(HandoverEvent.at.desc()).limit(1)).one()


def event_of_form(handover_id: uuid.UUID, form_key: str) -> HandoverEvent | None:
    """The receipt of a form that was sent before: a double click, a retry, the back button."""
    rows = select(HandoverEvent).where(
        HandoverEvent.handover_id == handover_id, HandoverEvent.form_key == form_key
    )
    return db.session.scalars(rows).one_or_none()


def open_questions(handover: Handover) -> list[HandoverQuestion]:
    rows = select(HandoverQuestion).where(
        HandoverQuestion.handover_id == handover.id, HandoverQuestion.answered_at.is_(None)
    )
    return list(
        db.session.scalars(rows.order_by(HandoverQuestion.round, HandoverQuestion.position))
    )


def live_meeting(handover: Handover) -> JointMeeting | None:
    rows = select(JointMeeting).where(
        JointMeeting.handover_id == handover.id, JointMeeting.state == MeetingState.PLANNED
    )
    return db.session.scalars(rows).one_or_none()


def meeting(handover_id: uuid.UUID, meeting_id: uuid.UUID) -> JointMeeting:
    rows = select(JointMeeting).where(
        JointMeeting.handover_id == handover_id, JointMeeting.id == meeting_id
    )
    return db.session.scalars(rows).one()


def minutes_count(handover: Handover) -> int:
    rows = select(func.count()).select_from(Minutes).where(Minutes.handover_id == handover.id)
    return db.session.scalar(rows) or 0


def newest_minutes(handover: Handover) -> Minutes | None:
    rows = select(Minutes).where(Minutes.handover_id == handover.id)
    return db.session.scalars(rows.order_by(Minutes.number.desc()).limit(1)).one_or_none()


def is_readable(handover_id: uuid.UUID) -> bool:
    """Whether what was sent is there, and open to the party that asks."""
    rows = select(HandoverContent.id).where(HandoverContent.handover_id == handover_id)
    return db.session.execute(rows.limit(1)).first() is not None


def newest_content(handover_id: uuid.UUID) -> HandoverContent:
    rows = select(HandoverContent).where(HandoverContent.handover_id == handover_id)
    return db.session.scalars(rows.order_by(HandoverContent.number.desc()).limit(1)).one()


def amendment(handover_id: uuid.UUID, amendment_id: uuid.UUID) -> HandoverAmendment:
    rows = select(HandoverAmendment).where(HandoverAmendment.id == amendment_id)
    return db.session.scalars(rows.where(HandoverAmendment.handover_id == handover_id)).one()


def document(handover_id: uuid.UUID, kind: str) -> HandoverDocument:
    """The newest sealed document of a kind, with its bytes."""
    rows = select(HandoverDocument).where(
        HandoverDocument.handover_id == handover_id, HandoverDocument.kind == kind
    )
    return db.session.scalars(rows.order_by(HandoverDocument.number.desc()).limit(1)).one()


@dataclass(frozen=True)
class Reception:
    """Whether anybody there would notice a package, and the unit that takes what names none."""

    is_there: bool
    is_on_board: bool  # somebody there can work with packages; else a mailbox gets the reference
    unit_id: uuid.UUID | None


def reception(organisation_id: uuid.UUID, today: date) -> Reception:
    """A recipient is active or a mailbox read; the unit puts it on somebody's list."""
    unit = select(Unit.id).where(
        Unit.organisation_id == organisation_id, Unit.is_default.is_(True), holds(Unit, today)
    )
    row = select(
        func.can_receive(organisation_id, today),
        func.is_on_board(organisation_id, today),
        unit.limit(1).scalar_subquery(),
    )
    return Reception(*db.session.execute(row).one())


@dataclass(frozen=True)
class Colleague:
    id: uuid.UUID
    name: str
    unit_id: uuid.UUID | None
    is_absent: bool


def colleagues(today: date, roles: Sequence[str]) -> list[Colleague]:
    """Active people of the own organisation with one of the roles, by name."""
    away = select(Absence.id).where(
        Absence.user_id == User.id, Absence.first_day <= today, Absence.last_day >= today
    )
    has_role = select(RoleGrant.id).where(
        RoleGrant.membership_id == Membership.id, RoleGrant.role.in_(roles)
    )
    rows = (
        select(User.id, User.name, Membership.unit_id, away.exists().label("is_absent"))
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.closed_at.is_(None),
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_until, literal_column("date 'infinity'")) >= today,
            has_role.exists(),
        )
    )
    return sorted((Colleague(*row) for row in db.session.execute(rows)), key=lambda one: one.name)


WORKING_ROLES = tuple(sorted(CASEWORKERS))
