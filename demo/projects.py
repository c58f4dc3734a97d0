"""Two regional projects: the industry of East Jutland, and pædagogues of Sydjylland.

They are modelled on two real ones (see the sources in `config/projects`) with days around the
demo's own day, and they come about as in the product: by the actions of those who take part.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import companies, data, gatherings, participants
from demo.negotiated import Owner, ago
from portal.access import Actor, Role
from portal.clock import Moment
from portal.organisations.models import Membership, Organisation, RoleGrant, User
from portal.projects import actions, budget, partners, queries, steering
from portal.projects.actions import Given
from portal.projects.budget import Money
from portal.projects.models import Colour, PartnerRole, PartnerState, Project, ProjectPartner
from portal.projects.parts import Level, PhaseKind
from portal.projects.steering import Days
from portal.rules import months_after
from portal.workflow import Stamp

R = PartnerRole
INDUSTRY, CHILDCARE = "Industriprojektet i Østjylland", "Pædagoger i Sydjylland: jobmatchdag"
EAST = ("favrskov", "hedensted", "horsens", "norddjurs", "odder", "randers", "samsoe", "silkeborg",
        "skanderborg", "syddjurs", "aarhus")  # fmt: skip
SOUTH = ("billund", "esbjerg", "varde", "vejen")
LENGTH = 24  # months


@dataclass(frozen=True)
class Plan:
    """A project of the demo. `begun` is how many months before the demo's day it began.

    `partners` are slugs with a role and, where somebody of theirs can answer, who says yes.
    """

    lead: tuple[str, str]
    given: dict[str, Any]
    towns: Sequence[str]
    begun: int
    partners: Sequence[tuple[str, PartnerRole, str | None]]
    phases: Sequence[tuple[int, int]]  # months after its first day, in the order of the model
    money: Sequence[tuple[str, str, int, int, int]]
    risk: tuple[str, Level, str]
    decision: tuple[str, str]
    colour: tuple[Colour, str]
    milestone: tuple[str, int]
    people: dict[str, dict[str, int]]  # how many participants by partner and model
    calls: frozenset[str] = frozenset()  # the partners that talk to companies
    signs_up: str | None = None  # the partner whose people come to the match day


PLANS = {
    INDUSTRY: Plan(
        ("aarhus", "gitte"),
        {
            "type": "recruitment",
            "trade": "industry",
            "target_group": "Jobparate ledige: faglærte, ufaglærte og faglærte med en forældet "
            "uddannelse, der har erfaring fra industrien eller vil skifte spor.",
            "purpose": "Industrivirksomheder i Østjylland skal kunne finde folk med de rette "
            "kompetencer på tværs af kommunegrænser.",
            "templates": ["samarbejdsmodellen", "uddannelsesmodellen", "direkte_rekruttering"],
        },
        EAST,
        9,
        (
            ("3f-forbund", R.UNION, "peter"),
            ("dansk-metal", R.UNION, "morten"),
            *((town, R.JOBCENTRE, None) for town in EAST[:-1]),
        ),
        ((0, 3), (2, 5), (4, 7), (5, 9), (6, 18), (20, 24)),
        (
            ("regional_pool", "aarhus", 2_400_000, 1_850_000, 1_210_000),
            ("tripartite", "3f-forbund", 600_000, 420_000, 380_000),
        ),
        (
            "Kurset i svejsning bliver ikke fyldt, fordi de ledige får job først.",
            Level.MEDIUM,
            "Kurset åbnes for beskæftigede, og to kommuner går sammen om holdet.",
        ),
        ("Styregruppen", "Dansk Metal og 3F deler virksomhederne efter branche, så hver "
         "virksomhed har én kontakt."),
        (Colour.YELLOW, "Færre virksomheder end ventet har svaret på den anden runde."),
        ("Første hold begynder på AMU", 7),
        {
            "3f-forbund": {
                "samarbejdsmodellen": 34,
                "uddannelsesmodellen": 40,
                "direkte_rekruttering": 16,
            },
            "dansk-metal": {
                "samarbejdsmodellen": 26,
                "uddannelsesmodellen": 32,
                "direkte_rekruttering": 14,
            },
            "aarhus": {"samarbejdsmodellen": 24, "uddannelsesmodellen": 36},
        },
        frozenset({"3f-forbund", "dansk-metal"}),
    ),
    CHILDCARE: Plan(
        ("esbjerg", "palle"),
        {
            "type": "recruitment",
            "trade": "childcare",
            "target_group": "Ledige med pædagog eller pædagogmedhjælper som jobmål, og ledige "
            "pædagogiske assistenter.",
            "purpose": "Fire kommuner skal kunne ansætte til daginstitutioner med det samme og "
            "derefter tilbyde et kursusforløb.",
            "templates": ["jobmatchdag"],
        },
        SOUTH,
        6,
        (
            ("uc-syd", R.SCHOOL, "signe"),
            ("bupl", R.UNION, "camilla"),
            ("rbr-syddanmark", R.SECRETARIAT, "kirsten"),
            *((town, R.EMPLOYER, None) for town in SOUTH if town != "esbjerg"),
        ),
        ((0, 2), (2, 4), (4, 5), (6, 12), (12, 18), (18, 24)),
        (("regional_pool", "esbjerg", 900_000, 350_000, 120_000),),
        (
            "Specialområdet mangler ansøgere med faglig viden.",
            Level.HIGH,
            "Næste runde åbnes for ufaglærte beskæftigede på specialområdet.",
        ),
        ("Arbejdsgruppen", "Jobmatchdagen ligger før kurset, så kommunerne kan ansætte straks."),
        (Colour.GREEN, ""),
        ("Jobmatchdag", 5),
        {"bupl": {"jobmatchdag": 26}},
        signs_up="bupl",
    ),
}  # fmt: skip


def fill(web: Flask, day: date) -> None:
    """Nothing where they are, or the people who lead them are not."""
    with data.owner() as engine, Session(engine) as session:
        known = {*session.scalars(select(Project.title))}
        slugs = {row.slug: row.id for row in session.scalars(select(Organisation))}
    for title, plan in PLANS.items():
        if title not in known and somebody(web, *plan.lead):
            make(web, title, plan, slugs, day)


def somebody(web: Flask, slug: str, sub: str) -> Owner | None:
    """One of the providers' people at work, with the roles that they have."""
    with data.owner() as engine, Session(engine) as session:
        rows = select(User).join(Organisation, Organisation.id == User.organisation_id)
        who = session.scalars(rows.where(Organisation.slug == slug, User.subject == sub)).first()
        if who is None:
            return None
        held = select(RoleGrant.role).join(Membership, Membership.id == RoleGrant.membership_id)
        roles = frozenset(Role(role) for role in
                          session.scalars(held.where(Membership.user_id == who.id)))  # fmt: skip
        return Owner(web, Actor(who.id, who.organisation_id, who.name, roles))


