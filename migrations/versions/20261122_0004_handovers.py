"""handovers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("turn", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_for", sa.Text()),
        sa.Column("days_left", sa.Integer()),
        sa.Column("sender_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("cpr", sa.Text()),
        sa.Column("cpr_index", sa.LargeBinary()),
        sa.Column("agreement_version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id")),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("responsible_from", sa.Date()),
        sa.Column("responsible_source", sa.Text()),
        sa.Column("fund_attends", sa.Boolean()),
        sa.Column("sender_person_id", sa.Uuid(), sa.ForeignKey("user.id")),
        sa.Column("sender_person", sa.Text()),
        sa.Column("sender_unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("receiver_person_id", sa.Uuid(), sa.ForeignKey("user.id")),
        sa.Column("receiver_person", sa.Text()),
        sa.Column("receiver_unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by", sa.Text()),
        sa.Column("held_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_reason", sa.Text()),
        sa.Column("closed_text", sa.Text()),
        sa.Column("registered_on", sa.Date()),
        sa.Column("content_number", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (sent_at is null)", name="sent"),
        sa.CheckConstraint(
            "(state in ('completed', 'rejected', 'withdrawn')) = (closed_at is not null)",
            name="closed",
        ),
        sa.CheckConstraint(
            "(state in ('rejected', 'withdrawn')) = (closed_reason is not null)",
            name="closed_reason",
        ),
        sa.CheckConstraint(
            "kind <> 'visitation' or agreement_version_id is not null", name="basis"
        ),
        sa.CheckConstraint(
            "not (state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')) or accepted_at is not null",
            name="accepted",
        ),
        sa.CheckConstraint("state <> 'completed' or registered_on is not null", name="registered"),
        sa.CheckConstraint("state <> 'rejected' or kind = 'visitation'", name="rejected"),
        sa.CheckConstraint(
            "state in ('draft', 'sent', 'withdrawn') or received_at is not null", name="received"
        ),
        sa.CheckConstraint(
            "state not in ('meeting_held', 'completed') or held_at is not null", name="held"
        ),
        sa.CheckConstraint("(accepted_at is null) = (accepted_by is null)", name="accepted_by"),
        sa.CheckConstraint("sender_id <> receiver_id", name="two_parties"),
        sa.CheckConstraint(
            "sent_at >= created_at and received_at >= sent_at and accepted_at >= received_at and held_at >= accepted_at and closed_at >= coalesce(held_at, accepted_at, received_at, sent_at)",
            name="order",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "sender_id"], ["member_case.id", "member_case.organisation_id"]
        ),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(
        "uq_handover_one_open",
        "handover",
        ["case_id", "sender_id", "receiver_id", "kind"],
        unique=True,
        postgresql_where="not (state in ('completed', 'rejected', 'withdrawn'))",
    )
    op.create_table(
        "handover_content",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("handover_id", "number"),
    )
    op.create_table(
        "handover_document",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("handover_id", "number", "kind"),
    )
    op.create_table(
        "handover_draft",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("considerations", sa.Text()),
        sa.Column("informed_on", sa.Date()),
        sa.Column("informed_channel", sa.Text()),
        sa.Column("member_comment", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("handover_id"),
    )
    op.create_table(
        "handover_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("source", sa.String(40)),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("form_key", sa.Text()),
        sa.UniqueConstraint("handover_id", "form_key"),
    )
    op.create_index(
        "ix_handover_event_handover", "handover_event", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_filing",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("person", sa.Text(), nullable=False),
    )
    op.create_index(
        op.f("ix_handover_filing_handover_id"), "handover_filing", ["handover_id"], unique=False
    )
    op.create_table(
        "handover_message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index(
        "ix_handover_message_handover", "handover_message", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index(
        "ix_handover_note_handover", "handover_note", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_party",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("cpr_index", sa.LargeBinary()),
        sa.Column("other_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("person", sa.Text()),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.UniqueConstraint("handover_id", "organisation_id"),
    )
    op.create_index(
        "ix_handover_party_changed",
        "handover_party",
        ["organisation_id", "standing", "changed_at", "handover_id"],
        unique=False,
    )
    op.create_index(
        "ix_handover_party_cpr", "handover_party", ["organisation_id", "cpr_index"], unique=False
    )
    op.create_index(
        "ix_handover_party_due",
        "handover_party",
        ["organisation_id", "standing", "due_on", "handover_id"],
        unique=False,
    )
    op.create_index(
        "ix_handover_party_name",
        "handover_party",
        ["organisation_id", "standing", "member_name", "handover_id"],
        unique=False,
    )
    op.create_index(
        "ix_handover_party_person",
        "handover_party",
        ["organisation_id", "person_id", "standing", "due_on", "handover_id"],
        unique=False,
    )
    op.create_index(
        "ix_handover_party_search",
        "handover_party",
        ["search"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_handover_party_unit",
        "handover_party",
        ["organisation_id", "unit_id", "standing", "due_on", "handover_id"],
        unique=False,
    )
    op.create_table(
        "handover_question",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("unanswerable", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.CheckConstraint(
            "(answered_at is null) = (answer is null and unanswerable is null)", name="answered"
        ),
        sa.CheckConstraint("answer is null or unanswerable is null", name="one_answer"),
        sa.UniqueConstraint("handover_id", "round", "position"),
    )
    op.create_table(
        "joint_meeting",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("video_link", sa.Text()),
        sa.Column("participants", sa.Text()),
        sa.Column("called_in_on", sa.Date()),
        sa.Column("called_in_via", sa.Text()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled_reason", sa.Text()),
        sa.Column("attendance", postgresql.JSONB()),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason is not null)", name="cancelled"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="span"),
        sa.CheckConstraint("place is not null or video_link is not null", name="where"),
    )
    op.create_index(
        op.f("ix_joint_meeting_handover_id"), "joint_meeting", ["handover_id"], unique=False
    )
    op.create_index(
        "uq_joint_meeting_one_live",
        "joint_meeting",
        ["handover_id"],
        unique=True,
        postgresql_where="state = 'planned'",
    )
    op.create_table(
        "minutes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.JSONB(), nullable=False),
        sa.Column("next_contact_on", sa.Date(), nullable=False),
        sa.Column("next_contact_person", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("handover_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("minutes")
    op.drop_table("joint_meeting")
    op.drop_table("handover_question")
    op.drop_table("handover_party")
    op.drop_table("handover_note")
    op.drop_table("handover_message")
    op.drop_table("handover_filing")
    op.drop_table("handover_event")
    op.drop_table("handover_draft")
    op.drop_table("handover_document")
    op.drop_table("handover_content")
    op.drop_table("handover")
