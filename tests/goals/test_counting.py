"""What is counted: the same as plain Python finds in all the rows, by sets that are only data."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from portal import rules
from portal.agreements import indicators
from portal.clock import now, today
from portal.db import db
from portal.goals import catalogue, rollup
from portal.goals.counting import Counted, Scope, by_place, count
from portal.goals.measures import asked_of_fund
from portal.goals.models import GoalCount
from portal.goals.periods import Period, Quarter, quarter_of
from tests import make
from tests.goals.crowd import TODAY, Crowd
from tests.goals.recount import Rows, recount

OWN_SET = """
key = "own"
title_da = "Egne mål"
title_en = "Own goals"
source = "Prøve"

[[indicator]]
code = "half_year"
area = "Job"
name_da = "I job efter 6 måneder"
name_en = "In a job after 6 months"
aim = "Job"
definition = "Prøve"
counts = "Prøve"
leaves_out = "Prøve"
owner = "fund"
method = "counted"
source = "own_count"
unit = "percent"
direction = "at_least"
frequency = "quarter"
how = "Prøve"
cohort = { rule = "members", months = 6 }
measure = { rule = "in_job", transferred = "censored" }
breakdowns = ["working_time"]
"""


@pytest.fixture(scope="module")
def crowd(web: Flask, worker: Flask) -> Iterator[Crowd]:
    make.clean()
    yield Crowd(7)
    make.clean()


@pytest.fixture
def own_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which there is one set that no code knows."""
    (tmp_path / "own.toml").write_text(OWN_SET)
    monkeypatch.setattr(indicators, "FOLDER", tmp_path)
    indicators.sets.cache_clear()
    yield tmp_path
    indicators.sets.cache_clear()


def everything(one: Any, period: Period) -> dict[str, Any]:
    """Of all organisations, in the shape of the recount."""
    found = together(one, period)
    cells = {name: pairs for name, pairs in found.cells.items() if pairs}
    return vars(found) | {"excluded": dict(found.excluded), "cells": cells}


def together(one: Any, period: Period) -> Counted:
    total = Counted()
    for (_fund, municipality), found in by_place(one, period, TODAY).items():
        total.add(found)
        if "municipality" in one.breakdowns and municipality:
            total.put("municipality", str(municipality), found.yes, found.of)
    return total


def same(one: Any, period: Period, rows: Rows) -> bool:
    """Both ways, and that there was anything to count."""
    again = recount(rows, one, period.first, period.last, TODAY)
    told = everything(one, period)
    cells = {name: {key: pair for key, pair in pairs.items() if pair[1]}
             for name, pairs in told["cells"].items()}  # fmt: skip
    assert told | {"cells": {k: v for k, v in cells.items() if v}} == again, one.code
    return bool(again["of"])


def test_every_figure_equals_an_independent_recount(crowd, worker):
    periods = [Quarter(2026, number).period for number in (2, 3, 4)]
    with worker.app_context():
        rows = Rows()
        for one in catalogue.counted():
            assert any([same(one, period, rows) for period in periods]), one.code


def test_a_new_set_needs_no_code(crowd, worker, own_set):
    [one] = catalogue.counted()
    assert (one.set, [*catalogue.flaws(one)]) == ("own", [])
    with worker.app_context():
        rows = Rows()
        assert same(one, Quarter(2026, 3).period, rows)
        assert everything(one, Quarter(2026, 3).period)["censored"]


def test_a_fund_counts_its_own_and_all_places_together(crowd, worker):
    one = catalogue.indicator("bupl-a-trial", "job_3_months")
    assert one
    period = Period(date(2026, 1, 1), TODAY)
    with worker.app_context():
        total = count(one, Scope(crowd.fund.id), period, today=TODAY)
        parts = [count(one, Scope(crowd.fund.id, place.id), period, today=TODAY)
                 for place in crowd.places]  # fmt: skip
        other = count(one, Scope(crowd.other_fund.id), period, today=TODAY)
    assert total.of == sum(part.of for part in parts) > 40
    assert 0 < other.of <= 10
    assert sum(of for _yes, of in total.cells["municipality"].values()) == total.of


def test_the_rollup_equals_the_recount_and_a_false_figure_is_found(crowd, worker):
    quarters = [Quarter(2026, 3), Quarter(2026, 4)]
    with worker.app_context():
        for one in catalogue.counted():
            for quarter in quarters:
                rollup.write(one, quarter, today=TODAY, at=now())
        db.session.commit()
        assert [rollup.differing(one, quarter, today=TODAY)
                for one in catalogue.counted() for quarter in quarters] == [[]] * 46  # fmt: skip
        rows = Rows()
        for one in catalogue.counted():
            for quarter in quarters:
                again = recount(rows, one, quarter.first, quarter.last, TODAY)
                assert stored(one, quarter) == (again["yes"], again["of"], again["censored"])
        db.session.execute(update(GoalCount).where(GoalCount.code == "exits").values(yes=999))
        db.session.commit()
        ended = catalogue.indicator("cooperation", "exits")
        assert ended
        assert rollup.differing(ended, quarters[0], today=TODAY)
        db.session.execute(delete(GoalCount))
        db.session.commit()


