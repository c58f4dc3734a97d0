"""who is told of a package's clock: each level once"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "handover_notice",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("handover_id", "clock", "due_on", "level"),
        sa.CheckConstraint("level between 0 and 3", name="level"),
    )
    op.create_index(
        "ix_handover_running", "handover", ["due_on"], postgresql_where=sa.text("closed_at is null")
    )
    op.create_index(
        "ix_handover_notice_waiting",
        "handover_notice",
        ["handover_id"],
        postgresql_where=sa.text("told_at is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_handover_running", "handover")
    op.drop_table("handover_notice")
