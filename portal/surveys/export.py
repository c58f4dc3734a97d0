"""The figures that are shown of a survey, as a file."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from portal.handovers.export import Cell, Table, as_csv
from portal.surveys import words
from portal.surveys.models import Survey
from portal.surveys.results import Shown, turnout

__all__ = ["as_csv", "table"]


def table(survey: Survey, rows: Sequence[Shown], today: date) -> Table:
    """As on the page: what is hidden there is hidden here."""
    told = turnout(survey.invited, survey.answered, today)
    head: Table = [
        [_("Undersøgelse"), survey.reference],
        [_("Spurgt"), str(told.invited)],
        [_("Har svaret"), str(told.answered)],
        [],
        [_("Spørgsmål"), _("Svarede ja eller nej"), _("Heraf ja"), _("Andel ja")],
    ]
    return head + [line(row) for row in rows]


def line(row: Shown) -> list[Cell]:
    text, told = row.question.text["da"], row.outcome
    if told is None:
        return [text, *([_("Vises ikke")] * 3)]
    return [text, str(told.of), words.yes(told), words.percent(told)]
