"""what a municipality wrote in a package goes with it to whoever took the municipality over"""

from alembic import op

revision = "0047"
down_revision = "0046"

# Not its history: an event says who took the step, as a party of then.
WRITTEN = (
    "handover_amendment",
    "handover_file",
    "handover_filing",
    "handover_follow_up",
    "handover_message",
    "handover_note",
    "handover_question",
    "handover_rating",
    "handover_reminder",
    "handover_request",
    "joint_meeting",
    "minutes",
    "minutes_draft",
)
MOVES = "\n    ".join(
    f"update public.{table} set organisation_id = heir "
    "where handover_id = package and organisation_id = former;"
    for table in WRITTEN
)
INHERITED = f"""
create function handover_inherited(package uuid, former uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
    heir uuid;
begin
    select h.receiver_id into heir from public.handover h
    join public.organisation o on o.id = former and o.successor_id = h.receiver_id
    where h.id = package;
    if heir is null then
        raise exception 'the package is not with a successor' using errcode = 'insufficient_privilege';
    end if;
    {MOVES}
    update public.handover_party set letters = letters where handover_id = package;
end $$
"""


def upgrade() -> None:
    op.execute(INHERITED)
    op.execute("revoke execute on function handover_inherited(uuid, uuid) from public")
    op.execute("grant execute on function handover_inherited(uuid, uuid) to samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function handover_inherited(uuid, uuid) owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute("drop function handover_inherited(uuid, uuid)")
