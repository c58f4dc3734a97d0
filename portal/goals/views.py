"""The pages of what is measured: the own figures, and what is counted by hand."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements.indicators import IndicatorSet, sets
from portal.clock import moment, today
from portal.goals import figures, tallying, words
from portal.goals.forms import TallyForm
from portal.goals.periods import of_frequency, quarter_of
from portal.organisations.queries import municipalities, names_on
from portal.web import page, see_other
from portal.workflow import Refused

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.get("/")
@requires(Permission.GOAL_READ)
def index() -> str:
    """What is chosen stands in the address; what it does not know is the first there is."""
    day = today()
    open_sets = figures.readable(g.actor, day)
    shown = figures.in_order(each for key, each in sets().items() if key in open_sets)
    chosen = next((one for one in shown if one.key == request.args.get("set")), shown[0])
    spans = figures.spans(day, quarter_of(day))
    span = next((one for one in spans if one.key == request.args.get("period")), spans[0])
    places = named_places()
    place = next((id for id in places if str(id) == request.args.get("place")), None)
    found = figures.figured(open_sets[chosen.key], span.quarters, place)
    return page(
        "goals/index.html",
        chosen=chosen,
        spans=spans,
        span=span,
        places=places,
        place=place,
        areas=by_area(found),
        counted_at=max((one.counted_at for one in found if one.counted_at), default=None),
        broken_down=lambda one: figures.broken_down(one, day),
        tabs=tabs(shown, chosen),
        period_words=period_words,
        may_import=g.actor.may(Permission.GOAL_WRITE),
        may_tally=g.actor.may(Permission.CASE_WRITE),
        words=words,
    )


def tabs(shown: list[IndicatorSet], chosen: IndicatorSet) -> list[dict[str, Any]]:
    return [
        {
            "label": one.title_da,
            "url": url_for("goals.index", set=one.key),
            "active": one.key == chosen.key,
        }
        for one in shown
    ]


def period_words(span: figures.Span) -> str:
    if len(span.quarters) > 1:
        return str(_("De seneste fire hele kvartaler"))
    [one] = span.quarters
    return str(_("%(number)d. kvartal %(year)d", number=one.number, year=one.year))


def named_places() -> dict[uuid.UUID, str]:
    names = names_on(figures.places(), today())
    return dict(sorted(names.items(), key=lambda one: one[1]))


def by_area(found: list[figures.Figured]) -> dict[str, list[figures.Figured]]:
    areas: dict[str, list[figures.Figured]] = {}
    for one in found:
        areas.setdefault(one.indicator.area, []).append(one)
    return areas


# --- What is counted by hand ---


@bp.route("/tally", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def tally() -> ResponseReturnValue:
    form = tally_form()
    if not form.validate_on_submit():
        return tally_page(form), 422 if form.is_submitted() else 200
    try:
        tallying.count(form.data, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return tally_page(form), 422
    flash(_("Talt med."), "success")
    return see_other("goals.tally", kind=form.kind.data)


def tally_form() -> TallyForm:
    """Filled in, so that what is counted most takes two clicks."""
    kind = request.args.get("kind")
    form = TallyForm(day=today(), number=1, kind=kind if kind in {*words.TALLIES} else None)
    places = [(str(one.id), one.name) for one in municipalities(today())]
    form.municipality_id.choices = [("", _("Ikke angivet")), *places]
    return form


def tally_page(form: TallyForm) -> str:
    entries, year = tallying.entries(), of_frequency("year", today())
    ids = {one.municipality_id for one in entries if one.municipality_id}
    shown: dict[str, Any] = {"tallied": entries, "places": names_on(ids, today())}
    totals = [(words.TALLIES[kind], number) for kind, number in tallying.sums(year).items()]
    return page("goals/tally.html", form=form, totals=totals, words=words, **shown)


@bp.post("/tally/<uuid:entry_id>/undo")
@requires(Permission.CASE_WRITE)
def undo(entry_id: uuid.UUID) -> ResponseReturnValue:
    tallying.undo(entry_id, at=moment())
    flash(_("Taget tilbage. Det tæller ikke mere med."), "success")
    return see_other("goals.tally")
