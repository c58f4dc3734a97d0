"""sent on: a package goes to another municipality, and the first one sees it no more"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

STEPS = """
insert into handover_step (id, step, source, target, sides, kinds, pending, asks, ends, held,
    changes) values
(gen_random_uuid(), 'ask_redirect', array['sent', 'received'], null, array['receiver'],
    array['overgang'], array[''], 'redirect', null, false, array['turn', 'pending']),
(gen_random_uuid(), 'agree_redirect', array['sent', 'received'], 'sent', array['sender'],
    array['overgang'], array['redirect'], null, 'asked', false, array['receiver_id',
    'receiver_person_id', 'receiver_person', 'receiver_unit_id', 'agreement_version_id',
    'parameters', 'sent_at', 'received_at']);
update handover_step set changes = array_remove(changes, 'superseded_by_id')
where step = 'mark_error';
"""
# The one that it was with is a receiver no more, whatever becomes of the package later.
OF_RECEIVER = "where handover_id = new.id and side = 'receiver'"
OF_THIS_ONE = f"{OF_RECEIVER} and organisation_id = new.receiver_id"
SENT_ON = """
    if tg_op = 'UPDATE' and new.receiver_id <> old.receiver_id then
        update public.handover_party set valid_until = now()
        where handover_id = new.id and organisation_id = old.receiver_id;
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.receiver_id, 'receiver', now())
        on conflict (handover_id, organisation_id)
            do update set valid_from = now(), valid_until = null;
    end if;
"""


def body(name: str) -> str:
    """A function as it stands, to be written again with a line more or less."""
    found = op.get_bind().exec_driver_sql(f"select pg_get_functiondef('{name}'::regproc)")
    return str(found.scalar_one())


def rewrite(function: str, old: str, new: str) -> None:
    text = body(function)
    if old not in text:
        raise ValueError(f"{function} is not as expected")
    op.get_bind().exec_driver_sql(text.replace(old, new).replace("%", "%%"))


def superseded(condition: str) -> None:
    op.drop_constraint("superseded", "handover", type_="check")
    op.create_check_constraint("superseded", "handover", condition)


def upgrade() -> None:
    op.create_table(
        "handover_leg",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("handover_id", "number"),
    )
    op.execute(STEPS)
    superseded("state <> 'superseded' or superseded_by_id is not null")
    rewrite("handover_parties", OF_RECEIVER, OF_THIS_ONE)
    rewrite("handover_parties", "    return null;\n", f"{SENT_ON}    return null;\n")


def downgrade() -> None:
    rewrite("handover_parties", SENT_ON, "")
    rewrite("handover_parties", OF_THIS_ONE, OF_RECEIVER)
    op.execute("delete from handover_step where step in ('ask_redirect', 'agree_redirect')")
    superseded("(state = 'superseded') = (superseded_by_id is not null)")
    op.execute(
        "update handover_step set changes = changes || array['superseded_by_id'] "
        "where step = 'mark_error'"
    )
    op.drop_table("handover_leg")
