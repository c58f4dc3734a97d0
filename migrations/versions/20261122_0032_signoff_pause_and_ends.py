"""sign-off, pause, and how a package ends early: obsolete, opened again, contested, superseded

What the sender's leader is asked before sending is the sender's alone. A package on hold has one
clock, its waking. Whoever closed it may lead it back to where it was; a contested rejection is the
receiver's to decide again, so its sight runs on.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0032"
down_revision = "0031"

ENDED = "'withdrawn', 'obsolete', 'superseded', 'in_error'"
UNSENT = "'draft', 'signoff'"
FEW = "'completed', 'rejected', 'withdrawn'"
MANY = f"'completed', 'rejected', {ENDED}"
CHECKS = {
    "unsent": f"state not in ({UNSENT}) or sent_at is null",
    "sent": f"state in ({UNSENT}, {ENDED}) or sent_at is not null",
    "received": f"state in ({UNSENT}, 'sent', {ENDED}) or received_at is not null",
    "signoff": "state <> 'signoff' or signoff_person_id is not null",
    "superseded": "(state = 'superseded') = (superseded_by_id is not null)",
    "hold": "(hold_until is null) = (hold_reason is null) "
    "and (hold_until is null or closed_at is null)",
    "closed": f"(state in ({MANY})) = (closed_at is not null)",
    "closed_reason": f"(state in ('rejected', {ENDED})) = (closed_reason is not null)",
}
CHECKS_OF_BEFORE = {
    "sent": "(state = 'draft') = (sent_at is null)",
    "received": "state in ('draft', 'sent', 'withdrawn') or received_at is not null",
    "closed": f"(state in ({FEW})) = (closed_at is not null)",
    "closed_reason": "(state in ('rejected', 'withdrawn')) = (closed_reason is not null)",
}
COLUMNS: dict[str, Any] = {
    "closed_from": sa.String(40),
    "closed_side": sa.Text(),
    "superseded_by_id": sa.Uuid(),
    "contested_at": sa.DateTime(timezone=True),
    "signoff_person_id": sa.Uuid(),
    "signoff_person": sa.Text(),
    "hold_until": sa.Date(),
    "hold_reason": sa.Text(),
    "hold_for": sa.Text(),
    "hold_left": sa.Integer(),
}
ONGOING = (
    "array['sent', 'received', 'info_requested', 'accepted', 'meeting_planned', 'meeting_held']"
)
ANY_TIME = (
    "array['draft', 'signoff', 'sent', 'received', 'info_requested', 'accepted', 'meeting_planned']"
)
OPENING = "'closed_at', 'closed_reason', 'closed_text', 'closed_from', 'closed_side'"
HOLDING = "'hold_until', 'hold_reason', 'hold_for', 'hold_left'"
BOTH, WAITING = "array['receiver', 'sender']", f"array['due_on', 'due_for', {HOLDING}]"
STEPS = f"""
update handover_step set source = array['draft', 'signoff'] where step = 'send';
update handover_step set changes = changes || array['closed_from', 'closed_side']
where 'closed_at' = any(changes);
update handover_step set held = false where step not in ('write', 'call_in', 'assign', 'withdraw',
    'ask_withdrawal', 'agree_withdrawal', 'refuse_request', 'take_back_request');
update handover_step set changes = changes || array[{HOLDING}]
where step in ('withdraw', 'agree_withdrawal');
insert into handover_step (id, step, source, target, sides, pending, held, changes) values
(gen_random_uuid(), 'submit_for_signoff', array['draft'], 'signoff', array['sender'],
    array['', 'slots'], false, array['signoff_person_id', 'signoff_person']),
(gen_random_uuid(), 'return_to_draft', array['signoff'], 'draft', array['sender'],
    array['', 'slots'], false, array[]::text[]),
(gen_random_uuid(), 'contest', array['rejected'], 'received', array['sender'],
    array['', 'slots'], false, array[{OPENING}, 'contested_at']),
(gen_random_uuid(), 'hold', {ONGOING}, null, {BOTH}, null, false, {WAITING}),
(gen_random_uuid(), 'resume', {ONGOING}, null, {BOTH}, null, true, {WAITING}),
(gen_random_uuid(), 'obsolete', {ANY_TIME}, 'obsolete', {BOTH}, null, null,
    array[{OPENING}, {HOLDING}]),
(gen_random_uuid(), 'supersede', {ANY_TIME} || array['meeting_held'], 'superseded',
    array[]::text[], null, null, array[{OPENING}, {HOLDING}, 'superseded_by_id']);
insert into handover_step (id, step, source, target, sides, pending, held, changes)
select gen_random_uuid(), 'reset', array['obsolete', 'withdrawn'], target, {BOTH}, null, false,
    array[{OPENING}]
