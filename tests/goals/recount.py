"""The figures counted again in plain Python, from every row and in other ways than the SQL.

Days of deadlines by `portal.clock`, everything else written anew from the words of config/goals.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.agreements.models import AgreementVersion, Standing
from portal.cases.models import Effort, MemberCase, ProfileClarification, Talk
from portal.clock import add_working_days, day_of
from portal.goals.models import GoalTally
from portal.handovers.follow_ups import HandoverFollowUp
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverEvent, HandoverRating
from portal.life.models import LifeEvent
from portal.meetings.parts import MeetingParticipant
from portal.meetings.series import Meeting, MeetingSeries
from portal.rules import months_after
from tests import make

Subject = tuple[date, str, dict[str, Any], int]
"""The day, what it counts as, its cells, and how much it weighs."""
TALKS = {"2024": 3, "2026": 2}
BEGUN = {"agreed", "running", "finished", "stopped", "granted"}


def rows_of(model: Any, column: str) -> dict[Any, list[Any]]:
    found = defaultdict(list)
    for row in make.records.scalars(select(model)):
        found[getattr(row, column)].append(row)
    return found


class Rows:
    """Everything there is, in memory."""

    def __init__(self) -> None:
        make.records.expire_all()
        self.cases = [*make.records.scalars(select(MemberCase))]
        self.handovers = [*make.records.scalars(select(Handover))]
        self.talks = rows_of(Talk, "case_id")
        self.efforts = rows_of(Effort, "case_id")
        self.profiles = rows_of(ProfileClarification, "case_id")
        self.life = rows_of(LifeEvent, "case_id")
        self.events = rows_of(HandoverEvent, "handover_id")
        self.ratings = rows_of(HandoverRating, "handover_id")
        self.tallies = [*make.records.scalars(select(GoalTally))]
        self.versions = [*make.records.scalars(select(AgreementVersion))]
        self.numbers = {version.id: version.number for version in self.versions}

    # --- Members ---

    def closed(self, case: MemberCase, day: date, *reasons: str) -> bool:
        return bool(
            case.closed_at and day_of(case.closed_at) <= day and case.closed_reason in reasons
        )

    def works(self, case: MemberCase, day: date) -> bool:
        told = (one for one in self.life[case.id] if one.kind == "job" and not one.undone_at)
        return self.closed(case, day, "job") or any(one.day <= day for one in told)

    def is_over(self, case: MemberCase, day: date) -> bool:
        confirmed = case.transfer_confirmed and case.transfer_on <= day
        return confirmed or self.closed(case, day, "handed_over")

    def fate(self, case: MemberCase, day: date) -> str | None:
        return next((one for one in ("deceased", "education") if self.closed(case, day, one)), None)

    def left(self, case: MemberCase, day: date) -> bool:
        return self.closed(case, day, "other_fund", "left_fund", "benefit_ended")

    def held(self, case: MemberCase, day: date) -> int:
        return sum(one.outcome == "held" and one.day <= day for one in self.talks[case.id])

    def cells(self, case: MemberCase) -> dict[str, Any]:
        return {"working_time": "full" if case.weekly_hours >= 37 else "part",
                "rule_set": case.rule_set, "municipality": str(case.municipality_id)}  # fmt: skip

    def members(
        self, judge: Callable[[MemberCase, date], str], months: int, weeks: int, sets: Any
    ) -> Iterator[Subject]:
        for case in self.cases:
            if sets and case.rule_set not in sets:
                continue
            day = months_after(case.benefit_start, months) + timedelta(weeks=weeks)
            as_what = "mistake" if case.closed_reason == "mistake" else judge(case, day)
            yield day, as_what, self.cells(case), 1

    def job(self, case: MemberCase, day: date, censors: bool) -> str:
        if self.works(case, day):
            return "yes"
        if found := self.fate(case, day):
            return found
        is_lost = self.left(case, day) or (censors and self.is_over(case, day))
        return "censored" if is_lost else "no"

    def enough(self, case: MemberCase, day: date, least: int | None) -> str:
        if self.works(case, day):
            return "in_work"
        if gone := self.fate(case, day) or ("left" if self.left(case, day) else None):
            return gone
        if self.held(case, day) >= (least or TALKS[case.rule_set]):
            return "yes"
        told = (one for one in self.talks[case.id] if one.outcome == "exempt")
        return "exempt" if any(one.day <= day for one in told) else "no"

    def beyond(self, case: MemberCase, day: date) -> str:
        if gone := self.fate(case, day):
            return gone
        efforts = (one for one in self.efforts[case.id] if one.kind == "effort")
        more = any(one.status in BEGUN and self.begins(one) <= day for one in efforts)
        if more or self.held(case, day) > TALKS[case.rule_set]:
            return "yes"
        return "left" if self.left(case, day) else "no"

    def begins(self, effort: Effort) -> date:
        recorded = day_of(effort.recorded_at)
        return min(effort.first_day, recorded) if effort.first_day else recorded

    def transferred(self) -> Iterator[Subject]:
        for case in self.cases:
            day = case.transfer_on
            efforts = (one for one in self.efforts[case.id] if one.kind == "company_based")
            has_effort = any(one.status in BEGUN and self.begins(one) <= day for one in efforts)
            if case.closed_reason == "mistake":
                as_what = "mistake"
            elif self.works(case, day):
                as_what = "in_work"
            elif gone := self.fate(case, day) or ("left" if self.left(case, day) else None):
                as_what = gone
            elif not self.is_over(case, day):
                as_what = "censored"
            else:
                as_what = "yes" if has_effort else "no"
            yield day, as_what, self.cells(case), 1

    def profiled(self) -> Iterator[Subject]:
        for case in self.cases:
            held = [one.day for one in self.talks[case.id] if one.outcome == "held"]
            if not held:
                continue
            done = any(one.day <= min(held) for one in self.profiles[case.id])
            as_what = "mistake" if case.closed_reason == "mistake" else "yes" if done else "no"
            yield min(held), as_what, self.cells(case), 1

    def placed(self) -> Iterator[Subject]:
        for case in self.cases:
            days: dict[Any, date] = {}
            for one in self.efforts[case.id]:
                if one.kind == "placement" and one.status in {"agreed", "running", "finished"}:
                    day = one.first_day or day_of(one.recorded_at)
                    quarter = (day.year, (day.month - 1) // 3)
                    days[quarter] = min(day, days.get(quarter, day))
            for day in days.values():
                as_what = "mistake" if case.closed_reason == "mistake" else "yes"
                yield day, as_what, self.cells(case), 1

    def moved(self) -> Iterator[Subject]:
        for case in self.cases:
            for one in self.life[case.id]:
                if one.kind == "moved" and not one.undone_at:
                    as_what = "mistake" if case.closed_reason == "mistake" else "yes"
                    yield one.day, as_what, self.cells(case), 1

    def ended(self) -> Iterator[Subject]:
        for case in self.cases:
            if case.closed_at:
                as_what = "mistake" if case.closed_reason == "mistake" else "yes"
                cells = {"reason": case.closed_reason, "municipality": str(case.municipality_id)}
                yield day_of(case.closed_at), as_what, cells, 1

    def by_hand(self, kind: str) -> Iterator[Subject]:
        for one in self.tallies:
            if one.kind == kind and not one.undone_at:
                place = str(one.municipality_id) if one.municipality_id else None
                yield one.day, "yes", {"municipality": place}, one.number

    # --- Packages ---

    def of(self, package: Handover) -> dict[str, Any]:
        number = self.numbers.get(package.agreement_version_id or package.id)
        return {"kind": package.kind, "version": None if number is None else str(number),
                "municipality": str(package.receiver_id)}  # fmt: skip

    def sent(self) -> Iterator[Subject]:
        for one in self.handovers:
            if one.sent_at:
                as_what = "error" if one.state == "in_error" else "yes"
                yield day_of(one.sent_at), as_what, self.of(one), 1

    def decided(self) -> Iterator[Subject]:
        for one in self.handovers:
            at = one.closed_at if one.state == "rejected" else one.accepted_at
            if one.kind != "visitation" or at is None:
                continue
            cells = self.of(one)
            if one.state == "rejected":
                said = [event for event in self.events[one.id] if event.step == "reject"]
                last = max(said, key=lambda event: event.at, default=None)
                cells |= {"reason": one.closed_reason}
                cells |= {"criterion": last.detail.get("criterion") if last else None}
            as_what = "error" if one.state == "in_error" else "no"
            yield day_of(at), "yes" if one.state == "rejected" else as_what, cells, 1

    def rated(self, column: str) -> Iterator[Subject]:
        for one in self.handovers:
            if one.accepted_at is None:
                continue
            rating = next(iter(self.ratings[one.id]), None)
            said = getattr(rating, column, None)
            as_what = "unrated" if said is None else "yes" if said else "no"
            cells = self.of(one) | {"missing": rating.missing if rating else []}
            as_what = "error" if one.state == "in_error" else as_what
            yield day_of(one.accepted_at), as_what, cells, 1

    def deadlines(self, today: date) -> Iterator[Subject]:
        for one in self.handovers:
            for step, start, end in self.spans(one):
                due = add_working_days(day_of(start), one.parameters[f"{step}_days"])
                ended = day_of(end) if end else None
                if ended is None and due >= today:
                    continue
                stops = (event for event in self.events[one.id]
                         if event.step in {"hold", "request_info"})  # fmt: skip
                if one.state == "in_error":
                    as_what = "error"
                elif any(start <= event.at and (not end or event.at <= end) for event in stops):
                    as_what = "paused"
                elif ended is None and one.closed_at and day_of(one.closed_at) <= due:
                    as_what = "ended"
                else:
                    as_what = "yes" if ended and ended <= due else "no"
                place = str(one.receiver_id)
                yield due, as_what, {"step": step, "kind": one.kind, "municipality": place}, 1

    def spans(self, one: Handover) -> Iterator[tuple[str, Any, Any]]:
        told = sorted(self.events[one.id], key=lambda event: event.at)
        on = (event.at for event in told
              if event.source == "accepted" and event.target != "accepted")  # fmt: skip
        minutes = (event.at for event in told if event.step == "publish_minutes")
        rejected_at = one.closed_at if one.state == "rejected" else None
        if one.sent_at:
            yield "acknowledge", one.sent_at, one.received_at
        if one.received_at:
            yield "decide", one.received_at, one.accepted_at or rejected_at
        if one.accepted_at:
            yield "plan", one.accepted_at, next(on, None)
        if one.held_at and not one.meeting_waived:
            yield "minutes", one.held_at, next(minutes, None)

    def asked_again(self, months: int) -> Iterator[Subject]:
        packages = {one.id: one for one in self.handovers}
        for one in make.records.scalars(select(HandoverFollowUp)):
            package = packages[one.handover_id]
            said = one.outcome or one.lapsed or "nothing"
            as_what = {"job": "yes", "on_plan": "no", "new_plan": "no"}.get(said, "censored")
            if said in {"education", "death"}:
                as_what = "deceased" if said == "death" else "education"
            if package.state == "in_error":
                as_what = "error"
            if one.months == months:
                yield one.due_on, as_what, self.of(package), 1

    # --- Organisations ---

    def agreed(self, today: date, names_criteria: bool) -> Iterator[Subject]:
        """Each pair at the end of each quarter since its first agreement, and today."""
        last_days = (3, 31), (6, 30), (9, 30), (12, 31)
        ends = [date(year, *last) for year in (2025, 2026) for last in last_days]
        for pair, found in self.pairs().items():
            for day in sorted({*(end for end in ends if end < today), today}):
                if min(one.begins_on for one in found) > day:
                    continue
                now = [one for one in found if one.standing(day) == Standing.IN_FORCE]
                yes = any(one.criteria or not names_criteria for one in now)
                yield day, "yes" if yes else "no", {"municipality": str(pair[1])}, 1

    def pairs(self) -> dict[tuple[Any, Any], list[AgreementVersion]]:
        found = defaultdict(list)
        for version in self.versions:
            sides = [(one.side, one.organisation_id) for one in version.sides]
            for fund in (id for side, id in sides if side == "fund"):
                for place in (id for side, id in sides if side == "municipality"):
                    found[fund, place].append(version)
        return found

    def met(self) -> Iterator[Subject]:
        series = {one.id: one.kind for one in make.records.scalars(select(MeetingSeries))}
        people = rows_of(MeetingParticipant, "meeting_id")
        for one in make.records.scalars(select(Meeting)):
            came = {who.party_id for who in people[one.id] if who.attended or who.instead}
            version = next(each for each in self.versions if each.id == one.version_id)
            sides = {row.side for row in version.sides if row.organisation_id in came}
            if one.began_at and series[one.series_id] == "status" and len(sides) == 2:
                for (_fund, place), versions in self.pairs().items():
                    if version in versions:
                        yield day_of(one.began_at), "yes", {"municipality": str(place)}, 1

    def subjects(self, indicator: Any, today: date) -> Iterator[Subject]:
        cohort, measure = indicator.cohort, indicator.measure
        given = cohort.given
        span = given.get("months", 0), given.get("weeks", 0), given.get("rule_sets")
        match cohort.name, measure.name:
            case "members", "in_job":
                censors = measure.given["transferred"] == "censored"
                return self.members(lambda case, day: self.job(case, day, censors), *span)
            case "members", "supplementary_talks":
                return self.members(self.beyond, *span)
            case "members", _:
                least = measure.given.get("at_least")
                return self.members(lambda case, day: self.enough(case, day, least), *span)
            case "tally", _:
                return self.by_hand(given["kind"])
            case "accepted", what:
                return self.rated(what)
            case "deadlines", _:
                return self.deadlines(today)
            case "followed_up", _:
                return self.asked_again(given["months"])
            case "agreement_quarters", what:
                return self.agreed(today, what == "criteria_agreed")
        rest: dict[str, Callable[[], Iterator[Subject]]] = {
            "handed_over": self.transferred, "first_talk": self.profiled, "placed": self.placed,
            "moves": self.moved, "exits": self.ended, "packages_sent": self.sent,
            "decided": self.decided, "status_meetings": self.met,
        }  # fmt: skip
        return rest[cohort.name]()


def recount(rows: Rows, indicator: Any, first: date, last: date, today: date) -> dict[str, Any]:
    """In the shape of `Counted`, of all organisations together."""
    told: dict[str, Any] = {"yes": 0, "of": 0, "censored": 0}
    excluded: Counter[str] = Counter()
    cells: dict[str, dict[str, list[int]]] = {}
    for day, as_what, by, weight in rows.subjects(indicator, today):
        if not first <= day <= min(last, today):
            continue
        if as_what == "censored":
            told["censored"] += weight
        elif as_what not in {"yes", "no"}:
            excluded[as_what] += weight
        else:
            told["of"] += weight
            told["yes"] += weight * (as_what == "yes")
            for name in indicator.breakdowns:
                for key in keys(by.get(name)):
                    cell = cells.setdefault(name, {}).setdefault(key, [0, 0])
                    cell[0] += weight * (as_what == "yes" or name == "missing")
                    cell[1] += weight
    for key in cells.get("missing", {}):
        cells["missing"][key][1] = told["of"]
    pairs = {name: {key: tuple(cell) for key, cell in found.items()}
             for name, found in cells.items()}  # fmt: skip
    return told | {"excluded": dict(excluded), "cells": pairs}


def keys(said: Any) -> list[str]:
    if isinstance(said, list):
        return said
    return [] if said is None else [said]
