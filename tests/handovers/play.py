"""Moves played on the database and on a model that knows no SQL, side by side."""

import uuid
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
from portal.cases.source import CaseSource
from portal.cases.taking import package_source
from portal.clock import COPENHAGEN, Moment, add_working_days
from portal.handovers import actions, letters, queries, returning, sending, straight
from portal.handovers.actions import AlreadyOpen
from portal.handovers.content import compose, hash_of
from portal.handovers.days import short
from portal.handovers.models import Handover, Kind, State
from portal.organisations.models import Organisation
from portal.workflow import NotNow, NotYours, Overtaken, Refused, Stamp
from tests import make
from tests.handovers.rules import ROAD, RULES, TAKEN_ON, Model

OTHER = {"sender": "receiver", "receiver": "sender"}
START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class Stage:
    """Two funds and two municipalities with members that are ready to be handed over."""

    bodies: dict[str, Organisation]
    actors: dict[str, Actor]
    cases: list[tuple[MemberCase, str, str]]
    leaders: dict[str, Actor]  # of the funds, who make no package
    ring: keys.Keys


def source_of(handover: Handover, at: Moment, ring: keys.Keys) -> CaseSource:
    if handover.kind == Kind.RETUR:
        taken = queries.handover(handover.former_id or handover.id)
        where: dict[str, Any] = {
            "receiver_id": handover.receiver_id,
            "day": handover.responsible_from,
        }
        return straight.source_of(taken, kind=Kind.RETUR, **where, keys=ring, today=at.today)
    demands = parse(handover.parameters).plan_fields
    return package_source(handover.case_id, demands, keys=ring, day=at.today)


def what_is_given(step: str, handover: Handover, actor: Actor, at: Moment, ring: keys.Keys) -> Any:
    """A filled-in form in which nothing is missing."""
    if step in {"redirect", "agree_redirect"}:
        return {"source": source_of(handover, at, ring)}
    if step in {"send", "provide_info", "submit_for_signoff"}:
        source = source_of(handover, at, ring)
        frozen: dict[str, Any] = {"source": source, "keys": ring}
        frozen["agreement"] = version = queries.version_of(handover)
        is_own = handover.state == State.DRAFT and not sending.needs_another(handover)
        contact = actor.name if step == "send" and is_own else None
        draft, desks = sending.to_compose(handover, at.today)
        frozen |= {"draft": draft, "desks": desks}
        shown = compose(handover, draft, source, version, contact, desks=desks)
        frozen["shown"] = hash_of(shown)
        questions = queries.open_questions(handover)
        answers = {question.id: "Ja" for question in questions}
        leader = {"person_id": leader_of(actor)} if step == "submit_for_signoff" else {}
        told = {"questions": questions, "answers": answers, "unanswerable": {}}
        return frozen | told | leader
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
        "return_to_draft": {"comment": "Ret resuméet"},
        "take_over": {"keys": ring},
    }.get(step, {})


def leader_of(actor: Actor) -> uuid.UUID:
    """A colleague of the actor's who leads."""
    leaders = queries.colleagues(START.date(), ("team_lead",))
    return next((one.id for one in leaders if one.id != actor.user_id), actor.user_id)


def hour(number: int) -> time:
    return time(number)


def attends(at: Moment) -> bool:
    """The member says yes and no by turns."""
    return at.now.minute % 2 == 0


def meeting_day(at: Moment) -> date:
    return add_working_days(at.today, default().meeting_notice_days)


def meeting_start(at: Moment) -> datetime:
    return datetime.combine(meeting_day(at), datetime.min.time(), COPENHAGEN).replace(hour=10)


def on_the_road(model: Model) -> str:
    """The step that leads on from where the package is."""
    if model.pending:
        return "refuse_request"
    if model.kind == "retur" and model.state == "received":
        return "take_over"
    if model.four_eyes and model.state == "draft":
        return "submit_for_signoff"
    return ROAD.get(model.state, "withdraw")


REFUSALS = (NoResultFound, NotNow, NotYours, Refused, Overtaken, AlreadyOpen)


