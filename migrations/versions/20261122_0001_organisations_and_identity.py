"""organisations and identity"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("cvr", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("successor_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("source", sa.Text()),
        sa.Column("doubt", sa.Text()),
        sa.CheckConstraint("cvr ~ '^[0-9]{8}$'", name="cvr"),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        sa.UniqueConstraint("cvr"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "rate_limit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.UniqueConstraint("key", "minute"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text()),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("purpose", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("seal_no", sa.BigInteger()),
        sa.Column("hash", sa.LargeBinary()),
        sa.UniqueConstraint("seal_no"),
    )
    op.create_index("ix_audit_event_own", "audit_event", ["organisation_id", "at"], unique=False)
    op.create_index(
        "ix_audit_event_subject", "audit_event", ["subject_id", "action", "at"], unique=False
    )
    op.create_index(
        "ix_audit_event_unsealed",
        "audit_event",
        ["at", "id"],
        unique=False,
        postgresql_where="seal_no is null",
    )
    op.create_table(
        "council_membership",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("municipality_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("council_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("source", sa.Text()),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
    )
    op.create_index(
        "ix_council_membership_on",
        "council_membership",
        ["municipality_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("metadata_url", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("auth_method", sa.Text(), nullable=False),
        sa.Column("algorithms", postgresql.JSONB(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("claim_map", postgresql.JSONB(), nullable=False),
        sa.Column("level_map", postgresql.JSONB(), nullable=False),
        sa.Column("assumed_level", postgresql.JSONB()),
        sa.Column("role_map", postgresql.JSONB(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("issuer"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "organisation_name",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("source", sa.Text()),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
    )
    op.create_index(
        "ix_organisation_name_on",
        "organisation_name",
        ["organisation_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("mailbox", sa.Text()),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        sa.UniqueConstraint("organisation_id", "name"),
    )
    op.create_table(
        "shared_organisation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("provider_id", sa.Uuid(), sa.ForeignKey("identity_provider.id"), nullable=False),
        sa.Column("cvr", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.UniqueConstraint("provider_id", "cvr"),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), sa.ForeignKey("identity_provider.id"), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("next", sa.Text()),
        sa.Column("max_age", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("state_hash"),
    )
    op.create_index(
        op.f("ix_sign_in_attempt_created_at"), "sign_in_attempt", ["created_at"], unique=False
    )
    op.create_table(
        "used_logout_token",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("provider_id", sa.Uuid(), sa.ForeignKey("identity_provider.id"), nullable=False),
        sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("jti_hash"),
    )
    op.create_index(
        op.f("ix_used_logout_token_used_at"), "used_logout_token", ["used_at"], unique=False
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), sa.ForeignKey("identity_provider.id"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("reopened_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("provider_id", "subject"),
    )
    op.create_index(op.f("ix_user_organisation_id"), "user", ["organisation_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), sa.ForeignKey("user.id")),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="span"),
        sa.CheckConstraint("stand_in_id <> user_id", name="another"),
    )
    op.create_index("ix_absence_user", "absence", ["user_id", "last_day"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), sa.ForeignKey("identity_provider.id"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text()),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True)),
        sa.Column("id_token", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_why", sa.Text()),
        sa.CheckConstraint("(ended_at is null) = (ended_why is null)", name="ended"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(
        "ix_user_session_provider", "user_session", ["provider_id", "subject"], unique=False
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("membership.id"), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("membership_id", "role", "source"),
    )


def downgrade() -> None:
    op.drop_table("role_grant")
    op.drop_table("user_session")
    op.drop_table("membership")
    op.drop_table("absence")
    op.drop_table("user")
    op.drop_table("used_logout_token")
    op.drop_table("sign_in_attempt")
    op.drop_table("shared_organisation")
    op.drop_table("unit")
    op.drop_table("organisation_name")
    op.drop_table("identity_provider")
    op.drop_table("council_membership")
    op.drop_table("audit_event")
    op.drop_table("rate_limit")
    op.drop_table("organisation")
