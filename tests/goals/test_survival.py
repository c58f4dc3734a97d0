"""The curve of who has found a job: by hand, by another way of reckoning, and what others see."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.goals.survival import Followed, Point, curve, points

DAY = date(2026, 11, 22)
# The 21 patients under 6-mercaptopurine of Freireich et al. (1963), in weeks: the example of most
# textbooks. By hand: 1 - 3/21, then 1 - 1/17, 1 - 1/15, 1 - 1/12, 1 - 1/11, 1 - 1/7, 1 - 1/6.
FOUND = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
BY_HAND = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
# Their band at 6 and 23 weeks on the log-log scale, as published with the example.
BANDS = {6: (0.620, 0.952), 23: (0.188, 0.680)}
TEXTBOOK = [Followed(7 * week, True) for week in FOUND]
TEXTBOOK += [Followed(7 * week, False) for week in CENSORED]


def test_the_curve_is_that_of_the_textbook():
    drawn = curve(TEXTBOOK)
    assert (drawn.people, drawn.censored) == (21, 12)
    assert {int(one.week): round(1 - one.share / 100, 3) for one in drawn.steps} == BY_HAND
    for week, (low, high) in BANDS.items():
        step = drawn.at(week)
        assert step
        assert (1 - step.high / 100, 1 - step.low / 100) == pytest.approx((low, high), abs=5e-4)


def passed_on(people):
    """Efron's way: everybody weighs the same, and who is lost gives their weight to those later."""
    found: dict[int, Fraction] = {}
    order = sorted(people, key=lambda one: (one.days, not one.found))
    weights = [Fraction(1, len(order))] * len(order)
    for place, one in enumerate(order):
        if one.found:
            found[one.days] = found.get(one.days, Fraction(0)) + weights[place]
        elif later := len(order) - place - 1:
            share = weights[place] / later
            weights = [
                weight + share if other > place else weight for other, weight in enumerate(weights)
            ]
    total, steps = Fraction(0), {}
    for day, weight in sorted(found.items()):
        total += weight
        steps[day] = float(100 * total)
    return steps


followed = st.builds(Followed, st.integers(0, 40), st.booleans())


@given(st.lists(followed, min_size=1, max_size=30))
def test_the_curve_is_what_another_way_of_reckoning_gives(people):
    assert {one.day: one.share for one in curve(people).steps} == pytest.approx(passed_on(people))
    assert all(0 <= one.low <= one.share + 1e-9 <= one.high + 2e-9 for one in curve(people).steps)


def test_of_nobody_nothing_is_drawn():
    assert curve([]).steps == []
    assert curve([Followed(9, False)]).steps == []
    assert curve([Followed(9, True)]).steps[0].share == 100


def of(*found, still=20):
    return [*(Followed(7 * week, True) for week in found), *[Followed(200, False)] * still]


def test_others_see_fixed_weeks_that_have_enough_new_people():
    """Four since the last shown week wait for the next one; a fifth opens it."""
    people = of(1, 1, 1, 1, 2, 5, 5, 6, 6)
    assert [one.week for one in points(people, (4, 8), DAY)] == [4]
    assert [one.week for one in points([*people, *of(7, still=0)], (4, 8), DAY)] == [4, 8]
    assert [one.week for one in points(of(1, 1, 1, 1, 5), (4, 8), DAY)] == [8]


@pytest.mark.parametrize(("still", "is_shown"), [(4, False), (5, True)])
def test_nor_that_nearly_everybody_has_found_one(still, is_shown):
    assert bool(points(of(*[1] * 20, still=still), (4,), DAY)) == is_shown


def test_what_others_see_is_in_whole_fives():
    assert points(of(*[1] * 9, still=20), (4,), DAY) == [Point(4, 30, 20, 50)]