def stored(one: Any, quarter: Quarter) -> tuple[int, int, int]:
    """The totals of all funds together, as they are kept."""
    figures = [func.coalesce(func.sum(column), 0)
               for column in (GoalCount.yes, GoalCount.of, GoalCount.censored)]  # fmt: skip
    rows = select(*figures).where(*rollup.of_quarter(one, quarter), GoalCount.breakdown == "")
    of_fund = rows.where(GoalCount.organisation_id == GoalCount.fund_id)
    found = db.session.execute(of_fund).one()
    return found[0], found[1], found[2]


def test_the_worker_counts_at_night_and_the_command_checks(app, worker, run):
    fund, place = make.fund(), make.organisation()
    quarter = quarter_of(today())
    case = make.member_case(fund, place, closed_at=now(), closed_reason="job")
    with worker.app_context():
        rollup.every_night(0)
        waiting = text("select args from procrastinate_jobs where task_name = 'goals.count_one'")
        for asked in [*db.session.scalars(waiting)]:
            rollup.count_one(**asked)
        db.session.commit()
    check = ("goals", "recount", "--check", "--quarters", 2)
    assert "All figures are as counted now" in run(*check).output
    own = select(GoalCount).where(GoalCount.fund_id == fund.id, GoalCount.code == "exits")
    [row] = make.records.scalars(own.where(GoalCount.breakdown == ""))
    assert (row.organisation_id, row.municipality_id, row.yes) == (fund.id, place.id, 1)
    assert (row.first_day, row.last_day) == (quarter.first, quarter.last)
    case.closed_reason = "mistake"
    make.records.commit()
    refused = run(*check)
    assert refused.exit_code == 1
    assert "cooperation/exits" in refused.output
    assert run("goals", "recount", "--quarters", 1).exit_code == 0
    assert run(*check).exit_code == 0


def test_who_reaches_the_day_today_counts_and_who_does_tomorrow_does_not(app, worker):
    fund, place = make.fund(), make.organisation()
    make.member_case(fund, place, benefit_start=date(2026, 8, 23), rule_set="2026")
    make.member_case(fund, place, benefit_start=date(2026, 8, 24), rule_set="2026")
    one = catalogue.indicator("law", "two_talks")
    assert one
    with worker.app_context():
        assert count(one, Scope(fund.id), Quarter(2026, 4).period, today=TODAY).of == 1


def test_every_set_can_be_counted_and_answered():
    found = [one for each in catalogue.sets().values() for one in each.indicators]
    assert [(one.code, *catalogue.flaws(one)) for one in found if [*catalogue.flaws(one)]] == []
    assert {one.method for one in found} == {"counted", "survey", "imported", "stated"}


@pytest.mark.parametrize(
    ("key", "by", "words"),
    [
        (("cooperation", "on_time"), "step", None),
        (("cooperation", "on_time"), "reason", "ikke en af dem, der tælles"),
        (("bupl-a-trial", "job_3_months"), "working_time", "ser på de samme"),
        (("cooperation", "rejected"), "criterion", "uden overlap"),
    ],
)
def test_what_is_told_in_parts_has_nobody_twice_and_no_sum_elsewhere(key, by, words):
    one = catalogue.indicator(*key)
    assert one
    found = [*catalogue.flaws(replace(one, published_by=by))]
    assert found == [] if words is None else any(words in each for each in found)


def test_what_is_no_count_of_people_follows_from_whom_it_looks_at():
    """A set has no word for it."""
    assert {one.code for one in catalogue.counted() if not catalogue.is_of_people(one)} == {
        *("agreements_signed", "criteria_agreed", "status_meetings", "institutions_contacted")
    }


def test_what_the_law_asks_is_read_from_the_rule_sets():
    now, before = rules.rule_set("2026"), rules.rule_set("2024")
    assert (asked_of_fund(now), asked_of_fund(before)) == (2, 3)
    [share] = {talk.share for talk in now.talks if talk.share and talk.held_by != "municipality"}
    asked = catalogue.indicator("law", "two_talks")
    assert asked
    assert (asked.target, asked.cohort and asked.cohort.given["rule_sets"]) == (share, ["2026"])
    first = catalogue.indicator("law", "first_talk")
    weeks = {talk.within_weeks for talk in before.talks if talk.within_weeks}
    assert first
    assert first.cohort
    assert {first.cohort.given["weeks"]} == weeks
