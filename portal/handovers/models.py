"""The handover package: its state, its frozen content, its parties, and all that happened to it."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Actor
from portal.clock import day_of, now
from portal.db import Base, Json
from portal.handovers.indexes import FILTERS, NOT_OURS, OURS, in_both_orders, in_order
from portal.organisations.models import of_same
from portal.sight import Sight, mine, named, running, taken_part_in


class State(StrEnum):
    DRAFT = "draft"
    SIGNOFF = "signoff"
    SENT = "sent"
    RECEIVED = "received"
    INFO_REQUESTED = "info_requested"
    ACCEPTED = "accepted"
    MEETING_PLANNED = "meeting_planned"
    MEETING_HELD = "meeting_held"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OBSOLETE = "obsolete"
    SUPERSEDED = "superseded"
    IN_ERROR = "in_error"


class Kind(StrEnum):
    OVERGANG = "overgang"
    VISITATION = "visitation"
    FLYTNING = "flytning"  # from one municipality to the next; the fund is told where
    AKASSESKIFT = "akasseskift"  # from one fund to the next, where the member has said yes
    RETUR = "retur"  # back to the fund, where law or agreement allows


# Taken over as it is, without a decision and without a meeting.
STRAIGHT = frozenset({Kind.FLYTNING, Kind.AKASSESKIFT, Kind.RETUR})
# By a municipality, of the fund's case and from the package by which it has it.
SENT_ON = frozenset({Kind.FLYTNING, Kind.RETUR})


class Party(StrEnum):
    SENDER = "sender"
    RECEIVER = "receiver"


class Pending(StrEnum):
    """What one party has asked the other for."""

    WITHDRAWAL = "withdrawal"
    REDIRECT = "redirect"
    SLOTS = "slots"


class Turn(StrEnum):
    SENDER = "sender"
    RECEIVER = "receiver"
    BOTH = "both"
    NOBODY = "nobody"


def seen_by_parties(table: str, column: str = "handover_id") -> str:
    return taken_part_in("handover_party", "handover_id", key=f"{table}.{column}")


def content_seen_by(table: str) -> str:
    """What was sent, as long as it is the party's to read; its participation goes on after."""
    return (
        f"exists (select from handover_party where handover_party.handover_id = "
        f"{table}.handover_id and coalesce(handover_party.content_until, 'infinity') > now())"
    )


def seen_as(side: Party, table: str) -> str:
    """What only one of the two parties may do."""
    return (
        f"exists (select from handover_party where handover_party.handover_id = "
        f"{table}.handover_id and handover_party.side = '{side}')"
    )


def added_by_parties(table: str, side: Party | None = None) -> Sight:
    """Both parties read it, each adds its own (or only the one named), nobody changes it."""
    seen = seen_by_parties(table)
    party = seen_as(side, table) if side else seen
    return Sight(
        see=seen,
        insert=f"{mine(f'{table}.organisation_id')} and {party}",
        worker="select, insert",
    )


BEFORE = {State.DRAFT, State.SIGNOFF}  # nobody but the sender knows of it
# Ended without having been brought to an end: whenever, and for a reason.
ENDED = "'withdrawn', 'obsolete', 'superseded', 'in_error'"
TERMINAL = f"state in ('completed', 'rejected', {ENDED})"
STRAIGHT_KINDS = "kind in ('flytning', 'akasseskift', 'retur')"
ACCEPTED_ON = "state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')"
OWN_DRAFT = f"{mine('sender_id')} and state = 'draft'"


