"""a regional council may know which agreements exist in its area, and no more of them

A policy shows a row whole or not at all, and the council is no party: hence a function of the
keeper that names the parties and the days, for the council that asks, on the day that it asks about.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

AGREEMENTS_IN_AREA = """
create function agreements_in_area(today date)
returns table (agreement_id uuid, organisation_id uuid, side text, since date, until date)
language sql stable security definer set search_path = '' as $$
    with spanning as (
        select v.agreement_id, min(v.valid_from) since,
            (array_agg(v.valid_until order by v.number desc))[1] until
        from public.agreement_version v group by v.agreement_id
    ), party as (
        select s.agreement_id, s.organisation_id, s.side::text side, v.since, v.until
        from public.agreement_side s join spanning v on v.agreement_id = s.agreement_id
        where s.valid_until is null or s.valid_until >= least($1, v.until)
    )
    select party.* from party
    where party.agreement_id in (
        select own.agreement_id from party own
        join public.council_membership c on c.municipality_id = own.organisation_id
        where c.council_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and c.valid_from <= $1 and coalesce(c.valid_until, 'infinity') >= $1
    )
$$
"""


def upgrade() -> None:
    op.execute(AGREEMENTS_IN_AREA)
    op.execute("revoke execute on function agreements_in_area(date) from public")
    op.execute("grant execute on function agreements_in_area(date) to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function agreements_in_area(date) owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute("drop function agreements_in_area(date)")
