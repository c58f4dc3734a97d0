"""Lists of cases and the search in them."""

from functools import lru_cache

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import cpr, limits, web
from portal.access import Permission, requires
from portal.cases import lists
from portal.cases.blueprint import bp, own_keys
from portal.cases.forms import CprSearchForm
from portal.cases.lists import MOST, Found, List
from portal.clock import today
from portal.organisations.queries import Named, municipalities
from portal.web import page


@bp.get("/")
@requires(Permission.CASE_READ)
def index() -> str:
    which, municipality = chosen(), request.args.get("municipality", "")
    try:
        found = lists.cases(
            which,
            actor=g.actor,
            day=today(),
            municipality=municipality,
            after=request.args.get("after", ""),
        )
    except ValueError:
        abort(404)
    return page(
        "cases/index.html",
        "cases",
        found=found,
        which=which,
        tabs=tabs(found, which),
        municipality=municipality,
        municipalities=options(),
        is_later="after" in request.args,
        sorting=_("Sorteret efter den dag, ansvaret overgår.")
        if which is not List.CLOSED
        else _("Senest lukkede først."),
        today=today(),
        form=CprSearchForm(None, today=today()),
    )


@bp.post("/search")
@requires(Permission.CASE_READ)
def search() -> str:
    limits.spend(f"search|{g.actor.user_id}", limits.SEARCHES_PER_MINUTE)
    words = request.form.get("words", "").strip()
    looks_like_cpr = bool(cpr.find_in(words))
    rows = [] if looks_like_cpr else lists.search(words, actor=g.actor, day=today())
    return page(
        "cases/search.html",
        rows=rows,
        typed="" if looks_like_cpr else words,
        looks_like_cpr=looks_like_cpr,
        most=lists.PAGE,
        most_hits=lists.MOST_HITS,
        today=today(),
        form=CprSearchForm(None, today=today()),
    )


@bp.post("/search-cpr")
@requires(Permission.CASE_READ)
def search_cpr() -> ResponseReturnValue:
    limits.spend(f"number|{g.actor.user_id}", limits.NUMBERS_PER_MINUTE)
    form, rows = CprSearchForm(today=today()), []
    if valid := form.validate():
        index = own_keys().find_cpr(form.found)
        rows = [*lists.with_cpr(index, day=today())]
        g.trail.purpose = "cpr"
        if rows:
            web.concerning("member_case", rows[0].id, "cpr")
            g.trail.detail["found"] = [str(row.id) for row in rows]
    words = page(
        "cases/search.html", rows=rows, form=form, by_cpr=valid, most=lists.PAGE, today=today()
    )
    return words, 200 if valid else 422


def chosen() -> List:
    try:
        return List(request.args.get("list", List.MINE))
    except ValueError:
        abort(404)


def tabs(found: Found, which: List) -> list[dict[str, object]]:
    words = {
        List.MINE: _("Mine"),
        List.UNIT: _("Min enheds"),
        List.ALL: _("Alle åbne"),
        List.CLOSED: _("Lukkede"),
    }
    return [
        {
            "label": words[each],
            "url": url_for("cases.index", list=each),
            "active": each is which,
            "count": count if count <= MOST else f"{MOST}+",
        }
        for each, count in found.counts.items()
    ]


def options() -> tuple[Named, ...]:
    """For the filter only: it works by name in the address, so yesterday's list does no harm."""
    found = _options(today().isoformat())
    if not found:
        _options.cache_clear()  # the reference data is not there yet
    return found


@lru_cache(maxsize=1)
def _options(day: str) -> tuple[Named, ...]:
    return tuple(municipalities(today()))
