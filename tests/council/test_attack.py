"""Whoever takes every figure that is published and reckons cannot find a number below five.

The attacker is a council's secretary with SQL in hand: all that the views show, which is more than
any page does. Known too are the source code, and that two questions are asked of the same people.
The second attack looks at pages and files and finds no number in them that is not a sum of these.
"""

import csv
import io
import math
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from portal.access import OrganisationKind
from portal.council.tables import Division
from portal.goals.figure_words import text_of
from portal.settings import database_url
from portal.suppression import Share
from tests import make
from tests.council import published
from tests.council.published import COUNT, LAST, PARTED, PARTS, PEOPLE, QUARTERS, Region
from tests.simplex import Bounded

ALL = "select * from council_figure order by published_for"
ASK = "select set_config('samspil.organisation', :id, true)"
Told = dict[str, Any]
SETS = {PARTED: "cooperation"}
KEYS = {
    Division.MUNICIPALITY: ("municipality_id",),
    Division.FUND: ("fund_id",),
    Division.PAIR: ("municipality_id", "fund_id"),
    Division.PART: ("cell",),
    Division.MUNICIPALITY_PART: ("municipality_id", "cell"),
}
Bound = tuple[dict[int, float], float, float]


@pytest.fixture(scope="module")
def region(database, worker) -> Iterator[Region]:
    make.clean()
    made = published.region()
    published.publish(worker)
    yield made
    make.clean()


def seen_by(organisation_id: uuid.UUID, role: str, query: str) -> list[Told]:
    engine = create_engine(database_url(role), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(ASK), {"id": str(organisation_id)})
        return [dict(row) for row in connection.execute(text(query)).mappings()]


Question = tuple[str, str]
"""An indicator's code, and the part of it, if it is told in parts."""
SAME: list[Question] = [(code, "") for code in PEOPLE]
IN_PARTS: list[Question] = [(PARTED, cell) for cell in PARTS]


class Attack:
    """What is told of one municipality, as bounds on the numbers of each quarter.

    Unknown are, of each question and quarter, in whom it holds and in whom not.
    """

    def __init__(self, told: list[Told], asked: list[Question]):
        self.quarters, self.asked = len(QUARTERS), asked
        bounds = [one for question in asked for one in self.of_part(question, told)]
        bounds += self.same_people() if asked == SAME else self.of_whole(told)
        self.reckoned = Bounded(len(asked) * 2 * self.quarters, bounds)

    def place(self, question: Question, quarter: int, holds: bool) -> int:
        return (self.asked.index(question) * self.quarters + quarter) * 2 + holds

    def of_whole(self, told: list[Told]) -> Iterator[Bound]:
        """Should the sum of the parts be told beside them."""
        for row in told:
            if (row["code"], row["cell"]) != (PARTED, ""):
                continue
            run = [number for number, quarter in enumerate(QUARTERS)
                   if row["first_day"] <= quarter.first <= row["published_for"]]  # fmt: skip
            places = {holds: [self.place(one, n, holds) for one in self.asked for n in run]
                      for holds in (True, False)}  # fmt: skip
            yield dict.fromkeys(places[True] + places[False], 1.0), row["of"], row["of"]
            yield dict.fromkeys(places[True], 1.0), row["low"], row["high"]

    def of_part(self, code: Question, told: list[Told]) -> Iterator[Bound]:
        """A block tells of its quarters; as long as none is told, they are fewer than ten."""
        by_day = {row["published_for"]: row for row in told if (row["code"], row["cell"]) == code}
        run: list[int] = []
        for number, quarter in enumerate(QUARTERS):
            run.append(number)
            everybody = {self.place(code, n, yes): 1.0 for n in run for yes in (True, False)}
            if row := by_day.get(quarter.last):
                assert row["first_day"] == QUARTERS[run[0]].first
                yield everybody, row["of"], row["of"]
                yield {self.place(code, n, True): 1.0 for n in run}, row["low"], row["high"]
                run = []
            else:
                yield everybody, 0, 9

    def same_people(self) -> Iterator[Bound]:
        for number in range(self.quarters):
            one = {self.place(self.asked[0], number, yes): 1.0 for yes in (True, False)}
            other = {self.place(self.asked[1], number, yes): -1.0 for yes in (True, False)}
            yield one | other, 0, 0

    def found(self, counted: dict[Question, list[tuple[int, int]]]) -> Iterator[Any]:
        """The numbers below five of which fewer than five are left that they can be."""
        for code in self.asked:
            for number, (of, yes) in enumerate(counted[code]):
                for holds, hidden in ((True, yes), (False, of - yes)):
                    if hidden < 5 and self.left(self.place(code, number, holds)) < 5:
                        yield code, number, hidden

    def left(self, place: int) -> int:
        least, most = self.reckoned.span(place)
        return math.floor(most + 1e-6) - math.ceil(least - 1e-6) + 1


