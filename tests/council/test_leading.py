"""What whoever leads sees of each agreement: promised, measured, decided, and how all stand."""

import re
import uuid
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.access import Role
from portal.agreements.beside import AmendmentState
from portal.goals.publications import Publication, PublishedCurve
from portal.goals.published import figures_of, is_met
from portal.meetings.parts import NoteKind
from portal.meetings.series import MeetingState
from portal.status_meetings.figures import published as published_for_meeting
from portal.suppression import Share
from tests import make, meeting
from tests.council import published
from tests.council.published import DAY, Region
from tests.reading import alternatives, spoken, texts

DECISION = "=Vi holder åbent i juli"


@pytest.fixture(scope="module")
def region(database, worker) -> Iterator[Region]:
    make.clean()
    made = published.region()
    published.publish(worker)
    yield made
    make.clean()


@pytest.fixture(scope="module")
def owner(region):
    """Of the municipality: the counterpart of the fund whose members they are."""
    return make.user(region.municipalities[1], Role.AGREEMENT_OWNER)


def html(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_the_counterpart_reads_each_goal_with_its_figure_and_its_trend(region, seen_by):
    with seen_by(region.municipalities[1]):
        found = figures_of(region.agreement.agreement_id, DAY)
        told = published_for_meeting(region.agreement.agreement_id, DAY)
    assert [one.code for one in found] == [*published.PEOPLE, published.COUNT]
    assert all(len(one.trend) == 4 and one.trend[-1] == one.text for one in found)
    assert {(one.period.first.year, one.period.last) for one in found} == {
        (2025, published.LAST.last)
    }
    assert [one.text for one in told] == [one.text for one in found]
    with seen_by(region.municipalities[0]):
        assert figures_of(region.agreement.agreement_id, DAY) == []


def test_the_page_of_an_agreement_says_what_the_file_says(region, owner, client_of, statements):
    client, address = client_of(owner), f"/standings/{region.agreement.agreement_id}"
    make.amendment(region.agreement, region.fund, state=AmendmentState.PROPOSED)
    client.get(address)
    statements.clear()
    page = html(client.get(address))
    assert len(statements) <= 11
    cells = [re.sub(r"\s+", " ", cell.text).strip() for cell in page.select("td[data-label=Målt]")]
    file = client.get(f"{address}/export?format=csv").data.decode("utf-8-sig")
    assert cells
    assert all(cell in file for cell in cells)
    assert client.get(f"{address}/export?format=xlsx").data[:2] == b"PK"
    curve = client.get(f"{address}/export?of=curve").data.decode("utf-8-sig")
    assert curve.startswith("Uger;I ordinært job;")
    for picture in page.select("svg.trend"):
        assert picture["aria-label"].count(", ") == 3


def test_all_agreements_stand_on_one_page_the_worst_first(region, client_of, statements):
    """Two where the same people are promised more and less: the one that is missed comes first."""
    fund, large = region.fund, region.municipalities[1]
    other = make.organisation("Åby Kommune")
    make.agreement(fund, other, goals=[published.goal(published.COUNT, 1)])
    client = client_of(make.user(fund, Role.TEAM_LEAD))
    client.get("/standings/")
    statements.clear()
    page = html(client.get("/standings/"))
    assert len(statements) <= 4
    names = [cell.text.strip() for cell in page.select("tbody th")]
    assert len(names) == 2
    assert large.id
    missed = [int(cell.text) for cell in page.select("td[data-label='Ikke nået']")]
    assert missed == sorted(missed, reverse=True)


@pytest.mark.parametrize(
    ("share", "direction", "met"),
    [
        (Share(20, 12, 12), "at_least", True),
        (Share(20, 11, 11), "at_least", False),
        (Share(20, 11, 15), "at_least", None),
        (Share(20, 12, 12), "at_most", True),
        (Share(20, 13, 13), "at_most", False),
        (Share(20, 12, 13), "at_most", None),
        (None, "at_least", None),
    ],
)
def test_a_target_of_sixty_in_a_hundred(share, direction, met):
    assert is_met(share and share.percents, "percent", 60, direction) is met


def test_a_number_is_held_against_the_year():
    assert is_met((20, 20), "count", 20, "at_least") is True
    assert is_met((19, 19), "count", 20, "at_least") is False
    assert is_met((99, 99), "yes_no", None, "at_least") is False
    assert is_met((100, 100), "yes_no", None, "at_least") is True


def test_the_years_paper_gathers_meetings_decisions_and_curves(region, owner, client_of, seen_by):
    """Drawn from what is published, and each picture is said to whoever does not see it."""
    version, fund = region.agreement, region.fund
    held = meeting.meeting(version, fund, MeetingState.MINUTES_APPROVED)
    there = [{"attended": True}, {"attended": False}]
    meeting.minutes(held, fund, people=there)
    meeting.note(held, meeting.item(held, fund), fund, kind=NoteKind.DECISION, text=DECISION)
    make.saved(curve_until(region, published.LAST.last))
    address = f"/meetings/agreements/{version.agreement_id}/years/{held.day.year}"
    client = client_of(owner)

    paper = client.get(address).data
    said = spoken(paper)
    assert DECISION in said
    with seen_by(region.municipalities[1]):
        goals = [one.text for one in figures_of(version.agreement_id, DAY)]
    assert all(text in said for text in goals)
    assert "40–60 %" in said
    assert len(alternatives(paper)) == len(goals) + 1
    assert any("Efter 26 uger er 50 %" in one for one in alternatives(paper))
    shown = texts(client.get(f"{address}?format=xlsx").data)
    assert {DECISION, "40–60 %", *goals[:1]} <= {part for one in shown for part in one.split(": ")}
    assert client.get(address.replace(str(held.day.year), "2025")).status_code == 404


def curve_until(region, last):
    """Of the pair, told with the newest quarter."""
    found = make.records.scalars(select(Publication).where(Publication.last_day == last)).one()
    own = {"fund_id": region.fund.id, "municipality_id": region.municipalities[1].id}
    days = {"first_day": found.first_day, "last_day": last, "publication_id": found.id}
    points = [{"week": 13, "share": 30, "low": 20, "high": 45}]
    points += [{"week": 26, "share": 50, "low": 40, "high": 60}]
    return PublishedCurve(id=uuid.uuid4(), people=40, points=points, **own, **days)
