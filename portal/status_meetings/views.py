"""The pages of meetings about agreements: what is coming, one series, one meeting and its steps."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import queries as agreements
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.agreements.words import SIDES
from portal.clock import COPENHAGEN, day_of, moment, today
from portal.meetings import planning as days
from portal.meetings.parts import Taking
from portal.meetings.series import COMING, Meeting, MeetingState
from portal.meetings.workflow import MEETING
from portal.organisations.queries import colleague, colleagues, names_on
from portal.status_meetings import (
    actions,
    agenda,
    decisions,
    duties,
    people,
    planning,
    queries,
    words,
)
from portal.status_meetings.figures import published
from portal.status_meetings.forms import MoveForm, PersonForm, PlanForm, StepForm, where_of
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("status_meetings", __name__, url_prefix="/meetings")
WITH_FORM = {"move", "cancel"}
STEP = "any(move, 'send-agenda', begin, 'share-minutes', cancel)"


def opened(meeting_id: uuid.UUID) -> Meeting:
    concerning("meeting", meeting_id)
    return queries.meeting(meeting_id)


def of(agreement_id: uuid.UUID) -> tuple[Agreement, AgreementVersion]:
    """The agreement and its newest signed version; its meetings are not an observer's."""
    agreement = agreements.agreement(agreement_id)
    concerning("agreement", agreement.id)
    if not agreement.binding or own_side(agreement.binding[0]) in {None, Side.OBSERVER}:
        abort(404)
    return agreement, agreement.shown_on(today()) or agreement.binding[0]


def own_side(version: AgreementVersion) -> Side | None:
    return version.party_of(g.actor)


@bp.get("/")
@requires(Permission.MEETING_READ)
def index() -> str:
    found = queries.under_way()
    return page(
        "status_meetings/index.html",
        meetings=found,
        duties=duties.own_duties(g.actor),
        today=today(),
        words=words,
    )


@bp.get("/agreements/<uuid:agreement_id>")
@requires(Permission.MEETING_READ)
def of_agreement(agreement_id: uuid.UUID) -> str:
    agreement, version = of(agreement_id)
    found = queries.of_agreement(agreement_id)
    return page(
        "status_meetings/agreement.html",
        agreement=agreement,
        cadence=planning.cadence_of(version),
        series=queries.series_of(agreement_id),
        meetings=found,
        years=sorted({day_of(one.starts_at).year for one in found if one.approved_at}),
        duties=duties.open_duties(agreement_id),
        decisions=decisions.decided(agreement, today()),
        may_write=g.actor.may(Permission.MEETING_WRITE),
        today=today(),
        words=words,
    )


