"""procrastinate 3.10: its queue, and who may do what: the web may queue, the worker may work"""

import re
from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006"
down_revision = "0005"

UNTIL = "03.04.00"
ADDED = re.compile(r"ALTER TYPE (\w+) ADD VALUE ('\w+')[^;]*;")
DEFER = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
GRANTS = f"""
DO $$ DECLARE name regprocedure; BEGIN
  FOR name IN SELECT oid FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO samspil_worker', name);
  END LOOP;
END $$;
ALTER FUNCTION {DEFER} SECURITY DEFINER SET search_path = public, pg_temp;
GRANT EXECUTE ON FUNCTION {DEFER} TO samspil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events,
  procrastinate_periodic_defers, procrastinate_workers TO samspil_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO samspil_worker;
"""
DROP = """
DO $$ DECLARE made record; BEGIN
  DROP TABLE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers CASCADE;
  FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
    WHERE proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE format('DROP FUNCTION %s CASCADE', made.name);
  END LOOP;
  FOR made IN SELECT typname AS name FROM pg_type
    WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
    EXECUTE format('DROP TYPE %I CASCADE', made.name);
  END LOOP;
END $$;
"""


def steps(*, after: str, until: str) -> list[Path]:
    """Procrastinate's own SQL files above one version up to another, in their order."""
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [file for file in files if after < file.name.split("_")[0] <= until]


def at_once(texts: list[str]) -> list[str]:
    """Types with all their values from the start: before PostgreSQL 17 a value that is added cannot
    be used in the same transaction."""
    first, *later = texts
    for name, value in ADDED.findall("".join(texts)):
        start = f"CREATE TYPE {name} AS ENUM ("
        first = first.replace(start, f"{start}{value}, ")
    return [ADDED.sub("", text) for text in (first, *later)]


def run(sql: str) -> None:
    # The driver's own connection: SQLAlchemy passes parameters, and then one statement is the most
    # that a call may hold, and each % in the SQL would have to be doubled.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101  (a migration always runs on a connection)
    driver.execute(sql)


def upgrade() -> None:
    for text in at_once([file.read_text("utf-8") for file in steps(after="", until=UNTIL)]):
        run(text)
    run(GRANTS)


def downgrade() -> None:
    run(DROP)
