"""Samspil with demo data on this machine: `python3 run.py demo`.

PostgreSQL, the pretended organisations' sign-in, a mailbox, the worker and the web server, each a
program of its own. All end with this one: by Ctrl-C, by a closed terminal, by kill.
"""

import argparse
import logging
import os
import secrets
import sys
from pathlib import Path

from demo.options import options
from demo.processes import Ended, Processes, listen
from portal.embedded import NotStarted
from portal.settings import ROOT, embedded

HOST = "127.0.0.1"
SAMSPIL = "from portal.cli import samspil; samspil(prog_name='samspil')"
PYTHON: list[str | Path] = [sys.executable, "-P"]


def main() -> None:
    asked = options()
    folder = Path(asked.data).absolute()
    try:
        with Processes(folder / "log") as processes:
            start(processes, asked, folder)
            processes.wait()
    except (Ended, NotStarted) as why:
        sys.exit(f"demo: {why}")


def start(processes: Processes, asked: argparse.Namespace, folder: Path) -> None:
    """The ports first: whoever has taken one is told of before anything has begun."""
    web, mails, smtp = (listen(asked.port + offset) for offset in (0, 2, 3))
    issuers = asked.port + 1
    listen(issuers).close()
    os.environ |= {
        "PYTHONPATH": str(ROOT),
        "SAMSPIL_DEMO": "yes",
        "SAMSPIL_CONFIG": str(folder / "demo.toml"),
        "SAMSPIL_DATA": str(folder / "postgresql"),
        "SAMSPIL_DEMO_CLIENT_SECRET": secrets.token_urlsafe(32),
    }
    home = [*PYTHON, "-m", "demo.postgresql", embedded().home]
    processes.start("PostgreSQL", home, ready=True)
    prepare(asked, folder)
    provider = ["--port", str(issuers), "--portal", f"http://{HOST}:{asked.port}"]
    processes.start("the sign-in", [*PYTHON, "-m", "demo.provider", *provider], ready=True)
    sockets = [smtp.fileno(), mails.fileno()]
    box = [*PYTHON, "-m", "demo.mailbox", *map(str, sockets)]
    processes.start("the mailbox", box, ready=True, keep=sockets)
    samspil = [*PYTHON, "-c", SAMSPIL]
    processes.start("the worker", [*samspil, "worker"])
    serve = [*samspil, "web", "--workers", "2", "--bind", f"fd://{web.fileno()}"]
    processes.start("the web server", serve, ready=True, keep=[web.fileno()])
    for listener in (web, mails, smtp):
        listener.close()
    tell(asked, folder)


def prepare(asked: argparse.Namespace, folder: Path) -> None:
    """Here and not above: it loads the whole portal, which the first programs need not wait for."""
    from demo import setting_up

    logging.disable(logging.INFO)  # each application that fills would tell of its jobs here
    setting_up.write_settings(
        folder / "demo.toml",
        portal=f"http://{HOST}:{asked.port}",
        mail_port=asked.port + 3,
        checkpoints=folder / "checkpoints",
    )
    setting_up.fill(
        issuers=f"http://{HOST}:{asked.port + 1}",
        secret=os.environ["SAMSPIL_DEMO_CLIENT_SECRET"],
        day=asked.day,
        seed=asked.seed,
    )


def tell(asked: argparse.Namespace, folder: Path) -> None:
    here = {"SAMSPIL_CONFIG": folder / "demo.toml", "SAMSPIL_DATA": folder / "postgresql"}
    where = " ".join(f"{name}={path}" for name, path in here.items())
    print(f"Samspil:    http://{HOST}:{asked.port}")
    print(f"Mails:      http://{HOST}:{asked.port + 2}")
    print(f"Logs:       {folder / 'log'}")
    print(f"Commands:   {where} python3 run.py samspil …")
    print("Ctrl-C stops everything.", flush=True)


main()
