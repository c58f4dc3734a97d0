"""The package's table of steps, and whose turn it is in each state.

Source: the parties' agreement where one is in force, else `config/agreements/default.toml`.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal import workflow
from portal.access import Permission
from portal.handovers.models import BEFORE, STRAIGHT, Kind, Party, Pending, State, Turn

S, P = State, Party
WRITE, LEAD = Permission.HANDOVER_WRITE, Permission.HANDOVER_LEAD
NOBODY: Set[Party] = frozenset()
SENDER, RECEIVER, EITHER = {P.SENDER}, {P.RECEIVER}, {P.SENDER, P.RECEIVER}
UNDER_REVIEW = {S.RECEIVED, S.INFO_REQUESTED}
WITH_RECEIVER = {S.SENT, S.RECEIVED, S.INFO_REQUESTED, S.ACCEPTED, S.MEETING_PLANNED}
TAKEN_ON = {S.ACCEPTED, S.MEETING_PLANNED, S.MEETING_HELD}
CLOSING = {S.WITHDRAWN, S.OBSOLETE, S.SUPERSEDED, S.IN_ERROR}  # nobody's answer is waited for
# Looked at, decided and met over. What goes straight over is in fewer states (models.STRAIGHT).
WITH_MEETING: Set[StrEnum] = {*Kind} - STRAIGHT
UNSENT: Set[State] = BEFORE
# Where only the minutes are missing nothing that happens makes the package pointless.
ANY_TIME = UNSENT | WITH_RECEIVER


@dataclass(frozen=True)
class Step(workflow.Step):
    """A step that may ask the other party for something, or end what one of them has asked for.

    What is asked for is answered before the package moves on; offered times alone may be passed
    over by agreeing on another.
    """

    asks: Pending | None = None
    ends: Set[Pending] = field(default_factory=frozenset)
    is_askers: bool = False  # who asked ends it, else who was asked
    held: bool | None = False  # only while the package is on hold, or not; None: either
    back: Set[StrEnum] = field(default_factory=frozenset)  # where it may lead back to
    by_system: bool = False  # Samspil itself may take it

    @property
    def pending(self) -> Set[Pending | None] | None:
        """What may be waiting when it is taken; None where anything may."""
        if self.asks:
            return {None}
        if self.ends:
            return {*self.ends}
        return {None, Pending.SLOTS} if self.target and self.target not in CLOSING else None

    def is_open(self, subject: Any, party: StrEnum | None) -> bool:
        fits = self.pending is None or subject.pending in self.pending
        is_whose = not self.ends or (subject.turn == party) != self.is_askers
        return super().is_open(subject, party) and fits and is_whose and self.fits_hold(subject)

    def fits_hold(self, subject: Any) -> bool:
        return self.held is None or self.held == (subject.hold_until is not None)


# fmt: off
HANDOVER = workflow.Workflow([
    #    step               from                          to                 who       with what
    Step("submit_for_signoff", {S.DRAFT},                 S.SIGNOFF,         SENDER,   WRITE,
         kinds=WITH_MEETING),
    Step("return_to_draft", {S.SIGNOFF},                  S.DRAFT,           SENDER,   WRITE),
    Step("send",            UNSENT,                       S.SENT,            SENDER,   WRITE),
    Step("acknowledge",     {S.SENT},                     S.RECEIVED,        RECEIVER, WRITE),
    Step("acknowledge_by_phone", {S.SENT},                S.RECEIVED,        SENDER,   WRITE),
    Step("assign",          WITH_RECEIVER | {S.MEETING_HELD}, None,          RECEIVER, WRITE,
         held=None),
    Step("request_info",    {S.RECEIVED},                 S.INFO_REQUESTED,  RECEIVER, WRITE,
         kinds=WITH_MEETING),
    Step("provide_info",    {S.INFO_REQUESTED},           S.RECEIVED,        SENDER,   WRITE),
    Step("find_info",       {S.INFO_REQUESTED},           S.RECEIVED,        RECEIVER, WRITE),
    Step("accept",          UNDER_REVIEW,                 S.ACCEPTED,        RECEIVER, WRITE,
         kinds=WITH_MEETING),
    Step("take_over",       {S.RECEIVED},                 S.COMPLETED,       RECEIVER, WRITE,
         kinds=STRAIGHT),
    Step("reject",          UNDER_REVIEW,                 S.REJECTED,        RECEIVER, WRITE,
         kinds={Kind.VISITATION}),
    Step("contest",         {S.REJECTED},                 S.RECEIVED,        SENDER,   WRITE),
    Step("plan_meeting",    {S.ACCEPTED, S.MEETING_PLANNED}, S.MEETING_PLANNED, RECEIVER, WRITE),
    Step("cancel_meeting",  {S.MEETING_PLANNED},          S.ACCEPTED,        EITHER,   WRITE),
    Step("offer_slots",     {S.ACCEPTED},                 None,              EITHER,   WRITE,
         asks=Pending.SLOTS),
    Step("pick_slot",       {S.ACCEPTED},                 S.MEETING_PLANNED, EITHER,   WRITE,
         ends={Pending.SLOTS}),
    Step("waive_meeting",   {S.ACCEPTED},                 S.MEETING_HELD,    RECEIVER, WRITE),
    Step("record_no_show",  {S.MEETING_PLANNED},          S.ACCEPTED,        RECEIVER, WRITE),
    Step("record_held",     {S.MEETING_PLANNED},          S.MEETING_HELD,    RECEIVER, WRITE),
    Step("publish_minutes", {S.MEETING_HELD},             None,              RECEIVER, WRITE),
    Step("object",          {S.MEETING_HELD},             None,              SENDER,   WRITE),
    Step("complete",        {S.MEETING_HELD},             S.COMPLETED,       RECEIVER, WRITE),
    Step("withdraw",        {S.SENT} | UNDER_REVIEW,      S.WITHDRAWN,       SENDER,   WRITE,
         held=None),
    Step("ask_withdrawal",  TAKEN_ON,                     None,              SENDER,   WRITE,
         asks=Pending.WITHDRAWAL, held=None),
    Step("redirect",        {S.SENT, S.RECEIVED},         S.SENT,            SENDER,   WRITE,
         kinds=WITH_MEETING, held=None),
    Step("ask_redirect",    {S.SENT, S.RECEIVED},         None,              RECEIVER, WRITE,
         kinds=WITH_MEETING, asks=Pending.REDIRECT),
    Step("agree_redirect",  {S.SENT, S.RECEIVED},         S.SENT,            SENDER,   WRITE,
         kinds=WITH_MEETING, ends={Pending.REDIRECT}),
    Step("agree_withdrawal", TAKEN_ON,                    S.WITHDRAWN,       RECEIVER, WRITE,
         ends={Pending.WITHDRAWAL}, held=None),
    Step("refuse_request",  WITH_RECEIVER | {S.MEETING_HELD}, None,          EITHER,   WRITE,
         ends={*Pending}, held=None),
    Step("take_back_request", WITH_RECEIVER | {S.MEETING_HELD}, None,        EITHER,   WRITE,
         ends={*Pending}, is_askers=True, held=None),
    Step("hold",            WITH_RECEIVER | {S.MEETING_HELD}, None,          EITHER,   WRITE),
    Step("resume",          WITH_RECEIVER | {S.MEETING_HELD}, None,          EITHER,   WRITE,
         held=True, by_system=True),
    Step("obsolete",        ANY_TIME,                     S.OBSOLETE,        EITHER,   WRITE,
         held=None, by_system=True),
    Step("reset",           {S.OBSOLETE, S.WITHDRAWN},    None,              EITHER,   WRITE,
         back=ANY_TIME - {S.MEETING_PLANNED} | {S.MEETING_HELD}),
    Step("mark_error",      {*S} - {S.IN_ERROR},          S.IN_ERROR,        SENDER,   LEAD,
         held=None),
    Step("move_case",       ANY_TIME | {S.MEETING_HELD},  None,              SENDER,   LEAD,
         held=None),
    Step("auto_complete",   {S.MEETING_HELD},             S.COMPLETED,       NOBODY,   WRITE,
         by_system=True),
    Step("supersede",       ANY_TIME | {S.MEETING_HELD},  S.SUPERSEDED,      NOBODY, WRITE,
         held=None, by_system=True),
    Step("amend",           WITH_RECEIVER | {S.MEETING_HELD}, None,          SENDER,   WRITE,
         kinds=WITH_MEETING, held=None),
    Step("correct",         TAKEN_ON,                     None,              RECEIVER, WRITE,
         held=None),
])
# fmt: on


@dataclass(frozen=True)
class Standing:
    """Whose turn a state is, and which deadline of the agreement runs in it."""

    turn: Turn
    clock: str | None = None


HOLD = "hold"  # the clock of a package that waits until a day; it wakes then
# The clock after the minutes are shared: only the end is left, and the state is the same.
MINUTES_SHARED = "auto_complete"
# The clock after an objection: the minutes have to be put right.
OBJECTED = "objection"

STANDINGS = {
    S.DRAFT: Standing(Turn.SENDER),
    S.SIGNOFF: Standing(Turn.SENDER, "signoff"),
    S.SENT: Standing(Turn.RECEIVER, "acknowledge"),
    S.RECEIVED: Standing(Turn.RECEIVER, "decide"),
    S.INFO_REQUESTED: Standing(Turn.SENDER, "answer"),
    S.ACCEPTED: Standing(Turn.RECEIVER, "plan"),
    S.MEETING_PLANNED: Standing(Turn.BOTH, "meeting"),
    S.MEETING_HELD: Standing(Turn.RECEIVER, "minutes"),
    S.COMPLETED: Standing(Turn.NOBODY),
    S.REJECTED: Standing(Turn.NOBODY),
    S.WITHDRAWN: Standing(Turn.NOBODY),
    S.OBSOLETE: Standing(Turn.NOBODY),
    S.SUPERSEDED: Standing(Turn.NOBODY),
    S.IN_ERROR: Standing(Turn.NOBODY),
}
# The member has said no to the fund: it takes no part, so the meeting is the municipality's alone.
WITHOUT_FUND = Standing(Turn.RECEIVER, "meeting")


def standing(state: State, fund_attends: bool | None) -> Standing:
    """`fund_attends` is the member's wish; None where nobody has asked."""
    is_without = state == S.MEETING_PLANNED and fund_attends is False
    return WITHOUT_FUND if is_without else STANDINGS[state]
