"""When the database does not answer: a polite page, and nothing that has to be started again."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, text

from portal.db import dispose
from portal.settings import embedded
from tests.conftest import HTMX


@pytest.fixture
def outage(database: Engine) -> Iterator[None]:
    """The database of this process takes no connection but a superuser's, and ends the others."""
    name = str(database.url.database)
    postgres = create_engine(
        embedded().url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with postgres.connect() as connection:
        connection.execute(text(f"alter database {name} with allow_connections false"))
        ended = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = :name"
        connection.execute(text(f"{ended} and usename = 'samspil_app'"), {"name": name})
        yield
        connection.execute(text(f"alter database {name} with allow_connections true"))


@pytest.fixture(autouse=True)
def anew(web: Flask) -> Iterator[None]:
    """No later test meets a connection that was ended here."""
    yield
    with web.app_context():
        dispose()


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.mark.parametrize("address", ["/", "/cases/", "/handovers/", "/login"])
def test_a_polite_page_and_then_it_works_again(address, client, outage, database, request):
    for _ in range(2):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "Samspil er lukket lige nu" in answer.text
        assert answer.headers["Retry-After"] == "60"
        assert "Traceback" not in answer.text
    assert client.get(address, headers=HTMX).status_code == 503
    assert client.post("/handovers/search", data={"word": "x"}).status_code == 503


def test_it_works_again_by_itself(client, database):
    name = str(database.url.database)
    assert client.get("/handovers/").status_code == 200
    postgres = create_engine(
        embedded().url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    ended = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = :name"
    with postgres.connect() as connection:
        connection.execute(text(f"{ended} and usename = 'samspil_app'"), {"name": name})
    answers = [client.get("/handovers/").status_code for _ in range(2)]
    assert answers[-1] == 200  # the first may meet a connection that is gone
    assert set(answers) <= {200, 503}


def test_the_process_says_that_it_lives_and_whether_the_database_does(web, database, outage):
    client = web.test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (204, "")
    assert client.get("/readyz").status_code == 503


def test_only_the_inside_asks_whether_it_is_ready(app):
    client = app.test_client()
    assert client.get("/readyz").status_code == 204
    assert client.get("/readyz", environ_base={"REMOTE_ADDR": "9.9.9.9"}).status_code == 404
