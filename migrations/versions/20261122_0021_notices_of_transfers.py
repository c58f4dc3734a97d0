"""who is told that responsibility passes while no package is sent: each level once"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "transfer_notice",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
        sa.UniqueConstraint("case_id", "transfer_on", "level"),
        sa.CheckConstraint("level between 0 and 3", name="level"),
    )
    op.create_index(
        "ix_transfer_notice_waiting",
        "transfer_notice",
        ["case_id"],
        postgresql_where=sa.text("told_at is null"),
    )


def downgrade() -> None:
    op.drop_table("transfer_notice")
