"""Beginning a version: of a new agreement from a template, or the next of one that is signed."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access import Actor
from portal.agreements import collecting, criteria, governed, queries
from portal.agreements.models import (
    SIDES,
    Agreement,
    AgreementSide,
    AgreementVersion,
    Side,
    State,
    Term,
)
from portal.agreements.parameters import plain
from portal.agreements.parts import AgreementSection, AgreementSignatory, SectionState
from portal.agreements.queries import parameters_of
from portal.agreements.steps import OPEN, happened
from portal.agreements.templates import Template, sections
from portal.clock import Moment
from portal.db import db
from portal.organisations.models import Organisation
from portal.references import new_reference
from portal.workflow import Lack, NotNow, Refused


def begin(
    template: Template, title: str, party_ids: Iterable[uuid.UUID], *, actor: Actor, at: Moment
) -> AgreementVersion:
    """A draft that its own organisation alone sees, with the template's texts and values.

    Raises:
        Refused: a side has nobody, or a party is none that can take part.
    """
    sections = [
        AgreementSection(
            key=section.key,
            heading=section.heading,
            prompt=section.prompt,
            source=section.source,
            governs=[*section.governs],
            text=section.text,
            given=template.given(section),
        )
        for section in template.sections
    ]
    origin = {"template": template.stamp, "source": template.source}
    return begin_from(title, party_ids, sections, origin, actor=actor, at=at)


def begin_from(
    title: str,
    party_ids: Iterable[uuid.UUID],
    sections: list[AgreementSection],
    origin: Mapping[str, str | None],
    *,
    actor: Actor,
    at: Moment,
) -> AgreementVersion:
    """The same from sections that are written already; raises `Refused` as `begin` does.

    `origin` is the version's template, source and note.
    """
    sides = taking_part({actor.organisation_id, *party_ids})
    agreement = Agreement(
        id=uuid.uuid4(),
        key=new_reference("SA"),
        title=title,
        created_at=at.now,
        created_by_id=actor.organisation_id,
    )
    db.session.add(agreement)
    db.session.flush()  # who begins it sees it from here on
    version = blank(agreement, 1, actor, at)
    for name, told in origin.items():
        setattr(version, name, told)
    return begun(version, sides, sections, sides[actor.organisation_id], actor, at)


def act_through(version: AgreementVersion, mandates: "Mandates") -> None:
    """Who acts for whom in a draft just begun; raises `Refused` for an unfit mandate."""
    rows = queries.sides(version.id)
    refuse_mandates(mandates, {row.organisation_id: row.side for row in rows})
    for row in rows:
        row.represented_by_id, row.mandate = mandates.get(row.organisation_id, (None, None))
    db.session.flush()


def taking_part(party_ids: set[uuid.UUID]) -> dict[uuid.UUID, Side]:
    """The side of each party, which follows from what kind of organisation it is."""
    rows = select(Organisation.id, Organisation.kind).where(Organisation.id.in_(party_ids))
    kinds = {id: kind for id, kind in db.session.execute(rows)}
    sides = {id: SIDES[kind] for id, kind in kinds.items() if kind in SIDES}
    lacks = []
    if len(sides) < len(party_ids):
        lacks.append(Lack("parties", _("En af parterne kan ikke indgå en aftale.")))
    if Side.FUND not in sides.values():
        lacks.append(Lack("parties", _("Vælg mindst én a-kasse.")))
    if Side.MUNICIPALITY not in sides.values():
        lacks.append(Lack("parties", _("Vælg mindst én kommune.")))
    if lacks:
        raise Refused(lacks)
    return sides


def blank(agreement: Agreement, number: int, actor: Actor, at: Moment) -> AgreementVersion:
    return AgreementVersion(
        id=uuid.uuid4(),
        agreement_id=agreement.id,
        number=number,
        state=State.DRAFT,
        private_to=actor.organisation_id,
        term=Term.OPEN_ENDED,
        parameters={},
        sections=[],
        criteria=[],
        goals=[],
        contacts=[],
        parameter_sources={},
        source="",
        hash="",
        created_at=at.now,
        changed_at=at.now,
    )


def begun(
    version: AgreementVersion,
    sides: Mapping[uuid.UUID, Side],
    sections: list[AgreementSection],
    own: Side,
    actor: Actor,
    at: Moment,
) -> AgreementVersion:
    """Parents before what hangs on them: the database lets in what hangs on what is seen."""
    db.session.add(version)
    db.session.flush()
    hung: dict[str, Any] = {"agreement_id": version.agreement_id, "version_id": version.id}
    rows = (AgreementSide(organisation_id=id, side=side, **hung) for id, side in sides.items())
    db.session.add_all(rows)
    for position, section in enumerate(sections, 1):
        section.agreement_id, section.version_id = version.agreement_id, version.id
        section.position = position
        section.is_free, section.is_left_out = bool(section.is_free), bool(section.is_left_out)
        is_begun = section.text or section.governs or section.is_left_out
        section.state = SectionState.PROPOSED if is_begun else SectionState.EMPTY
        section.side = own if is_begun else None
    db.session.add_all(sections)
    db.session.add(happened(version, "create", None, actor, at))
    db.session.flush()
    return version


class UnderWay(Exception):
    """Another version of the agreement is drafted, negotiated or signed already."""


def renew(signed: AgreementVersion, *, actor: Actor, at: Moment) -> AgreementVersion:
    """The draft of the next version: what is agreed now, its days to be agreed anew.

    The changes that both sides have approved meanwhile are in it already.

    Raises:
        UnderWay: there is one already, perhaps a draft that only the other side sees.
    """
    agreement = queries.agreement(signed.agreement_id)
    if agreement.under_way:
        raise UnderWay
    version = blank(agreement, agreement.versions[0].number + 1, actor, at)
    version.template, version.source = signed.template, signed.source
    version.expected_per_year, version.note = signed.expected_per_year, signed.note
    sides = {row.organisation_id: row.side for row in signed.sides}
    acting = {row.organisation_id: row for row in signed.sides if row.represented_by_id}
    try:
        made = [in_use(section, at.today) for section in carried_over(signed)]
        begun(version, sides, made, sides[actor.organisation_id], actor, at)
    except IntegrityError as error:
        raise UnderWay from error
    for row in queries.sides(version.id):
        if before := acting.get(row.organisation_id):
            row.represented_by_id, row.mandate = before.represented_by_id, before.mandate
    collecting.collect(version, queries.sections(version.id))
    return version


def carried_over(signed: AgreementVersion) -> list[AgreementSection]:
    """Each section as it is signed; one of the model that it lacks starts empty.

    A section of the model governs what it does today: a parameter younger than the version too.
    """
    there = {row["key"]: row for row in signed.sections}
    values = agreed_values(signed)
    model = [vars(row) | {"text": ""} for row in sections({})]
    own = [row for key, row in there.items() if key not in {row["key"] for row in model}]
    return [
        AgreementSection(
            key=row["key"],
            heading=row["heading"],
            prompt=row.get("prompt", ""),
            source=row["source"],
            governs=[*row.get("governs", ())],
            text=row["text"].strip(),
            given={name: values[name] for name in row.get("governs", ())},
            is_free=row.get("is_free", False),
            is_left_out=row.get("is_left_out", False),
        )
        for row in [*(row | there.get(row["key"], {}) | kept(row) for row in model), *own]
    ]


def kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"governs": row["governs"]}


def in_use(section: AgreementSection, today: date) -> AgreementSection:
    """Without the criteria and reasons whose last day has passed."""
    kept = {
        name: criteria.offered(rows, today)
        for name, rows in section.given.items()
        if name in governed.RETIRING
    }
    section.given = section.given | kept
    return section


def agreed_values(signed: AgreementVersion) -> dict[str, Any]:
    """All that is governed, as the signed version has it; a younger parameter by the default."""
    days = {"valid_from": "", "valid_until": "", "rule_set": signed.rule_set or ""}
    return plain(parameters_of(signed)) | {
        "criteria": signed.criteria,
        "goals": signed.goals,
        "contacts": signed.contacts,
        "term": {"term": signed.term, "notice_months": signed.notice_months} | days,
    }


def delete_draft(version: AgreementVersion, *, actor: Actor) -> None:
    """A draft is deleted, not abandoned: nobody else has seen it. The agreement goes with it.

    Raises:
        NotNow: it is opened to the other side.
    """
    if version.state != State.DRAFT:
        raise NotNow("delete", version.state)
    collecting.give_back(version)
    whole = db.session.get_one(Agreement, version.agreement_id)
    db.session.delete(version if version.number > 1 else whole)
    db.session.flush()


Mandates = Mapping[uuid.UUID, tuple[uuid.UUID, str]]


def set_parties(
    version: AgreementVersion,
    party_ids: Iterable[uuid.UUID],
    mandates: Mandates,
    *,
    actor: Actor,
    at: Moment,
) -> None:
    """Who takes part besides oneself, and who acts through whom on which mandate.

    Raises:
        NotNow: the version is settled.
        Refused: a side has nobody, or a mandate is not told or leads to nobody who acts itself.
    """
    if version.state not in OPEN:
        raise NotNow("set_parties", version.state)
    sides = taking_part({actor.organisation_id, *party_ids})
    refuse_mandates(mandates, sides)
    there = {row.organisation_id: row for row in version.sides}
    for id in there.keys() - sides.keys():
        db.session.delete(there[id])
    hung: dict[str, Any] = {"agreement_id": version.agreement_id, "version_id": version.id}
    for id, side in sides.items():
        row = there.get(id) or AgreementSide(organisation_id=id, side=side, **hung)
        row.represented_by_id, row.mandate = mandates.get(id, (None, None))
        db.session.add(row)
    db.session.add(happened(version, "set_parties", version.state, actor, at))
    db.session.flush()


def refuse_mandates(mandates: Mandates, sides: Mapping[uuid.UUID, Side]) -> None:
    lacks = []
    for id, (acting, mandate) in mandates.items():
        is_side = sides.get(id) in {Side.FUND, Side.MUNICIPALITY}
        if not is_side or sides.get(id) != sides.get(acting) or acting in mandates:
            text = _("Den, der handler for en part, skal selv være part.")
            lacks.append(Lack(f"represented_by:{id}", text))
        if not mandate.strip():
            text = _("Skriv, hvilken fuldmagt der er givet, og hvornår.")
            lacks.append(Lack(f"mandate:{id}", text))
    if lacks:
        raise Refused(lacks[:1])


def name_signatory(
    version: AgreementVersion,
    *,
    user_id: uuid.UUID,
    title: str,
    authority: str,
    actor: Actor,
    today: date,
) -> None:
    """A person of the own organisation, who may sign agreements there.

    Raises:
        NotNow: it is sent to be signed already.
        Refused: nobody of that name may sign, or the person is named already.
    """
    if version.state not in {*OPEN, State.READY}:
        raise NotNow("name_signatory", version.state)
    people = {one.user.id: one.user for one in queries.possible_signatories(today)}
    if user_id not in people:
        raise Refused([Lack("user_id", _("Personen har ikke bemyndigelse til at underskrive."))])
    if user_id in {row.user_id for row in queries.signatories(version.id)}:
        raise Refused([Lack("user_id", _("Personen er allerede underskriver."))])
    db.session.add(
        AgreementSignatory(
            agreement_id=version.agreement_id,
            version_id=version.id,
            organisation_id=actor.organisation_id,
            user_id=user_id,
            name=people[user_id].name,
            title=title,
            authority=authority,
        )
    )
    db.session.flush()


def remove_signatory(version: AgreementVersion, signatory_id: uuid.UUID, *, actor: Actor) -> None:
    """Raises NotNow once it is sent to be signed, NoResultFound for another's signatory."""
    if version.state not in {*OPEN, State.READY}:
        raise NotNow("remove_signatory", version.state)
    rows = select(AgreementSignatory).where(AgreementSignatory.id == signatory_id)
    own = rows.where(AgreementSignatory.organisation_id == actor.organisation_id)
    db.session.delete(db.session.scalars(own).one())
    db.session.flush()
