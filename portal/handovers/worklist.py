"""The work list: one side's packages, as its own party rows show them.

Party rows first and few, everything else joined to those only; pages by key, never by offset; the
tab counts in the same statement, capped. One index for each offered order (performance P1, P4).
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)

from portal.access import Actor
from portal.db import db
from portal.handovers import queries
from portal.handovers.models import HandoverParty, Kind, State
from portal.handovers.parts import HandoverCounterpart
from portal.handovers.queries import name_of
from portal.handovers.searching import telling
from portal.organisations.collation import beginnings
from portal.organisations.queries import work_of
from portal.straight import Straight

PAGE = 25
MOST_COUNTED = 1000
LONG = ("waiting", "closed")  # tabs of the whole organisation
KNOWN_FOR, MOST_KNOWN = 600, 5000  # seconds, and people
_known: dict[tuple[uuid.UUID, str], float] = {}
Party = HandoverParty
SORTS: dict[str, Any] = {
    "due": Party.due_on,
    "changed": Party.changed_at,
}
DUE = ("late", "today")
TABS = ("mine", "unit", "unassigned", "waiting", "closed")
TODAY = bindparam("today", type_=Date)
SOME_ID = uuid.UUID(int=0)
SOMETHING = {
    "kind": Kind.OVERGANG,
    "state": State.SENT,
    "other_id": SOME_ID,
    "after": SOME_ID,
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: tab, filters, order, and the row after which to go on."""

    tab: str = "mine"
    sort: str = "due"
    descending: bool = False
    kind: Kind | None = None
    state: State | None = None
    other_id: uuid.UUID | None = None
    due: str | None = None  # one of DUE
    after: uuid.UUID | None = None
    counts: tuple[str, ...] = TABS  # tabs that are counted; a list alone shows none
    most: int = PAGE  # rows
    names_others: bool = False  # whether the other parties that occur are asked for too
    urgent_in: tuple[str, ...] = ()  # tabs of which what is late and due today is counted too

    @property
    def shape(self) -> "Asked":
        """What the statement follows from: that there is a value, not which."""
        given = {name: any_ for name, any_ in SOMETHING.items() if getattr(self, name) is not None}
        return replace(self, **given)  # type: ignore[arg-type]  # each of its own type

    @property
    def chosen(self) -> tuple[object, ...]:
        return self.kind, self.state, self.other_id, self.due

    @property
    def is_sorted_anew(self) -> bool:
        """Whether the rows that are asked for stand in an index in another order than this."""
        return self.due is not None and self.sort == "changed" and self.tab != "mine"

    @property
    def filters(self) -> int:
        return sum(value is not None for value in self.chosen)


@dataclass(frozen=True)
class Found:
    rows: list[Row[Any]]
    counts: dict[str, int]
    more: bool
    others: tuple[uuid.UUID, ...] = ()  # the other parties that occur
    hidden: int = 0  # restricted packages of the organisation of which one is not named


def in_tab(tab: str) -> ColumnElement[bool]:
    """Mine and my unit's are what waits for us; what waits for the other is everybody's.

    Mine is also the work of whom I stand in for, as long as they are away.
    """
    conditions: Mapping[str, ColumnElement[bool]] = {
        "mine": and_(stands("ours"), Party.person_id == work_of(bindparam("person"), TODAY)),
        "unit": and_(stands("ours"), Party.unit_id == bindparam("unit")),
        "unassigned": and_(stands("ours"), Party.person_id.is_(None)),
        "waiting": stands("theirs"),
        "closed": stands("closed"),
    }
    return conditions[tab]


def values(asked: Asked, actor: Actor, today: date) -> dict[str, Any]:
    """What the statements below are given: they are the same for everybody, and kept."""
    words = {"kind": asked.kind, "state": asked.state}
    given: dict[str, Any] = {name: word and str(word) for name, word in words.items()}
    given |= {"other_id": asked.other_id, "after": asked.after}
    given |= {f"many_{tab}": is_known_many(actor, tab) for tab in LONG}
    return given | {"person": actor.user_id, "unit": actor.unit_id, "today": today}


def remember(actor: Actor, totals: Mapping[str, int]) -> None:
    """A thousand rows are not counted again at once to say the same "over 1000"."""
    if len(_known) > MOST_KNOWN:
        _known.clear()
    for tab in LONG:
        if totals.get(tab, 0) > MOST_COUNTED and not is_known_many(actor, tab):
            _known[actor.user_id, tab] = time.monotonic() + KNOWN_FOR


