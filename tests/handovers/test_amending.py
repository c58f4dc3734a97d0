"""What was sent is put right in a new version; the other party sees old and new, and says so."""

import re
import uuid
from typing import Any

import pytest

from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome
from portal.clock import today
from portal.handovers.amendments import HandoverAmendment
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverContent
from tests import beside, make
from tests.handovers.road import errors, hidden, page

WHY = {"reason": "Der var byttet om på to cifre.", "audience": "both"}
PHONE = {"path": "phone", "new": "00 22 86 73"}


@pytest.fixture
def case(case) -> MemberCase:
    row = make.records.get_one(MemberCase, case.id)
    row.phone = "00 22 86 72"
    return make.saved(row)


@pytest.fixture
def sent(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    return road


def contents():
    found = make.records.query(HandoverContent).order_by(HandoverContent.number).all()
    make.records.commit()
    return found


def amend(road, who, **values):
    url = f"{road.address}/steps/amend"
    shown = hidden(page(who.get(f"{url}?part=phone")))
    return who.post(url, data=shown | PHONE | WHY | values)


def alerts(who, road):
    found = page(who.get(road.address)).select(".alert")
    return [re.sub(r"\s+", " ", one.text).strip() for one in found if "har rettet" in one.text]


class TestTheSender:
    def test_makes_a_new_version_and_leaves_the_old(self, sent, sender, receiver):
        [before] = contents()
        assert amend(sent, sender).status_code == 303
        first, second = contents()
        assert (first.content, first.hash) == (before.content, before.hash)
        changed = {name for name in second.content if second.content[name] != first.content[name]}
        assert (second.number, changed, second.content["phone"]) == (2, {"phone"}, "00 22 86 73")
        assert second.hash != first.hash

    def test_the_receiver_reads_before_and_after_and_says_that_it_has(self, sent, sender, receiver):
        amend(sent, sender)
        [told] = alerts(receiver, sent)
        for words in ("Telefon", "Før: 00 22 86 72", "Nu: 00 22 86 73", WHY["reason"]):
            assert words in told
        assert alerts(sender, sent) == []
        [form] = [
            one for one in page(receiver.get(sent.address)).select("form")
            if str(one["action"]).endswith("/seen")
        ]  # fmt: skip
        assert sender.post(str(form["action"])).status_code == 409  # one's own
        assert receiver.post(str(form["action"])).status_code == 303
        assert alerts(receiver, sent) == []
        assert (
            "Jonas"
            in page(sender.get(sent.address))
            .select("[aria-labelledby=corrections-heading]")[0]
            .text
        )
        assert receiver.post(str(form["action"])).status_code == 409  # once

    def test_a_reason_for_the_own_side_stays_there(self, sent, sender, receiver):
        assert amend(sent, sender, audience="own").status_code == 303
        assert WHY["reason"] in sender.get(sent.address).text
        shown = receiver.get(sent.address).text
        assert WHY["reason"] not in shown
        assert "Nu: 00 22 86 73" in alerts(receiver, sent)[0]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"new": "00 22 86 72"}, "Sådan står der allerede."),
            ({"reason": ""}, "Skriv, hvorfor det rettes."),
            ({"audience": ""}, "Vælg, hvem der må læse begrundelsen."),
            ({"path": "job_goals", "new": " "}, "Aftalen kræver, at det er udfyldt."),
            ({"path": "my_plan_on", "new": "1/1-2099"}, "Dagen ligger ude i fremtiden."),
            ({"path": "my_plan_on", "new": "i går"}, "Skriv dagen som dd/mm/åååå."),
            ({"path": "weekly_hours", "new": "mange"}, "Skriv et tal."),
            ({"path": "weekly_hours", "new": "1e999999"}, "Skriv et tal."),
            ({"path": "weekly_hours", "new": "NaN"}, "Skriv et tal."),
            ({"path": "member"}, "Vælg, hvad der skal rettes."),
            ({"path": "talks"}, "Sagen er ikke ændret her, siden I sendte. Ret sagen først."),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_cannot_be_is_said_and_changes_nothing(self, values, words, sent, sender):
        answer = amend(sent, sender, **values)
        assert (answer.status_code, words in errors(answer)) == (422, True)
        assert len(contents()) == 1

    def test_what_is_a_table_is_taken_from_the_case(self, sent, sender, case):
        held: dict[str, Any] = {"kind": "first", "form": "phone", "outcome": TalkOutcome.HELD}
        make.of_case(case, Talk, day=today(), **held)
        assert amend(sent, sender, path="talks").status_code == 303
        assert len(contents()[-1].content["talks"]) == 2

    def test_an_answer_later_keeps_what_was_corrected(self, sent, sender, receiver, case):
        """Until the case itself says something else."""
        amend(sent, sender, path="search_strategy", new="Tre job om ugen")
        sent.take(receiver, "request-info", **{"questions-0": "Hvornår?"})
        sent.take(sender, "provide-info", **{"answers-0": "Nu", "unanswerable-0": ""})
        assert contents()[-1].content["search_strategy"] == "Tre job om ugen"
        plan = make.records.query(CasePlan).filter_by(case_id=case.id).one()
        plan.search_strategy = "Fire job om ugen"
        make.records.commit()
        sent.take(receiver, "request-info", **{"questions-0": "Hvornår?"})
        sent.take(sender, "provide-info", **{"answers-0": "Nu", "unanswerable-0": ""})
        assert contents()[-1].content["search_strategy"] == "Fire job om ugen"

    def test_what_is_not_shared_is_not_offered(self, sent, sender, fund, municipality, case):
        shared = {"shared_fields": ["summary"]}
        version = make.agreement(fund, municipality, parameters=shared)
        package = make.handover(case, State.SENT, agreement_version_id=version.id)
        held = make.records.query(HandoverContent).filter_by(handover_id=package.id).one()
        held.content = held.content | {"withheld": ["contact_details"]}
        make.records.commit()
        offered = page(sender.get(f"/handovers/{package.id}/steps/amend")).select("main td a")
        parts = [str(one["href"]).rpartition("=")[2] for one in offered]
        assert "summary" in parts
        assert not {"phone", "email"} & {*parts}


