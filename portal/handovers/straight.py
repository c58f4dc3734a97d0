"""What goes straight over: from a municipality to the next, and from a fund to the next.

A municipality sends on, or back, what it has taken on as that was frozen, with its own words and
without its notes, messages and minutes. A fund sends the member's case, as the member has agreed.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor, Permission
from portal.agreements.parameters import default, plain
from portal.cases.checklist import Point
from portal.cases.source import (
    CaseSource,
    ClarificationSource,
    EffortSource,
    TalkSource,
    TransferSource,
)
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers import actions, queries, restricting
from portal.handovers.content import readable
from portal.handovers.models import Handover, Kind, Party, State
from portal.handovers.queries import Colleague
from portal.handovers.restricted import HandoverRestriction, kept_by_case
from portal.keys import Keys
from portal.organisations.queries import name_on
from portal.workflow import Lack, NotNow, Refused

TAKEN_ON = {State.ACCEPTED, State.MEETING_PLANNED, State.MEETING_HELD, State.COMPLETED}
BY_MUNICIPALITY = {Kind.OVERGANG, Kind.VISITATION, Kind.FLYTNING}  # who receives it is one
NOT_COUNTED = Decimal(0)  # hours: a municipality does not know them


def begun_from(handover_id: uuid.UUID) -> Handover | None:
    """What stands on this package and is the reader's to see: of a fund's change its own draft."""
    rows = select(Handover).where(Handover.former_id == handover_id)
    return db.session.scalars(rows.order_by(Handover.created_at.desc()).limit(1)).one_or_none()


def seen(handover_id: uuid.UUID | None) -> Handover | None:
    """Another package that one is linked to, as far as the reader takes part in that one."""
    if handover_id is None:
        return None
    return db.session.scalars(select(Handover).where(Handover.id == handover_id)).one_or_none()


def may_go_on(handover: Handover, actor: Actor) -> bool:
    """Of what the own municipality has taken on, once it has been sent."""
    is_taken = handover.state in TAKEN_ON and handover.kind in BY_MUNICIPALITY
    return is_taken and handover.party_of(actor) == Party.RECEIVER


def move_on(
    taken: Handover, *, receiver_id: uuid.UUID, day: date, actor: Actor, at: Moment, keys: Keys
) -> Handover:
    """A draft to the municipality where the citizen lives from `day` on.

    Raises:
        NotNow: the own side has not taken it on.
        AlreadyOpen: one is under way there.
        Refused: the day or the municipality cannot be, or the package is for named people only.
    """
    if not may_go_on(taken, actor):
        raise NotNow("move_on", taken.state)
    if receiver_id == taken.receiver_id:
        raise Refused([Lack("receiver_id", _("Vælg den kommune, borgeren er flyttet til."))])
    source = source_of(
        taken, kind=Kind.FLYTNING, receiver_id=receiver_id, day=day, keys=keys, today=at.today
    )
    actions.refuse_open(source, receiver_id, Kind.FLYTNING)
    shared = {"shared_fields": taken.parameters["shared_fields"]}
    terms = actions.Terms(Kind.FLYTNING, receiver_id, plain(default()) | shared, former_id=taken.id)
    made = actions.begin(source, terms, actor=actor, at=at, keys=keys)
    written, sent = queries.draft(made.id), queries.newest_content(taken.id).content
    for name in ("summary", "considerations", "member_comment"):
        setattr(written, name, sent.get(name))
    db.session.flush()
    keep_restricted([taken.id], made, actor, at)
    return made


def change_fund(
    source: CaseSource,
    *,
    receiver_id: uuid.UUID,
    consented_on: date,
    packages: Sequence[uuid.UUID],
    actor: Actor,
    at: Moment,
    keys: Keys,
) -> Handover:
    """A draft to the member's new fund, with the day on which the member said yes.

    Raises AlreadyOpen, Refused.
    """
    actions.refuse_open(source, receiver_id, Kind.AKASSESKIFT)
    terms = actions.Terms(
        Kind.AKASSESKIFT, receiver_id, plain(default()), consented_on=consented_on
    )
    made = actions.begin(source, terms, actor=actor, at=at, keys=keys)
    keep_restricted(packages, made, actor, at)
    return made


def keep_restricted(
    packages: Sequence[uuid.UUID], made: Handover, actor: Actor, at: Moment
) -> None:
    """What only named people see is no less so where it goes; its leader names anew.

    Of a restricted case the database has kept it so already.
    """
    if kept_by_case(made.id):
        return
    rows = select(HandoverRestriction).where(
        HandoverRestriction.handover_id.in_(packages), HandoverRestriction.lifted_at.is_(None)
    )
    was = db.session.scalars(rows.limit(1)).one_or_none()
    if was is None:
        return
    if not actor.may(Permission.HANDOVER_LEAD):
        words = _("Kun udpegede kan se pakken. Bed en af jeres ledere om at sende den videre.")
        raise Refused([Lack("receiver_id", words)])
    me = Colleague(actor.user_id, actor.name, actor.unit_id, is_absent=False)
    restricting.restrict(made, basis=was.basis, reason=was.reason, people=[me], actor=actor, at=at)


def source_of(
    taken: Handover,
    *,
    kind: Kind,
    receiver_id: uuid.UUID,
    day: date | None,
    keys: Keys,
    today: date,
) -> CaseSource:
    """What goes on of a package that was taken on: what was sent, and nothing written since.

    In Danish, since it is frozen.
    """
    sent: Json = readable(queries.newest_content(taken.id).content)
    cpr = keys.open_cpr(taken.cpr, table="handover", row_id=taken.id)
    with force_locale("da"):
        told = f"{TOLD[kind]} {name_on(receiver_id, today)}"
        told += f" den {format_date(day, 'long')}" if day else ""
    lives_in = receiver_id if kind == Kind.FLYTNING else taken.receiver_id
    carried: dict[str, Any] = {name: sent.get(name) for name in CARRIED}
    return CaseSource(
        case_id=taken.case_id,
        organisation_id=taken.receiver_id,
        is_closed=False,
        name=taken.member_name,
        cpr=cpr,
        cpr_index=taken.cpr_index,
        municipality_id=lives_in,
        municipality=name_on(lives_in, today),
        adviser_id=taken.receiver_person_id,
        adviser=taken.receiver_person,
        unit_id=taken.receiver_unit_id,
        transfer=TransferSource(told, day, NOT_COUNTED),
        assessment=None,
        **carried,
        job_goals=tuple(sent.get("job_goals") or ()),
        efforts=tuple(EffortSource(**row) for row in sent.get("efforts") or ()),
        talks=tuple(TalkSource(**row) for row in sent.get("talks") or ()),
        clarifications=tuple(
            ClarificationSource(**row) for row in sent.get("clarifications") or ()
        ),
        checklist=tuple(Point(**row) for row in sent.get("checklist") or ()),
    )


TOLD = {Kind.FLYTNING: "Flyttet til", Kind.RETUR: "Tilbage til"}
CARRIED = (
    "phone",
    "email",
    "benefit_start",
    "weekly_hours",
    "rule_set",
    "rule_set_title",
    "focus_areas",
    "search_strategy",
    "my_plan_link",
    "my_plan_on",
)
