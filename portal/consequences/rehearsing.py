"""The criteria of a version tried on what one's own organisation has assessed already.

An assessment answers the criteria of the version that it was made under. What the new version asks
besides was never asked, so for some it cannot be said whether they would be met: this is said, not
guessed. Nothing here decides about anybody; the adviser's decision stays what it was.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal import rules
from portal.cases.models import CriterionAnswer
from portal.rules import months_after

Row = Mapping[str, Any]
Answers = Mapping[str, CriterionAnswer]
"""What was answered in one assessment, by the criterion's code."""
Rule = Callable[[Iterable[tuple[str, bool]]], bool]
"""Whether criteria, each by its kind and whether it is met, are enough together."""


class Outcome(StrEnum):
    """Whether the criteria of the new version would be met in an old assessment."""

    MET = "met"
    NOT_MET = "not_met"
    OPEN = "open"  # it hangs on what was not asked, or not known


@dataclass(frozen=True)
class Assessed:
    """One assessment: what was answered, and whether it led to a referral."""

    answers: Answers
    was_referred: bool


@dataclass(frozen=True)
class Rehearsed:
    """How many assessments of the time meet the new criteria, and which cannot be tried."""

    first_day: date
    last_day: date
    referred: int  # as it was decided
    outcomes: Mapping[Outcome, int]
    gone: tuple[str, ...]  # labels of criteria that the new version has no longer
    added: tuple[str, ...]  # labels of those that nobody was asked about

    @property
    def count(self) -> int:
        return sum(self.outcomes.values())


def first_day(today: date) -> date:
    """The first day of the time whose assessments are tried; today is the last."""
    return months_after(today, -rules.on(today, "agreement.rehearsal_months"))


def rehearse(
    assessed: Sequence[Assessed], old: Sequence[Row], new: Sequence[Row], rule: Rule, today: date
) -> Rehearsed:
    found = Counter(outcome(one.answers, new, rule) for one in assessed)
    before, after = {row["code"] for row in old}, {row["code"] for row in new}
    return Rehearsed(
        first_day=first_day(today),
        last_day=today,
        referred=sum(one.was_referred for one in assessed),
        outcomes={each: found[each] for each in Outcome},
        gone=tuple(row["label_da"] for row in old if row["code"] not in after),
        added=tuple(row["label_da"] for row in new if row["code"] not in before),
    )


def outcome(answers: Answers, criteria: Sequence[Row], rule: Rule) -> Outcome:
    """What is not known counts as not met, then as met: where both agree, it makes no difference.

    That holds for every rule by which one criterion more that is met can never be one too many.
    """
    at_worst, at_best = (
        rule((row.get("kind", ""), is_met(answers.get(row["code"]), unknown)) for row in criteria)
        for unknown in (False, True)
    )
    if at_worst:
        return Outcome.MET
    return Outcome.OPEN if at_best else Outcome.NOT_MET


def is_met(answer: CriterionAnswer | None, unknown: bool) -> bool:
    if answer in {CriterionAnswer.YES, CriterionAnswer.NO}:
        return answer == CriterionAnswer.YES
    return unknown
