"""The work list page by page, and what it says where it is empty."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.clock import now, today
from portal.handovers.models import State
from portal.handovers.worklist import PAGE
from tests import make
from tests.handovers.road import page

COUNT = 2 * PAGE + 3


@pytest.fixture
def many(fund: Any, municipality: Any, adviser: Any, contact: Any) -> set[str]:
    """More than two pages of them, most with the same day and the same moment."""
    moment = now() - timedelta(hours=1)
    names = {f"Medlem Nummer {number}" for number in range(COUNT)}
    for number, name in enumerate(sorted(names)):
        case = make.member_case(fund, municipality, name=name, adviser_id=adviser.id)
        due = today() + timedelta(days=number // 40)
        changed = moment - timedelta(seconds=number // 40)
        place = {"receiver_person_id": contact.id, "due_on": due, "changed_at": changed}
        make.handover(case, State.RECEIVED, **place)
    return names


def shown(soup: BeautifulSoup) -> list[str]:
    return [cell.text for cell in soup.select("#rows tbody td[hx-ignore]")]


@pytest.mark.parametrize("sort", ["due", "-due", "changed", "-changed"])
def test_pages_follow_each_other_without_gaps_or_doubles(sort, many, receiver):
    address, pages = f"/handovers/?tab=mine&sort={sort}", []
    while address:
        soup = page(receiver.get(address))
        pages.append(shown(soup))
        onward = [
            str(one["href"]) for one in soup.select("#rows a") if "after=" in str(one["href"])
        ]
        address = onward[0] if onward else ""
    assert [len(names) for names in pages] == [PAGE, PAGE, 3]
    found = [name for names in pages for name in names]
    assert len(found) == len(set(found))
    assert set(found) == many


@pytest.mark.parametrize(
    ("address", "heading", "way_on"),
    [
        ("/handovers/", "Der venter intet på dig", "/handovers/?tab=unit"),
        ("/handovers/?tab=closed", "Listen er tom", None),
        ("/handovers/?due=late", "Ingen overdragelser passer til filtrene", "/handovers/"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(address, heading, way_on, receiver):
    [empty] = page(receiver.get(address)).select(".empty-state")
    assert empty.select("h2")[0].text == heading
    links = [str(one["href"]) for one in empty.select("a")]
    assert links == ([way_on] if way_on else [])


@pytest.mark.parametrize("word", ["", "Ingensteds"])
def test_a_search_without_a_word_and_one_without_a_hit_say_so(word, receiver):
    soup = page(receiver.post("/handovers/search", data={"word": word}))
    [empty] = soup.select(".empty-state")
    assert ("Skriv" in empty.text) == (word == "")
