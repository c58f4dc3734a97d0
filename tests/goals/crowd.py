"""Many members and packages at random, the same each time, with all that indicators look at."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from portal.access import Role
from portal.agreements.parameters import default, plain
from portal.cases.models import Effort, MemberCase, ProfileClarification, Talk
from portal.goals.models import GoalTally
from portal.handovers.follow_ups import HandoverFollowUp, Outcome
from portal.handovers.models import Handover, Kind, State
from portal.handovers.parts import HandoverEvent, HandoverRating
from portal.life.models import LifeEvent
from portal.meetings.parts import MeetingParticipant, Taking
from portal.meetings.series import MeetingKind, MeetingState
from tests import make, meeting

TODAY = date(2026, 11, 23)
REASONS = "job job job education handed_over benefit_ended other_fund left_fund deceased mistake"
STATUSES = ["agreed", "running", "finished", "stopped", "open", "granted", "refused"]


class Crowd:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311  (no secret is drawn)
        self.fund, self.other_fund = make.fund(), make.fund()
        self.places = [make.organisation(), make.organisation()]
        self.versions = [
            make.agreement(self.fund, self.places[0], criteria=[{"code": "language"}]),
            make.agreement(self.fund, self.places[1], valid_until=date(2026, 9, 29)),
        ]
        self.user = make.user(self.fund, Role.ADVISER)
        self.rows: list[Any] = []
        for _case in range(90):
            self.case(self.fund, self.chance.choice(self.places))
        for _case in range(10):
            self.case(self.other_fund, self.places[0])
        for _entry in range(12):
            self.entry()
        for number in range(8):
            self.meeting(self.versions[0], number)
        for model in (MemberCase, Handover, object):  # what is pointed at comes first
            make.records.add_all(one for one in self.rows if isinstance(one, model))
            make.records.flush()
        make.records.commit()

    def likely(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def day(self, first: date, days: int) -> date:
        return first + timedelta(days=self.chance.randrange(days))

    def at(self, first: date, days: int) -> datetime:
        """Also near midnight, where the day in Copenhagen is another than in UTC."""
        day = self.day(first, days)
        return datetime(
            day.year, day.month, day.day, self.chance.choice([0, 9, 15, 23]), tzinfo=UTC
        )

    def case(self, fund: Any, place: Any) -> None:
        start = self.day(date(2025, 10, 1), 400)
        own = {"organisation_id": fund.id}
        case = MemberCase(
            id=uuid.uuid4(),
            name="Prøve",
            municipality_id=place.id,
            benefit_start=start,
            weekly_hours=Decimal(self.chance.choice([37, 30])),
            rule_set="2026" if start >= date(2026, 7, 1) else "2024",
            transfer_on=self.day(start + timedelta(days=60), 60),
            transfer_confirmed=self.likely(50),
            **own,
        )
        if self.likely(50):
            case.closed_at = self.at(start, 150)
            case.closed_reason = self.chance.choice(REASONS.split())
        self.rows.append(case)
        of = own | {"case_id": case.id}
        for _talk in range(self.chance.randrange(5)):
            outcome = self.chance.choice(["held", "held", "held", "absent", "exempt"])
            why = None if outcome == "held" else "Syg"
            told = {"kind": "job_talk", "form": "phone", "outcome": outcome, "reason": why}
            self.rows.append(Talk(day=self.day(start, 100), **told, **of))
        for _effort in range(self.chance.randrange(4)):
            first = self.day(start, 120) if self.likely(70) else None
            self.rows.append(
                Effort(
                    kind=self.chance.choice(["effort", "company_based", "placement"]),
                    description="Prøve",
                    status=self.chance.choice(STATUSES),
                    first_day=first,
                    recorded_at=self.at(start, 120),
                    **of,
                )
            )
        if self.likely(60):
            done = ProfileClarification(day=self.day(start, 30), tool="jobnet", **of)
            self.rows.append(done)
        for kind in ("job", "moved"):
            if self.likely(30):
                self.happening(kind, place, start, of)
        for _package in range(self.chance.randrange(2) if fund is self.fund else 0):
            self.package(case, place)

    def happening(self, kind: str, place: Any, start: date, of: dict[str, Any]) -> None:
        who = {"recorded_by": "Prøve", "user_id": self.user.id}
        if of["organisation_id"] != self.fund.id:
            return
        undone = {"undone_at": self.at(start, 9), "undone_by": "Prøve"} if self.likely(20) else {}
        where = {"municipality_id": place.id} if kind == "moved" else {}
        self.rows.append(
            LifeEvent(kind=kind, day=self.day(start, 120), done=[], **where, **undone, **who, **of)
        )

    def meeting(self, version: Any, number: int) -> None:
        """Of a few nobody of the municipality is there, and some are the steering group's."""
        kind = MeetingKind.STEERING if number == 7 else MeetingKind.STATUS
        began = self.at(date(2026, 4, 1), 220)
        own = meeting.series(version, self.fund, kind=kind)
        held = meeting.meeting(
            version, self.fund, MeetingState.MINUTES_DRAFTED, series=own, began_at=began
        )
        for party in (self.fund, self.places[0]):
            meeting.part(
                held, MeetingParticipant, self.fund, party_id=party.id, user_id=make.user(party).id,
                name="Prøve", taking=Taking.MEMBER,
                attended=party is self.fund or self.likely(60),
            )  # fmt: skip

    def entry(self) -> None:
        kind = self.chance.choice(["institution", "notice_advice", "notice_placement"])
        place = self.chance.choice([*self.places, None])
        told = {"recorded_by": "Prøve", "user_id": self.user.id, "organisation_id": self.fund.id}
        self.rows.append(
            GoalTally(
                kind=kind,
                day=self.day(date(2026, 7, 1), 140),
                number=self.chance.randrange(1, 5),
                municipality_id=place.id if place else None,
                undone_at=self.at(TODAY, 1) if self.likely(20) else None,
                **told,
            )
        )

    def package(self, case: MemberCase, place: Any) -> None:
        states = ["sent", "received", "accepted", "meeting_planned", "meeting_held", "completed"]
        end = self.chance.choice(["", "", "rejected", "in_error", "withdrawn"])
        how_far = self.chance.randrange(1, len(states))
        times, at = [], self.at(date(2026, 3, 1), 240)
        for _state in states:
            at += timedelta(hours=self.chance.randrange(5, 260))
            times.append(at)
        reached = dict(zip(states[: how_far + 1], times, strict=False))
        if end == "rejected":
            reached = dict(list(reached.items())[:2])
        state = end or [*reached][-1]
        closed = at + timedelta(hours=9) if end or state == "completed" else None
        version = self.versions[self.places.index(place)]
        is_referral = end == "rejected" or self.likely(50)
        package = Handover(
            id=uuid.uuid4(),
            reference=f"OP-{uuid.uuid4().hex[:8]}",
            kind=Kind.VISITATION if is_referral else Kind.OVERGANG,
            state=State(state),
            sender_id=case.organisation_id,
            receiver_id=place.id,
            case_id=case.id,
            member_name="Prøve",
            parameters=plain(default()),
            agreement_version_id=version.id if is_referral else None,
            created_at=times[0] - timedelta(days=1),
            sent_at=times[0],
            received_at=reached.get("received"),
            accepted_at=reached.get("accepted"),
            accepted_by="Prøve" if "accepted" in reached else None,
            held_at=reached.get("meeting_held"),
            meeting_waived="agreed" if "meeting_held" in reached and self.likely(20) else None,
            closed_at=closed,
            closed_reason="not_met" if end else None,
            registered_on=TODAY if state == "completed" else None,
        )
        self.rows.append(package)
        self.told(package, reached)

    def asked_again(self, package: Handover) -> None:
        for months in (3, 6):
            end = self.chance.choice(["outcome", "outcome", "lapsed", None])
            said = {"outcome": self.chance.choice([*Outcome]),
                    "lapsed": self.chance.choice(["job", "death", "off_benefit"])}  # fmt: skip
            done = {"done_at": TODAY, "done_by": "Prøve", end: said[end]} if end else {}
            of = {"handover_id": package.id, "organisation_id": package.receiver_id}
            due = self.day(date(2026, 7, 1), 140)
            self.rows.append(HandoverFollowUp(months=months, due_on=due, **done, **of))

    def told(self, package: Handover, reached: dict[str, datetime]) -> None:
        of = {"handover_id": package.id, "organisation_id": package.receiver_id}
        told = of | {"person": "Prøve"}
        if package.state == "rejected":
            detail = {"criterion": self.chance.choice(["language", "health_mental", None])}
            said = {"step": "reject", "source": "received", "target": "rejected"}
            self.rows.append(HandoverEvent(at=package.closed_at, detail=detail, **said, **told))
        if self.likely(15):
            said = {"step": "hold", "source": "received", "target": "received"}
            at = reached.get("received", package.sent_at)
            self.rows.append(HandoverEvent(at=at, detail={}, **said, **told))
        if "meeting_planned" in reached:
            said = {"step": "plan_meeting", "source": "accepted", "target": "meeting_planned"}
            at = reached["meeting_planned"]
            self.rows.append(HandoverEvent(at=at, detail={}, **said, **told))
        if package.accepted_at:
            self.asked_again(package)
        if package.held_at and self.likely(70):
            said = {"step": "publish_minutes", "source": "meeting_held", "target": "meeting_held"}
            at = package.held_at + timedelta(days=self.chance.randrange(9))
            self.rows.append(HandoverEvent(at=at, detail={}, **said, **told))
        if package.accepted_at and self.likely(70):
            complete = self.chance.choice([True, False, None])
            points = ["focus_areas", "search_strategy", "job_goals"]
            missing = [] if complete else self.chance.sample(points, self.chance.randrange(1, 3))
            answers = {"complete": complete, "plan_usable": self.chance.choice([True, False, None])}
            rated = {"rated_at": package.accepted_at, "rated_by": "Prøve"}
            self.rows.append(HandoverRating(missing=missing, **answers, **rated, **of))
