"""Every edge case of the handover package, and the test that shows how it is handled.

What no test shows yet stands in `AHEAD` with its reason; a row that has come leaves it.
"""

import importlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.clock import today
from portal.handovers import clocks
from portal.handovers.models import Handover, State
from tests import make
from tests.handovers import road

AHEAD: dict[str, str] = {}
SHOWN = {
    "organisation merges": (
        "departures.test_merging",
        "test_packages_of_a_municipality_that_is_no_more_go_on_under_its_successor",
    ),
    "organisation loses its last user": (
        "departures.test_merging",
        "test_owners_and_operators_are_told_once_that_nobody_is_left",
    ),
    "mail bounced": (
        "handovers.test_bounces",
        "test_a_refused_mail_stands_on_its_package_and_is_told_one_level_higher",
    ),
    "withdrawn after acceptance": (
        "handovers.test_withdrawal",
        "test_yes_closes_the_package_and_its_meeting",
    ),
    "withdrawn though its recipient has left": (
        "handovers.test_withdrawal",
        "test_a_package_is_withdrawn_though_its_recipient_has_left",
    ),
    "and refused": (
        "handovers.test_withdrawal",
        "test_no_leaves_it_as_it_was_and_brings_the_owners_together",
    ),
    "returned for information": (
        "handovers.test_clocks",
        "test_the_receivers_clock_waits_for_the_answer",
    ),
    "rejected": ("handovers.test_page", "test_a_rejection_tells_each_party_what_it_means"),
    "rejected, and the days to read it are over: the reference is left": (
        "handovers.test_by_agreement",
        "test_what_was_rejected_goes_out_of_sight_for_the_receiver_alone",
    ),
    "back to the a-kasse": (
        "handovers.test_returning",
        "test_what_was_taken_on_goes_back_and_the_members_case_goes_on",
    ),
    "contested once": ("handovers.test_ended_early", "test_a_rejection_is_contested_once"),
    "wrong municipality": (
        "handovers.test_redirect",
        "test_a_package_goes_on_to_the_right_municipality",
    ),
    "accepted but nobody assigned": (
        "handovers.test_edge_cases",
        "test_whoever_accepts_what_nobody_has_has_it",
    ),
    "the queue of what nobody has has its own clock": (
        "handovers.test_digests",
        "test_what_nobody_has_is_told_to_who_can_assign_it_once",
    ),
    "held without the a-kasse at the member's wish": (
        "handovers.test_without_the_fund",
        "test_the_fund_is_told_but_nothing_waits_for_it",
    ),
    "the member gets a job": (
        "life.test_recording",
        "test_a_job_ahead_lets_the_package_rest_and_closes_it_on_the_day",
    ),
    "a job that falls through": (
        "life.test_recording",
        "test_a_job_that_falls_through_leaves_all_as_it_was",
    ),
    "part-time or short work": ("life.test_effects", "test_few_hours_of_work_change_nothing"),
    "the member moves": (
        "life.test_recording",
        "test_a_move_begins_anew_for_the_new_municipality_with_what_was_written",
    ),
    "the municipality that the member moved from sends on": (
        "handovers.test_straight",
        "test_what_was_taken_on_goes_on_when_the_citizen_moves",
    ),
    "a-kasse changes": (
        "handovers.test_straight",
        "test_the_plan_goes_to_the_new_fund_and_its_draft_takes_the_place",
    ),
    "a-kasse changes without consent": (
        "life.test_recording",
        "test_to_another_fund_without_a_yes_nothing_goes_along",
    ),
    "leaves benefit": (
        "life.test_effects",
        "test_what_ends_the_unemployment_ends_what_is_open_but_for_the_minutes",
    ),
    "death": ("life.test_recording", "test_nobody_is_written_to_of_a_death"),
    "contact ill": (
        "handovers.test_stand_ins",
        "test_open_deadlines_wait_for_the_stand_in_as_long_as_somebody_is_away",
    ),
    "contact gone": (
        "departures.test_departures",
        "test_open_packages_and_cases_are_moved_and_the_new_one_is_told",
    ),
    "the agreement expires or is replaced": (
        "consequences.test_page",
        "test_open_packages_keep_the_old_version_and_are_told_by_number_alone",
    ),
    "two people edit": (
        "handovers.test_at_once",
        "test_two_who_write_the_same_draft_get_both_texts",
    ),
    "accept and reject at once": (
        "journeys.test_handover",
        "test_of_two_who_accept_and_reject_at_once_the_second_reads_what_happened",
    ),
    "double click and retry": (
        "handovers.test_at_once",
        "test_a_double_click_is_one_step_and_one_receipt",
    ),
    "back button": ("handovers.test_at_once", "test_the_back_button_finds_the_receipt_of_its_form"),
    "duplicate": ("handovers.test_edge_cases", "test_of_a_duplicate_the_open_one_is_offered"),
    "stale tab and old mail link": (
        "handovers.test_at_once",
        "test_an_old_link_says_what_happened",
    ),
    "organisation not on Samspil": (
        "handovers.test_not_on_board",
        "test_the_receipt_by_phone_says_when_and_with_whom",
    ),
    "file found infected later": ("handovers.test_files", "test_file_found_infected_later"),
    "protected address, staff or kin": (
        "handovers.test_restricted",
        "test_a_draft_goes_to_nobody_until_the_other_side_has_named",
    ),
    "responsibility passes while waiting or rejected": (
        "handovers.test_edge_cases",
        "test_both_are_told_that_responsibility_has_passed_and_nobody_waits",
    ),
    "responsibility passes unsent": (
        "handovers.test_digests",
        "test_that_responsibility_passes_without_a_package_is_told_of",
    ),
    "support access": (
        "support.test_support",
        "test_support_reads_what_was_granted_and_only_as_long",
    ),
    "benefit hours corrected backwards": (
        "cases.test_clock_pages",
        "test_hours_do_not_move_the_confirmed_day",
    ),
}


