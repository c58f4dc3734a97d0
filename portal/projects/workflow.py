"""The life of a project. Its lead or the secretariat takes each step; the others follow.

The database refuses every other way (`project_guard`).
"""

from portal.access import Permission
from portal.projects.models import LEADING, OPEN, ProjectState
from portal.workflow import Step, Workflow

S, WRITE = ProjectState, Permission.PROJECT_WRITE

# fmt: off
PROJECT = Workflow([
    #    step       from             to            who      with what
    Step("prepare", {S.IDEA},        S.PREPARING,  LEADING, WRITE),
    Step("begin",   {S.PREPARING},   S.RUNNING,    LEADING, WRITE),
    Step("report",  {S.RUNNING},     S.REPORTING,  LEADING, WRITE),
    Step("resume",  {S.REPORTING},   S.RUNNING,    LEADING, WRITE),
    Step("evaluate", {S.REPORTING},  S.EVALUATED,  LEADING, WRITE),
    Step("close",   {S.EVALUATED},   S.CLOSED,     LEADING, WRITE),
    Step("stop",    OPEN,            S.STOPPED,    LEADING, WRITE),
    Step("edit",    OPEN,            None,         LEADING, WRITE),
    Step("invite",  OPEN,            None,         LEADING, WRITE),
])
# fmt: on
