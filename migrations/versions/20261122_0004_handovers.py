"""handovers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("overgang", "visitation", name="kind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "received",
                "info_requested",
                "accepted",
                "meeting_planned",
                "meeting_held",
                "completed",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "turn",
            sa.Enum(
                "sender", "receiver", "both", "nobody", name="turn", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_for", sa.Text(), nullable=True),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("cpr", sa.Text(), nullable=True),
        sa.Column("cpr_index", sa.LargeBinary(), nullable=True),
        sa.Column("agreement_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "parameters", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("responsible_from", sa.Date(), nullable=True),
        sa.Column("responsible_source", sa.Text(), nullable=True),
        sa.Column("fund_attends", sa.Boolean(), nullable=True),
        sa.Column("sender_person_id", sa.Uuid(), nullable=True),
        sa.Column("sender_person", sa.Text(), nullable=True),
        sa.Column("sender_unit_id", sa.Uuid(), nullable=True),
        sa.Column("receiver_person_id", sa.Uuid(), nullable=True),
        sa.Column("receiver_person", sa.Text(), nullable=True),
        sa.Column("receiver_unit_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("closed_text", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("content_number", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (sent_at is null)", name=op.f("ck_handover_sent")),
        sa.CheckConstraint(
            "(state in ('completed', 'rejected', 'withdrawn')) = (closed_at is not null)",
            name=op.f("ck_handover_closed"),
        ),
        sa.CheckConstraint(
            "(state in ('rejected', 'withdrawn')) = (closed_reason is not null)",
            name=op.f("ck_handover_closed_reason"),
        ),
        sa.CheckConstraint(
            "kind <> 'visitation' or agreement_version_id is not null",
            name=op.f("ck_handover_basis"),
        ),
        sa.CheckConstraint(
            "not (state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')) or accepted_at is not null",
            name=op.f("ck_handover_accepted"),
        ),
        sa.CheckConstraint(
            "state <> 'completed' or registered_on is not null", name=op.f("ck_handover_registered")
        ),
        sa.CheckConstraint(
            "state <> 'rejected' or kind = 'visitation'", name=op.f("ck_handover_rejected")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'sent', 'withdrawn') or received_at is not null",
            name=op.f("ck_handover_received"),
        ),
        sa.CheckConstraint(
            "state not in ('meeting_held', 'completed') or held_at is not null",
            name=op.f("ck_handover_held"),
        ),
        sa.CheckConstraint(
            "(accepted_at is null) = (accepted_by is null)", name=op.f("ck_handover_accepted_by")
        ),
        sa.CheckConstraint("sender_id <> receiver_id", name=op.f("ck_handover_two_parties")),
        sa.CheckConstraint(
            "sent_at >= created_at and received_at >= sent_at and accepted_at >= received_at and held_at >= accepted_at and closed_at >= sent_at",
            name=op.f("ck_handover_order"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_version_id"],
            ["agreement_version.id"],
            name=op.f("fk_handover_agreement_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "sender_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_handover_case_id_sender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["organisation.id"], name=op.f("fk_handover_receiver_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_person_id"], ["user.id"], name=op.f("fk_handover_receiver_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_unit_id"], ["unit.id"], name=op.f("fk_handover_receiver_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["organisation.id"], name=op.f("fk_handover_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_person_id"], ["user.id"], name=op.f("fk_handover_sender_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_unit_id"], ["unit.id"], name=op.f("fk_handover_sender_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("reference", name=op.f("uq_handover_reference")),
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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_content_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_content_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_content")),
        sa.UniqueConstraint(
            "handover_id", "number", name=op.f("uq_handover_content_handover_id_number")
        ),
    )
    op.create_table(
        "handover_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_document_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_document_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_document")),
        sa.UniqueConstraint(
            "handover_id",
            "number",
            "kind",
            name=op.f("uq_handover_document_handover_id_number_kind"),
        ),
    )
    op.create_table(
        "handover_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("considerations", sa.Text(), nullable=True),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("informed_channel", sa.Text(), nullable=True),
        sa.Column("member_comment", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_draft_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handover_draft_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_draft")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_handover_draft_handover_id")),
    )
    op.create_table(
        "handover_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "draft",
                "sent",
                "received",
                "info_requested",
                "accepted",
                "meeting_planned",
                "meeting_held",
                "completed",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "target",
            sa.Enum(
                "draft",
                "sent",
                "received",
                "info_requested",
                "accepted",
                "meeting_planned",
                "meeting_held",
                "completed",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "detail", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_event_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handover_event_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_event")),
        sa.UniqueConstraint(
            "handover_id", "form_key", name=op.f("uq_handover_event_handover_id_form_key")
        ),
    )
    op.create_index(
        "ix_handover_event_handover", "handover_event", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_filing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_filing_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_filing_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_filing")),
    )
    op.create_index(
        op.f("ix_handover_filing_handover_id"), "handover_filing", ["handover_id"], unique=False
    )
    op.create_table(
        "handover_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_message_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_message_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_message")),
    )
    op.create_index(
        "ix_handover_message_handover", "handover_message", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_note_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handover_note_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_note")),
    )
    op.create_index(
        "ix_handover_note_handover", "handover_note", ["handover_id", "at"], unique=False
    )
    op.create_table(
        "handover_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "side",
            sa.Enum("sender", "receiver", name="party", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "received",
                "info_requested",
                "accepted",
                "meeting_planned",
                "meeting_held",
                "completed",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("overgang", "visitation", name="kind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("cpr_index", sa.LargeBinary(), nullable=True),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_party_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handover_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["organisation.id"], name=op.f("fk_handover_party_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_party")),
        sa.UniqueConstraint(
            "handover_id",
            "organisation_id",
            name=op.f("uq_handover_party_handover_id_organisation_id"),
        ),
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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("unanswerable", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(answered_at is null) = (answer is null and unanswerable is null)",
            name=op.f("ck_handover_question_answered"),
        ),
        sa.CheckConstraint(
            "answer is null or unanswerable is null", name=op.f("ck_handover_question_one_answer")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_question_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_question_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_question")),
        sa.UniqueConstraint(
            "handover_id",
            "round",
            "position",
            name=op.f("uq_handover_question_handover_id_round_position"),
        ),
    )
    op.create_table(
        "joint_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned", "cancelled", "held", name="meetingstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("video_link", sa.Text(), nullable=True),
        sa.Column("participants", sa.Text(), nullable=True),
        sa.Column("called_in_on", sa.Date(), nullable=True),
        sa.Column("called_in_via", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column(
            "attendance", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason is not null)",
            name=op.f("ck_joint_meeting_cancelled"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_joint_meeting_span")),
        sa.CheckConstraint(
            "place is not null or video_link is not null", name=op.f("ck_joint_meeting_where")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_joint_meeting_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_meeting_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_meeting")),
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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_contact_on", sa.Date(), nullable=False),
        sa.Column("next_contact_person", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_minutes_handover_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_minutes_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("handover_id", "number", name=op.f("uq_minutes_handover_id_number")),
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
