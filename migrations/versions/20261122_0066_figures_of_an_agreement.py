"""figures of an agreement: what is published of all its parties, added up, for each of them

A fund reads the published figures of itself and a municipality. Of an agreement of several it reads
the sum of all of them too, which is what the parties have promised each other.
"""

from alembic import op

revision = "0066"
down_revision = "0065"

TOLD = """
create function agreement_told(versions uuid[], since date, until date)
returns table (
    version_id uuid, "set" text, code text, last_day date, "of" bigint, low bigint, high bigint,
    most integer
)
language sql stable security definer set search_path = '' rows 200 as $$
    select v.id, x."set", x.code, p.last_day, sum(x."of"), sum(x.low), sum(x.high), max(x."of")
    from public.agreement_version v
    join public.agreement_side f on f.version_id = v.id and f.side = 'fund'
    join public.agreement_side m on m.version_id = v.id and m.side = 'municipality'
    join public.published_figure x
        on x.fund_id = f.organisation_id and x.municipality_id = m.organisation_id
    join public.publication p on p.id = x.publication_id
    where v.id = any($1) and v.state in ('signed', 'superseded', 'terminated')
    and p.last_day between $2 and $3
    and exists (select from public.agreement_party a where a.agreement_id = v.agreement_id
        and a.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and a.side <> 'observer' and a.valid_from <= now()
        and coalesce(a.valid_until, 'infinity') > now())
    group by v.id, x."set", x.code, p.last_day
$$
"""
FUNCTION = "agreement_told(uuid[], date, date)"


def upgrade() -> None:
    op.execute(TOLD)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {FUNCTION}")
