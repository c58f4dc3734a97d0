"""lists in one row: a party's row carries all that its list shows, and when it is due in each order"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

TABLE = "handover_party"
# Which clock runs, and the day of responsibility: they were looked up row by row behind a policy.
CARRIED: dict[str, Any] = {"clock": sa.Text(), "responsible_from": sa.Date()}
READ, READ_MORE = (
    "select h.state, h.kind,",
    "select h.due_for, h.responsible_from, h.state, h.kind,",
)
INTO, INTO_MORE = (
    "into new.state, new.kind,",
    "into new.clock, new.responsible_from, new.state, new.kind,",
)
COPY = """
update handover_party p set clock = h.due_for, responsible_from = h.responsible_from
from handover h where h.id = p.handover_id
"""
# In the order of change, what is late is left out unread as well.
LISTS = ("list", "unit", "unassigned")
KEY, KEY_MORE = "changed_at, handover_id", "changed_at, handover_id, due_on"


def replace_in(function: str, old: str, new: str) -> None:
    found = f"select pg_get_functiondef(oid) from pg_proc where proname = '{function}'"
    body = op.get_bind().scalar(sa.text(found))
    if old not in body:
        raise RuntimeError(f"{function} is not as it was expected")
    op.get_bind().exec_driver_sql(body.replace(old, new, 1).replace("%", "%%"))


def reorder(old: str, new: str) -> None:
    for name in LISTS:
        index = f"ix_handover_party_{name}_changed"
        found = sa.text("select indexdef from pg_indexes where indexname = :name")
        definition = op.get_bind().scalar(found.bindparams(name=index))
        op.execute(f"drop index {index}")
        op.execute(definition.replace(old, new))


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
    reorder(KEY, KEY_MORE)


def downgrade() -> None:
    reorder(KEY_MORE, KEY)
    replace_in("handover_party_copies", INTO_MORE, INTO)
    replace_in("handover_party_copies", READ_MORE, READ)
    for name in CARRIED:
        op.drop_column(TABLE, name)
