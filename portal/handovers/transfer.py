"""A package as a file for another system: what was frozen, by the published schema, and the PDF.

`docs/package.schema.json` describes it. The whole CPR number is in it, since a case system knows
its people by nothing else; hence only who may reveal and export fetches it, for a purpose.
"""

import base64
import hashlib
import json
import uuid
from datetime import UTC
from typing import Any

from sqlalchemy import select

from portal import jws
from portal.cases import places
from portal.clock import day_of
from portal.cpr import Cpr
from portal.db import Json, db
from portal.handovers import archive
from portal.handovers.models import Handover, Kind
from portal.handovers.parts import HandoverContent
from portal.organisations.models import Organisation

FORMAT = "samspil-package/1"
TYPE = "samspil-package+json"
MEMBER = ("phone", "email", "benefit_start", "weekly_hours", "rule_set")
PLAN = ("job_goals", "focus_areas", "search_strategy", "my_plan_link", "my_plan_on")
LISTS = ("efforts", "talks", "clarifications")
INSIDE = {"municipality_id"}  # nothing that another system knows
# Said elsewhere in the file, or under another name.
APART = {"kind", "reference", "member", "municipality", *MEMBER, *PLAN, *LISTS, *INSIDE}


def exported(handover: Handover, cpr: Cpr | None) -> Json:
    """The newest content version, with its sealed document.

    Raises NoResultFound for what was never sent.
    """
    kept, made = archive.sealed(handover)
    content, slugs = kept.content, slugs_of(handover)
    names = archive.names(handover, day_of(kept.frozen_at))
    parties = {
        "sender": {"organisation": slugs[handover.sender_id], "name": names.sender},
        "receiver": {"organisation": slugs[handover.receiver_id], "name": names.receiver},
    }
    return {
        "format": FORMAT,
        "package": about(handover, kept) | parties,
        "member": {
            "name": handover.member_name,
            "cpr": cpr.digits if cpr else None,
            "municipality": municipality_of(content) or slugs[home(handover)],
            **{name: content[name] for name in MEMBER},
        },
        "plan": {name: content[name] for name in PLAN},
        **{name: content[name] for name in LISTS},
        "handover": {name: value for name, value in content.items() if name not in APART},
        "document": {
            "name": f"{handover.reference}-version-{kept.number}.pdf",
            "sha256": hashlib.sha256(made).hexdigest(),
            "pdf": base64.b64encode(made).decode(),
        },
    }


def home(handover: Handover) -> uuid.UUID:
    """The member's municipality: what goes back to the fund comes from there."""
    return handover.sender_id if handover.kind == Kind.RETUR else handover.receiver_id


def municipality_of(content: Json) -> str | None:
    """Where a package goes to another fund; every other goes to the member's municipality."""
    found = content.get("municipality_id")
    return places.slug(uuid.UUID(found)) if found else None


def about(handover: Handover, kept: HandoverContent) -> Json:
    return {
        "reference": handover.reference,
        "kind": str(handover.kind),
        "version": kept.number,
        "sha256": kept.hash,
        "frozen_at": kept.frozen_at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def slugs_of(handover: Handover) -> dict[Any, str]:
    both = Organisation.id.in_([handover.sender_id, handover.receiver_id])
    rows = db.session.execute(select(Organisation.id, Organisation.slug).where(both))
    return {row.id: row.slug for row in rows}


def as_bytes(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def as_jws(content: Json, private_key: bytes) -> bytes:
    """Signed by Samspil; the header names the two organisations and the package, and no person."""
    package = content["package"]
    header = {
        "typ": TYPE,
        "org": package["sender"]["organisation"],
        "to": package["receiver"]["organisation"],
        "reference": package["reference"],
    }
    return jws.signed(as_bytes(content), private_key, **header).encode()
