"""The contact course so far: talks, profile clarifications, efforts of every kind."""

import uuid
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements.parameters import Parameters
from portal.agreements.queries import in_force, parameters_of
from portal.cases import queries, recording
from portal.cases.blueprint import about, bp, changing
from portal.cases.content_forms import ClarificationForm, EffortForm, TalkForm
from portal.cases.models import Effort, MemberCase, ProfileClarification, Talk
from portal.clock import today
from portal.web import page, see_other
from portal.workflow import Refused

MODELS: dict[str, Any] = {"talks": Talk, "efforts": Effort, "clarifications": ProfileClarification}
FORMS: dict[str, Any] = {
    "talks": TalkForm,
    "efforts": EffortForm,
    "clarifications": ClarificationForm,
}
EDITED = "/<uuid:case_id>/<any(talks, efforts):kind>/<uuid:row_id>"


@bp.get("/<uuid:case_id>/course")
@requires(Permission.CASE_READ)
def course(case_id: uuid.UUID) -> str:
    case = about(case_id)
    return page(
        "cases/course.html",
        case=case,
        talks=queries.talks(case.id),
        efforts=queries.efforts(case.id),
        clarifications=queries.clarifications(case.id),
        agreed=agreed_with(case),
    )


def agreed_with(case: MemberCase) -> Parameters | None:
    """What the fund and the member's municipality have agreed; nothing where nobody has."""
    version = in_force(case.organisation_id, case.municipality_id, "overgang", today())
    return parameters_of(version) if version else None


@bp.route("/<uuid:case_id>/<any(talks, efforts, clarifications):kind>/new", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def new_part(case_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    case = changing(case_id) if request.method == "POST" else about(case_id)
    form = FORMS[kind]()
    if form.validate_on_submit():
        try:
            recording.add_part(MODELS[kind], case, today=today(), **form.given())
            return written(case, form)
        except Refused as refused:
            form.show(refused.lacks)
    return part_page(case, form, kind)


@bp.route(EDITED, methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def part(case_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id) if request.method == "POST" else about(case_id)
    row = queries.child(MODELS[kind], case.id, row_id)
    form = FORMS[kind](obj=row)
    if form.validate_on_submit():
        try:
            recording.change_part(row, today=today(), **form.given())
            return written(case, form)
        except Refused as refused:
            form.show(refused.lacks)
    return part_page(case, form, kind, row)


@bp.post("/<uuid:case_id>/<any(talks, efforts, clarifications):kind>/<uuid:row_id>/remove")
@requires(Permission.CASE_WRITE)
def remove_part(case_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id)
    recording.remove_part(queries.child(MODELS[kind], case.id, row_id))
    flash(_("Linjen er slettet."), "success")
    return see_other(".course", case_id=case.id)


def written(case: MemberCase, form: Any) -> ResponseReturnValue:
    flash(_("Forløbet er gemt."), "success")
    form.warn_of_cpr()
    return see_other(".course", case_id=case.id)


def part_page(case: MemberCase, form: Any, kind: str, row: Any = None) -> ResponseReturnValue:
    words = page("cases/part.html", case=case, form=form, kind=kind, row=row)
    return words, 422 if form.is_submitted() else 200
