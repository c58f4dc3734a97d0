"""the wish in the list, and what a package came in the place of

A party's row carries what its state's name and its stop follow from.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"

TABLE = "handover_party"
# The member's wish about the fund, and what one party has asked the other for.
CARRIED: dict[str, Any] = {"fund_attends": sa.Boolean(), "pending": sa.Text()}
READ, READ_MORE = "select h.due_for,", "select h.fund_attends, h.pending, h.due_for,"
INTO, INTO_MORE = "into new.clock,", "into new.fund_attends, new.pending, new.clock,"
COPY = """
update handover_party p set fund_attends = h.fund_attends, pending = h.pending
from handover h where h.id = p.handover_id and num_nonnulls(h.fund_attends, h.pending) > 0
"""


INDEX = "ix_handover_superseded"


def replace_in(function: str, old: str, new: str) -> None:
    found = f"select pg_get_functiondef(oid) from pg_proc where proname = '{function}'"
    body = op.get_bind().scalar(sa.text(found))
    if old not in body:
        raise RuntimeError(f"{function} is not as it was expected")
    op.get_bind().exec_driver_sql(body.replace(old, new, 1).replace("%", "%%"))


def upgrade() -> None:
    for name, kind in CARRIED.items():
        op.add_column(TABLE, sa.Column(name, kind))
    replace_in("handover_party_copies", READ, READ_MORE)
    replace_in("handover_party_copies", INTO, INTO_MORE)
    tables = (TABLE, "handover")  # the owner sees nothing while policies are away
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    op.execute(f"alter table {TABLE} disable trigger user")
    op.execute(COPY)
    op.execute(f"alter table {TABLE} enable trigger user")
    for table in tables:
        op.execute(f"alter table {table} force row level security")
    column = "superseded_by_id"
    op.create_index(INDEX, "handover", [column], postgresql_where=f"{column} is not null")


def downgrade() -> None:
    op.drop_index(INDEX, "handover")
    replace_in("handover_party_copies", INTO_MORE, INTO)
    replace_in("handover_party_copies", READ_MORE, READ)
    for name in CARRIED:
        op.drop_column(TABLE, name)
