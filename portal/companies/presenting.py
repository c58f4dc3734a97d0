"""What the pages of companies show beside the rows: the address, filters, names and the file."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from portal.access import Permission
from portal.clock import moment, today
from portal.companies import actions, queries, words
from portal.companies.actions import Hand
from portal.companies.forms import CompanyForm, HandOverForm
from portal.companies.models import Company
from portal.companies.queries import Asked, Whole
from portal.handovers.export import Table
from portal.organisations.collation import sort_key
from portal.organisations.queries import municipalities, names_on
from portal.projects import queries as projects
from portal.projects.models import Project
from portal.web import concerning


def opened(project_id: uuid.UUID) -> Project:
    """A project of one of its partners; of a council that is none there is nothing here."""
    concerning("project", project_id)
    project = projects.project(project_id)
    if not queries.is_partner(project):
        abort(404)
    return project


def hand(project: Project, actor: Any) -> Hand:
    return Hand(project, actor, moment())


def asked(values: Any) -> Asked:
    """From the address; what is not known there counts as not asked."""
    return Asked(
        shown=values.get("show", ""),
        trade=values.get("trade", ""),
        municipality=values.get("municipality", type=uuid.UUID),
        words=values.get("q", "").strip(),
        after=values.get("after", type=uuid.UUID),
    )


def here(project: Project, **changes: Any) -> str:
    """This list's address with something changed; the way through pages begins anew."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    told = {name: value for name, value in (kept | changes).items() if value}
    return url_for("companies.index", project_id=project.id, **told)


def of_list(project: Project, asked: Asked) -> dict[str, Any]:
    trades, ids = queries.choices(project)
    names = names_on(ids, today())
    towns = sorted(names.items(), key=lambda one: sort_key(one[1]))
    town = names.get(asked.municipality) if asked.municipality else None
    chosen = {
        "show": words.SHOWN.get(asked.shown),
        "trade": asked.trade,
        "municipality": town,
        "q": f"»{asked.words}«" if asked.words else None,
    }
    return {
        "trades": sorted(trades, key=sort_key),
        "towns": towns,
        "filters": [
            {"label": str(label), "url": here(project, **{name: None})}
            for name, label in chosen.items()
            if label
        ],
        "words": words,
        "here": lambda **changes: here(project, **changes),
    }


def offering(form: CompanyForm) -> CompanyForm:
    form.offer((one.id, one.short_name) for one in municipalities(today()))
    return form


def filled(one: Company) -> dict[str, Any]:
    names = ("cvr", "name", "trade", "contact_name", "contact_phone", "contact_email", "revision")
    return {name: getattr(one, name) for name in names} | {"municipality": str(one.municipality_id)}


def of_company(one: Company, whole: Whole, by: Hand) -> dict[str, Any]:
    may_act = by.actor.may(Permission.COMPANY_WRITE) and projects.may_write_own_part(
        by.project, by.actor, by.at.today
    )
    return {
        "project": by.project,
        "one": one,
        "whole": whole,
        "may_write": may_act and actions.may_write(one, by),
        "is_ours": one.contacted_by_id == by.me,
        "events": story(whole),
        "words": words,
        "today": by.at.today,
    }


def story(whole: Whole) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "title": str(words.KINDS[one.kind]),
            "by": f"{one.person}, {whole.names.get(one.organisation_id, '')}",
            "note": one.text,
        }
        for one in whole.log
    ]


def offer_partners(form: HandOverForm, one: Company, project: Project) -> None:
    ids = [each for each in queries.partners(project, today()) if each != one.contacted_by_id]
    names = names_on(ids, today())
    form.offer(sorted(names.items(), key=lambda each: sort_key(each[1])))


def table(rows: Iterable[Any]) -> Table:
    """The companies as a file, with the columns that an import reads first."""
    head: list[Any] = [
        "CVR-nummer",
        "Navn",
        "Branche",
        "Kommune",
        "Kontaktperson",
        "Telefon",
        "E-mail",
        "Spurgt",
        "Svaret",
        "Interesseret",
    ]
    return [[*head, _("Kontaktes af"), _("Svaret med egne ord")], *(line(row) for row in rows)]


def line(row: Any) -> list[Any]:
    one: Company = row.Company
    yes = {True: "ja", False: "nej", None: None}[one.interested]
    told = [one.contact_name, one.contact_phone, one.contact_email, one.asked_on, one.answered_on]
    return [one.cvr, one.name, one.trade, row.town, *told, yes, row.contact, one.answer]
