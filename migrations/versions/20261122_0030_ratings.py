"""ratings: what the receiver says of a package when it accepts it, countable by itself"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"

# When the transaction ends, the rating is of the acceptance that was just made.
GUARD = """
create function handover_rating_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package where package.id = new.handover_id
        and package.state = 'accepted' and package.accepted_at = new.rated_at
    ) then
        return null;
    end if;
    raise exception 'a package is rated by who accepts it, then'
        using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "handover_rating",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("complete", sa.Boolean()),
        sa.Column("plan_usable", sa.Boolean()),
        sa.Column("missing", postgresql.JSONB(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rated_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("handover_id"),
        sa.CheckConstraint(
            "complete is not null or plan_usable is not null or missing <> '[]'", name="said"
        ),
        sa.CheckConstraint("not (complete and missing <> '[]')", name="complete"),
    )
    op.create_index("ix_handover_rating_rated", "handover_rating", ["rated_at"])
    op.execute(GUARD)
    op.execute("revoke execute on function handover_rating_guard() from public")
    op.execute(
        "create constraint trigger guard after insert on handover_rating "
        "deferrable initially deferred for each row execute function handover_rating_guard()"
    )


def downgrade() -> None:
    op.drop_table("handover_rating")
    op.execute("drop function handover_rating_guard()")
