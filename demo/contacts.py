"""Who the demo's agreements name as contact persons: people of the demo, and nobody else's."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from demo import names
from demo.chance import Chance
from demo.provider.app import PEOPLE
from demo.staff import TEAMS, roles_of
from portal.access import Role
from portal.agreements.catalogue import ContactRole, WrittenAgreement

ROLES = {
    "fund_contact": Role.ADVISER,
    "fund_leader": Role.TEAM_LEAD,
    "fund_owner": Role.AGREEMENT_OWNER,
    "municipality_contact": Role.CONTACT,
    "municipality_coordinator": Role.COORDINATOR,
    "municipality_owner": Role.AGREEMENT_OWNER,
}


@dataclass(frozen=True)
class Appointed(ContactRole):
    """A function, who fills it, and how that person is reached."""

    person: str
    reach: str


def appointed(written: WrittenAgreement) -> WrittenAgreement:
    """The agreement with a person for each of its functions."""
    contacts = tuple(appoint(role, written) for role in written.contact_roles)
    return replace(written, contact_roles=contacts)


def appoint(role: ContactRole, written: WrittenAgreement) -> Appointed:
    organisation = (written.funds if role.side == "fund" else written.municipalities)[0]
    name, address = somebody(organisation, role.code, written.municipalities[0])
    return Appointed(**vars(role), person=name, reach=address)


def somebody(organisation: str, code: str, municipality: str) -> tuple[str, str]:
    """One who signs in there and works with the municipality; where nobody does, a made-up one."""
    for person in by_nearness(organisation, municipality):
        if ROLES[code] in roles_of(person):
            return person["name"], person["email"]
    name = names.person(Chance("contact", organisation, code, municipality))
    return name, names.address(name, organisation)


def by_nearness(organisation: str, municipality: str) -> Sequence[Mapping[str, Any]]:
    """Those of the municipality's team before those of no team; those of other teams not at all."""
    teams = {team.name: team.municipalities for team in TEAMS.get(organisation, ())}
    people = [one for one in known().get(organisation, ()) if near(one, teams, municipality)]
    return sorted(people, key=lambda one: one.get("department") is None)


def near(person: Mapping[str, Any], teams: Mapping[str, Sequence[str]], municipality: str) -> bool:
    team = person.get("department")
    return team is None or municipality in teams.get(team, ())


@cache
def known() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The people of each demo provider, by the organisation's slug."""
    table = tomllib.loads(PEOPLE.read_text("utf-8"))
    return {row["slug"]: row["people"] for row in table["provider"]}
