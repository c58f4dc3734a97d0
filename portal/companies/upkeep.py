"""What the worker does for companies: people who were spoken to are not remembered for ever."""

from portal.clock import today
from portal.companies import actions
from portal.jobs import jobs


@jobs.periodic(cron="23 2 * * *")
@jobs.task(name="companies.forget", queueing_lock="companies.forget")
def forget(timestamp: int) -> None:
    """Every night."""
    actions.forget_contacts(today())
