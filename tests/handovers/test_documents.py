"""A package as files: sealed, the same each time, for its two parties and for nobody else."""

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from sqlalchemy import select, update

from portal import cpr, keys
from portal.access import Role
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    CriterionAnswer,
    Decision,
    Effort,
    EffortKind,
    EffortStatus,
    ProfileClarification,
)
from portal.clock import now, today
from portal.db import db
from portal.handovers import archive
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import State
from portal.handovers.parts import HandoverContent, HandoverDocument
from tests import make
from tests.handovers import road as steps
from tests.reading import spoken, squeezed, text_of

DOCUMENTS = ("package.pdf", "record.pdf", "member-copy.pdf", "filing.zip")
NUMBER, WHOLE = "6101902345", "610190-2345"


@pytest.fixture
def case(case, fund, municipality, settings):
    """As a real one: the number, efforts, an assessment under the agreement between the two."""
    version = make.agreement(fund, municipality)
    number = cpr.parse(NUMBER, today=today())
    case.cpr = keys.of(settings).seal_cpr(number, table="member_case", row_id=case.id)
    case.cpr_index = keys.of(settings).find_cpr(number)
    make.records.commit()
    course = {"kind": EffortKind.OFFER, "status": EffortStatus.RUNNING}
    make.of_case(case, Effort, description="Svejsekursus", first_day=date(2026, 10, 5), **course)
    asked = {"kind": EffortKind.RECOMMENDATION, "status": EffortStatus.OPEN}
    make.of_case(case, Effort, description="Praktik i fire uger", **asked)
    make.of_case(case, ProfileClarification, day=date(2026, 9, 14), tool="Profilværktøjet")
    decided = {"decision": Decision.REFER, "reason": "Skal skifte fag.", "decided_by": "Mette"}
    made = make.of_case(case, Assessment, agreement_version_id=version.id, **decided)
    answer = {"label": "Branche- eller jobskifte", "answer": CriterionAnswer.YES}
    make.saved(
        AssessmentAnswer(
            assessment_id=made.id,
            organisation_id=fund.id,
            position=1,
            code="change",
            consequence="Kan ikke søge job med tunge løft.",
            **answer,
        )
    )
    return case


@pytest.fixture
def visited(sender, receiver, case):
    """A visitation, written and ready to send."""
    made = steps.Road(sender, receiver)
    made.start(case.id, "visitation")
    made.write(
        summary="Karl har været smed i tyve år.",
        considerations="Faste vagter\nIngen tunge løft",
        member_comment="Jeg glæder mig til at komme i gang.",
    )
    return made


def fetched(client, road, name):
    answer = client.get(f"{road.address}/{name}")
    assert answer.status_code == 200, (name, answer.status_code)
    return answer


