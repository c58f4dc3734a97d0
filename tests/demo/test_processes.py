"""Real programs under real guards. Who still runs holds a pipe open, so its end is the proof."""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from demo.processes import ENDINGS, Ended, Processes, listen
from portal import embedded
from portal.embedded import Server

ROOT = Path(__file__).parent.parent.parent
LONG = 60  # seconds after which a test that waits in vain fails

FAMILY = """
import os, signal, subprocess, sys
child = '''import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()'''
for alone in (False, True):
    held = {"pass_fds": [int(sys.argv[1])], "stdout": subprocess.PIPE, "start_new_session": alone}
    subprocess.Popen([sys.executable, "-c", child], **held).stdout.readline()
print("ready", flush=True)
signal.pause()
"""

STARTER = f"""
import os, sys
from pathlib import Path
from demo.processes import Ended, Processes
held, logs = int(sys.argv[1]), Path(sys.argv[2])
family = [sys.executable, "-c", {FAMILY!r}, str(held)]
if os.isatty(0):
    os.open(os.ttyname(0), os.O_RDWR)  # now it is our terminal
with Processes(logs, grace=0.1) as processes:
    processes.start("the family", family, ready=True, keep=[held])
    processes.start("the other", sys.argv[3:] or family, ready=True, keep=[held])
    print(*(program.guard.pid for program in processes.programs), flush=True)
    processes.wait()
"""


class Starter:
    """A process that has started others, and the pipe that they all hold."""

    def __init__(self, logs: Path, *other: str | Path, ignoring: int = 0, **how: object) -> None:
        """With signals as a shell leaves them, but for one that it begins with ignored."""
        self.open, held = os.pipe()
        command = [sys.executable, "-c", STARTER, str(held), logs, *other]
        how |= {"pass_fds": [held], "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        how |= {"preexec_fn": lambda: begin(ignoring)}
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, **how)  # type: ignore[call-overload]  # noqa: S603 - how is of one kind
        os.close(held)
        self.guards = [int(pid) for pid in self.process.stdout.readline().split()]

    def everybody_is_gone(self) -> bool:
        return bool(select.select([self.open], [], [], LONG)[0]) and os.read(self.open, 1) == b""

    def somebody_is_there(self) -> bool:
        return not select.select([self.open], [], [], 0)[0]


def begin(ignoring: int) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN if number == ignoring else signal.SIG_DFL)


@contextmanager
def starter(logs: Path, *other: str | Path, **how: Any) -> Iterator[Starter]:
    started = Starter(logs, *other, **how)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()
        os.close(started.open)


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=embedded.open_folder(tempfile.gettempdir())))
    folder.rmdir()
    yield folder
    Server(folder).remove()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (signal.SIGINT, 0),
        (signal.SIGTERM, 0),
        (signal.SIGHUP, 0),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_however_the_starter_ends_nothing_it_started_goes_on(tmp_path, end, code):
    """Not even a daemon that heeds no SIGTERM."""
    with starter(tmp_path) as started:
        assert started.somebody_is_there()
        started.process.send_signal(end)
        assert started.everybody_is_gone()
        assert started.process.wait(LONG) == code
        assert started.process.stderr.read() == ""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_one_that_a_script_put_into_the_background_stops_when_told_to(tmp_path, end):
    """A shell lets such a job begin with SIGINT ignored."""
    with starter(tmp_path, ignoring=signal.SIGINT) as job:
        assert job.somebody_is_there()
        job.process.send_signal(end)
        assert job.everybody_is_gone()
        assert job.process.wait(LONG) == 0


def test_a_closed_terminal_ends_everything(tmp_path):
    ours, its = pty.openpty()
    with starter(tmp_path, stdin=its, start_new_session=True) as started:
        os.close(its)
        assert started.somebody_is_there()
        os.close(ours)
        assert started.everybody_is_gone()


def test_a_program_that_ends_is_named_with_its_last_words_and_takes_the_others_along(tmp_path):
    failing = "import sys; print('up', flush=True); sys.stdin.read(); sys.exit('No more paper.')"
    with starter(tmp_path, sys.executable, "-c", failing) as started:
        assert started.everybody_is_gone()
        last = started.process.communicate()[1].splitlines()[-1]
    log = tmp_path / "the-other.log"
    assert last == f"demo.processes.Ended: the other ended (code 1): No more paper. (log: {log})"


def test_a_program_that_is_killed_leaves_no_family_behind(tmp_path):
    with starter(tmp_path) as started:
        parents = {guard: children_of(guard) for guard in started.guards}
        os.kill(parents[started.guards[0]][0], signal.SIGKILL)
        assert started.everybody_is_gone()
        assert "the family ended (code 137)" in started.process.communicate()[1]


def test_signals_mean_afterwards_what_they_meant_before(tmp_path):
    before = [signal.getsignal(number) for number in ENDINGS]
    with Processes(tmp_path) as processes:
        assert [signal.getsignal(number) for number in ENDINGS] != before
        processes.start("one", ["cat"])
        os.kill(os.getpid(), signal.SIGTERM)
    assert [signal.getsignal(number) for number in ENDINGS] == before


def test_a_program_that_never_gets_ready_is_named(tmp_path):
    with Processes(tmp_path) as processes:
        with pytest.raises(Ended, match=r"the press ended \(code 3\): out of ink"):
            processes.start("the press", ["sh", "-c", "echo out of ink >&2; exit 3"], ready=True)
        processes.start("the reserve", ["sh", "-c", "echo ready; cat"], ready=True)


@pytest.mark.parametrize("victim", ["starter", "keeper", "nobody"])
def test_the_database_goes_with_whoever_started_it(tmp_path, home, victim):
    with starter(tmp_path, sys.executable, "-m", "demo.postgresql", home) as started:
        assert not is_down(home)
        if victim == "keeper":
            os.kill(children_of(started.guards[1])[0], signal.SIGKILL)
        else:
            end = signal.SIGKILL if victim == "starter" else signal.SIGTERM
            started.process.send_signal(end)
        assert started.everybody_is_gone()
    assert is_down(home)


def test_a_taken_port_is_one_sentence_and_a_free_one_serves(tmp_path):
    with listen(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Ended, match=f"Port {port} is taken by another program"):
            listen(port)
        (tmp_path / "hello.py").write_text(
            "def app(environ, start):\n    start('200 OK', [])\n    return [b'hello']\n"
        )
        server = [sys.executable, "-m", "gunicorn", "-b", f"fd://{listener.fileno()}", "hello:app"]
        where = ["--chdir", tmp_path, "--no-control-socket"]
        with Processes(tmp_path) as processes:
            processes.start("web", [*server, *where], keep=[listener.fileno()])
            with urlopen(f"http://127.0.0.1:{port}", timeout=LONG) as answer:
                assert answer.read() == b"hello"


def children_of(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_down(home: Path) -> bool:
    with (home / "alive").open() as alive:
        return embedded.hold(alive)
