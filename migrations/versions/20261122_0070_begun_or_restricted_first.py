"""begun or restricted first: a package that is begun while its case is restricted waits for it

Neither saw the other before both were over: the package would have been open to all.
"""

from alembic import context

revision = "0070"
down_revision = "0069"

BEGINS = """    former record;
begin
"""
HELD = f"""{BEGINS}    perform from public.member_case c where c.id = new.case_id for share;
"""


def upgrade() -> None:
    context.script.get_revision("0032").module.rewrite("handover_kept", BEGINS, HELD)


def downgrade() -> None:
    context.script.get_revision("0032").module.rewrite("handover_kept", HELD, BEGINS)
