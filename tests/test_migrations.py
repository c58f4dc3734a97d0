"""Migrations say what the models say, and the way back can be gone."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, text

from portal.operations import alembic
from portal.settings import embedded

TABLES = "select count(*) from pg_tables where schemaname = 'public'"
MADE = f"""
select ({TABLES}) + (
    select count(*) from pg_proc where pronamespace = 'public'::regnamespace) + (
    select count(*) from pg_policies where schemaname = 'public')
"""


@pytest.fixture
def scratch(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A migrated database that nobody else uses, as its owner."""
    name = f"scratch_{database.url.database}"
    address = embedded().url("postgres", "postgres")
    postgres = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with postgres.connect() as connection:
        connection.execute(text(f"create database {name} template samspil owner samspil_owner"))
    monkeypatch.setenv("SAMSPIL_DATABASE", name)
    yield create_engine(embedded().url("samspil_owner", name), poolclass=NullPool)
    with postgres.connect() as connection:
        connection.execute(text(f"drop database {name}"))


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def test_models_and_migrations_agree(database):
    command.check(alembic())


def test_down_to_nothing_and_up_again(scratch):
    before = count(scratch, MADE)
    command.downgrade(alembic(), "base")
    assert count(scratch, TABLES) == 1  # Alembic's own, that says where we are
    assert count(scratch, MADE) == 1
    command.upgrade(alembic(), "head")
    command.check(alembic())
    assert count(scratch, MADE) == before


def test_the_types_of_the_queue_get_all_values_at_once(database):
    """PostgreSQL 15 and 16 refuse to use a value in the transaction that added it to a type."""
    revision = ScriptDirectory.from_config(alembic()).get_revision("0006").module
    files = revision.steps(after="", until=revision.UNTIL)
    theirs = [file.read_text("utf-8") for file in files]
    ours = "".join(revision.at_once(theirs))

    added = revision.ADDED.findall("".join(theirs))
    labels = "select count(*) from pg_enum where enumlabel = {1} and enumtypid = '{0}'::regtype"
    assert len(added) == 6
    assert "ADD VALUE" not in ours
    assert [count(database, labels.format(*one)) for one in added] == [1] * 6
