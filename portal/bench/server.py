"""The web server as it is started everywhere, with the bare route beside the portal in each worker.

`python -c "from portal.bench.server import serve; serve('127.0.0.1:8001')"`
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

from portal.bench.measured import Asker, Measured, beside_bare
from portal.identity.sessions import BrowserSessions
from portal.settings import ROOT

WORKERS = 2
TIMEOUT = 60  # seconds
COMMAND = "from portal.bench.server import serve; serve({address!r})"


def serve(address: str) -> None:
    from portal.app import create_app
    from portal.serving import Web

    Web(beside_bare(create_app()), [address], WORKERS).run()


@dataclass
class Server:
    """A running one, asked over a connection that stays open."""

    measured: Measured
    process: int
    connection: HTTPConnection

    @property
    def address(self) -> str:
        return f"{self.connection.host}:{self.connection.port}"

    def get(self, path: str, asker: Asker | None, headers: Mapping[str, str]) -> float:
        """Seconds from the request to the last byte of the answer."""
        sent = dict(headers) | {"Host": urlsplit(self.measured.settings.base_url).netloc}
        if asker:
            name = BrowserSessions(self.measured.settings).token_cookie
            sent["Cookie"] = f"{name}={asker.token}"
        begun = time.perf_counter()
        try:
            status = self.ask(path, sent)
        except (RemoteDisconnected, ConnectionResetError):  # idle for too long
            self.connection.close()
            begun = time.perf_counter()
            status = self.ask(path, sent)
        took = time.perf_counter() - begun
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return took

    def ask(self, path: str, headers: Mapping[str, str]) -> int:
        self.connection.request("GET", path, headers=dict(headers))
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    @contextmanager
    def another(self) -> Iterator["Server"]:
        """The same one, over a connection of its own."""
        with closing(HTTPConnection(self.address, timeout=TIMEOUT)) as connection:
            yield Server(self.measured, self.process, connection)

    def processor_times(self) -> dict[Path, float]:
        """Seconds that each thread of the workers has run; one that ends meanwhile is left out."""
        found = {}
        for worker in self.workers:
            for task in Path(f"/proc/{worker}/task").iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):
                    found[task] = int((task / "schedstat").read_text("ascii").split()[0]) / 1e9
        return found

    @property
    def workers(self) -> list[int]:
        found = Path(f"/proc/{self.process}/task/{self.process}/children").read_text("ascii")
        return [int(child) for child in found.split()]

    def fullest(self) -> float:
        """Megabytes (PSS) of the worker that has most."""
        return max(megabytes(worker) for worker in self.workers)


def megabytes(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(kilobytes) / 1024


@contextmanager
def served(measured: Measured) -> Iterator[Server]:
    """On a port of its own, on the same database."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{chosen.getsockname()[1]}"
    url = measured.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(  # noqa: S603  (our own words)
        [sys.executable, "-P", "-c", COMMAND.format(address=address)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None  # noqa: S101  (asked for above)
        process.stdout.readline()
        with closing(HTTPConnection(address, timeout=TIMEOUT)) as connection:
            yield Server(measured, process.pid, connection)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
