"""targets as agreed: a draft written anew takes today's target, and what is submitted keeps its own"""

from alembic import context

revision = "0055"
down_revision = "0054"

OLD, NEW = "old.value, old.base,", "new.value, new.base,"
OLD_TOO, NEW_TOO = "old.value, old.target, old.base,", "new.value, new.target, new.base,"


def rewrite(old: str, new: str) -> None:
    context.script.get_revision("0042").module.rewrite("goal_value_guard", old, new)


def upgrade() -> None:
    rewrite(OLD, OLD_TOO)
    rewrite(NEW, NEW_TOO)


def downgrade() -> None:
    rewrite(OLD_TOO, OLD)
    rewrite(NEW_TOO, NEW)
