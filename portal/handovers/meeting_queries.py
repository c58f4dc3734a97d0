"""The meetings of one package, and what was said of them."""

from sqlalchemy import func, select

from portal.db import db
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes, MinutesObjection
from portal.handovers.models import Handover


def newest_meeting(handover: Handover) -> JointMeeting | None:
    """The one that is planned, or else the last that was."""
    rows = select(JointMeeting).where(JointMeeting.handover_id == handover.id)
    return db.session.scalars(rows.order_by(JointMeeting.created_at.desc()).limit(1)).one_or_none()


def missed_meetings(handover: Handover) -> int:
    rows = select(func.count()).select_from(JointMeeting)
    missed = rows.where(
        JointMeeting.handover_id == handover.id, JointMeeting.state == MeetingState.NO_SHOW
    )
    return db.session.scalar(missed) or 0


def open_objection(handover: Handover) -> MinutesObjection | None:
    """What the fund has against the newest minutes."""
    newest = select(func.max(Minutes.number)).where(Minutes.handover_id == handover.id)
    rows = select(MinutesObjection).where(
        MinutesObjection.handover_id == handover.id,
        MinutesObjection.number == newest.scalar_subquery(),
    )
    return db.session.scalars(rows).one_or_none()
