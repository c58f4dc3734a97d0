"""no letters left: a package that is emptied has nothing unread and asks nobody anything

Its letters go after its party rows were written, so these count them no more.
"""

from alembic import context

revision = "0038"
down_revision = "0037"

EMPTIED = "    update public.handover_party set letters = letters where handover_id = new.id;\n"


def upgrade() -> None:
    rewrite = context.script.get_revision("0036").module.rewrite
    rewrite("handover_purge", "    return null;\n", f"{EMPTIED}    return null;\n")


def downgrade() -> None:
    context.script.get_revision("0036").module.rewrite("handover_purge", EMPTIED, "")
