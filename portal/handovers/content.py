"""What a package says: put together from the sender's case and draft, frozen when it is sent.

Plain values only, so that the same content always has the same hash. The receiver, the page and
the PDF read this and nothing else.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from portal.agreements.models import AgreementVersion
from portal.cases.source import CaseSource
from portal.db import Json
from portal.handovers.models import Handover, HandoverDraft

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
    handover: Handover, draft: HandoverDraft, source: CaseSource, version: AgreementVersion | None
) -> Json:
    """The content as it would be sent now."""
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
        "contact": handover.sender_person,
        "summary": draft.summary,
        "considerations": draft.considerations,
        "informed_on": draft.informed_on,
        "informed_channel": draft.informed_channel,
        "member_comment": draft.member_comment,
    }
    content |= {name: getattr(source, name) for name in FIELDS}
    content |= {name: [asdict(row) for row in getattr(source, name)] for name in LISTS}
    content["assessment"] = assessment(source)
    return plain(content)


def basis(version: AgreementVersion | None) -> Json | None:
    if version is None:
        return None
    return {
        "title": version.agreement.title,
        "version": version.number,
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
    }


def assessment(source: CaseSource) -> Json | None:
    """Without the ids: they mean nothing outside the fund."""
    if source.assessment is None:
        return None
    kept = asdict(source.assessment)
    return {name: value for name, value in kept.items() if not name.endswith("id")}


def plain(content: Json) -> Json:
    """The same content as JSON gives it back; days and times as ISO, amounts as text."""
    restored: Json = json.loads(json.dumps(content, ensure_ascii=False, default=written))
    return restored


def written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


DAYS = {"benefit_start", "responsible_from", "first_day", "last_day", "day"}


def readable(value: Any, name: str = "") -> Any:
    """Frozen content with its days as days again, for pages and documents."""
    if isinstance(value, dict):
        return {key: readable(child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [readable(child) for child in value]
    is_day = isinstance(value, str) and (name in DAYS or name.endswith("_on"))
    return date.fromisoformat(value) if is_day else value


def hash_of(content: Json) -> str:
    """SHA-256 over the content in one fixed order, in hexadecimal."""
    fixed = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(fixed.encode()).hexdigest()


def differences(old: Json, new: Json) -> list[tuple[str, str, str]]:
    """What changed between two versions: path, old words, new words."""
    before, after = dict(flat(old)), dict(flat(new))
    changed = [(path, before.get(path, ""), after.get(path, "")) for path in before | after]
    return [(path, was, now) for path, was, now in changed if was != now]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from flat(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, child in enumerate(value, 1):
            yield from flat(child, f"{path}.{position}")
    elif value is not None:
        yield path, str(value)
