"""Makes written agreements rows. A version is never changed: other content is another version."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import select, update

from portal.access import OrganisationKind
from portal.agreements.catalogue import WrittenAgreement
from portal.agreements.checking import Flaw, Flawed
from portal.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementSide,
    AgreementVersion,
    Side,
)
from portal.clock import ONE_DAY, end_of_day
from portal.db import db
from portal.organisations.models import Organisation

Ids = Mapping[str, uuid.UUID]


@dataclass(frozen=True)
class Loaded:
    """What came of one written agreement: the version that now says what is written."""

    key: str
    number: int
    is_new: bool


def kinds() -> dict[str, OrganisationKind]:
    """Every organisation's kind, by slug."""
    rows = db.session.execute(select(Organisation.slug, Organisation.kind))
    return {slug: kind for slug, kind in rows}


def load(written: Sequence[WrittenAgreement], *, today: date) -> list[Loaded]:
    """The same content again does nothing; other content makes the next version.

    What held until yesterday stays what held: a later version begins today, or on its first day if
    that lies ahead. On the day before, the parties that it no longer names leave.

    Raises:
        Flawed: where a change can no longer take effect; the caller must not commit then.
    """
    ids = {slug: id for slug, id in db.session.execute(select(Organisation.slug, Organisation.id))}
    return [_load(agreement, ids, today) for agreement in written]


def _load(written: WrittenAgreement, ids: Ids, today: date) -> Loaded:
    agreement = _agreement(written)
    last = _last_version(agreement)
    if last and last.hash == digest(written):
        return Loaded(written.key, last.number, is_new=False)
    first_day = max(written.valid_from, today) if last else written.valid_from
    if written.valid_until and written.valid_until < first_day:
        reason = "Ligger før i dag, så ændringen kan ikke få virkning."
        raise Flawed([Flaw(written.key, "valid_until", reason)])
    agreement.title = written.title
    _set_parties(agreement, written, ids, first_day)
    number = last.number + 1 if last else 1
    db.session.add(_version(agreement, written, number, first_day))
    db.session.flush()
    return Loaded(written.key, number, is_new=True)


def _agreement(written: WrittenAgreement) -> Agreement:
    there = db.session.scalars(select(Agreement).where(Agreement.key == written.key)).one_or_none()
    agreement = there or Agreement(key=written.key, title=written.title)
    db.session.add(agreement)
    db.session.flush()
    return agreement


def _last_version(agreement: Agreement) -> AgreementVersion | None:
    rows = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    last = rows.order_by(AgreementVersion.number.desc()).limit(1)
    return db.session.scalars(last).one_or_none()


def _set_parties(
    agreement: Agreement, written: WrittenAgreement, ids: Ids, first_day: date
) -> None:
    rows = select(AgreementSide).where(AgreementSide.agreement_id == agreement.id)
    there = {row.organisation_id: row for row in db.session.scalars(rows)}
    slugs = {slug: Side.FUND for slug in written.funds}
    slugs |= {slug: Side.MUNICIPALITY for slug in written.municipalities}
    for slug, side in slugs.items():
        row = there.pop(ids[slug], None)
        if row and row.valid_until:
            reason = f"»{slug}« har forladt aftalen. Skriv en ny aftale i stedet."
            raise Flawed([Flaw(written.key, "parter", reason)])
        if not row:
            whose = {"agreement_id": agreement.id, "organisation_id": ids[slug]}
            db.session.add(AgreementSide(side=side, valid_from=first_day, **whose))
    for row in there.values():
        _end(row, first_day - ONE_DAY)


def _end(row: AgreementSide, last_day: date) -> None:
    """A party that leaves does not read what the others agree on afterwards."""
    if row.valid_until:
        return
    row.valid_until = max(row.valid_from, last_day)
    gone = update(AgreementParty).where(
        AgreementParty.agreement_id == row.agreement_id,
        AgreementParty.organisation_id == row.organisation_id,
    )
    db.session.execute(gone.values(valid_until=end_of_day(row.valid_until)))


def _version(
    agreement: Agreement, written: WrittenAgreement, number: int, first_day: date
) -> AgreementVersion:
    content = json.loads(canonical(written))
    names = ("parameters", "parameter_sources", "sections", "criteria", "goals")
    return AgreementVersion(
        agreement_id=agreement.id,
        number=number,
        valid_from=first_day,
        valid_until=written.valid_until,
        contacts=content["contact_roles"],
        expected_per_year=written.expected_per_year,
        note=written.note,
        source=written.source,
        hash=digest(written),
        **{name: content[name] for name in names},
    )


def digest(written: WrittenAgreement) -> str:
    return sha256(canonical(written).encode()).hexdigest()


def canonical(written: WrittenAgreement) -> str:
    """The one way to write it as JSON, so that equal content has equal text."""
    compact = (",", ":")
    return json.dumps(
        asdict(written), default=str, ensure_ascii=False, sort_keys=True, separators=compact
    )
