"""What is to be done next: a state's own step, or the one that is left after what has happened.

The state says who has the turn; within a state the facts say what for. Each party reads its own
words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.handovers.meeting import MeetingState
from portal.handovers.models import Handover, Kind, Party, Pending, State
from portal.handovers.workflow import MINUTES_SHARED, OBJECTED

S, SENDER, RECEIVER = State, Party.SENDER, Party.RECEIVER


class Stage(StrEnum):
    """A state, or a part of it where the next step is another one."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    RECEIVED_BY_CRITERIA = "received_by_criteria"  # an earlier transfer can be rejected
    ANSWERED = "answered"
    ANSWERED_BY_CRITERIA = "answered_by_criteria"
    INFO_REQUESTED = "info_requested"
    ACCEPTED = "accepted"
    CALLED_OFF = "called_off"
    PLANNED = "planned"
    PLANNED_WITHOUT_FUND = "planned_without_fund"
    CALLED_IN = "called_in"
    CALLED_IN_WITHOUT_FUND = "called_in_without_fund"
    BEGUN = "begun"
    HELD = "held"
    MINUTES_SHARED = "minutes_shared"
    CLOSED = "closed"
    WITHDRAWAL_ASKED = "withdrawal_asked"
    REDIRECT_ASKED = "redirect_asked"
    SIGNOFF = "signoff"
    ON_HOLD = "on_hold"
    SLOTS_OFFERED = "slots_offered"  # by the municipality
    SLOTS_OFFERED_BY_FUND = "slots_offered_by_fund"
    WAIVED = "waived"
    OBJECTED = "objected"
    STRAIGHT_SENT = "straight_sent"  # from one municipality, or fund, to the next
    STRAIGHT_RECEIVED = "straight_received"


@dataclass(frozen=True)
class Facts:
    """What a package's stage follows from. `meeting` is the last one, `now` an aware instant."""

    handover: Handover
    meeting: Any | None
    now: datetime


def stage(facts: Facts) -> Stage:
    state = State(facts.handover.state)
    if asked := ASKED.get((facts.handover.pending, facts.handover.turn)):
        return asked
    if facts.handover.hold_until:
        return Stage.ON_HOLD
    if facts.handover.is_straight and state in (S.SENT, S.RECEIVED):
        return Stage(f"straight_{state}")
    if state in PARTS:
        return PARTS[state](facts)
    return Stage.CLOSED if facts.handover.is_closed else Stage(state)


def under_review(facts: Facts) -> Stage:
    name = "answered" if facts.handover.rounds else "received"
    return Stage(f"{name}_by_criteria" if facts.handover.kind == Kind.VISITATION else name)


def accepted(facts: Facts) -> Stage:
    was = facts.meeting
    over = {MeetingState.CANCELLED, MeetingState.NO_SHOW}
    return Stage.CALLED_OFF if was and was.state in over else Stage.ACCEPTED


def planned(facts: Facts) -> Stage:
    if facts.meeting and facts.meeting.starts_at <= facts.now:
        return Stage.BEGUN
    name = "called_in" if facts.meeting and facts.meeting.called_in_on else "planned"
    return Stage(name if facts.handover.fund_attends else f"{name}_without_fund")


def held(facts: Facts) -> Stage:
    known = {MINUTES_SHARED: Stage.MINUTES_SHARED, OBJECTED: Stage.OBJECTED}
    none_yet = Stage.WAIVED if facts.handover.meeting_waived else Stage.HELD
    return known.get(facts.handover.due_for or "", none_yet)


PARTS = {
    S.RECEIVED: under_review,
    S.ACCEPTED: accepted,
    S.MEETING_PLANNED: planned,
    S.MEETING_HELD: held,
}

# What one party has asked the other for comes before what the state asks for.
ASKED: dict[tuple[Pending | None, str], Stage] = {
    (Pending.WITHDRAWAL, RECEIVER): Stage.WITHDRAWAL_ASKED,
    (Pending.SLOTS, SENDER): Stage.SLOTS_OFFERED,
    (Pending.SLOTS, RECEIVER): Stage.SLOTS_OFFERED_BY_FUND,
    (Pending.REDIRECT, SENDER): Stage.REDIRECT_ASKED,
}
REVIEWS, REVIEWS_ANSWERS = _l("Kommunen vurderer pakken"), _l("Kommunen læser a-kassens svar")
PREPARE = _l("Forbered jer til samtalen")
WITHOUT_YOU = _l("Kommunen holder samtalen uden jer, som medlemmet ønsker")
CALL_IN = _l("Indkald borgeren fra Jobnet eller Digital Post, og registrér indkaldelsen")

