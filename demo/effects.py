"""What each step changes besides state, turn and clock: beside `portal/handovers/steps.py`.

The content is put together and frozen by the portal's own functions.
"""

from collections.abc import Callable
from datetime import date, timedelta

from demo import courses, texts
from demo.chance import Chance, instant, later
from demo.packages import Package
from portal.audit import AuditEvent
from portal.cases.models import EffortKind
from portal.db import Json
from portal.handovers import clocks, words
from portal.handovers.breaches import HandoverBreach
from portal.handovers.content import compose, hash_of
from portal.handovers.follow_ups import HandoverFollowUp, Outcome, tasks_of
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes
from portal.handovers.parts import HandoverContent, HandoverFiling, HandoverQuestion, HandoverRating
from portal.handovers.steps_of_end import NO_NAME
from portal.handovers.workflow import MINUTES_SHARED

Told = tuple[str | None, Json]
PAUSE = 20  # working days
WAITING, MOSTLY = 3, 95  # working days and per cent of what is to be asked again
FOUND = (
    Outcome.JOB,
    Outcome.JOB,
    Outcome.ON_PLAN,
    Outcome.ON_PLAN,
    Outcome.NEW_PLAN,
    Outcome.OTHER,
)


def send(package: Package, number: int, day: date) -> Told:
    package.handover.sent_at = package.at
    package.handover.receiver_unit_id = package.desk
    return None, freeze(package, day)


def freeze(package: Package, day: date) -> Json:
    handover = package.handover
    source, told = package.source(day), desks(package)
    content = compose(handover, package.draft, source, package.version, desks=told)
    handover.content_number += 1
    frozen = HandoverContent(
        number=handover.content_number,
        content=content,
        hash=hash_of(content),
        frozen_at=package.at,
        frozen_by=package.sender.name,
        **package.own(package.sender),
    )
    package.others.append(frozen)
    return {"number": frozen.number, "hash": frozen.hash}


def desks(package: Package) -> Json:
    units = {
        "contact": package.handover.sender_unit_id,
        "receiver": package.handover.receiver_unit_id,
    }
    known = {side: package.ground.desks.get(unit) for side, unit in units.items() if unit}
    names = {f"{side}_unit": desk[0] for side, desk in known.items() if desk}
    return names | {f"{side}_mailbox": desk[1] for side, desk in known.items() if desk}


def acknowledge(package: Package, number: int, day: date) -> Told:
    package.handover.received_at = package.at
    return None, {}


def assign(package: Package, number: int, day: date) -> Told:
    handover, person = package.handover, package.receiver
    handover.receiver_person_id, handover.receiver_person = person.id, person.name
    handover.receiver_unit_id = person.unit_id
    return None, {"person": person.name}


def request_info(package: Package, number: int, day: date) -> Told:
    package.handover.rounds += 1
    asked = package.chance.some(texts.QUESTIONS, 3)
    for position, (question, _answer) in enumerate(asked, 1):
        package.questions.append(
            HandoverQuestion(
                round=package.handover.rounds,
                position=position,
                text=question,
                asked_at=package.at,
                asked_by=package.receiver.name,
                **package.own(package.receiver),
            )
        )
    return None, {"questions": len(asked)}


def provide_info(package: Package, number: int, day: date) -> Told:
    """The case has grown meanwhile: what is sent anew differs from what was sent before."""
    answers = dict(texts.QUESTIONS)
    for question in package.questions:
        if question.answered_at is None:
            question.answer = answers[question.text]
            question.unanswerable = None if question.answer else texts.UNANSWERABLE
            question.answered_at, question.answered_by = package.at, package.sender.name
    kind = EffortKind.RECOMMENDATION
    courses.add_effort(package.course, kind, texts.RECOMMENDATIONS, later(day, -1))
    return None, freeze(package, day)


def accept(package: Package, number: int, day: date) -> Told:
    package.handover.accepted_at = package.at
    package.handover.accepted_by = package.receiver.name
    rated = package.chance.choice(("good", "good", "fair", "poor", None))
    if rated is None:
        return None, {}
    said = {"complete": rated == "good", "plan_usable": rated != "poor"}
    points = package.handover.parameters["plan_fields"]
    missing = {"good": [], "fair": points[3:4], "poor": points[1:4]}[rated]
    codes = [point["code"] for point in missing]
    when = {"rated_at": package.at, "rated_by": package.receiver.name}
    own = package.own(package.receiver)
    package.others.append(HandoverRating(missing=codes, **said, **when, **own))
    return None, {"rating": said | {"missing": [point["label_da"] for point in missing]}}


