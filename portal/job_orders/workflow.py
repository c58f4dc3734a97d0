"""The life of a job order. Who took it keeps it; every partner may bring candidates.

The database refuses every other way (`job_order_guard`, `job_candidate_guard`).
"""

from portal.access import Permission
from portal.companies.orders import ENDED, WAITING, OrderParty, OrderState
from portal.workflow import Step, Workflow

S, WRITE = OrderState, Permission.COMPANY_WRITE
KEEPER, ALL = {OrderParty.KEEPER}, {*OrderParty}

# fmt: off
ORDER = Workflow([
    #    step         from             to             who     with what
    Step("present",   {S.OPEN},        S.PRESENTED,   KEEPER, WRITE),
    Step("fill",      {S.PRESENTED},   S.FILLED,      KEEPER, WRITE),
    Step("give_up",   WAITING,         S.NOT_FILLED,  KEEPER, WRITE),
    Step("withdraw",  WAITING,         S.WITHDRAWN,   KEEPER, WRITE),
    Step("reopen",    {S.NOT_FILLED},  S.OPEN,        KEEPER, WRITE),
    Step("suggest",   WAITING,         None,          ALL,    Permission.PARTICIPANT_WRITE),
    Step("outcome",   {S.PRESENTED},   None,          KEEPER, WRITE),
    Step("follow_up", ENDED,           None,          KEEPER, WRITE),
])
# fmt: on