class Handover(Base):
    """One member's package from one organisation to another.

    Both parties change the row; which columns in which step, the database holds by a trigger of its
    own, `handover_guard`.

    `parameters` are those of the agreement version that it was made under, or of the default: a
    package keeps its version whatever is agreed later. `responsible_from` is the legal day and has
    its own source; no step changes it silently.

    `case_id` is the fund's case also where a municipality sends on or back; else the sender's own,
    which a trigger holds.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(
            "kind not in ('flytning', 'retur') or former_id is not null", name="former"
        ),
        CheckConstraint("(kind = 'retur') = (returned_for is not null)", name="returned"),
        CheckConstraint("(kind = 'akasseskift') = (consented_on is not null)", name="consented"),
        CheckConstraint(
            f"not {STRAIGHT_KINDS} or state in ('draft', 'sent', 'received', 'completed', {ENDED})",
            name="straight",
        ),
        of_same("sender_person_id", "user", owner="sender_id"),
        of_same("sender_unit_id", "unit", owner="sender_id"),
        of_same("receiver_person_id", "user", owner="receiver_id"),
        of_same("receiver_unit_id", "unit", owner="receiver_id"),
        CheckConstraint("sender_id <> receiver_id", name="two_parties"),
        CheckConstraint("kind <> 'visitation' or agreement_version_id is not null", name="basis"),
        of_same("signoff_person_id", "user", owner="sender_id"),
        CheckConstraint("state not in ('draft', 'signoff') or sent_at is null", name="unsent"),
        CheckConstraint(
            f"state in ('draft', 'signoff', {ENDED}) or sent_at is not null", name="sent"
        ),
        CheckConstraint(
            f"state in ('draft', 'signoff', 'sent', {ENDED}) or received_at is not null",
            name="received",
        ),
        CheckConstraint("state <> 'signoff' or signoff_person_id is not null", name="signoff"),
        CheckConstraint("state <> 'superseded' or superseded_by_id is not null", name="superseded"),
        CheckConstraint(
            "(hold_until is null) = (hold_reason is null) "
            "and (hold_until is null or closed_at is null)",
            name="hold",
        ),
        CheckConstraint(f"not ({ACCEPTED_ON}) or accepted_at is not null", name="accepted"),
        CheckConstraint("(accepted_at is null) = (accepted_by is null)", name="accepted_by"),
        CheckConstraint(
            "state not in ('meeting_held', 'completed') or held_at is not null "
            f"or {STRAIGHT_KINDS}",
            name="held",
        ),
        CheckConstraint(f"({TERMINAL}) = (closed_at is not null)", name="closed"),
        CheckConstraint(
            "closed_at is not null or num_nonnulls(closed_from, closed_side) = 0", name="open"
        ),
        CheckConstraint(
            f"(state in ('rejected', {ENDED})) = (closed_reason is not null)",
            name="closed_reason",
        ),
        CheckConstraint("state <> 'rejected' or kind = 'visitation'", name="rejected"),
        CheckConstraint(
            "state <> 'completed' or registered_on is not null or closed_side = 'system' "
            f"or {STRAIGHT_KINDS}",
            name="registered",
        ),
        CheckConstraint("pending is null or closed_at is null", name="pending"),
        CheckConstraint("meeting_waived is null or held_at is not null", name="waived"),
        CheckConstraint(
            "sent_at >= created_at and received_at >= sent_at and accepted_at >= received_at "
            "and held_at >= accepted_at "
            "and closed_at >= coalesce(held_at, accepted_at, received_at, sent_at)",
            name="order",
        ),
        Index("ix_handover_case", "case_id"),
        Index("ix_handover_former", "former_id", postgresql_where="former_id is not null"),
        Index(
            "ix_handover_superseded",
            "superseded_by_id",
            postgresql_where="superseded_by_id is not null",
        ),
        Index("ix_handover_running", "due_on", postgresql_where="closed_at is null"),
        Index(
            "uq_handover_one_open",
            "case_id",
            "sender_id",
            "receiver_id",
            "kind",
            unique=True,
            postgresql_where=f"not ({TERMINAL})",
        ),
    )
    sight = Sight(
        see=seen_by_parties("handover", "id"),
        insert=OWN_DRAFT,
        update=seen_by_parties("handover", "id"),
        delete=OWN_DRAFT,
        columns="state, turn, due_on, due_for, days_left, member_name, cpr, cpr_index, "
        "responsible_from, responsible_source, sender_person_id, sender_person, sender_unit_id, "
        "receiver_person_id, receiver_person, receiver_unit_id, changed_at, sent_at, "
        "received_at, accepted_at, accepted_by, held_at, closed_at, closed_reason, "
        "closed_text, registered_on, content_number, rounds, fund_attends, pending, "
        "signoff_person_id, signoff_person, hold_until, hold_reason, hold_left, hold_for, "
        "meeting_waived, closed_from, closed_side, contested_at, receiver_id, "
        "agreement_version_id, parameters, version",
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind]
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    turn: Mapped[Turn] = mapped_column(default=Turn.SENDER)
    due_on: Mapped[date | None]  # ends at its midnight in Copenhagen
    due_for: Mapped[str | None]  # the parameter whose clock runs
    days_left: Mapped[int | None]  # working days the receiver had when its clock was paused
    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_case.id"))
    former_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("handover.id"))  # which goes on
    consented_on: Mapped[date | None]  # when the member said yes to the plan going along
    returned_for: Mapped[str | None]  # the ground, a code: of the law, or of the agreement
    member_name: Mapped[str]
    cpr: Mapped[str | None]  # encrypted for this row
    cpr_index: Mapped[bytes | None]
    agreement_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agreement_version.id")
    )
    parameters: Mapped[Json]
    responsible_from: Mapped[date | None]
    responsible_source: Mapped[str | None]
    fund_attends: Mapped[bool | None]  # the member's wish about the fund at the joint meeting
    sender_person_id: Mapped[uuid.UUID | None]
    sender_person: Mapped[str | None]
    sender_unit_id: Mapped[uuid.UUID | None]
    meeting_waived: Mapped[str | None]  # on which ground none was held
    receiver_person_id: Mapped[uuid.UUID | None]
    receiver_person: Mapped[str | None]
    receiver_unit_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None]
    held_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]  # a code of the agreement, or of the reasons to withdraw
    closed_text: Mapped[str | None]
    registered_on: Mapped[date | None]  # "overgang registreret i DFDG den …"
    content_number: Mapped[int] = mapped_column(default=0)
    closed_from: Mapped[State | None]  # where a reset leads back to
    closed_side: Mapped[str | None]  # who closed it and may open it again: a party, or the system
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("handover.id"))
    contested_at: Mapped[datetime | None]  # once; a second rejection stands
    signoff_person_id: Mapped[uuid.UUID | None]  # the leader who is asked to approve
    signoff_person: Mapped[str | None]
    hold_until: Mapped[date | None]  # wakes on that day
    hold_reason: Mapped[str | None]  # both parties read it
    hold_for: Mapped[str | None]  # the clock that waits
    hold_left: Mapped[int | None]  # working days that it had
    rounds: Mapped[int] = mapped_column(default=0)  # how often information was asked for
    pending: Mapped[Pending | None]  # what the one who has the turn is asked for
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}

    def party_of(self, actor: Actor) -> Party | None:
        """Before it is sent there is no other party."""
        if actor.organisation_id == self.sender_id:
            return Party.SENDER
        is_receiver = actor.organisation_id == self.receiver_id
        return Party.RECEIVER if is_receiver and self.state not in BEFORE else None

    @property
    def sender_has(self) -> uuid.UUID | None:
        """Whose it is in the fund: the leader's who is asked to approve, else the adviser's."""
        return self.signoff_person_id if self.state == State.SIGNOFF else self.sender_person_id

    @property
    def is_straight(self) -> bool:
        return self.kind in STRAIGHT

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def seen_until(self) -> date | None:
        """The last day on which the receiver sees what it has rejected; the database ends it."""
        days = self.parameters.get("seen_after_rejection")
        if self.state != State.REJECTED or self.closed_at is None or days is None:
            return None
        return day_of(self.closed_at) + timedelta(days=days)


class HandoverParty(Base):
    """The right to see a package, and what that party's list shows of it.

    The web only reads here. Triggers let the sender in with the draft and the receiver when it is
    sent, end what each may read, and keep every column from `side` on: whatever is written there is
    overwritten.
    """

    __tablename__ = "handover_party"
    __table_args__ = (
        UniqueConstraint("handover_id", "organisation_id"),
        *in_both_orders("list", "standing", filters_due=True),
        *in_both_orders("unit", "unit_id", where=OURS, beside=FILTERS, filters_due=True),
        *in_both_orders(
            "unassigned", where=f"{OURS} and person_id is null", beside=FILTERS, filters_due=True
        ),
        *in_both_orders("state", "state"),
        *in_both_orders("kind", "kind", "standing", where=NOT_OURS),
        *in_both_orders("other", "other_id", "standing", where=NOT_OURS),
        in_order("person_due", "person_id", "due_on", where=OURS),
        Index(
            "ix_handover_party_restricted",
            "organisation_id",
            postgresql_where="readers is not null",
        ),
        Index("ix_handover_party_cpr", "organisation_id", "cpr_index"),
        Index("ix_handover_party_search", "search", postgresql_using="gin"),
    )
    sight = Sight(
        see=f"{running('handover_party')} and {named('handover_party')}", worker="select, update"
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    content_until: Mapped[datetime | None]  # when what was sent closes for this party
    side: Mapped[Party]
    state: Mapped[State]
    standing: Mapped[str]  # ours: our turn, or a question waits for us; theirs: we wait; closed
    kind: Mapped[Kind]
    due_on: Mapped[date]  # far ahead where no clock runs, so that it sorts last
    clock: Mapped[str | None]  # the parameter whose clock runs
    responsible_from: Mapped[date | None]
    reference: Mapped[str]
    member_name: Mapped[str]
    cpr_index: Mapped[bytes | None]
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID | None]
    person: Mapped[str | None]
    unit_id: Mapped[uuid.UUID | None]
    changed_at: Mapped[datetime]
    search: Mapped[str] = mapped_column(TSVECTOR)
    readers: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))  # of a restricted one
    letters: Mapped[int] = mapped_column(default=0)  # messages and own notes that the party reads
    questions: Mapped[int] = mapped_column(default=0)  # of the other party, not answered yet
    fund_attends: Mapped[bool | None]
    pending: Mapped[str | None]  # a Pending