@dataclass
class Play:
    """Plays moves on the database and on the models side by side."""

    stage: Stage = field(repr=False)
    seen_by: Any = field(repr=False)
    models: dict[Any, Model] = field(default_factory=dict)
    now: datetime = START
    homes: dict[int, str] = field(default_factory=dict)  # who has moved, by case

    def at(self) -> Moment:
        return Moment(self.now, self.now.astimezone(COPENHAGEN).date())

    def move(self, name: str, who: str | None, number: int, how: str) -> None:
        self.now += timedelta(minutes=1)
        if name == "wait":
            self.now += timedelta(days=20)
        elif name in {"overgang", "visitation"}:
            self.create(name, number)
        elif name == "move house":
            self.move_house(number % 2)
        elif self.models:
            key, model = [*self.models.items()][number % len(self.models)]
            model.home = self.home(model.case)
            model.is_free_there = self.is_free(model, model.home)
            if name == "four eyes":
                self.ask_for_four_eyes(key, model)
            elif name == "give back":
                self.give_back(key, model, who or model.receiver)
            else:
                self.step(name, who, key, model, how)

    def create(self, kind: str, number: int) -> None:
        place = number % len(self.stage.cases)
        case, sender, at_first = self.stage.cases[place]
        receiver = self.home(place)
        new = Model(place, kind, sender, receiver, is_assessed=receiver == at_first)
        is_free = self.is_free(new, receiver)
        made = self.do(sender, lambda actor: self.draft(case, kind, actor))
        assert (made is not None) == is_free
        if made:
            self.models[made] = new

    def home(self, place: int) -> str:
        return self.homes.get(place, self.stage.cases[place][2])

    def is_free(self, model: Model, receiver: str) -> bool:
        """No other of the kind is under way there."""
        key = (model.case, model.kind, receiver)
        return not any(
            one is not model and (one.case, one.kind, one.receiver) == key and one.is_open()
            for one in self.models.values()
        )

    def move_house(self, place: int) -> None:
        there = {"municipality": "other municipality", "other municipality": "municipality"}
        self.homes[place] = there[self.home(place)]
        self.settle(place)

    def settle(self, place: int) -> None:
        case = make.records.get_one(MemberCase, self.stage.cases[place][0].id)
        case.municipality_id = self.stage.bodies[self.home(place)].id
        make.records.commit()

    def ask_for_four_eyes(self, key: Any, model: Model) -> None:
        """As an agreement would; what goes back to the fund is nobody's to approve."""
        if model.state == "draft" and model.kind != "retur":
            row = make.records.get_one(Handover, key)
            row.parameters = row.parameters | {"four_eyes": True}
            make.records.commit()
            model.four_eyes = True

    def give_back(self, key: Any, model: Model, who: str) -> None:
        """By who has taken it on, once; the fund may then hand over anew."""
        of_it = [one for one in self.models.values() if one.given_back == key]
        standing = {"draft", "sent", "received", "completed"}
        may = (
            who == model.receiver
            and model.kind != "retur"
            and model.state in {*TAKEN_ON, "completed"}
            and not any(one.state in standing for one in of_it)
        )
        back = Model(model.case, "retur", model.receiver, model.sender, given_back=key)
        expected = may and self.is_free(back, back.receiver)
        made = self.do(who, lambda actor: self.drafted_back(key, actor))
        assert (made is not None) == expected
        if made:
            self.models[made] = back

    def drafted_back(self, key: Any, actor: Actor) -> Any:
        how: dict[str, Any] = {"actor": actor, "at": self.at(), "keys": self.stage.ring}
        taken, day = queries.handover(key), self.at().today
        made = returning.give_back(taken, ground="new_period", day=day, **how)
        told: dict[str, Any] = {"informed_on": day, "informed_channel": "phone"}
        told |= {"done_since": "Et kursus", "remaining": "En ny plan"}
        actions.write_draft(made, told, version=queries.draft(made.id).version, at=self.at())
        return made.id

    def draft(self, case: MemberCase, kind: str, actor: Actor) -> Any:
        ring = self.stage.ring
        source = package_source(case.id, default().plan_fields, keys=ring, day=self.at().today)
        how: dict[str, Any] = {"kind": Kind(kind), "actor": actor, "at": self.at(), "keys": ring}
        made = actions.create(source, default=plain(default()), **how)
        told = {"informed_on": self.at().today, "informed_channel": "phone"}
        actions.write_draft(made, told, version=1, at=self.at())
        return made.id

    def step(self, name: str, who: str | None, key: Any, model: Model, how: str) -> None:
        name = on_the_road(model) if name == "next" else name
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
            leads, name = name == "approve", "send" if name == "approve" else name
            expected = how != "stale" and model.may(name, who, self.now, leads=leads)
            if name == "reset":
                expected = expected and self.is_free(model, model.receiver)
            starts = meeting_start(self.at())
            leader = self.stage.leaders.get(who) if leads else None
            done = self.do(who, lambda actor: self.take(key, name, leader or actor, how))
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
