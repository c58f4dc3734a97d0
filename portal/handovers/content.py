"""What a package says: put together from the sender's case and draft, frozen when it is sent.

Plain values only, so that the same content always has the same hash. The receiver, the page and
the PDF read this and nothing else.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from portal import cpr
from portal.agreements.models import AgreementVersion
from portal.agreements.parameters import SHARED, agreed
from portal.cases.models import Decision
from portal.cases.source import AssessmentSource, CaseSource
from portal.db import Json
from portal.handovers.files import named
from portal.handovers.models import Handover, Kind
from portal.handovers.parts import HandoverDraft

FIELDS = (
    "phone",
    "email",
    "benefit_start",
    "weekly_hours",
    "rule_set",
    "rule_set_title",
    "job_goals",
    "focus_areas",
    "search_strategy",
    "my_plan_link",
    "my_plan_on",
)
LISTS = ("efforts", "talks", "clarifications", "checklist")


def compose(
    handover: Handover,
    draft: HandoverDraft,
    source: CaseSource,
    version: AgreementVersion | None,
    contact: str | None = None,
    *,
    desks: Json | None = None,
) -> Json:
    """The content as it would be sent now; `contact` is who sends a draft, known by name only.

    `desks` are both units' names and mailboxes, the files that go along, and what was corrected
    after sending; content that was frozen before has none.
    """
    content: Json = {
        "kind": handover.kind,
        "reference": handover.reference,
        "agreement": basis(version),
        "member": {"name": source.name, "cpr": source.cpr_masked},
        "municipality": source.municipality,
        "forecast": source.transfer.sentence,
        "responsible_from": handover.responsible_from,
        "responsible_source": handover.responsible_source,
        "fund_attends": handover.fund_attends,
        "contact": contact or handover.sender_person,
        "summary": draft.summary,
        "considerations": draft.considerations,
        "informed_on": draft.informed_on,
        "informed_channel": draft.informed_channel,
        "member_comment": draft.member_comment,
    }
    content |= {name: getattr(source, name) for name in FIELDS}
    content |= {name: [asdict(row) for row in getattr(source, name)] for name in LISTS}
    desks = desks or {}
    content["assessment"] = assessment(handover, source, desks.get("assessed_under", ()))
    if handover.kind == Kind.AKASSESKIFT:  # whose municipality the receiver is not
        content["municipality_id"] = source.municipality_id
        content["consented_on"] = handover.consented_on
    if handover.kind == Kind.RETUR:
        content["returned_for"] = handover.returned_for
        content["done_since"], content["remaining"] = draft.done_since, draft.remaining
    content |= {name: told for name, told in desks.items() if name != "assessed_under"}
    amended = content.pop("amended", ())
    if enclosed := named(content.pop("files", ())):
        content["files"] = enclosed
    withhold(content, agreed(handover.parameters).shared_fields)
    return corrected(plain(content), amended)


def corrected(content: Json, amended: Iterable[Json]) -> Json:
    """What was corrected after sending stays so, as long as the case says what it said then."""
    for one in amended:
        path = one["path"]
        if one["number"] and path != "responsible_from" and content.get(path) == one["old"]:
            content[path] = one["new"]
    return content


# What of the content each part is that the parties may leave out (agreements/parameters.py).
PARTS = {
    "contact_details": ("phone", "email"),
    "summary": ("summary",),
    "considerations": ("considerations",),
    "member_comment": ("member_comment",),
    "talks": ("talks",),
    "profile_clarification": ("clarifications",),
    "efforts": ("efforts",),
}


def withhold(content: Json, shared: Collection[str]) -> None:
    """Take out what is not agreed to be shared, and say so: an empty place is no answer."""
    content["withheld"] = [part for part in SHARED if part not in shared]
    for part in content["withheld"]:
        for name in PARTS.get(part, ()):
            content[name] = [] if name in LISTS else None
    decided = content["assessment"] or {"answers": ()}
    if "member_comment" not in shared and content["assessment"]:
        decided["member_comment"] = None
    if "consequences" not in shared:
        for answer in decided["answers"]:
            answer["consequence"] = None


def basis(version: AgreementVersion | None) -> Json | None:
    if version is None:
        return None
    return {
        "title": version.agreement.title,
        "version": version.number,
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
    }


def belongs(handover: Handover, assessment: AssessmentSource | None) -> bool:
    """Under the very version that the package was made under: another's criteria stay at home."""
    version_id = handover.agreement_version_id
    return assessment is not None and assessment.agreement_version_id == version_id


def assessment(handover: Handover, source: CaseSource, under: Collection[str] = ()) -> Json | None:
    """Only a decision to hand over, by this agreement's criteria. Without the ids: they mean
    nothing outside the fund. `under` are the versions that it was sent under before."""
    if source.assessment is None or source.assessment.decision != Decision.REFER:
        return None
    is_former = str(source.assessment.agreement_version_id) in under
    if not is_former and not belongs(handover, source.assessment):
        return None
    kept = asdict(source.assessment)
    return {name: value for name, value in kept.items() if not name.endswith("id")}


def plain(content: Json) -> Json:
    """The same content as JSON gives it back; days and times as ISO, amounts as text."""
    restored: Json = json.loads(json.dumps(content, ensure_ascii=False, default=written))
    return restored


def written(value: Any) -> str:
    """Equal amounts alike: a column gives 37.00 back where 37 was put in."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


AMOUNTS = {"weekly_hours"}
DAYS = {"benefit_start", "responsible_from", "first_day", "last_day", "day"}


def readable(value: Any, name: str = "") -> Any:
    """Frozen content with its days as days and amounts as numbers, for pages and documents."""
    if isinstance(value, dict):
        return {key: readable(child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [readable(child) for child in value]
    if isinstance(value, str) and name in AMOUNTS:
        return Decimal(value)
    is_day = isinstance(value, str) and (name in DAYS or name.endswith("_on"))
    return date.fromisoformat(value) if is_day else value


def numbers_in(content: Json) -> list[str]:
    """The parts in which there seems to stand a CPR number; the member's own is masked."""
    return [part for part, value in content.items() if any(map(cpr.find_in, texts_of(value)))]


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, child in named:
            if name != "sha256":  # digits that nobody wrote
                yield from texts_of(child)
    elif isinstance(value, str):
        yield value


def hash_of(content: Json) -> str:
    """SHA-256 over the content in one fixed order, in hexadecimal."""
    fixed = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(fixed.encode()).hexdigest()
