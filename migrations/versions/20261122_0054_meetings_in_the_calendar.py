"""meetings about agreements in a person's own calendar, read by its secret address

Asked anew each time, as `calendar_of`: the user is there, has a role that opens meetings, and the
organisation still takes part in the agreement. Whoever stands in for somebody sees theirs too.
"""

from alembic import op

revision = "0054"
down_revision = "0053"

MEETINGS_OF = """
create function meetings_of_calendar(hash bytea, roles text[], today date)
returns table (
    feed_id uuid, language text, meeting_id uuid, kind text, key text, sequence integer,
    changed_at timestamptz, starts_at timestamptz, ends_at timestamptz
)
language sql stable security definer set search_path = '' rows 25 as $$
    select f.id, u.language, m.id, m.kind, m.key, m.sequence, m.changed_at, m.starts_at, m.ends_at
    from public.calendar_feed f
    join public."user" u on u.id = f.user_id
    join public.identity_provider i on i.id = u.provider_id and i.enabled
    left join lateral (
        select distinct on (one.id) one.id, s.kind, a.key, one.sequence, one.changed_at,
            one.starts_at, one.ends_at
        from public.meeting_participant asked
        join public.meeting one on one.id = asked.meeting_id and one.state <> 'cancelled'
        join public.meeting_series s on s.id = one.series_id
        join public.agreement a on a.id = one.agreement_id
        join public.agreement_party p on p.agreement_id = a.id
            and p.organisation_id = f.organisation_id and p.side <> 'observer'
            and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()
        where asked.party_id = f.organisation_id
        and asked.user_id = any(public.stood_in_for(f.user_id, $3))
        and one.starts_at > $3 - interval '1 year'
    ) m on true
    where f.token_hash = $1 and public.is_employed(f.user_id, $3) and exists (
        select from public.membership mine
        join public.role_grant g on g.membership_id = mine.id and g.role = any($2)
        where mine.user_id = f.user_id)
$$
"""
FUNCTION = "meetings_of_calendar(bytea, text[], date)"


def upgrade() -> None:
    op.execute(MEETINGS_OF)
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute(f"grant execute on function {FUNCTION} to samspil_app")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {FUNCTION}")
