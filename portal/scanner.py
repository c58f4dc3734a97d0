"""ClamAV, asked over its socket whether a file is harmful (the protocol of clamd: INSTREAM)."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

TIMEOUT = 30.0  # seconds for each answer
CHUNK = 2**16
MOST_ANSWERED = 4096
NONE = "none"


class Unavailable(Exception):
    """The scanner does not answer, or not with a verdict. Nothing is known of the file."""


def is_used(address: str) -> bool:
    """Whether there is one: without, the operator has decided so in the settings."""
    return address.startswith("clamd:")


def finding(address: str, data: bytes) -> str | None:
    """What was found in the file, such as `Eicar-Signature`; None where it is clean.

    Raises Unavailable.
    """
    with calling(address) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(chunk)) + chunk)
        line.sendall(struct.pack(">I", 0))
        said = answer(line)
    _stream, _colon, verdict = said.partition(": ")
    if verdict == "OK":
        return None
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise Unavailable(said)


def version(address: str) -> str:
    """What it calls itself and its signatures. Raises Unavailable."""
    with calling(address) as line:
        line.sendall(b"zVERSION\0")
        return answer(line)


@contextmanager
def calling(address: str) -> Iterator[socket.socket]:
    place = address.removeprefix("clamd:")
    try:
        with connected(place) as line:
            yield line
    except OSError as error:
        raise Unavailable(str(error)) from None


def connected(place: str) -> socket.socket:
    if not place.startswith("/"):
        host, _colon, port = place.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=TIMEOUT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(TIMEOUT)
    try:
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def answer(line: socket.socket) -> str:
    """Up to the sign that ends it. Raises Unavailable."""
    told = b""
    while not told.endswith(b"\0"):
        more = line.recv(CHUNK)
        if not more or len(told) > MOST_ANSWERED:
            raise Unavailable("no whole answer")
        told += more
    return told.rstrip(b"\0").decode("utf-8", "replace").strip()
