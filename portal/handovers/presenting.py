"""What a package's page shows beside its content: what happened, who wrote, who has looked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask import g
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _

from portal.access import Permission
from portal.agreements.document import label
from portal.clock import day_of, today
from portal.handovers import events, following_up, passages, rating, reminding, slots, words
from portal.handovers.changes import in_a_line
from portal.handovers.content import readable
from portal.handovers.models import Party, Pending
from portal.handovers.page_forms import RevealForm
from portal.handovers.queries import Package


def beside(package: Package) -> dict[str, Any]:
    party = package.handover.party_of(g.actor) or Party.RECEIVER
    return {
        "timeline": timeline(package),
        "letters": letters(package),
        "waiting": waiting(package),
        "opened": opened(package),
        "who_saw": who_saw(package),
        "corrections": corrections(package),
        "unreached": unreached(package, party),
        "to_follow_up": to_follow_up(package, party),
        "missing_words": partial(rating.missing_words, package.handover),
        "present": present(package, party),
        "invitation": invitation(package),
        "slots": slots_of(package),
        "rejection_reasons": {
            one["code"]: label(one) for one in package.handover.parameters["rejection_reasons"]
        },
        "reveal": reveal(package),
        "user_id": g.actor.user_id,
    }


def reveal(package: Package) -> RevealForm | None:
    """Where there is a number, for those who may ask for it."""
    may = package.handover.cpr and g.actor.may(Permission.CPR_REVEAL)
    return RevealForm(formdata=None) if may else None


def timeline(package: Package) -> list[SimpleNamespace]:
    """Newest first: every step, with who took it and for which party, and what Samspil told of."""
    names = {
        package.handover.sender_id: package.names.sender,
        package.handover.receiver_id: package.names.receiver,
    }
    by_id = {str(key): name for key, name in names.items()}
    steps = [
        SimpleNamespace(
            at=event.at,
            title=events.title(event),
            by=events.by(event, by_id),
            note="\n".join(filter(None, [events.change(event), event.reason])),
        )
        for event in package.events
    ]
    is_sender = package.handover.party_of(g.actor) == Party.SENDER
    told = [
        SimpleNamespace(at=one.told_at, title=events.reminder(one), by="Samspil", note="")
        for one in package.notices
        if one.told_at and (is_sender or one.clock not in reminding.UNSENT)
    ]
    by_hand = [
        SimpleNamespace(
            at=one.at,
            title=_("Rykker sendt"),
            by=f"{one.person}, {by_id[one.organisation_id]}",
            note="",
        )
        for one in package.reminders
    ]
    return sorted(
        [*steps, *told, *by_hand, *of_files(package, by_id), *came_back(package, by_id)],
        key=lambda one: one.at,
        reverse=True,
    )


def came_back(package: Package, names: dict[str, str]) -> Iterator[SimpleNamespace]:
    for one in package.bounces:
        to = names.get(one.organisation_id or "", "")
        yield SimpleNamespace(at=one.at, title=_("En mail kom ikke frem"), by="Samspil", note=to)


def of_files(package: Package, names: dict[str, str]) -> Iterator[SimpleNamespace]:
    """Those that came after the package was sent, and those in which something was found."""
    sent_at = package.handover.sent_at
    for one in package.files:
        by = f"{one.person}, {names[one.organisation_id]}"
        if sent_at and one.uploaded_at > sent_at:
            title = _("Lagde en fil på pakken")
            yield SimpleNamespace(at=one.uploaded_at, title=title, by=by, note=one.name)
        if one.finding:
            title = _("Filen er afvist: der er fundet virus i den")
            yield SimpleNamespace(at=one.judged_at, title=title, by="Samspil", note=one.name)


def letters(package: Package) -> list[SimpleNamespace]:
    """Messages to both parties and the own side's notes, in their order, each marked.

    A question knows its answer, and an answer its question; an answer of who asked was found by it.
    """
    questions = {one.id: one for one in package.messages if one.answer_due_on}
    answers = {one.answers_id: one for one in package.messages if one.answers_id}
    both = [
        SimpleNamespace(
            own=False,
            reply=answers.get(one.id),
            question=questions.get(one.answers_id),
            **vars(one),
        )
        for one in package.messages
    ]
    own = [SimpleNamespace(own=True, **vars(one)) for one in package.notes]
    told = sorted([*both, *own], key=lambda one: one.at)
    for number, one in enumerate(told):
        one.is_new = number >= (package.seen or 0) and one.user_id != str(g.actor.user_id)
        one.is_ours = one.organisation_id == str(g.actor.organisation_id)
    return told


def waiting(package: Package) -> list[SimpleNamespace]:
    """The questions that the reader's own side is to answer."""
    asked = [one for one in letters(package) if not one.own and one.answer_due_on]
    return [one for one in asked if not one.reply and not one.is_ours]


