"""Changing an agreement in force: one side asks, the other answers; the signed version stays.

A path names what is to be changed. Values are read by the same readers as in a negotiation.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.access import Actor, Permission
from portal.agreements import governed, upkeep
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.collecting import text_path
from portal.agreements.drafting import agreed_values, carried_over
from portal.agreements.freezing import criteria_lacks
from portal.agreements.models import Agreement, AgreementParty, AgreementVersion, Side, State
from portal.agreements.negotiating import OTHER, side_of
from portal.agreements.parameter_kinds import Refused as Wrong
from portal.agreements.parameters import definitions, parse, plain
from portal.agreements.parts import AgreementSection
from portal.agreements.queries import parameters_of
from portal.agreements.steps import happened
from portal.clock import Moment
from portal.db import db
from portal.workflow import Done, Lack, NotNow, Overtaken, Refused, flush

A = AgreementAmendment
# What the term says is agreed with the next version: it has days of its own.
NOT_BY_AMENDMENT = {"term"}
# Which parts of a contact the owners may change alone, where the agreement says so.
SMALL = {"person": "contact_persons", "deputy": "stand_ins", "mailbox": "mailboxes"}


@dataclass(frozen=True)
class Topic:
    """What a change is about: a section with its text, or one of the things that it governs."""

    path: str
    section: AgreementSection
    name: str | None

    @property
    def value(self) -> Any:
        return self.section.given[self.name] if self.name else lines(self.section.text)


def lines(text: str) -> str:
    """However a browser parts them."""
    return text.replace("\r\n", "\n").strip()


def topics(version: AgreementVersion) -> list[Topic]:
    """Everything that may be changed in a signed version, in its order."""
    found = []
    for section in carried_over(version):
        found.append(Topic(text_path(section.key), section, None))
        names = [name for name in section.governs if name not in NOT_BY_AMENDMENT]
        found += (Topic(path_of(name), section, name) for name in names)
    return found


def path_of(name: str) -> str:
    return f"parameters.{name}" if name in definitions() else name


def topic(version: AgreementVersion, path: str) -> Topic:
    """Raises NoResultFound for what nobody can change so."""
    found = [one for one in topics(version) if one.path == path]
    if not found:
        raise NoResultFound
    return found[0]


# --- What was asked for ---


def amendments(agreement_id: uuid.UUID) -> Sequence[AgreementAmendment]:
    """All of an agreement, the newest first."""
    rows = select(A).where(A.agreement_id == agreement_id)
    return db.session.scalars(rows.order_by(A.proposed_at.desc(), A.id)).all()


def amendment(agreement_id: uuid.UUID, amendment_id: uuid.UUID) -> AgreementAmendment:
    rows = select(A).where(A.id == amendment_id, A.agreement_id == agreement_id)
    return db.session.scalars(rows).one()


def proposed(agreement_id: uuid.UUID, path: str) -> AgreementAmendment | None:
    """What waits for an answer; of a contact only the own party's is seen as in the way."""
    rows = select(A).where(
        A.agreement_id == agreement_id, A.path == path, A.state == AmendmentState.PROPOSED
    )
    return db.session.scalars(rows.limit(1)).one_or_none()


def to_answer(organisation_id: uuid.UUID) -> list[tuple[uuid.UUID, str, int]]:
    """Agreement, title and how many proposals of the other side wait for the own one."""
    own = AgreementParty
    rows = (
        select(A.agreement_id, Agreement.title, func.count())
        .join(Agreement, Agreement.id == A.agreement_id)
        .join(own, own.agreement_id == A.agreement_id)
        .where(own.organisation_id == organisation_id, own.side != A.side)
        .where(A.state == AmendmentState.PROPOSED)
        .group_by(A.agreement_id, Agreement.title)
        .order_by(Agreement.title)
    )
    return [(id, title, count) for id, title, count in db.session.execute(rows)]


# --- Asking ---


@dataclass(frozen=True)
class Why:
    """Why something is to be changed, and where it was decided if it was."""

    reason: str
    meeting: str | None = None
    meeting_on: date | None = None


