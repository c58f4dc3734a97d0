"""a regional council may know which agreements exist in its area, and no more of them

A policy shows a row whole or not at all, and the council is no party: hence functions of the keeper
that name the parties and the days, for the council that asks, on the day that it asks about. They
are looked into when they are called, so they may name what the next revision adds.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

# What was signed only: a council knows what exists, not what is being negotiated.
AGREEMENTS = """
create function agreements_in_area(today date)
returns table (agreement_id uuid, organisation_id uuid, side text, since date, until date,
    rule_set text)
language plpgsql stable security definer set search_path = '' as $$
begin return query
    with bound as (
        select * from public.agreement_version v
        where v.state in ('signed', 'superseded', 'terminated')
    ), spanning as (
        select v.agreement_id, min(v.valid_from) since,
            (array_agg(v.ends_on order by v.number desc))[1] until,
            (array_agg(v.rule_set order by v.number desc))[1] rule_set
        from bound v group by v.agreement_id
    ), shown as (
        select distinct on (v.agreement_id) v.agreement_id, v.id from bound v
        order by v.agreement_id, (v.valid_from <= $1) desc,
            case when v.valid_from <= $1 then -v.number else v.number end
    ), party as (
        select s.agreement_id, s.organisation_id, s.side::text side, p.since, p.until, p.rule_set
        from public.agreement_side s join shown on shown.id = s.version_id
        join spanning p on p.agreement_id = s.agreement_id where s.side <> 'observer'
    )
    select party.* from party
    where party.agreement_id in (
        select own.agreement_id from party own
        join public.council_membership c on c.municipality_id = own.organisation_id
        where c.council_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and c.valid_from <= $1 and coalesce(c.valid_until, 'infinity') >= $1
    );
end $$
"""
# Which fund and municipality have one in force on the day; its last day, as far as it is stored.
PAIRS = """
create function pairs_in_area(today date)
returns table (fund_id uuid, municipality_id uuid, until date, rule_set text)
language plpgsql stable security definer set search_path = '' as $$
begin return query
    select p.fund_id, p.municipality_id, p.last_day, v.rule_set
    from public.agreement_pair p join public.agreement_version v on v.id = p.version_id
    join public.council_membership c on c.municipality_id = p.municipality_id
    where c.council_id = nullif(current_setting('samspil.organisation', true), '')::uuid
    and c.valid_from <= $1 and coalesce(c.valid_until, 'infinity') >= $1
    and p.first_day <= $1 and coalesce(p.last_day, 'infinity') >= $1;
end $$
"""
FUNCTIONS = "agreements_in_area(date), pairs_in_area(date)"


def upgrade() -> None:
    op.execute(AGREEMENTS)
    op.execute(PAIRS)
    op.execute(f"revoke execute on function {FUNCTIONS} from public")
    op.execute(f"grant execute on function {FUNCTIONS} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in FUNCTIONS.split(", "):
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {FUNCTIONS}")
