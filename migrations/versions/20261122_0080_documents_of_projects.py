"""documents of projects, kept as the files of packages are"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"

STATES = sa.Enum("waiting", "clean", "unscanned", "infected", name="one_of", native_enum=False,
                 length=40)  # fmt: skip


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "project_document",
        sa.Column("id", sa.Uuid(), primary_key=True),
        column("project_id", sa.Uuid()),
        column("organisation_id", sa.Uuid()),
        column("position", sa.Integer()),
        *(column(name, sa.Text()) for name in ("name", "kind")),
        column("size", sa.Integer()),
        *(column(name, sa.Text()) for name in ("sha256", "key")),
        column("sealed", sa.LargeBinary()),
        column("state", STATES),
        column("finding", sa.Text(), optional=True),
        column("person_id", sa.Uuid()),
        column("person", sa.Text()),
        column("uploaded_at", at),
        column("judged_at", at, optional=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], ondelete="cascade"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.UniqueConstraint("project_id", "position"),
        sa.UniqueConstraint("project_id", "sha256"),
        sa.CheckConstraint("position between 1 and 50", name="position"),
        sa.CheckConstraint("size between 1 and 20971520", name="size"),
        sa.CheckConstraint("(state = 'waiting') = (judged_at is null)", name="judged"),
        sa.CheckConstraint("(state = 'infected') = (finding is not null)", name="finding"),
    )
    waiting, clean = sa.text("state = 'waiting'"), sa.text("state = 'clean'")
    table = "project_document"
    op.create_index(f"ix_{table}_waiting", table, ["uploaded_at"], postgresql_where=waiting)
    op.execute(f"alter table {table} alter column sealed set storage external")
    op.create_index(f"ix_{table}_judged", table, ["judged_at"], postgresql_where=clean)


def downgrade() -> None:
    op.drop_table("project_document")
