"""What the database reads for a list: buffers and time of the statements as the web sends them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from portal.bench.measured import Asker, Measured
from portal.clock import today
from portal.handovers import worklist
from portal.handovers.models import HandoverParty, Party
from portal.handovers.searching import words_of
from portal.handovers.worklist import DUE, PAGE, SORTS, TABS, Asked
from portal.identity.queries import act_for

TRIES = 7  # of a timed statement; the middle one counts
Sent = tuple[str, Any]


@dataclass(frozen=True)
class Cost:
    """Buffers read while executing, and milliseconds of planning and executing."""

    buffers: int
    milliseconds: float


def explain(measured: Measured, asker: Asker, sent: Sent) -> Cost:
    """As the web's role and for the organisation of the asker; nothing of it stays."""
    statement, values = sent
    setting = text("select set_config('samspil.organisation', :id, true)")
    with measured.engine.connect() as connection:
        connection.execute(setting, {"id": str(asker.actor.organisation_id)})
        told = connection.exec_driver_sql(
            f"explain (analyze, buffers, format json) {statement}", values
        ).scalar_one()
        connection.rollback()
    [plan] = told if isinstance(told, list) else json.loads(told)
    top = plan["Plan"]
    buffers = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return Cost(buffers, plan["Planning Time"] + plan["Execution Time"])


def cost(measured: Measured, asker: Asker, asked: Asked) -> Cost:
    """Of one page of the list."""
    with measured.statements() as sent, measured.app.app_context():
        act_for(asker.actor.organisation_id)
        sent.clear()
        worklist.worklist(asked, actor=asker.actor, today=today())
    return explain(measured, asker, sent[-1])


def page_cost(measured: Measured, asker: Asker, path: str) -> Cost:
    """Of all that a whole page reads."""
    with measured.statements() as sent:
        status, _body = measured.ask(path, asker)
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    reads = [one for one in sent if one[0].lstrip().lower().startswith("select")]
    costs = [explain(measured, asker, one) for one in reads]
    return Cost(sum(one.buffers for one in costs), sum(one.milliseconds for one in costs))


def asked_lists(measured: Measured, asker: Asker) -> Iterator[tuple[str, Asked]]:
    """Every tab, filter, order and place: a name that is the same on every database, and what."""
    for tab in TABS:
        for name, filtered in filters(measured, asker, tab):
            for sort in SORTS:
                for descending in (False, True):
                    one = replace(filtered, tab=tab, sort=sort, descending=descending)
                    arrow = "-" if descending else ""
                    for place, asked in places(measured, asker, one):
                        yield f"{tab} {name} {arrow}{sort} {place}", asked


def filters(measured: Measured, asker: Asker, tab: str) -> Iterator[tuple[str, Asked]]:
    """None, and each filter with the value that is most frequent in the tab and the rarest one.

    What is late and due today is not frequent or rare by itself: both are asked for.
    """
    yield "all", Asked()
    for due in DUE:
        yield f"due={due}", Asked(due=due)
    for name in ("kind", "state", "other_id"):
        column = getattr(HandoverParty, name)
        rows = select(column).where(*within(asker, tab)).group_by(column)
        with Session(measured.worker) as session:
            ordered = rows.order_by(func.count(), column)
            found = session.scalars(ordered, known(Asked(), asker)).all()
        if found:
            yield f"{name}=rare", replace(Asked(), **{name: found[0]})
            yield f"{name}=frequent", replace(Asked(), **{name: found[-1]})


def within(asker: Asker, tab: str) -> tuple[ColumnElement[bool], ...]:
    own = HandoverParty.organisation_id == asker.actor.organisation_id
    return own, worklist.in_tab(tab)


def known(asked: Asked, asker: Asker) -> dict[str, Any]:
    return worklist.values(asked, asker.actor, today())


def places(measured: Measured, asker: Asker, first: Asked) -> Iterator[tuple[str, Asked]]:
    """The first page, and where there is more than one, that in the middle and the last."""
    yield "first", first
    rows = worklist.filtered(first).where(*within(asker, first.tab))
    rows, given = rows.with_only_columns(HandoverParty.handover_id), known(first, asker)
    with Session(measured.worker) as session:
        count = session.scalar(select(func.count()).select_from(rows.subquery()), given) or 0
        if count <= PAGE:
            return
        ordered = rows.order_by(*worklist.order(HandoverParty, first))
        for name, offset in (("middle", count // 2), ("last", count - PAGE - 1)):
            yield name, replace(first, after=session.scalar(ordered.offset(offset).limit(1), given))


def list_costs(measured: Measured) -> dict[str, int]:
    """Buffers by name: each list of the largest fund and municipality, and an adviser's pages."""
    found = {}
    for side in Party:
        asker = measured.askers(side)[0]
        for name, asked in asked_lists(measured, asker):
            found[f"{side} {name}"] = cost(measured, asker, asked).buffers
    sender = measured.askers(Party.SENDER)[0]
    for name, path in measured.own_pages(sender).items():
        found[name] = page_cost(measured, sender, path).buffers
    return found


def growth(small: dict[str, int], large: dict[str, int]) -> dict[str, float]:
    """How many times more is read of many than of few.

    Few packages fill few lists: where they do not, a list of many is held against a full page.
    """
    full = median([small[name] for name in small if name.endswith(" middle")] or [1])
    found = {}
    for name, buffers in large.items():
        same = small.get(name, 0)
        found[name] = buffers / (max(same, full) if name.count(" ") else same)
    return found


def search(measured: Measured) -> dict[str, float]:
    """P5: searches as times of the unfiltered list; rare and absent words, and frequent ones."""
    asker = measured.askers(Party.SENDER)[0]
    plain = timed(measured, asker, listed(measured, asker))
    took = {
        name: timed(measured, asker, searched(measured, asker, words)) / plain
        for name, words in words_to_search(measured, asker).items()
    }
    rare = max(took["rare"], took["absent"], took["reference"])
    return {"P5": rare, "P5_frequent": took["frequent"]}


def timed(measured: Measured, asker: Asker, sent: Sent) -> float:
    return median(explain(measured, asker, sent).milliseconds for _try in range(TRIES))


def listed(measured: Measured, asker: Asker) -> Sent:
    with measured.statements() as sent, measured.app.app_context():
        act_for(asker.actor.organisation_id)
        worklist.worklist(Asked(tab="waiting"), actor=asker.actor, today=today())
    return sent[-1]


def searched(measured: Measured, asker: Asker, words: list[str]) -> Sent:
    with measured.statements() as sent, measured.app.app_context():
        act_for(asker.actor.organisation_id)
        worklist.search(words, actor=asker.actor, today=today())
    return sent[-1]


def words_to_search(measured: Measured, asker: Asker) -> dict[str, list[str]]:
    """A whole name, a reference, a first name that many have, and letters that nobody has."""
    own = HandoverParty.organisation_id == asker.actor.organisation_id
    first = func.split_part(HandoverParty.member_name, " ", 1)
    many = select(first).where(own).group_by(first).order_by(func.count().desc(), first).limit(1)
    one = select(HandoverParty.member_name, HandoverParty.reference).where(own)
    with Session(measured.worker) as session:
        frequent = session.scalars(many).one()
        row = session.execute(one.order_by(HandoverParty.handover_id).limit(1)).one()
    rare = row.member_name.split()
    return {
        "rare": [rare[0], rare[-1]],
        "reference": words_of(row.reference),
        "frequent": [frequent],
        "absent": ["qqxqzzq"],
    }
