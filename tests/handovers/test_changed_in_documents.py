"""A day that was changed, a meeting that was moved and a wish that was, as the documents tell them.

What was sent stays as it was; the package with what came after, and the file for the records, say
what is so now and what it was before.
"""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.handovers import road as steps
from tests.handovers.ways import to_review
from tests.reading import squeezed, text_of

BEFORE, AFTER = "31. december 2026", "31. januar 2027"


@pytest.fixture
def changed(road, sender, receiver):
    """Sent with one day and a yes to the fund; accepted with another, and a no."""
    road.write(responsible_from="2026-12-31")
    to_review(road)
    road.take(receiver, "accept", responsible_from="2027-01-31")
    road.take(receiver, "plan-meeting", **steps.meeting(fund_attends="no"))
    later = {"day": steps.in_working_days(8).isoformat(), "fund_attends": "no"}
    road.take(receiver, "plan-meeting", **steps.meeting(**later))
    return road


def fetched(client: Any, road: steps.Road, name: str) -> bytes:
    answer = client.get(f"{road.address}/{name}")
    assert answer.status_code == 200
    body: bytes = answer.data
    return body


def read(client: Any, road: steps.Road, name: str) -> str:
    return squeezed(text_of(fetched(client, road, name)))


def test_what_was_sent_says_the_day_that_was_sent(changed, sender, receiver):
    for client in (sender, receiver):
        text = read(client, changed, "package.pdf")
        assert squeezed(BEFORE) in text
        assert squeezed(AFTER) not in text
        assert squeezed("Ønsker, at a-kassen deltager") in text


def test_the_package_with_what_came_after_says_both(changed, sender, receiver):
    text = read(receiver, changed, "record.pdf")
    assert text == read(sender, changed, "record.pdf")
    first, last = (f"{steps.in_working_days(n):%d.%m.%Y}" for n in (6, 8))
    for words in (
        AFTER,
        "foreslået af Jonas Skabelon ved accept i stedet for 31.12.2026",
        "Ansvaret overgår: 31.12.2026 → 31.01.2027",
        f"Samtalen: {first} kl. 10.00 → {last} kl. 10.00",
        "Ønsker ikke, at a-kassen deltager",
    ):
        assert squeezed(words) in text, words


def test_the_file_for_the_records_says_the_day_and_why(changed, sender, receiver):
    for client in (sender, receiver):
        with zipfile.ZipFile(io.BytesIO(fetched(client, changed, "filing.zip"))) as held:
            told = json.loads(held.read("metadata.json"))
            overview = held.read("oversigt.txt").decode("utf-8-sig")
        assert told["responsible_from"] == "2027-01-31"
        source = "foreslået af Jonas Skabelon ved accept i stedet for 31.12.2026"
        assert told["responsible_source"] == source
        assert AFTER in overview
        assert source in overview


def test_the_members_copy_says_the_day_that_counts(changed, sender):
    text = read(sender, changed, "member-copy.pdf")
    assert squeezed(AFTER) in text
    assert squeezed(BEFORE) not in text
    assert squeezed("Du vil ikke have a-kassen med.") in text
