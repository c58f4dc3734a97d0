"""evaluations of projects: matches told by time and form, curves, recommendations, a booklet

A project is called evaluated once its evaluation is finished.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0079"
down_revision = "0078"

JSON = postgresql.JSONB(none_as_null=True)
ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
REFUSED = "using errcode = 'insufficient_privilege'"
CELLS = {
    "project_figure": ["project_id", "organisation_id", "model", "kind"],
    "united_figure": ["project_id", "model", "kind"],
}
# Nothing is changed once it is finished; it is finished with what is published then.
EVALUATION = f"""
create function project_evaluation_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    if tg_op = 'UPDATE' and old.state = 'finished' then
        raise exception 'the evaluation is finished' {REFUSED};
    end if;
    if new.state = 'finished' and new.until is distinct from (
        select max(p.last_day) from public.project_publication p) then
        raise exception 'the figures are those that are out' {REFUSED};
    end if;
    return new;
end $$
"""
RECOMMENDATION = f"""
create function project_recommendation_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    its uuid;
begin
    its := case tg_op when 'DELETE' then old.project_id else new.project_id end;
    if current_user = 'samspil_app' and exists (
        select from public.project_evaluation e where e.project_id = its and e.state = 'finished')
    then
        raise exception 'the evaluation is finished' {REFUSED};
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$
"""
EVALUATED = f"""
create function project_evaluated() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and new.state = 'evaluated' and old.state <> 'evaluated'
        and not exists (select from public.project_evaluation e
            where e.project_id = new.id and e.state = 'finished') then
        raise exception 'the evaluation is not finished' {REFUSED};
    end if;
    return new;
end $$
"""
FUNCTIONS = {
    "project_evaluation_guard": EVALUATION,
    "project_recommendation_guard": RECOMMENDATION,
    "project_evaluated": EVALUATED,
}
TRIGGERS = (
    "create trigger guard before insert or update on project_evaluation "
    "for each row execute function project_evaluation_guard()",
    "create trigger hashed before insert or update on project_evaluation "
    "for each row when (new.state = 'finished') execute function meeting_hashed()",
    "create trigger guard before insert or delete on project_recommendation "
    "for each row execute function project_recommendation_guard()",
    "create trigger evaluated before update on project "
    "for each row execute function project_evaluated()",
)


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def at(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.DateTime(timezone=True), optional=optional)


def of_project(*, optional: bool = False) -> list[sa.Column[Any]]:
    whole = sa.ForeignKey("project.id", ondelete="cascade")
    home = sa.ForeignKey("organisation.id")
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("project_id", sa.Uuid(), whole, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), home, nullable=optional),
    ]


def upgrade() -> None:
    for table, names in CELLS.items():
        op.add_column(table, sa.Column("cell", sa.Text(), nullable=False, server_default=""))
        op.alter_column(table, "cell", server_default=None)
        unique(table, names, names_of=[*names, "publication_id"])
        op.create_unique_constraint(None, table, [*names, "cell", "publication_id"])
    curve()
    evaluation()
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name}() from public")
    for trigger in TRIGGERS:
        op.execute(trigger)


def unique(table: str, names: list[str], *, names_of: list[str]) -> None:
    op.drop_constraint(op.f(f"uq_{table}_{'_'.join(names_of)}"), table, type_="unique")


def curve() -> None:
    out = sa.ForeignKey("project_publication.id")
    op.create_table(
        "project_curve",
        *of_project(optional=True),
        sa.Column("publication_id", sa.Uuid(), out, nullable=False),
        *text("model"),
        column("first_day", sa.Date()),
        column("last_day", sa.Date()),
        column("people", sa.Integer()),
        column("points", JSON),
        sa.CheckConstraint("first_day < last_day", name="days"),
    )
    op.create_index(None, "project_curve", ["publication_id"])
    once = ["project_id", "organisation_id", "model", "publication_id"]
    op.create_index("uq_project_curve_once", "project_curve", once, unique=True,
                    postgresql_nulls_not_distinct=True)  # fmt: skip


def evaluation() -> None:
    op.create_table(
        "project_evaluation",
        *of_project(),
        *text("summary", "lessons"),
        column("state", one_of("draft", "finished")),
        column("content", JSON, optional=True),
        *text("hash", optional=True),
        column("until", sa.Date(), optional=True),
        at("finished_at", optional=True),
        *text("finished_by", optional=True),
        at("changed_at"),
        column("revision", sa.Integer()),
        sa.UniqueConstraint("project_id"),
        sa.CheckConstraint(
            "(state = 'finished') = (num_nonnulls(content, hash, finished_at, finished_by) = 4)",
            name="finished",
        ),
    )
    op.create_table(
        "project_recommendation",
        *of_project(),
        *text("whom", "text"),
        at("written_at"),
        *text("written_by"),
    )
    listed = ["project_id", "written_at"]
    op.create_index("ix_project_recommendation_of", "project_recommendation", listed)


def downgrade() -> None:
    op.execute("drop trigger evaluated on project")
    for table in ("project_recommendation", "project_evaluation", "project_curve"):
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
    for table, names in CELLS.items():
        unique(table, names, names_of=[*names, "cell", "publication_id"])
        op.drop_column(table, "cell")
        op.create_unique_constraint(None, table, [*names, "publication_id"])
