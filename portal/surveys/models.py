"""What is kept of a survey. Links and counts have no key in common, and no answer is a row.

Three rings, from the outside in: the run and its results, which its organisation reads; the links,
which only the worker reads and only to write mails; the count, which nobody reads that can log in:
functions of the keeper add to it, and empty it when the survey has closed.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal import suppression
from portal.clock import now
from portal.db import Base, Json
from portal.sight import Sight, mine
from portal.surveys.questionnaires import Questionnaire, Respondents, parsed, questionnaire

MOST_REMINDERS = 2
# An agreement may be named by who takes part in it.
OWN_AGREEMENT = (
    "(survey.agreement_id is not null) <= exists (select from agreement_party "
    "where agreement_party.agreement_id = survey.agreement_id)"
)


class State(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Survey(Base):
    """One run of a questionnaire. From the opening on only functions of the database change it.

    `first_day` to `last_day` is the time that it asks about, and of members who was in the course
    then. `opens_on` and `closes_on` are the first and the last day to answer. `addresses` are those
    of a pasted list, until they are written to. `invited` and `answered` are told when it closes.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("closes_on > opens_on", name="open"),
        CheckConstraint(f"jsonb_array_length(reminder_days) <= {MOST_REMINDERS}", name="reminders"),
        CheckConstraint("(state = 'draft') = (content is null)", name="content"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint("state <> 'closed' or addresses is null", name="addresses"),
        CheckConstraint("not is_stopped or state = 'closed'", name="stopped"),
        Index("ix_survey_list", "organisation_id", "opens_on"),
        Index("ix_survey_open", "closes_on", postgresql_where="state = 'open'"),
        Index("ix_survey_agreement", "agreement_id", "last_day"),
    )
    sight = Sight(
        see=mine("survey.organisation_id"),
        insert=f"{mine('survey.organisation_id')} and survey.state = 'draft' and {OWN_AGREEMENT}",
        update=f"{mine('survey.organisation_id')} and {OWN_AGREEMENT}",
        delete=f"{mine('survey.organisation_id')} and survey.state = 'draft'",
        columns="agreement_id, questionnaire, content, language, first_day, last_day, opens_on, "
        "closes_on, reminder_days, addresses, state, opened_by, version",
        worker="select, update",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement.id"))
    reference: Mapped[str] = mapped_column(unique=True)
    questionnaire: Mapped[str]
    content: Mapped[Json | None]  # the questionnaire as it was when the survey was opened
    language: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    reminder_days: Mapped[list[Any]] = mapped_column(JSONB, default=list)  # days after opens_on
    addresses: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    opened_by: Mapped[str | None]
    begun_at: Mapped[datetime | None]  # the links were made
    closed_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(
        default=False
    )  # closed before its day, without results
    invited: Mapped[int | None]
    answered: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}

    @property
    def asked(self) -> Questionnaire:
        """What it asks: as opened, and before that as the file says today."""
        return parsed(self.content) if self.content else questionnaire(self.questionnaire)

    @property
    def respondents(self) -> Respondents:
        return self.asked.respondents


class SurveyLink(Base):
    """The right to answer once. Nothing here says who it was, once the last mail is written.

    `mails` counts those that were written. The token itself is in the mail alone, and is reckoned
    again for a reminder from a key outside the database.
    """

    __tablename__ = "survey_link"
    __table_args__ = (
        CheckConstraint("not is_answered or address is null", name="answered"),
        Index("ix_survey_link_survey_id", "survey_id"),
    )
    sight = Sight(see="", worker="select, insert, update")

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.id", ondelete="cascade"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    address: Mapped[str | None]
    mails: Mapped[int] = mapped_column(default=0)
    is_answered: Mapped[bool] = mapped_column(default=False)


class SurveyCount(Base):
    """How often each option was chosen so far: one row, which every answer writes whole.

    So neither an order of rows nor the number of the transaction that wrote one tells of anybody.
    """

    __tablename__ = "survey_count"
    sight = Sight(see="", worker="")

    survey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("survey.id", ondelete="cascade"), unique=True
    )
    counts: Mapped[Json]


class SurveyResult(Base):
    """What is shown of one question, written once when the survey closes; None is hidden.

    Of so many who said yes or no, at least and at most so many said yes.
    """

    __tablename__ = "survey_result"
    __table_args__ = (
        UniqueConstraint("survey_id", "question"),
        CheckConstraint("0 <= low and low <= high and high <= of", name="share"),
        CheckConstraint("num_nulls(of, low, high) in (0, 3)", name="hidden"),
    )
    sight = Sight(see=mine(), worker="select, insert")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.id", ondelete="cascade"))
    position: Mapped[int]
    question: Mapped[str]
    of: Mapped[int | None]
    low: Mapped[int | None]
    high: Mapped[int | None]

    @property
    def share(self) -> suppression.Share | None:
        if self.of is None or self.low is None or self.high is None:
            return None
        return suppression.Share(self.of, self.low, self.high)
