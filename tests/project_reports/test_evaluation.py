"""An evaluation from its first word to the booklet, and that no number in it tells of a few."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from portal.clock import today
from portal.goals.survival import Followed, points
from portal.participants import publishing
from portal.participants.models import EventKind, JobForm, Timing
from portal.participants.publishing import Step, ready
from portal.project_reports.evaluations import ProjectEvaluation
from portal.projects.models import ProjectState
from tests import make, participant, project
from tests.participants.asking import at_work
from tests.project_reports.test_reports import only, sent

FIRST = date(2025, 1, 1)
LIMIT = 5


@pytest.fixture
def ending(cast):
    """A project that is reported on, of which the union has matched 7 before and 3 after."""
    led = project.project(
        cast.lead, cast.fund, cast.union, municipalities=(cast.lead,), state=ProjectState.REPORTING,
        starts_on=FIRST,
    )  # fmt: skip
    project.budget(led, cast.lead, spent=350_000, committed=400_000, granted=500_000)
    return led


def published(worker):
    """All quarters that are settled, anew."""
    for table in ("project_curve", "project_figure", "united_figure", "project_publication"):
        make.records.execute(text(f"delete from {table}"))
    make.records.commit()
    at_work(worker, publishing.publish, today())


def matched(led, who, number, timing=Timing.BEFORE, *, after=30, met=True):
    for _each in range(number):
        one = participant.participant(led, who)
        if met:
            participant.event(one, EventKind.MET, FIRST)
        day = FIRST + timedelta(days=after)
        how = {"timing": timing, "form": JobForm.ORDINARY}
        participant.event(one, EventKind.MATCHED, day, **how)


def test_it_is_written_by_the_lead_and_recommended_by_partners(cast, ending, as_, worker):
    gitte, ulla, susanne = as_(cast.gitte), as_(cast.ulla), as_(cast.susanne)
    assert "Kurven vises, når" in gitte.get(f"/projects/{ending.id}/evaluation/").text  # no figures
    matched(ending, cast.union, 7)
    matched(ending, cast.union, 3, Timing.AFTER, after=70, met=False)
    published(worker)
    here = f"/projects/{ending.id}/evaluation"
    assert ulla.get(f"{here}/edit").status_code == 409
    assert "Skriv, hvad der kom ud af projektet." in sent(gitte, f"{here}/edit").text
    sent(gitte, f"{here}/edit", summary="Flere svejsere", lessons="Begynd før")
    revision = {"revision": only(ProjectEvaluation, project_id=ending.id)[0].revision}
    assert "Skriv mindst én" in gitte.post(f"{here}/finish", data=revision).text
    sent(ulla, f"{here}/recommendations/new", whom="Rådet", text="Saml kurserne")
    assert "Saml kurserne" in gitte.get(f"{here}/").text
    seen = susanne.get(f"{here}/").text
    assert "Flere svejsere" not in seen  # a draft is the partners'
    assert "Saml kurserne" not in seen
    assert susanne.get(f"{here}/booklet").status_code == 404
    assert gitte.get(f"{here}/booklet").data.startswith(b"%PDF")

    assert gitte.post(f"{here}/finish", data=revision).status_code == 303
    for other in (gitte, susanne):
        seen = other.get(f"{here}/").text
        for words in ("Flere svejsere", "Saml kurserne", "350.000 kr.", "mindst 7", "50.000 kr."):
            assert words in seen, words  # seven matches are told, the three that wait are not
        assert "mindst 10" not in seen
    assert susanne.get(f"{here}/booklet").data.startswith(b"%PDF")
    assert ulla.get(f"{here}/recommendations/new").status_code == 409
    assert as_(cast.ove).get(f"{here}/").status_code == 404


def test_hidden_numbers_leave_the_page_as_it_is(cast, as_, worker):
    """The same page for each reader, whether nobody waits or as many as may be hidden do."""
    made = {}
    for waiting in (0, 1, LIMIT - 1):
        made[waiting] = led = project.project(
            cast.lead, cast.fund, cast.union, municipalities=(cast.lead,), starts_on=FIRST
        )
        project.budget(led, cast.lead, spent=350_000, committed=400_000, granted=500_000)
        matched(led, cast.union, 7)
        matched(led, cast.union, waiting, Timing.AFTER, met=False)
    published(worker)
    for who in (cast.gitte, cast.susanne, cast.mette):
        pages = set()
        for led in made.values():
            page = as_(who).get(f"/projects/{led.id}/evaluation/").text
            pages.add(page[page.index("<main") : page.index("</main")].replace(str(led.id), ""))
        assert len(pages) == 1, who.name
        assert "mindst 7" in pages.pop()


# --- Every number that is told of matches and curves, by writing all histories out ---

B, A = (EventKind.MATCHED, "before/ordinary"), (EventKind.MATCHED, "after/ordinary")
Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30)
MOST = 9


def told_of(history):
    known: dict[Step, tuple[int, date]] = {}
    seen = []
    for place, day in enumerate((Q1, Q2), start=1):
        counts = {step: {date(2026, 3 * n + 1, 1): history[n][one] for n in range(place)}
                  for one, step in enumerate((B, A))}  # fmt: skip
        out = ready(counts, known, day)
        for step, people in out.items():
            known[step] = (known.get(step, (0, day))[0] + people, day)
        seen.append(tuple(sorted(out.items())))
    return tuple(seen)


def test_every_number_of_matches_below_five_could_be_one_of_five():
    """Of time and form each cell is a block of its own, and their whole is told nowhere else."""
    possible: Any = defaultdict(lambda: [set() for _place in range(4)])
    pairs = [*product(range(MOST + 1), repeat=2)]
    for history in product(pairs, repeat=2):
        for place, number in enumerate((*history[0], *history[1])):
            possible[told_of(history)][place].add(number)
    whole = MOST - LIMIT + 1
    narrow = [
        (seen, values)
        for seen, places in possible.items()
        for values in places
        if all(people <= whole for out in seen for _step, people in out)
        and len(values) < LIMIT
        and min(values) < LIMIT
    ]
    assert narrow == []


def test_a_curve_tells_no_small_number_of_those_who_found_a_job():
    """Of twelve people and three weeks all ways in which they could have found one."""
    weeks, people = (4, 8, 13), 12
    possible: Any = defaultdict(lambda: [set() for _week in weeks])
    for found in product(range(people + 1), repeat=len(weeks)):
        if sum(found) > people:
            continue
        days = [Followed(week * 7, True) for week, many in zip(weeks, found, strict=True)
                for _one in range(many)]  # fmt: skip
        still = [Followed(200, False)] * (people - sum(found))
        seen = tuple(points([*days, *still], weeks, Q2))
        for place, number in enumerate(found):
            possible[seen][place].add(number)
    narrow = [
        values
        for places in possible.values()
        for values in places
        if len(values) < LIMIT and min(values) < LIMIT
    ]
    assert narrow == []
