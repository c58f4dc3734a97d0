"""What becomes of approved changes: they go into the next version, or wait for another."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.models import AgreementVersion
from portal.agreements.parts import AgreementSection, SectionState
from portal.db import db
from portal.workflow import flush

A = AgreementAmendment


def approved(agreement_id: uuid.UUID) -> Sequence[AgreementAmendment]:
    """What both sides want and no version has, in the order in which it was approved."""
    rows = select(A).where(
        A.agreement_id == agreement_id,
        A.state == AmendmentState.APPROVED,
        A.effective_on.is_(None),
    )
    return db.session.scalars(rows.order_by(A.answered_at, A.id)).all()


def collected_in(version_id: uuid.UUID) -> Sequence[AgreementAmendment]:
    rows = select(A).where(A.collected_in_id == version_id)
    return db.session.scalars(rows.order_by(A.answered_at, A.id)).all()


def collect(version: AgreementVersion, sections: Sequence[AgreementSection]) -> None:
    """Into the draft just begun: a section with an approved change is agreed by both already.

    A section that says nothing yet is not agreed by its values alone. People stand beside the
    version: what is approved of them takes effect when it begins.
    """
    for amendment in approved(version.agreement_id):
        for section in sections:
            if is_in(amendment, section):
                write(amendment, section)
        amendment.state, amendment.collected_in_id = AmendmentState.COLLECTED, version.id
    flush()


def is_in(amendment: AgreementAmendment, section: AgreementSection) -> bool:
    name = governed_name(amendment.path)
    return name in section.governs or amendment.path == text_path(section.key)


def governed_name(path: str) -> str | None:
    """What of the governed things a path is about; None for a text, and for people."""
    if path.startswith(("sections.", "contacts.")):
        return None
    return path.removeprefix("parameters.")


def text_path(key: str) -> str:
    return f"sections.{key}.text"


def write(amendment: AgreementAmendment, section: AgreementSection) -> None:
    if name := governed_name(amendment.path):
        section.given = section.given | {name: amendment.new}
    else:
        section.text, section.is_left_out = amendment.new, False
    if section.text or section.is_left_out:
        section.state = SectionState.AGREED


def give_back(version: AgreementVersion) -> None:
    """The version comes to nothing: what it had collected waits for another."""
    for amendment in collected_in(version.id):
        amendment.state, amendment.collected_in_id = AmendmentState.APPROVED, None
    flush()


def take_effect(version: AgreementVersion) -> None:
    """All have signed: what was collected holds from the version's first day."""
    for amendment in collected_in(version.id):
        amendment.effective_on = version.begins_on
    flush()
