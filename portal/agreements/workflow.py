"""The life of an agreement version: which step leads where, and who may take it.

In force, expiring and expired are not among the states: they follow from the days. What Samspil
itself does (a version superseded by the next, a window for signing that closes) stands in
`actions.py`; the database refuses every other way (`agreement_version_guard`).
"""

from portal.access import Permission
from portal.agreements.models import Side, State
from portal.workflow import Step, Workflow

S = State
EITHER = {Side.FUND, Side.MUNICIPALITY}
WRITE, SIGN = Permission.AGREEMENT_WRITE, Permission.AGREEMENT_SIGN

# fmt: off
AGREEMENT = Workflow([
    #    step           from                                 to             who     with what
    Step("open",        {S.DRAFT},                           S.NEGOTIATING, EITHER, WRITE),
    Step("settle",      {S.NEGOTIATING},                     S.READY,       EITHER, WRITE),
    Step("reopen",      {S.READY},                           S.NEGOTIATING, EITHER, WRITE),
    Step("ask_to_sign", {S.READY},                           S.SIGNING,     EITHER, WRITE),
    Step("delegate",    {S.SIGNING},                         None,          EITHER, SIGN),
    Step("sign",        {S.SIGNING},                         None,          EITHER, SIGN),
    Step("decline",     {S.SIGNING},                         S.NEGOTIATING, EITHER, SIGN),
    Step("take_back",   {S.SIGNING},                         S.NEGOTIATING, EITHER, WRITE),
    Step("abandon",     {S.NEGOTIATING, S.READY, S.SIGNING}, S.ABANDONED,   EITHER, WRITE),
    Step("terminate",   {S.SIGNED},                          S.TERMINATED,  EITHER, WRITE),
])
# fmt: on
