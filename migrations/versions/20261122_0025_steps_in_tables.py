"""steps in tables, and requests: later migrations add lines instead of writing the whole anew

The guards ask two small tables that migrations alone write. Besides: what one party asks the other
for and waits to hear, one request at a time; `pending` on the package says which, and its turn who
is asked.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0025"
down_revision = "0024"

# What may be pending where a step leads to another state: nothing that waits for a yes or no.
MOVES_ON = "case when target is not null and target <> 'withdrawn' then array['', 'slots'] end"
FROM_FUNCTIONS = f"""
insert into handover_step (id, step, source, target, sides, kinds, pending, changes)
select gen_random_uuid(), step, source, target, sides, case when kind is not null then array[kind]
    end, {MOVES_ON}, changes from handover_steps();
insert into handover_standing (id, state, turn, clock, without_fund)
select gen_random_uuid(), state, turn, clock, without_fund from handover_standings();
drop function handover_steps(), handover_standings();
"""
REQUESTS = """
insert into handover_step (id, step, source, target, sides, pending, asks, ends, changes) values
(gen_random_uuid(), 'ask_withdrawal', array['accepted', 'meeting_planned', 'meeting_held'], null,
    array['sender'], array[''], 'withdrawal', null, array['turn', 'pending']),
(gen_random_uuid(), 'agree_withdrawal', array['accepted', 'meeting_planned', 'meeting_held'],
    'withdrawn', array['receiver'], array['withdrawal'], null, 'asked',
    array['closed_at', 'closed_reason', 'closed_text']),
(gen_random_uuid(), 'refuse_request', array['sent', 'received', 'info_requested', 'accepted',
    'meeting_planned', 'meeting_held'], null, array['receiver', 'sender'],
    array['withdrawal', 'redirect', 'slots'], null, 'asked', array['turn', 'pending']),
(gen_random_uuid(), 'take_back_request', array['sent', 'received', 'info_requested', 'accepted',
    'meeting_planned', 'meeting_held'], null, array['receiver', 'sender'],
    array['withdrawal', 'redirect', 'slots'], null, 'asker', array['turn', 'pending']);
"""
PACKAGE = """
create or replace function handover_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    is_move constant boolean := new.state <> old.state;
    is_without constant boolean := new.fund_attends is not distinct from false;
    side constant text := public.handover_side(old.sender_id, old.receiver_id);
    changed text[];
begin
    if current_user <> 'samspil_app' then
        return new;
    end if;
    select array_agg(key) into changed from jsonb_each(to_jsonb(new)) now
    where now.value is distinct from to_jsonb(old) -> now.key;
    if changed is null or exists (
        select from public.handover_step step
        where side = any(step.sides) and old.state = any(step.source)
        and new.state = coalesce(step.target, old.state)
        and (step.kinds is null or old.kind = any(step.kinds))
        and (step.pending is null or coalesce(old.pending, '') = any(step.pending))
        and (step.ends is null or (old.turn = side) = (step.ends = 'asked'))
        and new.pending is not distinct from case when step.asks is not null then step.asks
            when step.ends is null and step.target is null then old.pending end
        and changed <@ (step.changes || array['changed_at', 'version']
            || case when step.target is not null
            then array['state', 'turn', 'due_on', 'due_for', 'days_left', 'pending'] end)
    ) and (exists (
        select from public.handover_standing standing
        where standing.state = new.state and standing.turn = new.turn
        and new.pending is null
        and coalesce(standing.without_fund, is_without) = is_without
        and (standing.clock is not distinct from new.due_for or not is_move)
    ) or (new.pending is not null and new.turn = case when old.pending is not null then old.turn
        when side = 'sender' then 'receiver' else 'sender' end)) then
        return new;
    end if;
    raise exception 'no step of the % leads from % to % and changes %',
        coalesce(side, 'stranger'), old.state, new.state, changed
        using errcode = 'insufficient_privilege';
end $$
"""
EVENT = """
create or replace function handover_event_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package, public.handover_step step
        where package.id = new.handover_id and package.state = new.target
        and package.changed_at = new.at and step.step = new.step
        and public.handover_side(package.sender_id, package.receiver_id) = any(step.sides)
        and new.source = any(step.source) and new.target = coalesce(step.target, new.source)
    ) or exists (
        select from public.handover package
        where package.id = new.handover_id and package.state = 'draft' and new.step = 'create'
        and package.changed_at = new.at and new.source is null and new.target = 'draft'
    ) then
        return new;
    end if;
    raise exception 'no step of this side was taken that the event could tell of'
        using errcode = 'insufficient_privilege';
