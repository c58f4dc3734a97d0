"""One PostgreSQL per run, migrated once; one copy of that database per process.

Requests run as `samspil_app`, commit for real and meet the real policies. A transaction rolled back
around each test would not do: the organisation set for one request would still be set in the next,
and `now()` would stand still. So each test's rows are removed instead, by the owner.
"""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, NullPool, create_engine, event, text
from sqlalchemy.orm import Session

from portal import jobs
from portal.access import OrganisationKind, Role
from portal.app import create_app
from portal.cli import samspil
from portal.db import db, dispose
from portal.embedded import FORGETFUL
from portal.identity.queries import act_for
from portal.identity.sessions import BrowserSessions
from portal.organisations.models import Organisation, User
from portal.settings import Settings, database_url, embedded, load
from tests import make

pytest_plugins = ["tests.browser", "tests.leaks"]
# No test is timed: how long an example takes says something of the machine alone.
hypothesis.settings.register_profile(
    "samspil", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("samspil")

ROOT = Path(__file__).parent.parent
HTMX = {"HX-Request": "true"}
DUE = """
select count(*) from procrastinate_jobs
where status = 'todo' and attempts = 0 and coalesce(scheduled_at, now()) <= now()
"""


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that was started by hand has the server; the others inherit its address."""
    os.environ["SAMSPIL_CONFIG"] = str(ROOT / "config" / "test.toml")
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.gettempdir(), f"samspil-{uuid.uuid4().hex[:8]}")
        os.environ |= {"SAMSPIL_DATA": str(folder), "SAMSPIL_DATABASE": "samspil"}
        embedded().start(FORGETFUL)
        command.upgrade(Config(toml_file=ROOT / "pyproject.toml"), "head")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        embedded().remove()


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def database(worker_name: str) -> Iterator[Engine]:
    """This process's own copy, as its owner."""
    postgres = create_engine(
        embedded().url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with postgres.connect() as connection:
        name = f"test_{worker_name}"
        connection.execute(text(f"create database {name} template samspil owner samspil_owner"))
    os.environ["SAMSPIL_DATABASE"] = name
    owner = create_engine(database_url("owner"))
    make.records.bind = owner
    superuser = make.sweeper(embedded().url("postgres", name))
    make.sweeping.bind = superuser
    yield owner
    make.sweeping.close()
    superuser.dispose()
    owner.dispose()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load()


@pytest.fixture(scope="session")
def web(database: Engine, settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    with app.app_context():
        dispose()


@pytest.fixture
def app(web: Flask) -> Iterator[Flask]:
    """The application as the web runs it, on an empty database."""
    yield web
    make.clean()


@pytest.fixture(scope="session")
def worker(database: Engine, settings: Settings) -> Iterator[Flask]:
    """The application as jobs and commands run it."""
    app = create_app(settings, role="worker")
    yield app
    with app.app_context():
        dispose()


@pytest.fixture
def run(app: Flask, worker: Flask) -> Callable[..., Result]:
    """A command of `samspil`, as it runs on the command line."""
    script = ScriptInfo(create_app=lambda: worker, set_debug_flag=False)
    return lambda *arguments: CliRunner().invoke(samspil, [*map(str, arguments)], obj=script)


@pytest.fixture
def run_jobs(app: Flask, worker: Flask) -> Callable[[], None]:
    """Let a real worker do all that is due, and end.

    It ends once nothing waits, also while its last job still runs: what that one queues is done by
    the next. What has failed waits for the test to say so, however slow the machine is.
    """
    how = {"wait": False, "listen_notify": False, "install_signal_handlers": False}

    def work() -> None:
        for _round in range(5):
            jobs.work(worker, **how)
            if not make.sweeping.scalar(text(DUE)):
                break
        make.sweeping.rollback()

    return work


@pytest.fixture
def fund(app: Flask) -> Organisation:
    return make.fund("Prøvebæk A-kasse", "proevebaek")


@pytest.fixture
def municipality(app: Flask) -> Organisation:
    return make.organisation("Lillekøbing Kommune", slug="lillekoebing")


@pytest.fixture
def outsider(app: Flask) -> Organisation:
    return make.organisation("Udkøbing Kommune", OrganisationKind.MUNICIPALITY, "udkoebing")


@pytest.fixture
def adviser(fund: Organisation) -> User:
    return make.user(fund, Role.ADVISER, name="Mette Eksempel")


@pytest.fixture
def contact(municipality: Organisation) -> User:
    return make.user(municipality, Role.CONTACT, name="Jonas Skabelon")


@pytest.fixture
def coordinator(municipality: Organisation) -> User:
    return make.user(municipality, Role.COORDINATOR, name="Karen Attrap")


@pytest.fixture(scope="session")
def client_of(web: Flask, settings: Settings) -> Callable[..., FlaskClient]:
    """A browser in which this user is signed in; it sends the token of its forms by itself."""
    browsers = BrowserSessions(settings)
    signer = URLSafeTimedSerializer(settings.secret_key, salt="wtf-csrf-token")

    def sign_in(user: User, **session: Any) -> FlaskClient:
        client, token = web.test_client(), make.session_of(user, **session)
        client.set_cookie(browsers.token_cookie, token, domain="127.0.0.1")
        client.environ_base["HTTP_X_CSRFTOKEN"] = signer.dumps(browsers.csrf_of(token))
        return client

    return sign_in


@pytest.fixture(scope="session")
def seen_by(web: Flask) -> Callable[[Organisation | None], AbstractContextManager[Session]]:
    """The web's session as one organisation, in a transaction that is thrown away."""

    @contextmanager
    def look(organisation: Organisation | None) -> Iterator[Session]:
        with web.app_context():
            if organisation:
                act_for(organisation.id)
            yield db.session

    return look


@pytest.fixture
def statements(web: Flask) -> Iterator[list[str]]:
    """What the web sends to the database."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    with web.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
