"""Members for whom responsibility passes while no package is sent, and who is told of it.

Two clocks stand side by side: the day on which responsibility passes follows the rule set, whatever
becomes of the package. Being late with the one never moves the other.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Exists, Integer, Row, Select, bindparam, func, select
from sqlalchemy import case as where
from sqlalchemy.orm import aliased

from portal import mail, rules
from portal.access import Actor, Permission, Role
from portal.agreements.queries import in_force
from portal.agreements.told import LATE, STUCK, named
from portal.batches import in_batches
from portal.cases import lists
from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome, TransferNotice
from portal.clock import add_working_days
from portal.db import db
from portal.handovers.models import STRAIGHT, Handover, Kind, State
from portal.handovers.queries import name_of
from portal.handovers.reached import of_restricted
from portal.handovers.reminding import Passing, passing_on
from portal.organisations.models import User
from portal.organisations.queries import Reader, in_role, mailbox, recipients
from portal.straight import Straight

NOT_SENT = {
    State.DRAFT,
    State.SIGNOFF,
    State.WITHDRAWN,
    State.OBSOLETE,
    State.SUPERSEDED,
    State.IN_ERROR,
}


def leads(actor: Actor) -> bool:
    """Whether the day of a whole unit is the actor's to look after, not only one's own."""
    return actor.unit_id is not None and actor.may(Permission.HANDOVER_LEAD)


def unsent(actor: Actor, today: date, until: date, most: int) -> list[Row[Any]]:
    """Members for whom responsibility passes by `until`, or has, and whose package is not sent.

    One's own, or for a leader the unit's; by day, with what the next step follows from.
    """
    return unsent_of(leads(actor)).rows(db.session, unsent_values(actor, today, until, most))


def unsent_values(actor: Actor, today: date, until: date, most: int) -> dict[str, Any]:
    whose = {"unit": actor.unit_id, "person": actor.user_id}
    return {**whose, "today": today, "until": until, "most": most}


@cache
def unsent_of(a_unit: bool) -> Straight:
    """Written once: it would take longer to write than to be answered."""
    return Straight(unsent_rows(a_unit))


def unsent_rows(a_unit: bool) -> Select[Any]:
    case = MemberCase
    one, unit = case.adviser_id == bindparam("person"), case.unit_id == bindparam("unit")
    adviser = select(User.name).where(User.id == case.adviser_id).scalar_subquery()
    draft = select(Handover.id).where(
        Handover.case_id == case.id,
        Handover.kind == Kind.OVERGANG,
        Handover.state == State.DRAFT,
    )
    talk = select(Talk.id).where(Talk.case_id == case.id, Talk.outcome == TalkOutcome.HELD)
    until = case.transfer_on <= bindparam("until")
    return (
        select(
            case.id,
            case.name,
            case.transfer_on,
            case.transfer_confirmed,
            name_of(case.municipality_id, bindparam("today", type_=Date)).label("municipality"),
            draft.limit(1).scalar_subquery().label("draft_id"),
            adviser.label("adviser"),
            talk.exists().label("has_talked"),
            select(CasePlan.id).where(CasePlan.case_id == case.id).exists().label("has_plan"),
        )
        .where(unit if a_unit else one, case.closed_at.is_(None), until, ~is_sent())
        .where(~func.handover_hidden_of(case.id))
        .order_by(case.transfer_on, case.id)
        .limit(bindparam("most", type_=Integer))
    )


HIDDEN = "hidden"  # a restricted package of which who asks is not named


def newest_package(case_id: Any) -> ColumnElement[Any]:
    """Of a case's newest package, inside a statement about cases: state, clock, the wish."""
    told = func.jsonb_build_array(Handover.state, Handover.due_for, Handover.fund_attends)
    of_case = Handover.case_id == case_id, Handover.kind.not_in(STRAIGHT)  # those go elsewhere
    newest = select(told).where(*of_case, ~is_back()).order_by(Handover.created_at.desc())
    hidden = where((func.handover_hidden_of(case_id), func.jsonb_build_array(HIDDEN, None)))
    return func.coalesce(newest.limit(1).scalar_subquery(), hidden)


def is_back() -> ColumnElement[bool]:
    """Whether a package has gone back, inside a statement about packages."""
    back = aliased(Handover)
    rows = select(back.id).where(
        back.former_id == Handover.id, back.kind == Kind.RETUR, back.state == State.COMPLETED
    )
    return rows.exists()


lists.BESIDE["paper"] = newest_package


def is_sent() -> Exists:
    """Whether a case's package for the statutory transfer has been sent and not taken back."""
    return (
        select(Handover.id)
        .where(
            Handover.case_id == MemberCase.id,
            Handover.kind == Kind.OVERGANG,
            Handover.state.not_in([*NOT_SENT]),
            ~is_back(),
        )
        .exists()
    )


def come(day: date) -> list[dict[str, Any]]:
    """A notice for each open case whose day is near enough on `day`."""
    far, _near = rules.on(day, "handover.transfer_remind_days", tuple)
    rows = select(MemberCase.id, MemberCase.organisation_id, MemberCase.transfer_on).where(
        MemberCase.closed_at.is_(None),
        MemberCase.transfer_on <= add_working_days(day, int(far)),
        ~is_sent(),
    )
    return [
        {
            "id": uuid.uuid4(),
            "case_id": case_id,
            "organisation_id": organisation_id,
            "transfer_on": transfer_on,
            "level": level,
            "found_on": day,
        }
        for case_id, organisation_id, transfer_on in db.session.execute(rows)
        if (level := passing_on(transfer_on, day)) is not None
    ]


def due(day: date) -> Iterator[tuple[TransferNotice, mail.Line, list[Reader]]]:
    """What is to be told, and to whom; what is no longer so is dropped."""
    rows = (
        select(TransferNotice, MemberCase, is_sent())
        .join(MemberCase, MemberCase.id == TransferNotice.case_id)
        .where(TransferNotice.told_at.is_(None))
    )
    key = TransferNotice.transfer_on, TransferNotice.id
    for notice, case, sent, *_key in in_batches(rows, *key, of=TransferNotice):
        if sent or case.closed_at or case.transfer_on != notice.transfer_on:
            db.session.delete(notice)
        else:
            word = "passed" if notice.level == Passing.PASSED else "passing"
            yield notice, mail.Line("", word, notice.transfer_on), readers(notice, case, day)


def readers(notice: TransferNotice, case: MemberCase, day: date) -> list[Reader]:
    """The fund's alone: the municipality knows nothing of a case that is not sent."""
    own = case.organisation_id
    if case.readers is not None:
        return of_restricted(own, case.adviser_id, case.readers, day)
    version = in_force(own, case.municipality_id, Kind.OVERGANG, day)
    version_id = version.id if version else None
    if notice.level == Passing.PASSED:
        return named(version_id, own, STUCK, day) or in_role(own, Role.AGREEMENT_OWNER, day)
    found = recipients(own, case.adviser_id, case.unit_id, day)
    if notice.level == Passing.CLOSE:
        found += [*named(version_id, own, LATE, day), *mailbox(own, case.unit_id, day)]
    return [*dict.fromkeys(found)]
