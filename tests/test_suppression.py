"""Small numbers of people are not shown, and cannot be found from what is."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.suppression import Figure, least_shown, shown

DAY = date(2026, 11, 22)
counted = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), min_size=1)


def told(counts):
    found = shown(counts, DAY)
    return found.total.count, {key: figure.count for key, figure in found.parts.items()}


def test_the_limit_is_five():
    assert least_shown(DAY) == 5


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True), (6, True)])
def test_a_count_is_shown_from_the_limit_on(count, is_shown):
    total, parts = told({"yes": count, "no": 20, "unknown": 30})
    assert total == count + 50
    assert (parts["yes"] == count) == is_shown


@pytest.mark.parametrize(("total", "is_shown"), [(4, False), (5, True)])
def test_a_small_total_hides_all(total, is_shown):
    assert told({"yes": total}) == ((total, {"yes": total}) if is_shown else (None, {"yes": None}))


def test_nobody_is_nobody():
    assert told({"yes": 0, "no": 0}) == (0, {"yes": 0, "no": 0})


def test_what_could_be_found_by_subtraction_is_hidden_too():
    assert told({"yes": 3, "no": 20, "unknown": 30})[1] == {"yes": None, "no": None, "unknown": 30}


def test_two_small_ones_hide_no_other_when_they_are_enough_together():
    assert told({"yes": 3, "no": 2, "unknown": 30})[1] == {"yes": None, "no": None, "unknown": 30}
    assert told({"yes": 2, "no": 2, "unknown": 30})[1] == dict.fromkeys(("yes", "no", "unknown"))


def test_that_all_are_in_one_cell_is_not_said():
    assert told({"yes": 0, "no": 20})[1] == {"yes": None, "no": None}


@given(counted)
def test_nothing_small_can_be_found_from_the_total(counts):
    total, parts = told(counts)
    hidden = [counts[key] for key, count in parts.items() if count is None]
    assert all(count is None or count == counts[key] for key, count in parts.items())
    if not sum(counts.values()):
        return
    assert all(count is None or count >= 5 for count in [total, *parts.values()])
    is_all_hidden = len(hidden) == len(counts)
    assert not hidden or is_all_hidden or (len(hidden) > 1 and sum(hidden) >= 5)


@pytest.mark.parametrize("most", [(30, 30), (20, 20, 20), (11, 11, 11, 11)])
def test_nor_by_whoever_reckons_back_from_every_table_that_would_look_the_same(most):
    """What is hidden could always be one of five counts, as far as the reader can tell."""
    same = defaultdict(list)
    for counts in product(*map(range, most)):
        if 5 <= sum(counts) < min(most):
            found = shown(dict(enumerate(counts)), DAY)
            same[str(found.total), *map(str, found.parts.values())].append(counts)
    for look, tables in same.items():
        for place, figure in enumerate(look[1:]):
            assert figure.isdigit() or len({counts[place] for counts in tables}) >= 5, look


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(7), "7"),
        (Figure(0), "0"),
        (Figure(None, 5), "Færre end 5"),
        (Figure(None), "Vises ikke"),
    ],
)
def test_what_is_hidden_says_so(web, figure, words):
    with web.test_request_context():
        assert str(figure) == words
