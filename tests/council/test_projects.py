"""The projects of an area: what a council is told of them, and what it costs."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from portal.access import Role
from portal.clock import today
from portal.council import tallying
from portal.goals.periods import Quarter
from portal.organisations.models import User
from portal.participants import publishing
from portal.participants.models import EventKind
from portal.projects.models import Project
from tests import make, participant, project
from tests.council.test_counterpart import read
from tests.participants.asking import as_the_web, at_work
from tests.projects.test_listing import MANY
from tests.simplex import Bounded

QUARTERS = [Quarter(2025, 1).after(n) for n in range(6)]
KINDS = (EventKind.SOURCED, EventKind.STARTED)
# So many people come to each step first in each quarter: few, and now and then nobody.
COUNTED = {
    "industry": {KINDS[0]: (3, 4, 0, 6, 1, 5), KINDS[1]: (0, 2, 3, 1, 4, 2)},
    "childcare": {KINDS[0]: (7, 1, 1, 4, 0, 0), KINDS[1]: (4, 4, 0, 0, 0, 9)},
}
LIMIT = 5
HERE = "/council-projects/"
NUMBER = re.compile(r"mindst (\d+)")


@dataclass(frozen=True)
class Region:
    industry: Project
    childcare: Project
    member: User


@pytest.fixture(scope="module")
def region(cast, worker) -> Region:
    project.council(cast.lead, "RAR Prøve", date(2015, 1, 1), valid_until=date(2024, 12, 31))
    town: dict[str, Any] = {"municipalities": (cast.lead,)}
    told: dict[str, Any] = {"colour": "yellow", "colour_reason": "Få svar"} | town
    told |= {"starts_on": date(2023, 6, 1), "title": "Industri"}
    industry = project.project(cast.lead, cast.fund, **told)
    late = today() - timedelta(days=1)
    childcare = project.project(cast.lead, cast.fund, title="Pædagoger", trade="childcare",
                                next_report_on=late, **town)  # fmt: skip
    project.project(cast.lead, title="En idé", state="idea", **town)
    project.project(cast.outsider, title="Et andet sted", municipalities=(cast.outsider,))
    project.budget(industry, cast.lead, year=2024, granted=1000, committed=900, spent=700)
    project.budget(industry, cast.fund, fund="tripartite", granted=300, committed=20, spent=10)
    project.budget(childcare, cast.lead, granted=50, committed=40, spent=30)
    project.phase(industry, kind="milestone", planned_until=project.FIRST)
    for one in (industry, childcare):
        for kind, numbers in COUNTED[one.trade].items():
            came(cast, one, kind, numbers)
    for quarter in QUARTERS:
        at_work(worker, publishing.publish, quarter.after(1).last)
    return Region(industry, childcare, make.user(cast.council, Role.COUNCIL_MEMBER))


def came(cast, one: Project, kind: EventKind, numbers: tuple[int, ...]) -> None:
    for quarter, number in zip(QUARTERS, numbers, strict=True):
        for _person in range(number):
            who = participant.participant(one, cast.fund, cpr=None)
            participant.event(who, kind, quarter.first)


def page_of(client, query="") -> BeautifulSoup:
    answer = client.get(f"{HERE}{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def rows(page: BeautifulSoup, label: str) -> list[list[str]]:
    """The rows of the table of that name, as they read."""
    found = page.select_one(f'[role="region"][aria-label="{label}"]')
    assert found, label
    body = found.select("tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"])]
            for row in body]  # fmt: skip


FILTERS = [f"?trade={trade}&fund={fund}&year={year}"
           for trade in ("", "industry", "childcare")
           for fund in ("", "regional_pool", "tripartite")
           for year in ("", "2023", "2024", "2025", "2026")]  # fmt: skip

EXPORTED = FILTERS[::15]  # so many files a minute are the most that a person gets


def blocks(cast) -> list[Any]:
    """All that the council may read of people with SQL in hand."""
    asked = "select f.*, p.trade from united_figure f join project_party p using (project_id)"
    with as_the_web(cast.council) as web:
        return [*web.execute(text(asked)).mappings()]


def sums_of(told: list[Any], region: Region, trade: str, fund: str, year: str) -> set[int]:
    """What pages may say under those filters: sums of whole blocks, for each step."""
    funds = {region.industry.id: {"regional_pool", "tripartite"},
             region.childcare.id: {"regional_pool"}}  # fmt: skip
    fits = [row for row in told if trade in {"", row["trade"]}
            and (not fund or fund in funds[row["project_id"]])
            and year in {"", str(row["last_day"].year)}]  # fmt: skip
    found = set()
    for kind in KINDS:
        for among in ({region.industry.id, region.childcare.id}, {region.industry.id},
                      {region.childcare.id}):  # fmt: skip
            found.add(sum(row["people"] for row in fits
                          if row["kind"] == kind and row["project_id"] in among))  # fmt: skip
    return found - {0}


def test_every_number_of_people_under_any_filter_is_a_sum_of_whole_blocks(cast, region, as_):
    client, told = as_(region.member), blocks(cast)
    assert {row["people"] >= LIMIT for row in told} == {True}
    seen = set()
    for query in FILTERS:
        asked = {part.split("=")[0]: part.split("=")[1] for part in query[1:].split("&")}
        allowed = sums_of(told, region, **asked)
        papers = [f"{HERE}paper.xlsx{query}"] if query in EXPORTED else []
        for address in (f"{HERE}{query}", *papers):
            found = {int(one) for one in NUMBER.findall(read(client.get(address), address))}
            assert found <= allowed, address
            seen |= found
    for one in (region.industry, region.childcare):
        for address in (f"{HERE}{one.id}", f"{HERE}{one.id}/paper.pdf"):
            found = {int(number) for number in NUMBER.findall(read(client.get(address), address))}
            assert found <= sums_of(told, region, "", "", ""), address
            seen |= found
    assert len(seen) > len(KINDS) * 2  # and these are not nothing


def test_nobody_reckons_a_small_number_back_from_the_blocks(cast, region):
    """Linear programming, for whoever knows that what is not told yet is less than five."""
    told = blocks(cast)
    assert len(told) > len(KINDS)
    weak = 0
    for one in (region.industry, region.childcare):
        for kind, numbers in COUNTED[one.trade].items():
            own = [row for row in told if row["project_id"] == one.id and row["kind"] == kind]
            bounds = [*bounded(own)]
            reckoned = Bounded(len(QUARTERS), bounds)
            for place, number in enumerate(numbers):
                least, most = reckoned.span(place)
                left = math.floor(most + 1e-6) - math.ceil(least - 1e-6) + 1
                weak += number < LIMIT and left < LIMIT
    assert weak == 0


def bounded(told: list[Any]) -> Iterator[tuple[dict[int, float], float, float]]:
    """Each block, and before it is told that its quarters hold fewer than five."""
    by_day = {row["last_day"]: row for row in told}
    run: list[int] = []
    for number, quarter in enumerate(QUARTERS):
        run.append(number)
        if row := by_day.get(quarter.last):
            yield dict.fromkeys(run, 1.0), row["people"], row["people"]
            run = []
        else:
            yield dict.fromkeys(run, 1.0), 0, LIMIT - 1


def test_one_page_shows_all_projects_of_the_area_with_their_state_and_money(cast, region, as_):
    page = page_of(as_(cast.susanne))
    listed = rows(page, "Projekter i området")
    assert [row[1].split(" PRJ-")[0] for row in listed] == ["Pædagoger", "Industri"]
    assert "Status: grøn" in listed[0][2]
    assert "Status: gul" in listed[1][2]
    assert page.select_one("svg.timeline-picture")
    said = page.get_text(" ")
    assert "Forsinkede rapporter 1" in re.sub(r"\s+", " ", said)
    assert "En idé" not in said
    assert "Et andet sted" not in said
    assert rows(page, "Budget for hver pulje") == [
        ["Den regionale uddannelsespulje", "1.050 kr.", "940 kr.", "730 kr."],
        ["Trepartsmidler", "300 kr.", "20 kr.", "10 kr."],
        ["I alt", "1.350 kr.", "960 kr.", "740 kr."],
    ]
    only = page_of(as_(cast.susanne), "?fund=tripartite")
    assert [row[1][:8] for row in rows(only, "Projekter i området")] == ["Industri"]
    assert rows(only, "Budget for hver pulje")[0][1] == "300 kr."
    assert page_of(as_(cast.susanne), "?trade=nonsense&year=1&after=x").select_one("table")


def test_a_series_says_where_boundaries_break_and_an_old_year_has_its_own_councils(
    cast, region, as_
):
    client = as_(region.member)
    series = rows(page_of(client), "År for år")
    place = next(n for n, row in enumerate(series) if row[0].startswith("Her skifter grænserne"))
    assert series[place - 1][0] == "2024 RAR Prøve"
    assert series[place + 1][0] == "2025 RBR Prøve"
    assert (
        "til og med 2024 lå kommunerne under RAR Prøve, fra 2025 under RBR Prøve"
        in (series[place][0])
    )
    old = page_of(client, "?year=2024")
    words = "I 2024 lå kommunerne i området under RAR Prøve (regionalt arbejdsmarkedsråd, RAR)."
    assert words in old.get_text()
    assert rows(old, "Projekter i området")[0][1].endswith("RAR Prøve")
    assert "Andre grænser dengang" not in page_of(client, "?year=2025").get_text()
    paper = read(client.get(f"{HERE}paper.xlsx?year=2024"), "paper")
    assert words in paper


def test_a_member_reads_and_changes_nothing_and_another_council_sees_none_of_it(cast, region, as_):
    client = as_(region.member)
    assert client.get("/projects/").status_code == 403
    assert client.post(HERE).status_code == 405
    page = client.get(f"{HERE}{region.industry.id}")
    assert "Åbn projektet" not in page.text
    assert "Gitte" not in page.text  # nobody who wrote something either
    assert "Åbn projektet" in as_(cast.susanne).get(f"{HERE}{region.industry.id}").text
    other = project.council(cast.outsider, "RBR Udkøbing")
    stranger = as_(make.user(other, Role.SECRETARY))
    assert stranger.get(f"{HERE}{region.industry.id}").status_code == 404
    assert ">Industri</a>" not in stranger.get(HERE).text
    assert "Et andet sted" in stranger.get(HERE).text


def test_tallies_are_kept_by_the_database_and_proved_by_a_command(cast, region, run_as, worker):
    assert run_as("council", "check").output == "The tally is as counted now.\n"
    line = project.budget(region.childcare, cast.fund, fund="municipal", year=2027)
    project.council(cast.fund)  # lies somewhere else, and changes nothing
    make.records.execute(
        text("update project set trade = 'health', state = 'stopped' where id = :id"),
        {"id": region.childcare.id},
    )
    make.records.delete(line)
    make.records.commit()
    assert run_as("council", "check").exit_code == 0
    make.records.execute(text("update area_tally set number = number + 1 where what = 'spent'"))
    make.records.commit()
    wrong = run_as("council", "check")
    assert wrong.exit_code == 1
    assert "in the tally" in wrong.output
    assert at_work(worker, tallying.put_right) > 0
    assert run_as("council", "check").exit_code == 0


def test_the_page_costs_four_statements_however_many_projects(cast, as_, statements):
    town = make.organisation("Mange Kommune")
    client = as_(make.user(project.council(town, "RBR Mange"), Role.SECRETARY))
    lead = make.organisation("Ledende Kommune")
    costs = []
    for number in (0, 60):
        make.records.execute(text(MANY.format(lead=lead.id, number=number)))
        make.records.execute(text(AREA), {"town": town.id, "lead": lead.id})
        make.records.commit()
        client.get(HERE)
        statements.clear()
        assert client.get(HERE).status_code == 200
        costs.append(len(statements))
    assert costs == [4, 4], statements
    assert "Projekter: 60" in client.get(HERE).text


AREA = """
insert into project_municipality (id, project_id, organisation_id, municipality_id)
select gen_random_uuid(), p.id, p.organisation_id, :town from project p
where p.organisation_id = :lead
"""
