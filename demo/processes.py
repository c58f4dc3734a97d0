"""Start programs so that none outlives the one that started them, however that one ends.

Each program runs under a guard, a small process of this file. The guard reads a pipe, the lifeline,
whose other end only the starter holds: when the starter ends, by Ctrl-C, by a closed terminal or by
kill -9, the kernel closes that end and the guard ends its program with all that came of it. This
needs no parent's death signal, which the children of children do not inherit, and works on every
Unix; on Linux the guard also adopts orphans, so that not even a daemon escapes.

    with Processes(log_folder) as processes:
        processes.start("PostgreSQL", [sys.executable, "-m", "demo.postgresql", home], ready=True)
        processes.start("the web server", [sys.executable, "-m", "gunicorn", ...])
        processes.wait()

Leaving the block stops everything, last started first. Nothing is restarted.
"""

import ctypes
import errno
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux


class Ended(Exception):
    """A program ended by itself, or has no port to listen on: one sentence for the reader."""


@dataclass(frozen=True)
class Program:
    name: str
    guard: subprocess.Popen[bytes]
    log: Path
    alive: int  # the end of a pipe that is readable when the guard has ended


class Processes:
    """What one starter runs. Its signals end the block; it must not fork without exec."""

    def __init__(self, logs: Path, grace: float = 10) -> None:
        """`grace`: seconds between asking a program to end and ending it."""
        self.logs = logs
        self.grace = grace
        self.programs: list[Program] = []
        self.lifeline, self.held = os.pipe()

    def __enter__(self) -> "Processes":
        """From here SIGTERM and SIGHUP are what Ctrl-C is; under nohup SIGHUP stays ignored.

        SIGINT too where it was ignored, as a script's background jobs begin: told to, we stop.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        self.before = {number: signal.getsignal(number) for number in ENDINGS}
        for number, handler in self.before.items():
            if number != signal.SIGHUP or handler != signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Being told to stop is no error."""
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        for number, handler in self.before.items():
            signal.signal(number, handler)
        return kind is KeyboardInterrupt

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        ready: bool = False,
        keep: Sequence[int] = (),
    ) -> None:
        """Start it with its words in a log of its own; `keep` are sockets that it is given.

        With `ready` this waits until it has said a line on its standard output.

        Raises:
            Ended: it ended before it was ready.
        """
        log = self.logs / (re.sub(r"\W+", "-", name.lower()) + ".log")
        mine, its = os.pipe()
        descriptors = ",".join(map(str, keep))
        guard = [sys.executable, "-I", __file__, str(self.lifeline), str(self.grace), descriptors]
        with log.open("wb") as words:
            process = subprocess.Popen(  # noqa: S603 - the caller's own command
                [*guard, *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if ready else words,
                stderr=words,
                pass_fds=[self.lifeline, its, *keep],
                start_new_session=True,
            )
        os.close(its)
        program = Program(name, process, log, mine)
        self.programs.append(program)
        if process.stdout and not process.stdout.readline():
            raise Ended(self.last_words(program))

    def wait(self) -> None:
        """Until a signal comes.

        Raises:
            Ended: one of the programs ended by itself.
        """
        ended, _, _ = select.select([program.alive for program in self.programs], [], [])
        raise Ended(self.last_words(next(p for p in self.programs if p.alive in ended)))

    def last_words(self, program: Program) -> str:
        code = program.guard.wait()
        lines = [line for line in program.log.read_text("utf-8", "replace").splitlines() if line]
        said = lines[-1] if lines else "without a word"
        return f"{program.name} ended (code {code}): {said} (log: {program.log})"

    def stop(self) -> None:
        """The last started first, so that the database goes when nobody asks it any more."""
        while self.programs:
            program = self.programs.pop()
            program.guard.terminate()
            program.guard.wait()
            os.close(program.alive)
            if program.guard.stdout:
                program.guard.stdout.close()
        os.close(self.held)
        os.close(self.lifeline)


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A listening socket to hand to a server by `keep` and `fd://`: taken once, and not lost.

    Raises:
        Ended: another program has the port.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Ended(f"Port {port} is taken by another program; choose another port.") from None
        raise Ended(f"Port {port} cannot be used: {error.strerror}.") from None
    return listener


# The guard


def guard(lifeline: int, grace: float, keep: Sequence[int], command: Sequence[str]) -> int:
    """Run the command until it ends, the lifeline closes or SIGTERM comes; leave nothing behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    news = hear(signal.SIGTERM, signal.SIGCHLD)
    child = subprocess.Popen(command, pass_fds=keep)  # noqa: S603 - the caller's own command
    while (code := child.poll()) is None:
        told, _, _ = select.select([lifeline, news], [], [])
        if lifeline in told or signal.SIGTERM in os.read(news, 64):
            code = 0
            break
    end_all(news, grace)
    return code if code >= 0 else 128 - code


def hear(*signals: signal.Signals) -> int:
    """Where the numbers of these signals can be read as they come."""
    news, teller = os.pipe()
    os.set_blocking(teller, False)
    signal.set_wakeup_fd(teller)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return news


def end_all(news: int, grace: float) -> None:
    """Ask all that came of the command to end, and after the grace end it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    for pid in children():
        if os.getpgid(pid) != os.getpgrp():
            os.kill(pid, signal.SIGTERM)
    while not none_left(news, grace):
        grace = 0.1  # for those who become ours as their parents end
        for pid in children() or [0]:  # without /proc: the whole group, and with it us
            os.kill(pid, signal.SIGKILL)


def children() -> list[int]:
    """The processes that are ours or that we have adopted; none where there is no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            parent = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def none_left(news: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if select.select([news], [], [], left)[0]:
            os.read(news, 64)


if __name__ == "__main__":
    _, held, beat, sockets, *rest = sys.argv
    sys.exit(guard(int(held), float(beat), [int(n) for n in sockets.split(",") if n], rest))
