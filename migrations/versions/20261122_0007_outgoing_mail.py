"""outgoing mail"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("sent_at is null or failed_at is null", name="one_end"),
        sa.CheckConstraint("(failed_at is null) = (failure is null)", name="failure"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index(
        "ix_outgoing_mail_waiting",
        "outgoing_mail",
        ["created_at"],
        postgresql_where="sent_at is null",
    )
    op.create_index("ix_outgoing_mail_subject_id", "outgoing_mail", ["subject_id"])


def downgrade() -> None:
    op.drop_table("outgoing_mail")
