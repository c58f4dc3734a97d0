"""What is done to a case as such: register, edit, move, close. Its content is in `recording.py`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _

from portal import audit, rules
from portal.access import Actor
from portal.cases import places, queries
from portal.cases.models import NEVER, MemberCase
from portal.cpr import Cpr
from portal.db import db
from portal.keys import Keys
from portal.rules import NoRule, RuleSet
from portal.workflow import Lack, Refused

Where = tuple[uuid.UUID | None, uuid.UUID | None]  # adviser and unit


class Outdated(Exception):
    """Somebody else has changed the text since it was shown; `row` is as it stands now."""

    def __init__(self, row: object) -> None:
        super().__init__(type(row).__name__)
        self.row = row


@dataclass(frozen=True)
class Member:
    """What is written down about a member, whether typed or read from a file."""

    name: str
    municipality_id: uuid.UUID
    benefit_start: date
    weekly_hours: Decimal
    cpr: Cpr | None = None
    phone: str | None = None
    email: str | None = None
    trial: bool = False
    own_reference: str | None = None
    adviser_id: uuid.UUID | None = None
    unit_id: uuid.UUID | None = None


def register(member: Member, *, fund: str, keys: Keys, actor: Actor, today: date) -> MemberCase:
    """Open a case; `fund` is the slug of the own organisation.

    Raises Refused for a number or reference that an open case of the organisation has.
    """
    refuse_taken(member, keys=keys)
    place = _place(member.adviser_id, member.unit_id, today)
    municipality = places.slug(member.municipality_id)
    case = begun(member, place, fund=fund, municipality=municipality, keys=keys, actor=actor)
    db.session.add(case)
    db.session.flush()
    return case


def begun(
    member: Member, place: Where, *, fund: str, municipality: str, keys: Keys, actor: Actor
) -> MemberCase:
    """A new case, not yet added, with its rule set and its first forecast."""
    case = MemberCase(id=uuid.uuid4(), organisation_id=actor.organisation_id)
    _write(case, member)
    case.adviser_id, case.unit_id = place
    case.rule_set = rule_set_for(member, fund=fund, municipality=municipality).key
    if member.cpr:
        _write_cpr(case, member.cpr, keys)
    case.transfer_on = queries.forecast(case, ()).day or NEVER
    return case


def edit(
    case: MemberCase, member: Member, *, version: int, fund: str, forget_cpr: bool, keys: Keys
) -> None:
    """Change what is written down; the adviser stays. Without a number the old one stays, too.

    The rule set is chosen anew only where its own grounds change, so that no later edit rewrites
    what a case was begun under. Raises Outdated, Refused.
    """
    if case.version != version:
        raise Outdated(case)
    refuse_taken(member, keys=keys, but=case.id)
    if (case.benefit_start, case.trial) != (member.benefit_start, member.trial):
        municipality = places.slug(member.municipality_id)
        case.rule_set = rule_set_for(member, fund=fund, municipality=municipality).key
    _write(case, member)
    if member.cpr:
        _write_cpr(case, member.cpr, keys)
    elif forget_cpr:
        case.cpr = case.cpr_index = None
    recount(case)
    db.session.flush()


def move(
    cases: Sequence[MemberCase],
    *,
    adviser_id: uuid.UUID,
    unit_id: uuid.UUID | None,
    actor: Actor,
    today: date,
) -> list[MemberCase]:
    """Give cases to another adviser; those moved. One audit row for each keeps from and to.

    Raises Refused where the new adviser is not active in the role on `today`.
    """
    place = _place(adviser_id, unit_id, today)
    moved = [case for case in cases if (case.adviser_id, case.unit_id) != place]
    for case in moved:
        detail = {"from": str(case.adviser_id or ""), "to": str(adviser_id)}
        audit.record(actor, audit.Trail("cases.moved", "member_case", case.id, detail=detail))
        case.adviser_id, case.unit_id = place
    db.session.flush()
    return moved


def close(case: MemberCase, *, reason: str, now: datetime) -> None:
    case.closed_at, case.closed_reason = now, reason
    db.session.flush()


def reopen(case: MemberCase) -> None:
    """Raises Refused where a newer open case has the same number or reference."""
    taken = queries.taken(case.cpr_index, case.own_reference, but=case.id)
    if taken:
        raise Refused([Lack("", _("Medlemmet har en nyere, åben sag. Arbejd videre i den."))])
    case.closed_at = case.closed_reason = None
    db.session.flush()


def recount(*cases: MemberCase) -> None:
    """Keep `transfer_on` what hours and confirmed day say; two statements for any number."""
    with db.session.no_autoflush:
        hours, transfers = queries.facts_of([case.id for case in cases])
    for case in cases:
        confirmed = queries.confirmed(transfers[case.id])
        told = queries.forecast(case, hours[case.id])
        case.transfer_on = confirmed.day if confirmed else told.day or NEVER
        case.transfer_confirmed = confirmed is not None


def refuse_taken(member: Member, *, keys: Keys, but: uuid.UUID | None = None) -> None:
    """One open case for each member, and one for each of the fund's own references."""
    index = keys.find_cpr(member.cpr) if member.cpr else None
    words = {
        "cpr": _(
            "Der er allerede en åben sag med det CPR-nummer. Finder du den ikke, når du "
            "søger på nummeret, så spørg din teamleder."
        ),  # fmt: skip
        "own_reference": _("Der er allerede en åben sag med den reference."),
    }
    found = queries.taken(index, member.own_reference, but=but)
    if found:
        raise Refused([Lack(field, words[field]) for field in found])


def _place(adviser_id: uuid.UUID | None, unit_id: uuid.UUID | None, today: date) -> Where:
    """The adviser, and their unit where none is named."""
    if adviser_id is None:
        return None, unit_id
    found = [each for each in places.advisers(today) if each.id == adviser_id]
    if not found:
        text = _("Vælg en rådgiver, der er aktiv og har rollen rådgiver eller teamleder.")
        raise Refused([Lack("adviser_id", text)])
    return adviser_id, unit_id or found[0].unit_id


def rule_set_for(member: Member, *, fund: str, municipality: str) -> RuleSet:
    """Raises Refused for a day before the first rule set."""
    try:
        return rules.choose_rule_set(
            member.benefit_start, fund=fund, municipality=municipality, trial=member.trial
        )
    except NoRule:
        text = _("Samspil kender ingen regler for en dagpengeperiode, der begynder den dag.")
        raise Refused([Lack("benefit_start", text)]) from None


def _write(case: MemberCase, member: Member) -> None:
    case.name, case.municipality_id = member.name, member.municipality_id
    case.benefit_start, case.weekly_hours = member.benefit_start, member.weekly_hours
    case.phone, case.email, case.trial = member.phone, member.email, member.trial
    case.own_reference = member.own_reference


def _write_cpr(case: MemberCase, number: Cpr, keys: Keys) -> None:
    case.cpr = keys.seal_cpr(number, table="member_case", row_id=case.id)
    case.cpr_index = keys.find_cpr(number)
