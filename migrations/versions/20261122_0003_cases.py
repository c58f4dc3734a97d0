"""cases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "member_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cpr", sa.Text(), nullable=True),
        sa.Column("cpr_index", sa.LargeBinary(), nullable=True),
        sa.Column("own_reference", sa.Text(), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("benefit_start", sa.Date(), nullable=False),
        sa.Column("weekly_hours", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("adviser_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_on", sa.Date(), nullable=False),
        sa.Column("transfer_confirmed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at is null) = (closed_reason is null)", name=op.f("ck_member_case_closed")
        ),
        sa.CheckConstraint("(cpr is null) = (cpr_index is null)", name=op.f("ck_member_case_cpr")),
        sa.CheckConstraint("weekly_hours > 0", name=op.f("ck_member_case_weekly_hours")),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["user.id"], name=op.f("fk_member_case_adviser_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["organisation.id"], name=op.f("fk_member_case_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_member_case_organisation_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_member_case_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_case")),
        sa.UniqueConstraint(
            "id", "organisation_id", name=op.f("uq_member_case_id_organisation_id")
        ),
    )
    op.create_index(
        "ix_member_case_search", "member_case", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "uq_member_case_one_open",
        "member_case",
        ["organisation_id", "cpr_index"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "uq_member_case_one_reference",
        "member_case",
        ["organisation_id", "own_reference"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_member_case_closed",
        "member_case",
        ["organisation_id", "closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at is not null"),
    )
    for name, columns in (
        ("ix_member_case_mine", ["adviser_id"]),
        ("ix_member_case_unit", ["unit_id"]),
        ("ix_member_case_municipality", ["municipality_id"]),
        ("ix_member_case_open", []),
    ):
        op.create_index(
            name,
            "member_case",
            ["organisation_id", *columns, "transfer_on", "id"],
            unique=False,
            postgresql_where=sa.text("closed_at is null"),
        )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("refer", "keep", name="decision", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("informed_channel", sa.Text(), nullable=True),
        sa.Column("member_comment", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(informed_on is null) = (informed_channel is null)",
            name=op.f("ck_assessment_informed"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_version_id"],
            ["agreement_version.id"],
            name=op.f("fk_assessment_agreement_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_assessment_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_case", "assessment", ["case_id", "decided_at"], unique=False)
    op.create_table(
        "benefit_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_benefit_hours_month")),
        sa.CheckConstraint("hours >= 0 and hours <= 300", name=op.f("ck_benefit_hours_hours")),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_benefit_hours_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_hours")),
    )
    op.create_index(
        "ix_benefit_hours_case", "benefit_hours", ["case_id", "month", "recorded_at"], unique=False
    )
    op.create_table(
        "case_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("job_goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("focus_areas", sa.Text(), nullable=True),
        sa.Column("search_strategy", sa.Text(), nullable=True),
        sa.Column("my_plan_link", sa.Text(), nullable=True),
        sa.Column("my_plan_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_case_plan_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_plan")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_plan_case_id")),
    )
    op.create_table(
        "checklist_exemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_checklist_exemption_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_exemption")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_checklist_exemption_case_id_code")),
    )
    op.create_table(
        "effort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "effort",
                "offer",
                "recommendation",
                "company_based",
                "placement",
                name="effortkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "agreed",
                "running",
                "finished",
                "stopped",
                "open",
                "granted",
                "refused",
                name="effortstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "last_day is null or last_day >= first_day", name=op.f("ck_effort_span")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_effort_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effort")),
    )
    op.create_index("ix_effort_case", "effort", ["case_id", "first_day"], unique=False)
    op.create_table(
        "profile_clarification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_profile_clarification_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_clarification")),
    )
    op.create_index(
        "ix_profile_clarification_case", "profile_clarification", ["case_id", "day"], unique=False
    )
    op.create_table(
        "responsibility_date",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_responsibility_date_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_date")),
    )
    op.create_index(
        "ix_responsibility_date_case",
        "responsibility_date",
        ["case_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "talk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("held", "absent", "exempt", name="talkoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome = 'held' or reason is not null", name=op.f("ck_talk_reason")),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            name=op.f("fk_talk_case_id_organisation_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    op.create_index("ix_talk_case", "talk", ["case_id", "day"], unique=False)
    op.create_table(
        "assessment_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("yes", "no", "unknown", name="criterionanswer", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("consequence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_answer_assessment_id"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assessment_answer_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_answer")),
        sa.UniqueConstraint(
            "assessment_id", "code", name=op.f("uq_assessment_answer_assessment_id_code")
        ),
    )


def downgrade() -> None:
    op.drop_table("assessment_answer")
    op.drop_table("talk")
    op.drop_table("responsibility_date")
    op.drop_table("profile_clarification")
    op.drop_table("effort")
    op.drop_table("checklist_exemption")
    op.drop_table("case_plan")
    op.drop_table("benefit_hours")
    op.drop_table("assessment")
    op.drop_table("member_case")
