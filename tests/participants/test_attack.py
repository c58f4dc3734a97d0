"""Nobody reckons hidden numbers of people back from all that a partner or a council can fetch."""

from collections import defaultdict
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from portal.participants import publishing
from portal.participants.models import EventKind
from portal.participants.publishing import Step, ready
from portal.projects.models import PartnerRole
from tests import make, participant, project
from tests.participants.asking import as_the_web, at_work

Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30)
FIRST = {Q1: date(2026, 1, 1), Q2: date(2026, 4, 1)}
S, C = (EventKind.STARTED, ""), (EventKind.COMPLETED, "")
LIMIT, MOST = 5, 12
HISTORIES = [
    one
    for one in product(range(MOST + 1), repeat=4)
    if one[0] + one[1] <= MOST and one[2] <= one[0] and one[2] + one[3] <= one[0] + one[1]
]


def told(history):
    """What is published of two quarters of starts and completions, one after the other."""
    s1, s2, c1, c2 = history
    known: dict[Step, tuple[int, date]] = {}
    seen = []
    for day, starts, completions in (
        (Q1, {FIRST[Q1]: s1}, {FIRST[Q1]: c1}),
        (Q2, {FIRST[Q1]: s1, FIRST[Q2]: s2}, {FIRST[Q1]: c1, FIRST[Q2]: c2}),
    ):
        out = ready({S: starts, C: completions}, known, day)
        for step, people in out.items():
            known[step] = (known.get(step, (0, day))[0] + people, day)
        seen.append(tuple(sorted(out.items())))
    return tuple(seen)


def reckoned_back():
    """Numbers below the limit that whoever knows the rules narrows to fewer than five.

    Of so many starts told that every history with them is among those written out.
    """
    possible: Any = defaultdict(lambda: [set() for _place in range(4)])
    for history in HISTORIES:
        for place, number in enumerate(history):
            possible[told(history)][place].add(number)
    whole = MOST - LIMIT + 1
    return [
        (seen, values)
        for seen, places in possible.items()
        for values in places
        if sum(people for out in seen for step, people in out if step == S) <= whole
        and len(values) < LIMIT
        and any(number < LIMIT for number in values)
    ]


def test_every_number_below_five_could_be_one_of_five():
    assert reckoned_back() == []


def test_a_rule_that_forgets_who_must_have_started_is_found_out(monkeypatch):
    """The control: the same attack on steps that are told as if they had nobody in common."""
    monkeypatch.setattr(publishing, "PART_OF", {})
    assert reckoned_back() != []


@pytest.fixture
def published(cast, led, worker):
    """The fund has 7 starts, the union 3 and the school 6; four people are known to two."""
    project.partner(led, cast.union)
    project.partner(led, cast.school, PartnerRole.SCHOOL)
    day = date(2026, 2, 2)
    for who, number in ((cast.fund, 7), (cast.union, 3), (cast.school, 6)):
        for place in range(number):
            cpr = None if who is cast.school else "x"
            one = participant.participant(led, who, cpr=cpr)
            if cpr:
                participant.key(one, bytes([place]))
            participant.event(one, EventKind.STARTED, day)
    at_work(worker, publishing.publish, date(2026, 11, 23))
    return led


def fetched(who, table):
    columns = "organisation_id, people" if table == "project_figure" else "people, people"
    with as_the_web(who) as web:
        rows = web.execute(text(f"select {columns} from {table} where kind = 'started'")).all()
    return [tuple(row) for row in rows]


def test_partners_read_records_and_a_council_people_and_nobody_both(cast, published, as_, worker):
    records = {(cast.fund.id, 7), (cast.school.id, 6)}  # the union's three wait
    for who in (cast.lead, cast.union, cast.fund, cast.school):
        assert set(fetched(who, "project_figure")) == records
        assert fetched(who, "united_figure") == []
    assert fetched(cast.council, "united_figure") == [(13, 13)]
    assert fetched(cast.council, "project_figure") == []
    assert fetched(cast.outsider, "united_figure") == fetched(cast.outsider, "project_figure") == []

    here = f"/projects/{published.id}/funnel"
    assert "mindst 13" in as_(cast.ulla).get(here).text  # 7 and 6 of the others, none hidden in it
    seen = as_(cast.susanne).get(here).text
    assert "mindst 13" in seen
    assert "Jeres egne" not in seen
    assert as_(cast.ove).get(here).status_code == 404
    assert at_work(worker, publishing.publish, date(2026, 11, 23)) == []  # told once
    make.records.commit()
