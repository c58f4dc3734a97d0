"""files on a package: the bytes encrypted in the row, until found clean given to nobody"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "handover_file",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("finding", sa.Text()),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], ondelete="cascade"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.UniqueConstraint("handover_id", "position"),
        sa.UniqueConstraint("handover_id", "sha256"),
        sa.CheckConstraint("position between 1 and 20", name="position"),
        sa.CheckConstraint("size between 1 and 20971520", name="size"),
        sa.CheckConstraint("(state = 'waiting') = (judged_at is null)", name="judged"),
        sa.CheckConstraint("(state = 'infected') = (finding is not null)", name="finding"),
    )
    # Ciphertext does not shrink: stored as it is, no work is spent on trying.
    op.execute("alter table handover_file alter column sealed set storage external")
    for name, column, state in (
        ("waiting", "uploaded_at", "waiting"),
        ("judged", "judged_at", "clean"),
    ):
        op.create_index(
            f"ix_handover_file_{name}",
            "handover_file",
            [column],
            postgresql_where=sa.text(f"state = '{state}'"),
        )


def downgrade() -> None:
    op.drop_table("handover_file")
