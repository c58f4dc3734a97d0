"""status reports of projects: the lead certifies, the secretariat returns or accepts"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0075"
down_revision = "0074"

JSON = postgresql.JSONB(none_as_null=True)
STATES = "draft", "sent", "returned", "accepted"
ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
OWN = f"""public.project_party own where own.project_id = new.project_id
        and own.organisation_id = {ME} and own.valid_from <= now()
        and coalesce(own.valid_until, 'infinity') > now()"""
REFUSED = "using errcode = 'insufficient_privilege'"
STEPS = "('draft', 'sent'), ('returned', 'sent'), ('sent', 'returned'), ('sent', 'accepted')"
# The lead writes while it is open to writing, and whoever receives it answers what was sent. Where
# no secretariat takes part, the councils of the area receive.
GUARD = f"""
create function project_report_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
    leads constant boolean := exists (select from {OWN} and own.leads and own.role = 'lead');
    receives constant boolean := exists (select from {OWN}
        and (own.standing = 'partner' and own.role = 'secretariat' or own.standing = 'council'
            and not exists (select from public.project_partner p
                where p.project_id = new.project_id and p.role = 'secretariat'
                and p.state = 'taking_part' and p.valid_from <= (now() at time zone 'Europe/Copenhagen')::date
                and coalesce(p.valid_until, 'infinity')
                    >= (now() at time zone 'Europe/Copenhagen')::date)));
begin
    if current_user <> 'samspil_app' then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if new.versions = 0 and new.sent_on is null then
            return new;
        end if;
        raise exception 'a report begins as a draft' {REFUSED};
    end if;
    if new is not distinct from old then
        return new;
    end if;
    if old.state = new.state then
        if leads and old.state in ('draft', 'returned') and (new.versions, new.sent_on,
                new.returned_reason) is not distinct from (old.versions, old.sent_on,
                old.returned_reason) then
            return new;
        end if;
    elsif (old.state, new.state) in ({STEPS}) then
        if new.state = 'sent' and leads and new.versions = old.versions + 1
            and new.sent_on is not null and exists (
                select from public.project_report_version v
                where v.report_id = new.id and v.number = new.versions) then
            return new;
        end if;
        if new.state <> 'sent' and receives and (new.first_day, new.last_day, new.next_report_on,
                new.versions, new.sent_on) is not distinct from (old.first_day, old.last_day,
                old.next_report_on, old.versions, old.sent_on) then
            return new;
        end if;
    end if;
    raise exception 'a report does not go from % to % here', old.state, new.state {REFUSED};
end $$
"""
# A version is of a report that may be written, the next one, with the figures that are out.
VERSION = f"""
create function project_report_version_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.project_report r where r.id = new.report_id
        and r.project_id = new.project_id and r.state in ('draft', 'returned')
        and r.versions + 1 = new.number and new.until is not distinct from (
            select max(p.last_day) from public.project_publication p)) then
        return new;
    end if;
    raise exception 'no such version of a report' {REFUSED};
end $$
"""
# What hangs on a report is of its project, whoever writes it.
PART = f"""
create function project_report_part_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (select from public.project_report r
        where r.id = new.report_id and r.project_id = new.project_id
        and (tg_table_name <> 'project_report_text' or r.state in ('draft', 'returned'))) then
        return new;
    end if;
    raise exception 'no such report of the project' {REFUSED};
end $$
"""
FUNCTIONS = {
    "project_report_guard": GUARD,
    "project_report_version_guard": VERSION,
    "project_report_part_guard": PART,
}
TRIGGERS = (
    "create trigger guard before insert or update on project_report "
    "for each row execute function project_report_guard()",
    "create trigger guard before insert on project_report_version "
    "for each row execute function project_report_version_guard()",
    "create trigger hashed before insert on project_report_version "
    "for each row execute function meeting_hashed()",
    "create trigger guard before insert or update on project_report_text "
    "for each row execute function project_report_part_guard()",
    "create trigger guard before insert on project_report_event "
    "for each row execute function project_report_part_guard()",
)
TABLES = (
    "project_report_notice",
    "project_report_event",
    "project_report_version",
    "project_report_text",
    "project_report",
)


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


def of_project(*more: str) -> list[sa.Column[Any]]:
    """The id, the report where it is a part of one, the project and whose row it is."""
    whole = sa.ForeignKey("project.id", ondelete="cascade")
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(f"{one}_id", sa.Uuid(), sa.ForeignKey(f"project_{one}.id"), nullable=False)
          for one in more),
        sa.Column("project_id", sa.Uuid(), whole, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
    ]  # fmt: skip


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    report()
    parts()
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name}() from public")
    for trigger in TRIGGERS:
        op.execute(trigger)


def report() -> None:
    op.create_table(
        "project_report",
        *of_project(),
        *number("number"),
        *day("first_day", "last_day"),
        *day("next_report_on", optional=True),
        column("state", one_of(*STATES)),
        *number("versions"),
        *day("sent_on", optional=True),
        *text("returned_reason", optional=True),
        *day("accepted_on", optional=True),
        *text("accepted_by", optional=True),
        *at("begun_at"),
        *text("begun_by"),
        *at("changed_at"),
        *number("revision"),
        sa.UniqueConstraint("project_id", "number"),
        sa.UniqueConstraint("id", "project_id"),
        check("days", "first_day <= last_day"),
        check("returned", "(state = 'returned') = (returned_reason is not null)"),
        check("accepted", "(state = 'accepted') = (accepted_on is not null)"),
        check("accepted_by", "(accepted_on is null) = (accepted_by is null)"),
        check("certified", "state = 'draft' or versions > 0"),
    )
    is_open = sa.text("state <> 'accepted'")
    op.create_index("uq_project_report_open", "project_report", ["project_id"], unique=True,
                    postgresql_where=is_open)  # fmt: skip
    op.create_index("ix_project_report_sent", "project_report", ["sent_on"],
                    postgresql_where=is_open)  # fmt: skip


def parts() -> None:
    op.create_table(
        "project_report_text",
        *of_project("report"),
        column("words", JSON),
        *at("changed_at"),
        *text("changed_by"),
        *number("revision"),
        sa.UniqueConstraint("report_id"),
    )
    op.create_table(
        "project_report_version",
        *of_project("report"),
        *number("number"),
        column("content", JSON),
        *text("hash"),
        *day("until", optional=True),
        *at("certified_at"),
        *text("certified_by"),
        sa.UniqueConstraint("report_id", "number"),
    )
    listed = ["project_id", "certified_at"]
    op.create_index("ix_project_report_version_of", "project_report_version", listed)
    op.create_table(
        "project_report_event",
        *of_project("report"),
        *text("person"),
        *at("at"),
        *text("step"),
        column("source", one_of(*STATES), optional=True),
        column("target", one_of(*STATES)),
        *text("reason", "form_key", optional=True),
        sa.UniqueConstraint("report_id", "form_key"),
    )
    op.create_index("ix_project_report_event_of", "project_report_event", ["report_id", "at"])
    op.create_table(
        "project_report_notice",
        *(one for one in of_project() if one.name != "organisation_id"),
        *text("what"),
        *day("day"),
        *at("told_at", optional=True),
        sa.UniqueConstraint("project_id", "what", "day"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
