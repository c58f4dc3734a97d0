"""What states are called: the same state in other words for each party, and what it lacks."""

from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import terms
from portal.clock import today
from portal.handovers.models import STRAIGHT, Kind, Party, State
from portal.handovers.workflow import HOLD, MINUTES_SHARED, OBJECTED

S, SENDER, RECEIVER = State, Party.SENDER, Party.RECEIVER


@dataclass(frozen=True)
class Words:
    """A state for one party: its name and its colour."""

    name: LazyString
    mark: str


def of_talk(term: str) -> dict[tuple[State, Party], Words]:
    """The states that name the talk, in the word of the day."""
    talk, begins = LazyString(talk_word, term), LazyString(talk_begins, term)
    planned = Words(_l("%(talk)s aftalt", talk=begins), "info")
    return {
        (S.ACCEPTED, SENDER): Words(_l("Accepteret – %(talk)s skal aftales", talk=talk), "info"),
        (S.ACCEPTED, RECEIVER): Words(_l("%(talk)s skal aftales", talk=begins), "warning"),
        (S.MEETING_PLANNED, SENDER): planned,
        (S.MEETING_PLANNED, RECEIVER): planned,
    }


def talk(fund_attends: bool | None) -> terms.Term:
    """The fund takes part in it unless the member has said no."""
    return talk_of("meeting_without_fund" if fund_attends is False else "joint_meeting")


def talk_of(term: str) -> terms.Term:
    return terms.on(today(), term, language=get_locale().language)


def talk_word(term: str) -> str:
    return talk_of(term).singular


def talk_begins(term: str) -> str:
    """As a sentence begins."""
    return talk_word(term).capitalize()


STATES: dict[tuple[State, Party], Words] = {
    (S.DRAFT, SENDER): Words(_l("Kladde"), ""),
    (S.SIGNOFF, SENDER): Words(_l("Til intern godkendelse"), "warning"),
    (S.SENT, SENDER): Words(_l("Sendt – afventer kvittering"), "info"),
    (S.SENT, RECEIVER): Words(_l("Ny"), "warning"),
    (S.RECEIVED, SENDER): Words(_l("Modtaget – under vurdering"), "info"),
    (S.RECEIVED, RECEIVER): Words(_l("Til vurdering"), "warning"),
    (S.INFO_REQUESTED, SENDER): Words(_l("Mangler oplysninger"), "warning"),
    (S.INFO_REQUESTED, RECEIVER): Words(_l("Afventer a-kassen"), "info"),
    **of_talk("joint_meeting"),
    (S.MEETING_HELD, SENDER): Words(_l("Afventer kommunens referat og plan"), "info"),
    (S.MEETING_HELD, RECEIVER): Words(_l("Skriv referat og plan"), "warning"),
    (S.COMPLETED, SENDER): Words(_l("Overdraget"), "success"),
    (S.COMPLETED, RECEIVER): Words(_l("Overtaget"), "success"),
    (S.REJECTED, SENDER): Words(_l("Afvist"), "error"),
    (S.REJECTED, RECEIVER): Words(_l("Afvist"), "error"),
    (S.WITHDRAWN, SENDER): Words(_l("Trukket tilbage"), ""),
    (S.WITHDRAWN, RECEIVER): Words(_l("Trukket tilbage"), ""),
    (S.OBSOLETE, SENDER): Words(_l("Bortfaldet"), ""),
    (S.OBSOLETE, RECEIVER): Words(_l("Bortfaldet"), ""),
    (S.SUPERSEDED, SENDER): Words(_l("Erstattet af en nyere pakke"), ""),
    (S.SUPERSEDED, RECEIVER): Words(_l("Erstattet af en nyere pakke"), ""),
    (S.IN_ERROR, SENDER): Words(_l("Fejloprettet"), "error"),
    (S.IN_ERROR, RECEIVER): Words(_l("Fejloprettet"), "error"),
}
# The member has said no to the fund taking part.
WITHOUT_FUND = of_talk("meeting_without_fund")
ON_HOLD = Words(_l("På pause"), "")
ENDING = {
    SENDER: Words(_l("Referat delt – kommunen afslutter"), "info"),
    RECEIVER: Words(_l("Referat delt – skal afsluttes"), "warning"),
}
OBJECTING = {
    SENDER: Words(_l("Indsigelse – kommunen retter referatet"), "info"),
    RECEIVER: Words(_l("Indsigelse – referatet skal rettes"), "warning"),
}

# Of what goes straight over nothing is decided: it waits to be taken over.
STRAIGHTLY = {
    SENDER: Words(_l("Modtaget – skal overtages"), "info"),
    RECEIVER: Words(_l("Skal overtages"), "warning"),
}

# What has not come in time, by the deadline that runs; a draft waits for the day itself.
LATE = {
    None: _l("pakken er ikke sendt"),
    "signoff": _l("ikke godkendt"),
    "acknowledge": _l("kvittering mangler"),
    "decide": _l("svar på pakken mangler"),
    "answer": _l("oplysninger mangler"),
    "plan": _l("samtalen er ikke aftalt"),
    "meeting": _l("samtalen er ikke registreret"),
    "minutes": _l("referat mangler"),
    OBJECTED: _l("rettet referat mangler"),
    MINUTES_SHARED: _l("ikke afsluttet"),
}


def state(
    state: State,
    party: Party,
    clock: str | None = None,
    kind: Kind | None = None,
    *,
    fund_attends: bool | None = None,
) -> Words:
    """As the state says, but that only the end is left while its clock runs.

    `fund_attends` is the member's wish; None where nobody has asked.
    """
    if clock == HOLD:
        return ON_HOLD
    if kind in STRAIGHT and state == S.RECEIVED:
        return STRAIGHTLY[Party(party)]
    if clock == MINUTES_SHARED:
        return ENDING[Party(party)]
    if clock == OBJECTED:
        return OBJECTING[Party(party)]
    if fund_attends is False and (alone := WITHOUT_FUND.get((State(state), Party(party)))):
        return alone
    return STATES[State(state), Party(party)]


def of_row(row: Any) -> Words:
    """Of a party's row in its list."""
    return state(row.state, row.side, row.clock, row.kind, fund_attends=row.fund_attends)


def state_of(handover: Any, party: Party) -> Words:
    wish = handover.fund_attends
    return state(handover.state, party, handover.due_for, handover.kind, fund_attends=wish)
