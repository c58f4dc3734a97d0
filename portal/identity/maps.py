"""How a provider's words become ours, read from a file such as those in `config/identity/`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from portal.access import Role
from portal.identity.levels import Level

TOLD = {"name", "email", "department", "organisation", "level"}
ALGORITHMS = {f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)}
METHODS = {"client_secret_basic", "client_secret_post"}


class Flawed(Exception):
    """A sentence for each thing that is wrong in the file."""


@dataclass(frozen=True)
class Maps:
    """`claims` says which claim holds what, `levels` which value is which NSIS level, `roles` which
    value of which claim gives which roles. `assumed_level` needs a reason and a day (B4)."""

    claims: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    roles: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    assumed_level: dict[str, Any] | None = None
    scopes: str = "openid profile email"
    auth_method: str = "client_secret_basic"
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")


def read(file: Path) -> Maps:
    """Raises Flawed, and what the file system and TOML say."""
    table = tomllib.loads(file.read_text("utf-8"))
    unknown = table.keys() - Maps.__dataclass_fields__.keys()
    problems = [f"{name}: there is no such part" for name in sorted(unknown)]
    if not problems:
        problems = [*_wrong(table)]
    if problems:
        raise Flawed("\n".join(problems))
    if decided := table.get("assumed_level"):
        decided["decided_on"] = decided["decided_on"].isoformat()
    return Maps(**table | {"algorithms": tuple(table.get("algorithms", Maps.algorithms))})


def _wrong(table: dict[str, Any]) -> Iterator[str]:
    for name in table.get("claims", {}).keys() - TOLD:
        yield f"claims.{name}: must be one of {', '.join(sorted(TOLD))}"
    for said, level in table.get("levels", {}).items():
        if level not in set(Level):
            yield f"levels.{said}: {level} is no NSIS level"
    yield from _roles(table.get("roles", {}))
    if (decided := table.get("assumed_level")) is not None:
        yield from _assumed(decided)
    if table.get("auth_method", Maps.auth_method) not in METHODS:
        yield f"auth_method: must be one of {', '.join(sorted(METHODS))}"
    if not set(table.get("algorithms", Maps.algorithms)) <= ALGORITHMS:
        yield "algorithms: only signatures with a public key, such as RS256"
    if "openid" not in table.get("scopes", Maps.scopes).split():
        yield "scopes: must hold openid"


def _roles(table: dict[str, dict[str, Any]]) -> Iterator[str]:
    for claim, values in table.items():
        for value, roles in values.items():
            if not isinstance(roles, list) or not set(roles) <= set(Role):
                yield f"roles.{claim}.{value}: must be a list of roles"


def _assumed(decided: dict[str, Any]) -> Iterator[str]:
    if decided.get("level") not in set(Level):
        yield "assumed_level.level: must be an NSIS level"
    if not str(decided.get("reason", "")).strip():
        yield "assumed_level.reason: who decided this, and on what ground?"
    if type(decided.get("decided_on")) is not date:
        yield "assumed_level.decided_on: must be a day"
