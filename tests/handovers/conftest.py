"""A member of the fund who is ready to be handed over, and both parties' browsers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome
from portal.organisations.models import Organisation, User
from tests import make
from tests.handovers.road import Road


@pytest.fixture
def case(fund: Organisation, municipality: Organisation, adviser: User) -> MemberCase:
    made = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
    make.of_case(
        made,
        CasePlan,
        job_goals=["Industritekniker"],
        focus_areas="Kurser",
        search_strategy="To job om ugen",
    )
    talk: dict[str, Any] = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    make.of_case(made, Talk, day=date(2026, 9, 1), **talk)
    return made


@pytest.fixture
def sender(adviser: User, client_of: Callable[[User], FlaskClient]) -> FlaskClient:
    return client_of(adviser)


@pytest.fixture
def receiver(contact: User, client_of: Callable[[User], FlaskClient]) -> FlaskClient:
    return client_of(contact)


@pytest.fixture
def road(sender: FlaskClient, receiver: FlaskClient, case: MemberCase) -> Road:
    """A draft, written and ready to send."""
    made = Road(sender, receiver)
    made.start(case.id)
    made.write()
    return made
