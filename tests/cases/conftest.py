"""A fund with an adviser and a leader, a member, and an agreement with the municipality."""

from datetime import date

import pytest

from portal.access import Role
from portal.agreements.catalogue import criteria
from portal.cases.views import lists
from tests import make

CRITERIA = [vars(each) | {"valid_from": each.valid_from.isoformat()} for each in criteria()[:3]]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Sunday 22 November 2026, for everything that asks which day it is."""
    for module in ("assessment", "case", "clock", "course", "importing", "lists", "moving"):
        monkeypatch.setattr(f"portal.cases.views.{module}.today", lambda: TODAY)
    lists._options.cache_clear()
    return TODAY


@pytest.fixture
def team(fund):
    return make.unit(fund, "Team Vest")


@pytest.fixture
def leader(fund, team):
    return make.user(fund, Role.TEAM_LEAD, name="Lene Leder", unit_id=team.id)


@pytest.fixture
def case(fund, municipality, adviser):
    return make.member_case(fund, municipality, name="Sigrid Kornblomst", adviser_id=adviser.id)


@pytest.fixture
def version(fund, municipality):
    """An agreement in force between the two, with three criteria."""
    return make.agreement(fund, municipality, criteria=CRITERIA)
