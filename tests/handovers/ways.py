"""The way to each stage of a package, as its two parties walk it by their browsers."""

from datetime import date, timedelta

from sqlalchemy import select

from portal.agreements.parameters import default, plain
from portal.cases.models import MemberCase
from portal.clock import today
from portal.handovers.models import State
from portal.organisations.models import Organisation
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_road import hold_the_meeting_now

LATER, YESTERDAY = date(2027, 3, 1), today() - timedelta(days=1)
REASONS = [
    {"code": "not_met", "label_da": "Ikke opfyldt", "label_en": "Not met", "needs_criterion": True},
    {"code": "other", "label_da": "Andet", "label_en": "Other", "needs_criterion": False},
]
QUESTIONS = {"questions-0": "Hvornår?", "questions-1": "Hvor?"}
CALLED = {"called_in_on": today().isoformat(), "called_in_via": "jobnet"}
THERE = {"member": "yes", "municipality": "yes", "fund": "no"}


def to_review(road):
    road.take(road.sender, "send")
    road.take(road.receiver, "acknowledge")


def to_questions(road):
    to_review(road)
    road.take(road.receiver, "request-info", **QUESTIONS)


def to_meeting(road, **values):
    to_review(road)
    road.take(road.receiver, "accept", responsible_from=LATER.isoformat())
    road.take(road.receiver, "plan-meeting", **steps.meeting(**values))


def to_accepted(road):
    to_review(road)
    road.take(road.receiver, "accept", responsible_from=LATER.isoformat())


def to_withdrawn(road):
    to_review(road)
    road.take(road.sender, "withdraw", reason_code="mistake")


def to_rejected(road):
    to_review_by_criteria(road)
    told = {"reason_code": "other", "reason_text": "Nej", "alternative": "Et kursus"}
    road.take(road.receiver, "reject", **told)


def to_asked_back(road):
    to_accepted(road)
    road.take(road.sender, "ask-withdrawal", reason_code="mistake")


def to_held(road):
    to_meeting(road, **CALLED)
    hold_the_meeting_now()
    road.take(road.receiver, "record-held", **THERE)


def to_begun_without_a_call(road):
    to_meeting(road)
    hold_the_meeting_now()


def to_minutes(road):
    to_held(road)
    road.take(road.receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas"))


def to_offered(road):
    to_accepted(road)
    road.take(road.receiver, "offer-slots", **steps.slots(), place="Rådhuset")


def to_review_by_criteria(road):
    """Only an earlier transfer can be rejected, for a reason of its agreement."""
    case = make.records.scalars(select(MemberCase)).one()
    version = make.agreement(
        make.records.get_one(Organisation, case.organisation_id),
        make.records.get_one(Organisation, case.municipality_id),
    )
    parameters = plain(default()) | {"rejection_reasons": REASONS}
    basis = {"agreement_version_id": version.id, "parameters": parameters}
    road.address = f"/handovers/{make.handover(case, State.RECEIVED, **basis).id}"
