"""Which database roles and tables the web and the worker refuse to start on."""

from collections.abc import Iterator

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Engine, NullPool, create_engine, text

from portal import policies
from portal.app import create_app
from portal.cli import samspil
from portal.operations import alembic
from portal.settings import database_url, embedded

HALF = "alter table forgotten enable row level security"
UNFORCED = f"{HALF}; create policy a on forgotten"
BARE = f"{HALF}; alter table forgotten force row level security"


def engine_of(role: str) -> Engine:
    return create_engine(database_url(role), poolclass=NullPool)


@pytest.mark.parametrize("role", ["app", "worker", "report"])
def test_the_roles_of_production_are_held_by_the_policies(role, database):
    policies.refuse_unsafe(engine_of(role))


def test_the_owner_is_refused(database):
    with pytest.raises(policies.Unsafe, match="samspil_owner owns tables"):
        policies.refuse_unsafe(database)


@pytest.fixture
def strong(request, database) -> Iterator[Engine]:
    postgres = create_engine(embedded().url("postgres", "postgres"), poolclass=NullPool)
    name = f"too_strong_{database.url.database}"
    with postgres.begin() as connection:
        connection.execute(text(f"create role {name} login {request.param}"))
    yield create_engine(embedded().url(name, database.url.database), poolclass=NullPool)
    with postgres.begin() as connection:
        connection.execute(text(f"drop role {name}"))


@pytest.mark.parametrize(
    "strong",
    ["superuser", "bypassrls", "in role samspil_owner", "in role samspil_keeper"],
    indirect=True,
)
def test_a_role_that_policies_do_not_hold_is_refused(strong):
    with pytest.raises(policies.Unsafe, match="too_strong"):
        policies.refuse_unsafe(strong)


@pytest.fixture
def forgotten(request, database) -> Iterator[None]:
    """A table that somebody made without saying who sees it."""
    with database.begin() as owner:
        owner.exec_driver_sql(f"create table forgotten (id int); {request.param}")
    yield
    with database.begin() as owner:
        owner.exec_driver_sql("drop table forgotten")


@pytest.mark.parametrize("forgotten", ["", HALF, UNFORCED, BARE], indirect=True)
def test_a_table_without_policy_is_refused(forgotten, database, settings):
    for role in ("app", "worker"):
        with pytest.raises(policies.Unsafe, match="forgotten"):
            create_app(settings, role=role)


def test_the_command_says_whether_all_is_well(run, database):
    answer = run("db", "check")
    assert (answer.exit_code, answer.output.startswith("At ")) == (0, True), answer.output


@pytest.mark.parametrize("forgotten", [""], indirect=True)
def test_the_command_names_the_table(run, forgotten):
    answer = run("db", "check")
    assert answer.exit_code == 1
    assert "forgotten" in answer.output


def test_the_command_sees_tables_of_yesterday(run, database):
    newest = ScriptDirectory.from_config(alembic()).get_current_head()
    turn_to = text("update alembic_version set version_num = :revision")
    with database.begin() as owner:
        owner.execute(turn_to, {"revision": "0001"})
    answer = run("db", "check")
    with database.begin() as owner:
        owner.execute(turn_to, {"revision": newest})
    assert answer.exit_code == 1
    assert "migrate" in answer.output


def test_the_sql_of_the_roles_is_printed(run):
    assert "create role samspil_keeper nologin" in run("db", "roles").output


def test_a_command_without_its_database_says_so_in_a_sentence(tmp_path, monkeypatch):
    """Whichever command it is; the others pass beside it all day."""
    monkeypatch.setenv("DATABASE_OWNER_URL", f"postgresql+psycopg:///none?host={tmp_path}")
    result = CliRunner().invoke(samspil, ["db", "check"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database does not answer")
