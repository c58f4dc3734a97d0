"""minutes are kept while they are written: the municipality's own, until they are shared"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "minutes_draft",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
            unique=True,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("typed", JSONB(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("minutes_draft")
