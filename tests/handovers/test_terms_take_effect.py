"""Every term of an agreement does what it says: with another value something else happens.

What is agreed ahead of the step that it belongs to says so, and nothing reads it yet.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.agreements.catalogue import criteria
from portal.agreements.overview import next_meeting
from portal.agreements.parameters import default, definitions, plain
from portal.agreements.templates import as_json
from portal.cases.models import Effort, EffortKind, EffortStatus
from portal.clock import COPENHAGEN, Moment, add_working_days, now, today
from portal.handovers import clocks, steps_after_meeting, steps_of_end, steps_of_meeting
from portal.handovers.meeting import Minutes
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent
from portal.handovers.reminding import Level, first_days
from tests import make
from tests.agreements import table
from tests.handovers.road import Road, errors, page

MONDAY = date(2026, 11, 23)
CRITERIA = [as_json(vars(row)) for row in criteria()[:3]]
PLAN = plain(default())["plan_fields"]
REASON = make.OTHER | {"needs_criterion": False, "needs_text": True}
SHARED = plain(default())["shared_fields"]


@dataclass
class Scene:
    """A member ready to be handed over, both parties' browsers, and the terms under test."""

    road: Road
    case: Any
    fund: Any
    municipality: Any
    terms: dict[str, Any]

    def agree(self) -> Any:
        return make.agreement(
            self.fund, self.municipality, parameters=self.terms, criteria=CRITERIA
        )

    def package(self, state: State, **values: Any) -> Handover:
        """A visitation made under the terms; the road leads to it."""
        parameters = plain(default()) | make.BOTH_KINDS | self.terms
        values = {"agreement_version_id": self.agree().id, "parameters": parameters} | values
        made = make.handover(self.case, state, **values)
        self.road.address = f"/handovers/{made.id}"
        return made


@pytest.fixture
def scene(sender, receiver, case, fund, municipality):
    return Scene(Road(sender, receiver), case, fund, municipality, {})


def due(source: State, target: State) -> Callable[[Scene], date | None]:
    """When the next step is due after a move on a Monday."""

    def observed(scene: Scene) -> date | None:
        parameters = plain(default()) | scene.terms
        handover = Handover(state=source, due_on=MONDAY, parameters=parameters)
        clocks.move(handover, target, MONDAY)
        return handover.due_on

    return observed


def due_after_minutes(scene: Scene) -> date | None:
    handover = Handover(state=State.MEETING_HELD, parameters=plain(default()) | scene.terms)
    clocks.run(handover, "auto_complete", MONDAY)
    return handover.due_on


def begins_with(scene: Scene) -> str:
    """The first line of the minutes, as they open."""
    scene.package(S.MEETING_HELD)
    opened = page(scene.road.receiver.get(f"{scene.road.address}/steps/publish-minutes"))
    return opened.select("#text")[0].text.strip().splitlines()[0]


def told_from(level: Level) -> Callable[[Scene], date]:
    """From when on the level of a deadline on a Monday has come."""

    def observed(scene: Scene) -> date:
        parameters = plain(default()) | scene.terms
        state = {"state": State.SENT, "due_for": "acknowledge", "due_on": MONDAY}
        return first_days(Handover(parameters=parameters, **state))[level]

    return observed


def last_day_to_ask_again(scene: Scene) -> date:
    closed = datetime.combine(MONDAY, time(9), COPENHAGEN)
    handover = Handover(closed_at=closed, parameters=plain(default()) | scene.terms)
    return steps_of_end.last_day_to_contest(handover)


def meeting_in_a_week(scene: Scene) -> list[str]:
    handover = Handover(state=State.ACCEPTED, parameters=plain(default()) | scene.terms)
    starts_at = datetime.combine(add_working_days(MONDAY, 5), time(10), COPENHAGEN)
    ends_at, at = starts_at + timedelta(hours=1), Moment(now(), MONDAY)
    with scene.road.sender.application.test_request_context():
        lacks = steps_of_meeting.time_lacks(handover, starts_at, ends_at, at, "day", "ends")
        return [lack.field for lack in lacks if lack]


