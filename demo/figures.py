"""Figures as the worker would have counted and published them, had it been there all the time."""

from datetime import date

from demo import reported
from portal.agreements.indicators import counted
from portal.app import create_app
from portal.clock import now
from portal.db import db, dispose
from portal.goals import publishing, rollup

QUARTERS = 8


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
