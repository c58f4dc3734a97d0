"""The life of a council's own meeting. The secretariat takes each step; members read.

The database refuses every other way (`council_meeting_guard`).
"""

from portal.access import Permission
from portal.council.models import Side
from portal.meetings.series import COMING, MeetingState
from portal.workflow import Step, Workflow

S, ITS, WRITE = MeetingState, {Side.COUNCIL}, Permission.COUNCIL_WRITE

# fmt: off
COUNCIL_MEETING = Workflow([
    #    step             from                  to                  who  with what
    Step("move",          COMING,               None,               ITS, WRITE),
    Step("send_agenda",   {S.PLANNED},          S.AGENDA_SENT,      ITS, WRITE),
    Step("begin",         {S.AGENDA_SENT},      S.IN_PROGRESS,      ITS, WRITE),
    Step("share_minutes", {S.IN_PROGRESS},      S.MINUTES_DRAFTED,  ITS, WRITE),
    Step("approve",       {S.MINUTES_DRAFTED},  S.MINUTES_APPROVED, ITS, WRITE),
    Step("cancel",        COMING,               S.CANCELLED,        ITS, WRITE),
])
# fmt: on
