"""Blocks by themselves: no count of fewer than five is found by whoever knows this file too.

Every history of some quarters is published and put with those that look the same. In each such
heap, what has fewer than five people in one of them could be any of five numbers in the others.
"""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest

from portal.suppression import Share, block, count_block, least_in_block

DAY = date(2026, 11, 22)


def told(quarters, way=block):
    """What is published of a row of quarters, each of so many people and of whom it holds."""
    found, of, yes = [], 0, 0
    for people, holds in quarters:
        of, yes = of + people, yes + holds
        share = way(of, yes, DAY)
        found.append(share)
        if share:
            of = yes = 0
    return tuple(found)


def every_history(quarters, most):
    one = [(of, yes) for of in range(most + 1) for yes in range(of + 1)]
    return product(one, repeat=quarters)


def numbers(history):
    """All that is counted of it: in whom it holds and in whom not, of each run of quarters."""
    for first in range(len(history)):
        of = yes = 0
        for last in range(first, len(history)):
            of, yes = of + history[last][0], yes + history[last][1]
            yield from ((first, last, "yes", yes), (first, last, "no", of - yes))


def given_away(quarters, most, way):
    """The small numbers that could be fewer than five others, in all that looks the same.

    Histories at the edge of what was tried have no larger neighbours, so they are no witnesses.
    """
    heaps: dict = defaultdict(list)
    for history in every_history(quarters, most):
        heaps[told(history, way)].append(history)
    for look, histories in heaps.items():
        could_be = defaultdict(set)
        for history in histories:
            for *what, number in numbers(history):
                could_be[tuple(what)].add(number)
        yield from (
            (look, what, found)
            for what, found in could_be.items()
            if min(found) < 5 and len(found) < 5
        )


@pytest.mark.parametrize(("quarters", "most"), [(1, 40), (2, 14), (3, 7)])
def test_nothing_small_is_given_away_by_a_row_of_quarters(quarters, most):
    assert next(given_away(quarters, most, block), None) is None


@pytest.mark.parametrize(
    "way",
    [
        lambda of, yes, day: Share(of, yes, yes),
        lambda of, yes, day: Share(of, yes, yes) if of >= 5 else None,
        lambda of, yes, day: Share(of, yes, yes) if of >= 10 and yes >= 5 else None,
        lambda of, yes, day: block(of, yes, day) if of >= 10 and of != yes else None,
    ],
    ids=["all", "only the number of people", "only the one part", "not when it is all of them"],
)
def test_a_weaker_way_would_be_noticed(way):
    assert next(given_away(2, 11, way), None)


def test_two_questions_of_the_same_people_tell_no_more():
    """That both have as many people in each quarter is known; what they answer is not."""
    heaps: dict = defaultdict(lambda: defaultdict(set))
    answers = {of: range(of + 1) for of in range(8)}
    for first, last in product(answers, repeat=2):
        for a, b, c, d in product(answers[first], answers[first], answers[last], answers[last]):
            one, other = ((first, a), (last, c)), ((first, b), (last, d))
            found = heaps[told(one), told(other)]
            for name, history in (("one", one), ("other", other)):
                for *what, number in numbers(history):
                    found[(name, *what)].add(number)
    small = [one for could_be in heaps.values() for one in could_be.values() if min(one) < 5]
    assert small
    assert min(map(len, small)) >= 5


@pytest.mark.parametrize(("of", "is_possible"), [(5, False), (8, False), (9, True), (10, True)])
def test_of_fewer_than_nine_no_share_can_be_told(of, is_possible):
    """Whatever two spans the answers are told in, one of them is of fewer than five numbers, and
    some of these are small: of those who say yes, or of the rest."""
    safe = [cut for cut in range(1, of + 1) if min(cut, of + 1 - cut) >= 5]
    small = [yes for yes in range(of + 1) if yes < 5 or of - yes < 5]
    assert bool(safe) == is_possible
    assert (len(small) == of + 1) == (of < 10)


@pytest.mark.parametrize(
    ("of", "yes", "shown"),
    [
        (9, 5, None),
        (10, 5, Share(10, 5, 5)),
        (10, 4, Share(10, 0, 4)),
        (10, 6, Share(10, 6, 10)),
        (24, 19, Share(24, 19, 19)),
        (24, 20, Share(24, 20, 24)),
        (24, 24, Share(24, 20, 24)),
        (24, 0, Share(24, 0, 4)),
    ],
)
def test_a_block_at_its_limits(of, yes, shown):
    assert block(of, yes, DAY) == shown


@pytest.mark.parametrize(("count", "shown"), [(4, None), (5, Share(5, 5, 5))])
def test_what_is_only_counted(count, shown):
    assert count_block(count, DAY) == shown


def test_shares_of_different_people_add_up():
    assert Share(24, 20, 24) + Share(12, 6, 6) == Share(36, 26, 30)
    assert (Share(40, 10, 30).percents, Share(0, 0, 0).percents) == ((25, 75), (0, 100))


def test_a_block_is_never_smaller_than_two_hidden_parts():
    assert least_in_block(DAY) == 10
