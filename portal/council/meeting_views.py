"""The pages of a council's own meetings: planned, prepared, held and written down."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import COPENHAGEN, moment, today
from portal.council import meeting_actions as actions
from portal.council import meeting_queries as queries
from portal.council import words
from portal.council.meeting_forms import CouncilPersonForm, CouncilPlanForm, DecisionForm
from portal.council.models import CouncilItem, CouncilMeeting
from portal.council.project_papers import attached_to
from portal.council.workflow import COUNCIL_MEETING
from portal.meetings import planning
from portal.meetings.series import COMING, MeetingState
from portal.organisations.queries import colleague, colleagues
from portal.status_meetings import words as meeting_words
from portal.status_meetings.forms import MoveForm, PointForm, StepForm
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("council_meetings", __name__, url_prefix="/council-meetings")
WITH_FORM = {"move", "cancel", "approve"}
STEP = "any(move, 'send-agenda', begin, 'share-minutes', approve, cancel)"


def opened(meeting_id: uuid.UUID) -> CouncilMeeting:
    concerning("council_meeting", meeting_id)
    return queries.meeting(meeting_id)


def shown(template: str, **context: Any) -> str:
    return page(template, words=meeting_words, own_words=words, **context)


@bp.get("/")
@requires(Permission.FIGURES_READ)
def index() -> str:
    may_write = g.actor.may(Permission.COUNCIL_WRITE)
    return shown(
        "council/meetings.html", meetings=queries.meetings(), may_write=may_write, today=today()
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COUNCIL_WRITE)
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return shown("council/meeting_new.html", form=proposed())
    form = CouncilPlanForm()
    if not form.validate():
        return shown("council/meeting_new.html", form=form), 422
    try:
        made = actions.plan(form.plan(), colleagues(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return shown("council/meeting_new.html", form=form), 422
    for one in made:
        warn(one)
    flash(_("Møderne er planlagt, og deltagerne får dem i kalenderen."), "success")
    return see_other(".index")


def proposed() -> CouncilPlanForm:
    form, newest = CouncilPlanForm(formdata=None), queries.newest()
    for field, day in zip(form.days, actions.proposed_days(today()), strict=False):
        field.data = day
    if newest:
        form.series.data = newest.series
        form.starts.data, form.ends.data = times(newest)
        form.place.data, form.video_link.data = newest.place, newest.video_link
    return form


def times(meeting: CouncilMeeting) -> list[Any]:
    both = (meeting.starts_at, meeting.ends_at)
    return [one.astimezone(COPENHAGEN).time() for one in both]


def warn(meeting: CouncilMeeting) -> None:
    """Of a day on which many are away; the meeting stands, and can be moved."""
    if told := planning.warning(meeting.day):
        flash(f"{format_date(meeting.day, 'long')}: {told}", "warning")


# --- One meeting ---


@bp.get("/<uuid:meeting_id>")
@requires(Permission.FIGURES_READ)
def show(meeting_id: uuid.UUID) -> str:
    return show_page(opened(meeting_id))


def show_page(meeting: CouncilMeeting, lacks: Any = ()) -> str:
    return shown(
        "council/meeting.html",
        meeting=meeting,
        people=queries.people(meeting.id),
        items=queries.agenda(meeting.id),
        steps=[one.name for one in COUNCIL_MEETING.open_steps(meeting, g.actor)],
        may_write=g.actor.may(Permission.COUNCIL_WRITE),
        form=StepForm(formdata=None, revision=meeting.revision),
        lacks=lacks,
        state=MeetingState,
    )


@bp.route(f"/<uuid:meeting_id>/<{STEP}:step>", methods=["GET", "POST"])
@requires(Permission.COUNCIL_WRITE)
def step(meeting_id: uuid.UUID, step: str) -> ResponseReturnValue:
    meeting, name = opened(meeting_id), step.replace("-", "_")
    COUNCIL_MEETING.step(name, meeting, g.actor)
    form = MoveForm() if name == "move" else StepForm()
    if request.method == "GET":
        return step_page(meeting, name, filled(meeting, name))
    if not form.validate():
        return step_page(meeting, name, form), 422
    given = form.data | {"papers": attached_to}
    try:
        actions.take(meeting, name, given, actor=g.actor, at=moment(), stamp=form.stamp)
    except Refused as refused:
        start_over()
        return refused_page(meeting_id, name, form, refused), 422
    except Overtaken:
        return overtaken(meeting_id)
    flash(str(words.DONE[name]), "success")
    return see_other(".show", meeting_id=meeting_id)


def filled(meeting: CouncilMeeting, name: str) -> StepForm:
    if name != "move":
        return StepForm(formdata=None, revision=meeting.revision)
    first, last = times(meeting)
    told = {"day": meeting.day, "starts": first, "ends": last}
    where = {"place": meeting.place, "video_link": meeting.video_link}
    return MoveForm(formdata=None, revision=meeting.revision, **told, **where)


def step_page(meeting: CouncilMeeting, name: str, form: StepForm) -> str:
    return shown("council/meeting_step.html", meeting=meeting, step=name, form=form)


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


# --- The agenda ---


@bp.route("/<uuid:meeting_id>/items", methods=["GET", "POST"])
@requires(Permission.COUNCIL_WRITE)
def agenda(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The whole agenda: draw it from the facts, take all proposals, or add a point."""
    meeting, form = opened(meeting_id), PointForm()
    if request.method == "GET":
        return agenda_page(meeting, form)
    match request.form.get("do"):
        case "draw":
            new_ = actions.draw(meeting, actor=g.actor, at=moment())
            told = _("Dagsordenen er hentet fra dagens tal. Nye punkter: %(new)d.", new=new_)
            flash(told, "success")
        case "take_all":
            actions.take_all(meeting, actor=g.actor)
        case _other:
            if not form.validate():
                return agenda_page(meeting, form), 422
            actions.add(meeting, form.words(), actor=g.actor)
    back = ".agenda" if meeting.state == MeetingState.PLANNED else ".show"
    return see_other(back, meeting_id=meeting_id)


