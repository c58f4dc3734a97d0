"""What an event says of a step: its title, and what was before and after.

The same for the timeline of the page and the receipts of the documents.
"""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from portal.clock import day_of
from portal.db import Json
from portal.handovers import passages, words
from portal.handovers.days import short
from portal.handovers.reminding import DRAFT, Level
from portal.handovers.unassigned import UNASSIGNED


def title(event: Any) -> str:
    told = str(words.HAPPENED[event.step])
    if event.step in {"refuse_request", "take_back_request"}:
        return f"{told}: {words.REQUESTS[event.detail['kind']]}"
    if event.step in {"assign", "move", "move_case", "submit_for_signoff"}:
        return f"{told}: {event.detail['person']}"
    if event.step in {"amend", "correct"}:
        return f"{told}: {words.PARTS[event.detail['path']]}"
    if event.step == "plan_meeting" and event.detail.get("was"):
        return str(_("Samtale flyttet") if is_moved(event.detail) else _("Samtale ændret"))
    return told


def by(event: Any, names: dict[str, str]) -> str:
    """The person and the party; Samspil itself is of neither."""
    if event.user_id is None and event.person == "Samspil":
        return "Samspil"
    return f"{event.person}, {names.get(str(event.organisation_id), _('tidligere modtager'))}"


def reminder(notice: Any) -> str:
    """Who was told of which deadline: both parties see that it was not forgotten."""
    if notice.clock == DRAFT:
        return str(_("Påmindelse om kladden"))
    if notice.clock == UNASSIGNED:
        return str(_("Besked sendt: pakken er ikke tildelt nogen"))
    told: dict[Level, str] = {
        Level.REMINDER: _("Påmindelse sendt: fristen er %(day)s"),
        Level.LATE: _("Besked sendt om fristen %(day)s, også til postkassen"),
        Level.OWNERS: _("Begge parters aftaleejere har fået besked om fristen %(day)s"),
        Level.AGENDA: _("Sat på dagsordenen for næste statusmøde: fristen var %(day)s"),
    }
    return told[Level(notice.level)] % {"day": short(notice.due_on)}


def is_moved(detail: Json) -> bool:
    """To another time; who moves it to another place leaves the time as it was."""
    was, after = (datetime.fromisoformat(detail[name]) for name in ("was", "is"))
    return was != after


def change(event: Any) -> str:
    """The day before and after, where a step set or changed one."""
    told = CHANGES.get(event.step)
    return told(event.detail) if told else ""


def of_responsibility(detail: Json) -> str:
    if "is" not in detail:
        return ""
    was, after = detail["was"], short(date.fromisoformat(detail["is"]))
    before = short(date.fromisoformat(was)) if was else _("Ikke fastsat")
    return str(_("Ansvaret overgår: %(was)s → %(after)s", was=before, after=after))


def of_acceptance(detail: Json) -> str:
    said = of_rating(detail["rating"]) if "rating" in detail else ""
    return "\n".join(filter(None, [of_responsibility(detail), said]))


def of_rating(said: Json) -> str:
    """What the receiver said of the package, in a line."""
    complete = {True: _("pakken var komplet"), False: _("pakken var ikke komplet")}
    usable = {True: _("planen kan bruges"), False: _("planen kan ikke bruges")}
    words = [complete.get(said["complete"]), usable.get(said["plan_usable"])]
    if said["missing"]:
        words.append(_("manglede: %(what)s", what=", ".join(said["missing"])))
    return str(_("Kommunens vurdering: %(said)s", said=", ".join(filter(None, words))))


def of_meeting(detail: Json) -> str:
    after = time(detail["is"])
    told = _("Samtalen: %(at)s", at=after)
    if "was" in detail and is_moved(detail):
        told = _("Samtalen: %(was)s → %(after)s", was=time(detail["was"]), after=after)
    return f"{told}{why(detail)}"


def of_cancelled(detail: Json) -> str:
    told = _("Samtalen skulle være holdt %(at)s", at=time(detail["was"]))
    return f"{told}{why(detail)}"


def of_slots(detail: Json) -> str:
    return "; ".join(time(one["starts"]) for one in detail["slots"])


def of_no_show(detail: Json) -> str:
    when = _("Samtalen skulle være holdt %(at)s", at=time(detail["was"]))
    return f"{when}. {words.NO_SHOW_REASONS[detail['code']]}"


def of_waived(detail: Json) -> str:
    return str(words.WAIVE_REASONS[detail["code"]])


def why(detail: Json) -> str:
    """The reason that was chosen; what was written beside it is the event's own."""
    return f". {words.MEETING_REASONS[detail['code']]}" if "code" in detail else ""


def of_hold(detail: Json) -> str:
    return str(_("Til %(day)s", day=short(date.fromisoformat(detail["until"]))))


def of_obsolete(detail: Json) -> str:
    reason = words.OBSOLETE_REASONS[detail["code"]]
    day = short(date.fromisoformat(detail["day"]))
    return str(_("%(reason)s %(day)s. Kilde: %(source)s", reason=reason, day=day,
                 source=detail["source"]))  # fmt: skip


def of_error(detail: Json) -> str:
    return str(words.ERROR_REASONS[detail["code"]])


def of_redirect(detail: Json) -> str:
    return f"{detail['was']} → {detail['is']}"


def of_superseded(detail: Json) -> str:
    return str(_("Erstattet af %(reference)s", reference=detail["reference"]))


def of_withdrawal(detail: Json) -> str:
    return str(words.WITHDRAWAL_REASONS[detail["code"]])


def of_phone(detail: Json) -> str:
    day = short(date.fromisoformat(detail["day"]))
    return str(_("Talt med %(who)s den %(day)s", who=detail["with_whom"], day=day))


CHANGES = {
    "acknowledge_by_phone": of_phone,
    "accept": of_acceptance,
    "plan_meeting": of_meeting,
    "cancel_meeting": of_cancelled,
    "offer_slots": of_slots,
    "pick_slot": of_meeting,
    "record_no_show": of_no_show,
    "waive_meeting": of_waived,
    "ask_withdrawal": of_withdrawal,
    "hold": of_hold,
    "mark_error": of_error,
    "agree_redirect": of_redirect,
    "obsolete": of_obsolete,
    "supersede": of_superseded,
    "succeed": of_redirect,
}


def time(written: str) -> str:
    """In Copenhagen; the same in both languages."""
    at = datetime.fromisoformat(written)
    return f"{short(day_of(at))} kl. {passages.clock(at)}"
