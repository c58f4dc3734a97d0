"""The worker publishes each closed quarter once: what is written then is never written again.

Of each fund and municipality a figure waits, quarter for quarter, until its block is large enough;
then the whole block is told at once. When it is told depends on how large it is and on nothing
else, so that it is no news that it was not told before.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal import rules
from portal.agreements.indicators import Indicator, counted, indicator
from portal.clock import ONE_DAY, today
from portal.db import db
from portal.goals.catalogue import is_of_people
from portal.goals.following import Pair, followed
from portal.goals.models import GoalCount
from portal.goals.periods import Quarter, in_turn, quarter_of
from portal.goals.publications import Publication, PublishedCurve, PublishedFigure
from portal.goals.survival import Followed, points
from portal.jobs import jobs
from portal.suppression import Share, block, count_block, least_in_block


@jobs.periodic(cron="47 4 * * *")
@jobs.task(name="goals.publish", queueing_lock="goals.publish")
def publish_due(timestamp: int) -> None:
    """Harmless when run twice; after a standstill every quarter that was missed, in its order."""
    publish(today())


def publish(day: date) -> list[Quarter]:
    return in_turn(next_quarter, publish_quarter, day)


def next_quarter() -> Quarter | None:
    """After the last one published; where there is none, the first that anything was counted in."""
    last = db.session.scalar(select(func.max(Publication.last_day)))
    if last:
        return quarter_of(last).after(1)
    first = db.session.scalar(select(func.min(GoalCount.first_day)))
    return quarter_of(first) if first else None


def publish_quarter(quarter: Quarter) -> None:
    row = Publication(id=uuid.uuid4(), first_day=quarter.first, last_day=quarter.last)
    db.session.add(row)
    db.session.flush()
    db.session.add_all([*figures(row), *curves(row)])
    db.session.flush()


def figures(of: Publication) -> Iterator[PublishedFigure]:
    for row in db.session.execute(waiting(of)):
        known = indicator(row.set, row.code)
        if known is None:
            continue
        if share := told(known, row.of, row.yes, of.last_day):
            yield PublishedFigure(
                publication_id=of.id,
                fund_id=row.fund_id,
                municipality_id=row.municipality_id,
                set=row.set,
                code=row.code,
                cell=row.cell,
                **days(row.until, of),
                **asdict(share),
            )


def told(known: Indicator, of: int, yes: int, day: date) -> Share | None:
    """What is told of a block, if anything; of what is no count of people, all there is."""
    if known.unit == "count":
        return count_block(yes, day) if is_of_people(known) else Share(yes, yes, yes)
    return block(of, yes, day) if is_of_people(known) else Share(of, yes, yes)


def days(until: date | None, of: Publication) -> dict[str, date]:
    """From the end of the block before, else from the very first quarter: never from when there
    was somebody, which would tell that before there was nobody."""
    first = select(func.min(Publication.first_day)).scalar_subquery()
    begun = until + ONE_DAY if until else db.session.scalars(select(first)).one()
    return {"first_day": begun, "last_day": of.last_day}


def waiting(of: Publication) -> Select[Any]:
    """What each fund and municipality has counted since its last block."""
    one, told = GoalCount, aliased(PublishedFigure)
    keys = ("fund_id", "municipality_id", "set", "code")
    is_same = [getattr(told, key) == getattr(one, key) for key in keys]
    # What was once told as a whole is in no part any more, and the other way round.
    is_part = or_(told.cell == one.cell, told.cell == "", one.cell == "")
    until = select(func.max(told.last_day)).where(*is_same, is_part).scalar_subquery()
    is_placed = one.municipality_id.is_not(None)
    counted = (
        select(one, until.label("until"))
        .where(one.organisation_id == one.fund_id, is_placed, one.last_day <= of.last_day)
        .where(is_block(one))
        .subquery("counted")
    )
    key = [getattr(counted.c, key) for key in (*keys, "cell", "until")]
    return (
        select(*key, func.sum(counted.c.yes).label("yes"), func.sum(counted.c.of).label("of"))
        .where(or_(counted.c.until.is_(None), counted.c.first_day > counted.c.until))
        .group_by(*key)
        .order_by(*key)
    )


def is_block(one: type[GoalCount]) -> ColumnElement[bool]:
    """The parts that an indicator is told in, or else the whole of it: never both."""
    by: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for known in counted():
        if known.published_by:
            by[known.published_by].append(known.key)
    key = tuple_(one.set, one.code)
    parts = [and_(one.breakdown == name, key.in_(keys)) for name, keys in by.items()]
    in_parts = [known for keys in by.values() for known in keys]
    return or_(and_(one.breakdown == "", key.not_in(in_parts)), *parts)


# --- Curves ---


def curves(of: Publication) -> Iterator[PublishedCurve]:
    """Of those who have been followed for as long as the curve is, since the curve before."""
    weeks = [int(one) for one in rules.on(of.last_day, "publication.curve_weeks", tuple)]
    last = quarter_of(of.last_day - timedelta(weeks=max(weeks)) + ONE_DAY).after(-1).last
    least = max(rules.on(of.last_day, "publication.curve_people"), least_in_block(of.last_day))
    for (fund_id, municipality_id), (first, people) in waiting_for_curves(of, last).items():
        if len(people) >= least:
            yield PublishedCurve(
                publication_id=of.id,
                fund_id=fund_id,
                municipality_id=municipality_id,
                first_day=first,
                last_day=last,
                people=len(people),
                points=[asdict(one) for one in points(people, weeks, of.last_day)],
            )


def waiting_for_curves(of: Publication, last: date) -> dict[Pair, tuple[date, list[Followed]]]:
    """Of each fund and municipality from which day on, and those who became unemployed since."""
    begun = db.session.scalars(select(func.min(Publication.first_day))).one()
    pair = PublishedCurve.fund_id, PublishedCurve.municipality_id
    told = select(*pair, func.max(PublishedCurve.last_day).label("until")).group_by(*pair)
    first: dict[Pair, date] = {
        (row.fund_id, row.municipality_id): row.until + ONE_DAY for row in db.session.execute(told)
    }
    return {
        one: (since, people)
        for since in {*first.values(), begun}
        for one, people in followed(since, last, of.last_day).items()
        if first.get(one, begun) == since
    }
