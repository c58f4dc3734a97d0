"""What the portal knows on a day that the parties should talk about: each fact with its evidence.

Nobody prepares figures by hand. Numbers of packages are exact, since both sides may open them; all
else about persons comes from published figures. No member is ever named.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements import contacts, ending
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.db import Json
from portal.goals.figure_words import span_of
from portal.goals.published import told_together
from portal.organisations.queries import names_on
from portal.status_meetings import packages
from portal.status_meetings.decisions import Fate, decided
from portal.status_meetings.duties import Duty, open_duties


class Shown(Protocol):
    """A published figure of one indicator of the agreement, as both sides may see it."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> Any: ...
    @property
    def text(self) -> str: ...
    @property
    def is_met(self) -> bool | None: ...
    @property
    def is_known(self) -> bool: ...
    @property
    def period(self) -> Any: ...


Figures = Callable[[uuid.UUID, date], Sequence[Shown]]
SURVEY = "survey"


@dataclass(frozen=True)
class Asked:
    """For which meeting the facts are drawn: what has happened since the one before it."""

    agreement: Agreement
    version: AgreementVersion
    since: date
    day: date
    actor: Actor
    figures: Figures


@dataclass(frozen=True)
class Fact:
    """A point that is proposed: the rows of its evidence, under their headings."""

    code: str
    title: str
    text: str
    minutes: int
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    references: list[Json] = field(default_factory=list)
    count: int | None = None  # of packages

    @property
    def evidence(self) -> Json | None:
        if not (self.rows or self.references or self.count):
            return None
        told = {"heads": self.heads, "rows": self.rows, "references": self.references}
        return told if self.count is None else told | {"count": self.count}


def facts(asked: Asked) -> Iterator[Fact]:
    """In the order of the agenda; what there is nothing to say of is left out."""
    yield from opened(asked)
    yield from duties(asked)
    yield from fates(asked)
    yield from missed(asked)
    yield from surveyed(asked)
    if is_of_two(asked.version):
        yield from stuck(asked)
        yield from rejected(asked)
    else:
        yield together(asked)
    yield from unfilled(asked)
    yield from expiring(asked)
    yield closed()


def opened(asked: Asked) -> Iterator[Fact]:
    yield Fact("opening", _("Velkommen og godkendelse af dagsordenen"), "", 5)


def closed() -> Fact:
    return Fact("closing", _("Eventuelt og næste møde"), "", 5)


def duties(asked: Asked) -> Iterator[Fact]:
    found = open_duties(asked.agreement.id)
    if not found:
        return
    late = sum(one.note.due_on is not None and one.note.due_on < asked.day for one in found)
    text = ngettext(
        "%(num)d opgave fra tidligere møder er åben, og %(late)d er over fristen.",
        "%(num)d opgaver fra tidligere møder er åbne, og %(late)d er over fristen.",
        len(found),
        late=late,
    )
    yield Fact(
        "duties",
        _("Opfølgning på opgaver"),
        text,
        10,
        [_("Opgave"), _("Hvem"), _("Frist"), _("Fra")],
        [duty_row(one) for one in found],
    )


def duty_row(one: Duty) -> list[str]:
    due = format_date(one.note.due_on, "dd.MM.y") if one.note.due_on else ""
    return [one.note.text, one.who, due, f"{one.series} {one.meeting_number}"]


def fates(asked: Asked) -> Iterator[Fact]:
    found = [one for one in decided(asked.agreement, asked.day) if one.amendment]
    if found:
        yield Fact(
            "decisions",
            _("Beslutninger, der ændrer aftalen"),
            _("Sådan er det gået med det, I har besluttet."),
            10,
            [_("Beslutning"), _("Møde"), _("Sådan står det")],
            [fate_row(one) for one in found],
        )


def fate_row(one: Fate) -> list[str]:
    return [one.note.text, str(one.meeting_number), str(one.words)]


# --- Figures ---


def missed(asked: Asked) -> Iterator[Fact]:
    """Indicators below their target. Those that survey people ask have a point of their own."""
    shown = [one for one in asked.figures(asked.agreement.id, asked.day) if one.method != SURVEY]
    off = [one for one in shown if one.is_met is False]
    if off:
        text = _("%(off)d af %(all)d mål er ikke nået.", off=len(off), all=len(shown))
        yield figures_fact("goals", _("Mål, der ikke er nået"), text, off)


def surveyed(asked: Asked) -> Iterator[Fact]:
    found = [
        one
        for one in asked.figures(asked.agreement.id, asked.day)
        if one.method == SURVEY and one.is_known
    ]
    if found:
        text = _("Svarene fra spørgeskemaerne i perioden.")
        yield figures_fact("surveys", _("Tilfredshed og udbytte"), text, found)


