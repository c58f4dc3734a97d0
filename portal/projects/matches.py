"""What is told of a match: when it came about, and as what somebody is employed."""

from enum import StrEnum


class Timing(StrEnum):
    """When a match came about, seen from the training."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class JobForm(StrEnum):
    ORDINARY = "ordinary"
    APPRENTICE = "apprentice"
    ADULT_APPRENTICE = "adult_apprentice"
    INTERNSHIP = "internship"
    WAGE_SUBSIDY = "wage_subsidy"
