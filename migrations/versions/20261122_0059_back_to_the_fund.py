"""back to the fund: what a municipality has taken on goes back, where law or agreement allows it

It goes to the fund that it came from, of that fund's case, once. A ground of the agreement must stand
in the version in force, and serves for earlier transfers alone. Which grounds the law has, the rules
say with their dates; the database does not know them.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0059"
down_revision = "0058"

ENDED = "'withdrawn', 'obsolete', 'superseded', 'in_error'"
HELD = "state not in ('meeting_held', 'completed') or held_at is not null"
REGISTERED = "state <> 'completed' or registered_on is not null or closed_side = 'system'"
KINDS = "kind in ('flytning', 'akasseskift'{})"
STATES = "state in ('draft', 'sent', 'received', 'completed', " + ENDED + ")"
FORMER = {False: "kind <> 'flytning'", True: "kind not in ('flytning', 'retur')"}
RETURNED = "(kind = 'retur') = (returned_for is not null)"
STEPS = (
    "update handover_step set kinds = array['akasseskift', 'flytning'{}] where step = 'take_over'"
)
NOT_FIRST = "(new.former_id is null and new.kind <> 'flytning' or exists ("
NOR_BACK = "(new.former_id is null and new.kind not in ('flytning', 'retur') or exists ("
ONWARD = """
                and former.state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')
            else former.kind"""
BACK = """
                and former.state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')
                and not exists (select from public.handover back where back.former_id = former.id
                    and back.kind = 'retur' and back.state = 'completed')
            when 'retur' then former.case_id = new.case_id and former.sender_id = new.receiver_id
                and former.kind in ('overgang', 'visitation')
                and former.state in ('accepted', 'meeting_planned', 'meeting_held', 'completed')
                and not exists (select from public.handover back where back.former_id = former.id
                    and back.kind = 'retur' and back.state = 'completed')
                and (new.returned_for not in ('criteria_gone', 'fund_helps')
                    or former.kind = 'visitation' and exists (
                    select from public.agreement_pair pair
                    join public.agreement_version version on version.id = pair.version_id
                    where version.id = new.agreement_version_id
                    and pair.fund_id = new.receiver_id and pair.municipality_id = new.sender_id
                    and pair.first_day <= (new.changed_at at time zone 'Europe/Copenhagen')::date
                    and coalesce(pair.last_day, 'infinity')
                        >= (new.changed_at at time zone 'Europe/Copenhagen')::date
                    and version.parameters -> 'return_grounds' ? new.returned_for))
            else former.kind"""
OWN_CASE = "tg_op = 'INSERT' and new.kind <> 'flytning' and not exists"
SENT_ON = "tg_op = 'INSERT' and new.kind not in ('flytning', 'retur') and not exists"


def rewrite(function: str, old: str, new: str) -> None:
    context.script.get_revision("0032").module.rewrite(function, old, new)


def checked(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_handover_{name}"), "handover", type_="check")
    op.create_check_constraint(op.f(f"ck_handover_{name}"), "handover", condition)


def straight(kinds: str, *, back: bool) -> None:
    checked("former", f"{FORMER[back]} or former_id is not null")
    checked("straight", f"not {kinds} or {STATES}")
    checked("held", f"{HELD} or {kinds}")
    checked("registered", f"{REGISTERED} or {kinds}")


def upgrade() -> None:
    op.add_column("handover", sa.Column("returned_for", sa.Text()))
    op.create_check_constraint(op.f("ck_handover_returned"), "handover", RETURNED)
    straight(KINDS.format(", 'retur'"), back=True)
    for name in ("done_since", "remaining"):
        op.add_column("handover_draft", sa.Column(name, sa.Text()))
    op.add_column(
        "responsibility_date",
        sa.Column("is_return", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("responsibility_date", "is_return", server_default=None)
    op.execute(STEPS.format(", 'retur'"))
    rewrite("handover_beginning", NOT_FIRST, NOR_BACK)
    rewrite("handover_beginning", ONWARD, BACK)
    rewrite("handover_parties", OWN_CASE, SENT_ON)


def downgrade() -> None:
    rewrite("handover_parties", SENT_ON, OWN_CASE)
    rewrite("handover_beginning", BACK, ONWARD)
    rewrite("handover_beginning", NOR_BACK, NOT_FIRST)
    op.execute(STEPS.format(""))
    op.drop_column("responsibility_date", "is_return")
    for name in ("remaining", "done_since"):
        op.drop_column("handover_draft", name)
    straight(KINDS.format(""), back=False)
    op.drop_constraint(op.f("ck_handover_returned"), "handover", type_="check")
    op.drop_column("handover", "returned_for")
