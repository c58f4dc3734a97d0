"""What becomes of people when their project is long over: nothing but its numbers stays."""

from datetime import date

from sqlalchemy import text

from portal import rules
from portal.clock import today
from portal.db import db
from portal.jobs import jobs

OVER = """
select p.id from project p where p.state in ('closed', 'stopped') and p.ends_on < :before
    and p.changed_at < :before
"""
# Of each person the first event of a kind stays, on the first day of its quarter: the tally counts
# the same, and no day or word of anybody is left.
EVENTS = """
delete from participant_event where project_id = :project and id not in (
    select distinct on (participant_id, kind) id from participant_event
    where project_id = :project and replaced_by_id is null and not is_void
    order by participant_id, kind, day, recorded_at, id)
"""
COARSE = """
update participant_event set day = date_trunc('quarter', day)::date, recorded_by = '',
    recorded_at = date_trunc('quarter', day)::date + time '12:00', form_key = id::text,
    reason = case when reason is null then null else '' end,
    replaces_id = null, company_id = null, job_order_id = null, gathering_id = null
where project_id = :project
"""
KEYS = "delete from participant_key where project_id = :project"
SEATS = "delete from gathering_seat where project_id = :project"  # with what was entered of them
PEOPLE = """
update participant set name = null, cpr = null, birth_year = null, municipality_id = null,
    added_by = '', anonymised_on = :today
where project_id = :project and anonymised_on is null
"""


@jobs.periodic(cron="37 4 * * *")
@jobs.task(name="participants.forget", queueing_lock="participants.forget")
def forget_due(timestamp: int) -> None:
    """Every night; twice is once."""
    forget(today())


def forget(day: date) -> int:
    """Anonymise everybody of the projects that are over for so long: how many people."""
    kept = rules.on(day, "projects.people_kept_years")
    before = day.replace(year=day.year - kept, day=min(day.day, 28))
    done = 0
    for project_id in db.session.scalars(text(OVER), {"before": before}).all():
        about = {"project": project_id}
        for statement in (EVENTS, COARSE, KEYS, SEATS):
            db.session.execute(text(statement), about)
        found = db.session.execute(text(PEOPLE), about | {"today": day})
        done += found.rowcount  # type: ignore[attr-defined]  # of a statement that changes rows
    return done
