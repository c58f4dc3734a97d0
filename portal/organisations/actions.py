"""What is done about who is away, and about who is not on board yet."""

import re
import uuid
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from portal.access import Actor, OrganisationKind
from portal.db import db
from portal.fields import ADDRESS
from portal.organisations import queries
from portal.organisations.models import Absence, Organisation, Unit, UnitKind
from portal.organisations.queries import Colleague
from portal.workflow import Lack, Refused


def register_absence(
    absence: Absence | None,
    colleague: Colleague,
    *,
    first_day: date,
    last_day: date,
    stand_in_id: uuid.UUID | None,
    actor: Actor,
) -> Absence:
    """A new absence of the colleague or other days of one.

    Raises:
        NoResultFound: the actor may not register it, so it is not there.
        Refused: the days are upside down or overlap, or the stand-in cannot stand in.
    """
    demand_may(actor, colleague)
    if last_day < first_day:
        raise Refused([Lack("last_day", _("Sidste dag ligger før første dag."))])
    if stand_in_id == colleague.user.id:
        raise Refused([Lack("stand_in_id", _("Man kan ikke være sin egen stedfortræder."))])
    if stand_in_id and (why := unfit(stand_in_id, absence, colleague, first_day, actor)):
        raise Refused([Lack("stand_in_id", why)])
    saved = absence or Absence(id=uuid.uuid4(), user_id=colleague.user.id)
    for other in queries.absences([colleague.user.id], first_day):
        if other.id != saved.id and other.first_day <= last_day:
            raise Refused([Lack("first_day", _("Der er allerede registreret fravær i de dage."))])
    saved.organisation_id = actor.organisation_id
    saved.first_day, saved.last_day, saved.stand_in_id = first_day, last_day, stand_in_id
    db.session.add(saved)
    db.session.flush()
    return saved


def unfit(
    stand_in_id: uuid.UUID, absence: Absence | None, away: Colleague, first_day: date, actor: Actor
) -> str | None:
    """Why somebody cannot stand in; who did already goes on, also from another unit by now."""
    stand_in = queries.colleague(stand_in_id)
    if not stand_in.is_active(first_day):
        return str(_("Stedfortræderen kan ikke logge på i perioden."))
    goes_on = absence is not None and absence.stand_in_id == stand_in_id
    if not goes_on and not queries.may_stand_in(actor, away, stand_in):
        return str(_("Vælg en kollega, der kan tage arbejdet."))
    return None


def cancel_absence(absence: Absence, colleague: Colleague, *, actor: Actor) -> None:
    demand_may(actor, colleague)
    db.session.delete(absence)
    db.session.flush()


def demand_may(actor: Actor, colleague: Colleague) -> None:
    if not queries.may_register_absence(actor, colleague):
        raise NoResultFound


RECEPTION = "Modtagelsen"  # the unit of an organisation that nobody has told us the units of


def set_mailbox(slug: str, address: str, *, today: date) -> Unit:
    """As the worker, for the operator: where a municipality without users gets references.

    Raises Refused for what is no address or no municipality, and for one that is on board: its
    units are its own to look after.
    """
    rows = select(Organisation).where(Organisation.slug == slug)
    found = db.session.scalars(rows).one_or_none()
    if found is None or found.kind != OrganisationKind.MUNICIPALITY:
        raise Refused([Lack("slug", f"no municipality is called {slug}")])
    if not re.fullmatch(ADDRESS, address):
        raise Refused([Lack("address", f"no address: {address}")])
    if db.session.scalar(select(func.is_on_board(found.id, today))):
        raise Refused([Lack("slug", f"{slug} has users, who look after its units themselves")])
    own = select(Unit).where(Unit.organisation_id == found.id, Unit.is_default.is_(True))
    unit = db.session.scalars(own).one_or_none()
    if unit is None:
        unit = Unit(
            organisation_id=found.id,
            name=RECEPTION,
            kind=UnitKind.TEAM,
            is_default=True,
            valid_from=today,
        )
        db.session.add(unit)
    unit.mailbox = address
    db.session.flush()
    return unit
