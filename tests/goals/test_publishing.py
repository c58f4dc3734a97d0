"""A quarter is published once, when it has settled; and whom the curve follows, and until when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portal.access import OrganisationKind
from portal.clock import end_of_day
from portal.db import db
from portal.goals import publishing
from portal.goals.catalogue import indicator
from portal.goals.following import followed
from portal.goals.models import GoalCount
from portal.goals.periods import Quarter, is_settled
from portal.goals.publications import PublishedCurve, PublishedFigure
from portal.goals.published import figures_of, sums
from portal.goals.survival import Followed
from portal.life.models import Happening, LifeEvent
from portal.organisations.models import Organisation
from portal.suppression import Share
from tests import make
from tests.council import published
from tests.council.published import DAY, QUARTERS

START = date(2026, 1, 5)


@pytest.mark.parametrize(("days", "is_out"), [(14, False), (15, True)])
def test_a_quarter_waits_two_weeks_for_what_comes_late(days, is_out):
    assert is_settled(Quarter(2026, 3), date(2026, 9, 30) + timedelta(days)) == is_out


@pytest.mark.parametrize(
    ("code", "of", "yes", "shown"),
    [
        ("placements", 4, 4, None),
        ("institutions_contacted", 4, 4, Share(4, 4, 4)),
        ("status_meetings", 1, 1, Share(1, 1, 1)),
        ("job_3_months", 9, 0, None),
        ("criteria_agreed", 1, 0, Share(1, 0, 0)),
    ],
)
def test_what_is_no_count_of_people_is_told_however_small(code, of, yes, shown):
    one = indicator(published.SET, code)
    assert one
    assert publishing.told(one, of, yes, DAY) == shown


def test_parties_read_the_sum_of_all_and_a_meeting_of_two_funds_is_one(app, worker, seen_by):
    """And of a quarter in which none was held the figure is nought, not that it is hidden."""
    fund, other, place = make.fund(), make.fund(), make.organisation()
    codes = "status_meetings", "agreements_signed", "criteria_agreed", "placements"
    version = make.agreement(fund, place, goals=[published.goal(code, 2) for code in codes])
    observer = make.organisation(kind=OrganisationKind.PARTNER)
    for one in (other, observer):
        make.side(version, one)
    for who in (fund, other):
        for code, yes in zip(codes, (1, 1, 0, 6), strict=True):
            own = {"organisation_id": who.id, "fund_id": who.id, "municipality_id": place.id}
            days = {"first_day": QUARTERS[-1].first, "last_day": QUARTERS[-1].last}
            of = max(yes, 1)
            make.saved(GoalCount(set=published.SET, code=code, yes=yes, of=of, **own, **days))
    published.publish(worker)
    for party in (place, fund, other):
        with seen_by(party):
            found = {one.code: one for one in figures_of(version.agreement_id, DAY)}
            whose = {*db.session.scalars(select(PublishedFigure.fund_id))}
        assert [found[code].text for code in codes] == ["1", "Ja", "Nej", "12"]
        assert whose == ({fund.id, other.id} if party is place else {party.id})
    for stranger in (observer, make.fund()):
        with seen_by(stranger):
            given = {"versions": [version.id], "since": QUARTERS[0].first, "until": DAY}
            assert sums().rows(db.session, given) == []
    assert [found[code].is_met for code in codes] == [False, True, False, True]
    assert found["status_meetings"].trend == ["0", "0", "0", "1"]


def rows(model):
    found = make.records.scalars(select(model).order_by(model.id)).all()
    table = [{column.key: getattr(row, column.key) for column in model.__table__.columns}
             for row in found]  # fmt: skip
    make.records.rollback()
    return table


def test_what_is_published_is_the_sum_of_its_quarters_and_never_changes(app, worker):
    region = published.region()
    assert published.publish(worker) == QUARTERS
    before = rows(PublishedFigure)
    for row in before:
        numbers = region.counted[row["municipality_id"], row["code"], row["cell"]]
        block = [
            one
            for quarter, one in zip(QUARTERS, numbers, strict=True)
            if row["first_day"] <= quarter.first and quarter.last <= row["last_day"]
        ]
        assert row["of"] == sum(of for of, _yes in block)
        assert row["low"] <= sum(yes for _of, yes in block) <= row["high"]
    make.records.execute(update(GoalCount).values(yes=0))
    make.records.commit()
    assert published.publish(worker) == []
    assert rows(PublishedFigure) == before


def event(case, kind, day, **more):
    values = {"recorded_by": "Mette", "user_id": make.user(make.records.get_one(
        Organisation, case.organisation_id)).id}  # fmt: skip
    make.of_case(case, LifeEvent, kind=kind, day=day, **values, **more)


def test_members_are_followed_until_a_job_or_whatever_comes_first(
    fund, municipality, outsider, worker
):
    def case(**more):
        return make.member_case(fund, municipality, benefit_start=START, **more)

    job, lost, moved, closed = case(), case(), case(), case(
        closed_at=end_of_day(START + timedelta(29)) - timedelta(hours=2), closed_reason="job"
    )  # fmt: skip
    case(transfer_on=START + timedelta(50), transfer_confirmed=True)
    case()
    case(closed_at=end_of_day(START), closed_reason="mistake")
    event(job, Happening.JOB, START + timedelta(10))
    event(lost, Happening.BENEFIT_ENDED, START + timedelta(20))
    event(lost, Happening.JOB, START + timedelta(30))
    event(moved, Happening.MOVED, START + timedelta(40), municipality_id=outsider.id)
    with worker.app_context():
        found = followed(START, START, START + timedelta(100))
    assert closed.id
    assert sorted(found[fund.id, municipality.id]) == [
        Followed(10, True),
        Followed(20, False),
        Followed(29, True),
        Followed(40, False),
        Followed(50, False),
        Followed(100, False),
    ]


@pytest.mark.parametrize(("people", "is_out"), [(19, False), (20, True)])
def test_a_curve_is_of_enough_people(people, is_out, fund, municipality, worker):
    own = {"organisation_id": fund.id, "fund_id": fund.id, "municipality_id": municipality.id}
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}
    make.saved(GoalCount(set="law", code="first_talk", yes=0, of=0, **own, **days))
    for number in range(people):
        case = make.member_case(fund, municipality, benefit_start=START)
        if number < 8:
            event(case, Happening.JOB, START + timedelta(21))
    published.publish(worker, DAY)
    curves = rows(PublishedCurve)
    assert bool(curves) == is_out
    if is_out:
        [one] = curves
        assert (one["people"], [point["week"] for point in one["points"]]) == (20, [4])
        assert (one["first_day"], one["last_day"]) == (days["first_day"], days["last_day"])
