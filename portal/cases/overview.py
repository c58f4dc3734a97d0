"""What the page of a case shows on top: the clock, the checklist, and the one next step."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.agreements.models import AgreementVersion
from portal.agreements.parameters import Parameters
from portal.agreements.queries import in_force, parameters_of
from portal.cases import queries
from portal.cases.checklist import Point, lacks
from portal.cases.models import TalkOutcome
from portal.cases.queries import CaseFile
from portal.cases.responsibility import Forecast, first_of, month_name
from portal.cpr import Cpr
from portal.keys import Keys
from portal.rules import months_after


@dataclass(frozen=True)
class NextStep:
    """One sentence, and the page on which it is done (None: nothing to do there)."""

    text: str
    endpoint: str | None = None


@dataclass(frozen=True)
class Overview:
    """A case on one day; `version` is the agreement's, None where the default checklist runs."""

    file: CaseFile
    day: date
    cpr: Cpr | None
    forecast: Forecast
    doubts: tuple[str, ...]
    version: AgreementVersion | None
    checklist: tuple[Point, ...]

    @property
    def transfer_on(self) -> date | None:
        """The confirmed day, else the forecast."""
        confirmed = self.file.confirmed
        return confirmed.day if confirmed else self.forecast.day

    @property
    def is_past(self) -> bool:
        """The forecast has come true, and nobody has confirmed it."""
        open_ = self.file.confirmed is None and self.file.case.closed_at is None
        return open_ and self.transfer_on is not None and self.transfer_on < self.day

    @property
    def differs(self) -> bool:
        """Later hours no longer lead to the confirmed day; nothing is undone by itself."""
        confirmed = self.file.confirmed
        return bool(confirmed and self.forecast.day and confirmed.day != self.forecast.day)

    @property
    def may_assess(self) -> bool:
        return self.version is not None and "visitation" in self.version.parameters["kinds"]

    @property
    def agreed(self) -> Parameters | None:
        """Nothing where the default runs: it is nobody's word."""
        return parameters_of(self.version) if self.version else None

    @property
    def next_step(self) -> NextStep | None:
        return next(_steps(self), None)

    @property
    def missing_months(self) -> list[date]:
        """Months that are over and for which no hours are recorded."""
        recorded = {row.month for row in self.file.hours}
        return [month for month in _ended(self.file.case.benefit_start, self.day)
                if month not in recorded]  # fmt: skip


def overview(case_id: uuid.UUID, *, fund: str, keys: Keys, day: date) -> Overview:
    """Two statements. Raises NoResultFound."""
    file = queries.case_file(case_id, day=day)
    case = file.case
    version = in_force(case.organisation_id, case.municipality_id, "overgang", day)
    return Overview(
        file=file,
        day=day,
        cpr=keys.open_cpr(case.cpr, table="member_case", row_id=case.id),
        forecast=file.forecast,
        doubts=file.doubts(fund),
        version=version,
        checklist=file.checklist(parameters_of(version).plan_fields),
    )


def _steps(seen: Overview) -> Iterator[NextStep]:
    """In the order in which they press; the first one is shown."""
    if seen.file.case.closed_at is not None:
        return
    if seen.is_past:
        yield NextStep(_("Bekræft den dag, hvor ansvaret er overgået"), "cases.hours")
    if not any(talk.outcome is TalkOutcome.HELD for talk in seen.file.talks):
        yield NextStep(_("Registrér den første samtale"), "cases.course")
    if seen.forecast.limit is not None and seen.missing_months:
        names = ", ".join(map(month_name, seen.missing_months))
        yield NextStep(_("Registrér timer for %(months)s", months=names), "cases.hours")
    if lacking := lacks(seen.checklist):
        step = _("Udfyld »%(point)s« i planen", point=lacking[0].label)
        yield NextStep(step, "cases.plan")
    yield NextStep(_("Planen er klar: lav overdragelsespakken"), "handovers.new")


def _ended(start: date, day: date) -> Iterator[date]:
    month = first_of(start)
    while month < first_of(day):
        yield month
        month = months_after(month, 1)
