"""What the package takes from the case: everything it needs, masked, and in one statement."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy.exc import NoResultFound

from portal import cpr, keys
from portal.agreements.parameters import default
from portal.cases import queries
from portal.cases.checklist import Standing
from portal.cases.models import (
    BenefitHours,
    CasePlan,
    ChecklistExemption,
    Effort,
    EffortKind,
    EffortStatus,
    ProfileClarification,
    ResponsibilityDate,
    Talk,
    TalkOutcome,
)
from portal.cases.taking import package_source
from tests import make

TODAY = date(2026, 11, 22)
FIELDS = default().plan_fields
NUMBER = cpr.parse("620588-1234", today=TODAY)  # a replacement number: 2 May 1988


@pytest.fixture
def ring(settings):
    return keys.of(settings)


@pytest.fixture
def case(fund, municipality, ring):
    made = make.member_case(fund, municipality, name="Sigrid Kornblomst")
    made.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=made.id)
    made.cpr_index = ring.find_cpr(NUMBER)
    make.saved(made)
    add, by = partial(make.of_case, made), {"recorded_by": "Mette Eksempel"}
    goals = ["Pædagog i dagtilbud", "Skolepædagog"]
    add(CasePlan, job_goals=goals, search_strategy="Netværk")
    running = {"status": EffortStatus.RUNNING, "first_day": TODAY}
    add(Effort, kind=EffortKind.COMPANY_BASED, description="Praktik i en børnehave", **running)
    add(Talk, day=TODAY, kind="first", form="in_person", outcome=TalkOutcome.HELD)
    add(ProfileClarification, day=date(2026, 11, 18), tool="Forberedelsesskemaet")
    add(ProfileClarification, day=date(2026, 11, 20), tool="Samtale")
    add(ChecklistExemption, code="placements", reason="Ikke relevant endnu", **by)
    for hours in ("80", "81.40"):
        november = {"month": date(2026, 11, 1), "source": "a-kassens system"}
        add(BenefitHours, hours=Decimal(hours), **november, **by)
    add(ResponsibilityDate, day=date(2027, 3, 1), source="DFDG", **by)
    return made


def test_the_source_holds_the_case(case, fund, seen_by, ring):
    with seen_by(fund):
        taken = package_source(case.id, FIELDS, keys=ring, day=TODAY)
    assert (taken.name, taken.municipality) == ("Sigrid Kornblomst", "Lillekøbing Kommune")
    assert (taken.cpr_masked, taken.cpr) == ("620588-xxxx", NUMBER)
    assert taken.job_goals == ("Pædagog i dagtilbud", "Skolepædagog")
    assert [effort.description for effort in taken.efforts] == ["Praktik i en børnehave"]
    assert [talk.day for talk in taken.talks] == [TODAY]
    assert [each.tool for each in taken.clarifications] == ["Samtale", "Forberedelsesskemaet"]
    assert taken.assessment is None
    assert taken.transfer.hours == Decimal("81.40")  # the correction counts
    assert taken.transfer.forecast_on == date(2027, 2, 28)
    assert (taken.transfer.day, taken.transfer.source) == (date(2027, 3, 1), "DFDG")


def test_the_checklist_is_that_of_the_parameters(case, fund, seen_by, ring):
    with seen_by(fund):
        taken = package_source(case.id, FIELDS, keys=ring, day=TODAY)
    points = {point.code: point.standing for point in taken.checklist}
    assert [*points] == [field.code for field in FIELDS]
    assert points["job_goals"] is Standing.READY
    assert points.get("placements", Standing.NOT_APPLICABLE) is Standing.NOT_APPLICABLE
    assert points.get("my_plan", Standing.MISSING) is Standing.MISSING


def test_one_statement_is_enough(case, fund, seen_by, ring, statements):
    with seen_by(fund):
        statements.clear()
        package_source(case.id, FIELDS, keys=ring, day=TODAY)
    assert len(statements) == 1


def test_another_organisation_finds_no_case(case, municipality, fund, seen_by, ring):
    with seen_by(municipality), pytest.raises(NoResultFound):
        package_source(case.id, FIELDS, keys=ring, day=TODAY)
    with seen_by(fund):
        assert package_source(case.id, FIELDS, keys=ring, day=TODAY).case_id == case.id


def test_what_comes_in_one_statement_is_as_the_models_load_it(case, fund, seen_by):
    def values(rows):
        return [{c.key: getattr(row, c.key) for c in row.__table__.columns} for row in rows]

    with seen_by(fund):
        file = queries.case_file(case.id, day=TODAY)
        alone = {
            "hours": queries.hours(case.id),
            "transfers": queries.transfers(case.id),
            "efforts": queries.efforts(case.id),
            "talks": queries.talks(case.id),
            "clarifications": queries.clarifications(case.id),
        }
        for name, rows in alone.items():
            assert rows, name
            assert values(getattr(file, name)) == values(rows)
