"""companies of projects: one contact across partners, needs, a log, job orders and candidates"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

KINDS = (
    "call",
    "mail",
    "visit",
    "asked",
    "answered",
    "taken",
    "handed_over",
    "released",
    "follow_up",
)
STATES = "open", "presented", "filled", "not_filled", "withdrawn"
REASONS = (
    "qualifications",
    "another_chosen",
    "hours_or_place",
    "no_meeting",
    "declined",
    "other",
)
ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
LEADS = f"""exists (select from public.project_party own where own.project_id = new.project_id
        and own.organisation_id = {ME} and own.leads)"""
# Whoever contacts a company writes about it; a free one is anybody's to take; the lead sets right.
COMPANY = f"""
create function company_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
begin
    if new.contacted_by_id is not null and (tg_op = 'INSERT'
            or new.contacted_by_id is distinct from old.contacted_by_id)
        and exists (select from public.project p where p.id = new.project_id)
        and not exists (select from public.project_partner p where p.project_id = new.project_id
            and p.organisation_id = new.contacted_by_id and p.state = 'taking_part') then
        raise exception 'a company is contacted by a partner' using errcode = 'check_violation';
    end if;
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if new.contacted_by_id is distinct from me and new.contacted_by_id is not null
            and not {LEADS} then
            raise exception 'nobody gives others companies' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if old.contacted_by_id = me or {LEADS}
        or old.contacted_by_id is null and coalesce(new.contacted_by_id, me) = me then
        return new;
    end if;
    raise exception 'another partner contacts the company' using errcode = 'insufficient_privilege';
end $$
"""
# What is written about a company is written by its contact.
OF_COMPANY = f"""
create function of_company_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
    contact uuid;
begin
    if current_user <> 'samspil_app' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        new := old;
    end if;
    select c.contacted_by_id into contact from public.company c where c.id = new.company_id;
    if coalesce(contact, me) = me or {LEADS} then
        return new;
    end if;
    if tg_table_name = 'company_contact' and exists (select from public.job_order o
        where o.id = (to_jsonb(new) ->> 'job_order_id')::uuid and o.company_id = new.company_id
        and o.organisation_id = me) then
        return new;
    end if;
    raise exception 'another partner contacts the company' using errcode = 'insufficient_privilege';
end $$
"""
STEPS = """
        ('open', 'presented'), ('open', 'not_filled'), ('open', 'withdrawn'),
        ('presented', 'filled'), ('presented', 'not_filled'), ('presented', 'withdrawn'),
        ('not_filled', 'open')"""
ORDER = f"""
create function job_order_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.state = 'presented' and old.state = 'open' and not exists (
        select from public.job_candidate c where c.order_id = new.id
        and c.outcome is distinct from 'withdrawn') then
        raise exception 'nobody is presented' using errcode = 'check_violation';
    end if;
    if new.state = 'filled' and old.state <> 'filled' and not exists (
        select from public.job_candidate c where c.order_id = new.id and c.outcome = 'hired') then
        raise exception 'nobody is hired' using errcode = 'check_violation';
    end if;
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if old.state <> new.state and (old.state, new.state) not in ({STEPS}
    ) or old.ended_at is not null and new.state = old.state
        and (new.need, new.number, new.due_at, new.ended_at, new.presented_at, new.end_reason)
            is distinct from
            (old.need, old.number, old.due_at, old.ended_at, old.presented_at, old.end_reason)
    then
        raise exception 'a job order does not go from % to %', old.state, new.state
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
# A partner brings its own people, takes them back, and leaves the outcome to who keeps the order.
CANDIDATE = f"""
create function job_candidate_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
    its record;
begin
    perform pg_advisory_xact_lock(hashtextextended(new.order_id::text, 0));
    select o.state, o.number, o.most, o.organisation_id into its
    from public.job_order o where o.id = new.order_id;
    if tg_op = 'INSERT' and its.most <= (select count(*) from public.job_candidate c
        where c.order_id = new.order_id and c.outcome is distinct from 'withdrawn') then
        raise exception 'there are candidates enough' using errcode = 'check_violation';
    end if;
    if new.outcome = 'hired' and its.number <= (select count(*) from public.job_candidate c
        where c.order_id = new.order_id and c.outcome = 'hired' and c.id <> new.id) then
        raise exception 'nobody more is asked for' using errcode = 'check_violation';
    end if;
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    if its.state not in ('open', 'presented') or tg_op = 'INSERT' and new.outcome is not null then
        raise exception 'the job order does not wait for that'
            using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'INSERT' or its.organisation_id = me or {LEADS}
        or new.organisation_id = me and new.outcome = 'withdrawn' then
        return new;
    end if;
    raise exception 'who keeps the order tells its outcome' using errcode = 'insufficient_privilege';
end $$
"""
FUNCTIONS = {
    "company_guard": COMPANY,
    "of_company_guard": OF_COMPANY,
    "job_order_guard": ORDER,
    "job_candidate_guard": CANDIDATE,
}
TRIGGERS = {
    "company": "before insert or update on company for each row execute function company_guard()",
    "company_need": "before insert or delete on company_need "
    "for each row execute function of_company_guard()",
    "company_contact": "before insert on company_contact "
    "for each row execute function of_company_guard()",
    "job_order": "before update on job_order for each row execute function job_order_guard()",
    "job_order_company": "before insert on job_order "
    "for each row execute function of_company_guard()",
    "job_candidate": "before insert or update on job_candidate "
    "for each row execute function job_candidate_guard()",
}
TABLES = "job_candidate", "company_contact", "job_order", "company_need", "company"


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def day(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Date(), optional=optional) for name in names]


