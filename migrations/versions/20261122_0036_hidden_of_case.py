"""whether a member has an open package of which who asks is not named: said, and nothing more"""

from alembic import op

revision = "0036"
down_revision = "0035"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
PERSON = "nullif(current_setting('samspil.person', true), '')::uuid"
HIDDEN_OF = f"""
create function handover_hidden_of(member uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.handover h
        join public.handover_party p on p.handover_id = h.id and p.organisation_id = {ME}
        where h.case_id = $1 and h.closed_at is null and p.valid_from <= now()
        and coalesce(p.valid_until, 'infinity') > now()
        and not coalesce({PERSON} = any(p.readers), p.readers is null)
    )
$$
"""
FUNCTION = "handover_hidden_of(uuid)"


def upgrade() -> None:
    op.execute(HIDDEN_OF)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {FUNCTION}")