def attack(region: Region, told: list[Told]) -> list[Any]:
    found: list[Any] = []
    for one in region.municipalities:
        own = [row for row in told if row["municipality_id"] == one.id]
        for asked in (SAME, IN_PARTS):
            counted = {question: region.counted[(one.id, *question)] for question in asked}
            found += Attack(own, asked).found(counted)
    return found


def test_nothing_small_can_be_reckoned_from_all_that_is_published(region):
    told = seen_by(region.council.id, "report", ALL)
    assert {row["municipality_id"] for row in told} == {one.id for one in region.municipalities}
    assert any(row["low"] == row["high"] for row in told)
    assert any(row["low"] < row["high"] for row in told)
    assert {row["cell"] for row in told if row["code"] == PARTED} == {*PARTS}
    assert attack(region, told) == []


def test_pages_and_files_tell_no_other_number(region, client_of):
    """Each is the sum of what the attacker has already, of the quarters that the page names."""
    client = client_of(region.secretary)
    told = seen_by(region.council.id, "report", ALL)
    assert {*KEYS} == {*Division}
    for back in range(3):
        quarter = LAST.after(-back)
        lasts = {quarter.after(-n).last for n in range(4)}
        now = [row for row in told if row["published_for"] in lasts]
        asked = {"quarter": f"{quarter.year}-{quarter.number}"}
        file = client.get("/council-figures/export", query_string=asked | {"format": "csv"})
        rows = [*csv.reader(io.StringIO(file.data.decode("utf-8-sig")), delimiter=";")][1:]
        sums = added(now, "code", "municipality_id", "cell").values()
        assert sorted((row[8], row[9], row[10]) for row in rows) == sorted(
            (str(one.of), str(one.low), str(one.high)) for one in sums
        )
        for code in (*PEOPLE, COUNT, PARTED):
            unit = "count" if code == COUNT else "percent"
            named = asked | {"indicator": f"{SETS.get(code, published.SET)}/{code}"}
            for division, keys in KEYS.items():
                if "cell" in keys and code != PARTED:
                    continue  # there it is one line, of all
                parts = added([row for row in now if row["code"] == code], *keys).values()
                page = client.get("/council-figures/", query_string=named | {"division": division})
                shown = BeautifulSoup(page.text, "html.parser").select("td[data-label=Tal]")
                assert sorted(cell.text for cell in shown) == sorted(
                    text_of(one, unit) for one in parts
                )


def added(told: list[Told], *keys: str) -> dict[tuple[Any, ...], Share]:
    sums: dict[tuple[Any, ...], Share] = defaultdict(lambda: Share(0, 0, 0))
    for row in told:
        sums[tuple(row[key] for key in keys)] += Share(row["of"], row["low"], row["high"])
    return sums


def test_another_council_sees_nothing_and_nobody_sees_a_table(region):
    other = make.organisation(kind=OrganisationKind.COUNCIL)
    assert seen_by(other.id, "report", ALL) == []
    with pytest.raises(ProgrammingError, match="permission denied"):
        seen_by(region.council.id, "report", "select * from published_figure")
    assert seen_by(region.council.id, "app", "select * from published_figure") == []


def test_each_party_sees_the_figures_of_the_pair(region):
    """And so no more than the council, which is what the attack was made on."""
    one, other = region.municipalities
    rows = "select municipality_id from published_figure"
    seen = {who.id: {row["municipality_id"] for row in seen_by(who.id, "app", rows)}
            for who in (region.fund, one, other)}  # fmt: skip
    assert seen == {region.fund.id: {one.id, other.id}, one.id: {one.id}, other.id: {other.id}}
