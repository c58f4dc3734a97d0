"""The list of projects and the page of a council, where the council follows thousands of them.

On a database made by `python -m demo.bulk_projects`: `samspil bench --projects`.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Role
from portal.bench import counting, plans, timing
from portal.bench.figures import Figures, Goal
from portal.bench.measured import BARE, Asker, Measured, Unmeasurable, measured
from portal.bench.server import served
from portal.council import tallying
from portal.organisations.models import Membership, RoleGrant, User
from portal.participants.models import ParticipantEvent
from portal.projects.models import ProjectParty

LIST, AREA = "/projects/", "/council-projects/"
FILTERED = f"{AREA}?trade=industry&fund=regional_pool&year=2026"
GOALS = {
    "projects": Goal(None, "projects that the council follows"),
    "events": Goal(None, "events of participants"),
    "differing": Goal(0, "numbers of the tally that a recount does not find"),
    "P6_projects": Goal(3, "statements of the list of projects, the worst of lead and council"),
    "P6_area": Goal(4, "statements of the council's page, with and without filters"),
    "P1_projects": Goal(10, "the list of projects, × the bare route"),
    "P7_area": Goal(4, "the council's page, × the bare route"),
    "buffers_projects": Goal(None, "buffers of the list"),
    "buffers_area": Goal(None, "buffers of the council's page"),
    "database_area": Goal(None, "milliseconds of the database for the council's page"),
}


def measure(database: str, rounds: int) -> Figures:
    with measured(database) as found:
        figures = sizes(found) | costs(found, asker(found, Role.SECRETARY))
        return {name: round(value, 2) for name, value in (figures | times(found, rounds)).items()}


def asker(found: Measured, role: Role) -> Asker:
    """Whoever has the role and sees most projects."""
    rows = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(RoleGrant, RoleGrant.membership_id == Membership.id)
        .join(ProjectParty, ProjectParty.organisation_id == User.organisation_id)
        .where(RoleGrant.role == role)
        .group_by(User.id)
        .order_by(func.count().desc())
    )
    with Session(found.worker, expire_on_commit=False) as session:
        user = session.scalars(rows.limit(1)).first()
    if user is None:
        raise Unmeasurable("Nobody follows projects; make some by demo.bulk_projects.")
    return found.sign_in(user)


def sizes(found: Measured) -> Figures:
    with Session(found.worker) as session:
        events = session.scalar(select(func.count()).select_from(ParticipantEvent)) or 0
        own = ProjectParty.standing == "council"
        projects = session.scalar(select(func.count()).select_from(ProjectParty).where(own)) or 0
        differing = len(session.execute(tallying.RECOUNTED).all())
    return {"projects": projects, "events": events, "differing": differing}


def costs(found: Measured, secretary: Asker) -> Figures:
    lead = asker(found, Role.AGREEMENT_OWNER)
    page = plans.page_cost(found, secretary, AREA)
    return {
        "P6_projects": max(counting.count(found, LIST, each) for each in (lead, secretary)),
        "P6_area": max(counting.count(found, path, secretary) for path in (AREA, FILTERED)),
        "buffers_projects": plans.page_cost(found, lead, LIST).buffers,
        "buffers_area": page.buffers,
        "database_area": page.milliseconds,
    }


def times(found: Measured, rounds: int) -> Figures:
    with served(found) as server:
        secretary = asker(found, Role.SECRETARY)
        paths = (BARE, LIST, AREA, FILTERED)
        tasks = {path: timing.wall_time(server, path, secretary) for path in paths}
        took = timing.rounds(tasks, rounds)
    return {
        "P1_projects": timing.ratio(took, LIST),
        "P7_area": max(timing.ratio(took, path) for path in (AREA, FILTERED)),
    }