def take_over(package: Package, number: int, day: date) -> Told:
    handover, person = package.handover, package.receiver
    handover.receiver_person_id, handover.receiver_person = person.id, person.name
    handover.receiver_unit_id = person.unit_id
    handover.accepted_at, handover.accepted_by = package.at, person.name
    return None, {}


def reject(package: Package, number: int, day: date) -> Told:
    code, text, alternative = package.chance.choice(texts.REJECTIONS)
    criterion = None
    if code == "criterion_not_met":
        given = package.source(day).assessment
        criterion = given.met[0].code if given and given.met else None
    package.handover.closed_reason, package.handover.closed_text = code, text
    return text, {"code": code, "criterion": criterion, "alternative": alternative}


def plan_meeting(package: Package, number: int, day: date) -> Told:
    """A new day keeps the meeting and raises its sequence."""
    on = meeting_day(package, number, day)
    starts_at = instant(on, package.chance.randint(9, 13), package.chance.choice((0, 30)))
    live = package.live_meeting
    told = {"is": starts_at.isoformat()}
    if live:
        told |= {"was": live.starts_at.isoformat(), "code": "practical"}
    if live is None:
        live = JointMeeting(state=MeetingState.PLANNED, created_at=package.at, sequence=-1)
        for name, value in package.own(package.receiver).items():
            setattr(live, name, value)
        package.meetings.append(live)
    live.sequence += 1
    live.starts_at, live.ends_at = starts_at, starts_at + timedelta(minutes=60)
    is_video = package.chance.likely(25)
    room = package.chance.randint(1, 9)
    live.place = (
        None if is_video else f"{package.ground.names[package.course.municipality]}, lokale {room}"
    )
    link = f"https://video.example/{package.chance.getrandbits(40):010x}"
    live.video_link = link if is_video else None
    if package.handover.fund_attends is None:
        package.handover.fund_attends = package.chance.likely(60)
    there = [package.course.case.name, package.receiver.name]
    live.participants = ", ".join(
        [*there, package.sender.name] if package.handover.fund_attends else there
    )
    package.handover.due_on = on
    return None, told


def meeting_day(package: Package, number: int, day: date) -> date:
    """That on which it is held; another one where it is moved or called off before."""
    for step in package.steps[number + 1 :]:
        if step.name == "record_held":
            return step.day
        if step.name in {"plan_meeting", "cancel_meeting"}:
            return later(day, 6)
    return package.meeting_on or later(day, 7)


def call_in(package: Package, number: int, day: date) -> Told:
    if live := package.live_meeting:
        live.called_in_on = day
        live.called_in_via = package.chance.choice(("jobnet", "digital_post", "jobnet"))
    return None, {}


def cancel_meeting(package: Package, number: int, day: date) -> Told:
    code, reason = package.chance.choice(texts.CANCELLATIONS)
    live = package.meetings[-1]
    live.state, live.cancelled_reason = MeetingState.CANCELLED, code
    live.sequence += 1
    return reason, {"was": live.starts_at.isoformat(), "code": code}


def record_held(package: Package, number: int, day: date) -> Told:
    live, attends = package.meetings[-1], bool(package.handover.fund_attends)
    package.at = live.ends_at + timedelta(minutes=package.chance.randint(3, 40))
    live.state = MeetingState.HELD
    live.attendance = {"member": True, "municipality": True, "fund": attends}
    package.handover.held_at = package.at
    return None, {"attendance": live.attendance}


def publish_minutes(package: Package, number: int, day: date) -> Told:
    goals = [outcome(package, goal) for goal in package.source(day).job_goals]
    package.others.append(
        Minutes(
            number=1,
            text=package.chance.choice(texts.MINUTES),
            goals=goals,
            next_contact_on=later(day, package.chance.randint(8, 14)),
            next_contact_person=package.receiver.name,
            published_at=package.at,
            published_by=package.receiver.name,
            **package.own(package.receiver),
        )
    )
    clocks.run(package.handover, MINUTES_SHARED, day)
    return None, {"number": 1}