NEXT: dict[Stage, dict[Party, LazyString]] = {
    Stage.DRAFT: {SENDER: _l("Gør pakken klar, og send den")},
    Stage.SENT: {
        SENDER: _l("Kommunen kvitterer for modtagelsen"),
        RECEIVER: _l("Kvittér for modtagelsen"),
    },
    Stage.RECEIVED: {
        SENDER: REVIEWS,
        RECEIVER: _l("Acceptér pakken, eller bed om oplysninger"),
    },
    Stage.RECEIVED_BY_CRITERIA: {
        SENDER: REVIEWS,
        RECEIVER: _l("Acceptér pakken, bed om oplysninger, eller afvis den"),
    },
    Stage.ANSWERED: {
        SENDER: REVIEWS_ANSWERS,
        RECEIVER: _l("Læs a-kassens svar, og acceptér pakken"),
    },
    Stage.ANSWERED_BY_CRITERIA: {
        SENDER: REVIEWS_ANSWERS,
        RECEIVER: _l("Læs a-kassens svar, og acceptér eller afvis pakken"),
    },
    Stage.INFO_REQUESTED: {
        SENDER: _l("Svar på kommunens spørgsmål"),
        RECEIVER: _l("A-kassen svarer på spørgsmålene"),
    },
    Stage.ACCEPTED: {SENDER: _l("Kommunen aftaler samtalen"), RECEIVER: _l("Aftal samtalen")},
    Stage.CALLED_OFF: {
        SENDER: _l("Kommunen aftaler en ny samtale"),
        RECEIVER: _l("Aftal en ny samtale"),
    },
    Stage.PLANNED: {SENDER: PREPARE, RECEIVER: CALL_IN},
    Stage.PLANNED_WITHOUT_FUND: {SENDER: WITHOUT_YOU, RECEIVER: CALL_IN},
    Stage.CALLED_IN: {SENDER: PREPARE, RECEIVER: _l("Hold samtalen sammen med a-kassen")},
    Stage.CALLED_IN_WITHOUT_FUND: {SENDER: WITHOUT_YOU, RECEIVER: _l("Hold samtalen")},
    Stage.BEGUN: {
        SENDER: _l("Kommunen registrerer, at samtalen er holdt"),
        RECEIVER: _l("Registrér, at samtalen er holdt"),
    },
    Stage.HELD: {
        SENDER: _l("Kommunen skriver referat"),
        RECEIVER: _l("Skriv referatet, og del det med a-kassen"),
    },
    Stage.MINUTES_SHARED: {
        SENDER: _l("Kommunen registrerer overgangen og afslutter"),
        RECEIVER: _l("Registrér overgangen i DFDG, og afslut overdragelsen"),
    },
    Stage.WITHDRAWAL_ASKED: {
        SENDER: _l("Kommunen svarer, om pakken må trækkes tilbage"),
        RECEIVER: _l("Svar, om pakken må trækkes tilbage"),
    },
    Stage.REDIRECT_ASKED: {
        SENDER: _l("Svar, om pakken skal til en anden kommune"),
        RECEIVER: _l("A-kassen svarer, om pakken skal til en anden kommune"),
    },
    Stage.SIGNOFF: {SENDER: _l("En anden teamleder gennemser pakken og sender den")},
    Stage.ON_HOLD: dict.fromkeys(Party, _l("Pakken går videre, når pausen er slut")),
    Stage.SLOTS_OFFERED: {
        SENDER: _l("Vælg en af kommunens tider til samtalen"),
        RECEIVER: _l("A-kassen vælger en af jeres tider"),
    },
    Stage.SLOTS_OFFERED_BY_FUND: {
        SENDER: _l("Kommunen vælger en af jeres tider"),
        RECEIVER: _l("Vælg en af a-kassens tider til samtalen"),
    },
    Stage.WAIVED: {
        SENDER: _l("Kommunen skriver, hvad der er aftalt i stedet for samtalen"),
        RECEIVER: _l("Skriv, hvad der er aftalt i stedet for samtalen"),
    },
    Stage.OBJECTED: {
        SENDER: _l("Kommunen retter referatet"),
        RECEIVER: _l("Ret referatet efter a-kassens indsigelse, og del det igen"),
    },
    Stage.STRAIGHT_SENT: {
        SENDER: _l("Modtageren kvitterer for modtagelsen"),
        RECEIVER: _l("Kvittér for modtagelsen"),
    },
    Stage.STRAIGHT_RECEIVED: {
        SENDER: _l("Modtageren overtager forløbet"),
        RECEIVER: _l("Læs pakken, og overtag forløbet"),
    },
    Stage.CLOSED: {},
}


def next_step(facts: Facts, party: Party) -> LazyString | None:
    """None once nothing is left, and for a receiver who does not know of the draft."""
    return NEXT[stage(facts)].get(Party(party))