def at(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.DateTime(timezone=True), optional=optional) for name in names]


def number(*names: str) -> list[sa.Column[Any]]:
    return [column(name, sa.Integer()) for name in names]


def to(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=optional)


def head(*ids: str) -> list[sa.Column[Any]]:
    """Its key, its project, whose it is, and what it hangs on."""
    key = sa.Column("id", sa.Uuid(), primary_key=True)
    return [key, column("project_id", sa.Uuid()), to("organisation_id")] + [
        column(name, sa.Uuid()) for name in ids
    ]


def of(parent: str, by: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [by, "project_id"], [f"{parent}.id", f"{parent}.project_id"], ondelete="cascade"
    )


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    companies()
    orders()
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name}() from public")
    for name, when in TRIGGERS.items():
        op.execute(f"create trigger {name}_guard {when}")


def companies() -> None:
    op.create_table(
        "company",
        *head(),
        *text("cvr", "name", "sort_key", "trade"),
        to("municipality_id"),
        *text("contact_name", "contact_phone", "contact_email", optional=True),
        to("contacted_by_id", optional=True),
        *at("contacted_at", optional=True),
        *day("asked_on", "answered_on", optional=True),
        column("interested", sa.Boolean(), optional=True),
        *text("answer", optional=True),
        *at("made_at"),
        *text("made_by"),
        *at("changed_at"),
        *number("revision"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], ondelete="cascade"),
        sa.UniqueConstraint("project_id", "cvr"),
        sa.UniqueConstraint("id", "project_id"),
        check("cvr", "cvr ~ '^[0-9]{8}$'"),
        check("asked", "answered_on is null or asked_on <= answered_on"),
        check("answered", "(interested is null) = (answered_on is null)"),
    )
    op.create_index("ix_company_list", "company", ["project_id", "sort_key", "id"])
    op.create_table(
        "company_need",
        *head("company_id"),
        *text("competence"),
        *number("number"),
        *day("needed_from", optional=True),
        *at("written_at"),
        *text("written_by"),
        of("company", "company_id"),
        check("number", "number between 1 and 999"),
    )
    op.create_index("ix_company_need_of", "company_need", ["company_id"])


def orders() -> None:
    op.create_table(
        "job_order",
        *head("company_id"),
        *text("reference", "model", "need"),
        *number("number"),
        *text("contact", optional=True),
        *at("received_at", "due_at"),
        *text("clock"),
        *number("fewest", "most"),
        column("state", one_of(*STATES)),
        *at("presented_at", "ended_at", optional=True),
        *text("end_reason", optional=True),
        *day("followed_up_on", optional=True),
        *text("made_by"),
        *at("changed_at"),
        *number("revision"),
        of("company", "company_id"),
        sa.UniqueConstraint("id", "project_id"),
        sa.UniqueConstraint("reference"),
        check("number", "number between 1 and 99"),
        check("due", "due_at >= received_at"),
        check("candidates", "1 <= fewest and fewest <= most"),
        check("ended", "(state in ('filled', 'not_filled', 'withdrawn')) = (ended_at is not null)"),
        check("presented", "state <> 'presented' or presented_at is not null"),
        check("followed_up", "followed_up_on is null or ended_at is not null"),
    )
    op.create_index("ix_job_order_list", "job_order", ["project_id", "due_at"])
    op.create_index("ix_job_order_of", "job_order", ["company_id"])
    op.create_table(
        "company_contact",
        *head("company_id"),
        column("kind", one_of(*KINDS)),
        *text("text", optional=True),
        sa.Column("job_order_id", sa.Uuid(), sa.ForeignKey("job_order.id"), nullable=True),
        *at("at"),
        *text("person"),
        of("company", "company_id"),
    )
    op.create_index("ix_company_contact_of", "company_contact", ["company_id", "at"])
    op.create_table(
        "job_candidate",
        *head("order_id", "participant_id"),
        *number("number"),
        *at("added_at"),
        *text("added_by"),
        column("outcome", one_of("hired", "not_hired", "withdrawn"), optional=True),
        *day("outcome_on", optional=True),
        column("reason", one_of(*REASONS), optional=True),
        *text("outcome_by", optional=True),
        *number("revision"),
        of("job_order", "order_id"),
        sa.UniqueConstraint("order_id", "number"),
        check("outcome", "(outcome is null) = (outcome_on is null)"),
        check("reason", "(reason is null) = (outcome is distinct from 'not_hired')"),
    )
    op.create_index(
        "uq_job_candidate_once",
        "job_candidate",
        ["order_id", "participant_id"],
        unique=True,
        postgresql_where=sa.text("outcome is distinct from 'withdrawn'"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
