"""agreements are negotiated: sections, moves, comments, signatures, events, the signed file

A trigger keeps what was sent to be signed from being changed, and lets it be signed only when all
have signed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

# For whoever works with agreements, in the web or by a job; migrations are the owner's.
VERSION_GUARD = """
create function agreement_version_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user not in ('samspil_app', 'samspil_worker') then
        return new;
    end if;
    if old.state <> new.state and (old.state, new.state) not in (
        ('draft', 'negotiating'), ('negotiating', 'ready'), ('negotiating', 'abandoned'),
        ('ready', 'negotiating'), ('ready', 'signing'), ('ready', 'abandoned'),
        ('signing', 'negotiating'), ('signing', 'signed'), ('signing', 'abandoned'),
        ('signed', 'superseded'), ('signed', 'terminated'), ('terminated', 'superseded')
    ) then
        raise exception 'an agreement version does not go from % to %', old.state, new.state;
    end if;
    if old.state not in ('draft', 'negotiating', 'ready') and new.state <> 'negotiating' and (
        old.number, old.valid_from, old.valid_until, old.term, old.notice_months, old.rule_set,
        old.template, old.parameters, old.sections, old.criteria, old.goals, old.contacts,
        old.expected_per_year, old.note, old.source, old.parameter_sources, old.hash
    ) is distinct from (
        new.number, new.valid_from, new.valid_until, new.term, new.notice_months, new.rule_set,
        new.template, new.parameters, new.sections, new.criteria, new.goals, new.contacts,
        new.expected_per_year, new.note, new.source, new.parameter_sources, new.hash
    ) then
        raise exception 'what was sent to be signed is not changed';
    end if;
    if old.state = 'signing' and new.state = 'signed' and (exists (
        select from public.agreement_side side where side.version_id = new.id
            and side.side <> 'observer' and side.represented_by_id is null and not exists (
                select from public.agreement_signatory one where one.version_id = new.id
                    and one.organisation_id = side.organisation_id)
    ) or exists (
        select from public.agreement_signatory one where one.version_id = new.id and not exists (
            select from public.agreement_signature done where done.version_id = new.id
                and done.user_id = one.user_id and done.hash = new.hash and not done.is_declined)
    )) then
        raise exception 'an agreement is signed when all have signed';
    end if;
    if old.state = 'signing' and new.state = 'signed' and exists (
        select from public.agreement_side side
        join public.organisation body on body.id = side.organisation_id
        where side.version_id = new.id and (side.side <> case body.kind
            when 'unemployment_fund' then 'fund' when 'municipality' then 'municipality'
            else 'observer' end
        or side.represented_by_id is not null and not exists (
            select from public.agreement_side acting where acting.version_id = new.id
                and acting.organisation_id = side.represented_by_id
                and acting.side = side.side and acting.represented_by_id is null))
    ) then
        raise exception 'each party stands on its own side, or acts through one that does';
    end if;
    if old.signed_at is not null and (old.signed_at is distinct from new.signed_at
        or coalesce(new.ends_on, 'infinity') > coalesce(old.ends_on, 'infinity')) then
        raise exception 'what was signed can only end earlier';
    end if;
    return new;
end $$
"""

# Whoever has a file may ask whether it is a signed document: by its hash, of no agreement's party.
FILE_KNOWN = """
create function agreement_file_known(sha256 text)
returns table (key text, number integer, signed_at timestamptz, key_id text, signature bytea)
language sql stable security definer set search_path = '' as $$
    select a.key, v.number, v.signed_at, f.key_id, f.signature
    from public.agreement_file f
    join public.agreement_version v on v.id = f.version_id
    join public.agreement a on a.id = f.agreement_id
    where f.sha256 = $1
$$
"""


def upgrade() -> None:
    op.create_table(
        "agreement_section",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("governs", postgresql.JSONB(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given", postgresql.JSONB(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("side", sa.String(40)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'empty') = (side is null)", name="proposed"),
        sa.UniqueConstraint("version_id", "key"),
    )
    op.create_index(
        "ix_agreement_section_order", "agreement_section", ["version_id", "position"], unique=False
    )
    op.create_table(
        "agreement_move",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "section_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_section.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("move", sa.String(40), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("given", postgresql.JSONB()),
        sa.Column("is_left_out", sa.Boolean()),
        sa.Column("reason", sa.Text()),
    )
    op.create_index(
        "ix_agreement_move_section", "agreement_move", ["section_id", "at"], unique=False
    )
    op.create_table(
        "agreement_comment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "section_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_section.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("only_side", sa.String(40)),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index(
        "ix_agreement_comment_section", "agreement_comment", ["section_id", "at"], unique=False
    )
    op.create_table(
        "agreement_signatory",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("delegated_by", sa.Text()),
        sa.UniqueConstraint("version_id", "organisation_id", "user_id"),
    )
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_declined", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("is_declined = (reason is not null)", name="reason"),
        sa.UniqueConstraint("version_id", "hash", "user_id"),
    )
    op.create_table(
        "agreement_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("source", sa.String(40)),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("form_key", sa.Text()),
    )
    op.create_index(
        "ix_agreement_event_version", "agreement_event", ["version_id", "at"], unique=False
    )
    op.create_index(
        "uq_agreement_event_form", "agreement_event", ["version_id", "form_key"], unique=True
    )
    op.create_table(
        "agreement_file",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column(
            "version_id",
            sa.Uuid(),
            sa.ForeignKey("agreement_version.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("sha256"),
        sa.UniqueConstraint("version_id"),
    )
    op.execute(FILE_KNOWN)
    op.execute("revoke execute on function agreement_file_known(text) from public")
    op.execute(
        "grant execute on function agreement_file_known(text) to samspil_app, samspil_worker"
    )
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function agreement_file_known(text) owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    op.execute(VERSION_GUARD)
    op.execute("revoke execute on function agreement_version_guard() from public")
    op.execute(
        "create trigger guard before update on agreement_version "
        "for each row execute function agreement_version_guard()"
    )


def downgrade() -> None:
    op.execute("drop trigger guard on agreement_version")
    op.execute("drop function agreement_version_guard()")
    op.execute("drop function agreement_file_known(text)")
    op.drop_table("agreement_file")
    op.drop_table("agreement_event")
    op.drop_table("agreement_signature")
    op.drop_table("agreement_signatory")
    op.drop_table("agreement_comment")
    op.drop_table("agreement_move")
    op.drop_table("agreement_section")
