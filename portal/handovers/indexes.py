"""The indexes of a party's lists: one for each order of each, and what its filters ask for."""

from sqlalchemy import Index

OURS = "standing = 'ours'"
NOT_OURS = "standing <> 'ours'"
# In an index after its order: what does not fit is left out unread.
FILTERS = ("state", "kind", "other_id")


def in_both_orders(
    name: str,
    *scope: str,
    where: str | None = None,
    beside: tuple[str, ...] = (),
    filters_due: bool = False,
) -> tuple[Index, Index]:
    """For one list of an organisation, or one filter, in the two orders that are offered.

    `filters_due`: what is late is put in the order of change without reading its rows.
    """
    carried = ("changed_at",) if filters_due else ()
    due = in_order(f"{name}_due", *scope, "due_on", where=where, beside=beside, carried=carried)
    late = ("due_on",) if filters_due else ()
    return due, in_order(f"{name}_changed", *scope, "changed_at", where=where, beside=late + beside)


def in_order(
    name: str,
    *columns: str,
    where: str | None = None,
    beside: tuple[str, ...] = (),
    carried: tuple[str, ...] = (),
) -> Index:
    """A page of the list is read from it in order, and the list counted without its rows.

    Hence the two that the policy asks for are in it, and the row's id, by which pages go on.
    """
    return Index(
        f"ix_handover_party_{name}",
        *("organisation_id", *columns, "handover_id", *beside),
        postgresql_include=["valid_from", "valid_until", "readers", *carried],
        postgresql_where=where,
    )
