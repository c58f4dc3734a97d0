"""The indicators that there are, and whether their rules are known."""

from collections.abc import Iterator

from portal.agreements.indicators import Indicator, IndicatorSet, Rule, counted, indicator, sets
from portal.goals.cohorts import BREAKDOWNS
from portal.goals.measures import MEASURES
from portal.goals.models import TallyKind
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


# In which everybody who counts is in one part, whatever the answer.
PARTS = ("working_time", "rule_set", "kind", "step", "reason")


def looks_at_the_same(one: Indicator, other: Indicator) -> bool:
    """Parts of the one would share their sum with the other."""
    if one.cohort is None or other.cohort is None or one.key == other.key:
        return False
    return one.cohort.name == other.cohort.name


def is_of_people(one: Indicator) -> bool:
    """Whether it counts members, their packages or what is done for them: what may be hidden.

    The one place for this question. It follows from whom the indicator looks at and stands in no
    set, so that no set can say of people that they are none.
    """
    if one.cohort is None:
        return True
    is_tally = one.cohort.name == "tally"
    return one.cohort.name not in OF_PARTIES and not (
        is_tally and one.cohort.given["kind"] == TallyKind.INSTITUTION
    )


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
    if one.published_by and one.published_by not in one.breakdowns:
        yield "published_by: Opdelingen er ikke en af dem, der tælles."
    if one.published_by and one.published_by not in PARTS:
        yield "published_by: Opdelingen deler ikke alle i dele uden overlap."
    if one.published_by and any(looks_at_the_same(one, other) for other in counted()):
        yield "published_by: Et andet mål ser på de samme, og de to kan trækkes fra hinanden."
