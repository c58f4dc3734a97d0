"""The clock of responsibility: hours by month, and the confirmed day."""

import uuid

from flask import flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.cases import queries, recording
from portal.cases.blueprint import about, bp, changing
from portal.cases.content_forms import HoursForm, TransferForm
from portal.cases.models import MemberCase
from portal.clock import today
from portal.web import page, see_other
from portal.workflow import Refused


@bp.get("/<uuid:case_id>/hours")
@requires(Permission.CASE_READ)
def hours(case_id: uuid.UUID) -> str:
    return hours_page(about(case_id), HoursForm(None), TransferForm(None))


@bp.post("/<uuid:case_id>/hours")
@requires(Permission.CASE_WRITE)
def record_hours(case_id: uuid.UUID) -> ResponseReturnValue:
    case, form = changing(case_id), HoursForm()
    form.offer(case.benefit_start, today())
    if form.validate():
        try:
            recording.record_hours(case, **form.given(), actor=g.actor, today=today())
            flash(_("Timerne er gemt, og prognosen er regnet om."), "success")
            return see_other(".hours", case_id=case.id)
        except Refused as refused:
            form.show(refused.lacks)
    return hours_page(case, form, TransferForm(None)), 422


@bp.post("/<uuid:case_id>/transfer")
@requires(Permission.CASE_WRITE)
def confirm_transfer(case_id: uuid.UUID) -> ResponseReturnValue:
    case, form = changing(case_id), TransferForm()
    if form.validate():
        given = {"day": form.day.data, "source": form.source.data}
        try:
            recording.confirm_transfer(case, **given, actor=g.actor)
            flash(_("Dagen for overgangen er bekræftet."), "success")
            return see_other(".hours", case_id=case.id)
        except Refused as refused:
            form.show(refused.lacks)
    return hours_page(case, HoursForm(None), form), 422


def hours_page(case: MemberCase, hours_form: HoursForm, transfer_form: TransferForm) -> str:
    hours_form.offer(case.benefit_start, today())
    rows = queries.hours(case.id)
    return page(
        "cases/hours.html",
        case=case,
        rows=rows,
        newest=queries.newest_rows(rows),
        transfers=queries.transfers(case.id),
        forecast=queries.forecast(case, rows),
        form=hours_form,
        transfer_form=transfer_form,
    )
