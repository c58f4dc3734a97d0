"""The list: what needs the reader first, filters, pages, and what it costs however many."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.clock import today
from portal.projects.listing import NEEDS, PAGE
from tests import make, project

MANY = """
insert into project (id, organisation_id, reference, title, type, trade, target_group, purpose,
    state, starts_on, ends_on, colour, colour_reason, colour_at, next_report_on, templates,
    made_at, made_by, changed_at, revision)
select gen_random_uuid(), '{lead}', 'PRJ-MANY-' || lpad(n::text, 4, '0'), 'Projekt ' || n,
    'job_veu', 'hospitality', 'Ledige', 'Flere i job', 'running', '2026-01-01', '2027-12-31',
    'green', null, now(), current_date + 40, '["job_veu"]', now(), 'Prøve', now(), 1
from generate_series(1, {number}) n
"""


def titles(page: str) -> list[str]:
    return re.findall(r'<a href="/projects/[0-9a-f-]{36}(?:/invitation)?">([^<]+)</a>', page)


@pytest.fixture
def alone(cast):
    """A lead with no other project, and somebody of it."""
    lead = make.organisation(f"Ene {uuid.uuid4().hex[:6]} Kommune")
    return lead, make.user(lead, *make.every_role(lead))


def test_what_needs_the_reader_stands_first(cast, alone, as_):
    lead, person = alone
    day = today()
    told: dict[str, Any] = {
        "over": {"state": "closed"},
        "follow": {},
        "yellow": {"colour": "yellow", "colour_reason": "Lidt sent"},
        "report": {"next_report_on": day + timedelta(days=14)},
        "red": {"colour": "red", "colour_reason": "Ingen penge"},
        "late": {"next_report_on": day - timedelta(days=1)},
    }
    for name, values in told.items():
        project.project(lead, title=name, **values)
    project.project(lead, title="today", next_report_on=day)
    project.project(lead, title="far", next_report_on=day + timedelta(days=15))
    project.invited(project.project(cast.fund, title="invited"), lead)
    found = titles(as_(person).get("/projects/").text)
    assert found == ["invited", "late", "red", "today", "report", "yellow", "far", "follow", "over"]
    assert set(NEEDS) <= set(found)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("trade=childcare", ["a"]),
        ("fund=tripartite", ["b"]),
        ("year=2024", ["a"]),
        ("year=2028", []),
        ("state=idea", ["b"]),
        ("state=tea&year=x", ["a", "b"]),
        ("trade=childcare&state=idea", []),
    ],
)
def test_filters_leave_what_fits(query, shown, alone, as_):
    lead, person = alone
    first = {"starts_on": project.FIRST.replace(year=2024), "trade": "childcare"}
    project.project(lead, title="a", **first)
    second = project.project(lead, title="b", state="idea")
    project.budget(second, lead, fund="tripartite")
    page = as_(person).get(f"/projects/?{query}").text
    assert sorted(titles(page)) == shown
    assert ("Ingen projekter passer til filtrene" in page) == (not shown)


def test_a_page_follows_the_one_before_and_costs_the_same(alone, as_, statements):
    """The session, one page of the list, the log: with one project and with hundreds."""
    lead, person = alone
    client = as_(person)
    project.project(lead, title="Det eneste")
    costs = []
    for number in (0, 3 * PAGE):
        make.records.execute(text(MANY.format(lead=lead.id, number=number)))
        make.records.commit()
        client.get("/projects/")
        statements.clear()
        assert client.get("/projects/").status_code == 200
        costs.append(len(statements))
    assert costs == [3, 3]

    seen, address = [], "/projects/"
    for _page in range(5):
        page = client.get(address).text
        seen += titles(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 3 * PAGE + 1
    assert client.get("/projects/?after=nonsense").status_code == 200


def test_a_project_page_costs_the_same_however_much_it_holds(cast, led, as_, statements):
    client, costs = as_(cast.gitte), []
    for turn in range(2):
        client.get(f"/projects/{led.id}")
        statements.clear()
        assert client.get(f"/projects/{led.id}").status_code == 200
        costs.append(len(statements))
        for number in range(4):
            project.phase(led, position=number + 2)
            project.budget(led, cast.lead, fund=f"fund{turn}{number}")
            project.partner(led, make.organisation())
    assert costs == [6, 6], statements