class TestTheReceiver:
    def test_corrects_the_day_that_it_confirmed(self, sent, sender, receiver):
        sent.take(receiver, "accept", responsible_from="2026-12-31")
        answer = sent.step(receiver, "correct", new="15/1-2027", **WHY)
        assert answer.status_code == 303
        package = make.records.get_one(Handover, uuid.UUID(sent.address.rsplit("/", 1)[1]))
        assert package.responsible_from is not None
        assert package.responsible_from.isoformat() == "2027-01-15"
        make.records.commit()
        [told] = alerts(sender, sent)
        assert "Før: 31. december 2026" in told
        assert "Nu: 15. januar 2027" in told
        assert len(contents()) == 1

    def test_has_found_the_answers_itself(self, sent, sender, receiver):
        asked = {"questions-0": "Har Karl kørekort?", "questions-1": "Hvornår?"}
        sent.take(receiver, "request-info", **asked)
        some = {"answers-0": "Ja", "unanswerable-0": ""}
        half = sent.step(receiver, "find-info", **some)
        assert half.status_code == 422
        rest = {"answers-1": "", "unanswerable-1": "Det ved vi nu"}
        sent.take(receiver, "find-info", **some, **rest)
        assert sent.state(receiver) == "Til vurdering"
        shown = page(sender.get(sent.address)).select("[aria-labelledby=questions-heading]")[0].text
        assert "Fundet selv af Jonas" in shown
        assert "Ikke nødvendigt længere: Det ved vi nu" in " ".join(shown.split())


# --- The same in plain SQL ---

INSERT = (
    "insert into handover_amendment (id, handover_id, organisation_id, side, path, old, new,"
    " audience, reason, number, at, person) values (gen_random_uuid(), :package, :me, '{side}',"
    " '{path}', '{old}', '{new}', 'both', 'x', {number}, now(), 'Mette')"
)
CONTENT = (
    "insert into handover_content (id, handover_id, organisation_id, number, content, hash,"
    " frozen_at, frozen_by) select gen_random_uuid(), :package, :me, 2,"
    " content || '{\"phone\": \"2\"}', '', now(), '' from handover_content"
    " where handover_id = :package and number = 1"
)
MORE = CONTENT.replace('"2"}', '"2", "job_goals": []}')
DAY = "2027-01-15"
COUNT = "update handover set content_number = 2, changed_at = now() where id = :package"
TOUCH = (
    f"update handover set responsible_from = '{DAY}', responsible_source = 'x', changed_at = now()"
    " where id = :package"
)
OURS = INSERT.format(side="sender", path="phone", old="null", new='"2"', number=2)
FALSE = OURS.replace("'\"2\"'", "'\"3\"'")
FORMER = OURS.replace("'null'", "'\"1\"'")
THEIRS = INSERT.format(
    side="receiver", path="responsible_from", old="null", new=f'"{DAY}"', number="null"
)


@pytest.mark.parametrize(
    ("who", "statements", "is_let_in"),
    [
        ("fund", (COUNT, CONTENT, OURS), True),
        ("fund", (COUNT, CONTENT, FALSE), False),
        ("fund", (COUNT, CONTENT, FORMER), False),
        ("fund", (COUNT, MORE, OURS), False),
        ("fund", (COUNT, CONTENT), False),
        ("fund", (TOUCH,), False),
        ("fund", (COUNT, TOUCH, CONTENT, OURS), False),
        ("fund", (OURS,), False),
        ("municipality", (TOUCH, THEIRS), True),
        ("municipality", (TOUCH,), False),
        ("municipality", (TOUCH, THEIRS.replace(DAY, "2027-01-16")), False),
        ("municipality", (TOUCH, THEIRS.replace("responsible_from", "summary")), False),
        ("municipality", (THEIRS,), False),
        ("municipality", (COUNT,), False),
        ("fund", (TOUCH, THEIRS), False),
    ],
)
def test_a_correction_is_a_step_and_tells_the_truth(who, statements, is_let_in, tries, case):
    package = make.handover(case, State.ACCEPTED, content_number=1)
    assert tries(who, package, *statements) == is_let_in


SEEN = (
    "update handover_amendment set acknowledged_at = now(), acknowledged_by = 'x'"
    " where handover_id = :package"
)


@pytest.mark.parametrize(
    ("who", "statements", "is_let_in"),
    [
        ("fund", (SEEN,), True),
        ("municipality", (SEEN,), False),
        ("fund", (SEEN, SEEN.replace("'x'", "'y'")), False),
        ("outsider", (SEEN,), False),
        ("fund", ("update handover_amendment set new = '1' where handover_id = :package",), False),
    ],
)
def test_it_is_seen_once_by_the_other_and_never_changed(
    who, statements, is_let_in, tries, case, municipality
):
    package = make.handover(case, State.ACCEPTED)
    made = beside.correction(package, municipality)
    assert tries(who, package, *statements) == is_let_in
    assert make.records.get_one(HandoverAmendment, made.id).acknowledged_at is None
    make.records.commit()
