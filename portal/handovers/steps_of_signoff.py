"""Four eyes: another leader than the author looks before the package leaves the fund."""

import uuid

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.handovers import queries, sending
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverNote
from portal.workflow import Done, Lack

LEADING_ROLES = ("team_lead",)


def submit_for_signoff(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """With all that sending asks for, to a leader who has not made it."""
    if not sending.needs_another(handover):
        words = _("Aftalen kræver ikke intern godkendelse. Send pakken selv.")
        refuse(Lack("person_id", words))
    person_id: uuid.UUID = given["person_id"]
    leaders = {one.id: one for one in queries.colleagues(at.today, LEADING_ROLES)}
    leader = leaders.get(person_id) if person_id != handover.sender_person_id else None
    reception = queries.reception(handover.receiver_id, at.today)
    of_case = given["source"], given["agreement"]
    enclosed = given["desks"]["files"]
    lacking = sending.demanded(handover, given["draft"], *of_case, reception, at.today, enclosed)
    refuse(
        *lacking,
        None if leader else Lack("person_id", _("Vælg en anden teamleder end den, der har lavet "
                                                "pakken.")),
        Lack("person_id", _("%(name)s er fraværende.", name=leader.name))
        if leader and leader.is_absent
        else None,
    )  # fmt: skip
    assert leader is not None  # noqa: S101  (refused above)
    handover.signoff_person_id, handover.signoff_person = leader.id, leader.name
    return Done(detail={"person": leader.name})


def return_to_draft(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """What is to be changed is the own side's alone: it stands as a note, not in the course."""
    refuse(wanted(given, "comment", _("Skriv, hvad der skal ændres.")))
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    note = HandoverNote(person=actor.name, at=at.now, text=given["comment"], **own)
    db.session.add(note)
    return Done()


EFFECTS: dict[str, Effect] = {
    "submit_for_signoff": submit_for_signoff,
    "return_to_draft": return_to_draft,
}