end $$
"""
# A request is answered once: yes and no by the other party, taken back by who asked.
ANSWER = """
create function handover_request_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    side text;
begin
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and to_jsonb(old) = to_jsonb(new) then
        return new;
    end if;
    select public.handover_side(sender_id, receiver_id) into side
    from public.handover where id = new.handover_id;
    if tg_op = 'INSERT' and new.side = side and new.answered_at is null
        or tg_op = 'UPDATE' and old.answered_at is null and side is not null
            and (new.answer in ('agreed', 'refused') and side <> old.side
            or new.answer = 'taken_back' and side = old.side or new.answer = 'lapsed')
    then
        return new;
    end if;
    raise exception 'a request is answered once, and by the other party'
        using errcode = 'insufficient_privilege';
end $$
"""
# When the transaction ends, the package and its open request say the same.
PENDING = """
create function handover_pending_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    package constant uuid := (to_jsonb(new) ->>
        case tg_table_name when 'handover' then 'id' else 'handover_id' end)::uuid;
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover where handover.id = package
        and handover.pending is not distinct from (
            select kind from public.handover_request request
            where request.handover_id = package and request.answered_at is null)
    ) then
        return null;
    end if;
    raise exception 'what is pending is a request that waits for its answer'
        using errcode = 'insufficient_privilege';
end $$
"""
NEW_GUARDS = "handover_request_guard(), handover_pending_guard()"


def upgrade() -> None:
    op.create_table(
        "handover_step",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("source", ARRAY(sa.Text()), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("sides", ARRAY(sa.Text()), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text())),
        sa.Column("pending", ARRAY(sa.Text())),
        sa.Column("asks", sa.Text()),
        sa.Column("ends", sa.Text()),
        sa.Column("changes", ARRAY(sa.Text()), nullable=False),
    )
    op.create_table(
        "handover_standing",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text()),
        sa.Column("without_fund", sa.Boolean()),
    )
    op.add_column("handover", sa.Column("pending", sa.String(40)))
    op.create_check_constraint("pending", "handover", "pending is null or closed_at is null")
    requests()
    for made in (PACKAGE, EVENT, FROM_FUNCTIONS, REQUESTS, ANSWER, PENDING):
        op.execute(made)
    op.execute(f"revoke execute on function {NEW_GUARDS} from public")
    op.execute(
        "create trigger guard before insert or update on handover_request "
        "for each row execute function handover_request_guard()"
    )
    for table, when in (
        ("handover", "update of pending"),
        ("handover_request", "insert or update"),
    ):
        op.execute(
            f"create constraint trigger pending after {when} on {table} "
            "deferrable initially deferred for each row execute function handover_pending_guard()"
        )


def requests() -> None:
    op.create_table(
        "handover_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answer", sa.String(40)),
        sa.Column("refusal", sa.Text()),
        sa.CheckConstraint(
            "(answered_at is null) = (answer is null) and (answer is null) = (answered_by is null)",
            name="answered",
        ),
        sa.CheckConstraint("(answer = 'refused') = (refusal is not null)", name="refused"),
    )
    op.create_index("ix_handover_request_handover", "handover_request", ["handover_id", "at"])
    op.create_index(
        "uq_handover_request_one_open",
        "handover_request",
        ["handover_id"],
        unique=True,
        postgresql_where=sa.text("answered_at is null"),
    )


def downgrade() -> None:
    before = context.script.get_revision("0010").module
    for made in (before.STEPS, before.STANDINGS, before.PACKAGE):
        op.execute(made)
    op.execute(before.EVENT.replace("create function", "create or replace function"))
    asked = "handover_steps(), handover_standings()"
    op.execute(f"revoke execute on function {asked} from public")
    op.execute(f"grant execute on function {asked} to samspil_app, samspil_worker")
    op.execute("drop trigger pending on handover")
    for table in ("handover_request", "handover_standing", "handover_step"):
        op.drop_table(table)
    op.execute(f"drop function {NEW_GUARDS}")
    op.drop_constraint("pending", "handover", type_="check")
    op.drop_column("handover", "pending")
