"""The tally against the events that it counts: `samspil participants check`."""

from typing import Any

from sqlalchemy import text

from portal.db import db

DIFFERENT = """
with counted as (
    select project_id, organisation_id, model, kind, timing, form, first_day, count(*) people
    from (
        select distinct on (participant_id, kind) project_id, organisation_id, model, kind,
            coalesce(timing, '') timing, coalesce(form, '') form,
            date_trunc('quarter', day)::date first_day
        from participant_event where replaced_by_id is null and not is_void
        order by participant_id, kind, day, recorded_at, id
    ) first group by 1, 2, 3, 4, 5, 6, 7
)
select coalesce(t.project_id, c.project_id) project_id, coalesce(t.kind, c.kind) kind,
    coalesce(t.first_day, c.first_day) first_day, coalesce(t.people, 0) told,
    coalesce(c.people, 0) counted
from participant_tally t full join counted c using
    (project_id, organisation_id, model, kind, timing, form, first_day)
where coalesce(t.people, 0) <> coalesce(c.people, 0)
"""


def differing() -> list[Any]:
    """Where the tally says another number than the events do; nothing, if all is well."""
    return [*db.session.execute(text(DIFFERENT))]
