"""goal values: figures that one side reports and the other answers, locked from then on"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

COLUMNS = (
    ("value", sa.Numeric(9, 1)),
    ("base", sa.Integer()),
    ("is_yes", sa.Boolean()),
    ("note", sa.Text()),
    ("source_day", sa.Date()),
    ("target", sa.Integer()),
    ("is_met", sa.Boolean()),
    ("explanation", sa.Text()),
    ("submitted_by", sa.Text()),
    ("submitted_at", sa.DateTime(timezone=True)),
    ("answered_by", sa.Text()),
    ("answered_at", sa.DateTime(timezone=True)),
    ("answer", sa.Text()),
)
# The goal's number follows from what it is, and the side from who reports; who answers is of the
# other side, and what was submitted is not touched but by the answer.
GUARD = """
create function goal_value_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me uuid := nullif(current_setting('samspil.organisation', true), '')::uuid;
    own_side text;
begin
    new.goal_number := hashtextextended(
        concat_ws('/', new.agreement_id, new.set, new.code), 0);
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    own_side := (select side from public.agreement_party
        where agreement_id = new.agreement_id and organisation_id = me);
    if tg_op = 'INSERT' then
        if new.side <> own_side then
            raise exception 'a value is of the own side' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if not exists (
        select from (values
            ('draft', 'draft', true), ('draft', 'submitted', true), ('returned', 'draft', true),
            ('submitted', 'returned', false), ('submitted', 'approved', false)
        ) step (source, target, is_own)
        where step.source = old.state and step.target = new.state
        and case when step.is_own then me = old.organisation_id else own_side <> old.side end
    ) or old.state = 'submitted' and (
        old.value, old.base, old.is_yes, old.note, old.source, old.source_day, old.shown,
        old.is_met, old.explanation, old.submitted_by, old.submitted_at, old.written_by
    ) is distinct from (
        new.value, new.base, new.is_yes, new.note, new.source, new.source_day, new.shown,
        new.is_met, new.explanation, new.submitted_by, new.submitted_at, new.written_by
    ) then
        raise exception 'no such step of a value' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "goal_value",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("set", "code")),
        sa.Column("goal_number", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        sa.Column("state", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "shown", "written_by")),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, kind) for name, kind in COLUMNS),
        sa.UniqueConstraint("agreement_id", "set", "code", "first_day", "last_day"),
        sa.CheckConstraint("last_day >= first_day", name="span"),
        sa.CheckConstraint("value >= 0 and base >= 0", name="positive"),
        sa.CheckConstraint("state <> 'returned' or answer is not null", name="returned"),
        sa.CheckConstraint(
            "state = 'draft' or (submitted_at is not null and submitted_by is not null)",
            name="submitted",
        ),
        sa.CheckConstraint(
            "state not in ('returned', 'approved') or (answered_at is not null "
            "and answered_by is not null)",
            name="answered",
        ),
        sa.CheckConstraint(
            "state = 'draft' or is_met is distinct from false or explanation is not null",
            name="explained",
        ),
    )
    op.create_index("ix_goal_value_agreement", "goal_value", ["agreement_id", "first_day"])
    op.execute(
        "alter table goal_value add constraint one_period exclude using gist ("
        "int8range(goal_number, goal_number, '[]') with &&, "
        "daterange(first_day, last_day, '[]') with &&)"
    )
    op.execute(GUARD)
    op.execute("revoke execute on function goal_value_guard() from public")
    op.execute(
        "create trigger guard before insert or update on goal_value "
        "for each row execute function goal_value_guard()"
    )


def downgrade() -> None:
    op.drop_table("goal_value")
    op.execute("drop function goal_value_guard()")
