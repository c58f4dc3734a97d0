"""Figures as the worker would have counted and published them, had it been there all the time."""

from datetime import date

from sqlalchemy import select

from demo import reported
from portal.agreements.indicators import counted
from portal.app import create_app
from portal.clock import now
from portal.db import db, dispose
from portal.goals import publishing, rollup
from portal.goals.publications import Publication

QUARTERS = 8
MEETINGS = "bupl-a-trial", "status_meetings"


def fill(*, day: date, seed: int) -> None:
    """Counted as of the day and published quarter by quarter, each once."""
    with create_app(role="worker").app_context():
        reported.fill(day=day, seed=seed)
        for quarter in rollup.recent(day, QUARTERS):
            for one in counted():
                rollup.write(one, quarter, today=day, at=now())
        publishing.publish(day)
        db.session.commit()
        dispose()


def meetings(*, day: date) -> None:
    """Of what was held only after the rest was told: what nobody was told of is told now."""
    with create_app(role="worker").app_context():
        for one in counted():
            for quarter in rollup.recent(day, QUARTERS) if one.key == MEETINGS else ():
                rollup.write(one, quarter, today=day, at=now())
        for row in db.session.scalars(select(Publication).order_by(Publication.last_day)):
            db.session.add_all(publishing.figures(row))
            db.session.flush()
        db.session.commit()
        dispose()