def contested_until(scene: Scene) -> date:
    """The last day on which the fund may object to minutes that were shared on a Monday."""
    handover = Handover(parameters=plain(default()) | scene.terms)
    shared = Minutes(published_at=datetime.combine(MONDAY, time(12), COPENHAGEN))
    return steps_after_meeting.object_until(handover, shared)


def asked_twice(scene: Scene) -> int:
    scene.package(State.RECEIVED, rounds=1)
    return scene.road.step(
        scene.road.receiver, "request_info", **{"questions-0": "Hvor?"}
    ).status_code


def sent_by_who_made_it(scene: Scene) -> list[str]:
    scene.agree()
    scene.road.start(scene.case.id)
    scene.road.write()
    return errors(scene.road.step(scene.road.sender, "send"))


def rejected_by_contact(scene: Scene) -> int:
    scene.package(State.RECEIVED)
    told = {"reason_code": "other", "reason_text": "Hører ikke til her", "alternative": "Kursus"}
    return scene.road.step(scene.road.receiver, "reject", **told).status_code


def made_a_visitation(scene: Scene) -> int:
    scene.agree()
    answer = scene.road.sender.post(f"/handovers/new/{scene.case.id}", data={"kind": "visitation"})
    return answer.status_code


def offered_reasons(scene: Scene) -> bool:
    scene.package(State.RECEIVED)
    shown = page(scene.road.receiver.get(f"{scene.road.address}/steps/reject"))
    return bool(shown.select("input[name=reason_code][value=other]"))


def referred_with_two_of_three(scene: Scene) -> int:
    version = scene.agree()
    yes = {f"answer_{row['code']}": "yes" for row in CRITERIA[:2]}
    words = {f"consequence_{row['code']}": "Kan kun søge deltid" for row in CRITERIA[:2]}
    told = {f"answer_{CRITERIA[2]['code']}": "no", "decision": "refer", "reason": "Bedre hjulpet"}
    given = {"version_id": version.id} | yes | words | told
    path = f"/cases/{scene.case.id}/assessments/new"
    return scene.road.sender.post(path, data=given).status_code


def read_a_month_after_rejection(scene: Scene) -> int:
    package = scene.package(State.REJECTED, **rejected(30))
    told = {"step": "reject", "target": State.REJECTED, "detail": {"criterion": None}}
    own = {"handover_id": package.id, "organisation_id": package.receiver_id}
    make.saved(HandoverEvent(person="Jonas Skabelon", **told, **own))
    return scene.road.receiver.get(scene.road.address).status_code


def rejected(days: int) -> dict[str, Any]:
    """So many days ago; all that came before, earlier still."""
    at = make.days_ago(days)
    return dict.fromkeys(("created_at", "changed_at", "sent_at", "received_at", "closed_at"), at)


def considerations_read(scene: Scene) -> tuple[bool, bool]:
    """Whether the receiver reads them, and is told that they are not shared."""
    scene.agree()
    scene.road.start(scene.case.id)
    scene.road.write(considerations="Kan ikke løfte")
    scene.road.take(scene.road.sender, "send")
    read = scene.road.receiver.get(scene.road.address).text
    return "Kan ikke løfte" in read, "Deles ikke efter aftalen" in read


def goes_back(scene: Scene) -> bool:
    """Whether the municipality is offered to give back what no longer meets the criteria."""
    scene.package(S.ACCEPTED, kind="visitation")
    offered = scene.road.receiver.get(f"{scene.road.address}/give-back").text
    assert "ny dagpengeperiode" in offered
    return "Kriterierne for visitationen" in offered


def told_of_recommendation(scene: Scene) -> bool:
    scene.agree()
    own = {"kind": EffortKind.RECOMMENDATION, "status": EffortStatus.OPEN, "first_day": MONDAY}
    make.of_case(scene.case, Effort, description="Truckkursus", **own)
    return "senest 24.11.2026" in scene.road.sender.get(f"/cases/{scene.case.id}/course").text


