"""straight over: from one municipality to the next, and from one fund to the next

Neither is looked at, decided or met over: it is sent, acknowledged and taken over. A municipality
sends on what it has taken on, so the package's case is another's; that fund reads where it went, and
nothing of what stands in it. From fund to fund it goes only with the day of the member's yes.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0049"
down_revision = "0048"

ENDED = "'withdrawn', 'obsolete', 'superseded', 'in_error'"
STRAIGHT = "kind in ('flytning', 'akasseskift')"
HELD = "state not in ('meeting_held', 'completed') or held_at is not null"
REGISTERED = "state <> 'completed' or registered_on is not null or closed_side = 'system'"
NEW_CHECKS = {
    "former": "kind <> 'flytning' or former_id is not null",
    "consented": "(kind = 'akasseskift') = (consented_on is not null)",
    "straight": f"not {STRAIGHT} or state in ('draft', 'sent', 'received', 'completed', {ENDED})",
}
LIFE_CHECKS = {
    "fund": "fund_id is null or kind = 'other_fund'",
    "consented": "consented_on is null or fund_id is not null",
}
STEPS = """
insert into handover_step (id, step, source, target, sides, kinds, pending, held, changes) values
(gen_random_uuid(), 'take_over', array['received'], 'completed', array['receiver'],
    array['akasseskift', 'flytning'], array['', 'slots'], false, array['closed_at', 'closed_from',
    'closed_side', 'accepted_at', 'accepted_by', 'receiver_person_id', 'receiver_person',
    'receiver_unit_id']);
update handover_step set kinds = array['overgang', 'visitation']
where step in ('submit_for_signoff', 'request_info', 'accept', 'amend');
"""
STEPS_GONE = """
delete from handover_step where step = 'take_over';
update handover_step set kinds = null
where step in ('submit_for_signoff', 'request_info', 'accept', 'amend');
"""
# What goes on is what the one who sends it on has taken on, of the same member.
BEGUN = "new.closed_side, new.superseded_by_id, new.contested_at) = 0"
BEGUN_FROM = f"""{BEGUN}
        and (new.former_id is null and new.kind <> 'flytning' or exists (
            select from public.handover former where former.id = new.former_id
            and former.receiver_id = new.sender_id and case new.kind
            when 'flytning' then former.case_id = new.case_id and former.kind <> 'akasseskift'
                and former.state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')
            else former.kind = 'akasseskift' and former.state = 'received' end))
        and (new.kind in ('akasseskift') or new.kind = 'flytning') = ((
            select sender.kind = receiver.kind
            from public.organisation sender, public.organisation receiver
            where sender.id = new.sender_id and receiver.id = new.receiver_id))"""
OWN_CASE = """
    if tg_op = 'INSERT' and new.kind <> 'flytning' and not exists (select from public.member_case member
        where member.id = new.case_id and member.organisation_id = new.sender_id) then
        raise exception 'a package is of one of the sender''s own cases'
            using errcode = 'foreign_key_violation';
    end if;
"""
ONWARD = """
    if new.kind = 'flytning' and (tg_op = 'INSERT' or new.state <> old.state) then
        delete from public.handover_onward where onward_id = new.id;
        if new.state in ('sent', 'received', 'completed', 'superseded') then
            with recursive before as (
                select f.id, f.former_id from public.handover f where f.id = new.former_id
                union select f.id, f.former_id from public.handover f
                join before on before.former_id = f.id
            )
            insert into public.handover_onward
                (id, handover_id, onward_id, reference, receiver_id, moved_on, at)
            select gen_random_uuid(), before.id, new.id, new.reference, new.receiver_id,
                new.responsible_from, new.sent_at from before;
        end if;
    end if;
"""
RECEIVES = "('contact', 'coordinator')"
RECEIVE = "('contact', 'coordinator', 'adviser', 'team_lead')"


def rewrite(function: str, old: str, new: str) -> None:
    context.script.get_revision("0032").module.rewrite(function, old, new)


def checked(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_handover_{name}"), "handover", type_="check")
    op.create_check_constraint(op.f(f"ck_handover_{name}"), "handover", condition)


def owned_by(*columns: str) -> None:
    op.create_foreign_key(
        f"fk_handover_{'_'.join(columns)}",
        "handover",
        "member_case",
        [*columns],
        ["id", "organisation_id"][: len(columns)],
    )


def upgrade() -> None:
    op.add_column("handover", sa.Column("former_id", sa.Uuid(), sa.ForeignKey("handover.id")))
    op.add_column("handover", sa.Column("consented_on", sa.Date()))
    op.drop_constraint("fk_handover_case_id_sender_id", "handover")
    owned_by("case_id")
    former = sa.text("former_id is not null")
    op.create_index("ix_handover_former", "handover", ["former_id"], postgresql_where=former)
    for name, condition in NEW_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_handover_{name}"), "handover", condition)
    checked("held", f"{HELD} or {STRAIGHT}")
    checked("registered", f"{REGISTERED} or {STRAIGHT}")
    op.create_table(
        "handover_onward",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "onward_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("moved_on", sa.Date()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("handover_id", "onward_id"),
    )
    op.add_column("life_event", sa.Column("fund_id", sa.Uuid(), sa.ForeignKey("organisation.id")))
    op.add_column("life_event", sa.Column("consented_on", sa.Date()))
    for name, condition in LIFE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_life_event_{name}"), "life_event", condition)
    op.execute(STEPS)
    rewrite("handover_beginning", BEGUN, BEGUN_FROM)
    rewrite("handover_parties", "    return null;\n", f"{OWN_CASE}{ONWARD}    return null;\n")
    rewrite("can_receive", RECEIVES, RECEIVE)


def downgrade() -> None:
    rewrite("can_receive", RECEIVE, RECEIVES)
    rewrite("handover_parties", OWN_CASE + ONWARD, "")
    rewrite("handover_beginning", BEGUN_FROM, BEGUN)
    op.execute(STEPS_GONE)
    for name in LIFE_CHECKS:
        op.drop_constraint(op.f(f"ck_life_event_{name}"), "life_event", type_="check")
    op.drop_column("life_event", "consented_on")
    op.drop_column("life_event", "fund_id")
    op.drop_table("handover_onward")
    checked("registered", REGISTERED)
    checked("held", HELD)
    for name in NEW_CHECKS:
        op.drop_constraint(op.f(f"ck_handover_{name}"), "handover", type_="check")
    op.drop_index("ix_handover_former", "handover")
    op.drop_constraint("fk_handover_case_id", "handover")
    owned_by("case_id", "sender_id")
    for name in ("consented_on", "former_id"):
        op.drop_column("handover", name)
