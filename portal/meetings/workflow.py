"""The life of a meeting about an agreement. Either side takes each step; both approve the minutes.

The last approval makes them approved: that is nobody's step. The database refuses every other way
(`meeting_guard`).
"""

from portal.access import Permission
from portal.agreements.models import Side
from portal.meetings.series import COMING, MeetingState
from portal.workflow import Step, Workflow

S = MeetingState
EITHER = {Side.FUND, Side.MUNICIPALITY}
READ, WRITE = Permission.MEETING_READ, Permission.MEETING_WRITE

# fmt: off
MEETING = Workflow([
    #    step             from                  to                 who     with what
    Step("move",          COMING,               None,              EITHER, WRITE),
    Step("send_agenda",   {S.PLANNED},          S.AGENDA_SENT,     EITHER, WRITE),
    Step("begin",         {S.AGENDA_SENT},      S.IN_PROGRESS,     EITHER, WRITE),
    Step("share_minutes", {S.IN_PROGRESS},      S.MINUTES_DRAFTED, EITHER, WRITE),
    Step("correct",       {S.MINUTES_DRAFTED},  None,              EITHER, WRITE),
    Step("approve",       {S.MINUTES_DRAFTED},  None,              EITHER, READ),
    Step("cancel",        COMING,               S.CANCELLED,       EITHER, WRITE),
])
# fmt: on