def is_known_many(actor: Actor, tab: str) -> bool:
    return _known.get((actor.user_id, tab), 0) > time.monotonic()


def stands(where: str) -> ColumnElement[bool]:
    """Written out in the statement: a plan made for any value cannot use the index of one."""
    return Party.standing == literal_column(f"'{where}'")


def worklist(asked: Asked, *, actor: Actor, today: date) -> Found:
    """One page of one tab, with the counts of all tabs and of what is urgent: one statement.

    The urgent ones of a tab are counted as, say, `mine_late` and `mine_today`.
    """
    shape, given = asked.shape, values(asked, actor, today)
    found = page_of(shape).rows(db.session, given)
    shown = [row for row in found if row.handover_id is not None]
    totals = {name: getattr(found[0], name) for name in counted(shape)}
    remember(actor, totals)
    others = tuple(map(uuid.UUID, found[0].others)) if asked.names_others else ()
    beyond = {"more": len(shown) > asked.most, "others": others, "hidden": found[0].hidden}
    return Found(shown[: asked.most], totals, **beyond)


@lru_cache(maxsize=100)
def page_of(asked: Asked) -> Straight:
    """Kept, since to write the statement takes longer than to run it."""
    rows = (mine(asked) if asked.tab == "mine" else keyed(filtered(asked), asked)).subquery("page")
    named_counts = [few_or_many(name, *which) for name, which in counted(asked).items()]
    others = [counterparts().label("others")] if asked.names_others else []
    hidden = select(func.handover_hidden()).scalar_subquery().label("hidden")
    counts = select(*named_counts, *others, hidden).subquery("counts")
    page = select(counts, rows, *beside(rows.c, TODAY), unread(rows.c)).select_from(counts)
    return Straight(page.outerjoin(rows, true()).order_by(*order(rows.c, asked)))


