"""`samspil provider`: which organisation signs in where."""

import sys
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import NoResultFound

from portal import keys
from portal.clock import now
from portal.commands import Commands
from portal.identity import connections, jobs, maps
from portal.identity.connections import Mistaken
from portal.identity.external import Refused
from portal.organisations.models import Organisation
from portal.organisations.queries import organisation as organisation_by
from portal.settings import Settings

TASKS = (jobs.forget_sign_ins,)  # known to the worker because they are named here
commands = Commands("provider", help="Which organisation signs in through which provider.")


def settings() -> Settings:
    found: Settings = current_app.extensions["samspil"]
    return found


@commands.command()
@click.argument("slug")
@click.option("--issuer", required=True, help="As the provider writes it, letter by letter.")
@click.option("--client-id", required=True)
@click.option(
    "--maps", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--organisation", help="For whom it speaks; the slug where nothing is said.")
@click.option("--shared", multiple=True, metavar="CVR=ORGANISATION", help="Of a shared issuer.")
@click.option("--metadata", default="", help="Where its metadata lie, if not where they should.")
def add(
    slug: str,
    issuer: str,
    client_id: str,
    file: Path,
    organisation: str | None,
    shared: tuple[str, ...],
    metadata: str,
) -> None:
    """Connect a provider, or change it. The client secret is read from standard input."""
    try:
        row = connections.connect(
            slug,
            issuer=issuer,
            client_id=client_id,
            secret=sys.stdin.read().strip(),
            maps=maps.read(file),
            own=None if shared else one_known_as(organisation or slug),
            shared={cvr: one_known_as(name) for cvr, name in map(pair, shared)},
            metadata_url=metadata,
            ring=keys.of(settings()).ring,
            loopback=settings().demo_sign_in,
            now=now(),
        )
    except (Mistaken, maps.Flawed, ValueError) as error:
        raise click.ClickException(f"Nothing was changed.\n{error}") from None
    click.echo(f"{slug} is connected (version {row.version}). Register at the provider:")
    base = settings().base_url
    click.echo(f"  callback             {base}/login/{slug}/callback")
    click.echo(f"  after logout         {base}/logout/done")
    click.echo(f"  back-channel logout  {base}/oidc/{slug}/backchannel-logout")


def pair(text: str) -> tuple[str, str]:
    cvr, sign, name = text.partition("=")
    if not sign or not name or len(cvr) != 8 or not cvr.isdecimal():
        raise Mistaken(f"{text}: write eight digits, = and the organisation's slug.")
    return cvr, name


def one_known_as(slug: str) -> Organisation:
    try:
        return organisation_by(slug)
    except NoResultFound:
        raise Mistaken(f"{slug}: there is no such organisation.") from None


@commands.command("list")
def list_() -> None:
    """All providers, without their secrets."""
    for row in connections.every():
        state = "" if row.enabled else "  (disabled)"
        click.echo(f"{row.slug:<24} {row.issuer}  {row.client_id}  v{row.version}{state}")


@commands.command()
@click.argument("slug")
def test(slug: str) -> None:
    """Fetch the provider's metadata and keys, and say what fits."""
    from portal.identity import journey

    row = connections.named(slug)
    if row is None:
        raise click.ClickException(f"{slug}: there is no such provider.")
    try:
        with journey.asking(row):
            for finding in connections.findings(journey.client_of(row, settings()), row):
                click.echo(finding)
    except Refused as refused:
        cause = f": {refused.__cause__}" if refused.__cause__ else ""
        raise click.ClickException(f"It does not fit: {refused.detail}{cause}") from None


@commands.command()
@click.argument("slug")
def disable(slug: str) -> None:
    """Let nobody sign in through it any more, and end the sessions that it opened."""
    try:
        connections.disable(slug, now=now())
    except Mistaken as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{slug} is disabled.")
