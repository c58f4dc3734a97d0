"""Back to the fund: what a municipality has taken on, where the law or the agreement allows it.

The fund reads what it had sent itself, with what the municipality has done since and what is left.
"""

import uuid
from datetime import date

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from portal import rules
from portal.access import Actor
from portal.agreements.models import AgreementVersion
from portal.agreements.parameters import agreed, default, plain
from portal.agreements.queries import in_force
from portal.clock import Moment
from portal.db import db
from portal.handovers import actions, queries, straight, words
from portal.handovers.models import Handover, Kind, Party, State
from portal.keys import Keys
from portal.workflow import Lack, NotNow, Refused

FROM_FUND = (Kind.OVERGANG, Kind.VISITATION)


def may_return(handover: Handover, actor: Actor) -> bool:
    """Of what the own municipality has taken on from the fund, whether or not it has gone back."""
    is_taken = handover.state in straight.TAKEN_ON and handover.kind in FROM_FUND
    return is_taken and handover.party_of(actor) == Party.RECEIVER


def returned(handover_id: uuid.UUID) -> Handover | None:
    """The package by which this one has gone back, or is going; the draft only its writer sees."""
    rows = select(Handover).where(
        Handover.former_id == handover_id,
        Handover.kind == Kind.RETUR,
        Handover.state.in_([State.DRAFT, State.SENT, State.RECEIVED, State.COMPLETED]),
    )
    return db.session.scalars(rows.order_by(Handover.created_at.desc()).limit(1)).one_or_none()


def version_for(taken: Handover, day: date) -> AgreementVersion | None:
    return in_force(taken.sender_id, taken.receiver_id, Kind.OVERGANG, day)


def grounds(taken: Handover, day: date) -> dict[str, LazyString]:
    """On which this package may go back on `day`; what the law itself brings back stands first."""
    by_law = [str(code) for code in rules.on(day, "handover.return_grounds", tuple)]
    version = version_for(taken, day) if taken.kind == Kind.VISITATION else None
    by_agreement = agreed(version.parameters).return_grounds if version else ()
    return {code: words.RETURNED_FOR[code] for code in (*by_law, *by_agreement)}


def give_back(
    taken: Handover, *, ground: str, day: date, actor: Actor, at: Moment, keys: Keys
) -> Handover:
    """A draft to the fund that it came from; `day` is since when responsibility is the fund's.

    Raises:
        NotNow: the own side has not taken it on, or it has gone back.
        AlreadyOpen: one is under way.
        Refused: neither law nor agreement allows it, or the package is for named people only.
    """
    before = queries.open_package(taken.case_id, taken.sender_id, Kind.RETUR)
    if before:
        raise actions.AlreadyOpen(before.id)
    if not may_return(taken, actor) or returned(taken.id):
        raise NotNow("give_back", taken.state)
    if ground not in grounds(taken, at.today):
        told = _("Hverken loven eller aftalen med a-kassen fører pakken tilbage af den grund.")
        raise Refused([Lack("ground", told)])
    version = version_for(taken, at.today)
    terms = actions.Terms(
        Kind.RETUR,
        taken.sender_id,
        plain(agreed(version.parameters) if version else default()),
        version.id if version else None,
        former_id=taken.id,
        returned_for=ground,
    )
    source = straight.source_of(
        taken, kind=Kind.RETUR, receiver_id=taken.sender_id, day=day, keys=keys, today=at.today
    )
    made = actions.begin(source, terms, actor=actor, at=at, keys=keys)
    sent = queries.newest_content(taken.id).content
    written = queries.draft(made.id)
    written.considerations = sent.get("considerations")
    db.session.flush()
    straight.keep_restricted([taken.id], made, actor, at)
    return made
