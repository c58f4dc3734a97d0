"""The negotiation of a version, section by section: propose, agree, reopen, remark."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements import governed
from portal.agreements.models import AgreementVersion, Side, State
from portal.agreements.parameter_kinds import Refused as Wrong
from portal.agreements.parts import (
    AgreementComment,
    AgreementMove,
    AgreementSection,
    Move,
    SectionState,
)
from portal.agreements.steps import OPEN
from portal.clock import Moment
from portal.db import db
from portal.workflow import Lack, NotNow, Overtaken, Refused, flush

OTHER = {Side.FUND: Side.MUNICIPALITY, Side.MUNICIPALITY: Side.FUND}


def turns(section: AgreementSection) -> set[Side]:
    """Whose answer the section waits for."""
    match section.state, section.side:
        case SectionState.EMPTY, _:
            return {Side.FUND, Side.MUNICIPALITY}
        case SectionState.PROPOSED, Side() as side:
            return {OTHER[side]}
        case _:
            return set()


def counts(sections: Iterable[AgreementSection], own: Side) -> Counter[str]:
    """How many sections are "ours" to answer, "theirs", and "agreed"; an empty one is ours."""
    return Counter(
        "agreed" if not (waits := turns(one)) else "ours" if own in waits else "theirs"
        for one in sections
    )


def propose(
    section: AgreementSection,
    version: AgreementVersion,
    *,
    text: str,
    given: Mapping[str, object],
    is_left_out: bool,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """Another wording, or another value of what the section governs; the other side has the turn.

    Raises:
        NotNow: the section is agreed and not reopened, or the version is settled.
        Overtaken: somebody changed the section after the form was shown.
        Refused: a value is out of bounds, by the name of the parameter; or there is neither a
            text nor anything that the section governs.
    """
    own = side_of(version, actor)
    may_change(section, version, "propose", {SectionState.EMPTY, SectionState.PROPOSED})
    unchanged(section, revision)
    refuse_what_is_wrong(section, text, given, is_left_out, at.today)
    section.text, section.is_left_out = text.strip(), is_left_out
    section.given = {name: governed.read(name, given[name]) for name in section.governs}
    section.state, section.side = SectionState.PROPOSED, own
    if version.state != State.DRAFT:
        moved(section, Move.PROPOSE, own, actor, at)
    flush()


def refuse_what_is_wrong(
    section: AgreementSection,
    text: str,
    given: Mapping[str, object],
    is_left_out: bool,
    today: date,
) -> None:
    lacks = []
    if not (is_left_out or text.strip() or section.governs):
        lacks.append(Lack("text", _("Skriv en tekst, eller markér afsnittet som ikke aftalt.")))
    told = {name: given.get(name) for name in section.governs}
    try:
        for name, value in governed.check(told).items():
            lacks += (Lack(*found) for found in governed.retired(name, value, today))
    except Wrong as wrong:
        lacks += (Lack(name, reason) for name, reason in wrong.reasons.items())
    if lacks:
        raise Refused(lacks)


def agree(
    section: AgreementSection,
    version: AgreementVersion,
    *,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """Accept the other side's last proposal; the section is locked until it is reopened.

    Raises:
        NotNow: there is no proposal of the other side to accept.
        Overtaken: the other side changed it after it was read.
    """
    own = side_of(version, actor)
    may_change(section, version, "agree", {SectionState.PROPOSED})
    unchanged(section, revision)
    if section.side == own or version.state == State.DRAFT:
        raise NotNow("agree", section.state)
    section.state = SectionState.AGREED
    moved(section, Move.AGREE, own, actor, at)
    flush()


def reopen(
    section: AgreementSection,
    version: AgreementVersion,
    *,
    reason: str,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """Take up an agreed section again: it is the reopening side's turn to propose.

    Raises:
        NotNow: it is not agreed.
        Overtaken: somebody was faster.
        Refused: there is no reason.
    """
    own = side_of(version, actor)
    may_change(section, version, "reopen", {SectionState.AGREED})
    unchanged(section, revision)
    if not reason.strip():
        raise Refused([Lack("reason", _("Skriv, hvorfor afsnittet skal tages op igen."))])
    section.state, section.side = SectionState.PROPOSED, OTHER[own]
    moved(section, Move.REOPEN, own, actor, at, reason.strip())
    flush()


def remark(
    section: AgreementSection,
    version: AgreementVersion,
    *,
    text: str,
    only_own_side: bool,
    actor: Actor,
    at: Moment,
) -> None:
    """A comment for both sides, or for the own one only."""
    db.session.add(
        AgreementComment(
            agreement_id=section.agreement_id,
            version_id=section.version_id,
            section_id=section.id,
            organisation_id=actor.organisation_id,
            only_side=side_of(version, actor) if only_own_side else None,
            person=actor.name,
            at=at.now,
            text=text.strip(),
        )
    )
    db.session.flush()


def add_section(
    version: AgreementVersion,
    sections: Iterable[AgreementSection],
    *,
    heading: str,
    text: str,
    actor: Actor,
    at: Moment,
) -> AgreementSection:
    """A section of the parties' own, after all others; it governs nothing.

    Raises:
        NotNow: the version is settled.
    """
    if version.state not in OPEN:
        raise NotNow("add_section", version.state)
    own = side_of(version, actor)
    section = AgreementSection(
        id=uuid.uuid4(),
        agreement_id=version.agreement_id,
        version_id=version.id,
        key=f"own-{uuid.uuid4().hex[:8]}",
        position=max((one.position for one in sections), default=0) + 1,
        heading=heading.strip(),
        prompt="",
        source=_("Parterne selv"),
        governs=[],
        is_free=True,
        text=text.strip(),
        given={},
        state=SectionState.PROPOSED,
        side=own,
    )
    db.session.add(section)
    db.session.flush()
    if version.state != State.DRAFT:
        moved(section, Move.PROPOSE, own, actor, at)
        db.session.flush()
    return section


def side_of(version: AgreementVersion, actor: Actor) -> Side:
    """Raises NotNow for an observer, who negotiates nothing."""
    side = version.party_of(actor)
    if side not in OTHER:
        raise NotNow("negotiate", version.state)
    return Side(side)


def may_change(
    section: AgreementSection, version: AgreementVersion, name: str, states: set[SectionState]
) -> None:
    if version.state not in OPEN:
        raise NotNow(name, version.state)
    if section.state not in states:
        raise NotNow(name, section.state)


def unchanged(section: AgreementSection, revision: int) -> None:
    if section.revision != revision:
        raise Overtaken


def moved(
    section: AgreementSection,
    move: Move,
    side: Side,
    actor: Actor,
    at: Moment,
    reason: str | None = None,
) -> None:
    said: dict[str, Any] = {}
    if move == Move.PROPOSE:
        said = {"text": section.text, "given": section.given, "is_left_out": section.is_left_out}
    db.session.add(
        AgreementMove(
            agreement_id=section.agreement_id,
            version_id=section.version_id,
            section_id=section.id,
            organisation_id=actor.organisation_id,
            side=side,
            person=actor.name,
            at=at.now,
            move=move,
            reason=reason,
            **said,
        )
    )
