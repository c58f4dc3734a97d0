"""drafts in nobody's way: what the other side cannot see keeps it from no period"""

from alembic import op

revision = "0057"
down_revision = "0056"

PERIOD = (
    "alter table goal_value add constraint one_period exclude using gist ("
    "int8range(goal_number, goal_number, '[]') with &&, "
    "daterange(first_day, last_day, '[]') with &&)"
)
KEY = "uq_goal_value_agreement_id_set_code_first_day_last_day"
OWN_KEY = "uq_goal_value_own"
DAYS = ["set", "code", "first_day", "last_day"]


def upgrade() -> None:
    op.execute("alter table goal_value drop constraint one_period")
    op.execute(f"{PERIOD} where (state <> 'draft')")
    op.drop_constraint(KEY, "goal_value")
    op.create_unique_constraint(OWN_KEY, "goal_value", ["agreement_id", "organisation_id", *DAYS])


def downgrade() -> None:
    op.drop_constraint(OWN_KEY, "goal_value")
    op.create_unique_constraint(KEY, "goal_value", ["agreement_id", *DAYS])
    op.execute("alter table goal_value drop constraint one_period")
    op.execute(PERIOD)
