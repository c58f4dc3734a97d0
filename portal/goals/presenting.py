"""Goals of an agreement as the pages show them, and the steps as the pages take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.access import Actor
from portal.agreements.document import goal_target
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.clock import Moment
from portal.db import db
from portal.goals import published, reporting, words
from portal.goals.asking import Asked, asked, governing
from portal.goals.figure_words import text_of
from portal.goals.periods import Period
from portal.goals.reporting import Reporting
from portal.goals.values import GoalValue, ValueState
from portal.surveys import results
from portal.workflow import NotNow, Overtaken


@dataclass(frozen=True)
class Row:
    """A goal with the values of its periods, the newest first."""

    goal: Asked
    target: str
    shown: str  # what is published of it, if anything is
    values: Sequence[GoalValue]
    states: Sequence[tuple[Any, str]]


def own_agreements(actor: Actor) -> list[Agreement]:
    """Those in which the organisation is one of the two sides."""
    parts = selectinload(Agreement.versions).selectinload(AgreementVersion.sides)
    rows = db.session.scalars(select(Agreement).options(parts).order_by(Agreement.title))
    return [one for one in rows if is_side(one, actor)]


def is_side(agreement: Agreement, actor: Actor) -> bool:
    return any(one.party_of(actor) in {Side.FUND, Side.MUNICIPALITY} for one in agreement.binding)


def agreements(actor: Actor, today: date) -> list[tuple[Agreement, int, int]]:
    """Each with how many values wait for the other side, and how many for the own one."""
    found = []
    for agreement in own_agreements(actor):
        version = governing(agreement, today)
        if version and version.goals:
            values = reporting.values(agreement.id)
            sent = [one for one in values if one.state == ValueState.SUBMITTED]
            ours = [one for one in sent if one.side != version.party_of(actor)]
            back = [one for one in values if one.state == ValueState.RETURNED
                    and one.organisation_id == actor.organisation_id]  # fmt: skip
            found.append((agreement, len(sent) - len(ours), len(ours) + len(back)))
    return found


def goals(version: AgreementVersion, actor: Actor, today: date) -> list[Row]:
    values = reporting.values(version.agreement_id)
    figures = published_figures(version, today)
    rows = []
    for goal in asked(version):
        own = [one for one in values if (one.set, one.code) == (goal.set, goal.code)]
        states = [state_words(one, Reporting(version, goal, actor)) for one in own]
        shown, _is_met = figures.get((goal.set, goal.code), ("", None))
        rows.append(Row(goal, goal_target(dict(goal.row)), shown, own, states))
    return rows


def state_words(found: GoalValue, one: Reporting) -> tuple[Any, str]:
    """The state in the words of the reader's side, and its colour."""
    ours, theirs = words.STATES[found.state]
    return (ours if one.side == found.side else theirs), words.MARKS[found.state]


def presented(found: GoalValue) -> list[tuple[Any, Any]]:
    """What was reported, for who reads it."""
    met = {True: _("Ja"), False: _("Nej"), None: _("Kan ikke siges")}
    rows: list[tuple[Any, Any]] = [(_("Tallet"), found.shown), (_("Målet nået"), met[found.is_met])]
    if found.source_day:
        rows.append((_("Kilde"), words.SOURCES.get(found.source, found.source)))
        rows.append((_("Tallet er fra"), format_date(found.source_day, "long")))
    for label, text in ((_("Tekst"), found.note), (_("Forklaring"), found.explanation)):
        if text:
            rows.append((label, text))
    rows.append((_("Indberettet af"), found.submitted_by))
    if found.state == ValueState.APPROVED:
        rows.append((_("Godkendt af"), found.answered_by))
    return rows


def as_typed(found: GoalValue) -> Any:
    """As the form takes it."""
    is_yes = {True: "yes", False: "no"}.get(found.is_yes) if found.is_yes is not None else None
    typed = {name: getattr(found, name) for name in reporting.TYPED}
    return SimpleNamespace(**typed | {"is_yes": is_yes})


def with_published(
    given: Mapping[str, Any], one: Reporting, period: Period, today: date
) -> Mapping[str, Any]:
    """Of what nobody types, the figure as both sides may read it: published, or of a survey."""
    if one.goal.is_typed:
        return given
    if one.goal.method == "survey":
        return {**given, **of_survey(one, period)}
    figures = published_figures(one.version, today)
    shown, is_met = figures.get((one.goal.set, one.goal.code), ("", None))
    return {**given, "shown": shown, "is_met": is_met}


def of_survey(one: Reporting, period: Period) -> dict[str, Any]:
    """What the newest survey of the period says, with how many answered it; nothing without one."""
    question = one.goal.indicator.question if one.goal.indicator else None
    found = results.outcome(one.version.agreement_id, question, period) if question else None
    if found is None:
        return {}
    share = found.share
    exact = {"value": round(Decimal(100 * share.low) / share.of, 1), "base": share.of}
    words = _("%(share)s, svarprocent %(response)d", share=text_of(share, "percent"),
              response=found.response)  # fmt: skip
    direction = str(one.goal.row.get("direction") or "at_least")
    is_met = published.is_met(share.percents, "percent", one.goal.target, direction)
    told: dict[str, Any] = {"shown": str(words), "is_met": is_met, "source_day": found.closed_on}
    return told | {"source": "survey"} | (exact if share.is_exact else {})


def published_figures(
    version: AgreementVersion, today: date
) -> Mapping[tuple[str, str], tuple[str, bool | None]]:
    """By set and code, the figure that both sides may read and whether the goal is met by it."""
    found = published.figures_of(version.agreement_id, today)
    return {(one.set, one.code): (one.text, one.is_met) for one in found if one.share}


def still(found: GoalValue, version: str) -> None:
    """Raises Overtaken where another has changed it since the form was shown."""
    if version != str(found.version):
        raise Overtaken


def take(step: str, found: GoalValue, one: Reporting, answer: str, at: Moment) -> str:
    """One step, and what is said of it. Raises NotNow for a step that there is not."""
    match step:
        case "submit":
            reporting.submit(found, one, at=at)
            return str(_("Indberettet. Den anden side kan nu læse og godkende det."))
        case "discard":
            reporting.discard(found, one)
            return str(_("Kladden er slettet."))
        case "approve":
            reporting.approve(found, one, at=at)
            return str(_("Godkendt. Perioden er låst."))
        case "send-back":
            reporting.send_back(found, one, why=answer, at=at)
            return str(_("Sendt tilbage med din begrundelse."))
    raise NotNow(step, found.state)
