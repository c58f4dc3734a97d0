"""Any steps in any order by anyone: what happens equals a model that knows no SQL.

The invariants are those of the package's rules: I1 no step by who is no party, I2 one event for
each change, I3 nothing after the end, I4 one open package for each key, I5 the receiver sees no
draft and no notes, I6 what is frozen stays, I7 turn and clock follow the state, I8 each reason has
its readers, I9 no meeting lives longer than its state, I10 the events tell the state, I11 no mail
says anything of a person, I12 a count is what its person can open.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from portal import keys
from portal.access import Actor, Role
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    CasePlan,
    CriterionAnswer,
    Decision,
    MemberCase,
    Talk,
    TalkOutcome,
)
from portal.clock import add_working_days, day_of
from portal.db import db
from portal.handovers import clocks, digests, notices, queries
from portal.handovers.content import hash_of
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import Handover, HandoverParty, State
from portal.handovers.parts import HandoverContent, HandoverDraft, HandoverEvent, HandoverNote
from portal.handovers.worklist import DUE, TABS, Asked, worklist
from portal.mail import OutgoingMail
from portal.organisations.models import Organisation
from tests import make
from tests.handovers.play import Play, Stage
from tests.handovers.rules import GOES_ON, INTERNAL, RULES, expected


@pytest.fixture(scope="module")
def stage(web, settings):
    make.clean()
    bodies = {
        "fund": make.fund("Prøvebæk A-kasse"),
        "other fund": make.fund("Nabobæk A-kasse"),
        "municipality": make.organisation("Lillekøbing Kommune"),
        "other municipality": make.organisation("Udkøbing Kommune"),
    }
    pairs = [
        ("fund", "municipality"),
        ("fund", "other municipality"),
        ("other fund", "municipality"),
    ]
    actors = {who: make.actor(body, *make.every_role(body)) for who, body in bodies.items()}
    cases = [(ready(bodies[one], bodies[other]), one, other) for one, other in pairs]
    funds = ("fund", "other fund")
    leaders = {who: make.actor(bodies[who], Role.TEAM_LEAD) for who in funds}
    dated(is_on=False)
    yield Stage(bodies, actors, cases, leaders, keys.of(settings))
    dated(is_on=True)
    make.clean()


def dated(*, is_on: bool) -> None:
    """The walks go through a year, which the database would not let anybody write down today."""
    how = "enable" if is_on else "disable"
    make.records.execute(text(f"alter table handover {how} trigger dated"))
    make.records.commit()


def ready(fund: Organisation, municipality: Organisation) -> MemberCase:
    """A case that lacks nothing, for a transfer by law and for an earlier one by agreement."""
    version = make.agreement(fund, municipality, criteria=[{"code": "change"}])
    case = make.member_case(fund, municipality)
    texts = {"focus_areas": "Kurser", "search_strategy": "To job om ugen"}
    make.of_case(case, CasePlan, job_goals=["Industritekniker"], **texts)
    held = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    make.of_case(case, Talk, day=date(2026, 9, 1), **held)
    decided: dict[str, Any] = {"decision": Decision.REFER, "reason": "Skal skifte fag."}
    decided |= {"agreement_version_id": version.id, "decided_by": "Mette Eksempel"}
    assessment = make.of_case(case, Assessment, **decided)
    answer = {"position": 1, "code": "change", "label": "Jobskifte", "answer": CriterionAnswer.YES}
    own = {"organisation_id": fund.id, "assessment_id": assessment.id}
    make.saved(AssessmentAnswer(**answer, **own))
    return case


def read(actor: Actor, today: date) -> dict[str, Any]:
    def rows(model: Any) -> Any:
        return db.session.scalars(select(model)).all()

    found = worklist(Asked(), actor=actor, today=today)
    events: dict[Any, list[Any]] = {}
    for event in sorted(rows(HandoverEvent), key=lambda one: one.at):
        events.setdefault(event.handover_id, []).append((event.step, event.source, event.target))
    live = [one for one in rows(JointMeeting) if one.state == MeetingState.PLANNED]
    return {
        "packages": {row.id: shown(row) for row in rows(Handover)},
        "events": events,
        "contents": counted(rows(HandoverContent)),
        "live meetings": {one.handover_id for one in live},
        "notes": counted(rows(HandoverNote)),
        "drafts": {one.handover_id for one in rows(HandoverDraft)},
        "list": {(one.handover_id, one.state, one.standing) for one in rows(HandoverParty)},
        "closed": found.counts["closed"],
        "waiting": found.counts["waiting"],
    }


def shown(row: Handover) -> dict[str, Any]:
    return {
        "state": row.state,
        "turn": row.turn,
        "clock": row.due_for,
        "is due": row.due_on is not None,
        "is held": row.hold_until is not None,
        "is paused": row.days_left is not None,
        "is closed": row.closed_at is not None,
        "contents": row.content_number,
        "rounds": row.rounds,
        "pending": row.pending,
    }


def counted(rows: Any) -> dict[Any, int]:
    keys_of = [row.handover_id for row in rows]
    return {key: keys_of.count(key) for key in keys_of}


def check_the_events() -> None:
    """Each begins where the one before ended (I2), the last is the state (I10); frozen is frozen.

    What was frozen is compared with its hash, and with the one that the step wrote down (I6).
    """
    for row in db.session.scalars(select(Handover)):
        of_row = select(HandoverEvent).where(HandoverEvent.handover_id == row.id)
        events = db.session.scalars(of_row.order_by(HandoverEvent.at)).all()
        is_own = any(one.step == "submit_for_signoff" for one in events)
        sources = [one.source if is_own else unless_internal(one.source) for one in events]
        assert sources == [None, *(one.target for one in events[:-1])]
        assert events[-1].target == row.state
        assert replayed(events) == kept_of(row)
        check_the_deadline(row, events)
        written = {
            one.detail["number"]: one.detail["hash"] for one in events if "hash" in one.detail
        }
        contents = select(HandoverContent).where(HandoverContent.handover_id == row.id)
        kept = {one.number: hash_of(one.content) for one in db.session.scalars(contents)}
        assert kept == ({} if row.state == State.IN_ERROR else written)


def unless_internal(state: State | None) -> State | None:
    """The other side knows of no approval: to it what is sent was a draft."""
    return State.DRAFT if state == State.SIGNOFF else state


def replayed(events: Sequence[HandoverEvent]) -> dict[str, Any]:
    """Who has it and what it is marked with, by whoever reads its history alone (I10)."""
    told: dict[str, Any] = {"person": None, "held": False, "rounds": 0, "contested": False}
    told |= {"sent": False, "contents": 0}
    for one in events:
        match one.step:
            case "assign":
                told["person"] = one.detail["person"]
            case "accept":
                told["person"] = told["person"] or one.person
            case "take_over":
                told["person"] = told["person"] or one.person
            case "redirect" | "agree_redirect":
                told["person"] = None
        moves = one.source != one.target or one.step in GOES_ON
        told["held"] = one.step == "hold" or (told["held"] and not moves and one.step != "resume")
        told["rounds"] += one.step == "request_info"
        told["contested"] |= one.step == "contest"
        told["sent"] |= one.step == "send"
        told["contents"] += "hash" in one.detail
    return told


def kept_of(row: Handover) -> dict[str, Any]:
    return {
        "person": row.receiver_person,
        "held": row.hold_until is not None,
        "rounds": row.rounds,
        "contested": row.contested_at is not None,
        "sent": row.sent_at is not None,
        "contents": row.content_number,
    }


RUNNING = {
    State.SIGNOFF: "signoff",
    State.SENT: "acknowledge",
    State.ACCEPTED: "plan",
}  # whose clocks nothing else sets


def check_the_deadline(row: Handover, events: Sequence[HandoverEvent]) -> None:
    """It runs from the step that led there (I7, I10)."""
    led = [
        one
        for one in events
        if one.target == row.state and (one.source != one.target or one.step in GOES_ON)
    ]
    since = [one.step for one in events if led and one.at > led[-1].at]
    if row.state in RUNNING and not {"hold", "resume"} & {*since}:
        allowed = clocks.days(row, RUNNING[row.state])
        assert row.due_on == add_working_days(day_of(led[-1].at), allowed)


def check_the_counts(actor: Actor, today: date) -> None:
    """Each row that is counted is a package that the person can open, and all are there (I12)."""
    counts = worklist(Asked(urgent_in=TABS), actor=actor, today=today).counts
    for tab in TABS:
        for due in (None, *DUE):
            rows = worklist(Asked(tab=tab, due=due), actor=actor, today=today).rows
            opened = {queries.handover(row.handover_id).id for row in rows}
            assert len(opened) == counts[f"{tab}_{due}" if due else tab], (tab, due)


def reasons() -> dict[Any, tuple[Any, str]]:
    """Of what a reason can be read, by the event: the package and the step."""
    rows = select(HandoverEvent).where(HandoverEvent.reason.is_not(None))
    return {one.id: (one.handover_id, one.step) for one in db.session.scalars(rows)}


def check_the_readers(play: Play, read_by: dict[str, dict[Any, tuple[Any, str]]]) -> None:
    """A reason is read by both parties, and by the sender alone before it sends (I8)."""
    for event, (package, step) in {
        k: v for one in read_by.values() for k, v in one.items()
    }.items():
        model = play.models[package]
        readers = {who for who, seen in read_by.items() if event in seen}
        assert readers == ({model.sender} if step in INTERNAL else {*model.parties()}), step


SAID = ("Industritekniker", "Stod forkert", "To job om ugen", "Vi er i gang", "fået kørekort")


def check_the_mails(stage: Stage, worker: Flask, today: date) -> None:
    """Who writes them knows all; what they say is a reference and a day (I11)."""
    with worker.app_context():
        taken = dict(db.session.execute(select(HandoverEvent.id, HandoverEvent.step)).all())
        for event_id in taken:
            notices.tell(str(event_id))
        for later in (1, 30):
            digests.note(today + timedelta(days=later))
            digests.tell(today + timedelta(days=later))
        mails = db.session.scalars(select(OutgoingMail)).all()
        texts = [f"{one.subject} {one.body} {one.calendar}" for one in mails]
        db.session.rollback()
    assert texts or "send" not in taken.values()
    names = [case.name for case, *_parties in stage.cases]
    assert [word for word in (*names, *SAID) for text in texts if word in text] == []


APART = ["approve", "four eyes", "give back", "move house", "note"]
MOVE = st.tuples(
    st.sampled_from(
        [*RULES, *APART, "overgang", "visitation", "delete", *["next"] * 14, *["wait"] * 4]
    ),
    # mostly the one whose step it is
    st.sampled_from([None] * 8 + ["fund", "other fund", "municipality", "other municipality"]),
    st.integers(0, 3),
    st.sampled_from(["once"] * 8 + ["twice", "stale"]),
)
TO_THE_MEETING = [("next", None, 0, "once")] * 4
AFTER_THE_END = [(step, who, 0, "once") for step in RULES for who in ("fund", "municipality")]
STRAIGHT = [
    *TO_THE_MEETING,
    ("wait", None, 0, "once"),
    ("next", None, 0, "twice"),
    ("next", None, 0, "once"),
    ("publish_minutes", None, 0, "once"),
    ("next", None, 0, "once"),
]
ROUNDS = [("request_info", None, 0, "once"), ("next", None, 0, "once")] * 4


@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(kind="overgang", moves=[*STRAIGHT, *AFTER_THE_END, ("overgang", None, 0, "once")])
@example(
    kind="visitation",
    moves=[
        *TO_THE_MEETING[:2],
        ("reject", None, 0, "once"),
        *AFTER_THE_END[:20],
        ("contest", "municipality", 0, "once"),
        ("contest", None, 0, "once"),
        ("reject", None, 0, "once"),
        *AFTER_THE_END,
    ],
)
@example(
    kind="overgang",
    moves=[*TO_THE_MEETING[:2], *ROUNDS, ("withdraw", None, 0, "once"), *AFTER_THE_END],
)
@example(
    kind="overgang",
    moves=[
        *TO_THE_MEETING,
        ("withdraw", None, 0, "once"),
        ("cancel_meeting", "fund", 0, "once"),
        ("next", None, 0, "twice"),
    ],
)
@example(
    kind="overgang",
    moves=[
        *TO_THE_MEETING,
        ("ask_withdrawal", None, 0, "twice"),
        ("record_held", None, 0, "once"),
        ("next", None, 0, "once"),
        ("ask_withdrawal", None, 0, "once"),
        ("take_back_request", None, 0, "once"),
        ("ask_withdrawal", None, 0, "once"),
        ("agree_withdrawal", None, 0, "once"),
        ("reset", "fund", 0, "once"),
        ("hold", "municipality", 0, "twice"),
        ("next", None, 0, "once"),
        ("resume", "fund", 0, "once"),
        ("obsolete", "municipality", 0, "once"),
        ("reset", "fund", 0, "once"),
        ("reset", "municipality", 0, "once"),
        ("note", "fund", 0, "once"),
        ("mark_error", None, 0, "once"),
        ("mark_error", None, 0, "once"),
    ],
)
@example(
    kind="overgang",
    moves=[
        ("four eyes", None, 0, "once"),
        ("next", None, 0, "twice"),
        ("send", None, 0, "once"),
        ("return_to_draft", None, 0, "once"),
        *[("next", None, 0, "once")] * 2,
        ("move house", None, 0, "once"),
        ("ask_redirect", None, 0, "once"),
        ("note", "municipality", 0, "once"),
        ("agree_redirect", None, 0, "once"),
        ("note", "municipality", 0, "once"),
        *TO_THE_MEETING[:2],
        ("give back", None, 0, "once"),
        ("give back", None, 0, "once"),
        *[("next", None, 1, "once")] * 3,
        ("give back", None, 0, "once"),
        *AFTER_THE_END,
    ],
)
@given(
    kind=st.sampled_from(["overgang", "visitation"]), moves=st.lists(MOVE, min_size=4, max_size=18)
)
def test_what_happens_is_what_the_rules_say(kind, moves, stage, seen_by, worker):
    make.records.execute(delete(Handover))
    make.records.commit()
    play = Play(stage, seen_by)
    for place in range(len(stage.cases)):
        play.settle(place)
    play.move(kind, None, 0, "once")
    for name, who, number, how in moves:
        play.move(name, who, number, how)
    today, read_by = play.at().today, {}
    for who, organisation in stage.bodies.items():
        with seen_by(organisation):
            assert read(stage.actors[who], today) == expected(play.models, who)
            check_the_events()
            check_the_counts(stage.actors[who], today)
            read_by[who] = reasons()
    check_the_readers(play, read_by)
    check_the_mails(stage, worker, today)


def test_the_database_itself_knows_one_open_package(stage):
    """Whoever writes it, and however (I4)."""
    make.records.execute(delete(Handover))
    case = stage.cases[0][0]
    make.handover(case, State.WITHDRAWN)
    make.handover(case, State.SENT)
    make.handover(case, State.SENT, agreement_version_id=agreed(case))
    with pytest.raises(IntegrityError, match="uq_handover_one_open"):
        make.handover(case, State.DRAFT)
    make.records.rollback()


def agreed(case: MemberCase) -> Any:
    own = Assessment.case_id == case.id
    return make.records.scalars(select(Assessment.agreement_version_id).where(own)).one()
