"""The assessment against the criteria of the agreement in force with the member's municipality."""

import uuid

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements.models import AgreementVersion
from portal.agreements.queries import in_force
from portal.cases import queries, recording
from portal.cases.blueprint import about, bp, changing
from portal.cases.content_forms import assessment_form
from portal.cases.models import MemberCase
from portal.clock import today
from portal.web import page, see_other
from portal.workflow import Refused


@bp.get("/<uuid:case_id>/assessments")
@requires(Permission.CASE_READ)
def assessments(case_id: uuid.UUID) -> str:
    case = about(case_id)
    return page("cases/assessments.html", case=case, rows=queries.assessments(case.id))


@bp.route("/<uuid:case_id>/assessments/new", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def assess(case_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id) if request.method == "POST" else about(case_id)
    version = governing(case)
    if version is None:
        return page("cases/assess.html", case=case, version=None, form=None)
    form = assessment_form(version.criteria)()
    stale = form.is_submitted() and form.version_id.data != str(version.id)
    form.version_id.data = str(version.id)
    if stale:
        form.form_errors = [_("Aftalen har fået en ny version. Se kriterierne igennem igen.")]
    elif form.validate_on_submit():
        try:
            recording.assess(case, version, **form.given(), actor=g.actor, today=today())
            flash(
                _("Vurderingen er gemt. Den kan ikke ændres, men der kan laves en ny."), "success"
            )
            return see_other(".show", case_id=case.id)
        except Refused as refused:
            form.show(refused.lacks)
    words = page("cases/assess.html", case=case, version=version, form=form)
    return words, 422 if form.is_submitted() else 200


def governing(case: MemberCase) -> AgreementVersion | None:
    return in_force(case.organisation_id, case.municipality_id, "visitation", today())
