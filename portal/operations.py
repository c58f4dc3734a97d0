"""Commands for who runs Samspil: the processes, the database, the keys."""

import os
import secrets

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import NullPool, create_engine

from portal import crypto, jobs, policies, rotation, scanner
from portal.app import create_app
from portal.embedded import ROLES
from portal.keys import of as keys_of
from portal.policies import Unsafe
from portal.settings import ROOT, database_url


def application(role: str = "worker") -> Flask:
    """The portal in one of its roles."""
    return create_app(role=role)


@click.command()
def worker() -> None:
    """Do the work that is queued and due, until SIGTERM."""
    jobs.work(application())


@click.command()
@click.option("--bind", multiple=True, default=["127.0.0.1:8000"], show_default=True)
@click.option("--workers", default=os.cpu_count() or 1, help="Processes; else one per core.")
def web(bind: tuple[str, ...], workers: int) -> None:
    """Serve the pages, until SIGTERM."""
    from portal.serving import Web

    Web(application("app"), bind, workers).run()


@click.group()
def db() -> None:
    """The database, as its owner."""


@db.command()
def roles() -> None:
    """Print the SQL that makes the roles, for psql as a superuser of a server of your own."""
    click.echo(ROLES.read_text("utf-8"))


@db.command()
def migrate() -> None:
    """Bring the tables and policies to the newest state."""
    command.upgrade(alembic(), "head")


@db.command()
def check() -> None:
    """Say whether the tables are the newest and the roles are held by the policies."""
    engine = create_engine(database_url("owner"), poolclass=NullPool)
    newest = ScriptDirectory.from_config(alembic()).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest:
        raise click.ClickException(f"The tables are at {found}, not at {newest}: migrate")
    for role in ("app", "worker", "report"):
        try:
            policies.refuse_unsafe(create_engine(database_url(role), poolclass=NullPool))
        except Unsafe as error:
            raise click.ClickException(str(error)) from None
    with engine.connect() as connection:
        if not policies.may_act_as_the_web(connection):
            raise click.ClickException("The worker may not act as the web: run the roles again")
    click.echo(f"At {found}; app, worker and report are held by the policies")


def alembic() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")


@click.command("scanner")
@with_appcontext
def scan() -> None:
    """Ask the virus scanner who it is, or say that there is none."""
    address = current_app.extensions["samspil"].scanner
    if not scanner.is_used(address):
        click.echo("None: you have decided in the settings that uploaded files are not scanned")
        return
    try:
        click.echo(scanner.version(address))
    except scanner.Unavailable as error:
        raise click.ClickException(f"The scanner does not answer: {error}") from None


@click.group()
def keys() -> None:
    """The keys that the database does not know."""


@keys.command()
@click.option("--id", "kid", default="k1", help="Of the data key; each of a ring has its own.")
def new(kid: str) -> None:
    """Print fresh keys for the settings of one installation."""
    for line in fresh_keys(kid):
        click.echo(line)


@keys.command()
@with_appcontext
def rotate() -> None:
    """Write what is encrypted anew, under the first of the data keys; may be cut short."""
    own = keys_of(current_app.extensions["samspil"])
    left: dict[str, int] = {}
    for ring, columns in ((own.ring, rotation.ENCRYPTED), (own.files, rotation.FILE_KEYS)):
        try:
            count = sum(rotation.rotate(ring, columns))
        except rotation.Unreadable as error:
            raise click.ClickException(str(error)) from None
        what = "values" if columns is rotation.ENCRYPTED else "keys of files"
        click.echo(f"{count} {what} are now under {ring.current}")
        left |= rotation.left(ring, columns)
    if left:
        waiting = ", ".join(f"{name}: {number}" for name, number in left.items())
        raise click.ClickException(f"In use by others just now, so run it again: {waiting}")


def fresh_keys(kid: str) -> list[str]:
    names = ("index_key", "audit_key", "checkpoint_key")
    ring, files = (f"{kid}:{crypto.fresh_key()}" for _ring in range(2))
    made = {"secret_key": secrets.token_urlsafe(48), "data_keys": ring, "file_keys": files}
    made |= {name: crypto.fresh_key() for name in names}
    return [f'{name} = "{value}"' for name, value in made.items()]
