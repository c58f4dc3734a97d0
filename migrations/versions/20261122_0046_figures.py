"""figures: what the worker has counted of each organisation's own, and what people count by hand"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.create_table(
        "goal_count",
        sa.Column("id", sa.Uuid(), primary_key=True),
        whose("organisation_id", nullable=False),
        whose("fund_id", nullable=False),
        whose("municipality_id", nullable=True),
        sa.Column("set", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("excluded", postgresql.JSONB(), nullable=False),
        sa.Column("censored", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            *("organisation_id", "fund_id", "municipality_id", "set", "code"),
            *("first_day", "last_day", "breakdown", "cell"),
            name="uq_goal_count",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint('yes >= 0 and "of" >= 0 and censored >= 0', name="counts"),
    )
    op.create_table(
        "goal_tally",
        sa.Column("id", sa.Uuid(), primary_key=True),
        whose("organisation_id", nullable=False),
        whose("municipality_id", nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.CheckConstraint("number between 1 and 500", name="number"),
    )
    op.create_index("ix_goal_tally_day", "goal_tally", ["organisation_id", "day"])


def whose(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=nullable)


def downgrade() -> None:
    op.drop_table("goal_tally")
    op.drop_table("goal_count")
