"""The match day of the pædagog project, the course after it, and the next round, which is wider.

They come about by the actions of who holds them and of who signs people up, as in the product.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from demo.companies import test_numbers
from demo.negotiated import Owner, ago
from portal.clock import Moment
from portal.companies import actions as companies
from portal.companies.actions import Hand
from portal.gatherings import actions, queries, results, seats
from portal.gatherings.actions import Given
from portal.gatherings.models import GatheringKind
from portal.gatherings.results import Entered, Outcome
from portal.projects import queries as projects
from portal.projects.matches import JobForm, Timing

SEATS, MATCHED, ABSENT, ON_COURSE = 24, 19, 2, 10
AFTER = 134  # days after the project's first
PLACES = ("Billund", "Esbjerg", "Varde", "Vejen")
WIDER = (
    "Ledige med pædagog eller pædagogmedhjælper som jobmål og ufaglærte beskæftigede på "
    "specialområdet."
)
FORMS = (JobForm.ORDINARY, JobForm.WAGE_SUBSIDY, JobForm.ORDINARY, JobForm.ADULT_APPRENTICE)


def fill(
    lead: Owner, union: Owner, project_id: uuid.UUID, towns: Sequence[uuid.UUID], first: date,
    day: date,
) -> None:  # fmt: skip
    held = first + timedelta(days=AFTER)
    with lead.at_work():
        by = hand(lead, project_id, ago(held, 40, 10))
        one = actions.hold(match_day(held), None, by=by)
        numbers = islice(test_numbers(), len(PLACES))
        all_ = zip(PLACES, towns, numbers, strict=True)
        firms = [bring(one, place, town, number, by) for place, town, number in all_]
        gathering_id = one.id
    come(union, project_id, gathering_id, firms, held)
    course(lead, union, project_id, held, day)
    with lead.at_work():
        by = hand(lead, project_id, ago(day, 5, 9))
        before = queries.gathering(by.project, gathering_id)
        again = replace(match_day(day + timedelta(days=25)), for_whom=WIDER, seats=40)
        actions.hold(again, before, by=by)


def hand(who: Owner, project_id: uuid.UUID, at: Moment) -> Hand:
    return Hand(projects.project(project_id), who.actor, at)


def match_day(held: date) -> Given:
    return Given(
        kind=GatheringKind.MATCH_DAY,
        title="Jobmatchdag for daginstitutioner",
        for_whom="Ledige med pædagog eller pædagogmedhjælper som jobmål.",
        place="Rådhuset i Esbjerg, byrådssalen",
        day=held,
        begins_at=time(9),
        ends_at=time(14),
        last_day=None,
        seats=SEATS,
    )


def bring(one: Any, place: str, town: uuid.UUID, number: str, by: Hand) -> uuid.UUID:
    """The municipality's day-care as an employer, with a test number (decision 0038)."""
    given = companies.Given(f"Daginstitutionerne i {place} (prøve)", "Daginstitutioner", town,
                            "Lederen for området", None, None)  # fmt: skip
    firm = companies.register(number, given, True, by=by)
    actions.bring(one, number, 5, by=by)
    return firm.id


def come(
    union: Owner, project_id: uuid.UUID, gathering_id: uuid.UUID, firms: Sequence[uuid.UUID],
    held: date,
) -> None:  # fmt: skip
    """Everybody is signed up, more than there are seats; 19 are matched on the day."""
    with union.at_work():
        by = hand(union, project_id, ago(held, 12, 9))
        one = queries.gathering(by.project, gathering_id)
        seats.sign_up(one, [each.id for each in queries.not_signed_up(one)], by=by)
    with union.at_work():
        by = hand(union, project_id, ago(held, 0, 13))
        one = queries.gathering(by.project, gathering_id)
        seated = [row.GatheringSeat for row in queries.seats(one) if row.GatheringSeat.number]
        for place, seat in enumerate(seated):
            results.enter(one, seat, entered(place, len(seated), firms), by=by)


def entered(place: int, of: int, firms: Sequence[uuid.UUID]) -> Entered:
    key = uuid.uuid4().hex
    if place >= of - ABSENT:
        return Entered(Outcome.ABSENT, key)
    if place >= MATCHED:
        return Entered(Outcome.MET, key)
    how: dict[str, Any] = {"timing": Timing.BEFORE, "form": FORMS[place % len(FORMS)]}
    return Entered(Outcome.MATCHED, key, company_id=firms[place % len(firms)], **how)


def course(lead: Owner, union: Owner, project_id: uuid.UUID, held: date, day: date) -> None:
    """On the positive list and with a declaration; it runs, and one has dropped out."""
    begun = held + timedelta(days=14)
    with lead.at_work():
        by = hand(lead, project_id, ago(held, 3, 10))
        given = Given(
            kind=GatheringKind.COURSE,
            title="Pædagogisk assistent: rekruttering og opkvalificering",
            for_whom="Dem, der fik et match på jobmatchdagen.",
            place="Skolen i Esbjerg",
            day=begun,
            begins_at=time(8, 30),
            ends_at=time(15),
            last_day=day + timedelta(days=30),
            seats=12,
            provider="Professionshøjskolen",
            price=4_500,
            fund="regional_pool",
            listed="DEMO-1",
            listed_on=by.at.today,
            declared_by="Daginstitutionerne i Varde (prøve)",
            declared_on=by.at.today,
        )
        course_id = actions.hold(given, None, by=by).id
    with union.at_work():
        by = hand(union, project_id, ago(begun, 1, 9))
        one = queries.gathering(by.project, course_id)
        chosen = [each.id for each in queries.not_signed_up(one)][:ON_COURSE]
        seats.sign_up(one, chosen, by=by)
    with union.at_work():
        by = hand(union, project_id, ago(begun, 0, 12))
        one = queries.gathering(by.project, course_id)
        for row in queries.seats(one):
            results.enter(one, row.GatheringSeat, told(Outcome.STARTED, begun), by=by)
    left = begun + timedelta(days=9)
    with union.at_work():
        by = hand(union, project_id, ago(left, 0, 12))
        one = queries.gathering(by.project, course_id)
        last = queries.seats(one)[-1].GatheringSeat
        results.enter(one, last, told(Outcome.DROPPED, left, "Fik et andet arbejde"), by=by)


def told(outcome: Outcome, day: date, reason: str | None = None) -> Entered:
    return Entered(outcome, uuid.uuid4().hex, day=day, reason=reason)
