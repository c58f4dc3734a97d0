"""How long members have been followed since their first benefit day, and whether to a job."""

import uuid
from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, cast, func, select

from portal.cases.models import MemberCase
from portal.db import db
from portal.goals.survival import Followed
from portal.life.models import Happening, LifeEvent

Pair = tuple[uuid.UUID, uuid.UUID]
"""A fund, and the municipality in which the member lives now."""
ENDINGS = [one for one in Happening if one not in {Happening.SOME_WORK, Happening.ILLNESS}]


def followed(first: date, last: date, until: date) -> dict[Pair, list[Followed]]:
    """Those who became unemployed from the first to the last day, as they were followed until then.

    By fund and municipality; as the worker all, as the web those of the own fund.
    """
    of_case = LifeEvent.case_id == MemberCase.id, LifeEvent.undone_at.is_(None)
    rows = select(
        MemberCase.organisation_id,
        MemberCase.municipality_id,
        MemberCase.benefit_start,
        MemberCase.closed_reason,
        cast(func.timezone("Europe/Copenhagen", MemberCase.closed_at), Date).label("closed_on"),
        MemberCase.transfer_confirmed,
        MemberCase.transfer_on,
        _first(LifeEvent.kind == Happening.JOB, *of_case).label("job"),
        _first(LifeEvent.kind.in_(ENDINGS), *of_case).label("ended"),
    ).where(
        MemberCase.benefit_start.between(first, last),
        func.coalesce(MemberCase.closed_reason, "") != "mistake",
    )
    found: dict[Pair, list[Followed]] = defaultdict(list)
    for row in db.session.execute(rows):
        if row.benefit_start <= until:
            found[row.organisation_id, row.municipality_id].append(_followed(row, until))
    return found


def _first(*where: ColumnElement[bool]) -> Any:
    return select(func.min(LifeEvent.day)).where(*where).scalar_subquery()


def _followed(row: Row[Any], until: date) -> Followed:
    """The first thing that ended it; a job on the same day as another ending is a job."""
    closed = row.closed_on
    job = min((day for day in (row.job, closed if row.closed_reason == "job" else None) if day),
              default=None)  # fmt: skip
    passed = row.transfer_on if row.transfer_confirmed else None
    end = min(day for day in (row.ended, closed, passed, until) if day)
    is_found = job is not None and job <= end
    return Followed(max(((job if is_found else end) - row.benefit_start).days, 0), is_found)
