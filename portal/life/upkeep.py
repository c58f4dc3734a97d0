"""What the worker does on the day that an event was recorded for."""

from flask import current_app

from portal import keys
from portal.access import CASEWORKERS, Actor
from portal.cases.models import MemberCase
from portal.clock import Moment, now, today
from portal.db import db
from portal.jobs import jobs
from portal.life import actions, queries
from portal.life.effects import Event


@jobs.periodic(cron="7 3 * * *")
@jobs.task(name="life.come", queueing_lock="life.come")
def come(timestamp: int) -> None:
    """Every night. Twice is once: an event is taken by one worker, and done when it is done."""
    carry_out_due(Moment(now(), today()))


def carry_out_due(at: Moment) -> int:
    """What has come by the day of `at`, as who recorded it said; how many events it was.

    The packages are asked again: what has been closed since is not closed twice.
    """
    found, ring = queries.due(at.today), keys.of(current_app.extensions["samspil"])
    for made in found:
        case = db.session.get_one(MemberCase, made.case_id)
        actor = Actor(made.user_id, made.organisation_id, made.recorded_by, CASEWORKERS)
        foreseen = actions.foreseen(case, Event(made.kind, made.day, made.until), at.today)
        actions.carry_out(made, case, foreseen, ring, actor, at)
    return len(found)
