"""what a fund's merger takes along: its cases with all under them, and its packages as their sender

Who sends a package changes to nobody but the successor of who did. Only the worker may do either.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0072"
down_revision = "0071"

UNDER = (
    "benefit_hours",
    "responsibility_date",
    "case_plan",
    "effort",
    "talk",
    "profile_clarification",
    "checklist_exemption",
    "assessment",
    "transfer_notice",
    "case_restriction",
)
# In one statement: the keys that hold case and organisation together are asked when it has ended.
CASES = ",\n        ".join(
    f"of_{table} as (update public.{table} set organisation_id = heir where case_id = member)"
    for table in UNDER
)
INHERITED = f"""
create function case_inherited(member uuid, along uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
    heir uuid;
begin
    select o.successor_id into heir from public.member_case c
    join public.organisation o on o.id = c.organisation_id and o.kind = 'unemployment_fund'
    where c.id = member
    and coalesce(o.valid_until, '-infinity') < (now() at time zone 'Europe/Copenhagen')::date;
    if heir is null then
        raise exception 'the case is not of a fund that has ended' using errcode = 'insufficient_privilege';
    end if;
    delete from public.case_reader where case_id = member;
    update public.assessment_answer set organisation_id = heir
    where assessment_id in (select id from public.assessment where case_id = member);
    with {CASES},
        of_life_event as (update public.life_event set organisation_id = heir, user_id = null
            where case_id = member)
    update public.member_case set organisation_id = heir, adviser_id = along, unit_id = null
    where id = member;
    update public.member_case set readers = readers where id = member;
    perform public.case_keeps(h.id) from public.handover h
    where h.case_id = member and heir in (h.sender_id, h.receiver_id);
end $$
"""
HELD = "user_id is not null or done_at is not null or undone_at is not null"
OF_RECEIVER = "    select h.receiver_id into heir from public.handover h\n"
OF_EITHER = "    select o.successor_id into heir from public.handover h\n"
RECEIVER_IS = "o.successor_id = h.receiver_id\n"
EITHER_IS = "o.successor_id in (h.sender_id, h.receiver_id)\n"
LAST = "    update public.handover_party set letters = letters where handover_id = package;\n"
SENT = "".join(
    f"    update public.{table} set organisation_id = heir "
    f"where handover_id = package and organisation_id = former{only};\n"
    for table, only in {
        "handover_draft": "",
        "handover_content": "",
        "handover_document": "",
        "handover_restriction": " and lifted_at is null",
    }.items()
)
MORE = SENT + LAST
RECEIVER = "    if tg_op = 'UPDATE' and new.receiver_id <> old.receiver_id then\n"
SENDER = f"""    if tg_op = 'UPDATE' and new.sender_id <> old.sender_id then
        if not exists (select from public.organisation o
            where o.id = old.sender_id and o.successor_id = new.sender_id) then
            raise exception 'only a successor goes on with a package'
                using errcode = 'insufficient_privilege';
        end if;
        insert into public.handover_party
            (id, handover_id, organisation_id, side, valid_from, content_until)
        select gen_random_uuid(), new.id, new.sender_id, 'sender', now(), former.content_until
        from public.handover_party former
        where former.handover_id = new.id and former.organisation_id = old.sender_id
        on conflict (handover_id, organisation_id)
            do update set side = 'sender', valid_from = now(), valid_until = null;
        update public.handover_party set valid_until = now()
        where handover_id = new.id and organisation_id = old.sender_id;
    end if;

{RECEIVER}"""


def rewrite(function: str, old: str, new: str) -> None:
    context.script.get_revision("0032").module.rewrite(function, old, new)


def upgrade() -> None:
    op.alter_column("life_event", "user_id", nullable=True)
    op.create_check_constraint(op.f("ck_life_event_by"), "life_event", HELD)
    rewrite("handover_parties", RECEIVER, SENDER)
    rewrite("handover_inherited", OF_RECEIVER, OF_EITHER)
    rewrite("handover_inherited", RECEIVER_IS, EITHER_IS)
    rewrite("handover_inherited", LAST, MORE)
    op.execute(INHERITED)
    op.execute("revoke execute on function case_inherited(uuid, uuid) from public")
    op.execute("grant execute on function case_inherited(uuid, uuid) to samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function case_inherited(uuid, uuid) owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute("drop function case_inherited(uuid, uuid)")
    rewrite("handover_inherited", MORE, LAST)
    rewrite("handover_inherited", EITHER_IS, RECEIVER_IS)
    rewrite("handover_inherited", OF_EITHER, OF_RECEIVER)
    rewrite("handover_parties", SENDER, RECEIVER)
    op.drop_constraint(op.f("ck_life_event_by"), "life_event", type_="check")
    op.get_bind().execute(sa.text("delete from life_event where user_id is null"))
    op.alter_column("life_event", "user_id", nullable=False)
