"""The cast: a jobcentre that leads, a fund, a union, a school, a council, and somebody outside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import Engine

from portal.access import OrganisationKind, Role
from portal.cli import samspil
from portal.organisations.models import Organisation, User
from portal.projects.models import Project
from tests import make, project


@dataclass(frozen=True)
class Cast:
    lead: Organisation
    fund: Organisation
    union: Organisation
    school: Organisation
    council: Organisation
    outsider: Organisation
    gitte: User  # owns the lead's agreements
    mette: User  # leads a team of the fund
    ulla: User  # of the union
    susanne: User  # secretary of the council
    ove: User  # of the outsider


@pytest.fixture(scope="module")
def cast(database: Engine) -> Iterator[Cast]:
    make.clean()
    lead = make.organisation("Østbæk Kommune")
    partner = OrganisationKind.PARTNER
    fund, outsider = make.fund("Prøvebæk A-kasse"), make.organisation("Udkøbing Kommune")
    union, school = (make.organisation(name, partner) for name in ("Metalforbundet", "AMU Prøve"))
    council = project.council(lead, "RBR Prøve")
    yield Cast(
        *(lead, fund, union, school, council, outsider),
        make.user(lead, Role.AGREEMENT_OWNER, name="Gitte Ejer"),
        make.user(fund, Role.TEAM_LEAD, name="Mette Leder"),
        make.user(union, Role.PROJECT_PARTNER, name="Ulla Faglig"),
        make.user(council, Role.SECRETARY, name="Susanne Sekretær"),
        make.user(outsider, *make.every_role(outsider), name="Ove Udenfor"),
    )
    make.clean()


@pytest.fixture
def led(cast: Cast) -> Project:
    """A running project of the lead with the fund in it."""
    return project.project(cast.lead, cast.fund, municipalities=(cast.lead,))


@pytest.fixture
def as_(client_of: Callable[..., FlaskClient]) -> Callable[[User], FlaskClient]:
    return client_of


@pytest.fixture
def run_as(cast: Cast, worker: Flask) -> Callable[..., Result]:
    """A command of `samspil`, on the world of this module."""
    script = ScriptInfo(create_app=lambda: worker, set_debug_flag=False)
    return lambda *arguments: CliRunner().invoke(samspil, [*map(str, arguments)], obj=script)
