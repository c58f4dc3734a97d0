"""What each party reads on top of a package: status, whose turn, by when, and the next step."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.clock import add_working_days, today
from portal.handovers import words
from portal.handovers.meeting import MeetingState
from portal.handovers.models import Handover, Kind, Party, Pending, State, Turn
from portal.handovers.stages import NEXT, Facts, Stage, next_step, stage
from portal.handovers.workflow import HANDOVER, MINUTES_SHARED, OBJECTED, STANDINGS
from tests.handovers import road as steps
from tests.handovers.test_road import hold_the_meeting_now

S = State
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
COMING, BEGUN = NOW + timedelta(days=2), NOW - timedelta(minutes=1)


def planned(starts_at=COMING, called_in_on=None):
    kept = {"starts_at": starts_at, "called_in_on": called_in_on}
    return SimpleNamespace(state=MeetingState.PLANNED, **kept)


CANCELLED = SimpleNamespace(state=MeetingState.CANCELLED)
CALLED = {"meeting": planned(called_in_on=NOW.date())}
BY_CRITERIA, WITH_FUND = {"kind": Kind.VISITATION}, {"fund_attends": True}
# state, facts, what the sender reads, what the receiver reads
TABLE: list[tuple[State, dict[str, Any], str | None, str | None]] = [
    (S.DRAFT, {}, "Gør pakken klar, og send den", None),
    (S.SENT, {}, "Kommunen kvitterer for modtagelsen", "Kvittér for modtagelsen"),
    (S.RECEIVED, {}, "Kommunen vurderer pakken", "Acceptér pakken, eller bed om oplysninger"),
    (
        S.RECEIVED,
        BY_CRITERIA,
        "Kommunen vurderer pakken",
        "Acceptér pakken, bed om oplysninger, eller afvis den",
    ),
    (
        S.RECEIVED,
        {"rounds": 1},
        "Kommunen læser a-kassens svar",
        "Læs a-kassens svar, og acceptér pakken",
    ),
    (
        S.RECEIVED,
        {"rounds": 1} | BY_CRITERIA,
        "Kommunen læser a-kassens svar",
        "Læs a-kassens svar, og acceptér eller afvis pakken",
    ),
    (
        S.INFO_REQUESTED,
        {"rounds": 1},
        "Svar på kommunens spørgsmål",
        "A-kassen svarer på spørgsmålene",
    ),
    (S.ACCEPTED, {}, "Kommunen aftaler samtalen", "Aftal samtalen"),
    (S.ACCEPTED, {"meeting": CANCELLED}, "Kommunen aftaler en ny samtale", "Aftal en ny samtale"),
    (
        S.MEETING_PLANNED,
        {"meeting": planned()} | WITH_FUND,
        "Forbered jer til samtalen",
        "Indkald borgeren fra Jobnet eller Digital Post, og registrér indkaldelsen",
    ),
    (
        S.MEETING_PLANNED,
        {"meeting": planned()},
        "Kommunen holder samtalen uden jer, som medlemmet ønsker",
        "Indkald borgeren fra Jobnet eller Digital Post, og registrér indkaldelsen",
    ),
    (
        S.MEETING_PLANNED,
        CALLED | WITH_FUND,
        "Forbered jer til samtalen",
        "Hold samtalen sammen med a-kassen",
    ),
    (
        S.MEETING_PLANNED,
        CALLED,
        "Kommunen holder samtalen uden jer, som medlemmet ønsker",
        "Hold samtalen",
    ),
    (
        S.MEETING_PLANNED,
        {"meeting": planned(BEGUN)},
        "Kommunen registrerer, at samtalen er holdt",
        "Registrér, at samtalen er holdt",
    ),
    (S.MEETING_HELD, {}, "Kommunen skriver referat", "Skriv referatet, og del det med a-kassen"),
    (
        S.MEETING_HELD,
        {"due_for": MINUTES_SHARED},
        "Kommunen registrerer overgangen og afslutter",
        "Registrér overgangen i DFDG, og afslut overdragelsen",
    ),
    (
        S.ACCEPTED,
        {"pending": Pending.WITHDRAWAL, "turn": Turn.RECEIVER},
        "Kommunen svarer, om pakken må trækkes tilbage",
        "Svar, om pakken må trækkes tilbage",
    ),
    (
        S.RECEIVED,
        {"pending": Pending.REDIRECT, "turn": Turn.SENDER},
        "Svar, om pakken skal til en anden kommune",
        "A-kassen svarer, om pakken skal til en anden kommune",
    ),
    (S.SIGNOFF, {}, "En anden teamleder gennemser pakken og sender den", None),
    (
        S.ACCEPTED,
        {"hold_until": NOW.date()},
        "Pakken går videre, når pausen er slut",
        "Pakken går videre, når pausen er slut",
    ),
    (S.OBSOLETE, {"closed_at": NOW}, None, None),
    (S.SUPERSEDED, {"closed_at": NOW}, None, None),
    (S.IN_ERROR, {"closed_at": NOW}, None, None),
    (
        S.ACCEPTED,
        {"pending": Pending.SLOTS, "turn": Turn.SENDER},
        "Vælg en af kommunens tider til samtalen",
        "A-kassen vælger en af jeres tider",
    ),
    (
        S.ACCEPTED,
        {"pending": Pending.SLOTS, "turn": Turn.RECEIVER},
        "Kommunen vælger en af jeres tider",
        "Vælg en af a-kassens tider til samtalen",
    ),
    (
        S.MEETING_HELD,
        {"meeting_waived": "phone"},
        "Kommunen skriver, hvad der er aftalt i stedet for samtalen",
        "Skriv, hvad der er aftalt i stedet for samtalen",
    ),
    (
        S.MEETING_HELD,
        {"due_for": OBJECTED},
        "Kommunen retter referatet",
        "Ret referatet efter a-kassens indsigelse, og del det igen",
    ),
    (
        S.SENT,
        {"kind": Kind.FLYTNING},
        "Modtageren kvitterer for modtagelsen",
        "Kvittér for modtagelsen",
    ),
    (
        S.RECEIVED,
        {"kind": Kind.AKASSESKIFT},
        "Modtageren overtager forløbet",
        "Læs pakken, og overtag forløbet",
    ),
    (
        S.RECEIVED,
        {"kind": Kind.RETUR},
        "Modtageren overtager forløbet",
        "Læs pakken, og overtag forløbet",
    ),
    (S.COMPLETED, {"closed_at": NOW}, None, None),
    (S.REJECTED, {"closed_at": NOW}, None, None),
    (S.WITHDRAWN, {"closed_at": NOW}, None, None),
]


def facts(state, meeting=None, **values):
    told = {"kind": Kind.OVERGANG, "rounds": 0, "fund_attends": False} | values
    return Facts(Handover(state=state, **told), meeting, NOW)


@pytest.mark.parametrize(("state", "given", "sender", "receiver"), TABLE)
def test_the_next_step_of_each_party(state, given, sender, receiver):
    known = facts(state, **given)
    told = [next_step(known, party) for party in (Party.SENDER, Party.RECEIVER)]
    assert [one and str(one) for one in told] == [sender, receiver]


def test_the_table_names_every_state_and_every_stage():
    assert {state for state, *_rest in TABLE} == {*State}
    assert {stage(facts(state, **given)) for state, given, *_rest in TABLE} == {*Stage} == {*NEXT}


@pytest.mark.parametrize("state", State)
def test_whoever_has_the_turn_has_a_step_to_take(state):
    turn = STANDINGS[state].turn
    for party in Party:
        is_theirs = turn in (Turn.BOTH, Turn(party))
        takes = {
            one.name for one in HANDOVER.steps.values() if one.is_open(facts(state).handover, party)
        }
        assert not is_theirs or takes


@pytest.mark.parametrize("party", Party)
def test_once_the_minutes_are_shared_nobody_is_asked_to_write_them(party):
    before = words.state(S.MEETING_HELD, party, "minutes")
    after = words.state(S.MEETING_HELD, party, MINUTES_SHARED)
    assert "referat" in str(before.name)
    assert str(after.name).startswith("Referat delt")


def head(client, road):
    """The four facts on top of the page: status, turn, due day, next step."""
    soup = steps.page(client.get(road.address))
    names, values = soup.select(".status-head dt"), soup.select(".status-head dd")
    pairs = zip(names, values, strict=True)
    return {name.text.strip(): " ".join(value.text.split()) for name, value in pairs}


def test_the_top_of_the_page_follows_the_package(road, sender, receiver):
    def seen(client):
        told = head(client, road)
        return told["Status"], told["Hvis tur er det?"], told["Senest"]

    def in_days(n):
        return f"{add_working_days(today(), n):%d.%m.%Y}"

    ours, theirs = ("Jeres tur Lillekøbing Kommune", "Lillekøbing Kommune")
    road.take(sender, "send")
    assert seen(sender) == ("Sendt – afventer kvittering", theirs, in_days(2))
    assert seen(receiver) == ("Ny", ours, in_days(2))
    road.take(receiver, "acknowledge")
    road.take(receiver, "accept", responsible_from="2026-12-31")
    ours = "Din tur Lillekøbing Kommune"  # whoever accepts has it from here
    assert seen(receiver) == ("Fællessamtale skal aftales", ours, in_days(5))
    road.take(
        receiver,
        "plan-meeting",
        **steps.meeting(called_in_on=today().isoformat(), called_in_via="jobnet"),
    )
    assert seen(sender)[1] == seen(receiver)[1] == "Begge parters tur"
    hold_the_meeting_now()
    assert head(receiver, road)["Næste skridt"] == "Registrér, at samtalen er holdt"
    road.take(receiver, "record-held", member="yes", municipality="yes", fund="yes")
    assert seen(sender) == ("Afventer kommunens referat og plan", theirs, in_days(3))
    assert seen(receiver) == ("Skriv referat og plan", ours, in_days(3))
    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas Skabelon"))
    assert seen(sender) == ("Referat delt – kommunen afslutter", theirs, in_days(10))
    assert seen(receiver) == ("Referat delt – skal afsluttes", ours, in_days(10))
    assert "Referat delt – skal afsluttes" in receiver.get("/handovers/").text
    assert "Referat delt – kommunen afslutter" in sender.get("/handovers/?tab=waiting").text
    road.take(receiver, "complete", registered_on=today().isoformat())
    closed = "Ingen – sagen er afsluttet", "Ingen frist"
    assert seen(sender) == ("Overdraget", *closed)
    assert seen(receiver) == ("Overtaget", *closed)
