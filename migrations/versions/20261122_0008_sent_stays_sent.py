"""what is sent stays sent, and about the same member: a policy cannot say it of single columns

Both parties change the row, so that either could otherwise make it a draft again, to be deleted, or
put another member's number into it. The worker may: it encrypts numbers anew.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

GUARD = """
create function handover_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and old.sent_at is not null
        and (old.sent_at, old.member_name, old.cpr, old.cpr_index)
        is distinct from (new.sent_at, new.member_name, new.cpr, new.cpr_index)
    then
        raise exception 'what is sent stays sent, and about the same member';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute(GUARD)
    op.execute("revoke execute on function handover_guard() from public")
    op.execute(
        "create trigger guard before update on handover "
        "for each row execute function handover_guard()"
    )


def downgrade() -> None:
    op.execute("drop trigger guard on handover")
    op.execute("drop function handover_guard()")
