"""The papers of a council's meeting, from what was frozen and nothing newer."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import pdf
from portal.clock import day_of
from portal.council.models import CouncilItem, CouncilMeeting, CouncilParticipant
from portal.db import Json
from portal.organisations.queries import name_on
from portal.status_meetings.papers import point, time_of


def letter(meeting: CouncilMeeting, day: date, digest: str | None) -> pdf.Letter:
    made: pdf.Letter = {
        "sender": {"name": name_on(meeting.organisation_id, day)},
        "reference": f"RAADSMOEDE-{meeting.day:%Y%m%d}",
        "version": "1",
        "dated": format_date(day, "long"),
    }
    return made | {"hash": digest} if digest else made


def where(meeting: CouncilMeeting) -> str:
    return ", ".join(filter(None, (meeting.place, meeting.video_link)))


def when(meeting: CouncilMeeting) -> str:
    return time_of(meeting.starts_at, meeting.ends_at)


# --- The agenda with its papers, as it was sent ---


def pack(meeting: CouncilMeeting) -> pdf.Paper:
    """Raises ValueError before the agenda is sent: nothing is frozen then."""
    told = meeting.pack
    if told is None:
        raise ValueError("the agenda is not sent, so nothing is frozen")
    return {
        "letter": letter(meeting, date.fromisoformat(told["day"]), meeting.pack_hash),
        "title": str(_("Dagsorden: %(name)s", name=meeting.name)),
        "about": "Dagsorden og bilag til et rådsmøde",
        "subtitle": name_on(meeting.organisation_id, meeting.day),
        "numbered": False,  # the points have their own numbers, the papers none
        "facts": [(_("Tid"), when(meeting)), (_("Sted"), where(meeting))],
        "sections": [*points(told["items"]), *appendices(told["papers"])],
    }


def points(items: Sequence[Json]) -> Iterator[pdf.Passage]:
    for number, told in enumerate(items, start=1):
        made = point(told)
        made["heading"] = f"{number}. {made['heading']}"
        if papers := (told["evidence"] or {}).get("projects"):
            made["points"] = [_("Bilag: %(title)s", title=one["title"]) for one in papers]
        yield made


def appendices(papers: Sequence[Json]) -> Iterator[pdf.Passage]:
    for told in papers:
        yield {"heading": str(_("Bilag: %(title)s", title=told["title"])),
               "rows": [[*one] for one in told["facts"]], "heads": [_("Hvad"), _("Projektet")],
               "widths": [1, 2.5]}  # fmt: skip
        yield from told["sections"]


# --- What was decided ---


def content(
    meeting: CouncilMeeting, people: Sequence[CouncilParticipant], agenda: Sequence[CouncilItem]
) -> Json:
    """Who came and what was decided; nothing of it refers to rows that may change."""
    return {
        "name": meeting.name,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "where": where(meeting),
        "pack_hash": meeting.pack_hash,
        "people": [{"name": one.name, "attended": one.attended} for one in people],
        "items": [
            {"title": one.title, "text": one.text, "decision": one.decision} for one in agenda
        ],
    }


def minutes(meeting: CouncilMeeting) -> pdf.Paper:
    """Raises ValueError before they are shared."""
    told, shared = meeting.minutes, meeting.shared_at
    if told is None or shared is None:
        raise ValueError("the minutes are not shared")
    times = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    facts: list[pdf.Fact] = [
        (_("Tid"), time_of(*times)),
        (_("Sted"), told["where"]),
        (_("Godkendt"), meeting.approval or str(_("Ikke godkendt endnu"))),
    ]
    made = letter(meeting, day_of(shared), meeting.minutes_hash)
    if meeting.approval is None:
        made["mark"] = str(_("Kladde"))
    return {
        "letter": made,
        "title": str(_("Beslutningsreferat: %(name)s", name=told["name"])),
        "about": "Beslutningsreferat af et rådsmøde",
        "subtitle": name_on(meeting.organisation_id, meeting.day),
        "numbered": False,
        "facts": facts,
        "sections": [present(told["people"]), *decided(told["items"])],
    }


def present(people: Sequence[Json]) -> pdf.Passage:
    said = {True: _("Var med"), False: _("Var ikke med")}
    rows = [[one["name"], str(said.get(one["attended"], "–"))] for one in people]
    return {"heading": str(_("Deltagere")), "heads": [_("Navn"), _("Fremmøde")], "rows": rows}


def decided(items: Sequence[Json]) -> Iterator[pdf.Passage]:
    for number, one in enumerate(items, start=1):
        decision: Any = _("Beslutning: %(text)s", text=one["decision"])
        yield {"heading": f"{number}. {one['title']}", "text": one["text"],
               "points": [str(decision)]}  # fmt: skip
