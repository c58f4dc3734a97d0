"""Connections past the application: as the web acting for an organisation, and as the worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Connection, create_engine, text

from portal.db import db
from portal.organisations.models import Organisation
from portal.settings import database_url


@contextmanager
def as_the_web(organisation: Organisation) -> Iterator[Connection]:
    """Nothing that is done stays."""
    engine = create_engine(database_url("app"))
    with engine.connect() as connection:
        setting = text("select set_config('samspil.organisation', :id, true)")
        connection.execute(setting, {"id": str(organisation.id)})
        yield connection
    engine.dispose()


@contextmanager
def as_worker() -> Iterator[Connection]:
    """Nothing that is done stays."""
    engine = create_engine(database_url("worker"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def at_work(worker: Flask, job: Callable[..., Any], *arguments: Any) -> Any:
    """What a job does, kept; and what it answers."""
    with worker.app_context():
        done = job(*arguments)
        db.session.commit()
        return done
