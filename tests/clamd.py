"""A virus scanner for tests: speaks clamd's protocol on a real socket, and knows one virus."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The text that every scanner takes for a virus; in two parts, or it would take this file for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingUnixStreamServer):
    """`learnt` are more texts that it takes for harmful; `says` is said instead of any verdict."""

    daemon_threads = True

    def __init__(self, place: Path) -> None:
        self.address = f"clamd:{place}"
        self.learnt: set[bytes] = set()
        self.says = ""
        self.scanned = 0
        super().__init__(str(place), Answer)

    def verdict(self, data: bytes) -> str:
        self.scanned += 1
        if self.says:
            return self.says
        found = data == EICAR or any(text in data for text in self.learnt)
        return "stream: Eicar-Test-Signature FOUND" if found else "stream: OK"


class Answer(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        command = self.command()
        told = (
            self.server.verdict(self.stream()) if command == "zINSTREAM" else "ClamAV 1.4.1/27000"
        )
        self.wfile.write(told.encode() + b"\0")

    def command(self) -> str:
        said = b""
        while not said.endswith(b"\0"):
            said += self.rfile.read(1)
        return said.rstrip(b"\0").decode()

    def stream(self) -> bytes:
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        return data


@contextmanager
def clamd(place: Path) -> Iterator[Clamd]:
    with Clamd(place) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
