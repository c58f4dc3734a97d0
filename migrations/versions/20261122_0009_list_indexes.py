"""indexes of the work list, one for each order offered of each list and filter; packages of a case

The order by name is gone: a name is searched for, and PostgreSQL without ICU sorts Danish wrongly.
A party row is no longer written twice when it is made, for what an insert makes is up to date. GIN
knows only bitmap scans, which the web's role otherwise does without.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

TABLE = "handover_party"
OURS = "standing = 'ours'"
LISTS: dict[str, tuple[list[str], str | None]] = {
    "list": (["standing"], None),
    "unit": (["unit_id"], OURS),
    "unassigned": ([], f"{OURS} and person_id is null"),
    "state": (["state"], None),
    "kind": (["kind", "standing"], None),
}
ORDERS = {"due": "due_on", "changed": "changed_at"}
OLD = {
    "due": ["standing", "due_on"],
    "person": ["person_id", "standing", "due_on"],
    "unit": ["unit_id", "standing", "due_on"],
    "changed": ["standing", "changed_at"],
    "name": ["standing", "member_name"],
}
SEARCHES = ("handover_search", "member_case_search")
PARTIES = """
create or replace function handover_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    {before}
    if tg_op = 'INSERT' then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.sender_id, 'sender', now());
    end if;
    if new.sent_at is not null and (tg_op = 'INSERT' or old.sent_at is null) then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.receiver_id, 'receiver', now());
    end if;
    {after}
    return null;
end $$
"""
UPDATE = "update public.handover_party set changed_at = new.changed_at where handover_id = new.id;"
ON_CHANGE = f"if tg_op = 'UPDATE' then {UPDATE} end if;"


def upgrade() -> None:
    op.create_index("ix_handover_case", "handover", ["case_id"])
    for name in OLD:
        op.drop_index(f"ix_handover_party_{name}", TABLE)
    for name, (scope, where) in LISTS.items():
        for order, column in ORDERS.items():
            index(f"{name}_{order}", [*scope, column], where)
    index("person_due", ["person_id", "due_on"], OURS)
    op.execute(parties(before=ON_CHANGE))
    for search in SEARCHES:
        op.execute(f"alter function {search}(text[], integer) set enable_bitmapscan = on")


def parties(before: str = "", after: str = "") -> str:
    return PARTIES.replace("{before}", before).replace("{after}", after)


def index(name: str, columns: list[str], where: str | None) -> None:
    op.create_index(
        f"ix_handover_party_{name}",
        TABLE,
        ["organisation_id", *columns, "handover_id"],
        postgresql_include=["valid_from", "valid_until"],
        postgresql_where=where,
    )


def downgrade() -> None:
    for search in SEARCHES:
        op.execute(f"alter function {search}(text[], integer) reset enable_bitmapscan")
    op.execute(parties(after=UPDATE))
    for name in ("person_due", *(f"{name}_{order}" for name in LISTS for order in ORDERS)):
        op.drop_index(f"ix_handover_party_{name}", TABLE)
    for name, columns in OLD.items():
        op.create_index(
            f"ix_handover_party_{name}", TABLE, ["organisation_id", *columns, "handover_id"]
        )
    op.drop_index("ix_handover_case", "handover")
