"""Two organisations that work together, with at least one row in every table, and a third.

What is not reached here is not proved, so `tests/test_sight.py` fails for a table without a row.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access import Role
from portal.agreements.models import AgreementVersion, Side
from portal.agreements.models import State as AgreementState
from portal.agreements.parts import (
    AgreementComment,
    AgreementEvent,
    AgreementFile,
    AgreementMove,
    AgreementSection,
    AgreementSignatory,
    AgreementSignature,
    Move,
    SectionState,
)
from portal.audit import AuditEvent
from portal.bulk.models import Batch, BatchRow, Doing
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    BenefitHours,
    CasePlan,
    ChecklistExemption,
    CriterionAnswer,
    Decision,
    Effort,
    EffortKind,
    EffortStatus,
    MemberCase,
    ProfileClarification,
    ResponsibilityDate,
    Talk,
    TalkOutcome,
    TransferNotice,
)
from portal.clock import now, today
from portal.companies.orders import JobOrder
from portal.consequences.models import Rehearsal
from portal.consequences.rehearsing import Outcome
from portal.gatherings.models import GatheringSeat
from portal.goals.models import GoalCount
from portal.goals.publications import Publication, PublishedCurve, PublishedFigure
from portal.goals.values import ValueState
from portal.handovers.bounces import HandoverBounce
from portal.handovers.breaches import HandoverBreach
from portal.handovers.follow_ups import HandoverFollowUp
from portal.handovers.meeting import JointMeeting, Minutes, MinutesDraft, MinutesObjection
from portal.handovers.models import Handover, State
from portal.handovers.parts import (
    HandoverDocument,
    HandoverEvent,
    HandoverFiling,
    HandoverLeg,
    HandoverMessage,
    HandoverNote,
    HandoverNotice,
    HandoverOnward,
    HandoverQuestion,
    HandoverRating,
    HandoverReminder,
    HandoverRequest,
)
from portal.handovers.rejected import HandoverReference
from portal.identity.models import SharedOrganisation, SignInAttempt, UsedLogoutToken
from portal.life.models import Happening, LifeEvent
from portal.limits import RateLimit
from portal.mail import OutgoingMail
from portal.meetings.models import CalendarFeed
from portal.organisations.models import Absence, Organisation, User
from portal.participants.models import Participant
from portal.project_reports.models import ProjectReport, ProjectReportVersion
from portal.projects.models import Project
from tests import area, beside, company, gathering, make, meeting, participant, practice, project
from tests import report as reports

DAY = date(2026, 11, 23)
WHO = "Mette Eksempel"
FUNCTION = {"code": "fund_contact", "side": "fund", "label_da": "Sager", "source": "Prøve"}


@dataclass(frozen=True)
class World:
    fund: Organisation
    municipality: Organisation
    outsider: Organisation
    adviser: User
    contact: User
    case: MemberCase
    agreement: AgreementVersion
    draft: Handover
    sent: Handover
    meeting: JointMeeting
    question: HandoverMessage
    negotiated: AgreementVersion
    drafted: AgreementVersion
    project: Project
    order: JobOrder
    participant: Participant
    seat: GatheringSeat


def standing(before: World | None) -> World:
    """The world of before, or another where a test has cleaned up since."""
    if before and make.records.get(Organisation, before.fund.id, populate_existing=True):
        return before
    make.clean()
    return build()


def build() -> World:
    fund = make.fund("Prøvebæk A-kasse")
    municipality = make.organisation("Lillekøbing Kommune")
    adviser, contact = people(fund, municipality)
    agreement = make.agreement(fund, municipality, contacts=[FUNCTION], goals=[beside.GOAL])
    negotiated = make.under_way(fund, municipality, AgreementState.NEGOTIATING)
    drafted = make.under_way(fund, municipality, AgreementState.DRAFT)
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    fill_case(case, agreement)
    draft = make.handover(make.member_case(fund, municipality))
    sent = make.handover(case, State.MEETING_PLANNED, content_number=1)
    carried = project.whole(fund, municipality)
    person = participant.whole(carried, fund)
    order = company.whole(person, fund, municipality)
    made = World(
        fund,
        municipality,
        make.organisation("Udkøbing Kommune"),
        adviser,
        contact,
        case,
        agreement,
        draft,
        sent,
        make.records.scalars(select(JointMeeting)).one(),
        make.question(sent, municipality.id),
        negotiated,
        drafted,
        carried,
        order,
        person,
        gathering.whole(carried, fund, person, order.company_id),
    )
    reports.whole(carried, until=date(2026, 9, 30))
    fill_agreements(agreement, negotiated, fund, municipality, adviser)
    event(draft, fund, "create", None)
    for package in (draft, sent):
        beside.file(package, fund)
    fill_package(sent, fund, municipality)
    beside.kept_for_leader(fund, municipality)
    beside.fill_survey(fund, agreement)
    leave_traces(made)
    measure(made)
    area.followed(fund)
    meeting.whole(agreement, fund, adviser)
    return made


def measure(made: World) -> None:
    """Of members each has its own; of packages both."""
    own = {"organisation_id": made.fund.id}
    figure = {"set": "law", "code": "two_talks", "first_day": DAY, "last_day": DAY}
    counts = {"yes": 1, "of": 2} | figure
    make.saved(GoalCount(fund_id=made.fund.id, **own, **counts))
    beside.goal_value(made.agreement, made.fund)
    sent = {"state": ValueState.SUBMITTED, "submitted_by": WHO, "submitted_at": now()}
    beside.goal_value(made.agreement, made.fund, **sent)
    beside.goal_entry(made.adviser)
    out = make.saved(Publication(first_day=date(2026, 7, 1), last_day=date(2026, 9, 30)))
    pair = {"fund_id": made.fund.id, "municipality_id": made.municipality.id}
    block = pair | {"publication_id": out.id, "first_day": out.first_day, "last_day": DAY}
    of = {"set": "law", "code": "two_talks", "of": 20, "low": 10, "high": 10}
    make.save_all(PublishedFigure(**block, **of), PublishedCurve(**block, people=20, points=[]))


def ids(made: World) -> dict[str, uuid.UUID]:
    """What addresses name of it."""
    return {
        "agreement_id": made.agreement.agreement_id,
        "handover_id": made.sent.id,
        "message_id": made.question.id,
        "meeting_id": made.meeting.id,
        "case_id": made.case.id,
        "project_id": made.project.id,
        "company_id": made.order.company_id,
        "order_id": made.order.id,
        "participant_id": made.participant.id,
        "gathering_id": made.seat.gathering_id,
        "seat_id": made.seat.id,
        "certified_id": make.records.scalars(select(ProjectReportVersion.id)).one(),
        "report_id": make.records.scalars(select(ProjectReport.id)).one(),
        "task_id": make.records.scalars(select(HandoverFollowUp.id)).one(),
    }


def people(fund: Organisation, municipality: Organisation) -> tuple[User, User]:
    adviser = make.user(fund, Role.ADVISER, name=WHO, unit_id=make.unit(fund).id)
    contact = make.user(municipality, Role.CONTACT, unit_id=make.unit(municipality).id)
    away = {"first_day": DAY, "last_day": DAY}
    make.saved(Absence(organisation_id=fund.id, user_id=adviser.id, **away))
    for person in (adviser, contact):
        make.session_of(person)
    return adviser, contact


def fill_agreements(
    agreement: AgreementVersion,
    negotiated: AgreementVersion,
    fund: Organisation,
    municipality: Organisation,
    person: User,
) -> None:
    """One row of everything that a version is made of while it is negotiated and signed."""
    by: dict[str, Any] = {"organisation_id": fund.id, "person": WHO}
    section = make.of_version(
        negotiated,
        AgreementSection,
        key="own-1",
        position=1,
        heading="Formål",
        prompt="Hvorfor?",
        source="Prøve",
        governs=[],
        is_free=True,
        state=SectionState.PROPOSED,
        side=Side.FUND,
    )
    hung = {"section_id": section.id, **by}
    make.of_version(negotiated, AgreementMove, side=Side.FUND, move=Move.PROPOSE, **hung)
    make.of_version(negotiated, AgreementComment, text="Til begge", **hung)
    make.of_version(negotiated, AgreementComment, text="Til os", only_side=Side.FUND, **hung)
    make.of_version(negotiated, AgreementEvent, step="open", target=negotiated.state, **by)
    who: dict[str, Any] = {"organisation_id": fund.id, "user_id": person.id, "name": WHO}
    who |= {"title": "Chef", "authority": "På vegne af a-kassen"}
    make.of_version(negotiated, AgreementSignatory, **who)
    signing = make.under_way(fund, municipality, AgreementState.SIGNING)
    make.of_version(signing, AgreementSignatory, **who)
    signed = {"hash": signing.hash, "authenticated_at": now()}
    make.of_version(signing, AgreementSignature, **who, **signed)
    sealed = {"sealed": b"%PDF", "sha256": "0", "key_id": "k", "signature": b"s"}
    make.of_version(agreement, AgreementFile, **sealed)
    make.contact(agreement, person, "fund_contact")
    make.amendment(agreement, fund)
    tried: dict[str, Any] = {"first_day": DAY, "last_day": DAY, "criteria": []}
    tried["figures"] = dict.fromkeys((*Outcome, "total"), {"count": 9, "below": None})
    make.of_version(negotiated, Rehearsal, **by, **tried)


def fill_case(case: MemberCase, agreement: AgreementVersion) -> None:
    by: dict[str, Any] = {"recorded_by": WHO}
    make.of_case(case, CasePlan, job_goals=["Industritekniker"])
    make.of_case(
        case, BenefitHours, month=DAY.replace(day=1), hours=Decimal(80), source="egen", **by
    )
    make.of_case(case, ResponsibilityDate, day=DAY, source="DFDG", **by)
    make.of_case(
        case, Effort, kind=EffortKind.OFFER, description="Kursus", status=EffortStatus.RUNNING
    )
    make.of_case(case, Talk, day=DAY, kind="first", form="in_person", outcome=TalkOutcome.HELD)
    make.of_case(case, ProfileClarification, day=DAY, tool="Samtale")
    make.of_case(case, ChecklistExemption, code="placements", reason="Ikke endnu", **by)
    decided = make.of_case(
        case,
        Assessment,
        agreement_version_id=agreement.id,
        decision=Decision.REFER,
        reason="Flere hensyn",
        decided_by=WHO,
    )
    make.saved(
        AssessmentAnswer(
            organisation_id=case.organisation_id,
            assessment_id=decided.id,
            position=1,
            code="health",
            label="Hensyn",
            answer=CriterionAnswer.YES,
        )
    )


def event(
    handover: Handover, organisation: Organisation, step: str, source: State | None, **detail: str
) -> None:
    """That the package has just come to the state that it is in."""
    own = {"handover_id": handover.id, "organisation_id": organisation.id, "detail": detail}
    how = {"source": source, "target": handover.state, "at": handover.changed_at}
    make.saved(HandoverEvent(person=WHO, step=step, **how, **own))


def fill_package(sent: Handover, fund: Organisation, municipality: Organisation) -> None:
    planned = {"is": datetime.combine(DAY, time(9), UTC).isoformat()}
    event(sent, municipality, "plan_meeting", State.ACCEPTED, **planned)
    by_fund = {"handover_id": sent.id, "organisation_id": fund.id}
    by_municipality = {"handover_id": sent.id, "organisation_id": municipality.id}
    for own in (by_fund, by_municipality):
        make.saved(chosen(sent, own["organisation_id"]))
        make.saved(HandoverNote(person=WHO, text="Til os selv", **own))
        make.saved(HandoverFiling(person=WHO, filed_on=DAY, **own))
    make.saved(HandoverMessage(person=WHO, text="Til begge", **by_fund))
    rated: dict[str, Any] = {"rated_at": sent.accepted_at, "rated_by": WHO, "missing": []}
    beside.correction(sent, municipality)
    make.saved(HandoverRating(complete=True, **rated, **by_municipality))
    gone: dict[str, Any] = {"mail_id": uuid.uuid4(), "reader": WHO, "at": now()}
    make.saved(HandoverBounce(**gone, **by_municipality))
    make.saved(HandoverFollowUp(months=3, due_on=DAY, **by_municipality))
    late = {"clock": "acknowledge", "due_on": DAY, "level": 1, "found_on": DAY}
    make.saved(HandoverNotice(handover_id=sent.id, **late))
    make.saved(HandoverReminder(person=WHO, day=today(), **by_fund))
    soon = {"transfer_on": DAY, "level": 0, "found_on": DAY}
    make.saved(TransferNotice(case_id=sent.case_id, organisation_id=fund.id, **soon))
    make.saved(illness(make.records.get_one(MemberCase, sent.case_id)))
    make.saved(HandoverDocument(number=1, kind="other", sealed=b"", sha256="0" * 64, **by_fund))
    make.saved(
        HandoverQuestion(round=1, position=1, text="Hvornår?", asked_by=WHO, **by_municipality)
    )
    was = {"number": 1, "receiver": "Før", "sent_at": sent.created_at, "ended_at": sent.sent_at}
    make.saved(HandoverLeg(receiver_id=municipality.id, **was, **by_fund))
    there = {"onward_id": sent.id, "reference": "OP-NY", "receiver_id": municipality.id}
    make.saved(HandoverOnward(handover_id=sent.id, at=sent.changed_at, **there))
    left = {"reference": "OP-AFVIST", "other_id": sent.sender_id, "rejected_on": DAY}
    make.saved(HandoverReference(reason="Andet", **left, **by_municipality))
    beside.support(sent, fund)
    make.saved(HandoverBreach(found_by=WHO, opened=[], **by_fund))
    asked = {"kind": "withdrawal", "side": "sender", "detail": {"code": "job"}}
    make.saved(HandoverRequest(person=WHO, **asked, **by_fund))
    make.saved(MinutesDraft(typed={"text": "Kladde"}, person=WHO, **by_municipality))
    make.saved(MinutesObjection(number=1, text="Forkert", person=WHO, **by_fund))
    make.saved(
        Minutes(
            number=1,
            text="Referat",
            goals=[],
            next_contact_on=DAY,
            next_contact_person=WHO,
            published_by=WHO,
            **by_municipality,
        )
    )


def illness(case: MemberCase) -> LifeEvent:
    """That the member is ill today, as the fund's people know."""
    people = select(User).where(User.organisation_id == case.organisation_id).limit(1)
    own = {"organisation_id": case.organisation_id, "case_id": case.id}
    known = {"kind": Happening.ILLNESS, "day": DAY, "until": DAY, "recorded_by": WHO, "done": []}
    return LifeEvent(user_id=make.records.scalars(people).one().id, **known, **own)


