"""The pages of the work list: tabs, filters and order in the address, the search word posted."""

import uuid
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from portal import cpr, limits
from portal.access import Permission, requires
from portal.clock import today
from portal.handovers import words, worklist
from portal.handovers.filling import own_keys
from portal.handovers.lines import lines
from portal.handovers.models import Kind, Party, State
from portal.handovers.searching import words_of
from portal.handovers.worklist import DUE, MOST_COUNTED, SORTS, TABS, Asked
from portal.organisations.collation import sort_key
from portal.organisations.queries import funds, municipalities
from portal.web import address, concerning, page, wants_part

bp = Blueprint("handover_lists", __name__, url_prefix="/handovers")
Values = MultiDict[str, str]
LISTED_BY = ("tab", "sort", "kind", "state", "other", "due")
# What is closed has no deadline to be ordered by.
ORDERS = {"closed": "-changed"}


def asked(values: Values) -> Asked:
    """From the address, or a form that repeats it; what is not known there counts as not asked."""
    tab = one_of(TABS, values.get("tab")) or "mine"
    sort = values.get("sort") or ORDERS.get(tab, "due")
    return Asked(
        tab=tab,
        sort=sort.lstrip("-") if sort.lstrip("-") in SORTS else "due",
        descending=sort.startswith("-"),
        kind=one_of(Kind, values.get("kind")),
        state=one_of(State, values.get("state")),
        other_id=values.get("other", type=uuid.UUID),
        due=one_of(DUE, values.get("due")),
        after=values.get("after", type=uuid.UUID),
    )


def repeated(values: Values) -> dict[str, Any]:
    """What names the list, of an address or a form that repeats it."""
    return {name: values.get(name) or None for name in LISTED_BY}


def one_of(kind: Any, value: str | None) -> Any:
    return next((known for known in kind if known == value), None)


@bp.get("/")
@requires(Permission.HANDOVER_READ)
def index() -> ResponseReturnValue:
    want, is_whole = asked(request.args), not wants_part()
    asking = replace(want, counts=TABS if is_whole else (), names_others=is_whole)
    found = worklist.worklist(asking, actor=g.actor, today=today())
    return page(
        "handovers/index.html",
        "rows",
        asked=want,
        found=found,
        tabs=tabs(want, found.counts) if is_whole else [],
        next_page=here(after=found.rows[-1].handover_id) if found.more else None,
        filters=chosen_filters(want),
        may_export=g.actor.may(Permission.EXPORT),
        doings=doings(want),
        repeated=repeated(request.args),
        others=other_options(frozenset(found.others), want.other_id, today()) if is_whole else "",
        **frame(),
    )


def doings(want: Asked) -> dict[str, LazyString]:
    """What may be done with many of a list at once; each is a form that feature `bulk` answers."""
    is_closed, receives = want.tab == "closed", own_party() == Party.RECEIVER
    may = {
        "acknowledge": receives and not is_closed,
        "assign": receives and not is_closed,
        "move_case": not receives and not is_closed and g.actor.may(Permission.HANDOVER_LEAD),
        "remind": not is_closed,
        "export": g.actor.may(Permission.EXPORT),
    }
    return {name: words.WITH_MANY[name] for name, it_is in may.items() if it_is}


