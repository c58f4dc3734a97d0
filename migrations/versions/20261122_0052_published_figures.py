"""published figures: told once, never changed; councils read them through a view of their own

The view belongs to the keeper, like the functions that tell a council of agreements: it shows the
figures of the municipalities that lay under the asking council on the last day of the quarter. The
role `samspil_report` reads it and the two beside it, and no table at all.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"

COUNCIL = "nullif(current_setting('samspil.organisation', true), '')::uuid"
OF_AREA = f"""
    from public.published_{{0}} f
    join public.publication p on p.id = f.publication_id
    join public.council_membership c on c.municipality_id = f.municipality_id
    where c.council_id = {COUNCIL} and c.valid_from <= p.last_day
    and coalesce(c.valid_until, 'infinity') >= p.last_day
"""
VIEWS = {
    "council_figure": f"""
    select p.last_day published_for, f.fund_id, f.municipality_id, f."set", f.code,
        f.first_day, f."of", f.low, f.high {OF_AREA.format("figure")}""",
    "council_curve": f"""
    select p.last_day published_for, f.fund_id, f.municipality_id, f.first_day, f.last_day,
        f.people, f.points {OF_AREA.format("curve")}""",
    "council_publication": "select p.first_day, p.last_day, p.at from public.publication p",
}


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("last_day"),
        sa.CheckConstraint("first_day < last_day", name="days"),
    )
    op.create_table(
        "published_figure",
        *of_the_pair(),
        sa.Column("set", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        *block(),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.UniqueConstraint("fund_id", "municipality_id", "set", "code", "publication_id"),
        sa.CheckConstraint('0 <= low and low <= high and high <= "of"', name="shown"),
        sa.CheckConstraint("first_day < last_day", name="days"),
    )
    op.create_table(
        "published_curve",
        *of_the_pair(),
        *block(),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("points", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("fund_id", "municipality_id", "publication_id"),
        sa.CheckConstraint("first_day < last_day", name="days"),
    )
    for table in ("published_figure", "published_curve"):
        op.create_index(f"ix_{table}_publication_id", table, ["publication_id"])
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, query in VIEWS.items():
        op.execute(f"create view {name} with (security_barrier) as {query}")
        op.execute(f"alter view {name} owner to samspil_keeper")
        op.execute(f"revoke all on {name} from public")
        op.execute(f"grant select on {name} to samspil_report")
    op.execute("revoke create on schema public from samspil_keeper")


def of_the_pair() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("publication_id", sa.Uuid(), sa.ForeignKey("publication.id"), nullable=False),
        sa.Column("fund_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
    ]


def block() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")]


def downgrade() -> None:
    for name in VIEWS:
        op.execute(f"drop view {name}")
    for table in ("published_curve", "published_figure", "publication"):
        op.drop_table(table)
