"""The demo's surveys: results that indicators can show, whatever the day, and one to answer."""

import uuid
from datetime import date
from unittest.mock import sentinel

import pytest

from demo.ground import FUND, Ground
from demo.surveys import asked_about, surveys
from portal.agreements.models import AgreementVersion
from portal.surveys.models import State, Survey, SurveyResult

DAY, SEED = date(2026, 11, 22), 7


def ground(day: date) -> Ground:
    towns = {town: AgreementVersion(agreement_id=uuid.uuid4()) for town in ("aarhus", "slagelse")}
    nothing = {"keys": sentinel.keys, "names": {}, "providers": {}, "units": {}, "desks": {}}
    return Ground(day=day, organisations={FUND: uuid.uuid4()}, agreements=towns, **nothing)


@pytest.mark.parametrize("day", [DAY, date(2026, 10, 3), date(2026, 10, 27), date(2027, 1, 1)])
def test_three_are_over_and_one_is_open(day):
    rows = [*surveys(ground(day), SEED)]
    found = [row for row in rows if isinstance(row, Survey)]
    assert [(one.questionnaire, one.state) for one in found] == [
        ("members", State.CLOSED),
        ("members", State.CLOSED),
        ("advisers", State.CLOSED),
        ("employers", State.OPEN),
    ]
    assert all(one.closes_on < day for one in found if one.state == State.CLOSED)
    assert found[-1].opens_on <= day <= found[-1].closes_on
    results = {row.question: row for row in rows if isinstance(row, SurveyResult)}
    assert all(row.share for row in results.values())
    assert results["satisfied_course"].low == results["satisfied_course"].high
    advisers = results["profiling_useful_advisers"]  # shows what a span looks like
    assert advisers.low != advisers.high


def test_the_same_seed_and_day_make_the_same_surveys():
    def told() -> list[object]:
        return [row.id for row in surveys(ground(DAY), SEED)]

    assert told() == told()
    assert asked_about(DAY).last == date(2026, 9, 30)
    assert asked_about(date(2026, 10, 3)).last == date(2026, 6, 30)