def figures_fact(code: str, title: str, text: str, found: Sequence[Shown]) -> Fact:
    heads = [_("Mål"), _("Aftalt"), _("Målt"), _("Periode"), _("Kilde")]
    return Fact(code, title, text, 15, heads, [figure_row(one) for one in found])


def figure_row(one: Shown) -> list[str]:
    told = (one.label, one.target, one.text, one.period, one.source)
    return ["" if value is None else str(value) for value in told]


# --- Packages ---

TOGETHER = [("cooperation", code) for code in ("packages_sent", "on_time", "rejected", "complete")]
TWO = 2


def is_of_two(version: AgreementVersion) -> bool:
    """Whether each party may open every package of the agreement; an observer opens none."""
    return sum(one.side != Side.OBSERVER for one in version.sides) == TWO


def together(asked: Asked) -> Fact:
    """Of several funds none may open, or count, what another has sent: all read what is published
    of all of them. Whether anything is late stands on nobody's agenda, for that would be news."""
    shown = told_together(asked.version, TOGETHER, asked.day)
    return Fact(
        "packages",
        _("Overdragelserne i aftalen"),
        _("Udgivne tal for alle parter sammen. Jeres egne pakker ser I i jeres arbejdsliste."),
        15,
        [_("Nøgletal"), _("Målt"), _("Periode")],
        [[one.label, one.text, span_of(one.period)] for one in shown],
    )


def stuck(asked: Asked) -> Iterator[Fact]:
    """What is late, what the clocks have brought to this meeting, and what is disagreed about."""
    found = packages.found(asked.actor, asked.agreement, asked.since, asked.day)
    late, waiting, contested = map(len, (found.late, found.escalated, found.contested))
    for code, title, text, rows in (
        (
            "overdue",
            _("Overskredne frister"),
            ngettext("%(num)d pakke er over fristen.", "%(num)d pakker er over fristen.", late),
            found.late,
        ),
        (
            "escalated",
            _("Pakker, der er sat på dagsordenen"),
            ngettext(
                "%(num)d pakke er ikke besvaret, selv om aftaleejerne har fået besked.",
                "%(num)d pakker er ikke besvaret, selv om aftaleejerne har fået besked.",
                waiting,
            ),
            found.escalated,
        ),
        (
            "contested",
            _("Afvisninger, I er uenige om"),
            ngettext(
                "%(num)d afvisning er anfægtet siden sidste møde.",
                "%(num)d afvisninger er anfægtet siden sidste møde.",
                contested,
            ),
            found.contested,
        ),
    ):
        if rows:
            yield Fact(code, title, text, 10, references=told(asked, rows), count=len(rows))


def told(asked: Asked, rows: Sequence[packages.Row]) -> list[Json]:
    return [
        {"id": str(row.handover_id), "reference": row.reference, "note": row.note} for row in rows
    ]


def rejected(asked: Asked) -> Iterator[Fact]:
    found = packages.rejections(asked.actor, asked.agreement, asked.since)
    if found:
        count = sum(one.count for one in found)
        heads = [_("Version"), _("Kriterium"), _("Årsag"), _("Pakker")]
        yield Fact(
            "rejections",
            _("Afvisninger efter kriterium"),
            ngettext(
                "%(num)d afvisning siden sidste møde.",
                "%(num)d afvisninger siden sidste møde.",
                count,
            ),
            10,
            heads,
            [[str(one.version), one.criterion, one.reason, str(one.count)] for one in found],
            count=count,
        )


# --- The agreement itself ---


def unfilled(asked: Asked) -> Iterator[Fact]:
    """Functions without a person, and people who are away with nobody in their place."""
    found = contacts.desks(asked.agreement, asked.version, asked.day)
    names = names_on([one.organisation_id for one in found], asked.day)
    rows = []
    for one in found:
        told = [names[one.organisation_id], str(one.function["label_da"])]
        if one.person is None:
            rows.append([*told, _("Ingen er udpeget")])
        elif one.call is None:
            rows.append([*told, _("Fravær uden stedfortræder")])
    if rows:
        yield Fact(
            "contacts",
            _("Opgaver uden en, der svarer"),
            _("%(count)d af aftalens opgaver har ingen, der svarer.", count=len(rows)),
            5,
            [_("Organisation"), _("Opgave"), _("Hvad mangler")],
            rows,
        )


def expiring(asked: Asked) -> Iterator[Fact]:
    end = ending.end_on(asked.version, asked.day)
    if end and end.is_near:
        last = format_date(end.last_day, "long")
        words = _("Aftalen gælder til og med %(last)s. Skal den fornyes?", last=last)
        yield Fact("expiring", _("Aftalen udløber"), words, 10)
