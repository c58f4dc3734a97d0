"""references: what is left to who rejected a package once its days are over: number, day and reason

The rows are the keeper's to write: with the event of the step, in the words of then. A new
assessment and an error take them away, and whom a restricted package names reads alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0064"
down_revision = "0063"

WRITE = """
    insert into public.handover_reference
        (id, handover_id, organisation_id, reference, other_id, rejected_on, reason, criterion, readers)
    select gen_random_uuid(), h.id, h.receiver_id, h.reference, h.sender_id,
        (h.closed_at at time zone 'Europe/Copenhagen')::date,
        coalesce((select reason ->> 'label_da'
            from jsonb_array_elements(h.parameters -> 'rejection_reasons') reason
            where reason ->> 'code' = h.closed_reason limit 1), h.closed_reason),
        (select answer ->> 'label' from (select content.content from public.handover_content content
            where content.handover_id = h.id order by content.number desc limit 1) newest,
            jsonb_array_elements(case jsonb_typeof(newest.content #> '{assessment,answers}')
                when 'array' then newest.content #> '{assessment,answers}' else '[]' end) answer
            where answer ->> 'code' = told.detail ->> 'criterion' limit 1),
        (select party.readers from public.handover_party party
            where party.handover_id = h.id and party.organisation_id = h.receiver_id)
"""
ANEW = """
    on conflict (handover_id, organisation_id) do update set rejected_on = excluded.rejected_on,
        reason = excluded.reason, criterion = excluded.criterion
"""
WRITTEN = f"""
create function handover_referenced() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    told constant public.handover_event := new;
begin
    {WRITE} from public.handover h where h.id = told.handover_id and h.state = 'rejected' {ANEW};
    return null;
end $$
"""
GONE = """
create function handover_unreferenced() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    delete from public.handover_reference where handover_id = new.id;
    return null;
end $$
"""
NAMED = """
create function handover_reference_readers() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.handover_reference set readers = new.readers
    where handover_id = new.handover_id and organisation_id = new.organisation_id;
    return null;
end $$
"""
FUNCTIONS = {
    "handover_referenced": WRITTEN,
    "handover_unreferenced": GONE,
    "handover_reference_readers": NAMED,
}
TRIGGERS = {
    "handover_event": "create trigger referenced after insert on handover_event for each row "
    "when (new.step = 'reject') execute function handover_referenced()",
    "handover": "create trigger referenced after update on handover for each row "
    "when (old.state = 'rejected' and new.state <> 'rejected') "
    "execute function handover_unreferenced()",
    "handover_party": "create trigger referenced after update on handover_party for each row "
    "when (old.readers is distinct from new.readers) "
    "execute function handover_reference_readers()",
}
OF_BEFORE = f"""{WRITE} from public.handover h
    join lateral (select event.detail from public.handover_event event where event.handover_id = h.id
        and event.step = 'reject' order by event.at desc limit 1) told on true
    where h.state = 'rejected' {ANEW}"""


def upgrade() -> None:
    op.create_table(
        "handover_reference",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("rejected_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text()),
        sa.Column("readers", postgresql.ARRAY(sa.Uuid())),
        sa.UniqueConstraint("handover_id", "organisation_id"),
    )
    columns = ["organisation_id", "rejected_on", "id"]
    op.create_index("ix_handover_reference_list", "handover_reference", columns)
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"revoke execute on function {name}() from public")
        op.execute(f"alter function {name}() owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    for trigger in TRIGGERS.values():
        op.execute(trigger)
    op.get_bind().exec_driver_sql(OF_BEFORE)


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"drop trigger referenced on {table}")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
    op.drop_table("handover_reference")
