"""Any steps in any order by anyone: what happens equals a model that knows no SQL.

The invariants are those of the package's rules: I1 no step by who is no party, I2 one event for
each change, I3 nothing after the end, I4 one open package for each key, I5 the receiver sees no
draft and no notes, I6 what is frozen stays, I7 turn and clock follow the state, I9 no meeting lives
longer than its state, I10 the events tell the state, I12 a count is what its person can open.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal import keys
from portal.access import Actor
from portal.agreements.parameters import default, parse, plain
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
from portal.cases.taking import package_source
from portal.clock import COPENHAGEN, Moment, add_working_days
from portal.db import db
from portal.handovers import actions, letters, queries
from portal.handovers.actions import AlreadyOpen
from portal.handovers.content import compose, hash_of
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import Handover, HandoverParty, Kind, State
from portal.handovers.parts import HandoverContent, HandoverDraft, HandoverEvent, HandoverNote
from portal.handovers.worklist import DUE, TABS, Asked, worklist
from portal.organisations.models import Organisation
from portal.workflow import NotNow, NotYours, Overtaken, Refused, Stamp
from tests import make
from tests.handovers.rules import ROAD, RULES, Model, expected

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class Stage:
    """Two funds and two municipalities with members that are ready to be handed over."""

    bodies: dict[str, Organisation]
    actors: dict[str, Actor]
    cases: list[tuple[MemberCase, str, str]]
    ring: keys.Keys


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
    yield Stage(bodies, actors, cases, keys.of(settings))
    make.clean()


def ready(fund: Organisation, municipality: Organisation) -> MemberCase:
    """A case that lacks nothing, for a transfer by law and for an earlier one by agreement."""
    version = make.agreement(fund, municipality)
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


def what_is_given(step: str, handover: Handover, actor: Actor, at: Moment, ring: keys.Keys) -> Any:
    """A filled-in form in which nothing is missing."""
    if step in {"send", "provide_info"}:
        demands = parse(handover.parameters).plan_fields
        source = package_source(handover.case_id, demands, keys=ring, day=at.today)
        frozen: dict[str, Any] = {"source": source, "keys": ring}
        frozen["agreement"] = version = queries.version_of(handover)
        contact = actor.name if step == "send" else None
        draft, desks = queries.to_compose(handover, at.today)
        frozen |= {"draft": draft, "desks": desks}
        shown = compose(handover, draft, source, version, contact, desks=desks)
        frozen["shown"] = hash_of(shown)
        questions = queries.open_questions(handover)
        answers = {question.id: "Ja" for question in questions}
        return frozen | {"questions": questions, "answers": answers, "unanswerable": {}}
    day = meeting_day(at)
    return {
        "assign": {"person_id": actor.user_id},
        "request_info": {"questions": ["Hvornår?"]},
        "accept": {"responsible_from": at.today},
        "reject": {"reason_code": "other", "reason_text": "Nej", "alternative": "Et møde"},
        "plan_meeting": {
            "day": day,
            "starts": datetime.min.time().replace(hour=10),
            "ends": datetime.min.time().replace(hour=11),
            "place": "Rådhuset",
            "fund_attends": attends(at),
            "reason_code": "practical",
        },
        "cancel_meeting": {"reason_code": "staff"},
        "record_held": {
            "attendance": {"member": True},
            "called_in_on": at.today,
            "called_in_via": "jobnet",
        },
        "publish_minutes": {
            "text": "Referat",
            "goals": [{"goal": "Industritekniker", "outcome": "continued"}],
            "next_contact_on": at.today,
            "next_contact_person": "Jonas Skabelon",
        },
        "complete": {"registered_on": at.today},
        "withdraw": {"reason_code": "mistake"},
    }.get(step, {})


def attends(at: Moment) -> bool:
    """The member says yes and no by turns."""
    return at.now.minute % 2 == 0


def meeting_day(at: Moment) -> date:
    return add_working_days(at.today, default().meeting_notice_days)


def meeting_start(at: Moment) -> datetime:
    return datetime.combine(meeting_day(at), datetime.min.time(), COPENHAGEN).replace(hour=10)


REFUSALS = (NoResultFound, NotNow, NotYours, Refused, Overtaken, AlreadyOpen)


@dataclass
class Play:
    """Plays moves on the database and on the models side by side."""

    stage: Stage = field(repr=False)
    seen_by: Any = field(repr=False)
    models: dict[Any, Model] = field(default_factory=dict)
    now: datetime = START

    def at(self) -> Moment:
        return Moment(self.now, self.now.astimezone(COPENHAGEN).date())

    def move(self, name: str, who: str | None, number: int, how: str) -> None:
        self.now += timedelta(minutes=1)
        if name == "wait":
            self.now += timedelta(days=20)
        elif name in {"overgang", "visitation"}:
            self.create(name, number)
        elif self.models:
            key, model = [*self.models.items()][number % len(self.models)]
            self.step(name, who, key, model, how)

    def create(self, kind: str, number: int) -> None:
        place = number % len(self.stage.cases)
        case, sender, receiver = self.stage.cases[place]
        is_free = not any(
            (one.case, one.kind) == (place, kind) and one.is_open() for one in self.models.values()
        )
        made = self.do(sender, lambda actor: self.draft(case, kind, actor))
        assert (made is not None) == is_free
        if made:
            self.models[made] = Model(place, kind, sender, receiver)

    def draft(self, case: MemberCase, kind: str, actor: Actor) -> Any:
        ring = self.stage.ring
        source = package_source(case.id, default().plan_fields, keys=ring, day=self.at().today)
        how: dict[str, Any] = {"kind": Kind(kind), "actor": actor, "at": self.at(), "keys": ring}
        made = actions.create(source, default=plain(default()), **how)
        told = {"informed_on": self.at().today, "informed_channel": "phone"}
        actions.write_draft(made, told, version=1, at=self.at())
        return made.id

    def step(self, name: str, who: str | None, key: Any, model: Model, how: str) -> None:
        name = ROAD.get(model.state, "withdraw") if name == "next" else name
        by = RULES[name][2] if name in RULES else "sender"
        who = who or (model.receiver if by == "receiver" else model.sender)
        if name == "note":
            expected = who in model.parties()
            done = self.do(who, lambda actor: self.note(key, actor))
            if expected:
                model.notes[who] = model.notes.get(who, 0) + 1
        elif name == "delete":
            expected = (model.state, who) == ("draft", model.sender)
            done = self.do(who, lambda actor: self.delete(key, actor))
            if expected:
                del self.models[key]
        else:
            expected = how != "stale" and model.may(name, who, self.now)
            starts = meeting_start(self.at())
            done = self.do(who, lambda actor: self.take(key, name, actor, how))
            if expected:
                model.take(name, starts, without_fund=not attends(self.at()))
        assert bool(done) == expected, (name, who, model, done)

    def note(self, key: Any, actor: Actor) -> bool:
        letters.write_note(queries.handover(key), "x", actor=actor, at=self.at())
        return True

    def delete(self, key: Any, actor: Actor) -> bool:
        actions.delete_draft(queries.handover(key), actor=actor)
        return True

    def take(self, key: Any, name: str, actor: Actor, how: str) -> bool:
        """Twice with one form is once: the second is its receipt."""
        row, at = queries.handover(key), self.at()
        stamp = Stamp(row.version - (how == "stale"), f"{name} {at.now}")
        form = what_is_given(name, row, actor, at, self.stage.ring)
        done = actions.take(row, name, form, actor=actor, at=at, stamp=stamp)
        if how == "twice":
            assert not actions.take(row, name, form, actor=actor, at=at, stamp=stamp)
        return done

    def do(self, who: str, act: Any) -> Any:
        """Refused is undone whole, as a request is."""
        with self.seen_by(self.stage.bodies[who]) as session:
            try:
                done = act(self.stage.actors[who])
            except REFUSALS:
                return None
            session.commit()
            return done


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
        "is paused": row.days_left is not None,
        "is closed": row.closed_at is not None,
        "contents": row.content_number,
        "rounds": row.rounds,
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
        assert [one.source for one in events] == [None, *(one.target for one in events[:-1])]
        assert events[-1].target == row.state
        written = {
            one.detail["number"]: one.detail["hash"] for one in events if "hash" in one.detail
        }
        contents = select(HandoverContent).where(HandoverContent.handover_id == row.id)
        kept = {one.number: hash_of(one.content) for one in db.session.scalars(contents)}
        assert kept == written


def check_the_counts(actor: Actor, today: date) -> None:
    """Each row that is counted is a package that the person can open, and all are there (I12)."""
    counts = worklist(Asked(urgent_in=TABS), actor=actor, today=today).counts
    for tab in TABS:
        for due in (None, *DUE):
            rows = worklist(Asked(tab=tab, due=due), actor=actor, today=today).rows
            opened = {queries.handover(row.handover_id).id for row in rows}
            assert len(opened) == counts[f"{tab}_{due}" if due else tab], (tab, due)


MOVE = st.tuples(
    st.sampled_from(
        [*RULES, "overgang", "visitation", "note", "delete", "wait", *["next"] * 14, *["wait"] * 3]
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
    kind="visitation", moves=[*TO_THE_MEETING[:2], ("reject", None, 0, "once"), *AFTER_THE_END]
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
@given(
    kind=st.sampled_from(["overgang", "visitation"]), moves=st.lists(MOVE, min_size=4, max_size=18)
)
def test_what_happens_is_what_the_rules_say(kind, moves, stage, seen_by):
    make.records.execute(delete(Handover))
    make.records.commit()
    play = Play(stage, seen_by)
    play.move(kind, None, 0, "once")
    for name, who, number, how in moves:
        play.move(name, who, number, how)
    today = play.at().today
    for who, organisation in stage.bodies.items():
        with seen_by(organisation):
            assert read(stage.actors[who], today) == expected(play.models, who)
            check_the_events()
            check_the_counts(stage.actors[who], today)


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