def told_of_job_orders(scene: Scene) -> str:
    scene.agree()
    read = scene.road.sender.get(f"/cases/{scene.case.id}/course").text
    [told] = re.findall(r"inden for \d+ timer og finder højst \d+ kandidater", read)
    return told


def next_status_meeting(scene: Scene) -> date | None:
    """By when the parties of an agreement that began on a Monday are to meet."""
    cadence = (plain(default()) | scene.terms)["meeting_cadence"]
    return next_meeting(MONDAY, None, cadence, MONDAY)


def ended(days: int) -> list[dict[str, Any]]:
    last = (today() + timedelta(days=days)).isoformat()
    return [
        REASON | {"valid_until": last},
        make.NOT_MET | {"needs_criterion": True, "needs_text": False},
    ]


def another_contact_holds(scene: Scene) -> bool:
    """Whether it does on the day on which the other side's owner approves it."""
    nobody = {"old": {}, "new": {"user_id": None, "name": None}}
    path = "contacts.municipality_contact.person"
    asked = make.amendment(scene.agree(), scene.municipality, path=path, **nobody)
    ulla = table.owner(scene.road.sender.application, scene.fund, "Ulla Påfund")
    ulla.answer(asked.id)
    return make.fresh(asked).effective_on == today()


FOUR_EYES = "Aftalen kræver intern godkendelse: bed en teamleder om at gennemse og sende."
S = State
# term: what is seen, and what it comes to with one value and with another
EFFECTS: dict[str, tuple[Callable[[Scene], Any], list[tuple[Any, Any]]]] = {
    "acknowledge_days": (due(S.DRAFT, S.SENT), [(1, date(2026, 11, 24)), (2, date(2026, 11, 25))]),
    "signoff_days": (due(S.DRAFT, S.SIGNOFF), [(1, date(2026, 11, 24)), (2, date(2026, 11, 25))]),
    "contest_days": (last_day_to_ask_again, [(1, date(2026, 11, 24)), (5, date(2026, 11, 30))]),
    "decide_days": (due(S.SENT, S.RECEIVED), [(1, date(2026, 11, 24)), (5, date(2026, 11, 30))]),
    "answer_days": (
        due(S.RECEIVED, S.INFO_REQUESTED),
        [(1, date(2026, 11, 24)), (5, date(2026, 11, 30))],
    ),
    "resume_days": (
        due(S.INFO_REQUESTED, S.RECEIVED),
        [(1, date(2026, 11, 24)), (2, date(2026, 11, 25))],
    ),
    "plan_days": (due(S.RECEIVED, S.ACCEPTED), [(1, date(2026, 11, 24)), (5, date(2026, 11, 30))]),
    "minutes_days": (
        due(S.MEETING_PLANNED, S.MEETING_HELD),
        [(1, date(2026, 11, 24)), (3, date(2026, 11, 26))],
    ),
    "minutes_headings": (
        begins_with,
        [([], "Status siden sidst"), (["Barsel og orlov", "Aftalt"], "Barsel og orlov")],
    ),
    "auto_complete_days": (
        due_after_minutes,
        [(5, date(2026, 11, 30)), (10, date(2026, 12, 7))],
    ),
    "remind_before_days": (
        told_from(Level.REMINDER),
        [(1, date(2026, 11, 20)), (2, date(2026, 11, 19))],
    ),
    "owners_after_days": (
        told_from(Level.OWNERS),
        [(1, date(2026, 11, 24)), (3, date(2026, 11, 26))],
    ),
    "agenda_after_days": (
        told_from(Level.AGENDA),
        [(8, date(2026, 12, 3)), (9, date(2026, 12, 4))],
    ),
    "meeting_notice_days": (meeting_in_a_week, [(5, []), (6, ["day"])]),
    "object_days": (contested_until, [(1, date(2026, 11, 24)), (5, date(2026, 11, 30))]),
    "info_rounds": (asked_twice, [(1, 422), (2, 303)]),
    "four_eyes": (sent_by_who_made_it, [(False, []), (True, [FOUR_EYES])]),
    "reject_by_leader": (rejected_by_contact, [(False, 303), (True, 403)]),
    "kinds": (made_a_visitation, [(["overgang", "visitation"], 303), (["overgang"], 422)]),
    "plan_fields": (
        sent_by_who_made_it,
        [
            (PLAN, []),
            (
                [row | {"required": row["code"] == "my_plan"} for row in PLAN],
                ["Mangler i sagen: Min Plan på Jobnet: link og dato"],
            ),
        ],
    ),
    "rejection_reasons": (offered_reasons, [(ended(0), True), (ended(-1), False)]),
    "criteria_rule": (referred_with_two_of_three, [("any", 303), ("all", 422)]),
    "criteria_needed": (referred_with_two_of_three, [(2, 303), (3, 422)]),
    "meeting_cadence": (
        next_status_meeting,
        [("quarterly", date(2027, 2, 23)), ("yearly", date(2027, 11, 23))],
    ),
    "return_grounds": (goes_back, [(["criteria_gone"], True), ([], False)]),
    "seen_after_rejection": (read_a_month_after_rejection, [(30, 200), (29, 404)]),
    "shared_fields": (
        considerations_read,
        [
            (SHARED, (True, False)),
            ([one for one in SHARED if one != "considerations"], (False, True)),
        ],
    ),
    "recommendation_answer_days": (told_of_recommendation, [(1, True), (2, False)]),
    "job_order_hours": (
        told_of_job_orders,
        [
            (24, "inden for 24 timer og finder højst 3 kandidater"),
            (48, "inden for 48 timer og finder højst 3 kandidater"),
        ],
    ),
    "small_changes": (another_contact_holds, [(["contact_persons"], True), (["mailboxes"], False)]),
    "candidates_per_order": (
        told_of_job_orders,
        [
            (3, "inden for 24 timer og finder højst 3 kandidater"),
            (2, "inden for 24 timer og finder højst 2 kandidater"),
        ],
    ),
}
BESIDES: dict[str, dict[str, Any]] = defaultdict(
    dict, {"criteria_needed": {"criteria_rule": "at_least"}}
)
TRIED = [(name, *pair) for name, (_seen, pairs) in EFFECTS.items() for pair in pairs]
AHEAD = {name for name, definition in definitions().items() if definition.ahead}


