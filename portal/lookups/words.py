"""What a look-up was of and for, as a citizen reads it: by the route, and what was chosen there."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.handovers.words import REVEAL_PURPOSES

HANDOVER, CASE, CONTROL = (
    _l("Overdragelse mellem a-kasse og kommune"),
    _l("A-kassens sag om ledighed og plan"),
    _l("Kontrol af opslag"),
)
SUPPORT = _l("Hjælp fra driften af Samspil")
OF_PACKAGE, OF_CASE = _l("Overdragelsespakken"), _l("Sagen i a-kassen")
REPORT = "lookups.report"
OPENED = {
    "handover_documents.package": _l("Overdragelsespakken som PDF"),
    "handover_documents.record": _l("Overdragelsens forløb som PDF"),
    "handover_documents.copy_for_member": _l("Kopi af overdragelsespakken"),
    "handover_documents.to_records": _l("Overdragelsespakken til journalen"),
    "handover_documents.calendar": _l("Samtalen til kalenderen"),
    "handover_documents.reveal_cpr": _l("CPR-nummeret"),
    "handover_files.fetch": _l("En fil i overdragelsespakken"),
    "handover_lists.search": _l("Søgning på CPR-nummeret"),
    "cases.reveal_cpr": _l("CPR-nummeret"),
    "cases.search_cpr": _l("Søgning på CPR-nummeret"),
    "support.show": _l("Overdragelsespakken, vist for support"),
    REPORT: _l("Listen over opslag"),
}


def what(row: Any) -> str:
    default = OF_CASE if row.subject_type == "member_case" else OF_PACKAGE
    return str(OPENED.get(row.action, default))


def purpose(row: Any, own_id: uuid.UUID) -> str:
    """What was written freely is the own organisation's; of another's only its kind is told."""
    if row.action == REPORT:
        is_own = row.organisation_id == own_id and row.purpose
        return f"{CONTROL}: {row.purpose}" if is_own else str(CONTROL)
    if row.action == "support.show":
        return str(SUPPORT)
    if row.purpose in REVEAL_PURPOSES:
        return str(REVEAL_PURPOSES[row.purpose])
    return str(CASE if row.subject_type == "member_case" else HANDOVER)
