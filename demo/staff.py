"""The people of the organisations: the provider's, known before they sign in, and colleagues."""

import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from demo import names
from demo.chance import Chance, instant
from demo.ground import FUND, OTHER_FUND, Ground
from demo.provider.app import PEOPLE
from portal.access import Role
from portal.db import Base
from portal.organisations.models import (
    Absence,
    Membership,
    RoleGrant,
    RoleSource,
    Unit,
    UnitKind,
    User,
)
from portal.settings import CONFIG


@dataclass(frozen=True)
class Team:
    """Whose members or packages it takes, and how many are in it besides the known people."""

    name: str
    municipalities: tuple[str, ...]
    colleagues: int = 0
    leader: bool = False  # one of the colleagues leads


TEAMS = {
    FUND: (
        Team("Team Sjælland", ("slagelse",), 2),
        Team("Team Hovedstaden", ("koebenhavn", "frederiksberg"), 5),
        Team("Team Østjylland", ("aarhus",), 5, leader=True),
        Team("Team Trekanten", ("kolding", "fredericia", "vejle"), 4, leader=True),
    ),
    OTHER_FUND: (Team("Region Sjælland", ("slagelse", "koebenhavn"), 1),),
    "slagelse": (
        Team("Dagpengeteamet", ("slagelse",), 1),
        Team("Sygedagpengeteamet", ("slagelse",)),
    ),
    "koebenhavn": (Team("A-kasseteamet", ("koebenhavn",), 4),),
}
WORKERS = {Role.ADVISER, Role.CONTACT}
LEADERS = {Role.TEAM_LEAD, Role.COORDINATOR}


@dataclass(frozen=True)
class Person:
    """Somebody who works with members; `subject` is how the provider knows them."""

    id: uuid.UUID
    name: str
    subject: str
    organisation_id: uuid.UUID
    unit_id: uuid.UUID | None
    roles: frozenset[Role]

    @property
    def leads(self) -> bool:
        return bool(self.roles & LEADERS)


@dataclass
class Staff:
    """Who does the work, by organisation and the municipality whose members they have."""

    rows: list[Base] = field(default_factory=list)
    people: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    everybody: dict[str, list[Person]] = field(default_factory=dict)
    desks: dict[str, uuid.UUID] = field(default_factory=dict)  # the unit that takes what names none

    def of(self, organisation: str, municipality: str) -> Sequence[Person]:
        return self.people[organisation, municipality]

    def named(self, organisation: str, municipality: str, subject: str) -> Person:
        """The one; anybody of the team where the provider knows no such person."""
        team = self.of(organisation, municipality)
        return next((one for one in team if one.subject == subject), team[0])


@cache
def provider_roles() -> Mapping[str, Sequence[str]]:
    """What the groups of the demo's providers become in the portal."""
    file = CONFIG / "identity" / "demo.toml"
    groups: Mapping[str, Sequence[str]] = tomllib.loads(file.read_text("utf-8"))["roles"]["groups"]
    return groups


def roles_of(person: Mapping[str, Any]) -> frozenset[Role]:
    """The roles of one of the providers' people."""
    known = provider_roles()
    return frozenset(Role(role) for group in person["groups"] for role in known[group])


def staff(ground: Ground, seed: int) -> Staff:
    """Units, users, roles and absences of every organisation that has a provider."""
    made = Staff()
    known = {row["slug"]: row["people"] for row in tomllib.loads(PEOPLE.read_text())["provider"]}
    teams = {slug: (Team("Dagpengeteamet", (slug,), 4, leader=True),) for slug in ground.expected}
    for slug in sorted(ground.providers.keys() & {*known, *teams, *TEAMS}):
        chance = Chance(seed, ground.day, "staff", slug)
        own = TEAMS.get(slug, teams.get(slug, ()))
        _fill(Maker(ground, chance, slug, made.rows), own, known.get(slug, ()), made)
    return made


