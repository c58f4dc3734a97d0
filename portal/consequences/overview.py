"""Everything that a version under negotiation would change, for one owner of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from portal.access import Actor
from portal.agreements import queries as agreements
from portal.agreements.comparing import Value
from portal.agreements.criteria import Rule
from portal.agreements.governed import day as day_of_text
from portal.agreements.models import AgreementVersion, Side
from portal.consequences import changes, queries
from portal.consequences.changes import Values, Work
from portal.consequences.models import Rehearsal
from portal.consequences.queries import AssessedCases, OpenPackage
from portal.consequences.rehearsing import Rehearsed, rehearse
from portal.suppression import Shown, shown
from portal.workflow import NotNow


@dataclass(frozen=True)
class Consequences:
    """`old` is the version that would be followed; without one Samspil's standard holds today."""

    version: AgreementVersion
    old: AgreementVersion | None
    own: Side
    by_id: uuid.UUID
    today: date
    before: Values
    after: Values

    @property
    def first_day(self) -> date | None:
        return day_of_text((self.after.get("term") or {}).get("valid_from"))

    @cached_property
    def packages(self) -> list[OpenPackage]:
        return queries.open_packages(self.version, self.own)

    @property
    def sent(self) -> list[OpenPackage]:
        return [one for one in self.packages if not one.is_draft]

    @property
    def drafts(self) -> list[OpenPackage]:
        return [one for one in self.packages if one.is_draft]

    @cached_property
    def cases(self) -> AssessedCases | None:
        """Of the own fund; a municipality has no cases here."""
        is_asked = self.own == Side.FUND and self.old
        return queries.assessed_cases(self.old) if is_asked and self.old else None

    @property
    def deadlines(self) -> list[Value]:
        return changes.deadlines(self.before, self.after)

    @property
    def other_terms(self) -> list[Value]:
        return changes.other_terms(self.before, self.after)

    @property
    def work(self) -> list[Work]:
        return changes.work(self.before, self.after)

    @cached_property
    def people(self) -> Mapping[str, Sequence[str]]:
        """Who fills each function now: staff of the two sides, never members."""
        return queries.named_for(self.version.agreement_id, self.today)

    @cached_property
    def rehearsed(self) -> Rehearsed:
        found = queries.assessed(self.version, self.own, self.today)
        rows = self.before.get("criteria") or [], self.after.get("criteria") or []
        name, needed = self.after.get("criteria_rule"), self.after.get("criteria_needed")
        return rehearse(found, *rows, Rule(name or "any", needed or 1).is_met, self.today)

    @property
    def criteria(self) -> list[str]:
        """The codes of those that are proposed."""
        return [row["code"] for row in self.after.get("criteria") or []]

    @property
    def as_others_see_it(self) -> Shown[str]:
        return shown({str(key): n for key, n in self.rehearsed.outcomes.items()}, self.today)

    @cached_property
    def shared_until(self) -> date | None:
        """The last day of what oneself has shared already of some of the same assessments."""
        return queries.shared_of_same(self.version, self.by_id, self.rehearsed.first_day)

    @cached_property
    def rehearsals(self) -> Sequence[Rehearsal]:
        return queries.rehearsals(self.version.id)


def consequences(version: AgreementVersion, actor: Actor, today: date) -> Consequences:
    """Raises NotNow for an observer, whose work does not change."""
    own = version.party_of(actor)
    if own in {None, Side.OBSERVER}:
        raise NotNow("consequences", version.state)
    old = agreements.binding_before(version)
    told = changes.terms(old), changes.terms(version)
    return Consequences(version, old, Side(own), actor.organisation_id, today, *told)
