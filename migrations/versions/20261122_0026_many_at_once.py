"""many packages at once, and reminders by hand: what is chosen, what became of it, one a day"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("doing", sa.String(40), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.CheckConstraint("finished_at is null or confirmed_at is not null", name="confirmed"),
    )
    op.create_index("ix_batch_user", "batch", ["user_id", "made_at"])
    op.create_table(
        "batch_row",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "batch_id", sa.Uuid(), sa.ForeignKey("batch.id", ondelete="cascade"), nullable=False
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        handover(),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("lack", sa.Text()),
        sa.UniqueConstraint("batch_id", "handover_id"),
        sa.CheckConstraint("lack is null or done_at is not null", name="lack"),
    )
    op.create_index("ix_batch_row_handover_id", "batch_row", ["handover_id"])
    op.create_table(
        "handover_reminder",
        sa.Column("id", sa.Uuid(), primary_key=True),
        handover(),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("handover_id", "day"),
    )


def handover() -> sa.Column[Any]:
    key = sa.ForeignKey("handover.id", ondelete="cascade")
    return sa.Column("handover_id", sa.Uuid(), key, nullable=False)


def downgrade() -> None:
    op.drop_table("handover_reminder")
    op.drop_table("batch_row")
    op.drop_table("batch")