def _fill(
    maker: "Maker", teams: Sequence[Team], known: Sequence[Mapping[str, Any]], made: Staff
) -> None:
    units = {team.name: maker.unit(team.name, number == 0) for number, team in enumerate(teams)}
    if units:
        made.desks[maker.slug] = next(iter(units.values()))
    people = [*maker.known(known, units)]
    made.everybody[maker.slug] = [*people]
    for team in teams:
        own = [one for one in people if one.unit_id == units[team.name]]
        colleagues = [*maker.colleagues(team, units[team.name])]
        made.everybody[maker.slug] += colleagues
        maker.absences(colleagues)
        for municipality in team.municipalities:
            group = made.people.setdefault((maker.slug, municipality), [])
            group += [one for one in (*own, *colleagues) if one.roles & (WORKERS | LEADERS)]


@dataclass(frozen=True)
class Maker:
    """Makes the rows of one organisation."""

    ground: Ground
    chance: Chance
    slug: str
    rows: list[Base]

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.ground.organisations[self.slug]

    @property
    def joined(self) -> Any:
        return self.ground.day - timedelta(days=500)

    def unit(self, name: str, is_first: bool) -> uuid.UUID:
        """The one that is there, else a new one with a mailbox that nobody owns."""
        if there := self.ground.units.get((self.slug, name)):
            return there
        has_default = any(slug == self.slug for slug, _name in self.ground.units)
        made = Unit(
            id=self.chance.id(),
            organisation_id=self.organisation_id,
            name=name,
            kind=UnitKind.TEAM,
            mailbox=f"{names.plain(name).replace(' ', '-')}@{self.slug}.example",
            is_default=is_first and not has_default,
            valid_from=self.joined,
        )
        self.rows.append(made)
        self.ground.desks[made.id] = made.name, made.mailbox
        return made.id

    def known(
        self, people: Sequence[Mapping[str, Any]], units: Mapping[str, uuid.UUID]
    ) -> Iterator[Person]:
        """Who has no group has no role, and becomes known at the first sign-in only."""
        for row in people:
            if roles := roles_of(row):
                unit_id = units.get(row.get("department", ""))
                yield self.user(row["sub"], row["name"], row["email"], unit_id, roles)

    def colleagues(self, team: Team, unit_id: uuid.UUID) -> Iterator[Person]:
        is_fund = self.slug in {FUND, OTHER_FUND}
        work, lead = (Role.ADVISER, Role.TEAM_LEAD) if is_fund else (Role.CONTACT, Role.COORDINATOR)
        for number in range(team.colleagues):
            name = names.person(self.chance)
            role = lead if team.leader and number == 0 else work
            subject = f"kollega-{names.plain(team.name).replace(' ', '-')}-{number + 1}"
            address = names.address(name, self.slug)
            yield self.user(subject, name, address, unit_id, frozenset({role}))

    def user(
        self,
        subject: str,
        name: str,
        email: str,
        unit_id: uuid.UUID | None,
        roles: frozenset[Role],
    ) -> Person:
        """As the provider would make them at the first sign-in."""
        own = {"organisation_id": self.organisation_id}
        user_id, membership_id = self.chance.id(), self.chance.id()
        at = instant(self.joined, 9, 0)
        provider_id = self.ground.providers[self.slug]
        lately = instant(self.ground.day - timedelta(days=1), 8, 30)  # unused users are closed
        told = {"subject": subject, "name": name, "email": email, "signed_in_at": lately}
        place = {"user_id": user_id, "unit_id": unit_id, "valid_from": self.joined}
        self.rows.append(User(id=user_id, provider_id=provider_id, created_at=at, **told, **own))
        self.rows.append(Membership(id=membership_id, **place, **own))
        for role in sorted(roles):
            given = {"role": role, "source": RoleSource.PROVIDER, "granted_at": at}
            grant = RoleGrant(id=self.chance.id(), membership_id=membership_id, **given, **own)
            self.rows.append(grant)
        return Person(user_id, name, subject, self.organisation_id, unit_id, roles)

    def absences(self, colleagues: Sequence[Person]) -> None:
        """The last of three or more is away today; the one before stands in."""
        if len(colleagues) < 3:
            return
        away, stand_in = colleagues[-1], colleagues[-2]
        first = self.ground.day - timedelta(days=self.chance.randint(1, 6))
        self.rows.append(
            Absence(
                id=self.chance.id(),
                organisation_id=self.organisation_id,
                user_id=away.id,
                stand_in_id=stand_in.id,
                first_day=first,
                last_day=first + timedelta(days=self.chance.randint(7, 16)),
            )
        )
