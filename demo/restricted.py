"""One case of the demo that only named people see: its adviser's and the leader's alone."""

from collections.abc import Iterable, Iterator

from demo.chance import Chance
from demo.ground import FUND, Ground
from demo.staff import Staff
from portal.cases.models import MemberCase
from portal.cases.restricted import Basis, CaseReader, CaseRestriction
from portal.db import Base
from portal.handovers.models import Handover

PLACE = "slagelse"


def kept(rows: Iterable[Base], ground: Ground, people: Staff, seed: int) -> Iterator[Base]:
    """The rows, with the restriction of the first open case without a package behind them.

    Not one of the adviser's whom one signs in as, so that she sees how little she sees.
    """
    team = people.of(FUND, PLACE)
    known, leader = team[0], next(one for one in team if one.leads)
    cases, packages = list[MemberCase](), set()
    for row in rows:
        yield row
        if isinstance(row, MemberCase):
            cases.append(row)
        if isinstance(row, Handover):
            packages.add(row.case_id)
    fitting = (one for one in cases if one.closed_at is None and one.id not in packages)
    case = next((one for one in fitting if one.adviser_id != known.id), None)
    if case is None:
        return
    chance = Chance(seed, ground.day, "restricted")
    own = {"case_id": case.id, "organisation_id": case.organisation_id}
    at = chance.moment(ground.latest)
    yield CaseRestriction(
        id=chance.id(),
        basis=Basis.PROTECTED_ADDRESS,
        reason="Medlemmet har oplyst, at adressen er beskyttet.",
        person=leader.name,
        set_at=at,
        **own,
    )
    by = {"named_by": leader.name, "named_at": at}
    yield CaseReader(id=chance.id(), user_id=leader.id, person=leader.name, **by, **own)