def walk_to_the_end(road):
    """As `test_road` does, with a question on the way."""
    road.take(road.sender, "send")
    road.take(road.receiver, "acknowledge")
    road.take(road.receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    road.take(road.sender, "provide-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})
    road.take(road.receiver, "accept", responsible_from="2026-12-31")
    called = {"called_in_on": today().isoformat(), "called_in_via": "jobnet"}
    road.take(road.receiver, "plan-meeting", **steps.meeting(**called))
    make.records.execute(update(JointMeeting).values(starts_at=now()))
    make.records.commit()
    road.take(road.receiver, "record-held", member="yes", municipality="yes", fund="yes")
    road.take(
        road.receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas Skabelon")
    )
    road.take(road.receiver, "complete", registered_on=today().isoformat())


def documents():
    found = [*make.records.scalars(select(HandoverDocument).order_by(HandoverDocument.number))]
    make.records.commit()
    return found


def contents():
    found = [*make.records.scalars(select(HandoverContent).order_by(HandoverContent.number))]
    make.records.commit()
    return found


class TestPackage:
    def test_it_says_what_the_page_says(self, visited, sender, receiver):
        visited.take(sender, "send")

        text = spoken(fetched(receiver, visited, "package.pdf").data)

        for words in (
            "Karl Prøvesen",
            "610190-xxxx",
            "Karl har været smed i tyve år.",
            "Industritekniker",
            "Kurser",
            "To job om ugen",
            "Svejsekursus",
            "Praktik i fire uger",
            "Profilværktøjet",
            "Branche- eller jobskifte",
            "Kan ikke søge job med tunge løft.",
            "Ingen tunge løft",
            "Første samtale, fremmøde",
            "Jeg glæder mig til at komme i gang.",
            "Visitation efter aftalens kriterier",
        ):
            assert squeezed(words) in squeezed(text), words

    def test_it_holds_no_whole_number(self, visited, sender, receiver):
        visited.take(sender, "send")
        for name in DOCUMENTS[:3]:
            text = text_of(fetched(receiver, visited, name).data)
            assert NUMBER not in text.replace("-", ""), name
        with zipfile.ZipFile(io.BytesIO(fetched(receiver, visited, "filing.zip").data)) as held:
            for name in held.namelist()[1:]:
                assert NUMBER not in held.read(name).decode().replace("-", ""), name

    def test_its_footer_has_reference_version_and_hash(self, road, sender):
        road.take(sender, "send")
        [content] = contents()
        text = text_of(fetched(sender, road, "package.pdf").data)
        assert "version 1" in text
        assert content.hash in text
        assert content.content["reference"] in text

    def test_a_draft_is_marked_and_its_sender_s_alone(self, road, sender, receiver):
        assert "KLADDE" in text_of(fetched(sender, road, "package.pdf").data)
        assert receiver.get(f"{road.address}/package.pdf").status_code == 404
        road.take(sender, "send")
        assert "KLADDE" not in text_of(fetched(receiver, road, "package.pdf").data)

    def test_the_worker_seals_the_very_bytes_that_were_shown_before(
        self, road, sender, receiver, run_jobs
    ):
        road.take(sender, "send")
        before = fetched(receiver, road, "package.pdf").data
        assert documents() == []  # reading stores nothing
        run_jobs()
        [kept] = documents()
        assert kept.sealed == before == fetched(sender, road, "package.pdf").data
        assert kept.sha256 == hashlib.sha256(before).hexdigest()

    def test_sealing_twice_is_sealing_once(self, road, sender, worker, run_jobs):
        road.take(sender, "send")
        run_jobs()
        [kept] = documents()
        with worker.app_context():
            archive.seal(str(kept.handover_id), kept.number)
            db.session.commit()
        assert [one.id for one in documents()] == [kept.id]

    def test_what_happens_later_changes_no_sealed_document(self, road, sender, receiver, contact):
        """Nothing is stored here: both are made anew of what was frozen."""
        road.take(sender, "send")
        first = fetched(receiver, road, "package.pdf").data
        road.take(receiver, "acknowledge")
        road.take(receiver, "assign", person_id=str(contact.id))
        road.take(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
        assert fetched(receiver, road, "package.pdf").data == first
        road.take(sender, "provide-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})

        second = fetched(receiver, road, "package.pdf").data
        assert "Fra 2011" in text_of(second)
        assert "version 2" in text_of(second)
        assert "Jonas Skabelon" in text_of(second)
        assert fetched(receiver, road, "package.pdf?version=1").data == first
        assert receiver.get(f"{road.address}/package.pdf?version=3").status_code == 404

    def test_the_reader_s_language_changes_no_document(self, road, sender):
        road.take(sender, "send")
        danish = fetched(sender, road, "package.pdf").data
        sender.set_cookie("language", "en", domain="127.0.0.1")
        assert fetched(sender, road, "package.pdf").data == danish


class TestRecord:
    def test_it_has_all_that_has_happened(self, road, sender):
        walk_to_the_end(road)
        text = squeezed(spoken(fetched(sender, road, "record.pdf").data))
        for words in (
            "Hvornår er kørekortet fra?",
            "Fra 2011",
            "Rådhuset, lokale 2",
            "via Jobnet",
            "Vi gik planen igennem.",
            "Industritekniker Fortsætter",
            "Overdragelsen afsluttet",
            "torsdag den 31. december 2026",
        ):
            assert squeezed(words) in text, words

    def test_it_is_not_there_for_a_draft(self, road, sender):
        early = sender.get(f"{road.address}/record.pdf")
        assert early.status_code == 409
        assert "Pakken er ikke sendt endnu" in early.text
        road.take(sender, "send")
        assert sender.get(f"{road.address}/record.pdf").status_code == 200


class TestMemberCopy:
    def test_it_is_written_to_the_member(self, visited, sender, receiver):
        assert sender.get(f"{visited.address}/member-copy.pdf").status_code == 409
        visited.take(sender, "send")
        for client in (sender, receiver):
            text = squeezed(spoken(fetched(client, visited, "member-copy.pdf").data))
            for words in (
                "Kære Karl Prøvesen",
                "For dig gælder: Branche- eller jobskifte.",
                "Du vil gerne have a-kassen med.",
                "Ingen tunge løft",
                "Du bliver indkaldt til en samtale",
            ):
                assert squeezed(words) in text, words

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (State.REJECTED, "Dit forløb fortsætter i Prøvebæk A-kasse."),
            (State.WITHDRAWN, "har trukket overdragelsen tilbage"),
        ],
    )
    def test_where_nothing_comes_of_it_nothing_is_promised(self, state, words, case, sender):
        agreed = select(Assessment.agreement_version_id).where(Assessment.case_id == case.id)
        version_id = make.records.scalars(agreed).one()
        for end, promised in ((State.SENT, True), (state, False)):
            made = make.handover(case, end, agreement_version_id=version_id)
            answer = sender.get(f"/handovers/{made.id}/member-copy.pdf")
            text = squeezed(spoken(answer.data))
            assert (squeezed(words) in text) is not promised
            assert (squeezed("skal overtage ansvaret") in text) is promised
            assert (squeezed("Kommunen indkalder dig") in text) is promised

    def test_it_has_no_notes_no_messages_and_no_questions(self, visited, sender, receiver):
        visited.take(sender, "send")
        visited.take(receiver, "acknowledge")
        visited.take(receiver, "request-info", **{"questions-0": "Spurgt mellem myndigheder"})
        for audience, text in (("own", "Skrevet til os selv"), ("both", "Skrevet til begge")):
            form = {"text": text, "audience": audience}
            assert sender.post(f"{visited.address}/messages", data=form).status_code == 303
        page = sender.get(visited.address).text
        copy = squeezed(spoken(fetched(sender, visited, "member-copy.pdf").data))
        for words in (
            "Spurgt mellem myndigheder",
            "Skrevet til os selv",
            "Skrevet til begge",
            "Skal skifte fag.",
        ):
            assert words in page
            assert squeezed(words) not in copy


class TestFiling:
    def test_the_sums_are_those_of_content_and_document(self, road, sender, receiver, run_jobs):
        road.take(sender, "send")
        run_jobs()
        [content], [kept] = contents(), documents()
        with zipfile.ZipFile(io.BytesIO(fetched(receiver, road, "filing.zip").data)) as held:
            metadata = json.loads(held.read("metadata.json"))
            [document] = metadata["documents"]
            sealed, overview = held.read(document["name"]), held.read("oversigt.txt").decode()
        assert metadata["content_sha256"] == content.hash
        assert content.hash in text_of(sealed)
        assert document["sha256"] == kept.sha256 == hashlib.sha256(sealed).hexdigest()
        for words in (content.hash, kept.sha256, "Ny", "Prøvebæk A-kasse", "Lillekøbing Kommune"):
            assert words in overview, words
        assert metadata["reference"] == content.content["reference"]
        assert metadata["state"] == "sent"

    def test_only_its_documents_name_the_member(self, road, sender):
        road.take(sender, "send")
        with zipfile.ZipFile(io.BytesIO(fetched(sender, road, "filing.zip").data)) as held:
            beside = [name for name in held.namelist() if not name.endswith(".pdf")]
            assert beside == ["metadata.json", "oversigt.txt"]
            assert all("Karl" not in held.read(name).decode() for name in beside)
            assert "Karl Prøvesen" in text_of(held.read(held.namelist()[0]))

    def test_fetched_twice_it_is_the_same(self, road, sender, receiver):
        road.take(sender, "send")
        first = fetched(sender, road, "filing.zip").data
        assert fetched(sender, road, "filing.zip").data == first
        road.take(receiver, "acknowledge")
        assert fetched(sender, road, "filing.zip").data != first

    def test_at_the_end_the_minutes_are_in_it(self, road, sender):
        walk_to_the_end(road)
        with zipfile.ZipFile(io.BytesIO(fetched(sender, road, "filing.zip").data)) as held:
            [_package, record, *_rest] = held.namelist()
            assert record.endswith("-forloeb.pdf")
            assert "Vi gik planen igennem." in text_of(held.read(record))
            assert "Overdraget" in held.read("oversigt.txt").decode()


class TestWhose:
    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_another_organisation_finds_nothing(self, name, road, sender, outsider, client_of):
        road.take(sender, "send")
        stranger = client_of(make.user(outsider, *make.every_role(outsider)))
        assert stranger.get(f"{road.address}/{name}").status_code == 404
        assert sender.get(f"{road.address}/{name}").status_code == 200

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_the_receiver_finds_no_draft(self, name, road, sender, receiver):
        assert receiver.get(f"{road.address}/{name}").status_code == 404
        road.take(sender, "send")
        assert receiver.get(f"{road.address}/{name}").status_code == 200

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_who_handles_no_cases_may_not(self, name, road, sender, fund, client_of):
        road.take(sender, "send")
        owner = client_of(make.user(fund, Role.AGREEMENT_OWNER))
        assert owner.get(f"{road.address}/{name}").status_code == 403
        assert sender.get(f"{road.address}/{name}").status_code == 200

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_it_is_a_file_to_keep_and_named_by_its_reference(self, name, road, sender):
        road.take(sender, "send")
        answer = fetched(sender, road, name)
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith('attachment; filename="OP-')
        assert "filename*=UTF-8''OP-" in disposition
        assert "Karl" not in disposition
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_each_fetching_leaves_one_row(self, road, sender):
        road.take(sender, "send")
        for name in DOCUMENTS:
            fetched(sender, road, name)
        [content] = contents()
        actions = [one.action for one in make.audited(content.handover_id)][-4:]
        assert actions == [
            f"handover_documents.{view}"
            for view in ("package", "record", "copy_for_member", "to_records")
        ]


class TestNumber:
    """The whole number: on purpose, once, in the answer alone."""

    def reveal(self, client, road, **form):
        return client.post(f"{road.address}/cpr", data={"purpose": "filing"} | form)

    def test_it_is_shown_for_a_purpose_that_is_written_down(self, visited, sender, receiver):
        visited.take(sender, "send")
        assert WHOLE not in receiver.get(visited.address).text

        answer = self.reveal(receiver, visited)

        assert WHOLE in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        [row] = [one for one in make.audited() if one.action == "handover_documents.reveal_cpr"]
        assert row.purpose == "filing"
        assert row.subject_type == "handover"
        assert WHOLE not in f"{row.detail} {row.address}"
        assert WHOLE not in receiver.get(visited.address).text

    def test_without_a_purpose_it_is_not(self, visited, sender, receiver):
        visited.take(sender, "send")
        for purpose in ("", "nysgerrighed"):
            answer = self.reveal(receiver, visited, purpose=purpose)
            assert answer.status_code == 422
            assert WHOLE not in answer.text
        assert self.reveal(receiver, visited).status_code == 200

    def test_nor_to_others(self, visited, sender, receiver, fund, outsider, client_of):
        assert self.reveal(receiver, visited).status_code == 404  # a draft
        visited.take(sender, "send")
        stranger = client_of(make.user(outsider, Role.CONTACT))
        owner = client_of(make.user(fund, Role.AGREEMENT_OWNER))
        assert self.reveal(stranger, visited).status_code == 404
        assert self.reveal(owner, visited).status_code == 403
        assert self.reveal(receiver, visited).status_code == 200

    def test_nor_many_in_a_minute(self, visited, sender, receiver):
        visited.take(sender, "send")
        answers = [self.reveal(receiver, visited).status_code for _n in range(21)]
        assert answers[0] == 200
        assert 429 in answers
        assert self.reveal(sender, visited).status_code == 200

    def test_the_page_offers_it_where_there_is_one(
        self, visited, fund, municipality, sender, receiver
    ):
        visited.take(sender, "send")
        without = make.handover(make.member_case(fund, municipality), State.SENT)
        assert f"{visited.address}/cpr" in receiver.get(visited.address).text
        assert "/cpr" not in receiver.get(f"/handovers/{without.id}").text
