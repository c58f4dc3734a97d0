"""Minutes while they are written: headings, and what was typed, which the fund does not see."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.handovers.meeting import Minutes, MinutesDraft
from portal.handovers.template_of_minutes import blank, filled, headings
from tests import make
from tests.conftest import HTMX
from tests.handovers import road as steps
from tests.handovers.ways import to_held, to_meeting


def minutes(**values):
    return steps.minutes(**{"next_contact_person": "Jonas"} | values)


TITLES = ["Status siden sidst", "Jobmål og jobsøgning", "Andet"]


@pytest.fixture
def held(road):
    """The page that the minutes of a meeting just held are written on."""
    to_held(road)
    return f"{road.address}/steps/publish-minutes"


def test_headings_without_anything_beneath_are_left_out():
    text = blank(TITLES).replace("søgning\n", "søgning\nVi talte om kurset.\n\nOg om truck.\n")
    assert filled(text, TITLES) == "Jobmål og jobsøgning\nVi talte om kurset.\n\nOg om truck."
    assert filled(blank(TITLES), TITLES) == ""
    assert filled("Uden overskrifter.\n\nTo afsnit.", TITLES) == "Uden overskrifter.\n\nTo afsnit."


def test_the_headings_are_those_of_the_day():
    assert headings(date(2015, 1, 1))[0] == "Status siden sidst"
    assert headings(date(2014, 12, 31)) == []


def test_the_page_begins_with_the_headings_and_shares_what_is_written(road, receiver, sender, held):
    opened = steps.page(receiver.get(held)).select("#text")[0].text.strip()
    assert opened.splitlines()[0] == "Status siden sidst"
    empty = road.step(receiver, "publish-minutes", **minutes(text=opened))
    assert steps.errors(empty) == ["Skriv et referat."]
    written = opened.replace("Andet", "Andet\nVi ses igen.")
    road.take(receiver, "publish-minutes", **minutes(text=written))
    [shared] = make.records.scalars(select(Minutes)).all()
    assert shared.text == "Andet\nVi ses igen."


def test_what_is_typed_is_kept_until_it_is_shared(
    road, receiver, sender, municipality, client_of, held
):
    keep = f"{road.address}/minutes-draft"
    typed = minutes(text="Halvt skrevet", next_contact_on="1/1", draft_seen="0")
    answer = receiver.post(keep, data=typed, headers=HTMX)
    assert answer.status_code == 200
    assert "Kladden er gemt" in answer.text
    colleague = client_of(make.user(municipality, Role.CONTACT))
    shown = steps.page(colleague.get(held))
    assert shown.select("#text")[0].text.strip() == "Halvt skrevet"
    assert 'data-typed="1/1"' in str(shown)
    assert "Halvt skrevet" not in sender.get(road.address).text
    assert sender.post(keep, data=typed).status_code == 409
    road.take(receiver, "publish-minutes", **minutes(text="Færdigt"))
    assert make.records.scalars(select(MinutesDraft)).all() == []


def test_two_who_write_at_once_lose_nothing(road, receiver, held):
    keep = f"{road.address}/minutes-draft"
    first = receiver.post(keep, data=minutes(text="Først", draft_seen="0"))
    assert first.status_code == 303
    for headers in (HTMX, {}):
        second = receiver.post(keep, data=minutes(text="Siden", draft_seen="0"), headers=headers)
        assert second.status_code == 409
        assert "har gemt en kladde imens" in second.text
    assert "Siden" in second.text
    [draft] = make.records.scalars(select(MinutesDraft)).all()
    assert draft.typed["text"] == "Først"
    again = receiver.post(keep, data=minutes(text="Videre", draft_seen=str(draft.version)))
    assert again.status_code == 303


def test_there_is_nothing_to_keep_before_the_meeting_is_held(road, receiver):
    to_meeting(road)
    answer = receiver.post(f"{road.address}/minutes-draft", data=minutes(draft_seen="0"))
    assert answer.status_code == 409
