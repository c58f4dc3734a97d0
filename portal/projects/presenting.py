"""What the pages of projects show beside the rows: names, choices, and links of the list."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from portal.access import Actor, OrganisationKind
from portal.clock import today
from portal.organisations.collation import sort_key
from portal.organisations.queries import members_of, municipalities, names_on
from portal.projects import catalogue, queries, words
from portal.projects.budget import total
from portal.projects.catalogue import Entry
from portal.projects.forms import MunicipalityForm, ProjectForm
from portal.projects.listing import NEEDS, Asked
from portal.projects.models import (
    Colour,
    PartnerRole,
    PartnerState,
    Project,
    ProjectPartner,
    ProjectState,
)
from portal.projects.parts import ProjectEvent, ProjectMove
from portal.surveys.queries import kind_of

AREA = "area-"  # before the id of a council, in the list of what can be added
FIRST_YEAR = 2015


def language() -> str:
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "da"


def choices(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(one.key, one.name[language()]) for one in entries]


def offering(form: ProjectForm) -> ProjectForm:
    models = [(one.key, one.name[language()]) for one in catalogue.models()]
    form.offer(choices(catalogue.types()), choices(catalogue.trades()), models)
    return form


def own_municipality(actor: Actor) -> list[uuid.UUID]:
    """A project of a municipality is about it, to begin with."""
    is_one = kind_of(actor) == OrganisationKind.MUNICIPALITY
    return [actor.organisation_id] if is_one else []


def kroner(amount: int) -> str:
    """Whole kroner, such as 1.250.000 kr."""
    return str(_("%(amount)s kr.", amount=format_decimal(amount)))


# --- The list ---


def asked(values: Any) -> Asked:
    """From the address; what is not known there counts as not asked."""
    state = next((one for one in ProjectState if one == values.get("state")), None)
    return Asked(
        trade=values.get("trade", ""),
        fund=values.get("fund", ""),
        year=values.get("year", type=int),
        state=state,
        after=values.get("after", ""),
    )


def of_list(asked: Asked) -> dict[str, Any]:
    """The filters and their choices, which are data and cost no statement."""
    return {
        "trades": dict(choices(catalogue.trades())),
        "funds": dict(choices(catalogue.funds())),
        "years": range(today().year + 1, FIRST_YEAR - 1, -1),
        "states": {one.value: words.STATES[one][0] for one in ProjectState},
        "filters": chosen_filters(asked),
        "needs": NEEDS,
        "words": words,
        "here": here,
    }


def here(**changes: Any) -> str:
    """This list's address with something changed; the way through pages begins anew."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return url_for(
        "projects.index", **{name: value for name, value in (kept | changes).items() if value}
    )


def chosen_filters(asked: Asked) -> list[dict[str, str]]:
    trades, funds = (dict(choices(one)) for one in (catalogue.trades(), catalogue.funds()))
    labels = {
        "trade": trades.get(asked.trade) or asked.trade,
        "fund": funds.get(asked.fund) or asked.fund,
        "year": asked.year,
        "state": words.STATES[asked.state][0] if asked.state else None,
    }
    return [
        {"label": str(label), "url": here(**{name: None})}
        for name, label in labels.items()
        if label
    ]


# --- One project ---


def of_project(project: Project, parts: queries.Parts, day: date) -> dict[str, Any]:
    models = [catalogue.model(key).name[language()] for key in project.templates]
    return {
        "models": models,
        "partners": sorted(project.partners, key=lambda one: place(one, parts)),
        "areas": areas(project, parts, day),
        "events": timeline(parts),
        "type_name": catalogue.name_of(catalogue.types(), project.type, language()),
        "trade_name": catalogue.name_of(catalogue.trades(), project.trade, language()),
        "moves": moves(parts),
        "money": total(parts.budget),
        "kroner": kroner,
        "words": words,
    }


def place(one: ProjectPartner, parts: queries.Parts) -> tuple[int, int, str]:
    """Who takes part before who is asked or has said no; the lead first, then by role and name."""
    states, roles = [*PartnerState], [*PartnerRole]
    is_in = one.state == PartnerState.TAKING_PART
    return (
        -1 if is_in else states.index(one.state),
        roles.index(one.role),
        sort_key(parts.names[one.organisation_id]),
    )


def areas(project: Project, parts: queries.Parts, day: date) -> list[tuple[str, list[str]]]:
    """The municipalities under the councils that they lie under, in Danish order.

    By the day, or the project's first or last where it has not begun or is over.
    """
    towns = [one.municipality_id for one in parts.municipalities]
    of_day = parts.councils_on(min(max(day, project.starts_on), project.ends_on))
    found: dict[str, list[str]] = {}
    for town in towns:
        council = of_day.get(town)
        name = parts.names[council] if council else str(_("Uden råd"))
        found.setdefault(name, []).append(parts.names[town])
    return [(area, sorted(found[area], key=sort_key)) for area in sorted(found, key=sort_key)]


def moves(parts: queries.Parts) -> dict[uuid.UUID, list[ProjectMove]]:
    """What moved each phase, the newest first."""
    found: dict[uuid.UUID, list[ProjectMove]] = {}
    for one in parts.moves:
        found.setdefault(one.phase_id, []).append(one)
    return found


def timeline(parts: queries.Parts) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "title": title(one), "by": one.person, "note": one.reason}
        for one in parts.events
    ]


def title(event: ProjectEvent) -> str:
    told = str(words.HAPPENED[event.step])
    if colour := event.detail.get("colour"):
        return str(words.COLOURS[Colour(colour)][0])
    return f"{told}: {event.detail['who']}" if "who" in event.detail else told


def offer_municipalities(form: MunicipalityForm, project: Project) -> None:
    day = today()
    towns = [(one.id, one.short_name) for one in municipalities(day)]
    names = names_on(queries.councils(day), day)
    whole = [(f"{AREA}{one}", _("Hele %(area)s", area=name)) for one, name in names.items()]
    form.offer(towns, sorted(whole, key=lambda one: sort_key(one[1])))


def chosen_municipalities(form: MunicipalityForm, project: Project) -> list[uuid.UUID]:
    chosen = form.municipality.data or ""
    if chosen.startswith(AREA):
        return sorted(members_of(uuid.UUID(chosen.removeprefix(AREA)), today()))
    return [uuid.UUID(chosen)] if chosen else []


def of_municipalities(project: Project, form: MunicipalityForm) -> dict[str, Any]:
    ids = [one.municipality_id for one in queries.municipalities(project.id)]
    names = names_on(ids, today())
    rows = sorted(names.items(), key=lambda one: sort_key(one[1]))
    return {"project": project, "form": form, "rows": rows}
