"""The indicators that there are, and whether their rules are known."""

from collections.abc import Iterator

from portal.agreements.indicators import Indicator, IndicatorSet, Rule, counted, indicator, sets
from portal.goals.cohorts import BREAKDOWNS
from portal.goals.measures import MEASURES
from portal.goals.packages import COHORTS
from portal.goals.parties import OF_PARTIES

__all__ = [
    "Indicator",
    "IndicatorSet",
    "Rule",
    "counted",
    "flaws",
    "indicator",
    "is_of_people",
    "sets",
]


def is_of_people(one: Indicator) -> bool:
    """Whether it counts members, their packages or what is done for them: what may be hidden.

    The one place for this question. It follows from whom the indicator looks at and stands in no
    set, so that no set can say of people that they are none.
    """
    return one.cohort is None or one.cohort.name not in OF_PARTIES


def flaws(one: Indicator) -> Iterator[str]:
    """What keeps an indicator from being counted, or answered, as it is written; in Danish."""
    is_counted = one.method == "counted"
    if is_counted and (one.cohort is None or one.cohort.name not in COHORTS):
        yield "cohort: Reglen kendes ikke."
    if is_counted and (one.measure is None or one.measure.name not in MEASURES):
        yield "measure: Reglen kendes ikke."
    if (one.method == "survey") != (one.question is not None):
        yield "question: Et spørgeskema har et spørgsmål, andre har ikke."
    if one.unit == "percent" and one.target is not None and not 0 <= one.target <= 100:
        yield "target: Et mål i procent ligger fra 0 til 100."
    if unknown := [name for name in one.breakdowns if name not in BREAKDOWNS]:
        yield f"breakdowns: Opdelingen »{unknown[0]}« kendes ikke."
