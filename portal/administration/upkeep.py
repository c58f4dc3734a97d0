"""What the worker does for the administration at night."""

from portal.administration import actions
from portal.clock import now, today
from portal.jobs import jobs


@jobs.periodic(cron="23 2 * * *")
@jobs.task(name="administration.close_unused", queueing_lock="administration.close_unused")
def close_unused(timestamp: int) -> None:
    """Harmless when run twice: who is closed is not closed again."""
    actions.close_unused(today=today(), now=now())
