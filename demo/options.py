"""What `python3 run.py demo` may be told. Standard library only: its help is shown at once."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

PORT, SEED = 5000, 1
DATA = Path(__file__).resolve().parent.parent / "data"


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Of these, or of the command line's own; ends the program when help is asked for."""
    parser = argparse.ArgumentParser(prog="run.py demo", description="Samspil with demo data.")
    ports = "the portal's; the sign-in, the mailbox page and SMTP take the three after it"
    parser.add_argument("--port", type=int, default=PORT, help=f"{ports} (%(default)s)")
    day = "YYYY-MM-DD, the day on which the made-up people stand where they are (today)"
    parser.add_argument("--day", type=date.fromisoformat, default=date.today(), help=day)  # noqa: DTZ011  (this machine's day will do)
    seed = "of the people who are made up: the same seed and day, the same people (%(default)s)"
    parser.add_argument("--seed", type=int, default=SEED, help=seed)
    parser.add_argument("--data", default=DATA, help="where all of it is kept (%(default)s)")
    return parser.parse_args(arguments)
