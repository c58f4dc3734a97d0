"""What leaves the fund is what its sender was shown, and only what belongs into the package."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    CasePlan,
    CriterionAnswer,
    Decision,
    MemberCase,
)
from portal.clock import now
from portal.handovers.changes import changed_parts
from portal.handovers.parts import HandoverContent
from tests import make
from tests.handovers.road import errors, hidden, page

ANSWER = {"answers-0": "Fra 2011", "unanswerable-0": ""}


@pytest.fixture
def asked(road, sender, receiver):
    """The receiver has asked, so the package waits for the sender's answer."""
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    road.take(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    return road


def replan(case: MemberCase, **values: Any) -> None:
    plan = make.records.scalars(select(CasePlan).where(CasePlan.case_id == case.id)).one()
    for name, value in values.items():
        setattr(plan, name, value)
    make.records.commit()


def contents(road: Any) -> list[HandoverContent]:
    package_id = uuid.UUID(road.address.rsplit("/", 1)[1])
    rows = select(HandoverContent).where(HandoverContent.handover_id == package_id)
    found = [*make.records.scalars(rows.order_by(HandoverContent.number))]
    make.records.commit()
    return found


def news(answer: Any) -> str:
    return " ".join(one.text for one in page(answer).select("main .alert li"))


def test_whoever_answers_reads_first_what_else_is_sent(asked, sender, receiver, case):
    url = f"{asked.address}/steps/provide-info"
    assert "Sagen er ikke ændret" in sender.get(url).text
    replan(case, search_strategy="Tre job om ugen")
    shown = sender.get(url)
    assert "Jobsøgningsstrategi: To job om ugen Tre job om ugen" in news(shown)
    assert "Indsatsområder" not in news(shown)
    asked.take(sender, "provide-info", **ANSWER)
    assert [one.content["search_strategy"] for one in contents(asked)] == [
        "To job om ugen",
        "Tre job om ugen",
    ]
    assert "Jobsøgningsstrategi" in receiver.get(asked.address).text


def test_hours_are_told_in_danish_and_equal_ones_are_no_news(asked, sender, case):
    """However the number was written when it was frozen."""
    assert changed_parts({"weekly_hours": "37.00"}, {"weekly_hours": "37"}) == []
    assert contents(asked)[0].content["weekly_hours"] == "37"
    row = make.records.get_one(MemberCase, case.id)
    row.weekly_hours = Decimal("22.5")
    make.records.commit()
    shown = sender.get(f"{asked.address}/steps/provide-info")
    assert "Timer om ugen: 37 22,5" in news(shown)


def test_what_changed_after_the_page_was_read_is_not_sent(asked, sender, case):
    """It is shown, what was typed is still there, and a second press sends what was now shown."""
    url = f"{asked.address}/steps/provide-info"
    read = hidden(page(sender.get(url)))
    replan(case, search_strategy="Tre job om ugen")
    answer = sender.post(url, data=read | ANSWER)
    assert answer.status_code == 409
    assert "Sagen er ændret" in answer.text
    assert "Tre job om ugen" in news(answer)
    assert page(answer).select("#answers-0")[0].text.strip() == "Fra 2011"
    assert len(contents(asked)) == 1
    again = hidden(page(answer))
    assert sender.post(url, data=again | ANSWER).status_code == 303
    assert contents(asked)[-1].content["search_strategy"] == "Tre job om ugen"


@pytest.mark.parametrize("shown", ["", "0" * 64, None], ids=["empty", "another", "left out"])
def test_a_forged_fingerprint_sends_nothing(shown, asked, sender):
    url = f"{asked.address}/steps/provide-info"
    read = hidden(page(sender.get(url)))
    forged = {name: value for name, value in read.items() if name != "shown"}
    forged |= {} if shown is None else {"shown": shown}
    assert sender.post(url, data=forged | ANSWER).status_code == 409
    assert len(contents(asked)) == 1
    assert sender.post(url, data=read | ANSWER).status_code == 303


def test_nor_is_a_package_sent_that_nobody_has_looked_at(road, sender, receiver, case):
    url = f"{road.address}/steps/send"
    read = hidden(page(sender.get(url)))
    replan(case, focus_areas="Noget helt andet")
    answer = sender.post(url, data=read)
    assert answer.status_code == 409
    assert "Sagen er ændret" in answer.text
    assert "Noget helt andet" in answer.text
    assert receiver.get(road.address).status_code == 404
    road.take(sender, "send")
    assert contents(road)[0].content["focus_areas"] == "Noget helt andet"


def test_a_colleague_who_sends_is_the_contact_that_was_shown(road, fund, client_of, receiver):
    colleague = make.user(fund, *make.every_role(fund), name="Vibeke Vikar")
    client = client_of(colleague)
    assert "Vibeke Vikar" in client.get(f"{road.address}/steps/send").text
    road.take(client, "send")
    assert contents(road)[0].content["contact"] == "Vibeke Vikar"
    assert "Vibeke Vikar" in receiver.get(road.address).text


# --- An assessment that belongs ---


def decided(case: MemberCase, version: Any, decision: Decision) -> None:
    own = {"agreement_version_id": version.id, "decided_by": "Mette Eksempel"}
    made = make.of_case(case, Assessment, decision=decision, reason="HEMMELIG GRUND", **own)
    answer = {"position": 1, "code": "change", "label": "Jobskifte", "answer": CriterionAnswer.YES}
    row = {"organisation_id": case.organisation_id, "assessment_id": made.id}
    make.saved(AssessmentAnswer(**answer, **row))


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("whose", ["the package's own", "another municipality's", "no agreement"])
def test_only_a_decision_to_hand_over_by_the_same_agreement_is_sent(
    whose, decision, road, case, fund, municipality, outsider, sender, receiver
):
    sender.post(f"{road.address}/delete")
    own = None if whose == "no agreement" else make.agreement(fund, municipality)
    other = make.agreement(fund, outsider)
    decided(case, own if own and whose == "the package's own" else other, decision)
    road.start(case.id)
    road.write()
    road.take(sender, "send")
    belongs = whose == "the package's own" and decision == Decision.REFER
    sent = contents(road)[0].content["assessment"]
    assert (sent is not None) == belongs
    for address in (road.address, f"{road.address}/steps/accept"):
        assert ("HEMMELIG GRUND" in receiver.get(address).text) == (
            belongs and address == road.address
        )


# --- A closed case ---


def close(case: MemberCase, reason: str | None) -> None:
    row = make.records.get_one(MemberCase, case.id)
    row.closed_at, row.closed_reason = now() if reason else None, reason
    make.records.commit()


@pytest.mark.parametrize("kind", ["overgang", "visitation"])
def test_no_package_is_made_of_a_closed_case(kind, case, fund, municipality, sender):
    make.agreement(fund, municipality)
    close(case, "job")
    answer = sender.post(f"/handovers/new/{case.id}", data={"kind": kind})
    assert answer.status_code == 422
    assert "Medlemmets sag er lukket. Åbn den igen, før du laver en pakke." in answer.text
    close(case, None)
    assert sender.post(f"/handovers/new/{case.id}", data={"kind": kind}).status_code == 303


def test_nor_is_one_sent_of_it(road, case, sender):
    close(case, "job")
    answer = road.step(sender, "send")
    assert answer.status_code == 422
    assert "Medlemmets sag er lukket" in " ".join(errors(answer)) + answer.text
    close(case, None)
    road.take(sender, "send")
