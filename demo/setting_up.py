"""What the demo needs before it starts: settings with keys of its own, tables, organisations."""

import json
import os
import tomllib
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import select

from demo import data, figures, learned, negotiated, projects, reviewed, surveys
from demo.provider.app import CLIENT_ID, PEOPLE
from portal import keys
from portal.access import OrganisationKind
from portal.agreements import checking, loading
from portal.app import create_app
from portal.clock import now
from portal.db import db, dispose
from portal.identity import connections, maps
from portal.operations import alembic, fresh_keys
from portal.organisations import importing, reference
from portal.organisations.collation import sort_key
from portal.organisations.models import Organisation, OrganisationName, Unit, UnitKind
from portal.participants import publishing
from portal.settings import CONFIG, Settings, load

KINDS = {
    "a-kasse": OrganisationKind.UNEMPLOYMENT_FUND,
    "municipality": OrganisationKind.MUNICIPALITY,
    "council": OrganisationKind.COUNCIL,
    "partner": OrganisationKind.PARTNER,
    "platform": OrganisationKind.PLATFORM,
}
LONG_AGO = date(2000, 1, 1)


def write_settings(file: Path, *, portal: str, mail_port: int, checkpoints: Path) -> None:
    """The keys are made once and kept, or nothing could be read again; for nobody else's eyes."""
    known = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    kept = [line for line in fresh_keys("demo1") if line.partition(" ")[0] not in known]
    fresh = tomllib.loads("\n".join(kept))
    ours = {
        "environment": "demo",
        "demo_sign_in": True,
        "base_url": portal,
        "scanner": "none",
        "mail_host": "127.0.0.1",
        "mail_port": mail_port,
        "mail_starttls": False,
        "mail_from": "samspil@samspil.example",
        "checkpoint_folder": str(checkpoints),
    }
    lines = (f"{name} = {json.dumps(value)}" for name, value in (known | fresh | ours).items())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as made:
        made.write("# Made by the demo. Without these keys its data cannot be read.\n")
        made.write("".join(f"{line}\n" for line in lines))


def fill(*, issuers: str, secret: str, day: date, seed: int) -> None:
    """Tables, organisations, agreements, providers and people; what is there already stays.

    `issuers`: the address under which the providers lie. `secret`: what they know the portal by.
    """
    command.upgrade(alembic(), "head")
    app = create_app(role="worker")
    with app.app_context():
        lay(issuers=issuers, secret=secret, day=day)
        db.session.commit()
        is_new = data.fill(day=day, seed=seed)
        dispose()
    if is_new:
        begun = negotiated.fill(day=day)
        figures.fill(day=day, seed=seed)
        surveys.ask()
        web = create_app()
        if begun:
            reviewed.fill(web, day)
            figures.meetings(day=day)
        projects.fill(web, day)
        with app.app_context():
            publishing.publish(day)
            db.session.commit()
            dispose()
        learned.fill(web, day)
        with web.app_context():
            dispose()


def lay(*, issuers: str, secret: str, day: date) -> None:
    """What people and packages stand on: organisations, providers, units and agreements."""
    importing.import_reference(reference.read(CONFIG / "reference"))
    for row in tomllib.loads(PEOPLE.read_text("utf-8"))["provider"]:
        organisation = known_organisation(row)
        register(organisation, f"{issuers}/{row['slug']}", secret, load())
        add_units(organisation, row)
    written = checking.read(CONFIG / "agreements", loading.kinds())
    loading.load(written, today=day)


def known_organisation(row: dict[str, Any]) -> Organisation:
    """Partners and the platform stand in no register; they get a name and nothing invented."""
    found = db.session.scalars(select(Organisation).where(Organisation.slug == row["slug"]))
    if organisation := found.one_or_none():
        return organisation
    made = Organisation(id=uuid.uuid4(), slug=row["slug"], kind=KINDS[row["kind"]])
    db.session.add(made)
    db.session.flush()
    name = {"name": row["name"], "short_name": row["name"], "sort_key": sort_key(row["name"])}
    db.session.add(OrganisationName(organisation_id=made.id, valid_from=LONG_AGO, **name))
    return made


def register(organisation: Organisation, issuer: str, secret: str, settings: Settings) -> None:
    """Its provider under today's address; the client's secret is a new one at each start."""
    connections.connect(
        organisation.slug,
        issuer=issuer,
        client_id=CLIENT_ID,
        secret=secret,
        maps=maps.read(CONFIG / "identity" / "demo.toml"),
        own=organisation,
        ring=keys.of(settings).ring,
        loopback=settings.demo_sign_in,
        now=now(),
    )


def add_units(organisation: Organisation, row: dict[str, Any]) -> None:
    """Each department that a person comes from; the first takes what names none."""
    known = {*db.session.scalars(select(Unit.name).where(Unit.organisation_id == organisation.id))}
    for number, name in enumerate(departments(row)):
        if name not in known:
            place = "post" if number == 0 else f"post{number + 1}"
            unit = {"name": name, "kind": UnitKind.TEAM, "is_default": number == 0}
            mailbox = f"{place}@{organisation.slug}.example"
            owner = {"organisation_id": organisation.id, "valid_from": LONG_AGO}
            db.session.add(Unit(mailbox=mailbox, **unit, **owner))
    db.session.flush()


def departments(row: dict[str, Any]) -> Iterator[str]:
    yield from dict.fromkeys(p["department"] for p in row["people"] if p.get("department"))
