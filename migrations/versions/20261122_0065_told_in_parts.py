"""told in parts: a published figure is of one part of an indicator, where it is told in parts"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

COUNCIL = "nullif(current_setting('samspil.organisation', true), '')::uuid"
COLUMNS = 'p.last_day published_for, f.fund_id, f.municipality_id, f."set", f.code, f.first_day'
VIEW = f"""
    select {COLUMNS}, f."of", f.low, f.high{{0}}
    from public.published_figure f
    join public.publication p on p.id = f.publication_id
    join public.council_membership c on c.municipality_id = f.municipality_id
    where c.council_id = {COUNCIL} and c.valid_from <= p.last_day
    and coalesce(c.valid_until, 'infinity') >= p.last_day
"""
OF = ["fund_id", "municipality_id", "set", "code"]
WHOLE = "uq_published_figure_fund_id_municipality_id_set_code_pu_9351"
PART = "uq_published_figure_part"


def upgrade() -> None:
    op.add_column(
        "published_figure", sa.Column("cell", sa.Text(), nullable=False, server_default="")
    )
    op.alter_column("published_figure", "cell", server_default=None)
    op.drop_constraint(WHOLE, "published_figure")
    op.create_unique_constraint(PART, "published_figure", [*OF, "cell", "publication_id"])
    show(VIEW.format(", f.cell"))


def downgrade() -> None:
    """What was told in parts is told no more: a sum of parts that were told is not the whole."""
    show(VIEW.format(""))
    op.execute("delete from published_figure where cell <> ''")
    op.drop_constraint(PART, "published_figure")
    op.create_unique_constraint(WHOLE, "published_figure", [*OF, "publication_id"])
    op.drop_column("published_figure", "cell")


def show(query: str) -> None:
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("drop view council_figure")
    op.execute(f"create view council_figure with (security_barrier) as {query}")
    op.execute("alter view council_figure owner to samspil_keeper")
    op.execute("revoke all on council_figure from public")
    op.execute("grant select on council_figure to samspil_report")
    op.execute("revoke create on schema public from samspil_keeper")
