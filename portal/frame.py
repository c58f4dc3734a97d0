"""The frame of every page: who is signed in, where the roles lead, and in which language."""

from functools import cache

from flask import current_app, g, has_request_context, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from portal import access, danish, web
from portal.access import Actor, Permission, Role
from portal.organisations import words

LANGUAGES = ("da", "en")
# The main menu: endpoint, words, and the permission that shows it.
NAVIGATION: tuple[tuple[str, LazyString, Permission], ...] = (
    ("handover_lists.index", _l("Overdragelser"), Permission.HANDOVER_READ),
    ("cases.index", _l("Medlemmer"), Permission.CASE_READ),
    ("agreements.index", _l("Aftaler"), Permission.AGREEMENT_READ),
    ("status_meetings.index", _l("Møder"), Permission.MEETING_READ),
    ("projects.index", _l("Projekter"), Permission.PROJECT_READ),
    ("knowledge.index", _l("Viden"), Permission.KNOWLEDGE_READ),
    ("standings.index", _l("Resultater"), Permission.GOAL_READ),
    ("goals.index", _l("Egne tal"), Permission.GOAL_READ),
    ("contacts.index", _l("Kontaktpersoner"), Permission.CONTACT_WRITE),
    ("restricted.index", _l("Begrænset adgang"), Permission.RESTRICTED_READ),
    ("agreements.in_area", _l("Aftaler i området"), Permission.AGREEMENT_LIST),
    ("surveys.index", _l("Undersøgelser"), Permission.SURVEY_WRITE),
    ("council_projects.index", _l("Projekter i området"), Permission.FIGURES_READ),
    ("council_meetings.index", _l("Rådsmøder"), Permission.FIGURES_READ),
    ("council.index", _l("Nøgletal"), Permission.FIGURES_READ),
    ("lookups.index", _l("Opslag"), Permission.LOOKUP_READ),
    ("support.index", _l("Support"), Permission.SUPPORT_GRANT),
    ("support.packages", _l("Support"), Permission.SUPPORT_READ),
    ("absences.index", _l("Fravær"), Permission.ABSENCE_OWN),
    ("administration.users", _l("Administration"), Permission.USER_MANAGE),
    ("providers.index", _l("Organisationer og login"), Permission.PROVIDER_READ),
)


def frame() -> dict[str, object]:
    """What the frame of every page shows: who, where to, and in which language."""
    actor, chosen = g.get("actor"), language()
    demo = current_app.extensions["samspil"].environment == "demo"
    menu, here = navigation(actor) if actor else ([], None)
    user = _user() if actor else None
    return {
        "user": user,
        "navigation": menu,
        "addresses": addresses(bool(actor and actor.may(Permission.MEETING_READ))),
        "language": chosen,
        "language_switch": SWITCHES[chosen],
        "demo": demo,
        "htmx": web.htmx,
        "frame_of": actor and (actor, user["organisation"] if user else "", chosen, demo, here),
    }


SWITCHES = {
    "da": {"url": "/language/en", "label": "English", "code": "en"},
    "en": {"url": "/language/da", "label": "Dansk", "code": "da"},
}


@cache
def addresses(has_calendar: bool) -> dict[str, str | None]:
    return {
        "start": "/",
        "sign_in": web.address("identity.sign_in"),
        "sign_out": "/logout",
        "sessions": web.address("sessions.index"),
        "calendar": web.address("calendar.index") if has_calendar else None,
        "accessibility": "/accessibility",
        "privacy": "/privacy",
        "report_error": "/report",
    }


def navigation(actor: Actor) -> tuple[list[dict[str, object]], str | None]:
    """What the roles open; the place nearest to this page is the one that it belongs to."""
    entries, here = places(actor.roles, danish.is_danish()), request.path
    around = [url for url, _words in entries if here.startswith(url)]
    nearest = max(around, key=len, default=None)
    menu = [{"url": url, "label": words, "active": url == nearest} for url, words in entries]
    return menu, nearest


@cache
def places(roles: frozenset[Role], _is_danish: bool) -> list[tuple[str, str]]:
    """Where the roles lead, in the words of the page."""
    may = access.granted(roles)
    return [
        (web.address(endpoint), str(words))
        for endpoint, words, needed in NAVIGATION
        if needed in may
    ]


def _user() -> dict[str, object]:
    roles = named(g.actor.roles, danish.is_danish())
    return {"name": g.actor.name, "organisation": current_user.organisation, "roles": roles}


@cache
def named(roles: frozenset[Role], _is_danish: bool) -> list[str]:
    return [str(words.ROLES[role]) for role in Role if role in roles]


def language() -> str:
    """What the person chose, else Danish."""
    if not has_request_context():
        return "da"
    chosen = request.cookies.get("language", "da")
    return chosen if chosen in LANGUAGES else "da"
