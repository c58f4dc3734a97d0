"""What ends before its end: pointless, replaced, rejected; and what may be opened again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.clock import add_working_days, now, today
from portal.db import db
from portal.handovers import superseding
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import Handover, State
from portal.organisations.models import Organisation
from tests import beside, make
from tests.handovers import road as steps
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)
from tests.handovers.ways import to_meeting, to_review, to_review_by_criteria

JOB = {"reason_code": "job", "day": today().isoformat(), "source": "Medlemmet har ringet"}
NO = {"reason_code": "other", "reason_text": "Ikke relevant", "alternative": "Et kursus"}


def the(road) -> Handover:
    return make.fresh(make.records.get_one(Handover, road.address.rsplit("/", 1)[1]))


def aged(road, days: int) -> None:
    """As if it had been closed so long ago."""
    made = the(road)
    at = make.days_ago(days)
    times = ("created_at", "sent_at", "received_at", "accepted_at", "closed_at")
    for name in times:
        if getattr(made, name):
            setattr(made, name, at)
    make.saved(made)


def test_a_job_ends_it_and_if_it_falls_through_it_goes_on(road, sender, receiver):
    to_meeting(road)
    road.take(sender, "obsolete", **JOB)
    assert road.state(receiver) == "Bortfaldet"
    assert "Medlemmet har ringet" in receiver.get(road.address).text
    [meeting] = make.records.scalars(select(JointMeeting))
    assert meeting.state == "cancelled"
    assert "Åbn pakken igen" not in receiver.get(road.address).text  # the fund closed it

    road.take(sender, "reset", reason="Jobbet blev ikke til noget")
    assert road.state(receiver) == "Fællessamtale skal aftales"  # the meeting is gone
    assert the(road).due_on == add_working_days(today(), 5)


@pytest.mark.parametrize(("days", "status"), [(30, 303), (31, 422)])
def test_for_thirty_days(days, status, road, sender):
    to_review(road)
    road.take(sender, "withdraw", reason_code="mistake")
    aged(road, days)
    assert road.step(sender, "reset", reason="Alligevel").status_code == status


def test_not_beside_a_newer_one(road, sender, case):
    to_review(road)
    road.take(sender, "withdraw", reason_code="mistake")
    old = road.address
    road.start(case.id)
    road.address = old
    answer = road.step(sender, "reset", reason="Alligevel")
    assert "nyere pakke" in " ".join(steps.errors(answer))


def test_what_is_to_come_is_waited_for(road, sender):
    to_review(road)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    answer = road.step(sender, "obsolete", **JOB | {"day": tomorrow})
    assert "på pause til da" in " ".join(steps.errors(answer))


def test_of_a_death_nothing_is_mailed(road, sender, receiver, mails):  # noqa: F811
    to_meeting(road)
    before = len(mails())
    road.take(receiver, "obsolete", **JOB | {"reason_code": "death", "source": "Folkeregistret"})
    assert len(mails()) == before
    assert road.state(sender) == "Bortfaldet"


def test_a_rejection_is_contested_once(
    road,
    sender,
    receiver,
    fund,
    municipality,
    client_of,
    mails,  # noqa: F811
):
    ulla = make.user(fund, Role.AGREEMENT_OWNER, email="ulla@fund.example")
    to_review_by_criteria(road)
    road.take(receiver, "reject", **NO)
    left = f'href="{road.address}"'
    assert left in receiver.get("/handovers/rejected").text
    road.take(sender, "contest", reason="Hun har fået kørekort")
    assert left not in receiver.get("/handovers/rejected").text
    assert road.state(receiver) == "Til vurdering"
    assert "Hun har fået kørekort" in receiver.get(road.address).text
    assert any("ny vurdering" in mail.subject for mail in mails() if mail.recipient == ulla.email)

    road.take(receiver, "reject", **NO)
    shown = sender.get(road.address).text
    assert "Bed om en ny vurdering" not in shown
    assert "afvisningen står ved magt" in shown
    answer = road.step(sender, "contest", reason="Igen")
    assert "to gange" in " ".join(steps.errors(answer))
    for owner in (ulla, make.user(municipality, Role.AGREEMENT_OWNER)):
        assert the(road).reference in client_of(owner).get("/").text


@pytest.mark.parametrize(("more", "status"), [(0, 303), (1, 422)])
def test_within_the_days_agreed_for_it(more, status, road, sender, receiver):
    to_review_by_criteria(road)
    road.take(receiver, "reject", **NO)
    ago = [n for n in range(30) if add_working_days(today() - timedelta(days=n), 5) >= today()]
    aged(road, max(ago) + more)
    assert road.step(sender, "contest", reason="Nyt").status_code == status


def test_a_rejection_is_not_contested_beside_a_newer_package(road, sender, receiver, case):
    to_review_by_criteria(road)
    road.take(receiver, "reject", **NO)
    old = road.address
    road.start(case.id, "visitation")
    newer, road.address = road.address, old
    answer = road.step(sender, "contest", reason="Hun har fået kørekort")
    assert "nyere pakke" in " ".join(steps.errors(answer))
    assert the(road).state == State.REJECTED
    make.records.delete(make.records.get_one(Handover, newer.rsplit("/", 1)[1]))
    make.records.commit()
    road.take(sender, "contest", reason="Hun har fået kørekort")


@pytest.mark.parametrize(
    ("step", "state", "given"),
    [
        ("reset", State.WITHDRAWN, {"reason": "Alligevel"}),
        ("contest", State.REJECTED, {"reason": "Nye oplysninger"}),
        ("agree-redirect", State.RECEIVED, {}),
    ],
)
def test_no_package_comes_to_where_one_is_open_that_one_does_not_see(
    step, state, given, case, fund, municipality, adviser, contact, client_of
):
    """Opened again, contested or sent on: refused in words beside the hidden one, and let in once
    that has ended."""
    anna, leader = client_of(make.user(fund, Role.ADVISER)), make.user(fund, Role.TEAM_LEAD)
    where: dict[str, Any] = {}
    if step == "reset":
        then = now() - timedelta(minutes=8)
        where = {"closed_side": "sender", "closed_from": State.RECEIVED}
        where |= {"sent_at": then, "received_at": then, "closed_at": now()}
    elif step == "contest":
        where = {"agreement_version_id": make.agreement(fund, municipality).id}
    else:
        where = {"receiver_id": make.organisation("Fraflytning Kommune").id}
    other = make.handover(case, state, **where)
    same = {"kind": other.kind, "agreement_version_id": other.agreement_version_id}
    unseen = make.handover(case, State.RECEIVED, **same)
    beside.restricted(unseen, leader, adviser)
    way = steps.Road(anna, anna, f"/handovers/{other.id}")
    if step == "agree-redirect":
        first = make.records.get_one(Organisation, other.receiver_id)
        there = client_of(make.user(first, Role.CONTACT))
        way.take(there, "ask-redirect", reason="Er flyttet")

    refused = way.step(anna, step, **given)
    assert refused.status_code == 422
    assert "som kun udpegede kan se" in " ".join(steps.errors(refused))
    assert unseen.reference not in refused.text
    assert make.fresh(other).state == state

    unseen.state, unseen.closed_at, unseen.closed_reason = State.WITHDRAWN, now(), "mistake"
    make.saved(unseen)
    way.take(anna, step, **given)


def test_an_accepted_package_replaces_the_other(road, receiver, sender, case, worker):  # noqa: F811
    """The member has moved: the package to the former municipality is closed by Samspil."""
    former = make.organisation("Fraflytning Kommune")
    moved = make.handover(case, State.RECEIVED, receiver_id=former.id)
    to_review(road)
    road.take(receiver, "accept", responsible_from="2026-12-31")
    with worker.app_context():
        for _twice in range(2):
            superseding.supersede(str(the(road).id))
        db.session.commit()
    since = make.handover(
        case, receiver_id=make.organisation("Ny Kommune").id, created_at=now(), changed_at=now()
    )
    with worker.app_context():
        superseding.supersede(str(the(road).id))  # late, or asked for by somebody else
        db.session.commit()
    assert make.fresh(since).state == State.DRAFT
    gone = make.fresh(moved)
    assert (gone.state, gone.superseded_by_id) == (State.SUPERSEDED, the(road).id)
    there, back = f'href="{road.address}"', f'href="/handovers/{moved.id}"'
    assert there in sender.get(f"/handovers/{moved.id}").text
    assert back in sender.get(road.address).text
    assert moved.reference not in receiver.get(road.address).text, "it went to somebody else"
    assert the(road).state == State.ACCEPTED
