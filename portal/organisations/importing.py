"""Makes the reference data of `reference.py` rows of the database."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.access import OrganisationKind
from portal.db import Base, db
from portal.organisations.collation import sort_key
from portal.organisations.models import CouncilMembership, Organisation, OrganisationName
from portal.organisations.reference import ORGANISATIONS, Flaw, Flawed, Name, Reference
from portal.organisations.reference import Organisation as Row

ALWAYS = date.min  # a name whose first day is not known holds from the beginning
Known = dict[str, Organisation]
Values = dict[str, Any]


@dataclass(frozen=True)
class Imported:
    """How many rows an import added, changed and removed."""

    added: int
    changed: int
    removed: int

    def __add__(self, other: "Imported") -> "Imported":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Imported(*(one + another for one, another in pairs))


def import_reference(reference: Reference) -> Imported:
    """Make organisations, names and councils those of `reference`, matched by slug and first day.

    An organisation that `reference` does not name stays as it is, and so does a CVR number that it
    does not know. The same reference again changes nothing.

    Raises:
        Flawed: where it contradicts what is there; nothing is changed then.
    """
    known = {row.slug: row for row in db.session.scalars(select(Organisation))}
    if flaws := [*_contradictions(reference, known)]:
        raise Flawed(flaws)
    with db.session.no_autoflush:
        for row in _successors_first(reference):
            made = known.setdefault(row.slug, Organisation(id=uuid.uuid4(), slug=row.slug))
            _put(made, _facts(row, known))
        first = _flushed()
        ids = {row.slug: known[row.slug].id for row in reference.organisations}
        _replace(OrganisationName, "organisation_id", ids, _names(reference, ids))
        _replace(CouncilMembership, "municipality_id", ids, _memberships(reference, ids))
    return first + _flushed()


def _contradictions(reference: Reference, known: Known) -> Iterator[Flaw]:
    numbers = {row.cvr: row.slug for row in known.values() if row.cvr}
    for row in reference.organisations:
        there = known.get(row.slug)
        if there and there.kind != row.kind:
            reason = f"»{row.slug}« findes allerede som en anden slags organisation."
            yield Flaw(ORGANISATIONS.file, row.line, reason)
        if row.cvr and numbers.get(row.cvr, row.slug) != row.slug:
            reason = f"CVR-nummeret står allerede på »{numbers[row.cvr]}«."
            yield Flaw(ORGANISATIONS.file, row.line, reason)
        if _distance(row, reference) is None:
            yield Flaw(ORGANISATIONS.file, row.line, "Efterfølgerne går i ring.")


def _successors_first(reference: Reference) -> list[Row]:
    """Rows go into the table in this order, and none may name one that is not there yet."""
    return sorted(reference.organisations, key=lambda row: _distance(row, reference) or 0)


def _distance(row: Row, reference: Reference) -> int | None:
    """How many successors follow; None when they never end."""
    rows = {row.slug: row for row in reference.organisations}
    for steps in range(len(rows)):
        if not row.successor:
            return steps
        row = rows[row.successor]
    return None


def _facts(row: Row, known: Known) -> Values:
    return {
        "kind": OrganisationKind(row.kind),
        "code": row.code or None,
        "cvr": row.cvr or known[row.slug].cvr,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "successor_id": known[row.successor].id if row.successor else None,
        "source": row.source,
        "doubt": row.doubt or None,
    }


def _names(reference: Reference, ids: Mapping[str, uuid.UUID]) -> Iterator[Values]:
    """Former names and aliases are for searching the files; nobody is called so on a day."""
    return (_name(row, ids) for row in reference.names if row.use == "name")


def _name(row: Name, ids: Mapping[str, uuid.UUID]) -> Values:
    return {
        "organisation_id": ids[row.organisation],
        "name": row.name,
        "short_name": row.short_name,
        "sort_key": sort_key(row.name),
        "valid_from": row.valid_from or ALWAYS,
        "valid_until": row.valid_until,
        "source": row.source,
    }


def _memberships(reference: Reference, ids: Mapping[str, uuid.UUID]) -> Iterator[Values]:
    for row in reference.memberships:
        yield {
            "municipality_id": ids[row.municipality],
            "council_id": ids[row.council],
            "valid_from": row.valid_from or ALWAYS,
            "valid_until": row.valid_until,
            "source": row.source,
        }


def _replace(table: Any, owner: str, ids: Mapping[str, uuid.UUID], rows: Iterable[Values]) -> None:
    """What the owners had and no longer have is removed."""
    column = getattr(table, owner)
    found = db.session.scalars(select(table).where(column.in_(ids.values())))
    there = {(getattr(row, owner), row.valid_from): row for row in found}
    for values in rows:
        _put(there.pop((values[owner], values["valid_from"]), None) or table(), values)
    for row in there.values():
        db.session.delete(row)


def _put(row: Base, values: Values) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)


def _flushed() -> Imported:
    session = db.session
    changed = [row for row in session.dirty if session.is_modified(row)]
    done = Imported(len(session.new), len(changed), len(session.deleted))
    session.flush()
    return done
