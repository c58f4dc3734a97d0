"""Holding JSON of a stranger against a published schema: every fault, each with its path.

Of JSON Schema only what our schemas say. A part that is wrong is not looked into.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _

Schema = Mapping[str, Any]
# A truth value is no number here, though Python says so.
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "null": lambda value: value is None,
}


class Fault(NamedTuple):
    path: str  # as plan.job_goals[2]; empty for the whole
    reason: str


class NotJson(Exception):
    """The text as a whole cannot be read."""


def read(text: str) -> Any:
    """Raises NotJson; NUL and half characters, which no database takes, are none either."""
    try:
        told = json.loads(text, parse_constant=int)
        json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NotJson from None
    if "\\u0000" in json.dumps(told):
        raise NotJson
    return told


def faults(schema: Schema, value: Any, path: str = "") -> Iterator[Fault]:
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        yield Fault(path, _("har en forkert form."))
    elif "const" in schema and value != schema["const"]:
        yield Fault(path, _("skal være »%(value)s«.", value=schema["const"]))
    elif "enum" in schema and value not in schema["enum"]:
        yield Fault(path, _("skal være en af: %(values)s.", values=", ".join(schema["enum"])))
    elif isinstance(value, str):
        yield from in_text(schema, value, path)
    elif isinstance(value, dict) and "properties" in schema:
        yield from in_object(schema, value, path)
    elif isinstance(value, list):
        yield from in_list(schema, value, path)
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield Fault(path, _("er for lille."))


def in_text(schema: Schema, value: str, path: str) -> Iterator[Fault]:
    most = schema.get("maxLength")
    if most is not None and len(value) > most:
        yield Fault(path, _("må højst være %(most)s tegn.", most=most))
    elif len(value.strip()) < schema.get("minLength", 0):
        yield Fault(path, _("er tom."))
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault(path, _("er skrevet forkert."))
    elif schema.get("format") == "date" and not is_day(value):
        yield Fault(path, _("skal være en dag som 2027-03-01."))


def is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def in_object(schema: Schema, value: Mapping[str, Any], path: str) -> Iterator[Fault]:
    known = schema["properties"]
    for name in schema.get("required", []):
        if name not in value:
            yield Fault(below(path, name), _("mangler."))
    for name, child in value.items():
        if name in known:
            yield from faults(known[name], child, below(path, name))
        else:
            yield Fault(below(path, name[:60]), _("kendes ikke."))


def in_list(schema: Schema, value: list[Any], path: str) -> Iterator[Fault]:
    most = schema.get("maxItems")
    if most is not None and len(value) > most:
        yield Fault(path, _("må højst have %(most)s rækker.", most=most))
        return
    for number, child in enumerate(value):
        yield from faults(schema.get("items", {}), child, f"{path}[{number}]")


def below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
