"""support: the platform's operator reads one package, as long as one of its parties lets it

No participation: a function reads it out while the grant runs, without the number, notes or files,
and what was sent only where that was granted. Who saw it, and the citizen's report, tell of it.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0068"
down_revision = "0067"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
PERSON = "nullif(current_setting('samspil.person', true), '')::uuid"
HELD = f"""
    select from public.membership m join public.role_grant r on r.membership_id = m.id
    join public.organisation o on o.id = m.organisation_id
    where m.user_id = {PERSON} and m.organisation_id = {ME}
    and m.valid_from <= (now() at time zone 'Europe/Copenhagen')::date
    and coalesce(m.valid_until, 'infinity') >= (now() at time zone 'Europe/Copenhagen')::date
    and r.role = """
ADMINISTERS = f"""
create function administers() returns boolean
language sql stable security definer set search_path = '' as $$
    select exists ({HELD}'local_administrator')
$$
"""
OPEN = f"""
create function support_open() returns table (id uuid, handover_id uuid, organisation_id uuid,
    reference text, reason text, with_content boolean, ends_at timestamptz)
language sql stable security definer set search_path = '' rows 5 as $$
    select g.id, g.handover_id, g.organisation_id, g.reference, g.reason, g.with_content, g.ends_at
    from public.support_grant g
    join public.handover_party p
        on p.handover_id = g.handover_id and p.organisation_id = g.organisation_id
    where exists ({HELD}'operator' and o.kind = 'platform')
    and g.ended_at is null and g.granted_at <= now() and g.ends_at > now()
    and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()
    and p.readers is null
$$
"""
PACKAGE = """
create function support_package(granted uuid) returns table (kind text, state text, turn text,
    due_for text, due_on date, responsible_from date, sender_id uuid, receiver_id uuid,
    created_at timestamptz, sent_at timestamptz, received_at timestamptz, accepted_at timestamptz,
    closed_at timestamptz, fund_attends boolean, events jsonb, files jsonb, content jsonb)
language sql stable security definer set search_path = '' rows 1 as $$
    select h.kind, h.state, h.turn, h.due_for, h.due_on, h.responsible_from, h.sender_id,
        h.receiver_id, h.created_at, h.sent_at, h.received_at, h.accepted_at, h.closed_at,
        h.fund_attends,
        (select jsonb_agg(jsonb_build_object('at', e.at, 'step', e.step, 'side',
            case e.organisation_id when h.sender_id then 'sender' when h.receiver_id
            then 'receiver' end) order by e.at, e.id)
            from public.handover_event e where e.handover_id = h.id),
        (select jsonb_agg(jsonb_build_object('kind', f.kind, 'size', f.size, 'state', f.state)
            order by f.position) from public.handover_file f where f.handover_id = h.id),
        (select jsonb_set(c.content, '{member,cpr}', 'null') from public.handover_content c
            where g.with_content and c.handover_id = h.id
            and coalesce(p.content_until, 'infinity') > now()
            order by c.number desc limit 1)
    from public.support_open() g
    join public.handover h on h.id = g.handover_id
    join public.handover_party p
        on p.handover_id = g.handover_id and p.organisation_id = g.organisation_id
    where g.id = $1
$$
"""
LOOKS = f"""
create function support_looks() returns table (grant_id uuid, at timestamptz, person text)
language sql stable security definer set search_path = '' rows 50 as $$
    select g.id, a.at, a.person
    from public.support_grant g
    join public.audit_event a on a.subject_id = g.handover_id and a.action = 'support.show'
    join public.organisation platform on platform.id = a.organisation_id
    where g.organisation_id = {ME} and exists ({HELD}'local_administrator')
    and platform.kind = 'platform' and a.outcome = 'done'
    and a.at between g.granted_at and coalesce(g.ended_at, g.ends_at)
$$
"""
ASKED = {
    "administers()": ADMINISTERS,
    "support_open()": OPEN,
    "support_package(uuid)": PACKAGE,
    "support_looks()": LOOKS,
}
PARTIES = """join public.handover_party p
        on p.handover_id = $1 and p.organisation_id = a.organisation_id"""
AND_SUPPORT = """join (
        select party.organisation_id, party.side from public.handover_party party
        where party.handover_id = $1
        union all select platform.id, 'support' from public.organisation platform
        where platform.kind = 'platform' and exists (
            select from public.support_grant g where g.handover_id = $1)
    ) p on p.organisation_id = a.organisation_id"""
PAGES = "a.action like 'handover%'"
OR_SUPPORT = "(a.action like 'handover%' or a.action = 'support.show')"
OTHERS = "where party.handover_id = about.id and party.organisation_id = a.organisation_id))"
OR_PLATFORM = """where party.handover_id = about.id and party.organisation_id = a.organisation_id
        union all select from public.support_grant g join public.organisation platform
        on platform.id = a.organisation_id and platform.kind = 'platform'
        where g.handover_id = about.id and a.action = 'support.show'))"""
REWRITTEN = (
    ("handover_openings", PARTIES, AND_SUPPORT),
    ("handover_openings", PAGES, OR_SUPPORT),
    ("citizen_lookups", OTHERS, OR_PLATFORM),
)


def rewrite(function: str, old: str, new: str) -> None:
    context.script.get_revision("0032").module.rewrite(function, old, new)


def upgrade() -> None:
    op.create_table(
        "support_grant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("with_content", sa.Boolean(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text()),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], ondelete="cascade"),
        sa.CheckConstraint(
            "ends_at > granted_at and ends_at <= granted_at + interval '72 hours'", name="ends"
        ),
        sa.CheckConstraint("num_nulls(ended_at, ended_by) in (0, 2)", name="ended"),
    )
    op.create_index("ix_support_grant_package", "support_grant", ["handover_id"])
    op.create_index("ix_support_grant_own", "support_grant", ["organisation_id", "granted_at"])
    for made in ASKED.values():
        op.execute(made)
    op.execute(f"revoke execute on function {', '.join(ASKED)} from public")
    op.execute(f"grant execute on function {', '.join(ASKED)} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in ASKED:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    for function, old, new in REWRITTEN:
        rewrite(function, old, new)


def downgrade() -> None:
    for function, old, new in reversed(REWRITTEN):
        rewrite(function, new, old)
    for function in reversed(ASKED):
        op.execute(f"drop function {function}")
    op.drop_table("support_grant")
