"""The indicators that there are, and whether their rules are known."""

from collections.abc import Iterator

from portal.agreements.indicators import Indicator, IndicatorSet, Rule, counted, indicator, sets
from portal.goals.cohorts import BREAKDOWNS
from portal.goals.measures import MEASURES
from portal.goals.packages import COHORTS

__all__ = ["Indicator", "IndicatorSet", "Rule", "counted", "flaws", "indicator", "sets"]


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
