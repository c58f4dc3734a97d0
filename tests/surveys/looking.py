"""What stands in the tables of a survey, and on its pages; and an answer to the advisers."""

from dataclasses import dataclass
from datetime import date, timedelta

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from portal.access import Role
from portal.mail import OutgoingMail
from portal.organisations.models import Organisation, User
from portal.surveys import upkeep
from portal.surveys.models import Survey, SurveyLink
from tests import make

DAY = timedelta(days=1)
Q = "profiling_useful_advisers"
YES, NO, OUT = "fully", "not", "unknown"
SATISFIED = {f"q_{Q}": YES}


def advisers(fund: Organisation, number: int) -> list[User]:
    return [make.user(fund, Role.ADVISER) for _one in range(number)]


def links(survey: Survey) -> list[SurveyLink]:
    make.records.expire_all()
    rows = select(SurveyLink).where(SurveyLink.survey_id == survey.id).order_by(SurveyLink.id)
    found = [*make.records.scalars(rows)]
    make.records.commit()
    return found


def tokens(survey: Survey, worker: Flask) -> list[str]:
    with worker.app_context():
        return [upkeep.token_of(link.id) for link in links(survey)]


def outbox() -> list[OutgoingMail]:
    make.records.expire_all()
    found = [*make.records.scalars(select(OutgoingMail))]
    make.records.commit()
    return found


def told(page: str) -> str:
    """The page in words."""
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


@dataclass(frozen=True)
class Span:
    first: date
    last: date
