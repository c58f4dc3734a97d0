"""The pages of a case: each module adds its own to the blueprint."""

from portal.cases.blueprint import bp
from portal.cases.views import assessment, case, clock, course, importing, lists, moving, plan

__all__ = ["assessment", "bp", "case", "clock", "course", "importing", "lists", "moving", "plan"]
