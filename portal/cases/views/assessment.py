"""The assessment against the criteria of the agreement in force with the member's municipality."""

import uuid

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import criteria
from portal.agreements.models import AgreementVersion
from portal.agreements.queries import in_force, parameters_of
from portal.cases import queries, recording
from portal.cases.blueprint import about, bp, changing, own_keys
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
    asked, years = criteria.offered(version.criteria, today()), age(case)
    terms = parameters_of(version)
    form = assessment_form(asked, terms.rule)()
    stale = form.is_submitted() and form.version_id.data != str(version.id)
    form.version_id.data = str(version.id)
    if stale:
        form.form_errors = [_("Aftalen har fået en ny version. Se kriterierne igennem igen.")]
    elif form.validate_on_submit():
        try:
            told = form.given() | {"age": years}
            recording.assess(case, version, **told, actor=g.actor, today=today())
            flash(
                _("Vurderingen er gemt. Den kan ikke ændres, men der kan laves en ny."), "success"
            )
            return see_other(".show", case_id=case.id)
        except Refused as refused:
            form.show(refused.lacks)
    words = page(
        "cases/assess.html",
        case=case,
        version=version,
        form=form,
        groups=groups(asked),
        rule=form.rule,
        age=years,
        evidence=criteria.EVIDENCE,
        shared=terms.shared_fields,
    )
    return words, 422 if form.is_submitted() else 200


def groups(asked: list[criteria.Row]) -> list[tuple[bool, list[criteria.Row]]]:
    """What follows from the law apart from what is judged; a type of which there is none is out."""
    found = [(True, criteria.statutory(asked)), (False, criteria.judged(asked))]
    return [(is_law, rows) for is_law, rows in found if rows]


def age(case: MemberCase) -> int | None:
    """In whole years today, by the CPR number: a fact beside reasons that the law ties to age."""
    number = own_keys().open_cpr(case.cpr, table="member_case", row_id=case.id)
    return number.age(today()) if number else None


def governing(case: MemberCase) -> AgreementVersion | None:
    return in_force(case.organisation_id, case.municipality_id, "visitation", today())
