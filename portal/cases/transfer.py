"""A case with its plan from a file of JSON, by the schema that packages leave by.

The file is a stranger's: it is held against the schema first, then against what is known.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _

from portal import cpr, crypto, jws, shape
from portal.agreements.archive import signing_key
from portal.cases import actions
from portal.cases.actions import Member
from portal.cases.importing import Setting, refuse_known
from portal.cases.models import (
    CasePlan,
    Effort,
    EffortKind,
    EffortStatus,
    MemberCase,
    ProfileClarification,
    Talk,
    TalkOutcome,
)
from portal.crypto import Forged
from portal.db import Json, db
from portal.lines import Report, Unreadable
from portal.organisations.queries import municipalities
from portal.settings import ROOT
from portal.workflow import Refused

SCHEMA_FILE = ROOT / "docs" / "package.schema.json"
PLAN = ("job_goals", "focus_areas", "search_strategy", "my_plan_link", "my_plan_on")
WHOLE = 1  # the one "line" of a file that holds one case
FULL_TIME = Decimal(37)


@dataclass(frozen=True)
class Told:
    """A member with all that the file says of the plan and the course."""

    member: Member
    municipality: str
    plan: Json
    efforts: list[Json]
    talks: list[Json]
    clarifications: list[Json]


@cache
def schema() -> Json:
    found: Json = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return found


def read_case(text: str, setting: Setting) -> Report[Any]:
    """The file with everything that is wrong with it, by path. Raises Unreadable."""
    told = content(text)
    report: Report[Any] = Report()
    for fault in shape.faults(schema(), told):
        report.refuse(WHOLE, fault.path or _("Filen"), fault.reason)
    if not report.faults:
        held_against_what_is_known(told, report, setting)
    return report


def content(text: str) -> Any:
    """Of a signed file only what Samspil has signed. Raises Unreadable."""
    try:
        if not text.lstrip().startswith("{"):
            _header, payload = jws.opened(text, crypto.public_key(signing_key()))
            text = payload.decode()
        return shape.read(text)
    except Forged:
        raise Unreadable(
            _("Filen er hverken JSON eller en fil med Samspils underskrift.")
        ) from None
    except (shape.NotJson, UnicodeDecodeError):
        raise Unreadable(_("Filen er ikke JSON, som kan læses.")) from None


def held_against_what_is_known(told: Json, report: Report[Any], setting: Setting) -> None:
    found = told["member"]
    by_slug = {one.slug: one.id for one in municipalities(setting.today)}
    number = None
    try:
        number = cpr.parse(found["cpr"], today=setting.today) if found.get("cpr") else None
    except cpr.NotCpr:
        report.refuse(WHOLE, "member.cpr", _("er ikke et CPR-nummer."))
    if found["municipality"] not in by_slug:
        report.refuse(WHOLE, "member.municipality", _("kendes ikke."))
    if report.faults:
        return
    member = Member(
        name=found["name"].strip(),
        municipality_id=by_slug[found["municipality"]],
        benefit_start=date.fromisoformat(found["benefit_start"]),
        weekly_hours=Decimal(found.get("weekly_hours") or FULL_TIME),
        cpr=number,
        phone=found.get("phone") or None,
        email=found.get("email") or None,
        own_reference=found.get("own_reference") or None,
        adviser_id=setting.actor.user_id,
        unit_id=setting.actor.unit_id,
    )
    members = Report(rows={WHOLE: member})
    refuse_known(members, setting.keys, numbers="member.cpr", references="member.own_reference")
    try:
        actions.rule_set_for(member, fund=setting.fund, municipality=found["municipality"])
    except Refused as refused:
        members.refuse(WHOLE, "member.benefit_start", refused.lacks[0].text)
    report.faults += members.faults
    for fault in of_course(told, setting.today):
        report.refuse(WHOLE, *fault)
    if not report.faults:
        lists = {name: told.get(name, []) for name in ("efforts", "talks", "clarifications")}
        report.rows[WHOLE] = Told(member, found["municipality"], told.get("plan", {}), **lists)


def of_course(told: Json, today: date) -> list[shape.Fault]:
    """What the pages of the case refuse too: nothing has been held that lies ahead."""
    ahead = [
        shape.Fault(f"{name}[{n}].day", _("ligger ude i fremtiden."))
        for name in ("talks", "clarifications")
        for n, row in enumerate(told.get(name, []))
        if date.fromisoformat(row["day"]) > today and row.get("outcome") != TalkOutcome.EXEMPT
    ]
    unsaid = [
        shape.Fault(f"talks[{n}].reason", _("mangler, når samtalen ikke blev holdt."))
        for n, row in enumerate(told.get("talks", []))
        if row["outcome"] != TalkOutcome.HELD and not row.get("reason")
    ]
    turned = [
        shape.Fault(f"efforts[{n}].last_day", _("skal ligge efter første dag."))
        for n, row in enumerate(told.get("efforts", []))
        if row.get("last_day") and (row.get("first_day") or "9999") > row["last_day"]
    ]
    return [*ahead, *unsaid, *turned]


def import_case(found: Any, setting: Setting) -> int:
    """The case with plan and course, in this transaction. How many."""
    told: list[Told] = [*found]
    for one in told:
        take_in(one, setting)
    return len(told)


def take_in(told: Told, setting: Setting) -> MemberCase:
    """A new case of who imports, with all that is told."""
    how: Any = {"fund": setting.fund, "keys": setting.keys, "actor": setting.actor}
    place = told.member.adviser_id, told.member.unit_id
    case = actions.begun(told.member, place, municipality=told.municipality, **how)
    db.session.add(case)
    db.session.flush()
    own: Any = {"case_id": case.id, "organisation_id": case.organisation_id}
    if any(told.plan.get(name) for name in PLAN):
        plan = {name: dated(name, told.plan.get(name)) for name in PLAN}
        db.session.add(CasePlan(**own, **plan | {"job_goals": plan["job_goals"] or []}))
    for row in told.efforts:
        kinds = {"kind": EffortKind(row["kind"]), "status": EffortStatus(row["status"])}
        db.session.add(Effort(**own, **dated_row(row) | kinds))
    for row in told.talks:
        outcome = {"outcome": TalkOutcome(row["outcome"])}
        db.session.add(Talk(**own, **dated_row(row) | outcome))
    for row in told.clarifications:
        db.session.add(ProfileClarification(**own, **dated_row(row)))
    db.session.flush()
    return case


def dated_row(row: Json) -> Json:
    return {name: dated(name, value) for name, value in row.items()}


def dated(name: str, value: Any) -> Any:
    is_day = name == "day" or name.endswith(("_day", "_on"))
    return date.fromisoformat(value) if is_day and value else value or None
