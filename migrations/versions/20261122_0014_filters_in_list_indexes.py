"""a municipality's lists under a filter: status and kind in the indexes of two lists

Nothing ordered the lists of a unit and of what nobody has by status or kind, so under a rare one the
planner read all packages of that status, row by row, to find the few of the list. Status and kind
now stand in those indexes behind the order: what does not fit is left out before its row is read.
A unit belongs to one organisation; told so, the planner no longer takes a unit for nearly empty.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

TABLE = "handover_party"
OURS = "standing = 'ours'"
LISTS: dict[str, tuple[list[str], str]] = {
    "unit": (["unit_id"], OURS),
    "unassigned": ([], f"{OURS} and person_id is null"),
}
ORDERS = {"due": "due_on", "changed": "changed_at"}


def upgrade() -> None:
    make(["state", "kind"])
    op.execute(
        "create statistics handover_party_unit (dependencies) "
        "on organisation_id, unit_id from handover_party"
    )


def make(beside: list[str]) -> None:
    for name, (scope, where) in LISTS.items():
        for order, column in ORDERS.items():
            op.drop_index(f"ix_handover_party_{name}_{order}", TABLE)
            op.create_index(
                f"ix_handover_party_{name}_{order}",
                TABLE,
                ["organisation_id", *scope, column, "handover_id", *beside],
                postgresql_include=["valid_from", "valid_until"],
                postgresql_where=where,
            )


def downgrade() -> None:
    op.execute("drop statistics handover_party_unit")
    make([])
