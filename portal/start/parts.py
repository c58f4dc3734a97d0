"""What stands on the start page of a role that handles no single cases."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.access import Actor, Role
from portal.agreements import amending, contacts, words
from portal.agreements.contacts import OwnFunction
from portal.agreements.document import label
from portal.departures.queries import left_behind
from portal.handovers.stuck import rejected_twice, stuck
from portal.projects import listing
from portal.start import queries

Part = Callable[[Actor, date], Mapping[str, Any]]


def agreements(actor: Actor, today: date) -> Mapping[str, Any]:
    return {"agreements": queries.own_agreements(actor, today)}


def owned(actor: Actor, today: date) -> Mapping[str, Any]:
    return {
        **agreements(actor, today),
        "stuck": stuck(actor, today),
        "rejected_twice": rejected_twice(actor, today),
        "unfilled": unfilled(actor, today),
        "to_answer": amending.to_answer(actor.organisation_id),
        "left_behind": left_behind(actor.organisation_id),
        "agreement_words": words,
    }


def users(actor: Actor, today: date) -> Mapping[str, Any]:
    return {"users": queries.users_to_see_to(today), "unfilled": unfilled(actor, today)}


def unfilled(actor: Actor, today: date) -> list[OwnFunction]:
    return contacts.unfilled(actor.organisation_id, today)


def council(actor: Actor, today: date) -> Mapping[str, Any]:
    return {"area": queries.area(today)}


def operator(actor: Actor, today: date) -> Mapping[str, Any]:
    return {"sign_in": queries.sign_in_ways(today)}


def projects(actor: Actor, today: date) -> Mapping[str, Any]:
    """What needs the partner first."""
    found = listing.projects(listing.Asked(), today).rows[: queries.FEW]
    return {"projects": found, "project_needs": listing.NEEDS}


# The template in templates/start/ and what it shows. Whoever handles cases has the work list.
PARTS: Mapping[Role, tuple[str, Part]] = {
    Role.AGREEMENT_OWNER: ("agreements", owned),
    Role.AUDITOR: ("auditor", agreements),
    Role.LOCAL_ADMINISTRATOR: ("users", users),
    Role.SECRETARY: ("council", council),
    Role.COUNCIL_MEMBER: ("council", council),
    Role.PROJECT_PARTNER: ("partner", projects),
    Role.OPERATOR: ("operator", operator),
}


def parts(actor: Actor, today: date) -> tuple[list[str], dict[str, Any]]:
    """The templates of all the actor's roles, each once, and what they show."""
    templates: dict[str, None] = {}
    shown: dict[str, Any] = {"label": label}
    for role, (template, part) in PARTS.items():
        if role in actor.roles and template not in templates:
            templates[template] = None
            shown |= part(actor, today)
    return [*templates], shown
