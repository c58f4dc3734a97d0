"""not on board yet: whether anybody works there, and receipts by phone as long as nobody does

A municipality without users has a mailbox that gets references; the sender writes down with whom it
spoke. The step stands in the table of steps; that nobody is there to take it, a guard of its own.
"""

from alembic import op

revision = "0040"
down_revision = "0039"

ON_BOARD = """
create function is_on_board(organisation uuid, today date) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.membership m
        join public."user" p on p.id = m.user_id and p.closed_at is null
        join public.role_grant g on g.membership_id = m.id
            and g.role in ('contact', 'coordinator', 'adviser', 'team_lead')
        where m.organisation_id = $1
        and m.valid_from <= $2 and coalesce(m.valid_until, 'infinity') >= $2
    )
$$
"""
STEP = """
insert into handover_step (id, step, source, target, sides, pending, held, changes) values
(gen_random_uuid(), 'acknowledge_by_phone', array['sent'], 'received', array['sender'],
    array['', 'slots'], false, array['received_at'])
"""
GUARD = """
create function handover_by_phone() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app'
        and public.handover_side(old.sender_id, old.receiver_id) = 'sender'
        and public.is_on_board(
            old.receiver_id, (now() at time zone 'Europe/Copenhagen')::date)
    then
        raise exception 'the receiver is on board and acknowledges itself'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
FUNCTION = "is_on_board(uuid, date)"


def upgrade() -> None:
    op.execute(ON_BOARD)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    op.execute(STEP)
    op.execute(GUARD)
    op.execute("revoke execute on function handover_by_phone() from public")
    op.execute(
        "create trigger by_phone before update on handover for each row "
        "when (old.state = 'sent' and new.state = 'received') "
        "execute function handover_by_phone()"
    )


def downgrade() -> None:
    op.execute("drop trigger by_phone on handover")
    op.execute("drop function handover_by_phone")
    op.execute("delete from handover_step where step = 'acknowledge_by_phone'")
    op.execute(f"drop function {FUNCTION}")