def propose(
    version: AgreementVersion, path: str, new: Any, why: Why, *, actor: Actor, at: Moment
) -> AgreementAmendment:
    """Ask the other side for a change of what is agreed.

    Raises:
        NoResultFound: nothing stands at the path.
        NotNow: the version is not the one that governs from now on, or the actor observes.
        Refused: the value cannot be, is what is agreed already, or is asked for already.
    """
    own = demand_running(version, actor, at)
    about = topic(version, path)
    lacks = why_lacks(why, at)
    value, wrong = read(version, about, new)
    lacks += wrong
    if not lacks and value == about.value:
        lacks.append(Lack(field_of(about), _("Det er det, der gælder nu.")))
    if not lacks and proposed(version.agreement_id, path):
        words = _("Der er allerede et forslag om det, som ikke er besvaret.")
        lacks.append(Lack(field_of(about), words))
    if lacks:
        raise Refused(lacks)
    return asked(version, own, path, about.value, value, why, actor, at)


def propose_person(
    version: AgreementVersion,
    code: str,
    part: str,
    change: tuple[Any, Any],
    why: Why,
    *,
    actor: Actor,
    at: Moment,
) -> AgreementAmendment:
    """Ask for another person, deputy or mailbox of an own function; `change` is old and new."""
    own = demand_running(version, actor, at)
    path = f"contacts.{code}.{part}"
    there = proposed(version.agreement_id, path)
    if there and there.organisation_id == actor.organisation_id:
        words = _("Der er allerede et forslag om det, som ikke er besvaret.")
        raise Refused([Lack(part, words)])
    return asked(version, own, path, *change, why, actor, at)


def runs(version: AgreementVersion, day: date) -> bool:
    """Whether it is the newest signed version, and has not ended."""
    is_newest = version.id == version.agreement.binding[0].id
    return is_newest and version.state == State.SIGNED and not version.has_ended(day)


def may_propose(version: AgreementVersion, actor: Actor, day: date) -> bool:
    side = version.party_of(actor)
    return runs(version, day) and side in OTHER and actor.may(Permission.AGREEMENT_WRITE)


def demand_running(version: AgreementVersion, actor: Actor, at: Moment) -> Side:
    """The actor's own side; raises NotNow where nothing can be asked for."""
    if not runs(version, at.today):
        raise NotNow("propose_change", version.state)
    return side_of(version, actor)


def is_waiting(row: AgreementAmendment) -> bool:
    """For an answer, or for the version that takes it."""
    is_approved = row.state == AmendmentState.APPROVED and row.effective_on is None
    return row.state == AmendmentState.PROPOSED or is_approved


def why_lacks(why: Why, at: Moment) -> list[Lack]:
    lacks = []
    if not why.reason.strip():
        lacks.append(Lack("reason", _("Skriv hvorfor. Begge parter læser det.")))
    if why.meeting_on and not why.meeting:
        lacks.append(Lack("meeting", _("Skriv, hvilket møde det var.")))
    if why.meeting_on and why.meeting_on > at.today:
        lacks.append(Lack("meeting_on", _("Dagen ligger i fremtiden.")))
    return lacks


def field_of(about: Topic) -> str:
    """Where on the form what is wrong is shown."""
    return about.name or "text"


def read(version: AgreementVersion, about: Topic, new: Any) -> tuple[Any, list[Lack]]:
    """The value in its plain form, and what is wrong with it, alone and beside all others."""
    if about.name is None:
        text = lines(str(new or ""))
        return text, [] if text else [Lack("text", _("Skriv en tekst."))]
    try:
        value = governed.check({about.name: new})[about.name]
        if about.name in definitions():
            parse(plain(parameters_of(version)) | {about.name: value})
    except Wrong as wrong:
        return None, [Lack(place(about.name, at), why) for at, why in wrong.reasons.items()]
    return value, [Lack(about.name, why) for why in newly_lacking(version, about.name, value)]


def newly_lacking(version: AgreementVersion, name: str, value: Any) -> list[str]:
    """What the criteria would lack with the value, and do not lack without it."""
    agreed = agreed_values(version)
    before = {lack.text for lack in criteria_lacks(agreed)}
    after = [lack.text for lack in criteria_lacks(agreed | {name: value})]
    return [text for text in after if text not in before]


def place(name: str, at: str) -> str:
    """What is wrong beside another parameter is said at the one that is on the form."""
    return at if at.startswith(name) else name


