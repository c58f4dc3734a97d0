"""A goal is reported by one side and answered by the other, and what was reported is locked."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portal.access import Role
from portal.agreements import catalogue, indicators, queries
from portal.agreements.templates import as_json
from portal.clock import ONE_DAY, Moment, now
from portal.db import db
from portal.goals import reporting
from portal.goals.asking import goal_of
from portal.goals.periods import Period, Quarter
from portal.goals.published import figures_of
from portal.goals.reporting import Reporting
from portal.goals.values import ValueState
from portal.identity.queries import act_for
from portal.workflow import NotNow, NotYours, Refused
from tests import make

AT = Moment(now(), date(2026, 11, 23))
QUARTER = Quarter(2026, 3).period
FIGURE = {"value": Decimal(65), "base": 40, "source": "dream", "source_day": date(2026, 10, 15)}


def row_of(set_key, code):
    one = indicators.indicator(set_key, code)
    assert one
    return as_json(vars(catalogue.goal(one, "Kilde")))


CODES = ("job_6_months", "notice_concept", "differentiated_course")
GOALS = [row_of("bupl-a-trial", code) for code in CODES]


@pytest.fixture
def agreement(fund, municipality):
    return make.agreement(fund, municipality, goals=GOALS)


@pytest.fixture
def sides(fund, municipality):
    """Who may report and answer, on either side."""
    return {
        "fund": make.actor(fund, Role.AGREEMENT_OWNER),
        "municipality": make.actor(municipality, Role.COORDINATOR),
        "adviser": make.actor(fund, Role.ADVISER),
    }


@pytest.fixture
def acting(web, agreement, sides):
    """As the web holds a request of one side, with the goal as that side sees it."""

    @contextmanager
    def act(side, code="job_6_months"):
        with web.app_context():
            act_for(sides[side].organisation_id)
            version = queries.version(agreement.id)
            goal = goal_of(version, "bupl-a-trial", code)
            assert goal
            yield Reporting(version, goal, sides[side])
            db.session.commit()

    return act


def refusal(step, *given, **named):
    with pytest.raises(Refused) as caught:
        step(*given, **named)
    return {lack.field: lack.text for lack in caught.value.lacks}


def the_value(one):
    [found] = reporting.values(one.version.agreement_id)
    return found


def test_a_missed_goal_is_explained_returned_put_right_and_approved(acting):
    with acting("fund") as fund:
        made = reporting.begin(fund, QUARTER, FIGURE, at=AT)
        assert (made.shown, made.is_met, made.target) == ("65 % af 40", False, 70)
        assert refusal(reporting.submit, made, fund, at=AT) == {
            "explanation": "Målet er ikke nået. Skriv hvorfor."
        }
    with acting("municipality") as other:
        assert reporting.values(other.version.agreement_id) == []  # a draft is the own side's

    with acting("fund") as fund:
        explained = FIGURE | {"explanation": "To institutioner lukkede."}
        reporting.write(the_value(fund), fund, explained, at=AT)
        reporting.submit(the_value(fund), fund, at=AT)
        with pytest.raises(NotNow):
            reporting.approve(the_value(fund), fund, at=AT)  # the own side does not answer
    with acting("municipality") as other:
        found = the_value(other)
        assert refusal(reporting.send_back, found, other, why=" ", at=AT) == {
            "answer": "Skriv, hvad der skal rettes."
        }
        reporting.send_back(found, other, why="Tallet er fra juli.", at=AT)
    with acting("fund") as fund:
        reporting.write(the_value(fund), fund, explained | {"value": Decimal(66)}, at=AT)
        reporting.submit(the_value(fund), fund, at=AT)
    with acting("municipality") as other:
        reporting.approve(the_value(other), other, at=AT)
        assert the_value(other).state == ValueState.APPROVED
    with acting("fund") as fund, pytest.raises(NotNow):
        reporting.write(the_value(fund), fund, explained, at=AT)


def test_a_figure_is_told_once_its_period_is_over(acting, agreement):
    """A pack of an earlier day holds what could be known on it."""
    with acting("fund") as fund:
        met = FIGURE | {"value": Decimal(70)}
        reporting.submit(reporting.begin(fund, QUARTER, met, at=AT), fund, at=AT)
    with acting("municipality"):
        told = [
            {one.code: one.text for one in figures_of(agreement.agreement_id, day)}
            for day in (QUARTER.last, QUARTER.last + ONE_DAY)
        ]
    assert [one["job_6_months"] for one in told] == ["Intet tal endnu", "70 % af 40"]


def test_a_draft_that_the_other_side_cannot_see_is_in_nobodys_way(acting):
    """Both may report what both own: the first to send is the one that counts."""
    done = {"is_yes": True, "note": "De står i aftalen", "source_day": AT.today}
    begun = {}
    for side in ("municipality", "fund"):
        with acting(side, "differentiated_course") as one:
            begun[side] = reporting.begin(one, QUARTER, done, at=AT).id
    with acting("fund", "differentiated_course") as one:
        found = reporting.value(begun["fund"], one.version.agreement_id)
        reporting.submit(found, one, at=AT)
    with acting("municipality", "differentiated_course") as one:
        found = reporting.value(begun["municipality"], one.version.agreement_id)
        words = "Perioden overlapper en, der er indberettet og låst: 01.07.2026 til 30.09.2026."
        assert refusal(reporting.submit, found, one, at=AT) == {"": words}


def test_a_period_that_overlaps_a_locked_one_is_refused(acting):
    with acting("fund") as fund:
        met = FIGURE | {"value": Decimal(70)}
        reporting.submit(reporting.begin(fund, QUARTER, met, at=AT), fund, at=AT)
    with acting("fund") as fund:
        across = Period(date(2026, 9, 30), date(2026, 10, 31))
        words = "Perioden overlapper en, der er indberettet og låst: 01.07.2026 til 30.09.2026."
        assert refusal(reporting.begin, fund, across, met, at=AT) == {"first_day": words}
        beside = Period(date(2026, 10, 1), date(2026, 10, 31))
        assert reporting.begin(fund, beside, met, at=AT).is_met
        running = Quarter(2026, 4).period
        assert "last_day" in refusal(reporting.begin, fund, running, met, at=AT)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": Decimal("140")}, "value"),
        ({"value": Decimal("100.1")}, "value"),
        ({"value": Decimal(-1)}, "value"),
    ],
)
def test_a_share_lies_from_nought_to_a_hundred(acting, given, field):
    with acting("fund") as fund:
        assert field in refusal(reporting.begin, fund, QUARTER, FIGURE | given, at=AT)
        assert reporting.begin(fund, QUARTER, FIGURE | {"value": Decimal(100)}, at=AT).is_met


def test_everything_that_is_missing_is_said_at_once(acting):
    with acting("fund") as fund:
        made = reporting.begin(fund, QUARTER, {}, at=AT)
        assert refusal(reporting.submit, made, fund, at=AT).keys() == {
            "value",
            "base",
            "source_day",
        }
        few = reporting.write(made, fund, FIGURE | {"value": Decimal(75), "base": 4}, at=AT)
        assert refusal(reporting.submit, few, fund, at=AT).keys() == {"base"}
        reporting.write(few, fund, FIGURE | {"value": Decimal(80), "base": 5}, at=AT)
        reporting.submit(few, fund, at=AT)


def test_what_is_done_or_not_is_said_with_a_text(acting):
    with acting("fund", "notice_concept") as fund:
        half = Period(date(2026, 1, 1), date(2026, 6, 30))
        made = reporting.begin(fund, half, {"is_yes": True, "source": "own_count"}, at=AT)
        assert refusal(reporting.submit, made, fund, at=AT).keys() == {"note"}
        told = {"is_yes": True, "note": "Afprøvet i tre måneder.", "source": "own_count"}
        reporting.submit(reporting.write(made, fund, told, at=AT), fund, at=AT)
        assert (made.shown, made.is_met) == ("Ja", True)


def test_who_may_only_read_reports_nothing(acting):
    with acting("adviser") as one, pytest.raises(NotYours):
        reporting.begin(one, QUARTER, FIGURE, at=AT)


def change_it(change):
    with db.session.begin_nested():
        db.session.execute(text(f"update goal_value set {change}"))


def test_the_database_lets_nobody_touch_what_is_locked(acting):
    with acting("fund") as fund:
        met = FIGURE | {"value": Decimal(70)}
        reporting.submit(reporting.begin(fund, QUARTER, met, at=AT), fund, at=AT)
    forged = {"fund": ["value = 99", "target = 10", "state = 'approved'"]}
    forged["municipality"] = ["value = 1", "state = 'draft'"]
    for side, changes in forged.items():
        for change in changes:
            with acting(side), pytest.raises(ProgrammingError, match="no such step"):
                change_it(change)
    with acting("municipality"):
        answered = "answered_by = 'B', answered_at = now()"
        db.session.execute(text(f"update goal_value set state = 'approved', {answered}"))
