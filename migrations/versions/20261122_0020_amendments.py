"""amendments: what one side asks to be changed in an agreement in force, and the other answers

A guard keeps who may answer and what follows upon what. A change of who fills a function takes
effect by a trigger: whoever approves it is the other party, which writes no row of the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

STATES = ("proposed", "approved", "declined", "withdrawn", "collected")
STATE = sa.Enum(*STATES, name="amendmentstate", native_enum=False, length=40)
SIDE = sa.Enum("fund", "municipality", "observer", name="side", native_enum=False, length=40)
CHECKS = {
    "answered": "(state = 'proposed') = (answered_at is null)",
    "reason": "state <> 'declined' or answer is not null",
    "collected": "(state = 'collected') = (collected_in_id is not null)",
    "effect": "effective_on is null or state in ('approved', 'collected')",
    "meeting": "meeting_on is null or meeting is not null",
}

GUARD = """
create function agreement_amendment_guard() returns trigger
language plpgsql set search_path = '' as $$
declare me constant uuid := nullif(current_setting('samspil.organisation', true), '')::uuid;
begin
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if (old.state, new.state) not in (
        ('proposed', 'approved'), ('proposed', 'declined'), ('proposed', 'withdrawn'),
        ('approved', 'collected'), ('collected', 'approved'), ('collected', 'collected')
    ) or old.effective_on is not null then
        raise exception 'an amendment does not go from % to %', old.state, new.state;
    end if;
    if old.answered_at is not null and (old.answered_at, old.answered_by, old.answer)
        is distinct from (new.answered_at, new.answered_by, new.answer) then
        raise exception 'what is answered stays answered';
    end if;
    if (old.state = 'collected' or new.state = 'collected') and not exists (
        select from public.agreement_version taking
        where taking.agreement_id = old.agreement_id
            and taking.id = coalesce(old.collected_in_id, new.collected_in_id)
            and case when old.state = new.state
                then taking.id = new.collected_in_id and taking.valid_from = new.effective_on
                    and taking.state = 'signed'
                else new.effective_on is null
                    and taking.state in ('draft', 'negotiating', 'ready', 'signing') end
    ) then
        raise exception 'the next version takes it, and gives it back or begins with it';
    end if;
    if new.state = 'approved' and new.effective_on is not null
        and not public.agreement_amendment_holds_at_once(new) then
        raise exception 'only small changes hold at once, and from the day of the answer';
    end if;
    if new.state = 'withdrawn' and old.organisation_id <> me then
        raise exception 'who asked for a change withdraws it';
    end if;
    if old.state = 'proposed' and new.state in ('approved', 'declined') and not exists (
        select from public.agreement_party other where other.agreement_id = old.agreement_id
            and other.organisation_id = me and other.side not in (old.side, 'observer')
    ) then
        raise exception 'the other side answers';
    end if;
    return new;
end $$
"""
# The default names no small change, so an agreement older than the parameter names none either.
AT_ONCE = """
create function agreement_amendment_holds_at_once(asked agreement_amendment) returns boolean
language sql stable set search_path = '' as $$
    select asked.path like 'contacts.%'
        and asked.effective_on - (now() at time zone 'Europe/Copenhagen')::date between 0 and 1
        and coalesce((
            select newest.parameters -> 'small_changes' ? case split_part(asked.path, '.', 3)
                when 'person' then 'contact_persons' when 'deputy' then 'stand_ins'
                when 'mailbox' then 'mailboxes' end
            from public.agreement_version newest
            where newest.agreement_id = asked.agreement_id
                and newest.state in ('signed', 'superseded', 'terminated')
            order by newest.number desc limit 1
        ), false)
$$
"""
TAKES_EFFECT = """
create function agreement_contact_changes() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    function_code constant text := split_part(new.path, '.', 2);
    before public.agreement_contact;
    until constant date := (
        select min(c.valid_from) - 1 from public.agreement_contact c
        where c.agreement_id = new.agreement_id and c.organisation_id = new.organisation_id
            and c.code = function_code and c.valid_from > new.effective_on);
begin
    update public.agreement_contact c set valid_until = new.effective_on - 1
    where c.agreement_id = new.agreement_id and c.organisation_id = new.organisation_id
        and c.code = function_code and c.valid_from <= new.effective_on
        and coalesce(c.valid_until, 'infinity') >= new.effective_on
    returning * into before;
    insert into public.agreement_contact
    select * from jsonb_populate_record(before, (
        select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(new.new)
        where key in ('user_id', 'name', 'title', 'phone', 'deputy_id', 'deputy_name',
            'deputy_phone', 'unit_id', 'mailbox')
    ) || jsonb_build_object('id', gen_random_uuid(), 'agreement_id', new.agreement_id,
        'organisation_id', new.organisation_id, 'code', function_code,
        'valid_from', new.effective_on, 'valid_until', until,
        'written_at', now(), 'written_by', new.person));
    return null;
end $$
"""
FUNCTION = "agreement_contact_changes()"


def upgrade() -> None:
    op.create_table(
        "agreement_amendment",
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
        sa.Column("side", SIDE, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("old", postgresql.JSONB(), nullable=False),
        sa.Column("new", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text()),
        sa.Column("meeting_on", sa.Date()),
        sa.Column("state", STATE, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("collected_in_id", sa.Uuid(), sa.ForeignKey("agreement_version.id")),
        sa.Column("effective_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_agreement_amendment_{name}"))
            for name, check in CHECKS.items()
        ),
    )
    op.create_index(
        "ix_agreement_amendment_of", "agreement_amendment", ["agreement_id", "proposed_at"]
    )
    op.create_index(
        "ix_agreement_amendment_collected_in_id", "agreement_amendment", ["collected_in_id"]
    )
    op.create_index(
        "uq_agreement_amendment_open",
        "agreement_amendment",
        ["agreement_id", "path", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    triggers()


def triggers() -> None:
    for made in (AT_ONCE, GUARD, TAKES_EFFECT):
        op.execute(made)
    asked = "agreement_amendment_holds_at_once(agreement_amendment)"
    op.execute(f"revoke execute on function {asked} from public")
    op.execute(f"grant execute on function {asked} to samspil_app")
    op.execute(
        "create trigger guard before update on agreement_amendment for each row "
        "execute function agreement_amendment_guard()"
    )
    op.execute(
        "create trigger effect after update on agreement_amendment for each row "
        "when (old.effective_on is null and new.effective_on is not null "
        f"and new.path like 'contacts.%') execute function {FUNCTION}"
    )
    op.execute(f"revoke execute on function {FUNCTION} from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {FUNCTION} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute("drop function agreement_amendment_holds_at_once(agreement_amendment)")
    op.drop_table("agreement_amendment")
    op.execute("drop function agreement_amendment_guard()")
    op.execute(f"drop function {FUNCTION}")
