"""What the sender's case says of its packages: which there are, what is next, what may begin."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import Row, case, select

from portal.cases.overview import Overview
from portal.db import db
from portal.handovers import queries, words
from portal.handovers.models import STRAIGHT, Handover, Kind, Party, State
from portal.handovers.workflow import WITH_MEETING

ENDED = {
    State.COMPLETED,
    State.REJECTED,
    State.WITHDRAWN,
    State.OBSOLETE,
    State.SUPERSEDED,
    State.IN_ERROR,
}


@dataclass(frozen=True)
class Link:
    """A sentence, and where it is acted on (None: nowhere else)."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class OfCase:
    """The packages of one case, newest first."""

    case_id: uuid.UUID
    rows: Sequence[Row[Any]]

    @property
    def drafts(self) -> list[Row[Any]]:
        return [row for row in self.rows if row.state == State.DRAFT]

    @property
    def since_return(self) -> list[Row[Any]]:
        """What came after the newest one by which the municipality gave the member back."""
        return [*takewhile(lambda row: not is_back(row), self.rows)]

    @property
    def paper(self) -> tuple[str | None, str | None, bool | None]:
        """State, clock and the member's wish of the newest one on the way to the municipality."""
        found = [row for row in self.since_return if row.kind not in STRAIGHT]
        if not found:
            return None, None, None
        return found[0].state, found[0].due_for, found[0].fund_attends

    @property
    def under_way(self) -> list[Row[Any]]:
        return [row for row in self.rows if row.state not in {*ENDED, State.DRAFT}]

    @property
    def handed_over(self) -> bool:
        return any(
            row.state == State.COMPLETED and row.kind != Kind.AKASSESKIFT
            for row in self.since_return
        )

    @property
    def may_begin(self) -> bool:
        """Whether there is a kind left: one package of each, and none after the handover."""
        open_kinds = {row.kind for row in self.under_way}
        return (
            not self.drafts
            and not self.handed_over
            and open_kinds.isdisjoint(STRAIGHT)
            and open_kinds < WITH_MEETING
        )

    def next_step(self, seen: Overview) -> Link | None:
        """The case's own step, unless what its packages have come to says another one."""
        own = seen.next_step
        if own is None or seen.is_past:
            return linked(own, self.case_id)
        if self.under_way:
            return follow(self.under_way[0])
        if self.handed_over:
            return end(seen.transfer_on, seen.day)
        if own.endpoint == "handovers.new" and self.drafts:
            return finish(self.drafts[0])
        return linked(own, self.case_id)

    def shown(self) -> list[dict[str, Any]]:
        """As the fund calls kinds and states."""
        return [
            {
                **row._mapping,
                "kind": words.KINDS[row.kind],
                "words": words.state_of(row, side_of(row)),
            }
            for row in self.rows
        ]


def packages_of_case(case_id: uuid.UUID, today: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The packages of one of the own cases, newest first."""
    rows = select(
        Handover.id,
        Handover.reference,
        Handover.kind,
        Handover.state,
        Handover.due_on,
        Handover.due_for,
        Handover.fund_attends,
        queries.name_of(
            case((Handover.kind == Kind.RETUR, Handover.sender_id), else_=Handover.receiver_id),
            today,
        ).label("municipality"),
    ).where(Handover.case_id == case_id)
    return db.session.execute(rows.order_by(Handover.created_at.desc())).all()


def of_case(case_id: uuid.UUID, today: date) -> OfCase:
    return OfCase(case_id, packages_of_case(case_id, today))


def is_back(row: Any) -> bool:
    return bool(row.kind == Kind.RETUR and row.state == State.COMPLETED)


def side_of(row: Any) -> Party:
    """What the municipality gives back is the fund's to receive."""
    return Party.RECEIVER if row.kind == Kind.RETUR else Party.SENDER


def linked(step: Any, case_id: uuid.UUID) -> Link | None:
    if step is None:
        return None
    return Link(step.text, url_for(step.endpoint, case_id=case_id) if step.endpoint else None)


def follow(package: Row[Any]) -> Link:
    state = words.state_of(package, side_of(package))
    text = _("Følg pakken %(reference)s: %(state)s", reference=package.reference, state=state.name)
    return Link(text, url_for("handovers.show", handover_id=package.id))


def finish(draft: Row[Any]) -> Link:
    text = _("Skriv kladden %(reference)s færdig, og send den", reference=draft.reference)
    return Link(text, url_for("handovers.draft", handover_id=draft.id))


def end(transfer_on: date | None, day: date) -> Link:
    if transfer_on and transfer_on > day:
        when = format_date(transfer_on, "dd.MM.y")
        return Link(
            _("Medlemmet er overdraget. Luk sagen, når ansvaret er overgået %(day)s", day=when)
        )
    return Link(_("Medlemmet er overdraget. Luk sagen nederst på siden"))