from unnest(array['draft', 'signoff', 'sent', 'received', 'info_requested', 'accepted',
    'meeting_held']) target;
insert into handover_standing (id, state, turn, clock) values
(gen_random_uuid(), 'signoff', 'sender', 'signoff'),
(gen_random_uuid(), 'obsolete', 'nobody', null),
(gen_random_uuid(), 'superseded', 'nobody', null),
(gen_random_uuid(), 'in_error', 'nobody', null);
"""
STEPS_GONE = """
delete from handover_step where step in ('submit_for_signoff', 'return_to_draft', 'contest', 'hold',
    'resume', 'obsolete', 'supersede', 'reset');
delete from handover_standing where state in ('signoff', 'obsolete', 'superseded', 'in_error');
update handover_step set source = array['draft'] where step = 'send';
"""
# Back only to where it was closed from, and by the side that closed it.
BACK = """        and (step.held is null or step.held = (old.hold_until is not null))
        and (step.step <> 'reset' or new.state = old.closed_from
            and old.closed_side in (side, 'system'))
        and (step.step <> 'contest' or old.contested_at is null)
        and (step.step not in ('hold', 'resume')
            or (step.step = 'hold') = (new.hold_until is not null))
"""
AFTER = "        and (step.ends is null"
# A package that the receiver is to decide again is not out of its sight after the first no.
SEEN_AGAIN = """
    if tg_op = 'UPDATE' and old.state = 'rejected' and new.state <> 'rejected' then
        update public.handover_party set valid_until = null
        where handover_id = new.id and side = 'receiver';
    end if;
"""
WHO = "case new.side when 'sender' then h.sender_person_id else h.receiver_person_id end"
WHO_APPROVES = (
    "case when new.side = 'sender' and h.state = 'signoff' then h.signoff_person_id "
    "when new.side = 'sender' then h.sender_person_id else h.receiver_person_id end"
)
NAMED = "case new.side when 'sender' then h.sender_person else h.receiver_person end"
NAMED_APPROVES = WHO_APPROVES.replace("_person_id", "_person")


def module(revision: str) -> object:
    return context.script.get_revision(revision).module


def body(name: str) -> str:
    """A function as it stands, to be written again with a line more or less."""
    found = op.get_bind().exec_driver_sql(f"select pg_get_functiondef('{name}'::regproc)")
    return str(found.scalar_one())


def rewrite(function: str, old: str, new: str) -> None:
    text = body(function)
    if old not in text:
        raise ValueError(f"{function} is not as expected")
    op.get_bind().exec_driver_sql(text.replace(old, new, 1).replace("%", "%%"))


def checks(wanted: dict[str, str], gone: dict[str, str]) -> None:
    for name in gone:
        op.drop_constraint(name, "handover", type_="check")
    for name, condition in wanted.items():
        op.create_check_constraint(name, "handover", condition)


def one_open(states: str) -> None:
    op.drop_index("uq_handover_one_open", "handover")
    op.create_index(
        "uq_handover_one_open",
        "handover",
        ["case_id", "sender_id", "receiver_id", "kind"],
        unique=True,
        postgresql_where=sa.text(f"not (state in ({states}))"),
    )


def upgrade() -> None:
    op.add_column("handover_step", sa.Column("held", sa.Boolean()))
    for name, kind in COLUMNS.items():
        op.add_column("handover", sa.Column(name, kind))
    op.create_foreign_key(
        "fk_handover_superseded_by_id", "handover", "handover", ["superseded_by_id"], ["id"]
    )
    op.create_foreign_key(
        "fk_handover_signoff_person_id_sender_id",
        "handover",
        "user",
        ["signoff_person_id", "sender_id"],
        ["id", "organisation_id"],
    )
    checks(CHECKS, CHECKS_OF_BEFORE)
    one_open(MANY)
    op.execute(STEPS)
    rewrite("handover_guard", AFTER, BACK + AFTER)
    rewrite("handover_parties", "    return null;\n", f"{SEEN_AGAIN}    return null;\n")
    rewrite("handover_party_copies", WHO, WHO_APPROVES)
    rewrite("handover_party_copies", NAMED, NAMED_APPROVES)


def downgrade() -> None:
    rewrite("handover_party_copies", NAMED_APPROVES, NAMED)
    rewrite("handover_party_copies", WHO_APPROVES, WHO)
    rewrite("handover_parties", SEEN_AGAIN, "")
    rewrite("handover_guard", BACK, "")
    op.execute(STEPS_GONE)
    one_open(FEW)
    checks(CHECKS_OF_BEFORE, CHECKS)
    op.drop_constraint("fk_handover_signoff_person_id_sender_id", "handover")
    op.drop_constraint("fk_handover_superseded_by_id", "handover")
    for name in COLUMNS:
        op.drop_column("handover", name)
    op.drop_column("handover_step", "held")
