"""late in the order of change: found in the index of days, and what is ours by its own lists alone

The rows that are late are put in the order of change by what stands in the index. The indexes of a
kind and of another party are asked only for what is not ours: for that they were the wrong ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

INCLUDED, INCLUDED_MORE = "valid_until, readers)", "valid_until, readers, changed_at)"
NOT_OURS = " WHERE (standing <> 'ours'::text)"


def redo(name: str, old: str, new: str) -> None:
    index = f"ix_handover_party_{name}"
    found = sa.text("select indexdef from pg_indexes where indexname = :name")
    definition = op.get_bind().scalar(found.bindparams(name=index))
    if old not in definition:
        raise RuntimeError(f"{index} is not as it was expected")
    op.execute(f"drop index {index}")
    op.execute(definition.replace(old, new))


def upgrade() -> None:
    for name in ("list", "unit", "unassigned"):
        redo(f"{name}_due", INCLUDED, INCLUDED_MORE)
    for name in ("kind", "other"):
        for sort in ("due", "changed"):
            redo(f"{name}_{sort}", INCLUDED, INCLUDED + NOT_OURS)


def downgrade() -> None:
    for name in ("list", "unit", "unassigned"):
        redo(f"{name}_due", INCLUDED_MORE, INCLUDED)
    for name in ("kind", "other"):
        for sort in ("due", "changed"):
            redo(f"{name}_{sort}", NOT_OURS, "")
