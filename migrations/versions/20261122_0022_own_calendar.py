"""a person's own calendar of meetings, read by a secret address without a session

`calendar_of` is the keeper's: it alone says whose address it is and what is shown there. It asks
anew every time whether the user is there still, has a role with packages, and takes part.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# A feed without meetings is one row without a meeting; an unknown or closed one is none. Packages
# are found by their state, which an index of the party table begins with.
CALENDAR_OF = """
create function calendar_of(hash bytea, roles text[], today date)
returns table (
    feed_id uuid, language text, meeting_id uuid, handover_id uuid, reference text,
    sequence integer, changed_at timestamptz, starts_at timestamptz, ends_at timestamptz,
    with_fund boolean
)
language sql stable security definer set search_path = '' rows 25 as $$
    select f.id, u.language, m.id, m.handover_id, m.reference, m.sequence, m.changed_at,
        m.starts_at, m.ends_at, m.with_fund
    from public.calendar_feed f
    join public."user" u on u.id = f.user_id
    join public.identity_provider i on i.id = u.provider_id and i.enabled
    left join lateral (
        select j.id, p.handover_id, p.reference, j.sequence, p.changed_at, j.starts_at,
            j.ends_at, coalesce(h.fund_attends, false) as with_fund
        from public.handover_party p
        join public.handover h on h.id = p.handover_id
        join public.joint_meeting j on j.handover_id = h.id and j.state in ('planned', 'held')
        where p.organisation_id = f.organisation_id
        and p.state in ('meeting_planned', 'meeting_held')
        and p.person_id = any(public.stood_in_for(f.user_id, $3))
        and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()
        and (p.side = 'receiver' or h.fund_attends)
    ) m on true
    where f.token_hash = $1 and public.is_employed(f.user_id, $3) and exists (
        select from public.membership mine
        join public.role_grant g on g.membership_id = mine.id and g.role = any($2)
        where mine.user_id = f.user_id)
$$
"""
FUNCTION = "calendar_of(bytea, text[], date)"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
    )
    op.execute(CALENDAR_OF)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {FUNCTION}")
    op.drop_table("calendar_feed")
