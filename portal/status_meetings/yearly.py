"""What the parties did in a year: their meetings, their decisions, and how the figures went.

The figures are those that were published, so whoever reads the paper can work out nothing more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import pdf
from portal.agreements.models import Agreement
from portal.clock import day_of
from portal.goals import pictures
from portal.goals.figure_words import promise
from portal.goals.pictures import Line
from portal.goals.published import Past, curve_of, figures_of, last_told
from portal.meetings.parts import MeetingMinutes
from portal.meetings.series import Meeting
from portal.status_meetings.decisions import Fate
from portal.status_meetings.papers import frozen, letter, name_of

Held = Sequence[tuple[Meeting, MeetingMinutes]]


def paper(
    agreement: Agreement, year: int, held: Held, fates: Sequence[Fate], today: date
) -> pdf.Paper:
    """Of at least one meeting that was held; with what of the year is published by `today`."""
    meeting, shared = held[-1]
    until = last_told(year, today)
    lines = pictures.lines(figures_of(agreement.id, until))
    return {
        "letter": letter(meeting, str(year), max(until, day_of(shared.shared_at)), None),
        "title": str(_("Årsevaluering %(year)d", year=year)),
        "about": "Et års møder, beslutninger og tal om en samarbejdsaftale",
        "subtitle": agreement.title,
        "numbered": True,
        "sections": [
            meetings(held),
            decisions(held, fates),
            *from_meeting_to_meeting(held),
            *goals(lines),
            *curve(agreement, year),
        ],
    }


def meetings(held: Held) -> pdf.Passage:
    return {
        "heading": str(_("Møder")),
        "heads": [_("Møde"), _("Dag"), _("Deltagere")],
        "rows": [meeting_row(*one) for one in held],
    }


def meeting_row(meeting: Meeting, shared: MeetingMinutes) -> list[str]:
    there = sum(one["attended"] is True for one in shared.content["people"])
    return [name_of(meeting), format_date(meeting.day, "long"), str(there)]


def decisions(held: Held, fates: Sequence[Fate]) -> pdf.Passage:
    ids = {meeting.id for meeting, _shared in held}
    return {
        "heading": str(_("Beslutninger, og hvad der blev af dem")),
        "heads": [_("Beslutning"), _("Møde"), _("Sådan står det")],
        "rows": [
            [one.note.text, str(one.meeting_number), str(one.words) or str(_("Ingen ændring"))]
            for one in fates
            if one.note.meeting_id in ids
        ],
    }


def from_meeting_to_meeting(held: Held) -> Iterator[pdf.Passage]:
    """Each figure as it was published then."""
    told: dict[str, dict[int, Any]] = {}
    for meeting, _shared in held:
        for one in frozen(meeting)["figures"]:
            told.setdefault(one["label"], {})[meeting.number] = one["text"]
    if told:
        numbers = [meeting.number for meeting, _shared in held]
        yield {
            "heading": str(_("Tallene fra møde til møde")),
            "heads": [_("Mål"), *(str(_("Møde %(number)d", number=one)) for one in numbers)],
            "rows": [
                [label, *(str(row.get(one, "–")) for one in numbers)] for label, row in told.items()
            ],
        }


# --- Curves ---


def goals(lines: Sequence[Line]) -> Iterator[pdf.Passage]:
    """Each goal over four quarters, drawn where there is something to draw, and all as a table."""
    if lines:
        text = _(
            "Hvert punkt er fire kvartaler tilsammen, eller den periode, en part har indberettet, "
            "det nyeste til højre. Den stiplede linje er målet. En lodret streg viser, hvad tallet "
            "højst og mindst kan være, hvor Samspil ikke viser små tal."
        )
        yield {
            "heading": str(_("Målene over fire kvartaler")),
            "text": text,
            "trends": [trend(one) for one in lines if one.trend],
            "heads": [_("Mål"), _("Aftalt"), _("Sådan gik det")],
            "widths": [1.2, 0.8, 1.6],
            "rows": [goal_row(one) for one in lines],
        }


def goal_row(line: Line) -> list[str]:
    """A quarter's figure on a line of its own."""
    known = [past_words(one) for one in line.goal.past if one.is_known]
    return [line.goal.label, promised(line), "\n".join(known) or line.goal.text]


def past_words(one: Past) -> str:
    return f"{one.period.first:%m.%Y}–{one.period.last:%m.%Y}: {one.text}"


def promised(line: Line) -> str:
    return promise(line.goal.target, line.goal.unit, line.goal.direction)


def trend(line: Line) -> pdf.Trend:
    told = _("Aftalt: %(promised)s. Nyeste tal: %(text)s.", promised=promised(line),
             text=line.goal.text)  # fmt: skip
    assert line.trend  # noqa: S101  (only lines that are drawn are asked for)
    alt = "; ".join(past_words(one) for one in line.goal.past)
    return {"label": line.goal.label, "text": told, "alt": alt, "picture": asdict(line.trend)}


def curve(agreement: Agreement, year: int) -> Iterator[pdf.Passage]:
    drawn = pictures.of_published(curve_of(agreement.id, date(year, 12, 31)))
    if drawn:
        text = _(
            "%(people)d medlemmer, der blev ledige fra %(first)s til %(last)s, fulgt i et halvt "
            "år. Andelene er rundet til hele fem procent. Mellem de stiplede linjer ligger "
            "95 %%-bæltet.",
            people=drawn.people,
            first=format_date(drawn.first, "long"),
            last=format_date(drawn.last, "long"),
        )
        yield {
            "heading": str(_("Hvor hurtigt kommer medlemmerne i job?")),
            "text": text,
            "curve": {
                "alt": drawn.about,
                "end": drawn.end,
                "axis": str(_("Uger siden første dag med dagpenge")),
                "picture": asdict(drawn.picture),
            },
            "heads": pictures.heads()[:3],
            "rows": [[one.week, one.share, one.band] for one in drawn.rows],
        }
