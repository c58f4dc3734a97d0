"""organisations that are to take part in a project and have no place in Samspil yet"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    roles = sa.Enum("lead", "jobcentre", "a_kasse", "union", "employer", "school", "association",
                    "secretariat", name="partnerrole", native_enum=False, length=40)  # fmt: skip
    op.create_table(
        "project_newcomer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "project_id", sa.Uuid(), sa.ForeignKey("project.id", ondelete="cascade"), nullable=False
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cvr", sa.Text()),
        sa.Column("role", roles, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("contact", "mail")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("opened_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("cvr ~ '^[0-9]{8}$'", name="cvr"),
        sa.CheckConstraint("(opened_id is null) = (opened_at is null)", name="opened"),
        sa.CheckConstraint("role in ('union', 'employer', 'school', 'association')", name="role"),
    )
    op.create_index("ix_project_newcomer_of", "project_newcomer", ["project_id"])


def downgrade() -> None:
    op.drop_table("project_newcomer")