def mine(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Of each whose work is mine its first rows, by their index: all together the wrong one is
    chosen, as nobody knows before how many they are."""
    whose = each_whose()
    each = chosen_of(columns().where(stands("ours"), Party.person_id == whose), asked)
    one = keyed(each, asked).lateral("one")
    rows = select(one).select_from(whose.scalar_alias).join(one, true())
    return rows.order_by(*order(one.c, asked)).limit(asked.most + 1)


def each_whose() -> Any:
    return func.unnest(func.stood_in_for(bindparam("person"), TODAY)).column_valued("whose")


def counterparts() -> ScalarSelect[Any]:
    """Of the own organisation, by its own few rows: the list itself may be very long."""
    found = func.coalesce(func.jsonb_agg(HandoverCounterpart.other_id), literal_column("'[]'"))
    return select(found).scalar_subquery()


@lru_cache(maxsize=100)
def counted(asked: Asked) -> Mapping[str, tuple[str, str | None]]:
    """By its name: which tab, and how urgent if that is asked."""
    urgent = {f"{tab}_{due}": (tab, due) for tab in asked.urgent_in for due in DUE}
    return {tab: (tab, None) for tab in asked.counts} | urgent


def is_due(due: str) -> ColumnElement[bool]:
    return Party.due_on < TODAY if due == "late" else Party.due_on == TODAY


def filtered(asked: Asked) -> Select[*tuple[Any, ...]]:
    return chosen_of(columns().where(in_tab(asked.tab)), asked)


def chosen_of(rows: Select[*tuple[Any, ...]], asked: Asked) -> Select[*tuple[Any, ...]]:
    """Those of the rows that the filters let through."""
    for name, column in (
        ("kind", Party.kind),
        ("state", Party.state),
        ("other_id", Party.other_id),
    ):
        if getattr(asked, name):
            rows = rows.where(column == bindparam(name))
    return rows.where(is_due(asked.due)) if asked.due else rows


def columns() -> Select[*tuple[Any, ...]]:
    return select(
        Party.handover_id,
        Party.reference,
        Party.member_name,
        Party.kind,
        Party.state,
        Party.side,
        Party.standing,
        Party.due_on,
        Party.changed_at,
        Party.person,
        Party.other_id,
        Party.letters,
        Party.questions,
        Party.clock,
        Party.responsible_from,
        Party.fund_attends,
        Party.pending,
    )


def order(source: Any, asked: Asked) -> list[Any]:
    keys = [getattr(source, SORTS[asked.sort].key), source.handover_id]
    return [key.desc() if asked.descending else key.asc() for key in keys]


def keyed(rows: Select[*tuple[Any, ...]], asked: Asked) -> Select[*tuple[Any, ...]]:
    """Only the id of the last row stands in the address; what it sorts by, its row knows."""
    rows = rows.order_by(*order(Party, asked)).limit(asked.most + 1)
    if asked.after is not None:
        column = SORTS[asked.sort]
        after = bindparam("after", type_=Party.handover_id.type)
        last = select(column).where(Party.handover_id == after).scalar_subquery()
        place, bound = tuple_(column, Party.handover_id), tuple_(last, after)
        rows = rows.where(place < bound if asked.descending else place > bound)
    return found_by_key(rows) if asked.is_sorted_anew else rows


def found_by_key(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """All that is late is put in order by what stands in the index; only the page is fetched."""
    keys = rows.with_only_columns(Party.handover_id).subquery("keys")
    return columns().join(keys, keys.c.handover_id == Party.handover_id)


def count(tab: str, due: str | None) -> ScalarSelect[int]:
    """Mine person by person, as its page."""
    whose, urgent = each_whose(), [is_due(due)] if due else []
    which = and_(stands("ours"), Party.person_id == whose) if tab == "mine" else in_tab(tab)
    few = select(literal(1).label("one")).select_from(Party).where(which, *urgent)
    few = few.limit(MOST_COUNTED + 1)
    if tab == "mine":
        each = few.lateral("each")
        few = select(each).select_from(whose.scalar_alias).join(each, true())
        few = few.limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(few.subquery()).scalar_subquery()


def few_or_many(name: str, tab: str, due: str | None) -> ColumnElement[int]:
    exact = count(tab, due)
    if name not in LONG:
        return exact.label(name)
    known = bindparam(f"many_{name}", type_=Boolean)
    return case((known, literal_column(str(MOST_COUNTED + 1))), else_=exact).label(name)


def search(words: list[str], *, actor: Actor, today: date) -> list[Row[Any]]:
    """The last changed packages whose reference or member's name has words that begin like these.

    26 mean that there are more.
    """
    hits = func.handover_search([beginnings(telling(words))], PAGE + 1).column_valued("hit")
    return named(columns().where(Party.id.in_(select(hits))), actor, today)


def search_cpr(index: bytes, *, actor: Actor, today: date) -> list[Row[Any]]:
    """By the blind index of a whole CPR number: a deliberate act, never part of one."""
    return named(columns().where(Party.cpr_index == index), actor, today)


def named(rows: Select[*tuple[Any, ...]], actor: Actor, today: date) -> list[Row[Any]]:
    page = rows.order_by(Party.changed_at.desc()).limit(PAGE + 1).subquery("page")
    statement = select(page, *beside(page.c, today), unread(page.c))
    statement = statement.order_by(page.c.changed_at.desc())
    return list(db.session.execute(statement, {"person": actor.user_id}))


def chosen(ids: Sequence[uuid.UUID], *, actor: Actor, today: date) -> list[Row[Any]]:
    """These packages as the list shows them, as far as they are the own organisation's business."""
    page = columns().where(Party.handover_id.in_(ids)).subquery("page")
    statement = select(page, *beside(page.c, today), unread(page.c))
    return list(db.session.execute(statement, {"person": actor.user_id}))


def beside(rows: Any, today: Any) -> list[Any]:
    """What a party's row does not hold itself: the other's name."""
    return [name_of(rows.other_id, today).label("other")]


def unread(rows: Any) -> ColumnElement[int]:
    """How many letters have come since the person last opened it; looked up where there are any."""
    seen = queries.letters_seen(rows.handover_id, bindparam("person"))
    return case((rows.letters > 0, rows.letters - func.coalesce(seen, 0)), else_=0).label("unread")


def export(asked: Asked, *, actor: Actor, today: date, most: int) -> list[Row[Any]]:
    """All of a tab, in its order, for a file."""
    page = filtered(asked).order_by(*order(Party, asked)).limit(most).subquery("page")
    statement = select(page, *beside(page.c, TODAY)).order_by(*order(page.c, asked))
    return list(db.session.execute(statement, values(asked, actor, today)))
