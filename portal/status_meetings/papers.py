"""What leaves a meeting as a document, from what was frozen and nothing newer.

Both parties read the agenda and the minutes. The committee's paper and the year are for others, so
small numbers of packages are not told there.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import starmap

from flask_babel import format_date, format_time
from flask_babel import gettext as _

from portal import pdf, suppression
from portal.clock import COPENHAGEN, day_of
from portal.db import Json
from portal.meetings.parts import MeetingMinutes, NoteKind, Taking
from portal.meetings.reminding import reference_of
from portal.meetings.series import Meeting
from portal.organisations.queries import name_on
from portal.status_meetings import words

# Points whose number of packages is told to others only where it is not small.
OF_PACKAGES = {"overdue", "escalated", "contested", "rejections"}
FIGURES = ("label", "target", "text", "period", "source")


def letter(
    meeting: Meeting, version: str, day: date, digest: str | None, by: uuid.UUID | None = None
) -> pdf.Letter:
    """Of whoever called the meeting together, unless it is `by` another organisation."""
    made: pdf.Letter = {
        "sender": {"name": name_on(by or meeting.organisation_id, day)},
        "reference": reference_of(meeting.agreement),
        "version": version,
        "dated": format_date(day, "long"),
    }
    if digest:
        made["hash"] = digest
    return made


def when(meeting: Meeting) -> str:
    return time_of(meeting.starts_at, meeting.ends_at)


def time_of(starts_at: datetime, ends_at: datetime) -> str:
    day = format_date(starts_at.astimezone(COPENHAGEN).date(), "full")
    first, last = (format_time(one, "HH.mm") for one in (starts_at, ends_at))
    return str(_("%(day)s kl. %(first)s–%(last)s", day=day, first=first, last=last))


def name_of(meeting: Meeting) -> str:
    return f"{meeting.series.title} {meeting.number}"


# --- The agenda as it was sent ---


def pack(meeting: Meeting) -> pdf.Paper:
    """Raises ValueError before the agenda is sent: nothing is frozen then."""
    told = frozen(meeting)
    day = date.fromisoformat(told["day"])
    return {
        "letter": letter(meeting, "1", day, meeting.pack_hash),
        "title": str(_("Dagsorden: %(name)s", name=name_of(meeting))),
        "about": "Dagsorden med de tal og punkter, som den bygger på",
        "subtitle": meeting.agreement.title,
        "numbered": True,
        "facts": [(_("Tid"), when(meeting)), (_("Sted"), where(meeting))],
        "sections": [*map(point, told["items"]), *figures(told["figures"])],
    }


def frozen(meeting: Meeting) -> Json:
    if meeting.pack is None:
        raise ValueError("the agenda is not sent, so nothing is frozen")
    return meeting.pack


def where(meeting: Meeting) -> str:
    return ", ".join(filter(None, (meeting.place, meeting.video_link)))


def point(told: Json) -> pdf.Passage:
    minutes = _("%(count)d minutter", count=told["minutes"])
    made: pdf.Passage = {"heading": f"{told['title']} ({minutes})", "text": told["text"]}
    evidence = told["evidence"] or {}
    if evidence.get("references"):
        made["points"] = [f"{one['reference']}: {one['note']}" for one in evidence["references"]]
    if evidence.get("rows"):
        made["heads"], made["rows"] = evidence["heads"], evidence["rows"]
    return made


def figures(found: Sequence[Json]) -> Iterator[pdf.Passage]:
    if found:
        yield {
            "heading": str(_("Alle aftalens mål, som de stod")),
            "heads": figure_heads(),
            "rows": [figure_row(one) for one in found],
        }


def figure_heads() -> list[str]:
    return [_("Mål"), _("Aftalt"), _("Målt"), _("Periode"), _("Kilde")]


def figure_row(told: Json) -> list[str]:
    return [str(told[name]) if told[name] is not None else "–" for name in FIGURES]


# --- The minutes ---


def minutes(meeting: Meeting, shared: MeetingMinutes, approved: Sequence[str]) -> pdf.Paper:
    told = shared.content
    started, ended = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    facts: list[pdf.Fact] = [
        (_("Tid"), time_of(started, ended)),
        (_("Sted"), told["where"] or ""),
        (_("Godkendt"), "; ".join(approved) or str(_("Ikke godkendt endnu"))),
    ]
    return {
        "letter": letter(meeting, str(shared.number), day_of(shared.shared_at), shared.hash),
        "title": str(_("Referat: %(title)s %(number)d", **names(told))),
        "about": "Referat af et møde om en samarbejdsaftale",
        "subtitle": meeting.agreement.title,
        "numbered": False,  # the points have the numbers of the agenda
        "facts": facts,
        "sections": [people(told["people"]), *starmap(noted, enumerate(told["items"], start=1))],
    }


def names(told: Json) -> Json:
    return {name: told[name] for name in ("title", "number")}


def people(found: Sequence[Json]) -> pdf.Passage:
    heads = [_("Navn"), _("Fra"), _("Fremmøde")]
    return {"heading": str(_("Deltagere")), "heads": heads, "rows": [*map(person, found)]}


def person(told: Json) -> list[str]:
    there = {True: _("Var med"), False: _("Var ikke med")}.get(told["attended"], "–")
    if told["instead"]:
        there = _("I stedet kom %(who)s", who=told["instead"])
    as_what = Taking(told["taking"])
    name = told["name"] if as_what == Taking.MEMBER else f"{told['name']} ({words.TAKING[as_what]})"
    return [name, told["party"] or told["title"] or "–", str(there)]


def noted(number: int, told: Json) -> pdf.Passage:
    made: pdf.Passage = {"heading": f"{number}. {told['title']}", "text": told["text"]}
    if told["notes"]:
        made["points"] = [line(one) for one in told["notes"]]
    return made


def line(told: Json) -> str:
    kind = NoteKind(told["kind"])
    text = f"{words.NOTES[kind]}: {told['text']}"
    if kind != NoteKind.ACTION:
        return text
    due = format_date(date.fromisoformat(told["due_on"]), "long")
    who = f"{told['person']}, {told['party']}" if told["party"] else told["person"]
    return str(_("%(text)s (%(who)s, senest %(due)s)", text=text, who=who, due=due))


# --- For a committee ---


def committee(meeting: Meeting, shared: MeetingMinutes, by: uuid.UUID) -> pdf.Paper:
    """A paper for information ("orientering"), in the headings that committees know, from the
    organisation whose committee it is for.

    What only the administration can say is left to it, and the paper is marked a draft until then.
    """
    told, done = frozen(meeting), shared.content
    frame = letter(meeting, str(shared.number), day_of(shared.shared_at), None, by)
    frame["mark"] = str(_("Kladde"))
    title, day = meeting.agreement.title, format_date(meeting.day, "long")
    return {
        "letter": frame,
        "title": str(_("Orientering om samarbejdet efter aftalen")),
        "about": "Sagsfremstilling til orientering for et udvalg",
        "subtitle": title,
        "numbered": False,
        "sections": [
            {
                "heading": "Beslutningstema",
                "text": _("Udvalget orienteres om status på »%(title)s«: mål, indsats og de "
                          "beslutninger, som parterne traf på statusmødet den %(day)s.",
                          title=title, day=day),
            },
            contents(told, done),
            *figures(told["figures"]),
            *packages_told(told, meeting.day),
            decided_at(done),
            {"heading": "Retligt grundlag", "text": _("Lov om en aktiv beskæftigelsesindsats.")},
            {"heading": "Handlemuligheder", "text": _("Udvalget kan modtage orienteringen.")},
            {"heading": "Vurdering", "text": _("Forvaltningens vurdering skrives her.")},
            {
                "heading": "Økonomiske og personalemæssige konsekvenser",
                "text": _("Forvaltningens bemærkninger skrives her."),
            },
            {
                "heading": "Tværgående konsekvenser",
                "text": _("Forvaltningens bemærkninger skrives her."),
            },
            {
                "heading": "Indstilling",
                "text": _("Det indstilles, at udvalget tager sagen til orientering."),
            },
        ],
    }  # fmt: skip


def contents(told: Json, done: Json) -> pdf.Passage:
    parties = sorted({one["party"] for one in done["people"] if one["party"]})
    text = _("%(parties)s mødtes for at evaluere og justere aftalen. Dagsordenen byggede på "
             "aftalens tal pr. %(day)s.", parties=_(" og ").join(parties),
             day=format_date(date.fromisoformat(told["day"]), "long"))  # fmt: skip
    return {
        "heading": "Sagens indhold",
        "text": text,
        "points": [one["title"] for one in told["items"]],
    }


def packages_told(told: Json, day: date) -> Iterator[pdf.Passage]:
    """How many, where they are not few: whoever reads this may not open the packages."""
    rows = []
    for one in told["items"]:
        if one["source"] in OF_PACKAGES:
            count = (one["evidence"] or {}).get("count", 0)
            rows.append([one["title"], str(suppression.shown({"all": count}, day).total)])
    if rows:
        heads = [_("Overdragelser"), _("Antal")]
        yield {"heading": str(_("Overdragelser i perioden")), "heads": heads, "rows": rows}


def decided_at(done: Json) -> pdf.Passage:
    found = [note for item in done["items"] for note in item["notes"]]
    decisions = [one["text"] for one in found if one["kind"] == NoteKind.DECISION]
    return {
        "heading": str(_("Parternes beslutninger")),
        "points": decisions or [str(_("Parterne traf ingen beslutninger."))],
    }