def agenda_page(meeting: CouncilMeeting, form: PointForm) -> str:
    items = queries.items(meeting.id)
    return shown("council/meeting_agenda.html", meeting=meeting, items=items, form=form)


@bp.route("/<uuid:meeting_id>/items/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.COUNCIL_WRITE)
def item(meeting_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """One point: worded and placed before the meeting, decided on while it runs."""
    meeting = opened(meeting_id)
    row, do = queries.item(meeting_id, item_id), request.form.get("do", "")
    if do in {"accept", "remove", "bring", "up", "down"}:
        actions.arrange(meeting, row, do, actor=g.actor)
        return see_other(".agenda", meeting_id=meeting_id)
    form = item_form(meeting, row)
    if not form.validate_on_submit():
        return item_page(meeting, row, form), 422 if form.errors else 200
    try:
        write(meeting, row, form)
    except Overtaken:
        return both_texts(meeting_id, item_id, form)
    back = ".agenda" if meeting.state == MeetingState.PLANNED else ".show"
    return see_other(back, meeting_id=meeting_id)


def item_form(meeting: CouncilMeeting, row: CouncilItem) -> Any:
    """What can be written of a point now; what was typed if anything was."""
    kind = PointForm if meeting.state == MeetingState.PLANNED else DecisionForm
    return kind(obj=row)


def write(meeting: CouncilMeeting, row: CouncilItem, form: Any) -> None:
    how: dict[str, Any] = {"seen": form.revision.data or 0, "actor": g.actor}
    if meeting.state == MeetingState.PLANNED:
        actions.reword(meeting, row, form.words(), **how)
    else:
        actions.decide(meeting, row, form.decision.data.strip(), **how)


def item_page(meeting: CouncilMeeting, row: CouncilItem, form: Any, now: str = "") -> str:
    return shown("council/meeting_item.html", meeting=meeting, item=row, form=form, now=now)


def both_texts(meeting_id: uuid.UUID, item_id: uuid.UUID, form: Any) -> ResponseReturnValue:
    """What was typed stays in the form; beside it what somebody else has saved meanwhile."""
    start_over()
    meeting, row = queries.meeting(meeting_id), queries.item(meeting_id, item_id)
    form.revision.data, form.revision.raw_data = row.revision, None
    told = row.text if meeting.state == MeetingState.PLANNED else row.decision or ""
    return item_page(meeting, row, form, told or row.title), 409


# --- Who takes part ---


@bp.route("/<uuid:meeting_id>/people", methods=["GET", "POST"])
@requires(Permission.COUNCIL_WRITE)
def who(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Asked, taken off, and while the meeting runs: who came."""
    meeting, form = opened(meeting_id), CouncilPersonForm()
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
    return see_other(".show" if do == "attend" else ".who", meeting_id=meeting_id)


def people_page(meeting: CouncilMeeting, form: CouncilPersonForm) -> str:
    return shown(
        "council/meeting_people.html",
        meeting=meeting,
        people=queries.people(meeting.id),
        form=form,
        may_attend=meeting.state == MeetingState.IN_PROGRESS,
        may_take_off=meeting.state in COMING,
        may_ask=meeting.state in {*COMING, MeetingState.IN_PROGRESS},
    )


def ask(meeting: CouncilMeeting, form: CouncilPersonForm) -> None:
    chosen = form.user_id.data
    person = colleague(uuid.UUID(chosen)) if chosen else None
    actions.ask(meeting, person, form.outside, actor=g.actor)


def leave_out(meeting: CouncilMeeting, form: CouncilPersonForm) -> None:
    if row_id := request.form.get("row", type=uuid.UUID):
        actions.leave_out(meeting, row_id, actor=g.actor)


def attend(meeting: CouncilMeeting, form: CouncilPersonForm) -> None:
    """A radio button for each, or one button for all."""
    said, given = {"yes": True, "no": False}, request.form
    ids = [row.id for row in queries.people(meeting.id)]
    there = {one: said.get(given.get("all", given.get(f"there-{one}", ""))) for one in ids}
    actions.attend(meeting, there, actor=g.actor)


PEOPLE = {"ask": ask, "leave_out": leave_out, "attend": attend}
