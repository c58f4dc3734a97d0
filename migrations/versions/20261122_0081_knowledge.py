"""knowledge of an area: practices, wishes and newsletters, read by those who belong to it"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0081"
down_revision = "0080"

JSON = postgresql.JSONB(none_as_null=True)
ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
REFUSED = "using errcode = 'insufficient_privilege'"
RUNS = "{0}.valid_from <= now() and coalesce({0}.valid_until, 'infinity') > now()"
TODAY = "(now() at time zone 'Europe/Copenhagen')::date"
# A council's own; where a municipality lies; and where one has an agreement or takes part in a
# project: the councils of its municipalities. Always today's.
AREAS = f"""
create function knowledge_areas() returns setof uuid
language sql stable security definer set search_path = '' as $$
    select o.id from public.organisation o where o.id = {ME} and o.kind = 'council'
    union
    select c.council_id from public.council_membership c
    where c.valid_from <= {TODAY} and coalesce(c.valid_until, 'infinity') >= {TODAY}
        and c.municipality_id in (
            select {ME}
            union
            select other.organisation_id from public.agreement_party own
            join public.agreement_party other on other.agreement_id = own.agreement_id
            where own.organisation_id = {ME} and {RUNS.format("own")} and {RUNS.format("other")}
            union
            select m.municipality_id from public.project_party own
            join public.project_municipality m on m.project_id = own.project_id
            where own.organisation_id = {ME} and own.standing = 'partner' and {RUNS.format("own")})
$$
"""
# The council answers and whoever wished may mend its words until then; nothing is locked open again.
GUARD = f"""
create function knowledge_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
begin
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if tg_table_name = 'newsletter' then
        if to_jsonb(old) ->> 'state' = 'draft' then
            return new;
        end if;
    elsif to_jsonb(old) ->> 'answer' is null and (new.council_id = me
        or to_jsonb(new) ->> 'answer' is null) then
        return new;
    elsif new.council_id = me then
        return new;
    end if;
    raise exception 'it is answered or published' {REFUSED};
end $$
"""
TABLES = "newsletter", "knowledge_wish", "knowledge_practice"


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def day(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Date(), optional=optional) for name in names]


def at(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.DateTime(timezone=True), optional=optional)


def of_area() -> list[sa.Column[Any]]:
    whose = [sa.Column(name, sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)
             for name in ("council_id", "organisation_id")]  # fmt: skip
    return [sa.Column("id", sa.Uuid(), primary_key=True), *whose]


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    tables()
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(AREAS)
    op.execute("revoke execute on function knowledge_areas() from public")
    op.execute("grant execute on function knowledge_areas() to samspil_app")
    op.execute("alter function knowledge_areas() owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    op.execute(GUARD)
    op.execute("revoke execute on function knowledge_guard() from public")
    for table in ("newsletter", "knowledge_wish"):
        op.execute(
            f"create trigger guard before update on {table} "
            "for each row execute function knowledge_guard()"
        )


def tables() -> None:
    op.create_table(
        "knowledge_practice",
        *of_area(),
        *text("title", "what", "whom", "result", "contact"),
        column("state", one_of("published", "withdrawn")),
        *day("published_on"),
        at("changed_at"),
        *text("changed_by"),
        column("revision", sa.Integer()),
    )
    listed = ["council_id", "published_on"]
    op.create_index("ix_knowledge_practice_of", "knowledge_practice", listed)
    op.create_table(
        "knowledge_wish",
        *of_area(),
        *text("text", "heard_at"),
        *day("heard_on"),
        *text("answer", optional=True),
        *day("answered_on", optional=True),
        *text("answered_by", optional=True),
        column("revision", sa.Integer()),
        check("answered", "num_nonnulls(answer, answered_on, answered_by) in (0, 3)"),
    )
    op.create_index("ix_knowledge_wish_of", "knowledge_wish", ["council_id", "heard_on"])
    op.create_table(
        "newsletter",
        *of_area(),
        *day("first_day", "last_day"),
        column("content", JSON),
        column("state", one_of("draft", "published")),
        at("published_at", optional=True),
        *text("published_by", optional=True),
        at("changed_at"),
        column("revision", sa.Integer()),
        sa.UniqueConstraint("council_id", "first_day"),
        check("own", "council_id = organisation_id"),
        check("days", "first_day < last_day"),
        check(
            "published", "(state = 'published') = (num_nonnulls(published_at, published_by) = 2)"
        ),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("drop function knowledge_guard()")
    op.execute("drop function knowledge_areas()")
