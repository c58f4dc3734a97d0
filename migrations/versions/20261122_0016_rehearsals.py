"""what one side tells the other of how a version's criteria would have worked"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "agreement_rehearsal",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("version_id", "organisation_id"),
    )


def downgrade() -> None:
    op.drop_table("agreement_rehearsal")