def make(web: Flask, title: str, plan: Plan, slugs: dict[str, uuid.UUID], day: date) -> None:
    lead = somebody(web, *plan.lead)
    if lead is None:
        return
    first = months_after(day, -plan.begun).replace(day=1)
    last = months_after(first, LENGTH) - timedelta(days=1)
    before = ago(first, 40, 10)
    soon = day + timedelta(days=10)
    days: dict[str, Any] = {"starts_on": first, "ends_on": last, "next_report_on": soon}
    with lead.at_work():
        towns = [slugs[town] for town in plan.towns if town in slugs]
        made = actions.draft(Given(title=title, **plan.given, **days), towns,
                             actor=lead.actor, at=before)  # fmt: skip
        project_id = made.id
    step(lead, project_id, "prepare", before)
    gather(web, lead, project_id, plan, slugs, first)
    step(lead, project_id, "begin", ago(first, 0, 9))
    with lead.at_work():
        steer(queries.project(project_id), plan, lead.actor, first, ago(day, 20, 9), slugs)
    everybody = {slug: sub for slug, _role, sub in plan.partners if sub}
    everybody[plan.lead[0]] = plan.lead[1]
    known = {slug: who for slug in plan.people if (who := somebody(web, slug, everybody[slug]))}
    for slug, who in known.items():
        told = plan.people[slug], first, day
        participants.fill(project_id, who.actor.organisation_id, who.actor.name, *told)
    if plan.calls and plan.calls <= known.keys():
        contacts = {known[slug].actor.organisation_id: known[slug].actor.name
                    for slug in sorted(plan.calls)}  # fmt: skip
        companies.fill(project_id, contacts, towns, first, day)
    if plan.signs_up in known and len(towns) == len(plan.towns):
        gatherings.fill(lead, known[plan.signs_up], project_id, towns, first, day)


