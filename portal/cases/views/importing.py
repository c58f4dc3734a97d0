"""Members and hours from a file: a dry run with a report by line, then the import itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.access import Permission, requires
from portal.cases import files, importing, transfer
from portal.cases.blueprint import bp, own_keys
from portal.cases.files import HOURS_COLUMNS, MEMBER_COLUMNS
from portal.cases.forms import ConfirmForm, FileForm
from portal.cases.importing import Setting
from portal.clock import today
from portal.crypto import Undecipherable
from portal.lines import Report, Unreadable
from portal.web import page, see_other


@dataclass(frozen=True)
class Kind:
    """What a file may hold, how it is read and how it is taken in."""

    read: Callable[[str, Setting], Report[Any]]
    take: Callable[[Any, Setting], int]
    columns: dict[str, bool]


KINDS = {
    "members": Kind(importing.read_members, importing.import_members, MEMBER_COLUMNS),
    "hours": Kind(importing.read_hours, importing.import_hours, HOURS_COLUMNS),
    "case": Kind(transfer.read_case, transfer.import_case, {}),
}


@bp.get("/import/<any(members, hours, case):kind>")
@requires(Permission.CASE_WRITE)
def import_file(kind: str) -> str:
    return file_page(kind, FileForm(None))


@bp.post("/import/<any(members, hours, case):kind>/check")
@requires(Permission.CASE_WRITE)
def check_file(kind: str) -> ResponseReturnValue:
    """The dry run: nothing is written, and the file travels on sealed in the page."""
    form = FileForm()
    if not form.validate():
        return file_page(kind, form), 422
    try:
        text = files.text_of(form.file.data.read(files.MOST_BYTES + 1))
        report = KINDS[kind].read(text, setting())
    except Unreadable as error:
        form.file.errors = [str(error)]
        return file_page(kind, form), 422
    return report_page(kind, report, importing.sealed(text, setting(), kind))


@bp.post("/import/<any(members, hours, case):kind>")
@requires(Permission.CASE_WRITE)
def take_file(kind: str) -> ResponseReturnValue:
    form = ConfirmForm()
    try:
        text = importing.unsealed(form.sealed.data or "", setting(), kind)
        report = KINDS[kind].read(text, setting())
    except (Undecipherable, Unreadable):
        abort(400)
    if not report.rows or (report.faults and not form.leave_out.data):
        return report_page(kind, report, form.sealed.data or ""), 422
    count = KINDS[kind].take(report.rows.values(), setting())
    g.trail.detail = {"rows": count, "left_out": report.faulty_lines}
    flash(told(kind, count), "success")
    return see_other(".index", list="all")


def told(kind: str, count: int) -> str:
    if kind != "hours":
        return str(ngettext("%(num)d sag er oprettet.", "%(num)d sager er oprettet.", count))
    return str(ngettext("%(num)d måned er gemt.", "%(num)d måneder er gemt.", count))


def setting() -> Setting:
    return Setting(g.actor, current_user.organisation_slug, own_keys(), today())


def file_page(kind: str, form: FileForm) -> str:
    return page("cases/import.html", kind=kind, form=form, columns=KINDS[kind].columns)


def report_page(kind: str, report: Report[Any], sealed: str) -> str:
    form = ConfirmForm(None, sealed=sealed)
    if report.faults and not report.rows:
        flash(_("Ingen af linjerne kan bruges. Ret filen, og hent den igen."), "warning")
    outlook = importing.outlook(report.rows.values()) if kind == "hours" else None
    return page(
        "cases/import_report.html",
        kind=kind,
        report=report,
        form=form,
        outlook=outlook,
    )
