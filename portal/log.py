"""The application log: one line of JSON per event, with the request it belongs to (F9).

JSON escapes line breaks, so no visitor can write a line of their own. Tokens, codes and cookies are
never logged on purpose; what a library's message may carry of them is taken out here.
"""

import json
import logging
import re
from datetime import UTC, datetime

from flask import Flask, g, has_request_context

SECRET = re.compile(
    r"""(?ix) \b(code|state|nonce|code_verifier|client_secret|\w+_token|id_token_hint)
    (["']?\s*[=:]\s*["']?) [^&\s"',}]+ | eyJ[\w-]{8,}(\.[\w-]*)*
    | (?<=/calendar/)[^\s"'?/]+(?=\.ics) | (?<=/survey/)[\w-]{40,}""",
)
QUIET = ("authlib", "urllib3", "requests")  # they log verifiers and addresses when asked to


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "request_id": request_id(record),
            "message": cleaned(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = cleaned(self.formatException(record.exc_info))
        return json.dumps({name: value for name, value in line.items() if value})


def request_id(record: logging.LogRecord) -> str | None:
    known: str | None = getattr(record, "request_id", None)
    return known or (g.get("request_id") if has_request_context() else None)


def cleaned(text: str) -> str:
    return SECRET.sub(lambda hit: f"{hit[1]}=…" if hit[1] else "…", text)


def init_app(app: Flask) -> None:
    """All to standard error, where the service manager takes it; tests catch it themselves."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    if app.testing:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
