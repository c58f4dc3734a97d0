"""Thousands of projects of one council to measure with: `python -m demo.bulk_projects`.

The database makes the rows, a statement a table, and its triggers what follows from them as they do
for the portal. Half of the projects are about each of two municipalities of the council's area, one
municipality leads them all, and one fund brings the people, the same number to each project.
"""

import argparse
import os
import uuid
from contextlib import ExitStack
from datetime import date

from alembic import command
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from demo import data
from demo.bulk import lay, make_database
from portal.access import Role
from portal.app import create_app
from portal.clock import now
from portal.db import db
from portal.embedded import FORGETFUL
from portal.identity.models import IdentityProvider
from portal.operations import alembic
from portal.organisations.models import Membership, Organisation, RoleGrant, RoleSource, User
from portal.participants import publishing
from portal.settings import embedded

COUNCIL, LEAD, OTHER, FUND = "rbr-sjaelland", "slagelse", "ringsted", "bupl-a"
STEPS = ("sourced", "invited", "met", "screened", "competence_assessed", "offered", "started",
         "completed", "matched", "employed_3")  # fmt: skip
PROJECTS = """
insert into project (id, organisation_id, reference, title, type, trade, target_group, purpose,
    state, starts_on, ends_on, colour, colour_reason, colour_at, next_report_on, templates,
    made_at, made_by, changed_at, revision)
select gen_random_uuid(), :lead, 'PRJ-BULK-' || lpad(n::text, 5, '0'), 'Projekt ' || n,
    'recruitment',
    (array['industry', 'childcare', 'health', 'construction', 'hospitality', 'transport', 'service',
        'several'])[1 + n % 8],
    'Ledige', 'Flere i job', case n % 10 when 0 then 'closed' else 'running' end,
    :day - 900 + n % 700, :day + n % 500,
    (array['green', 'green', 'yellow', 'red'])[1 + n % 4],
    case when n % 4 > 1 then 'Lidt sent' end, now(), :day + n % 200 - 20,
    '["samarbejdsmodellen"]', :at, 'Prøve', :at, 1
from generate_series(1, :number) n
"""
PARTNERS = """
insert into project_partner (id, project_id, organisation_id, role, state, valid_from,
    invited_by_id, invited_by, invited_at, answered_at, answered_by)
select gen_random_uuid(), p.id, :fund, 'a_kasse', 'taking_part', p.starts_on, :lead, 'Prøve',
    :at, :at, 'Prøve' from project p
"""
TOWNS = """
insert into project_municipality (id, project_id, organisation_id, municipality_id)
select gen_random_uuid(), p.id, :lead,
    case when right(p.reference, 1)::integer % 2 = 0 then cast(:lead as uuid) else :other end
from project p
"""
BUDGETS = """
insert into project_budget (id, project_id, organisation_id, holder_id, fund, year, granted,
    committed, spent, changed_at, changed_by, revision)
select gen_random_uuid(), p.id, :lead, :lead, f, y, 900000, 500000, 100000, :at, 'Prøve', 1
from project p
cross join lateral generate_series(extract(year from p.starts_on)::integer,
    extract(year from p.ends_on)::integer) y
cross join unnest(array['regional_pool', 'tripartite']) f
where f = 'regional_pool' or right(p.reference, 1)::integer < 4
"""
PEOPLE = """
insert into participant (id, project_id, organisation_id, reference, name, model, work, added_at,
    added_by, changed_at, revision)
select gen_random_uuid(), p.id, :fund, 'DEL-' || p.reference || '-' || n, 'Prøve Prøvesen',
    'samarbejdsmodellen', 'unemployed', :at, 'Prøve', :at, 1
from project p cross join generate_series(1, :each) n
"""
EVENTS = """
insert into participant_event (id, participant_id, project_id, organisation_id, kind, day, model,
    timing, form, form_key, is_void, recorded_at, recorded_by)
select gen_random_uuid(), o.id, o.project_id, o.organisation_id, s.kind,
    :day - 500 + 20 * s.place::integer + abs(hashtext(o.reference)) % 200, o.model,
    case s.kind when 'matched' then 'after' end, case s.kind when 'matched' then 'ordinary' end,
    o.reference || s.kind, false, :at, 'Prøve'
from participant o cross join unnest(cast(:steps as text[])) with ordinality s(kind, place)
"""


def fill(connection: Connection, *, projects: int, events: int, day: date) -> None:
    """In the order in which one hangs on the other."""
    rows = connection.execute(select(Organisation.slug, Organisation.id)).all()
    ids = {slug: id_ for slug, id_ in rows}
    who = {"lead": ids[LEAD], "other": ids[OTHER], "fund": ids[FUND]}
    each = max(events // (projects * len(STEPS)), 1)
    told = {"day": day, "at": now(), "number": projects, "each": each, "steps": [*STEPS]}
    for statement in (PROJECTS, PARTNERS, TOWNS, BUDGETS, PEOPLE, EVENTS):
        made = text(statement)
        connection.execute(made, {name: (who | told)[name] for name in made.compile().params})


def staff(session: Session) -> None:
    """A secretary of the council, and the owner of the lead's agreements."""
    for slug, role in ((COUNCIL, Role.SECRETARY), (LEAD, Role.AGREEMENT_OWNER)):
        rows = select(Organisation.id).where(Organisation.slug == slug)
        organisation_id = session.scalars(rows).one()
        providers = select(IdentityProvider.id).order_by(IdentityProvider.slug)
        user, place = uuid.uuid4(), uuid.uuid4()
        own = {"organisation_id": organisation_id}
        provider_id = session.scalars(providers).first()
        name = f"Prøve {role}"
        session.add(User(id=user, provider_id=provider_id, subject=slug, name=name, **own))
        session.flush()
        session.add(Membership(id=place, user_id=user, valid_from=date(2020, 1, 1), **own))
        session.flush()
        given = {"role": role, "source": RoleSource.ADMINISTRATOR}
        session.add(RoleGrant(membership_id=place, **given, **own))


def publish(day: date) -> None:
    """Every quarter, as the worker does."""
    app = create_app(role="worker")
    with app.app_context():
        publishing.publish(day)
        db.session.commit()
        db.engine.dispose()


def main() -> None:
    """Tables, ground, projects and events, in the database SAMSPIL_DATABASE."""
    parser = argparse.ArgumentParser(prog="python -m demo.bulk_projects")
    parser.add_argument("--projects", type=int, default=2000)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
    asked = parser.parse_args()
    with ExitStack() as stack:
        if "DATABASE_OWNER_URL" not in os.environ:
            stack.enter_context(embedded().running(FORGETFUL))
            make_database(os.environ.get("SAMSPIL_DATABASE", "samspil"))
        command.upgrade(alembic(), "head")
        lay(asked.day)
        with data.owner() as engine, Session(engine) as session, session.begin():
            staff(session)
            how = {"projects": asked.projects, "events": asked.events, "day": asked.day}
            fill(session.connection(), **how)
        publish(asked.day)
        with data.owner() as engine:
            own = engine.execution_options(isolation_level="AUTOCOMMIT")
            with own.connect() as connection:
                connection.exec_driver_sql("vacuum analyze")
                print(connection.scalar(text("select count(*) from participant_event")), "events")


if __name__ == "__main__":
    main()
