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


def revisions() -> list[str]:
    """From the first to the newest."""
    found = ScriptDirectory.from_config(alembic()).walk_revisions()
    return [script.revision for script in found][::-1]


POLICIES = "select count(*) from pg_policies where schemaname = 'public'"


def test_one_revision_at_a_time_and_policies_at_the_newest_only(scratch):
    """Short of it the tables stay under row-level security and show nothing.

    A policy of today may name what the tables of yesterday have not, so none is written there.
    """
    assert count(scratch, POLICIES) > 50
    *older, newest = revisions()
    for revision in older[::-1]:
        command.downgrade(alembic(), revision)
        assert count(scratch, POLICIES) == 0, revision
    for revision in older:
        command.upgrade(alembic(), revision)
        assert count(scratch, POLICIES) == 0, revision
    command.upgrade(alembic(), newest)
    assert count(scratch, POLICIES) > 50


def test_what_stands_without_policies_shows_nothing(scratch):
    """The web's own right to read is there still; what it reads is empty."""
    own = "insert into organisation (id, slug, kind) values (gen_random_uuid(), 'a', 'platform')"
    unit = (
        "insert into unit (id, organisation_id, name, kind, is_default, valid_from) "
        "select gen_random_uuid(), id, 'Team', 'team', false, now() from organisation"
    )
    web = create_engine(embedded().url("samspil_app", scratch.url.database), poolclass=NullPool)
    setting = "select set_config('samspil.organisation', id::text, true) from organisation"
    seen = []
    for prepare in (f"{own}; {unit}", "drop policy app_select on unit"):
        with scratch.begin() as owner:
            owner.exec_driver_sql(prepare)
        with web.connect() as connection:
            connection.execute(text(setting))
            seen.append(connection.scalar(text("select count(*) from unit")))
    assert seen == [1, 0]


def test_revisions_stand_in_one_line_and_each_says_what_it_is():
    scripts = [*ScriptDirectory.from_config(alembic()).walk_revisions()][::-1]
    assert [script.revision for script in scripts] == [
        f"{number:04}" for number in range(1, len(scripts) + 1)
    ]
    assert [script.down_revision for script in scripts[1:]] == [
        script.revision for script in scripts[:-1]
    ]
    assert all(script.doc for script in scripts)
