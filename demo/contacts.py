"""Who fills the functions of the demo's agreements: people of the demo, and nobody else."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from demo.chance import Chance, instant
from demo.ground import FUND, Ground
from demo.staff import LEADERS, Person, Staff
from portal.access import Role
from portal.agreements.beside import AgreementContact
from portal.agreements.models import AgreementVersion

ROLES = {
    "fund_contact": Role.ADVISER,
    "fund_leader": Role.TEAM_LEAD,
    "fund_owner": Role.AGREEMENT_OWNER,
    "municipality_contact": Role.CONTACT,
    "municipality_coordinator": Role.COORDINATOR,
    "municipality_owner": Role.AGREEMENT_OWNER,
}
TITLES = {
    Role.ADVISER: "Jobvejleder",
    Role.TEAM_LEAD: "Teamleder",
    Role.CONTACT: "Sagsbehandler",
    Role.COORDINATOR: "Koordinator",
    Role.AGREEMENT_OWNER: "Aftaleejer",
}
AWAY = "kolding"  # whose contact person is on holiday, so that the demo shows who is called instead


def named(ground: Ground, staff: Staff, seed: int) -> Iterator[AgreementContact]:
    """A row for each function of each of FUND's agreements."""
    for municipality, version in ground.agreements.items():
        chance = Chance(seed, ground.day, "contacts", municipality)
        for function in version.contacts:
            slug = FUND if function["side"] == "fund" else municipality
            found = candidates(staff, slug, municipality, ROLES[function["code"]])
            if municipality == AWAY and function["code"] == "municipality_contact":
                found = found[::-1]
            yield contact(ground, version, function, found, slug, chance)


def candidates(staff: Staff, slug: str, municipality: str, role: Role) -> Sequence[Person]:
    """Who has the role and works with the municipality; where nobody does, the leaders."""
    near = {one.id for one in staff.people.get((slug, municipality), ())}
    everybody = staff.everybody.get(slug, ())
    fit = [one for one in everybody if role in one.roles]
    close = [one for one in fit if one.id in near or one.unit_id is None]
    return close or fit or [one for one in everybody if one.roles & LEADERS]


def contact(
    ground: Ground,
    version: AgreementVersion,
    function: dict[str, Any],
    found: Sequence[Person],
    slug: str,
    chance: Chance,
) -> AgreementContact:
    person = found[0]
    deputy = next((one for one in found[1:] if one.id != person.id), None)
    return AgreementContact(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        agreement_id=version.agreement_id,
        organisation_id=ground.organisations[slug],
        code=function["code"],
        user_id=person.id,
        name=person.name,
        title=TITLES[ROLES[function["code"]]],
        phone=phone(person),
        deputy_id=deputy.id if deputy else None,
        deputy_name=deputy.name if deputy else None,
        deputy_phone=phone(deputy) if deputy else None,
        unit_id=person.unit_id,
        valid_from=version.begins_on,
        written_at=instant(version.begins_on, 9, 0),
        written_by=person.name,
    )


def phone(person: Person) -> str:
    """The same in every agreement; no number in Denmark begins with 00."""
    pairs = Chance(person.id.int, "phone")
    return " ".join(["00", *(str(pairs.randint(10, 99)) for _pair in range(3))])