def here(endpoint: str = "handover_lists.index", /, **changes: Any) -> str:
    """This list's address with something changed; the way through pages begins anew."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    values = {name: value for name, value in (kept | changes).items() if value}
    return f"{address(endpoint)}?{urlencode(values)}" if values else address(endpoint)


def tab_names() -> dict[str, str]:
    return {
        "mine": _("Mine"),
        "unit": _("Min enheds"),
        "unassigned": _("Ikke tildelt"),
        "waiting": _("Afventer den anden part"),
        "closed": _("Afsluttet"),
    }


def due_names() -> dict[str, str]:
    return {"late": _("Overskredet"), "today": _("Frist i dag")}


def sort_names() -> dict[str, str]:
    """What a phone is offered, where a list has no headings to sort by."""
    return {
        "due": _("Frist, nærmeste først"),
        "-due": _("Frist, fjerneste først"),
        "-changed": _("Ændret, nyeste først"),
        "changed": _("Ændret, ældste først"),
    }


def tabs(want: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    names = tab_names()
    return [
        {
            "label": names[tab],
            "url": f"{address('handover_lists.index')}?tab={tab}",
            "active": tab == want.tab,
            "count": counted(counts[tab]),
        }
        for tab in TABS
    ]


def counted(number: int) -> str:
    return _("over %(n)s", n=MOST_COUNTED) if number > MOST_COUNTED else str(number)


def chosen_filters(want: Asked) -> list[dict[str, str]]:
    labels = {
        "kind": words.KINDS[want.kind] if want.kind else None,
        "state": state_name(want.state) if want.state else None,
        "due": due_names()[want.due] if want.due else None,
        "other": other_name(want.other_id) if want.other_id else None,
    }
    return [
        {"label": str(label), "url": here(**{name: None})}
        for name, label in labels.items()
        if label
    ]


def other_name(other_id: uuid.UUID) -> str:
    return party_names({other_id}, today()).get(other_id) or str(_("Ukendt part"))


@lru_cache(maxsize=100)
def other_options(ids: frozenset[uuid.UUID], chosen: uuid.UUID | None, day: date) -> Markup:
    """Those that occur, and the one that the address names; kept, as a fund has a hundred."""
    option, marked = Markup('<option value="{}"{}>{}</option>'), Markup(" selected")
    known = party_names(ids | {chosen} if chosen else ids, day)
    return Markup("").join(
        option.format(id, marked if id == chosen else "", name) for id, name in known.items()
    )


def party_names(wanted: Set[uuid.UUID], day: date) -> dict[uuid.UUID, str]:
    """Public, in Danish order, and read again when one is new; who is no party has none."""
    if not wanted <= _parties(day).keys():
        _parties.cache_clear()
    return {id: name for id, name in _parties(day).items() if id in wanted}


@lru_cache(maxsize=1)
def _parties(day: date) -> dict[uuid.UUID, str]:
    """Everybody who can be a party."""
    parties = sorted((*municipalities(day), *funds(day)), key=lambda one: sort_key(one.name))
    return {one.id: one.name for one in parties}


def state_name(state: State) -> str:
    party = "sender" if (state, "receiver") not in words.STATES else own_party()
    return str(words.state(state, Party(party)).name)


def own_party() -> str:
    return "sender" if g.actor.may(Permission.CASE_READ) else "receiver"


def person_word() -> str:
    """What the own party calls the one whom a package is about."""
    return words.person(Party(own_party()), today()).singular.capitalize()


def frame() -> dict[str, Any]:
    party = Party(own_party())
    return {
        "words": words,
        "lines": lines,
        "whom": person_word(),
        "receives": party == Party.RECEIVER,
        "dues": due_names(),
        "sorts": sort_names(),
        "today": today(),
        "counted": counted,
        "here": here,
        "states": [(s, w.name) for (s, p), w in words.STATES.items() if p == party],
    }


@bp.post("/search")
@requires(Permission.HANDOVER_READ)
def search() -> ResponseReturnValue:
    """The word may be a name: it is posted, stands in no address, and leaves one audit row."""
    limits.spend(f"search|{g.actor.user_id}", limits.SEARCHES_PER_MINUTE)
    word = request.form.get("word", "").strip()
    parts = words_of(word)
    typed = cpr_in(word)
    number = typed if "as_cpr" in request.form else None
    g.trail.detail["by"] = "cpr" if number else "words"
    if number:
        limits.spend(f"number|{g.actor.user_id}", limits.NUMBERS_PER_MINUTE)
        rows = worklist.search_cpr(own_keys().find_cpr(number), actor=g.actor, today=today())
        found_by_number(rows)
    else:
        rows = worklist.search(parts, actor=g.actor, today=today()) if parts else []
    g.trail.detail["hits"] = len(rows)
    more = len(rows) > worklist.PAGE
    found = {"word": word, "rows": rows[: worklist.PAGE], "more": more, "asked_for": bool(parts)}
    numbers = {"looks_like_cpr": typed is not None, "by_cpr": number is not None}
    return page("handovers/search.html", "rows", **found, **numbers, **frame())


def found_by_number(rows: Sequence[Any]) -> None:
    """Whom a number led to: the newest package is the subject, all of them are named."""
    if rows:
        concerning("handover", rows[0].handover_id)
        g.trail.detail["found"] = [str(row.handover_id) for row in rows]


def cpr_in(word: str) -> cpr.Cpr | None:
    """Only a whole number counts; it is searched for only by the button that says so."""
    try:
        return cpr.parse(word, today=today())
    except cpr.NotCpr:
        return None
