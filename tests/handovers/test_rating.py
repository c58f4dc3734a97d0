"""The receiver's ten seconds at acceptance: asked and not demanded, read by the sender, counted."""

import re
from datetime import timedelta
from typing import Any

import pytest

from portal.clock import day_of
from portal.handovers.models import State
from portal.handovers.parts import HandoverRating
from portal.handovers.rating import Rated, rated
from tests import make
from tests.handovers.road import errors, page

DAY = {"responsible_from": "2026-12-31"}
SAID = {"complete": "no", "plan_usable": "yes", "missing": ["focus_areas", "my_plan"]}


@pytest.fixture
def under_review(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    return road


def ratings():
    found = make.records.query(HandoverRating).all()
    make.records.commit()
    return found


def shown(client, road):
    """The section of the rating, and what the timeline says of it, each on one line."""
    soup = page(client.get(road.address))
    section = soup.select("[aria-labelledby=rating-heading]")
    told = soup.select_one("[aria-labelledby=events-heading]")
    lines = re.findall("Kommunens vurdering: ([^\\n]+)", told.text) if told else []
    return [re.sub(r"\s+", " ", one.text).strip() for one in section], [*map(str.strip, lines)]


def test_the_sender_reads_what_was_said_on_the_page_and_in_the_timeline(
    under_review, sender, receiver
):
    under_review.take(receiver, "accept", **DAY, **SAID)
    [section], [line] = shown(sender, under_review)
    for words in ("Komplet Nej", "Planen kan bruges Ja", "Manglede Indsatsområder, Min Plan"):
        assert words in section
    assert line.startswith("pakken var ikke komplet, planen kan bruges, manglede: Indsatsområder")
    assert shown(receiver, under_review) == ([section], [line])


def test_it_is_not_demanded(under_review, sender, receiver):
    under_review.take(receiver, "accept", **DAY)
    assert ratings() == []
    assert shown(sender, under_review) == ([], [])


def test_it_asks_for_what_the_agreement_has_on_its_checklist(under_review, receiver):
    boxes = page(receiver.get(f"{under_review.address}/steps/accept")).select("[name=missing]")
    assert [box["value"] for box in boxes][:3] == ["job_goals", "focus_areas", "search_strategy"]
    answer = under_review.step(receiver, "accept", **DAY, missing="something_else")
    assert answer.status_code == 422


def test_what_is_complete_lacks_nothing(under_review, receiver):
    answer = under_review.step(receiver, "accept", **DAY, **SAID | {"complete": "yes"})
    words = "Du har sat hak ved noget, der manglede. Så var pakken ikke komplet."
    assert (answer.status_code, errors(answer)) == (422, [words])
    assert ratings() == []


RATE = (
    "insert into handover_rating (id, handover_id, organisation_id, complete, missing, rated_at,"
    " rated_by) values (gen_random_uuid(), :package, :me, true, '[]', now(), 'Jonas')"
)
ACCEPT = (
    "update handover set state = 'accepted', due_for = 'plan', accepted_at = now(),"
    " accepted_by = 'Jonas', changed_at = now() where id = :package"
)


@pytest.mark.parametrize(
    ("who", "statements", "is_let_in"),
    [
        ("municipality", (ACCEPT, RATE), True),
        ("municipality", (RATE,), False),
        ("fund", (RATE,), False),
    ],
)
def test_only_who_accepts_rates_and_only_then(who, statements, is_let_in, tries, case):
    package = make.handover(case, State.RECEIVED)
    assert tries(who, package, *statements) == is_let_in


def test_they_are_counted_by_period_and_agreement(fund, municipality, seen_by, outsider):
    version = make.agreement(fund, municipality)
    other = make.agreement(fund, outsider)
    cases: list[tuple[Any, Any, dict[str, Any] | None]] = [
        (municipality, version, {"complete": True, "plan_usable": True}),
        (municipality, version, {"complete": False, "missing": ["my_plan"]}),
        (municipality, version, {"missing": ["my_plan", "talks"]}),
        (municipality, version, None),
        (outsider, other, {"complete": True}),
    ]
    days = set()
    for receiver, agreed, said in cases:
        case = make.member_case(fund, receiver)
        package = make.handover(case, State.ACCEPTED, agreement_version_id=agreed.id)
        days.add(day_of(package.accepted_at or package.created_at))
        if said is not None:
            own = {"handover_id": package.id, "organisation_id": receiver.id}
            when = {"rated_at": package.accepted_at, "rated_by": "Jonas"}
            make.saved(HandoverRating(**own, **when, **said))
    first, last = min(days), max(days)
    with seen_by(fund):
        found = rated(first, last, version.agreement_id)
        assert found == Rated(4, 3, 1, 2, 1, 1, {"my_plan": 2, "talks": 1})
        assert found.share_complete == 0.5
        assert rated(first, last).accepted == 5
        before = first - timedelta(days=1)
        assert rated(before, before).share_complete is None
    with seen_by(outsider):
        assert rated(first, last).accepted == 1
