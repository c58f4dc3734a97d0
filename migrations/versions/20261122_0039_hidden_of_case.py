"""whether a member has an open package of which who asks is not named: said, and nothing more

Besides, of a package made in error goes also why it was restricted.
"""

from alembic import op

revision = "0039"
down_revision = "0038"

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
PURGED = "update public.joint_meeting set participants = null where handover_id = new.id;"
REASON = """
    update public.handover_restriction set reason = '–',
        lifted_reason = case when lifted_at is not null then '–' end
    where handover_id = new.id;"""
FUNCTION = "handover_hidden_of(uuid)"


def upgrade() -> None:
    op.execute(HIDDEN_OF)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    rewrite("handover_purge", PURGED, PURGED + REASON)


def rewrite(function: str, old: str, new: str) -> None:
    found = op.get_bind().exec_driver_sql(f"select pg_get_functiondef('{function}'::regproc)")
    text = str(found.scalar_one())
    if old not in text:
        raise ValueError(f"{function} is not as expected")
    op.get_bind().exec_driver_sql(text.replace(old, new, 1).replace("%", "%%"))


def downgrade() -> None:
    rewrite("handover_purge", REASON, "")
    op.execute(f"drop function {FUNCTION}")
