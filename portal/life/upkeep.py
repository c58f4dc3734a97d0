"""What the worker does on the day that an event was recorded for."""

import logging

from flask import current_app

from portal import keys
from portal.access import CASEWORKERS, Actor
from portal.cases.models import MemberCase
from portal.clock import Moment, now, today
from portal.db import db
from portal.jobs import jobs
from portal.life import actions, queries
from portal.life.models import LifeEvent
from portal.workflow import NotNow, Overtaken, Refused

log = logging.getLogger("samspil.life")


@jobs.periodic(cron="7 3 * * *")
@jobs.task(name="life.come", queueing_lock="life.come")
def come(timestamp: int) -> None:
    """Every night. Twice is once: an event is taken by one worker, and done when it is done."""
    carry_out_due(Moment(now(), today()))


def carry_out_due(at: Moment) -> int:
    """What has come by the day of `at`, as who recorded it said; how many events were done.

    The packages are asked again: what has been closed since is not closed twice. One that cannot be
    done now holds up no other, and is tried again the next night.
    """
    ring = keys.of(current_app.extensions["samspil"])
    return sum(is_carried_out(made, ring, at) for made in queries.due(at.today))


def is_carried_out(made: LifeEvent, ring: keys.Keys, at: Moment) -> bool:
    case = db.session.get_one(MemberCase, made.case_id)
    actor = Actor(made.recorder, made.organisation_id, made.recorded_by, CASEWORKERS)
    try:
        with db.session.begin_nested():
            event = actions.event_of(made)
            foreseen = actions.foreseen(case, event, ring, at.today)
            actions.carry_out(made, case, foreseen, ring, actor, at)
    except (NotNow, Refused, Overtaken):
        log.warning("life event %s waits another night", made.id)
        return False
    return True