@pytest.mark.parametrize(
    ("name", "value", "expected"), TRIED, ids=[f"{row[0]}-{n % 2}" for n, row in enumerate(TRIED)]
)
def test_a_term_does_what_it_says(name, value, expected, scene):
    scene.terms = {name: value} | BESIDES[name]
    assert EFFECTS[name][0](scene) == expected


def test_every_term_is_tried_or_says_that_it_is_agreed_ahead():
    assert EFFECTS.keys() | AHEAD == definitions().keys()
    assert not EFFECTS.keys() & AHEAD
    for pairs in (pairs for _seen, pairs in EFFECTS.values()):
        [(one, came_to), (other, came_to_then)] = pairs
        assert one != other
        assert came_to != came_to_then


def test_nothing_acts_on_what_is_agreed_ahead():
    """Whatever begins to read one must take its mark away, and show here what it does."""
    portal = Path(steps_of_meeting.__file__).parents[1]
    telling = {portal / "agreements" / "parameters.py", portal / "consequences" / "changes.py"}
    code = "".join(file.read_text("utf-8") for file in portal.rglob("*.py") if file not in telling)
    clock_names = set(re.findall(r"[\"'](\w+)[\"']", code))
    for name in sorted(AHEAD):
        assert name not in code
        assert name.removesuffix("_days") not in clock_names, name
