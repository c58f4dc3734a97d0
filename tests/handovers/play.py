"""Moves played on the database and on a model that knows no SQL, side by side."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.exc import NoResultFound

from portal import keys
from portal.access import Actor
from portal.agreements.parameters import default, parse, plain
from portal.cases.models import (
    MemberCase,
)
from portal.cases.taking import package_source
from portal.clock import COPENHAGEN, Moment, add_working_days
from portal.handovers import actions, letters, queries, sending
from portal.handovers.actions import AlreadyOpen
from portal.handovers.content import compose, hash_of
from portal.handovers.days import short
from portal.handovers.models import Handover, Kind
from portal.organisations.models import Organisation
from portal.workflow import NotNow, NotYours, Overtaken, Refused, Stamp
from tests.handovers.rules import ROAD, RULES, Model

OTHER = {"sender": "receiver", "receiver": "sender"}
START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class Stage:
    """Two funds and two municipalities with members that are ready to be handed over."""

    bodies: dict[str, Organisation]
    actors: dict[str, Actor]
    cases: list[tuple[MemberCase, str, str]]
    ring: keys.Keys


def what_is_given(step: str, handover: Handover, actor: Actor, at: Moment, ring: keys.Keys) -> Any:
    """A filled-in form in which nothing is missing."""
    if step in {"redirect", "agree_redirect"}:
        demands = parse(handover.parameters).plan_fields
        return {"source": package_source(handover.case_id, demands, keys=ring, day=at.today)}
    if step in {"send", "provide_info"}:
        demands = parse(handover.parameters).plan_fields
        source = package_source(handover.case_id, demands, keys=ring, day=at.today)
        frozen: dict[str, Any] = {"source": source, "keys": ring}
        frozen["agreement"] = version = queries.version_of(handover)
        contact = actor.name if step == "send" else None
        draft, desks = sending.to_compose(handover, at.today)
        frozen |= {"draft": draft, "desks": desks}
        shown = compose(handover, draft, source, version, contact, desks=desks)
        frozen["shown"] = hash_of(shown)
        questions = queries.open_questions(handover)
        answers = {question.id: "Ja" for question in questions}
        return frozen | {"questions": questions, "answers": answers, "unanswerable": {}}
    if step == "find_info":
        questions = queries.open_questions(handover)
        answers = {question.id: "Ja" for question in questions}
        return {"questions": questions, "answers": answers, "unanswerable": {}}
    day = meeting_day(at)
    another = short(at.today + timedelta(days=1 + at.now.minute))
    why = {"reason": "Stod forkert", "audience": "both"}
    return {
        "amend": why | {"path": "summary", "new": f"Rettet {at.now.isoformat()}"},
        "correct": why | {"path": "responsible_from", "new": another},
        "assign": {"person_id": actor.user_id},
        "request_info": {"questions": ["Hvornår?"]},
        "accept": {"responsible_from": at.today},
        "reject": {"reason_code": "other", "reason_text": "Nej", "alternative": "Et møde"},
        "plan_meeting": {
            "day": day,
            "starts": hour(10),
            "ends": hour(11),
            "place": "Rådhuset",
            "fund_attends": attends(at),
            "reason_code": "practical",
        },
        "cancel_meeting": {"reason_code": "staff"},
        "offer_slots": {
            "slots": [(day, hour(9), hour(10)), (day, hour(10), hour(11))],
            "place": "Rådhuset",
        },
        "pick_slot": {"slot": 1, "place": "Rådhuset", "fund_attends": attends(at)},
        "waive_meeting": {"reason_code": "phone"},
        "record_no_show": {"reason_code": "logistics"},
        "object": {"text": "Målet er et andet."},
        "record_held": {
            "attendance": {"member": True, "municipality": True, "fund": True},
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
        "ask_withdrawal": {"reason_code": "mistake"},
        "ask_redirect": {"reason": "Bor et andet sted"},
        "hold": {"until": at.today + timedelta(days=30), "reason": "Venter på job"},
        "obsolete": {"reason_code": "job", "day": at.today, "source": "Medlemmet"},
        "mark_error": {"reason_code": "wrong_person", "reason": "Forkert borger"},
        "move_case": {"person_id": actor.user_id},
        "reset": {"reason": "Det blev ikke til noget"},
        "contest": {"reason": "Nyt: hun har fået kørekort"},
        "refuse_request": {"reason": "Vi er i gang."},
    }.get(step, {})


def hour(number: int) -> time:
    return time(number)


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

    def is_free(self, model: Model) -> bool:
        return not any(
            (one.case, one.kind) == (model.case, model.kind) and one.is_open()
            for one in self.models.values()
        )

    def draft(self, case: MemberCase, kind: str, actor: Actor) -> Any:
        ring = self.stage.ring
        source = package_source(case.id, default().plan_fields, keys=ring, day=self.at().today)
        how: dict[str, Any] = {"kind": Kind(kind), "actor": actor, "at": self.at(), "keys": ring}
        made = actions.create(source, default=plain(default()), **how)
        told = {"informed_on": self.at().today, "informed_channel": "phone"}
        actions.write_draft(made, told, version=1, at=self.at())
        return made.id

    def step(self, name: str, who: str | None, key: Any, model: Model, how: str) -> None:
        if name == "next":
            on = ROAD.get(model.state, "withdraw")
            name = "refuse_request" if model.pending else on
        by = RULES[name][2] if name in RULES else "sender"
        if by == "either" and model.pending:
            asker = model.pending[1]
            by = (
                asker
                if name == "take_back_request"
                else {"sender": "receiver"}.get(asker, "sender")
            )
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
            if name == "reset":
                expected = expected and self.is_free(model)
            starts = meeting_start(self.at())
            done = self.do(who, lambda actor: self.take(key, name, actor, how))
            if expected:
                told = {"without_fund": not attends(self.at())}
                model.take(name, who, self.now, starts, **told)
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
