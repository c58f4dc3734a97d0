"""One's own calendar of meetings: its address for a calendar program, and what is read there."""

import uuid

from flask import Blueprint, Response, abort, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import limits, terms
from portal.access import Permission, public, requires
from portal.clock import day_of, moment, today
from portal.meetings import actions, queries
from portal.meetings.entry import Entry
from portal.meetings.queries import Appointment, Booked
from portal.meetings.series import MeetingKind
from portal.organisations.queries import colleague
from portal.web import concerning, page, see_other

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.get("/")
@requires(Permission.MEETING_READ)
def index() -> str:
    return page("meetings/calendar.html", feed=queries.feed_of(g.actor.user_id), address=None)


@bp.post("/")
@requires(Permission.MEETING_READ)
def make() -> str:
    """The address stands in this answer and is never shown again."""
    token = actions.make_feed(actor=g.actor, at=moment())
    address = url_for(".feed", token=token, _external=True)
    feed = queries.feed_of(g.actor.user_id)
    return page("meetings/calendar.html", feed=feed, address=address)


@bp.post("/revoke")
@requires(Permission.MEETING_READ)
def revoke() -> ResponseReturnValue:
    actions.revoke_feed(g.actor.user_id)
    flash(_("Adressen virker ikke længere."), "success")
    return see_other(".index")


@bp.post("/revoke/<uuid:user_id>")
@requires(Permission.USER_MANAGE)
def revoke_of(user_id: uuid.UUID) -> ResponseReturnValue:
    """A colleague's, when a telephone is gone or somebody reads along."""
    concerning("user", user_id)
    actions.revoke_feed(colleague(user_id).user.id)
    flash(_("Adressen virker ikke længere."), "success")
    return see_other("administration.user", user_id=user_id)


@bp.app_template_global()
def has_calendar(user_id: uuid.UUID) -> bool:
    """For the page of a user, which lies below."""
    return queries.feed_of(user_id) is not None


@bp.get("/<token>.ics")
@public
def feed(token: str) -> Response:
    """For a calendar program, which has no session. The secret in the address is the only key."""
    from portal.meetings.calendar import published

    limits.spend(f"calendar|{request.remote_addr}", limits.CALENDARS_PER_MINUTE)
    shown = queries.calendar_of(token, today())
    if shown is None:
        abort(404)
    limits.spend(f"calendar|{shown.feed_id}", limits.LOOKS_PER_MINUTE)
    with force_locale(shown.language):
        entries = [entry(one, shown.language) for one in shown.appointments]
        entries += [about_agreement(one) for one in shown.booked]
        made = Response(published(entries, _("Møder i Samspil")), content_type=CALENDAR)
    made.headers["Content-Disposition"] = 'attachment; filename="samspil.ics"'
    made.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    made.headers["Cache-Control"] = "private, no-cache"  # kept, but asked for every time
    made.add_etag()
    made.make_conditional(request)
    return made


CALENDAR = "text/calendar; charset=utf-8"


def entry(one: Appointment, language: str) -> Entry:
    """Neither place nor people: whoever knows the address reads it."""
    word = "joint_meeting" if one.with_fund else "meeting_without_fund"
    name = terms.on(day_of(one.starts_at), word, language=language).singular.capitalize()
    address = url_for("handovers.show", handover_id=one.handover_id, _external=True)
    return Entry(
        meeting_id=one.meeting_id,
        sequence=one.sequence,
        changed_at=one.changed_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        title=f"{name} {one.reference}",
        text=_("Åbn pakken i Samspil: %(address)s", address=address),
        url=address,
    )


def about_agreement(one: Booked) -> Entry:
    """The agreement's key and the way to the meeting."""
    is_steering = one.kind == MeetingKind.STEERING
    word = _("Styregruppemøde") if is_steering else _("Statusmøde")
    address = url_for("status_meetings.show", meeting_id=one.meeting_id, _external=True)
    return Entry(
        meeting_id=one.meeting_id,
        sequence=one.sequence,
        changed_at=one.changed_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        title=f"{word} {one.key.upper()}",
        text=_("Åbn mødet i Samspil: %(address)s", address=address),
        url=address,
    )