def corrections(package: Package) -> list[SimpleNamespace]:
    """Newest first: what was, what is, and whether the other party has seen it."""
    for one in package.amendments:
        one.label = words.PARTS[one.path]
        one.was, one.is_now = (in_a_line(readable(value, one.path)) for value in (one.old, one.new))
        one.is_ours = one.organisation_id == str(g.actor.organisation_id)
    return package.amendments[::-1]


@dataclass(frozen=True)
class Seen:
    """What an organisation has opened, and on which days, the newest first."""

    organisation: str
    what: str
    days: list[date]


def who_saw(package: Package) -> list[Seen]:
    """By organisation and by what was opened: both parties read the same."""
    found: dict[tuple[str, str], list[SimpleNamespace]] = {}
    for one in package.openings:
        found.setdefault((one.organisation, words.opened(one.action)), []).append(one)
    return [
        Seen(organisation, what, days_of(rows))
        for (organisation, what), rows in sorted(found.items())
    ]


def days_of(rows: list[SimpleNamespace]) -> list[date]:
    days = {date.fromisoformat(day) for row in rows for day in row.days}
    return sorted(days, reverse=True)


def opened(package: Package) -> str | None:
    """That the receiver has opened the package: recorded, and it decides nothing."""
    now_with = str(package.handover.receiver_id)
    seen = [one for one in package.openings if str(one.organisation_id) == now_with]
    if not seen:
        return _("Ikke endnu") if package.handover.sent_at else None
    first = format_datetime(min(one.first_at for one in seen), _("d. MMMM 'kl.' HH.mm"))
    return str(_("Første gang %(at)s", at=first))


def unreached(package: Package, party: Party) -> list[SimpleNamespace]:
    """Mails that did not come to their readers since anybody last did something, while it is open.

    The name of who did not get it is the own side's business.
    """
    if package.handover.is_closed:
        return []
    since = [one for one in package.bounces if one.at >= package.handover.changed_at]
    own = {Party.SENDER: package.handover.sender_id, Party.RECEIVER: package.handover.receiver_id}
    sides = {str(id_): side for side, id_ in own.items()}
    told = {(sides.get(one.organisation_id or ""), one.reader) for one in since}
    return [came_to_nothing(package, side, reader, party) for side, reader in sorted(told, key=str)]


def came_to_nothing(
    package: Package, side: Party | None, reader: str | None, party: Party
) -> SimpleNamespace:
    is_ours = side == party
    organisation = getattr(package.names, side) if side else None
    return SimpleNamespace(is_ours=is_ours, who=reader if is_ours and reader else organisation)


def to_follow_up(package: Package, party: Party) -> SimpleNamespace | None:
    """What the reader's side may ask again now: the first that is open, once its day is near."""
    waiting = [one for one in package.follow_ups if one.done_at is None]
    is_near = waiting and following_up.opens_on(waiting[0]) <= today()
    return waiting[0] if is_near and party == Party.RECEIVER else None


def slots_of(package: Package) -> list[str]:
    """The times that one party has offered, as they are read."""
    request = package.request
    if request is None or request.kind != Pending.SLOTS:
        return []
    return [
        f"{passages.long_day(day_of(one.starts_at))} {passages.hours(one)}"
        for one in slots.offered(request)
    ]


def present(package: Package, party: Party) -> str:
    meeting = package.last_meeting
    if meeting is None or not meeting.attendance:
        return ""
    names = words.ATTENDANCE | {"member": words.person(party, today()).definite.capitalize()}
    there = [name for who, name in names.items() if meeting.attendance.get(who)]
    return ", ".join(map(str, there))


def invitation(package: Package) -> str:
    """What the municipality copies to Jobnet or Digital Post; Samspil calls nobody in.

    The citizen reads it: in Danish whatever language its sender reads.
    """
    meeting, with_fund = package.live_meeting, bool(package.handover.fund_attends)
    if meeting is None:
        return ""
    on = day_of(meeting.starts_at)
    word = passages.meeting_word(on, with_fund=with_fund)
    with force_locale("da"):
        when = f"{passages.long_day(on)} kl. {passages.clock(meeting.starts_at)}"
    where = f"Sted: {meeting.place}"
    if not meeting.place:
        where = f"Samtalen holdes på video: {meeting.video_link}"
    fund = "Din a-kasse deltager, fordi du har ønsket det."
    lines = [
        f"Kære {package.handover.member_name}",
        "",
        f"Vi indkalder dig til {word} {when}.",
        where,
        fund if with_fund else "Din a-kasse deltager ikke.",
        "",
        "Venlig hilsen",
        package.names.receiver,
    ]
    return "\n".join(lines)
