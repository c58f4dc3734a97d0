"""cases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "member_case",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cpr", sa.Text()),
        sa.Column("cpr_index", sa.LargeBinary()),
        sa.Column("own_reference", sa.Text()),
        sa.Column("municipality_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("benefit_start", sa.Date(), nullable=False),
        sa.Column("weekly_hours", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("adviser_id", sa.Uuid(), sa.ForeignKey("user.id")),
        sa.Column("transfer_on", sa.Date(), nullable=False),
        sa.Column("transfer_confirmed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_reason", sa.Text()),
        sa.Column("search", postgresql.TSVECTOR()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_at is null) = (closed_reason is null)", name="closed"),
        sa.CheckConstraint("(cpr is null) = (cpr_index is null)", name="cpr"),
        sa.CheckConstraint("weekly_hours > 0", name="weekly_hours"),
        sa.UniqueConstraint("id", "organisation_id"),
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
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "agreement_version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id"), nullable=False
        ),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("informed_on", sa.Date()),
        sa.Column("informed_channel", sa.Text()),
        sa.Column("member_comment", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(informed_on is null) = (informed_channel is null)", name="informed"),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index("ix_assessment_case", "assessment", ["case_id", "decided_at"], unique=False)
    op.create_table(
        "benefit_hours",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name="month"),
        sa.CheckConstraint("hours >= 0 and hours <= 300", name="hours"),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index(
        "ix_benefit_hours_case", "benefit_hours", ["case_id", "month", "recorded_at"], unique=False
    )
    op.create_table(
        "case_plan",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("job_goals", postgresql.JSONB(), nullable=False),
        sa.Column("focus_areas", sa.Text()),
        sa.Column("search_strategy", sa.Text()),
        sa.Column("my_plan_link", sa.Text()),
        sa.Column("my_plan_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
        sa.UniqueConstraint("case_id"),
    )
    op.create_table(
        "checklist_exemption",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
        sa.UniqueConstraint("case_id", "code"),
    )
    op.create_table(
        "effort",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("result", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_day is null or last_day >= first_day", name="span"),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index("ix_effort_case", "effort", ["case_id", "first_day"], unique=False)
    op.create_table(
        "profile_clarification",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index(
        "ix_profile_clarification_case", "profile_clarification", ["case_id", "day"], unique=False
    )
    op.create_table(
        "responsibility_date",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index(
        "ix_responsibility_date_case",
        "responsibility_date",
        ["case_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "talk",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome = 'held' or reason is not null", name="reason"),
        sa.ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
            ondelete="cascade",
        ),
    )
    op.create_index("ix_talk_case", "talk", ["case_id", "day"], unique=False)
    op.create_table(
        "assessment_answer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "assessment_id",
            sa.Uuid(),
            sa.ForeignKey("assessment.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("consequence", sa.Text()),
        sa.UniqueConstraint("assessment_id", "code"),
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