def step(who: Owner, project_id: uuid.UUID, name: str, at: Moment) -> None:
    with who.at_work():
        project = queries.project(project_id)
        stamp = Stamp(project.revision, f"demo {name}")
        actions.take(project, name, "", actor=who.actor, at=at, stamp=stamp)


def gather(
    web: Flask, lead: Owner, project_id: uuid.UUID, plan: Plan, slugs: dict[str, uuid.UUID],
    first: date,
) -> None:  # fmt: skip
    """Everybody is asked; those of whom somebody is known say yes."""
    for slug, role, sub in plan.partners:
        if slug not in slugs:
            continue
        asked = partners.Asked(slugs[slug], role, first, None)
        with lead.at_work():
            project = queries.project(project_id)
            partners.invite(project, asked, actor=lead.actor, at=ago(first, 30, 10))
        who = somebody(web, slug, sub) if sub else None
        if who is None:
            continue
        with who.at_work():
            _party, one = queries.invitation(project_id)
            how: dict[str, Any] = {"actor": who.actor, "at": ago(first, 20, 11)}
            partners.answer(one, project_id, says_yes=True, reason="", **how)
    settle(project_id, ago(first, 18, 9))


def settle(project_id: uuid.UUID, at: Moment) -> None:
    """Whoever has nobody in the demo to say it has said yes all the same."""
    with data.owner() as engine, Session(engine) as session, session.begin():
        rows = select(ProjectPartner).where(
            ProjectPartner.project_id == project_id, ProjectPartner.state == PartnerState.INVITED
        )
        for one in session.scalars(rows):
            one.state, one.answered_at = PartnerState.TAKING_PART, at.now
            one.answered_by = "Kontaktpersonen i kommunen"


def steer(
    project: Project, plan: Plan, actor: Actor, first: date, at: Moment,
    slugs: dict[str, uuid.UUID],
) -> None:  # fmt: skip
    how: dict[str, Any] = {"actor": actor, "at": at}
    parts = queries.parts(project, at.today)
    for row, (begins, ends) in zip(parts.phases, plan.phases, strict=False):
        planned = months_after(first, begins), months_after(first, ends) - timedelta(days=1)
        actual = [day if day < at.today else None for day in planned]
        one = steering.phase(project, row.id)
        days = Days(planned[0], planned[1], actual[0], actual[1])
        steering.change(project, one, one.name, days, version=one.revision, **how)
    named, month = plan.milestone
    steering.add(project, PhaseKind.MILESTONE, named,
                 Days(months_after(first, month), None, None, None), **how)  # fmt: skip
    steering.add_risk(project, *plan.risk, **how)
    by, text = plan.decision
    steering.decide(project, text, at.today - timedelta(days=30), by, **how)
    for fund, holder, *amounts in plan.money:
        budget.add(project, slugs[holder], fund, at.today.year, Money(*amounts), **how)
    actions.set_colour(project, *plan.colour, **how)
