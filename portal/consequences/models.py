"""What one side has told the other of how the criteria of a version would have worked."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import State as AgreementState
from portal.agreements.models import among
from portal.agreements.parts import added, seen_by_the_two_sides
from portal.clock import now
from portal.db import Base, Json

TABLE = "agreement_rehearsal"
UNSIGNED = {AgreementState.NEGOTIATING, AgreementState.READY, AgreementState.SIGNING}


class Rehearsal(Base):
    """The criteria of a version tried on one organisation's own assessments, as the other sees it.

    Only shown figures are kept, small ones hidden for good. Once for a version: two of them, before
    and after a change of the criteria, could be subtracted from each other.
    """

    __tablename__ = TABLE
    __table_args__ = (UniqueConstraint("version_id", "organisation_id"),)
    sight = added(
        TABLE,
        f"exists (select from agreement_version where agreement_version.id = {TABLE}.version_id "
        f"and agreement_version.agreement_id = {TABLE}.agreement_id "
        f"and agreement_version.{among(UNSIGNED)}) and {seen_by_the_two_sides(TABLE)}",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    first_day: Mapped[date]
    last_day: Mapped[date]
    criteria: Mapped[list[str]]  # the codes that were tried, as they were proposed then
    figures: Mapped[Json]  # the total and its parts: a count, or what it is below
