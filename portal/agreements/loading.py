"""Makes written agreements rows. A version is never changed: other content is another version."""

import json
import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import ColumnElement, select

from portal.access import OrganisationKind
from portal.agreements.catalogue import WrittenAgreement
from portal.agreements.checking import Flaw, Flawed
from portal.agreements.models import (
    BINDING,
    Agreement,
    AgreementSide,
    AgreementVersion,
    Side,
    State,
    Term,
)
from portal.agreements.parts import AgreementEvent
from portal.agreements.queries import governing
from portal.clock import now
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
    """The same content again does nothing, also when the parties have agreed on other content in
    Samspil since; other content makes the next version.

    What held until yesterday stays what held: a later version begins today, or on its first day if
    that lies ahead. The parties that it no longer names leave with the version before it.

    Raises:
        Flawed: a change can no longer take effect, or two of the parties have another agreement
            on one of the days; the caller must not commit then.
    """
    ids = {slug: id for slug, id in db.session.execute(select(Organisation.slug, Organisation.id))}
    return [_load(agreement, ids, today) for agreement in written]


def _load(written: WrittenAgreement, ids: Ids, today: date) -> Loaded:
    agreement = _agreement(written)
    loaded, last = _last_loaded(agreement), _last_version(agreement, BINDING)
    if loaded and last and loaded.hash == digest(written):
        return Loaded(written.key, last.number, is_new=False)
    first_day = max(written.valid_from, today) if last else written.valid_from
    if written.valid_until and written.valid_until < first_day:
        reason = "Ligger før i dag, så ændringen kan ikke få virkning."
        raise Flawed([Flaw(written.key, "valid_until", reason)])
    agreement.title = written.title
    if last:
        last.yield_to(first_day)
        db.session.flush()
    newest = _last_version(agreement, {*State})
    number = newest.number + 1 if newest else 1
    version = _version(agreement, written, number, first_day)
    db.session.add(version)
    db.session.flush()
    _refuse_a_second(version, written, ids)
    db.session.add_all(_sides(version, written, ids))
    db.session.flush()
    return Loaded(written.key, number, is_new=True)


def _agreement(written: WrittenAgreement) -> Agreement:
    there = db.session.scalars(select(Agreement).where(Agreement.key == written.key)).one_or_none()
    agreement = there or Agreement(key=written.key, title=written.title)
    db.session.add(agreement)
    db.session.flush()
    return agreement


def _last_version(
    agreement: Agreement, states: Set[State], *where: ColumnElement[bool]
) -> AgreementVersion | None:
    rows = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    last = rows.where(AgreementVersion.state.in_(states), *where)
    return db.session.scalars(last.order_by(AgreementVersion.number.desc()).limit(1)).one_or_none()


def _last_loaded(agreement: Agreement) -> AgreementVersion | None:
    """What the file said last: not what the parties have negotiated here since."""
    begun = select(AgreementEvent.id).where(
        AgreementEvent.version_id == AgreementVersion.id, AgreementEvent.step == "create"
    )
    return _last_version(agreement, BINDING, ~begun.exists())


def _refuse_a_second(version: AgreementVersion, written: WrittenAgreement, ids: Ids) -> None:
    funds = [ids[slug] for slug in written.funds]
    municipalities = [ids[slug] for slug in written.municipalities]
    for other in governing(funds, municipalities, version.begins_on, version.ends_on):
        reason = f"Der er allerede en aftale mellem to af parterne: »{other.agreement.title}«."
        raise Flawed([Flaw(written.key, "parter", reason)])


def _sides(version: AgreementVersion, written: WrittenAgreement, ids: Ids) -> list[AgreementSide]:
    slugs = dict.fromkeys(written.funds, Side.FUND)
    slugs |= dict.fromkeys(written.municipalities, Side.MUNICIPALITY)
    whose = {"agreement_id": version.agreement_id, "version_id": version.id}
    return [
        AgreementSide(organisation_id=ids[slug], side=side, **whose) for slug, side in slugs.items()
    ]


def _version(
    agreement: Agreement, written: WrittenAgreement, number: int, first_day: date
) -> AgreementVersion:
    content = json.loads(canonical(written))
    names = ("parameters", "parameter_sources", "sections", "criteria", "goals")
    return AgreementVersion(
        id=uuid.uuid4(),
        agreement_id=agreement.id,
        number=number,
        state=State.SIGNED,
        signed_at=now(),
        term=Term.FIXED if written.valid_until else Term.OPEN_ENDED,
        valid_from=first_day,
        valid_until=written.valid_until,
        ends_on=written.valid_until,
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