def chosen(package: Handover, organisation_id: uuid.UUID) -> BatchRow:
    """The package in a batch of one of the organisation's people."""
    own = {"organisation_id": organisation_id}
    people = select(User).where(User.organisation_id == organisation_id).limit(1)
    who = {"user_id": make.records.scalars(people).one().id, "roles": [], "language": "da"}
    batch = make.saved(Batch(id=uuid.uuid4(), doing=Doing.REMIND, is_cut=False, **who, **own))
    return BatchRow(batch_id=batch.id, handover_id=package.id, position=0, version=1, **own)


def leave_traces(made: World) -> None:
    for person in (made.adviser, made.contact):
        own = {"organisation_id": person.organisation_id, "user_id": person.id}
        make.saved(AuditEvent(person=person.name, roles="", action="handovers.show", **own))
        make.saved(CalendarFeed(token_hash=person.id.bytes, **own))
    make.saved(
        OutgoingMail(
            recipient="post@lillekoebing.example",
            language="da",
            subject="Det er jeres tur",
            body="",
            reference=made.sent.reference,
            message_id="<1@samspil.example>",
        )
    )
    provider = make.provider_of(made.fund).id
    practice.whole(project.council(made.municipality, "Råd Prøve"), made.fund)
    make.saved(
        SharedOrganisation(provider_id=provider, cvr="00000000", organisation_id=made.fund.id)
    )
    secrets = {"state_hash": b"state", "browser_hash": b"browser"}
    make.saved(SignInAttempt(provider_id=provider, nonce="n", verifier="v", **secrets))
    make.saved(UsedLogoutToken(provider_id=provider, jti_hash=b"jti"))
    make.saved(RateLimit(key="start|127.0.0.1", minute=now() + timedelta(minutes=1), spent=1))
