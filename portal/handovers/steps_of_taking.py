"""Taking over what goes straight: as it is, at a member's new fund with a case and a draft, and
back at the fund with its own case."""

import uuid
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor
from portal.agreements.parameters import default, parse, plain
from portal.cases import places
from portal.cases import queries as cases
from portal.cases.actions import Member
from portal.cases.importing import Setting
from portal.cases.models import MemberCase
from portal.cases.taking import package_source
from portal.cases.transfer import PLAN, Told, take_in
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers import queries, taking_back
from portal.handovers.content import readable
from portal.handovers.lacks import Effect, Given
from portal.handovers.models import Handover, Kind
from portal.keys import Keys
from portal.workflow import Done, Lack, Refused

WRITTEN = ("summary", "considerations", "member_comment")


def take_over(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Whoever has nobody yet has who takes it over."""
    detail: Json = {}
    if handover.kind == Kind.RETUR:
        detail["case"] = str(taking_back.take_back(handover, actor, at).id)
    if handover.kind == Kind.AKASSESKIFT:
        detail["began"] = began(handover, actor, at, given["keys"]).reference
    if handover.receiver_person_id is None:
        handover.receiver_person_id, handover.receiver_person = actor.user_id, actor.name
        handover.receiver_unit_id = actor.unit_id
    handover.accepted_at, handover.accepted_by = at.now, actor.name
    return Done(detail=detail)


def began(handover: Handover, actor: Actor, at: Moment, keys: Keys) -> Handover:
    """The draft of the new fund, which takes the place of the former fund's packages.

    Raises Refused where the new fund has one under way already.
    """
    from portal.handovers import actions  # which takes the step

    sent = readable(queries.newest_content(handover.id).content)
    case_id = own_case(handover) or taken_in(handover, sent, actor, at, keys)
    how: dict[str, Any] = {"actor": actor, "at": at, "keys": keys}
    fields = parse(plain(default())).plan_fields
    source = package_source(case_id, fields, keys=keys, day=at.today)
    try:
        made = actions.create(
            source, kind=Kind.OVERGANG, default=plain(default()), former_id=handover.id, **how
        )
    except actions.AlreadyOpen:
        words = _("I har allerede en pakke i gang for medlemmet. Arbejd videre i den, og luk "
                  "denne som ikke længere aktuel.")  # fmt: skip
        raise Refused([Lack("kind", words)]) from None
    made.responsible_from = made.due_on = handover.responsible_from
    made.responsible_source = handover.responsible_source
    written = queries.draft(made.id)
    for name in WRITTEN:
        setattr(written, name, sent.get(name))
    db.session.flush()
    return made


def own_case(handover: Handover) -> uuid.UUID | None:
    """An open one of the same number, which stays as it is. Raises Refused for a hidden one."""
    if handover.cpr_index is None:
        return None
    rows = select(MemberCase.id).where(
        MemberCase.cpr_index == handover.cpr_index, MemberCase.closed_at.is_(None)
    )
    found = db.session.scalars(rows).one_or_none()
    if found is None and any(cases.all_taken({handover.cpr_index}, ())):
        words = _("Du kan ikke begynde sagen. Bed din teamleder om at tage pakken over.")
        raise Refused([Lack("kind", words)])
    return found


def taken_in(handover: Handover, sent: Json, actor: Actor, at: Moment, keys: Keys) -> uuid.UUID:
    """A new case with the plan and the course that were sent."""
    number = keys.open_cpr(handover.cpr, table="handover", row_id=handover.id)
    municipality_id = uuid.UUID(sent["municipality_id"])
    member = Member(
        name=handover.member_name,
        municipality_id=municipality_id,
        benefit_start=sent["benefit_start"],
        weekly_hours=sent["weekly_hours"],
        cpr=number,
        phone=sent.get("phone"),
        email=sent.get("email"),
        adviser_id=actor.user_id,
        unit_id=actor.unit_id,
    )
    lists = {name: [as_text(row) for row in sent.get(name) or ()] for name in LISTS}
    plan = as_text({name: sent.get(name) for name in PLAN})
    told = Told(member, places.slug(municipality_id), plan, **lists)
    fund = places.slug(handover.receiver_id)
    return take_in(told, Setting(actor, fund, keys, at.today)).id


LISTS = ("efforts", "talks", "clarifications")


def as_text(row: Json) -> Json:
    """Days as a file gives them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


EFFECTS: dict[str, Effect] = {"take_over": take_over}
