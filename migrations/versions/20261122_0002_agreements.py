"""agreements"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("agreement_id", "organisation_id"),
    )
    op.create_index(
        "ix_agreement_party_list",
        "agreement_party",
        ["organisation_id", "agreement_id"],
        unique=False,
    )
    op.create_table(
        "agreement_side",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        sa.UniqueConstraint("agreement_id", "organisation_id"),
    )
    op.create_index(
        op.f("ix_agreement_side_organisation_id"),
        "agreement_side",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("sections", postgresql.JSONB(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("goals", postgresql.JSONB(), nullable=False),
        sa.Column("contacts", postgresql.JSONB(), nullable=False),
        sa.Column("expected_per_year", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parameter_sources", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        sa.UniqueConstraint("agreement_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("agreement_version")
    op.drop_table("agreement_side")
    op.drop_table("agreement_party")
    op.drop_table("agreement")
