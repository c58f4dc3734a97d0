"""A quarter is published once, when it has settled; and whom the curve follows, and until when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portal.clock import end_of_day
from portal.goals import publishing
from portal.goals.following import followed
from portal.goals.models import GoalCount
from portal.goals.periods import Quarter
from portal.goals.publications import PublishedCurve, PublishedFigure
from portal.goals.survival import Followed
from portal.life.models import Happening, LifeEvent
from portal.organisations.models import Organisation
from tests import make
from tests.council import published
from tests.council.published import DAY, QUARTERS

START = date(2026, 1, 5)


@pytest.mark.parametrize(("days", "is_out"), [(14, False), (15, True)])
def test_a_quarter_waits_two_weeks_for_what_comes_late(days, is_out):
    assert publishing.is_settled(Quarter(2026, 3), date(2026, 9, 30) + timedelta(days)) == is_out


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
