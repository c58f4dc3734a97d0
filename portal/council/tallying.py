"""The numbers of councils' areas against the projects themselves, and anew when days have passed.

A council comes to see a project, or no longer, on a day on which nobody writes anything.
"""

from typing import Any

from sqlalchemy import text

from portal.db import db
from portal.jobs import jobs

# As written out by hand, and not as the keeper's function counts.
RECOUNT = """
with seen as (
    select p.* from project_party p join organisation o on o.id = p.organisation_id
    where o.kind = 'council' and p.standing in ('partner', 'council')
        and p.valid_from <= now() and (p.valid_until is null or p.valid_until > now())
), place as (
    select s.*, y.year, f.fund
    from seen s
    cross join (select 0 as year union select generate_series(2000, 2100)) y
    cross join (select '' fund union select fund from project_budget) f
    where (y.year = 0 or y.year between extract(year from s.starts_on)
            and extract(year from s.ends_on))
        and (f.fund = '' or exists (select from project_budget b
            where b.project_id = s.project_id and b.fund = f.fund))
), told as (
    select organisation_id, trade, fund, year, 'projects' what, count(*) number
    from place group by 1, 2, 3, 4
    union all
    select organisation_id, trade, fund, year,
        case when state in ('closed', 'stopped') then 'over' else colour end, count(*)
    from place group by 1, 2, 3, 4, 5
    union all
    select s.organisation_id, s.trade, f.fund, y.year, w.what, sum(w.number)
    from project_budget b join seen s using (project_id)
    join lateral (values (b.fund), ('')) f(fund) on true
    join lateral (values (b.year), (0)) y(year) on true
    join lateral (values ('granted', b.granted), ('committed', b.committed), ('spent', b.spent))
        w(what, number) on true
    group by 1, 2, 3, 4, 5
    union all
    select s.organisation_id, s.trade, f.fund, y.year, u.kind, sum(u.people)
    from united_figure u join seen s using (project_id)
    join lateral (select '' fund union select b.fund from project_budget b
        where b.project_id = u.project_id) f on true
    join lateral (values (extract(year from u.last_day)::integer), (0)) y(year) on true
    group by 1, 2, 3, 4, 5
)
select coalesce(t.organisation_id, c.organisation_id) organisation_id,
    coalesce(t.trade, c.trade) trade, coalesce(t.fund, c.fund) fund,
    coalesce(t.year, c.year) "year", coalesce(t.what, c.what) what,
    coalesce(t.number, 0) told, coalesce(c.number, 0) counted
from area_tally t full join told c using (organisation_id, trade, fund, year, what)
where coalesce(t.number, 0) <> coalesce(c.number, 0) order by 1, 2, 3, 4, 5
"""


RECOUNTED = text(RECOUNT)


def differing() -> list[Any]:
    """Where a tally says another number than the projects do; nothing, if all is well."""
    return [*db.session.execute(RECOUNTED)]


def put_right() -> int:
    """Count anew where anything differs; how many councils and trades that were."""
    places = {(one.organisation_id, one.trade) for one in differing()}
    for council_id, trade in sorted(places, key=str):
        about = {"whose": council_id, "which": trade}
        db.session.execute(text("select area_tallied(:whose, :which)"), about)
    return len(places)


@jobs.periodic(cron="7 23 * * *")
@jobs.task(name="council.tally", queueing_lock="council.tally")
def every_night(timestamp: int) -> None:
    """After midnight in Copenhagen, summer and winter: then a council's days begin or end."""
    put_right()
