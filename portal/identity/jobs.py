"""What a sign-in leaves behind is removed when it is over."""

from portal.clock import now
from portal.identity import actions
from portal.jobs import jobs


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="forget_sign_ins", queueing_lock="forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:
    actions.forget(now=now())
