"""rules of criteria: an assessment keeps the rule that it was made under, an answer its type"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

COLUMNS = (
    ("assessment", "rule", sa.Text(), "any"),
    ("assessment", "needed", sa.Integer(), "1"),
    ("assessment_answer", "kind", sa.Text(), "discretionary"),
    ("assessment_answer", "evidence", sa.Text(), "self_reported"),
)


def upgrade() -> None:
    for table, name, kind, was in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=was))
        op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    for table, name, _kind, _was in COLUMNS:
        op.drop_column(table, name)