def asked(
    version: AgreementVersion,
    own: Side,
    path: str,
    old: Any,
    new: Any,
    why: Why,
    actor: Actor,
    at: Moment,
) -> AgreementAmendment:
    made = AgreementAmendment(
        id=uuid.uuid4(),
        agreement_id=version.agreement_id,
        version_id=version.id,
        organisation_id=actor.organisation_id,
        side=own,
        person=actor.name,
        proposed_at=at.now,
        path=path,
        old=old,
        new=new,
        reason=why.reason.strip(),
        meeting=why.meeting,
        meeting_on=why.meeting_on,
        state=AmendmentState.PROPOSED,
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Overtaken from error
    told(version, "propose_change", made, why.reason, actor, at)
    return made


def told(
    version: AgreementVersion,
    step: str,
    made: AgreementAmendment,
    reason: str | None,
    actor: Actor,
    at: Moment,
) -> None:
    """In the history of the version, and by mail to the other parties' owners."""
    done = Done(reason, {"amendment": str(made.id), "path": made.path})
    event = happened(version, step, version.state, actor, at, done=done)
    db.session.add(event)
    db.session.flush()
    upkeep.queue(event)


# --- Answering ---


def accept(
    amendment: AgreementAmendment,
    version: AgreementVersion,
    *,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """The other side agrees: the change waits for the next version.

    What is of people holds from today, where the agreement names it among the small changes.

    Raises:
        NotNow: it is answered already, or the own side asked for it.
        Overtaken: somebody was faster.
    """
    answering(amendment, version, "accept_change", revision, actor)
    amendment.state = AmendmentState.APPROVED
    amendment.answered_at, amendment.answered_by = at.now, actor.name
    if is_small(amendment.path, version):
        amendment.effective_on = at.today
    flush()
    told(version, "accept_change", amendment, None, actor, at)


def is_small(path: str, version: AgreementVersion) -> bool:
    """Whether the agreement lets the owners approve it without a signature."""
    kind, _code, part = path.split(".", 2) if path.count(".") == 2 else (path, "", "")
    return kind == "contacts" and SMALL[part] in parameters_of(version).small_changes


def decline(
    amendment: AgreementAmendment,
    version: AgreementVersion,
    *,
    reason: str,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """The other side says no, and why; raises as `accept`, and Refused without a reason."""
    answering(amendment, version, "decline_change", revision, actor)
    if not reason.strip():
        raise Refused([Lack("answer", _("Skriv hvorfor. Begge parter læser det."))])
    amendment.state, amendment.answer = AmendmentState.DECLINED, reason.strip()
    amendment.answered_at, amendment.answered_by = at.now, actor.name
    flush()
    told(version, "decline_change", amendment, reason.strip(), actor, at)


def withdraw(
    amendment: AgreementAmendment,
    version: AgreementVersion,
    *,
    revision: int,
    actor: Actor,
    at: Moment,
) -> None:
    """Who asked takes it back; raises NotNow once it is answered, and for everybody else."""
    is_own = amendment.organisation_id == actor.organisation_id
    if amendment.state != AmendmentState.PROPOSED or not is_own:
        raise NotNow("withdraw_change", amendment.state)
    if amendment.revision != revision:
        raise Overtaken
    amendment.state = AmendmentState.WITHDRAWN
    amendment.answered_at, amendment.answered_by = at.now, actor.name
    flush()
    told(version, "withdraw_change", amendment, None, actor, at)


def answering(
    amendment: AgreementAmendment,
    version: AgreementVersion,
    step: str,
    revision: int,
    actor: Actor,
) -> None:
    if amendment.state != AmendmentState.PROPOSED or not may_answer(amendment, version, actor):
        raise NotNow(step, amendment.state)
    if amendment.revision != revision:
        raise Overtaken


def may_answer(amendment: AgreementAmendment, version: AgreementVersion, actor: Actor) -> bool:
    is_open = amendment.state == AmendmentState.PROPOSED
    return is_open and version.party_of(actor) == OTHER[amendment.side]


def counted(found: Sequence[AgreementAmendment], own: Side | None) -> Mapping[str, int]:
    """How many proposals wait for the own side, and how many for the other."""
    open_ones = [one for one in found if one.state == AmendmentState.PROPOSED]
    ours = sum(one.side != own for one in open_ones)
    return {"ours": ours, "theirs": len(open_ones) - ours}
