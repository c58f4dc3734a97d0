"""All agreements of an owner, what needs doing first."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from bs4 import BeautifulSoup

from portal.agreements.models import State
from portal.agreements.overview import MONTHS, Need, agreements, next_meeting
from portal.agreements.parameters import CADENCES
from portal.clock import today
from portal.organisations.models import User
from portal.rules import months_after
from tests import make
from tests.agreements import table

FIRST = date(2026, 1, 31)
DAY = timedelta(days=1)


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def listed(anna, bo):
    """What the list says of each agreement, by title."""

    def ask(owner=None, day=None):
        owner = owner or anna
        with owner.at_work():
            return {row.title: row for row in agreements(owner.actor, day or today())}

    return ask


# --- The next status meeting ---


def test_every_cadence_has_its_months():
    assert {"none", *MONTHS} == CADENCES.keys()


@pytest.mark.parametrize(
    ("cadence", "day", "due"),
    [
        ("quarterly", FIRST, date(2026, 4, 30)),
        ("quarterly", FIRST - DAY, date(2026, 4, 30)),
        ("quarterly", date(2026, 4, 29), date(2026, 4, 30)),
        ("quarterly", date(2026, 4, 30), date(2026, 4, 30)),
        ("quarterly", date(2026, 5, 1), date(2026, 7, 31)),
        ("monthly", date(2026, 2, 28), date(2026, 2, 28)),
        ("monthly", date(2026, 3, 1), date(2026, 3, 31)),
        ("half_yearly", date(2026, 8, 1), date(2027, 1, 31)),
        ("yearly", date(2030, 2, 1), date(2031, 1, 31)),
        ("none", FIRST, None),
        (None, FIRST, None),
    ],
)
def test_a_meeting_falls_due_counted_from_the_first_day(cadence, day, due):
    assert next_meeting(FIRST, None, cadence, day) == due


@pytest.mark.parametrize(
    ("last", "due"), [(date(2026, 4, 29), None), (date(2026, 4, 30), date(2026, 4, 30))]
)
def test_none_falls_due_after_the_end(last, due):
    assert next_meeting(FIRST, last, "quarterly", FIRST) == due


# --- What needs doing ---


def test_what_needs_doing_comes_first(anna, bo, listed, fund, municipality, client_of):
    def other(name, **days):
        return make.agreement(fund, make.organisation(name), **days)

    other("Varde Kommune")
    other("Ærø Kommune")
    other("Aalborg Kommune", valid_until=today() + 90 * DAY)
    other("Brøndby Kommune", valid_from=today() + DAY)
    other("Dragør Kommune", valid_until=today() - 91 * DAY)
    version_id = anna.begin(municipality, title="Ny")
    anna.step(version_id, "open")
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    page = BeautifulSoup(client.get("/agreements/").text, "html.parser")
    assert [one.text for one in page.select("main h2")] == [
        "Det venter på jer",
        "Slutter snart eller er lige sluttet",
        "I kraft",
        "Kommende",
        "Afsluttet",
    ]
    cells = page.select("main tbody tr td:first-child")
    assert [next(cell.stripped_strings) for cell in cells] == [
        "Lillekøbing Kommune",
        "Aalborg Kommune",
        "Varde Kommune",
        "Ærø Kommune",
        "Brøndby Kommune",
        "Dragør Kommune",
    ]


@pytest.mark.parametrize(
    ("days", "need"),
    [
        (91, Need.IN_FORCE),
        (90, Need.ENDING),
        (0, Need.ENDING),
        (-90, Need.ENDING),
        (-91, Need.ENDED),
    ],
)
def test_an_end_is_near_for_three_months(listed, fund, municipality, days, need):
    make.agreement(fund, municipality, valid_until=today() + days * DAY)
    assert listed()["Samarbejdsaftale"].need == need


def test_a_version_on_its_way_is_told_beside_the_one_in_force(listed, anna, bo, fund, municipality):
    signed = make.agreement(fund, municipality, valid_until=today() + 30 * DAY)
    assert listed()["Samarbejdsaftale"].need == Need.ENDING
    version_id = anna.renew(signed.id)
    row = listed()["Samarbejdsaftale"]
    assert (row.need, row.standing, row.under_way.number) == (Need.OURS, "in_force", 2)
    assert listed(bo)["Samarbejdsaftale"].under_way is None  # a draft is its own side's
    anna.step(version_id, "open")
    assert listed(bo)["Samarbejdsaftale"].need == Need.OURS


def test_ours_and_theirs_are_counted_for_each_side(listed, anna, bo, municipality):
    version_id = anna.begin(municipality, title="Ny")
    anna.step(version_id, "open")
    _version, sections = anna.read(version_id)
    empty = sum(one.state == "empty" for one in sections)
    row, other = listed()["Ny"].under_way, listed(bo)["Ny"].under_way
    assert (row.ours, row.theirs) == (empty, len(sections) - empty)
    assert (other.ours, other.theirs) == (len(sections), 0)
    bo.agree(version_id, *(one.key for one in sections if one.state == "proposed"))
    assert listed()["Ny"].under_way.theirs == 0
    assert listed()["Ny"].need == Need.OURS


def test_once_signed_it_waits_for_the_other_side(listed, anna, bo, municipality):
    version_id = anna.begin(municipality, title="Ny")
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    assert (listed()["Ny"].need, listed()["Ny"].under_way.to_sign) == (Need.OURS, True)
    anna.step(version_id, "sign", authenticated_at=table.moment().now, is_read=True)
    assert (listed()["Ny"].need, listed()["Ny"].under_way.to_sign) == (Need.THEIRS, False)
    assert listed(bo)["Ny"].need == Need.OURS


def test_what_was_given_up_before_it_was_signed_is_still_found(listed, anna, municipality):
    version_id = anna.begin(municipality, title="Ny")
    anna.step(version_id, "open")
    anna.step(version_id, "abandon", reason="Kommunen vil vente")
    row = listed()["Ny"]
    assert (row.need, row.given_up, row.standing) == (Need.ENDED, version_id, None)
    assert anna.read(version_id)[0].state == State.ABANDONED


def test_the_page_says_by_when_to_meet(fund, municipality, anna, client_of):
    cadence = {"meeting_cadence": "quarterly"}
    make.agreement(fund, municipality, valid_from=today(), parameters=cadence)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    due = format_date(months_after(today(), 3), "MMMM y", locale="da")
    assert f"senest {due}" in client.get("/agreements/").text
