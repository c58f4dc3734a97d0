"""The life of a status report: written and certified by the lead, taken by the secretariat.

The database refuses every other way (`project_report_guard`).
"""

from portal.access import Permission
from portal.project_reports.models import ReportParty, ReportState
from portal.workflow import Step, Workflow

S, WRITE = ReportState, Permission.PROJECT_WRITE
LEAD, SECRETARIAT = {ReportParty.LEAD}, {ReportParty.SECRETARIAT}
WRITTEN = frozenset({S.DRAFT, S.RETURNED})

# fmt: off
REPORT = Workflow([
    #    step         from       to           who          with what
    Step("edit",      WRITTEN,   None,        LEAD,        WRITE),
    Step("certify",   WRITTEN,   S.SENT,      LEAD,        WRITE),
    Step("send_back", {S.SENT},  S.RETURNED,  SECRETARIAT, WRITE),
    Step("accept",    {S.SENT},  S.ACCEPTED,  SECRETARIAT, WRITE),
])
# fmt: on
