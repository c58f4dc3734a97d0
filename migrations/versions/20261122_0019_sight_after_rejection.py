"""sight after rejection: a package goes out of the receiver's sight after the days agreed for it

The days are those of the package's own terms, counted in Copenhagen; the last of them is included.
Whoever rejects writes when it was: not later than now, or the sight would be as long as one likes.
"""

from alembic import op

revision = "0019"
down_revision = "0018"

PARTIES = """
create or replace function handover_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' then
        update public.handover_party set changed_at = new.changed_at where handover_id = new.id;
    end if;
    if tg_op = 'INSERT' then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.sender_id, 'sender', now());
    end if;
    if new.sent_at is not null and (tg_op = 'INSERT' or old.sent_at is null) then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.receiver_id, 'receiver', now());
    end if;
    {ending}
    return null;
end $$
"""
ENDING = """
    if new.state = 'rejected' and (tg_op = 'INSERT' or old.state <> 'rejected') then
        update public.handover_party set valid_until = (
            (least(new.closed_at, now()) at time zone 'Europe/Copenhagen')::date + 1
            + coalesce((new.parameters ->> 'seen_after_rejection')::integer, 90)
        )::timestamp at time zone 'Europe/Copenhagen'
        where handover_id = new.id and side = 'receiver';
    end if;
"""


def upgrade() -> None:
    op.execute(PARTIES.replace("{ending}", ENDING))


def downgrade() -> None:
    op.execute(PARTIES.replace("{ending}", ""))