def outcome(package: Package, goal: str) -> Json:
    how = "continued"
    if package.chance.likely(20):
        how = package.chance.choice(("changed", "changed", "dropped"))
    return {"goal": goal, "outcome": how, "reason": texts.GOAL_CHANGES.get(how, "")}


def complete(package: Package, number: int, day: date) -> Told:
    package.handover.registered_on = day
    if package.chance.likely(60):
        file = f"{day.year}-{package.chance.randint(10000, 99999)}"
        filed = {"filed_on": day, "number": file, "person": package.receiver.name}
        package.others.append(HandoverFiling(**filed, **package.own(package.receiver)))
    package.others += [asked_again(package, one) for one in tasks_of(package.handover, day)]
    return None, {"registered_on": day.isoformat()}


def asked_again(package: Package, task: HandoverFollowUp) -> HandoverFollowUp:
    """Done on its day by most; a few that have come still wait, for the pages to show them."""
    chance = Chance(package.handover.reference, task.months)
    task.id = chance.id()
    if task.due_on < later(package.ground.day, -WAITING) and chance.likely(MOSTLY):
        task.outcome = chance.choice(FOUND)
        task.done_at, task.done_by = chance.moment(task.due_on), package.receiver.name
    return task


def withdraw(package: Package, number: int, day: date) -> Told:
    known = words.withdrawal_reasons(package.handover.kind).keys() & texts.WITHDRAWALS.keys()
    code = package.detail or package.chance.choice(sorted(known))
    package.handover.closed_reason = code
    package.handover.closed_text = texts.WITHDRAWALS[code]
    return texts.WITHDRAWALS[code], {"code": code}


def obsolete(package: Package, number: int, day: date) -> Told:
    package.handover.closed_reason = "job"
    return None, {"code": "job", "source": "Medlemmet selv", "day": day.isoformat()}


def hold(package: Package, number: int, day: date) -> Told:
    handover = package.handover
    until = max(later(day, PAUSE), later(package.ground.day, PAUSE // 2))
    clocks.pause(handover, until, day)
    handover.hold_until, handover.hold_reason = until, texts.PAUSED
    return texts.PAUSED, {"until": until.isoformat()}


def submit_for_signoff(package: Package, number: int, day: date) -> Told:
    assert package.leader is not None  # noqa: S101  (said where the road is chosen)
    package.handover.signoff_person_id = package.leader.id
    package.handover.signoff_person = package.leader.name
    return None, {"person": package.leader.name}


def mark_error(package: Package, number: int, day: date) -> Told:
    """What the database purges is not written; who had opened it stands in the checklist."""
    handover = package.handover
    names = {id_: package.ground.names[slug] for slug, id_ in package.ground.organisations.items()
             if id_ == handover.receiver_id}  # fmt: skip
    looks = [one for one in package.others if isinstance(one, AuditEvent)]
    theirs = [one.at for one in looks if one.organisation_id == handover.receiver_id]
    told = {
        "organisation_id": str(handover.receiver_id),
        "organisation": names[handover.receiver_id],
        "side": "receiver",
        "action": "handovers.show",
        "first_at": min(theirs).isoformat(),
        "last_at": max(theirs).isoformat(),
        "times": len(theirs),
    }
    found = {"found_at": package.at, "found_by": package.sender.name, "opened": [told]}
    breach = HandoverBreach(answers={}, **found, **package.own(package.sender))
    package.others, package.questions = [*looks, breach], []
    handover.closed_reason, handover.closed_text = "wrong_person", texts.WRONG
    handover.member_name, handover.cpr, handover.cpr_index = NO_NAME, None, None
    return texts.WRONG, {"code": "wrong_person", "opened": True}


Effect = Callable[[Package, int, date], Told]
EFFECTS: dict[str, Effect] = {
    "send": send,
    "acknowledge": acknowledge,
    "assign": assign,
    "request_info": request_info,
    "provide_info": provide_info,
    "accept": accept,
    "take_over": take_over,
    "reject": reject,
    "plan_meeting": plan_meeting,
    "call_in": call_in,
    "cancel_meeting": cancel_meeting,
    "record_held": record_held,
    "publish_minutes": publish_minutes,
    "complete": complete,
    "withdraw": withdraw,
    "obsolete": obsolete,
    "hold": hold,
    "submit_for_signoff": submit_for_signoff,
    "mark_error": mark_error,
}
