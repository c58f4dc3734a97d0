"""What hangs on an agreement: packages under way, assessed cases, and the own assessments."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.agreements.beside import AgreementContact
from portal.agreements.models import AgreementSide, AgreementVersion, Side
from portal.cases.models import Assessment, AssessmentAnswer, CriterionAnswer, Decision, MemberCase
from portal.clock import ONE_DAY, end_of_day
from portal.consequences.models import Rehearsal
from portal.consequences.rehearsing import Assessed, first_day
from portal.db import db
from portal.handovers.models import Handover, HandoverParty, Kind, Party, State
from portal.handovers.parts import HandoverContent
from portal.organisations.queries import holds


@dataclass(frozen=True)
class OpenPackage:
    """A package under way, as an agreement owner may know it: never whom it is about."""

    reference: str
    kind: Kind
    state: State
    due_on: date | None
    number: int | None  # of the version that it keeps; without one Samspil's standard

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def has_meeting(self) -> bool:
        return self.state == State.MEETING_PLANNED


def opposite(version: AgreementVersion, own: Side) -> set[uuid.UUID]:
    return {row.organisation_id for row in version.sides if row.side not in {own, Side.OBSERVER}}


def open_packages(version: AgreementVersion, own: Side) -> list[OpenPackage]:
    """The own organisation's with the opposite side of the version, the first due first."""
    party = HandoverParty
    rows = (
        select(
            Handover.reference,
            Handover.kind,
            Handover.state,
            Handover.due_on,
            AgreementVersion.number,
        )
        .join(party, party.handover_id == Handover.id)
        .outerjoin(AgreementVersion, AgreementVersion.id == Handover.agreement_version_id)
        .where(party.standing.in_(["ours", "theirs"]), party.other_id.in_(opposite(version, own)))
        .order_by(party.due_on, Handover.reference)
    )
    return [OpenPackage(*row) for row in db.session.execute(rows)]


def named_for(agreement_id: uuid.UUID, today: date) -> dict[str, list[str]]:
    """Who fills each function of the agreement today, by its code."""
    rows = select(AgreementContact.code, AgreementContact.name).where(
        AgreementContact.agreement_id == agreement_id,
        AgreementContact.name.is_not(None),
        holds(AgreementContact, today),
    )
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in db.session.execute(rows.order_by(AgreementContact.name)):
        found[code].append(str(name))
    return found


@dataclass(frozen=True)
class AssessedCases:
    """Open cases that were referred by a version, and those of them without a package yet."""

    referred: int
    without_package: int


def assessed_cases(version: AgreementVersion) -> AssessedCases:
    """Of the own organisation, by their newest assessment under the version."""
    package = select(Handover.id).where(
        Handover.case_id == MemberCase.id, Handover.agreement_version_id == version.id
    )
    referred = (
        select(func.count(), func.count().filter(~package.exists()))
        .join(newest := newest_assessments(), newest.c.case_id == MemberCase.id)
        .where(MemberCase.closed_at.is_(None))
        .where(newest.c.agreement_version_id == version.id, newest.c.decision == Decision.REFER)
    )
    return AssessedCases(*db.session.execute(referred.select_from(MemberCase)).one())


def newest_assessments(*where: ColumnElement[bool]) -> Subquery:
    """One for each case, as a subquery."""
    columns = (
        Assessment.id,
        Assessment.case_id,
        Assessment.agreement_version_id,
        Assessment.decision,
    )
    rows = select(*columns).ext(distinct_on(Assessment.case_id)).where(*where)
    return rows.order_by(Assessment.case_id, Assessment.decided_at.desc()).subquery()


def assessed(version: AgreementVersion, own: Side, today: date) -> list[Assessed]:
    """What one's own side knows of the last months: a fund its assessments, each case once; a
    municipality the referrals that it was sent."""
    others = opposite(version, own)
    if own == Side.FUND:
        return own_assessments(others, today)
    return referrals(others, today)


def own_assessments(municipality_ids: Iterable[uuid.UUID], today: date) -> list[Assessed]:
    newest = newest_assessments(Assessment.decided_at >= begins(first_day(today)))
    answer = AssessmentAnswer
    rows = (
        select(newest.c.id, newest.c.decision, answer.code, answer.answer)
        .join(MemberCase, MemberCase.id == newest.c.case_id)
        .join(answer, answer.assessment_id == newest.c.id)
        .where(MemberCase.municipality_id.in_({*municipality_ids}))
    )
    answers: dict[uuid.UUID, dict[str, CriterionAnswer]] = defaultdict(dict)
    referred = {}
    for assessment_id, decision, code, given in db.session.execute(rows):
        answers[assessment_id][code] = given
        referred[assessment_id] = decision == Decision.REFER
    return [Assessed(answers[one], was_referred) for one, was_referred in referred.items()]


def referrals(fund_ids: Iterable[uuid.UUID], today: date) -> list[Assessed]:
    """By the content that was sent first, whatever became of the package."""
    rows = (
        select(HandoverContent.content["assessment"]["answers"])
        .join(Handover, Handover.id == HandoverContent.handover_id)
        .join(HandoverParty, HandoverParty.handover_id == Handover.id)
        .where(HandoverContent.number == 1, HandoverParty.kind == Kind.VISITATION)
        .where(HandoverParty.side == Party.RECEIVER, HandoverParty.other_id.in_({*fund_ids}))
        .where(Handover.sent_at >= begins(first_day(today)))
    )
    return [
        Assessed({row["code"]: CriterionAnswer(row["answer"]) for row in answers or ()}, True)
        for answers in db.session.scalars(rows)
    ]


def begins(day: date) -> datetime:
    return end_of_day(day - ONE_DAY)


def shared_of_same(
    version: AgreementVersion, organisation_id: uuid.UUID, first_day: date
) -> date | None:
    """The last day of figures that were shared of some of the same people, in whichever version.

    Of the same opposite side, and of days from `first_day` on: two could be subtracted.
    """
    there = {row.organisation_id for row in version.sides if row.side != Side.OBSERVER}
    same = AgreementSide.organisation_id.in_(there - {organisation_id})
    rows = (
        select(func.max(Rehearsal.last_day))
        .join(AgreementSide, AgreementSide.version_id == Rehearsal.version_id)
        .where(Rehearsal.organisation_id == organisation_id, Rehearsal.last_day >= first_day)
    )
    return db.session.scalar(rows.where(same))


def rehearsals(version_id: uuid.UUID) -> Sequence[Rehearsal]:
    """What has been told of the version, by either side."""
    rows = select(Rehearsal).where(Rehearsal.version_id == version_id)
    return db.session.scalars(rows.order_by(Rehearsal.at)).all()
