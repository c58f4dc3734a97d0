"""contact persons of agreements, and who acts for whoever is absent

`acting_for` is the one rule for it: mails, lists and the pages of agreements ask it. A party reads of
the other's people only what the row about a function says, and until when somebody is absent.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# Read with the eyes of whoever asks: the web sees its own organisation's people alone. `$1` may
# stand for several in a row of stand-ins. Only so many steps are taken, each to each person once:
# the ways through absences that lie over each other would be without number.
ACTING_FOR = """
create function acting_for(person uuid, today date) returns uuid
language sql stable set search_path = '' as $$
    with recursive chain(id, steps) as (
        select $1, 0
        union
        select a.stand_in_id, c.steps + 1
        from chain c join public.absence a on a.user_id = c.id
        where $2 between a.first_day and a.last_day and a.stand_in_id is not null and c.steps < 9
    )
    select c.id from chain c where public.is_here(c.id, $2)
    order by c.steps limit 1
$$
"""
IS_HERE = """
create function is_here(person uuid, today date) returns boolean
language sql stable set search_path = '' as $$
    select public.is_employed($1, $2) and not exists (
        select from public.absence a
        where a.user_id = $1 and $2 between a.first_day and a.last_day)
$$
"""
IS_EMPLOYED = """
create function is_employed(person uuid, today date) returns boolean
language sql stable set search_path = '' as $$
    select exists (
        select from public."user" u join public.membership m on m.user_id = u.id
        where u.id = $1 and u.closed_at is null
        and m.valid_from <= $2 and coalesce(m.valid_until, 'infinity') >= $2)
$$
"""
# Everybody in whose row of stand-ins somebody is, and that person too: whose work it is today.
STOOD_IN_FOR = """
create function stood_in_for(person uuid, today date) returns uuid[]
language sql stable set search_path = '' as $$
    with recursive whose(id) as (
        select $1
        union
        select a.user_id from whose w join public.absence a on a.stand_in_id = w.id
        where $2 between a.first_day and a.last_day
    )
    select array_agg(id) from whose
$$
"""
# What a party may know of those whom an agreement names: no reason, and no other absence, so it is
# told of today alone (a day more to each side, for whoever asks at midnight).
CONTACTS_ON = """
create function agreement_contacts_on(which uuid, today date)
returns table (contact_id uuid, is_deputy boolean, is_employed boolean, away_until date,
    instead text)
language sql stable security definer set search_path = '' as $$
    select c.id, one.is_deputy, public.is_employed(one.id, $2), (
        select max(a.last_day) from public.absence a
        where a.user_id = one.id and $2 between a.first_day and a.last_day), (
        select u.name from public."user" u
        where u.id = public.acting_for(one.id, $2) and u.id <> one.id)
    from public.agreement_contact c
    cross join lateral (values (c.user_id, false), (c.deputy_id, true)) one(id, is_deputy)
    where c.agreement_id = $1 and one.id is not null
    and c.valid_from <= $2 and coalesce(c.valid_until, 'infinity') >= $2
    and $2 - (now() at time zone 'Europe/Copenhagen')::date between -1 and 1
    and exists (
        select from public.agreement_party me where me.agreement_id = $1
        and me.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and me.side <> 'observer'
        and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now())
$$
"""
ASKED = (
    "is_employed(uuid, date)",
    "is_here(uuid, date)",
    "acting_for(uuid, date)",
    "stood_in_for(uuid, date)",
)
TELLING = "agreement_contacts_on(uuid, date)"


def upgrade() -> None:
    contacts()
    op.create_index("ix_absence_stand_in", "absence", ["stand_in_id", "last_day"])
    for made in (IS_EMPLOYED, IS_HERE, ACTING_FOR, STOOD_IN_FOR, CONTACTS_ON):
        op.execute(made)
    everything = ", ".join((*ASKED, TELLING))
    op.execute(f"revoke execute on function {everything} from public")
    op.execute(f"grant execute on function {everything} to samspil_app, samspil_worker")
    op.execute(f"grant execute on function {', '.join(ASKED)} to samspil_keeper")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {TELLING} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def contacts() -> None:
    op.create_table(
        "agreement_contact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "agreement_id",
            sa.Uuid(),
            sa.ForeignKey("agreement.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("name", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("deputy_id", sa.Uuid()),
        sa.Column("deputy_name", sa.Text()),
        sa.Column("deputy_phone", sa.Text()),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("mailbox", sa.Text()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(user_id is null) = (name is null)", name="person"),
        sa.CheckConstraint("(deputy_id is null) = (deputy_name is null)", name="deputy"),
        sa.CheckConstraint("deputy_id <> user_id", name="another"),
        sa.CheckConstraint("unit_id is null or mailbox is null", name="one_mailbox"),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from - 1", name="span"),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "organisation_id"], ["unit.id", "unit.organisation_id"]
        ),
    )
    op.create_index(
        "ix_agreement_contact_of",
        "agreement_contact",
        ["agreement_id", "organisation_id", "code", "valid_from"],
    )
    op.create_index(
        "uq_agreement_contact_last",
        "agreement_contact",
        ["agreement_id", "organisation_id", "code"],
        unique=True,
        postgresql_where=sa.text("valid_until is null"),
    )
    for column in ("user_id", "deputy_id"):
        op.create_index(op.f(f"ix_agreement_contact_{column}"), "agreement_contact", [column])


def downgrade() -> None:
    for function in (TELLING, *reversed(ASKED)):
        op.execute(f"drop function {function}")
    op.drop_index("ix_absence_stand_in", "absence")
    op.drop_table("agreement_contact")
