"""What a package may say, who may send it and who sees it afterwards, as the agreement has it."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.agreements.parameters import SHARED, default, plain
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    CriterionAnswer,
    Decision,
    Effort,
    EffortKind,
    EffortStatus,
    ProfileClarification,
    Talk,
)
from portal.clock import today
from portal.handovers.models import State
from portal.handovers.parts import HandoverContent, HandoverEvent
from tests import make
from tests.handovers.road import errors, page

MARKS = {
    "contact_details": ("12345678", "karl@eksempel.dk"),
    "summary": ("RESUME",),
    "considerations": ("HENSYN",),
    "consequences": ("BETYDNING",),
    "member_comment": ("KOMMENTAR", "VURDERINGSKOMMENTAR"),
    "talks": ("UDEBLIVELSE",),
    "profile_clarification": ("REDSKAB",),
    "efforts": ("KURSUS",),
}
DRAFT = {"summary": "RESUME", "considerations": "HENSYN", "member_comment": "KOMMENTAR"}


@pytest.fixture
def full(case):
    """The case with something of every part that may be shared."""
    case.phone, case.email = MARKS["contact_details"]
    make.records.commit()
    effort = {"kind": EffortKind.EFFORT, "status": EffortStatus.RUNNING}
    make.of_case(case, Effort, description="KURSUS", **effort)
    make.of_case(case, ProfileClarification, day=date(2026, 9, 1), tool="REDSKAB")
    talk = {"kind": "job_talk", "form": "phone", "outcome": "absent", "reason": "UDEBLIVELSE"}
    make.of_case(case, Talk, day=date(2026, 9, 2), **talk)
    return case


def assessed(case, version, *answers, **values):
    own = {"agreement_version_id": version.id, "decided_by": "Mette Eksempel"}
    told = {"decision": Decision.REFER, "reason": "Bedre hjulpet", "informed_on": today()}
    told |= {"informed_channel": "phone", "member_comment": "VURDERINGSKOMMENTAR"}
    made = make.of_case(case, Assessment, **own, **(told | values))
    for position, answer in enumerate(answers):
        row = {"organisation_id": case.organisation_id, "assessment_id": made.id}
        label = {"code": f"criterion_{position}", "label": f"Kriterium {position}"}
        consequence = "BETYDNING" if answer == CriterionAnswer.YES else None
        told = {"position": position, "answer": answer, "consequence": consequence}
        make.saved(AssessmentAnswer(**row, **label, **told))


def frozen():
    make.records.expire_all()
    content = make.records.scalars(select(HandoverContent)).one().content
    make.records.commit()
    return content


def visitation(road, case, fund, municipality, **parameters):
    version = make.agreement(fund, municipality, parameters=parameters)
    assessed(case, version, CriterionAnswer.YES)
    road.sender.post(f"{road.address}/delete")
    road.start(case.id, "visitation")
    road.write(**DRAFT)


def test_all_is_sent_where_all_is_shared(road, full, fund, municipality, receiver):
    visitation(road, full, fund, municipality)
    road.take(road.sender, "send")
    said = str(frozen())
    assert [mark for marks in MARKS.values() for mark in marks if mark not in said] == []
    assert "Deles ikke efter aftalen" not in receiver.get(road.address).text


@pytest.mark.parametrize("part", sorted(SHARED))
def test_what_is_not_shared_never_leaves_the_fund(
    part, road, full, fund, municipality, sender, receiver
):
    rest = [one for one in SHARED if one != part]
    visitation(road, full, fund, municipality, shared_fields=rest)
    preview = sender.get(f"{road.address}/steps/send").text
    assert "Deles ikke efter aftalen" in preview
    road.take(sender, "send")
    said = str(frozen())
    assert [mark for mark in MARKS[part] if mark in said] == []
    assert [m for one in rest for m in MARKS[one] if m not in said] == []
    read = receiver.get(road.address)
    assert str(SHARED[part]) in read.text
    assert [mark for mark in MARKS[part] if mark in read.text] == []


def test_a_package_that_shares_nothing_more_still_reads_and_prints(
    road, full, fund, municipality, receiver
):
    """The plan, the day, the information of the member and the decision go along by law."""
    visitation(road, full, fund, municipality, shared_fields=[])
    road.take(road.sender, "send")
    content = frozen()
    assert content["job_goals"] == ["Industritekniker"]
    assert content["informed_on"] == today().isoformat()
    assert content["assessment"]["reason"] == "Bedre hjulpet"
    assert receiver.get(road.address).status_code == 200
    for client, file in ((receiver, "package"), (receiver, "record"), (road.sender, "member-copy")):
        assert client.get(f"{road.address}/{file}.pdf").status_code == 200, file


def test_whoever_writes_is_told_that_the_municipality_does_not_read_it(
    road, case, fund, municipality, sender
):
    shared = [one for one in SHARED if one != "considerations"]
    visitation(road, case, fund, municipality, shared_fields=shared)
    shown = page(sender.get(f"{road.address}/draft"))
    [kept] = shown.select("#considerations-readers")
    [sent] = shown.select("#summary-readers")
    assert "ikke af kommunen" in kept.text
    assert "kommunen og medlemmet selv" in sent.text


# --- The rule of criteria ---


@pytest.mark.parametrize(
    ("rule", "answers", "is_enough"),
    [
        (("any", 1), ("yes", "no"), True),
        (("all", 1), ("yes", "no"), False),
        (("at_least", 2), ("yes", "no"), False),
        (("at_least", 2), ("yes", "yes"), True),
        (("any", 1), ("no", "unknown"), False),
    ],
)
def test_a_visitation_that_does_not_meet_the_rule_is_not_sent(
    rule, answers, is_enough, road, case, fund, municipality
):
    """Even where somebody has decided to refer: the decision alone is not what is agreed."""
    version = make.agreement(fund, municipality)
    name, needed = rule
    assessed(case, version, *map(CriterionAnswer, answers), rule=name, needed=needed)
    road.sender.post(f"{road.address}/delete")
    road.start(case.id, "visitation")
    road.write()
    answer = road.step(road.sender, "send")
    assert (answer.status_code == 303) is is_enough
    if not is_enough:
        [said] = errors(answer)
        assert said.startswith("Sagen opfylder ikke aftalens kriterier.")
        assert said.endswith("skal være opfyldt.")


# --- Four eyes ---


def test_under_four_eyes_a_leader_sends_what_somebody_else_has_made(
    road, case, fund, municipality, client_of, receiver
):
    make.agreement(fund, municipality, parameters={"four_eyes": True})
    road.sender.post(f"{road.address}/delete")
    leader = client_of(make.user(fund, Role.TEAM_LEAD, name="Lene Leder"))
    road.start(case.id)
    road.write()
    assert road.step(road.sender, "send").status_code == 422
    road.take(leader, "send")
    assert frozen()["contact"] != "Lene Leder"  # whoever made it is still asked about it
    assert receiver.get(road.address).status_code == 200


def test_a_leader_is_not_both_pairs_of_eyes(road, case, fund, municipality, client_of):
    make.agreement(fund, municipality, parameters={"four_eyes": True})
    road.sender.post(f"{road.address}/delete")
    road.sender = client_of(make.user(fund, Role.TEAM_LEAD, name="Lene Leder"))
    road.start(case.id)
    road.write()
    answer = road.step(road.sender, "send")
    assert answer.status_code == 422
    assert "en anden teamleder end dig selv sender pakken" in answer.text


# --- After a rejection ---


def rejected(case, days, **parameters):
    """So many days ago, for a reason that is retired since."""
    at = make.days_ago(days)
    times = ("created_at", "changed_at", "sent_at", "received_at", "closed_at")
    gone = make.OTHER | {"needs_criterion": False, "needs_text": True, "valid_until": "2026-01-31"}
    version = make.agreement(make.fund(), make.organisation())
    terms = plain(default()) | {"rejection_reasons": [gone]} | parameters
    values = dict.fromkeys(times, at) | {"agreement_version_id": version.id, "parameters": terms}
    made = make.handover(case, State.REJECTED, closed_reason="other", **values)
    own = {"handover_id": made.id, "organisation_id": made.receiver_id, "person": "Jonas"}
    told = {"step": "reject", "target": State.REJECTED, "detail": {"criterion": None}}
    make.saved(HandoverEvent(**own, **told))
    return f"/handovers/{made.id}"


@pytest.mark.parametrize(("days", "is_seen"), [(28, True), (29, False)])
def test_what_was_rejected_goes_out_of_sight_for_the_receiver_alone(
    days, is_seen, case, sender, receiver
):
    address = rejected(case, days, seen_after_rejection=28)
    assert receiver.get(address).status_code == (200 if is_seen else 404)
    listed = address.rsplit("/", 1)[1] in receiver.get("/handovers/?tab=closed").text
    assert listed is is_seen
    left = receiver.get("/handovers/rejected").text
    assert "Andet" in left
    assert (f'href="{address}"' in left) is is_seen
    assert case.name not in left
    assert "I har ikke afvist nogen pakker" in sender.get("/handovers/rejected").text
    assert sender.get(address).status_code == 200


def test_both_are_told_until_when_and_read_the_reason_as_it_was(case, sender, receiver):
    address = rejected(case, 1, seen_after_rejection=28)
    ours, theirs = sender.get(address).text, receiver.get(address).text
    assert "Kommunen kan læse pakken til og med" in ours
    assert "I kan læse pakken til og med" in theirs
    for read in (ours, theirs):
        assert "Andet" in read
