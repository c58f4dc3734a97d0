"""The counterpart alone: the owner of the municipality, whose members they are not.

First all rows that the web may read for them, which is more than any page shows on any day, by
linear programming; then that everything they can fetch tells nothing but sums of those rows.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from portal.access import Role
from portal.clock import Moment, now, today
from portal.goals.figure_words import percents
from portal.goals.published import TREND, figures_of, newest
from portal.meetings.series import MeetingState
from portal.status_meetings import agenda, queries
from portal.status_meetings.figures import published as in_pack
from portal.suppression import Share
from tests import make, meeting
from tests.council import published
from tests.council.published import COUNT, DAY, LAST, PARTED, PEOPLE, Region
from tests.council.test_attack import IN_PARTS, SAME, Attack, Told, added
from tests.council.test_attack import seen_by as rows_of
from tests.reading import spoken, texts

OF_PAIR = """
select f.*, p.last_day published_for from published_figure f
join publication p on p.id = f.publication_id order by p.last_day
"""
TOLD = re.compile(r"\d+ af \d+(?! mål)")
PERCENT = re.compile(r"(?<!mindst )(?<!højst )\b\d+(?:–\d+)? %(?=[ (])")


@pytest.fixture(scope="module")
def region(database, worker) -> Iterator[Region]:
    make.clean()
    made = published.region()
    published.publish(worker)
    yield made
    make.clean()


def of_pair(region: Region) -> list[Told]:
    return rows_of(region.municipalities[1].id, "app", OF_PAIR)


def test_nothing_small_can_be_reckoned_from_the_rows_of_the_pair(region):
    told, large = of_pair(region), region.municipalities[1].id
    assert {row["municipality_id"] for row in told} == {large}
    assert {row["code"] for row in told} == {*PEOPLE, COUNT, PARTED}
    for asked in (SAME, IN_PARTS):
        counted = {question: region.counted[(large, *question)] for question in asked}
        assert [*Attack(told, asked).found(counted)] == []


def sums(told: list[Told], days: list[date]) -> set[Share]:
    """Of each question what was told in four quarters together, as each of the days shows them."""
    found = set()
    for day in days:
        for back in range(TREND):
            lasts = {newest(day).after(-back - n).last for n in range(4)}
            those = [row for row in told if row["published_for"] in lasts]
            found |= {*added(those, "code").values()}
    return found


def test_pages_packs_papers_and_files_of_every_quarter_are_sums_of_them(region, seen_by, client_of):
    agreement, days = region.agreement.agreement_id, [today(), DAY]
    days += [LAST.after(-back).last + timedelta(days=15) for back in range(4)]
    allowed = sums(of_pair(region), days)
    one = meeting.meeting(region.agreement, region.fund)
    with seen_by(region.municipalities[1]):
        for day in days:
            shares = [past.share for goal in figures_of(agreement, day) for past in goal.past]
            assert {share for share in shares if share} <= allowed
        pack = agenda.pack(queries.meeting(one.id), in_pack, Moment(now(), DAY))
    held = {"pack": pack, "sent_at": now()}
    over = meeting.meeting(region.agreement, region.fund, MeetingState.MINUTES_APPROVED, **held)
    who = {"name": "Ulla", "title": None, "party": "A-kassen", "taking": "member"}
    meeting.minutes(over, region.fund, people=[who | {"attended": True, "instead": None}])
    said = {f"{number} af {one.of}" for one in allowed for number in (one.low, one.high)}
    rounded = {*map(percents, allowed)}
    client = client_of(make.user(region.municipalities[1], Role.AGREEMENT_OWNER))
    here, held_at = f"/standings/{agreement}", f"/meetings/{over.id}"
    year = f"/meetings/agreements/{agreement}/years/{over.day.year}"
    tells = set()
    for address in (
        *("/", "/standings/", here, f"{here}/export?format=csv", f"{here}/export?format=xlsx"),
        *(f"/goals/agreements/{agreement}", "/goals/?set=bupl-a-trial"),
        *(year, f"{year}?format=xlsx", held_at),
        *(f"{held_at}/documents/{name}" for name in DOCUMENTS),
    ):
        text = read(client.get(address), address)
        found = {*TOLD.findall(text)}
        assert found <= said, address
        assert {one.removesuffix(" ") for one in PERCENT.findall(text)} <= rounded, address
        if found:
            tells.add(address)
    assert {here, year, f"{held_at}/documents/pack.pdf", f"{held_at}/documents/pack.xlsx"} <= tells


DOCUMENTS = ("pack.pdf", "pack.xlsx", "minutes.pdf", "minutes.xlsx", "paper.pdf", "paper.xlsx")


def read(answer, address):
    """What it says, whatever it is."""
    assert answer.status_code == 200, address
    if answer.data[:4] == b"%PDF":
        return spoken(answer.data)
    return " ".join(texts(answer.data)) if answer.data[:2] == b"PK" else answer.text
