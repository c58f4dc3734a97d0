"""a mail may carry an entry for a calendar: what it says, and whether it is put in or taken out"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("outgoing_mail", sa.Column("calendar", sa.Text()))
    op.add_column("outgoing_mail", sa.Column("calendar_method", sa.Text()))
    op.add_column("outgoing_mail", sa.Column("calendar_uid", sa.Uuid()))
    op.create_check_constraint(
        op.f("ck_outgoing_mail_calendar"),
        "outgoing_mail",
        "num_nulls(calendar, calendar_method, calendar_uid) in (0, 3)",
    )


def downgrade() -> None:
    for column in ("calendar", "calendar_method", "calendar_uid"):
        op.drop_column("outgoing_mail", column)
