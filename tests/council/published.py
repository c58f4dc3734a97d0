"""Two years of a small region, counted by the quarter and published: what the tests of figures see.

Few people in each quarter, and now and then nobody or everybody: what is hard to hide.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date

from flask import Flask

from portal.access import OrganisationKind, Role
from portal.agreements.models import AgreementVersion
from portal.db import db
from portal.goals import publishing
from portal.goals.models import GoalCount
from portal.goals.periods import Quarter
from portal.organisations.models import CouncilMembership, Organisation, User
from tests import make

SET = "bupl-a-trial"
PEOPLE = "job_3_months", "supplementary_talks"  # of the same members
COUNT = "placements"
PARTED, BY, PARTS = "on_time", "step", ("acknowledge", "decide")  # told in parts
QUARTERS = [Quarter(2025, 1).after(n) for n in range(7)]
DAY = date(2026, 11, 23)
LAST = QUARTERS[-1]
Numbers = tuple[int, int]
"""Of how many people, and of whom it holds."""
Place = tuple[uuid.UUID, str, str]
"""A municipality, the code of an indicator, and the part that is counted, if it is one."""


@dataclass(frozen=True)
class Region:
    fund: Organisation
    municipalities: list[Organisation]
    council: Organisation
    secretary: User
    agreement: AgreementVersion
    counted: dict[Place, list[Numbers]] = field(default_factory=dict)


def region() -> Region:
    fund, council = make.fund("Prøvebæk A-kasse"), make.organisation(kind=OrganisationKind.COUNCIL)
    small, large = (make.organisation(f"{name} Kommune") for name in ("Lilleby", "Storby"))
    for one in (small, large):
        own = {"council_id": council.id, "municipality_id": one.id}
        make.saved(CouncilMembership(valid_from=make.LONG_AGO, **own))
    goals = [goal(PEOPLE[0], 60), goal(PEOPLE[1], 40), goal(COUNT, 20)]
    agreement = make.agreement(fund, large, goals=goals)
    made = Region(fund, [small, large], council, make.user(council, Role.SECRETARY), agreement)
    count(made, small, most=5)
    count(made, large, most=14)
    return made


def goal(code: str, target: int) -> dict[str, object]:
    words = {"area": "Jobeffekter", "aim": "Job", "indicator": f"Mål {code}", "method": "Optalt"}
    kinds = {"unit": "percent", "measured_by": "own_count", "source": "Prøve"}
    return {"set": SET, "code": code, "target": target, **words, **kinds}


def count(made: Region, municipality: Organisation, most: int) -> None:
    chance = random.Random(most)  # noqa: S311  (the same numbers in every run)
    for quarter in QUARTERS:
        people = chance.randint(0, most)
        for code in PEOPLE:
            put(made, municipality, code, quarter, (people, holds(chance, people)))
        placed = chance.randint(0, 4)
        put(made, municipality, COUNT, quarter, (placed, placed))
    chance = random.Random(most + 1)  # noqa: S311
    for quarter in QUARTERS:
        for cell in PARTS:
            due = chance.randint(0, most)
            put(made, municipality, PARTED, quarter, (due, holds(chance, due)), cell)
        both = [made.counted[municipality.id, PARTED, cell][-1] for cell in PARTS]
        whole = sum(of for of, _yes in both), sum(yes for _of, yes in both)
        put(made, municipality, PARTED, quarter, whole)


def holds(chance: random.Random, people: int) -> int:
    return chance.choice([0, people, chance.randint(0, people), chance.randint(0, people)])


def put(
    made: Region,
    municipality: Organisation,
    code: str,
    quarter: Quarter,
    numbers: Numbers,
    cell: str = "",
) -> None:
    made.counted.setdefault((municipality.id, code, cell), []).append(numbers)
    of, yes = numbers
    own: dict = {"organisation_id": made.fund.id, "fund_id": made.fund.id}
    own |= {"first_day": quarter.first, "last_day": quarter.last}
    own |= {"set": "cooperation" if code == PARTED else SET, "code": code}
    own |= {"breakdown": BY if cell else "", "cell": cell}
    make.records.add(GoalCount(municipality_id=municipality.id, yes=yes, of=of, **own))
    make.records.commit()


def publish(worker: Flask, day: date = DAY) -> list[Quarter]:
    with worker.app_context():
        done = publishing.publish(day)
        db.session.commit()
    return done