def test_none_is_both_shown_and_ahead():
    assert not SHOWN.keys() & AHEAD.keys()


@pytest.mark.parametrize(("module", "name"), sorted({*SHOWN.values()}))
def test_each_has_its_test_by_name(module, name):
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name))


def test_of_a_duplicate_the_open_one_is_offered(case, sender):
    new = f"/handovers/new/{case.id}"
    first = sender.post(new, data={"kind": "overgang"})
    again = sender.post(new, data={"kind": "overgang"}, follow_redirects=True)
    assert "Der er allerede en pakke i gang. Her er den." in again.text
    assert first.location.removesuffix("/draft") in again.request.path
    assert len([*make.records.scalars(select(Handover))]) == 1
    make.records.commit()


@pytest.mark.parametrize(
    ("state", "days", "is_told"),
    [
        (State.INFO_REQUESTED, 0, True),
        (State.INFO_REQUESTED, 1, False),
        (State.SENT, -1, True),
        (State.ACCEPTED, -1, False),
    ],
)
def test_both_are_told_that_responsibility_has_passed_and_nobody_waits(
    state, days, is_told, case, fund, municipality, sender, receiver
):
    version = make.agreement(fund, municipality)
    day = today() + timedelta(days=days)
    package = make.handover(case, state, responsible_from=day, agreement_version_id=version.id)
    for side in (sender, receiver):
        shown = side.get(f"/handovers/{package.id}").text
        assert ("Ansvaret er overgået til Lillekøbing Kommune" in shown) == is_told


def test_a_rejection_does_not_hold_responsibility_back():
    rejected = Handover(state=State.REJECTED, responsible_from=today())
    assert clocks.has_passed(rejected, today())
    assert not clocks.has_passed(rejected, today() - timedelta(days=1))


def test_whoever_accepts_what_nobody_has_has_it(case, contact, receiver):
    """Until then it lies among what nobody has, and is late there by its own deadline."""
    yesterday = today() - timedelta(days=1)
    package = make.handover(case, State.RECEIVED, due_on=yesterday, responsible_from=today())
    late = "/handovers/?tab=unassigned&due=late"
    assert package.reference in receiver.get(late).text
    url = f"/handovers/{package.id}/steps/accept"
    given = road.hidden(road.page(receiver.get(url)))
    assert receiver.post(url, data=given).status_code == 303
    assert make.fresh(package).receiver_person_id == contact.id
    assert package.reference not in receiver.get("/handovers/?tab=unassigned").text
