"""the other party as a filter: whom one has packages with, and the lists in order by each

The few rows of `handover_counterpart` are kept by a trigger, since to find them among all packages
would read all of them. The other party also stands in the two lists that have status and kind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

TABLE = "handover_party"
OURS = "standing = 'ours'"
LISTS: dict[str, tuple[list[str], str | None]] = {
    "unit": (["unit_id"], OURS),
    "unassigned": ([], f"{OURS} and person_id is null"),
}
ORDERS = {"due": "due_on", "changed": "changed_at"}
KEPT = """
create function handover_counterparts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into public.handover_counterpart (id, organisation_id, other_id)
    values (gen_random_uuid(), new.organisation_id, new.other_id)
    on conflict (organisation_id, other_id) do nothing;
    return null;
end $$
"""
KNOWN = """
insert into handover_counterpart (id, organisation_id, other_id)
select gen_random_uuid(), organisation_id, other_id
from (select distinct organisation_id, other_id from handover_party) known
"""


def upgrade() -> None:
    op.create_table(
        "handover_counterpart",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("other_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.UniqueConstraint("organisation_id", "other_id"),
    )
    op.execute(KNOWN)
    op.execute(KEPT)
    for name, when in (
        ("met", "after insert"),
        ("met_anew", "after update"),
    ):
        only = "when (old.other_id <> new.other_id)" if name == "met_anew" else ""
        op.execute(
            f"create trigger {name} {when} on handover_party for each row {only} "
            "execute function handover_counterparts()"
        )
    op.execute("revoke execute on function handover_counterparts() from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function handover_counterparts() owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    again(["state", "kind", "other_id"])
    for order, column in ORDERS.items():
        made(f"other_{order}", ["other_id", "standing"], column, None, [])


def again(beside: list[str]) -> None:
    for name, (scope, where) in LISTS.items():
        for order, column in ORDERS.items():
            op.drop_index(f"ix_handover_party_{name}_{order}", TABLE)
            made(f"{name}_{order}", scope, column, where, beside)


def made(name: str, scope: list[str], column: str, where: str | None, beside: list[str]) -> None:
    op.create_index(
        f"ix_handover_party_{name}",
        TABLE,
        ["organisation_id", *scope, column, "handover_id", *beside],
        postgresql_include=["valid_from", "valid_until"],
        postgresql_where=where,
    )


def downgrade() -> None:
    for order in ORDERS:
        op.drop_index(f"ix_handover_party_other_{order}", TABLE)
    again(["state", "kind"])
    for name in ("met", "met_anew"):
        op.execute(f"drop trigger {name} on handover_party")
    op.execute("drop function handover_counterparts")
    op.drop_table("handover_counterpart")
