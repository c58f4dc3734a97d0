"""projects of an area: what councils follow, counted ahead by trade, fund and year

The keeper counts a council and a trade anew at the end of each transaction that changes one of its
projects, so a page adds up a few hundred rows however many projects there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"

COUNTED = """
create function area_counted(whose uuid, which text)
returns table (fund text, year integer, what text, number bigint)
language sql stable security definer set search_path = '' as $$
    with its as (
        select p.project_id, p.starts_on, p.ends_on,
            case when p.state in ('closed', 'stopped') then 'over' else p.colour end place
        from public.project_party p
        where p.organisation_id = whose and p.trade = which and p.standing <> 'invited'
            and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()
    ), of_fund as (
        select project_id, '' fund from its union
        select b.project_id, b.fund from public.project_budget b join its using (project_id)
    ), of_year as (
        select project_id, 0 as year from its union all
        select i.project_id, y from its i cross join lateral generate_series(
            extract(year from i.starts_on)::integer, extract(year from i.ends_on)::integer) y
    ), one (fund, year, what, number) as (
        select f.fund, y.year, w.what, 1::bigint
        from its i join of_fund f using (project_id) join of_year y using (project_id)
        cross join lateral (values ('projects'), (i.place)) w(what)
        union all
        select f.fund, y.year, w.what, w.number
        from its i join public.project_budget b using (project_id)
        cross join lateral (values (''), (b.fund)) f(fund)
        cross join lateral (values (0), (b.year)) y(year)
        cross join lateral (
            values ('granted', b.granted), ('committed', b.committed), ('spent', b.spent)
        ) w(what, number)
        union all
        select f.fund, y.year, u.kind, u.people
        from its i join public.united_figure u using (project_id) join of_fund f using (project_id)
        cross join lateral (values (0), (extract(year from u.last_day)::integer)) y(year)
    )
    select one.fund, one.year, one.what, sum(one.number)::bigint from one group by 1, 2, 3
$$
"""
TALLIED = """
create function area_tallied(whose uuid, which text) returns void
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(whose::text || which, 78));
    delete from public.area_tally t where t.organisation_id = whose and t.trade = which;
    insert into public.area_tally (id, organisation_id, trade, fund, year, what, number)
    select gen_random_uuid(), whose, which, c.fund, c.year, c.what, c.number
    from public.area_counted(whose, which) c;
end $$
"""
# At the end of a transaction everything has happened: each council and trade is counted once.
CHANGED = """
create function area_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    one record;
    known text;
    its constant uuid := case when tg_table_name = 'project_budget'
        then coalesce(to_jsonb(new), to_jsonb(old)) ->> 'project_id' end;
begin
    for one in
        select distinct c.id, changed.trade
        from (
            select p.organisation_id, p.trade from public.project_party p
            where p.project_id = its or tg_table_name = 'project_publication'
            union all
            select (r.row ->> 'organisation_id')::uuid, r.row ->> 'trade'
            from (values (to_jsonb(new)), (to_jsonb(old))) r(row)
            where tg_table_name = 'project_party' and r.row is not null
        ) changed
        join public.organisation c on c.id = changed.organisation_id and c.kind = 'council'
        order by 1, 2
    loop
        known := coalesce(current_setting('samspil.tallied', true), '');
        if position(one.id || one.trade || ';' in known) = 0 then
            perform set_config('samspil.tallied', known || one.id || one.trade || ';', true);
            perform public.area_tallied(one.id, one.trade);
        end if;
    end loop;
    return null;
end $$
"""
KEEPERS = {
    "area_counted(uuid, text)": COUNTED,
    "area_tallied(uuid, text)": TALLIED,
    "area_changed()": CHANGED,
}
WATCHED = {
    "project_party": "insert or update or delete",
    "project_budget": "insert or update or delete",
    "project_publication": "insert",
}


def upgrade() -> None:
    names = ("trade", "fund", "what")
    op.create_table(
        "area_tally",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("organisation_id", "trade", "fund", "year", "what"),
    )
    op.create_index("ix_area_tally_of", "area_tally", ["organisation_id", "fund", "year"])
    late = ["organisation_id", "next_report_on"]
    op.create_index("ix_project_party_late", "project_party", late)
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, made in KEEPERS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"alter function {name} owner to samspil_keeper")
    op.execute("grant execute on function area_tallied(uuid, text) to samspil_worker")
    op.execute("revoke create on schema public from samspil_keeper")
    for table, verbs in WATCHED.items():
        op.execute(
            f"create constraint trigger area after {verbs} on {table} "
            "deferrable initially deferred for each row execute function area_changed()"
        )


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f"drop trigger area on {table}")
    for name in reversed(KEEPERS):
        op.execute(f"drop function {name}")
    op.drop_index("ix_project_party_late", "project_party")
    op.drop_table("area_tally")