@bp.route("/agreements/<uuid:agreement_id>/new", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def new(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """A new series, or more meetings of the one that the address names."""
    agreement, version = of(agreement_id)
    named = request.args.get("series", type=uuid.UUID)
    series = queries.series(named, agreement_id) if named else None
    before = queries.newest_of(series.id) if series else None
    shown = {"agreement": agreement, "series": series, "cadence": planning.cadence_of(version)}
    if request.method == "GET":
        return new_page(proposed(version, before), **shown)
    form = PlanForm()
    if not form.validate():
        return new_page(form, **shown), 422
    how: dict[str, Any] = {"actor": g.actor, "at": moment()}
    try:
        if series:
            made = planning.extend(agreement, version, series, form.plan(), **how)
        else:
            made = planning.make(agreement, version, form.plan(), **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return new_page(form, **shown | {"agreement": agreements.agreement(agreement_id)}), 422
    for one in made:
        warn(one)
    flash(_("Møderne er planlagt, og deltagerne får dem i kalenderen."), "success")
    return see_other(".of_agreement", agreement_id=agreement_id)


def new_page(form: PlanForm, **shown: Any) -> str:
    return page("status_meetings/new.html", form=form, **shown)


def proposed(version: AgreementVersion, before: Meeting | None) -> PlanForm:
    """The days by the cadence; the rest as it was at the last meeting of the series."""
    last = day_of(before.starts_at) if before else None
    found = planning.proposed_days(version, last, today())
    form = PlanForm(formdata=None, title=before.series.title if before else _("Statusmøde"))
    for field, day in zip(form.days, found, strict=False):
        field.data = day
    if before:
        form.kind.data = before.series.kind.value
        form.starts.data, form.ends.data = times(before)
        form.place.data, form.video_link.data = before.place, before.video_link
    return form


def times(meeting: Meeting) -> tuple[Any, Any]:
    local = (one.astimezone(COPENHAGEN) for one in (meeting.starts_at, meeting.ends_at))
    first, last = (one.time() for one in local)
    return first, last


def warn(meeting: Meeting) -> None:
    """Of a day on which many are away; the meeting stands, and can be moved."""
    day = day_of(meeting.starts_at)
    if told := days.warning(day):
        flash(f"{format_date(day, 'long')}: {told}", "warning")


# --- One meeting ---


@bp.get("/<uuid:meeting_id>")
@requires(Permission.MEETING_READ)
def show(meeting_id: uuid.UUID) -> str:
    return show_page(opened(meeting_id))


def show_page(meeting: Meeting, lacks: Any = ()) -> str:
    at, found = moment(), queries.minutes(meeting.id)
    approvals = queries.approvals(meeting.id)
    asked = queries.participants(meeting.id)
    names = names_on([row.party_id for row in asked if row.party_id], at.today)
    form = StepForm(formdata=None, revision=meeting.revision)
    form.number.data = found[0].number if found else None
    return page(
        "status_meetings/show.html",
        meeting=meeting,
        agreement=meeting.agreement,
        people=asked,
        names=names,
        away=people.away(meeting, at.today) if meeting.state in COMING else {},
        items=queries.agenda(meeting.id),
        all_items=queries.items(meeting.id),
        notes=queries.notes(meeting.id),
        spent={one.id: agenda.spent(one, at) for one in queries.items(meeting.id)},
        minutes=found,
        approvals=[row for row in approvals if found and row.number == found[0].number],
        has_approved=any(
            row.organisation_id == g.actor.organisation_id
            for row in approvals
            if found and row.number == found[0].number
        ),
        events=timeline(meeting),
        steps=[step.name for step in MEETING.open_steps(meeting, g.actor)],
        may_write=g.actor.may(Permission.MEETING_WRITE),
        may_amend=g.actor.may(Permission.AGREEMENT_WRITE),
        may_open=g.actor.may(Permission.HANDOVER_READ),
        form=form,
        lacks=lacks,
        words=words,
        side_names=SIDES,
        state=MeetingState,
        today=at.today,
    )


def timeline(meeting: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "title": words.HAPPENED[one.step],
            "by": one.person,
            "note": one.reason,
        }
        for one in queries.events(meeting.id)
    ]


@bp.route(f"/<uuid:meeting_id>/<{STEP}:step>", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def step(meeting_id: uuid.UUID, step: str) -> ResponseReturnValue:
    meeting, name = opened(meeting_id), step.replace("-", "_")
    MEETING.step(name, meeting, g.actor)
    form = MoveForm() if name == "move" else StepForm()
    if request.method == "GET":
        return step_page(meeting, name, filled(meeting, name))
    if not form.validate():
        return step_page(meeting, name, form), 422
    given = form.data | {"figures": published}
    try:
        actions.take(meeting, name, given, actor=g.actor, at=moment(), stamp=form.stamp)
    except Refused as refused:
        start_over()
        return refused_page(meeting_id, name, form, refused), 422
    except Overtaken:
        return overtaken(meeting_id)
    if name == "move":
        warn(meeting)
    flash(str(words.DONE[name]), "success")
    return see_other(".show", meeting_id=meeting_id)


def filled(meeting: Meeting, name: str) -> StepForm:
    if name != "move":
        return StepForm(formdata=None, revision=meeting.revision)
    first, last = times(meeting)
    told = {"day": day_of(meeting.starts_at), "starts": first, "ends": last}
    return MoveForm(formdata=None, revision=meeting.revision, **told, **where_of(meeting))


def step_page(meeting: Meeting, name: str, form: StepForm) -> str:
    return page("status_meetings/step.html", meeting=meeting, step=name, form=form, words=words)


def refused_page(meeting_id: uuid.UUID, name: str, form: StepForm, refused: Refused) -> str:
    """At the form's fields; what a step with a button alone lacks, on the page of the meeting."""
    if name in WITH_FORM:
        form.show(refused.lacks)
        return step_page(queries.meeting(meeting_id), name, form)
    return show_page(queries.meeting(meeting_id), refused.lacks)


def overtaken(meeting_id: uuid.UUID) -> ResponseReturnValue:
    start_over()
    flash(_("Mødet er ændret, siden du åbnede siden. Se det, som det er nu."), "warning")
    return show_page(queries.meeting(meeting_id)), 409


@bp.post("/<uuid:meeting_id>/approve")
@requires(Permission.MEETING_READ)
def approve(meeting_id: uuid.UUID) -> ResponseReturnValue:
    meeting, form = opened(meeting_id), StepForm()
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "stamp": form.stamp}
    try:
        actions.take(meeting, "approve", {"number": form.number.data}, **how)
    except Refused as refused:
        start_over()
        return show_page(queries.meeting(meeting_id), refused.lacks), 422
    except (NotNow, Overtaken):
        return overtaken(meeting_id)
    flash(str(words.DONE["approve"]), "success")
    return see_other(".show", meeting_id=meeting_id)


# --- Who takes part ---


@bp.route("/<uuid:meeting_id>/people", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def who(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Asked, taken off, and while the meeting runs: who came."""
    meeting = opened(meeting_id)
    form = PersonForm()
    form.offer(one for one in colleagues() if one.is_active(today()))
    if request.method == "GET":
        return people_page(meeting, form)
    do = request.form.get("do", "ask")
    if do == "ask" and not form.validate():
        return people_page(meeting, form), 422
    try:
        PEOPLE.get(do, ask)(meeting, form)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return people_page(queries.meeting(meeting_id), form), 422
    if do == "attend":
        flash(_("Fremmødet er gemt."), "success")
        return see_other(".show", meeting_id=meeting_id)
    return see_other(".who", meeting_id=meeting_id)


def people_page(meeting: Meeting, form: PersonForm) -> str:
    found = queries.participants(meeting.id)
    return page(
        "status_meetings/people.html",
        meeting=meeting,
        people=found,
        names=names_on([row.party_id for row in found if row.party_id], today()),
        away=people.away(meeting, today()),
        form=form,
        words=words,
        may_attend=meeting.state == MeetingState.IN_PROGRESS,
        may_ask=meeting.state in people.OPEN,
    )


def ask(meeting: Meeting, form: PersonForm) -> None:
    how: dict[str, Any] = {"actor": g.actor, "at": moment()}
    taking = Taking(form.taking.data)
    if form.user_id.data:
        person = colleague(uuid.UUID(form.user_id.data))
        people.ask_colleague(meeting, person, taking, **how)
        return
    name, mail = (form.name.data or "").strip(), (form.mail.data or "").strip()
    people.ask_outside(meeting, name, (form.title.data or "").strip(), mail, taking, **how)


def leave_out(meeting: Meeting, form: PersonForm) -> None:
    row_id = request.form.get("row", type=uuid.UUID)
    if row_id:
        people.leave_out(meeting, row_id, actor=g.actor, at=moment())


def attend(meeting: Meeting, form: PersonForm) -> None:
    """A radio button for each, or one button for all, with a text for who came instead."""
    ids = [row.id for row in queries.participants(meeting.id)]
    said, given = {"yes": True, "no": False}, request.form
    there = {one: said.get(given.get("all", given.get(f"there-{one}", ""))) for one in ids}
    instead = {one: request.form.get(f"instead-{one}", "").strip()[:200] or None for one in ids}
    people.attend(meeting, there, instead, actor=g.actor)


PEOPLE = {"ask": ask, "leave_out": leave_out, "attend": attend}
