"""what happens in a member's life, and what it did to the case and its packages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "life_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("municipality_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("done", JSONB(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
        ),
        sa.CheckConstraint("(kind = 'illness') = (until is not null)", name="until"),
        sa.CheckConstraint("until >= day", name="span"),
        sa.CheckConstraint("(kind = 'moved') = (municipality_id is not null)", name="where"),
        sa.CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
    )
    op.create_index("ix_life_event_case", "life_event", ["case_id"])
    op.create_index(
        "ix_life_event_waits",
        "life_event",
        ["day"],
        postgresql_where=sa.text("done_at is null and undone_at is null"),
    )


def downgrade() -> None:
    op.drop_table("life_event")
