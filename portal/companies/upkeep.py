"""What the worker does for companies: none is left alone, and nobody is remembered for ever."""

from portal.clock import moment, today
from portal.companies import leaving
from portal.jobs import jobs


@jobs.periodic(cron="23 2 * * *")
@jobs.task(name="companies.forget", queueing_lock="companies.forget")
def forget(timestamp: int) -> None:
    """Every night."""
    leaving.forget(today())


@jobs.periodic(cron="29 2 * * *")
@jobs.task(name="companies.pass_on", queueing_lock="companies.pass_on")
def pass_on(timestamp: int) -> None:
    """Every night."""
    leaving.pass_on(moment())
