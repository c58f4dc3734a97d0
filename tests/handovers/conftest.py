"""A member of the fund who is ready to be handed over, and both parties' browsers."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome
from portal.handovers.models import Handover
from portal.organisations.models import Organisation, User
from portal.settings import database_url
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


@pytest.fixture(scope="module")
def as_web(database: Engine) -> Iterator[Engine]:
    engine = create_engine(database_url("app"))
    yield engine
    engine.dispose()


@pytest.fixture
def tries(
    as_web: Engine, fund: Organisation, municipality: Organisation, outsider: Organisation
) -> Callable[..., bool]:
    """Whether a party may do something to a package; what it did is undone."""
    bodies = {"fund": fund, "municipality": municipality, "outsider": outsider}

    def attempt(who: str, handover: Handover, *statements: str, **more: Any) -> bool:
        organisation = bodies[who].id
        known = {"package": handover.id, "me": organisation, **more}
        with as_web.connect() as connection:
            setting = text("select set_config('samspil.organisation', :id, true)")
            connection.execute(setting, {"id": str(organisation)})
            try:
                done = [connection.execute(text(one), known).rowcount for one in statements]
                connection.execute(text("set constraints all immediate"))
            except ProgrammingError as error:
                if "InsufficientPrivilege" not in str(error):
                    raise
                return False
        return min(done) == 1

    return attempt
