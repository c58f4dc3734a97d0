"""What a package's page shows beside its content: what happened, who wrote, who has looked."""

from types import SimpleNamespace
from typing import Any

from flask import g
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _

from portal import terms
from portal.access import Permission
from portal.agreements.document import label
from portal.clock import today
from portal.handovers import words
from portal.handovers.forms import RevealForm
from portal.handovers.models import Party
from portal.handovers.queries import Package


def beside(package: Package) -> dict[str, Any]:
    return {
        "timeline": timeline(package),
        "letters": letters(package),
        "opened": opened(package),
        "present": present(package),
        "invitation": invitation(package),
        "rejection_reasons": {
            one["code"]: label(one) for one in package.handover.parameters["rejection_reasons"]
        },
        "reveal": reveal(package),
        "user_id": g.actor.user_id,
        "today": today(),
    }


def reveal(package: Package) -> RevealForm | None:
    """Where there is a number, for those who may ask for it."""
    may = package.handover.cpr and g.actor.may(Permission.CPR_REVEAL)
    return RevealForm(formdata=None) if may else None


def timeline(package: Package) -> list[SimpleNamespace]:
    """Newest first; every event is a step, with who took it and for which party."""
    names = {
        package.handover.sender_id: package.names.sender,
        package.handover.receiver_id: package.names.receiver,
    }
    by_id = {str(key): name for key, name in names.items()}
    return [
        SimpleNamespace(
            at=event.at,
            title=title(event),
            by=f"{event.person}, {by_id[event.organisation_id]}",
            note=event.reason,
        )
        for event in reversed(package.events)
    ]


def title(event: SimpleNamespace) -> str:
    told = str(words.HAPPENED[event.step])
    if event.step == "assign":
        return f"{told}: {event.detail['person']}"
    return told


def letters(package: Package) -> list[SimpleNamespace]:
    """Messages to both parties and the own side's notes, in their order, each marked."""
    both = [SimpleNamespace(own=False, **vars(one)) for one in package.messages]
    own = [SimpleNamespace(own=True, **vars(one)) for one in package.notes]
    return sorted([*both, *own], key=lambda one: one.at)


def opened(package: Package) -> str | None:
    """That the receiver has opened the package: recorded, and it decides nothing."""
    seen = [one for one in package.openings if one.side == Party.RECEIVER]
    if not seen:
        return _("Ikke endnu") if package.handover.sent_at else None
    first = format_datetime(seen[0].first_at, _("d. MMMM 'kl.' HH.mm"))
    return str(_("Første gang %(at)s", at=first))


def present(package: Package) -> str:
    meeting = package.last_meeting
    if meeting is None or not meeting.attendance:
        return ""
    there = [words.ATTENDANCE[who] for who in words.ATTENDANCE if meeting.attendance.get(who)]
    return ", ".join(map(str, there))


def invitation(package: Package) -> str:
    """What the municipality copies to Jobnet or Digital Post; Samspil calls nobody in."""
    meeting = package.live_meeting
    if meeting is None:
        return ""
    term = "joint_meeting" if package.handover.fund_attends else "meeting_without_fund"
    word = terms.on(today(), term, language=get_locale().language).singular
    lines = [
        _("Kære %(name)s", name=package.handover.member_name),
        "",
        _(
            "Vi indkalder dig til %(word)s %(day)s kl. %(time)s.",
            word=word,
            day=format_date(meeting.starts_at, _("EEEE 'den' d. MMMM y")),
            time=format_datetime(meeting.starts_at, _("HH.mm")),
        ),
        _("Sted: %(place)s", place=meeting.place)
        if meeting.place
        else _("Samtalen holdes på video: %(link)s", link=meeting.video_link),
        _("Din a-kasse deltager, fordi du har ønsket det.")
        if package.handover.fund_attends
        else _("Din a-kasse deltager ikke."),
        "",
        _("Venlig hilsen"),
        package.names.receiver,
    ]
    return "\n".join(lines)
