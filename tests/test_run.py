"""run.py as a newcomer meets it: in a folder of its own, with real environments and a real pip.

npm is a stand-in of two lines, so that these tests ask for no network; the real one made the files
that the other tests use.
"""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest

import run

ROOT = Path(__file__).parent.parent
NEWCOMERS = f"{sys.base_prefix}/bin/python3.{sys.version_info[1]}"  # not our environment's
LONG = 120  # seconds after which a test that waits in vain fails
NPM = """#!/bin/sh
/bin/mkdir -p node_modules/pack && echo body > node_modules/pack/pack.css
"""
NO_NETWORK = """#!/bin/sh
echo "npm error code ENOTFOUND"; exit 1
"""

BRING = "/bin/cp chromium.deb chromium"


class Clone:
    """A small project that run.py sets up: one package, one asset, a demo that prints its words."""

    in_background = False

    def __init__(self, root: Path, shelf: Path) -> None:
        self.root, self.shelf, self.tools = root, shelf, shelf / "tools"
        for folder in (root / "config", root / "demo", self.tools):
            folder.mkdir(parents=True)
        for file in ("run.py", "pyproject.toml"):
            copy(ROOT / file, root)
        wheel = self.make_wheel()
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        self.write("requirements.lock", f"leaf==1.0 --hash=sha256:{digest}\n")
        self.write("requirements-test.lock", "")
        self.write("package.json", "{}")
        self.write("package-lock.json", "{}")
        asset = '[[files]]\npackage = "pack"\nfrom = ["*.css"]\nto = "pack/css"\n'
        self.write("config/assets.toml", asset)
        self.write("demo/__main__.py", "import sys, leaf; print(leaf.WORD, *sys.argv[1:])")
        self.tool("npm", NPM)
        self.tool("node", NPM)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")

    def tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text, "utf-8")
        (self.tools / name).chmod(0o755)

    def npm_as_a_package(self) -> None:
        """What brings npm where the machine has none, by a lock file of its own."""
        wheel, about = self.shelf / "node-1.0-py3-none-any.whl", "node-1.0.dist-info"
        named = "Metadata-Version: 2.1\nName: node\nVersion: 1.0\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            program = zipfile.ZipInfo("node-1.0.data/scripts/npm")
            program.external_attr = 0o100755 << 16  # a regular file
            archive.writestr(program, NPM)
            archive.writestr(f"{about}/METADATA", named)
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", f"node-1.0.data/scripts/npm,,\n{about}/RECORD,,\n")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        self.write("requirements-node.lock", f"node==1.0 --hash=sha256:{digest}\n")

    def make_wheel(self) -> Path:
        wheel = self.shelf / "leaf-1.0-py3-none-any.whl"
        about = "leaf-1.0.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("leaf.py", "WORD = 'hello'")
            archive.writestr(
                f"{about}/METADATA", "Metadata-Version: 2.1\nName: leaf\nVersion: 1.0\n"
            )
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", f"leaf.py,,\n{about}/RECORD,,\n")
        return wheel

    def start(self, *arguments: str, index: str = "", **more: str) -> "subprocess.Popen[str]":
        """With an index, only that is asked for packages; without, only the shelf."""
        source = {"PIP_INDEX_URL": index} if index else {"PIP_FIND_LINKS": str(self.shelf)}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
        pip |= source if index else source | {"PIP_NO_INDEX": "1"}
        return subprocess.Popen(  # noqa: S603 - our own run.py
            [NEWCOMERS, str(self.root / "run.py"), *arguments],
            env={"PATH": str(self.tools), "HOME": str(self.shelf)} | pip | more,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=self.begin,
        )

    def begin(self) -> None:
        """With signals as a shell leaves them, however these tests were started."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if self.in_background:  # of a script
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self, *arguments: str, index: str = "", **more: str) -> tuple[int, str, str]:
        process = self.start(*arguments, index=index, **more)
        out, err = process.communicate(timeout=LONG)
        return process.returncode, out, err


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone", tmp_path / "shelf")


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package server that takes calls and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(LONG)
        yield server


def address(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/simple"


def closed_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return address(server)


def sentence(err: str) -> str:
    """What run.py said last; it is one line, and no trace of Python."""
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_the_first_start_sets_up_and_the_second_is_at_once(clone):
    assert clone.run("demo", "--port", "1")[:2] == (0, "hello --port 1\n")
    served = clone.root / "portal/static/vendor"
    css = hashlib.sha256((served / "pack/css/pack.css").read_bytes()).hexdigest()
    assert json.loads((served / "manifest.json").read_text()) == {
        "vendor/pack/css/pack.css": css[:16]
    }
    clone.tool("npm", NO_NETWORK)
    assert clone.run("demo", index=closed_address()) == (0, "hello\n", "")


def test_help_needs_nothing_that_would_have_to_be_installed(clone):
    clone.write("demo/__init__.py", "")
    copy(ROOT / "demo/options.py", clone.root / "demo")
    code, out, err = clone.run("demo", "--help", index=closed_address())
    assert (code, err) == (0, "")
    for option in ("--port", "--day", "--seed", "--data"):
        assert option in out
    assert "mailbox" in out
    assert not (clone.root / ".venv").exists()


def test_without_npm_one_is_fetched_by_a_lock_file_of_its_own(clone):
    for tool in ("npm", "node"):
        (clone.tools / tool).unlink()
    clone.write("requirements-node.lock", "node==1.0 --hash=sha256:" + "0" * 64 + "\n")
    code, _, err = clone.run("demo")
    assert (code, "run.py: Installing Python packages did not" in sentence(err)) == (1, True)
    clone.npm_as_a_package()
    code, out, err = clone.run("demo")
    assert (code, out) == (0, "hello\n"), err
    assert "Installing requirements-node.lock" in err
    assert (clone.root / "portal/static/vendor/pack/css/pack.css").exists()
    assert clone.run("demo")[2] == ""


def test_what_failed_is_said_in_a_sentence_and_made_up_for_later(clone):
    code, _, err = clone.run("demo", index=closed_address(), PIP_RETRIES="1")
    assert (code, "the download failed; is there a network" in sentence(err)) == (1, True)
    clone.tool("npm", NO_NETWORK)
    code, _, err = clone.run("demo")
    assert (code, "browser assets did not work: the download failed" in sentence(err)) == (1, True)
    clone.tool("npm", NPM)
    assert clone.run("demo")[:2] == (0, "hello\n")


def test_a_package_that_is_not_the_locked_one_is_refused(clone):
    with zipfile.ZipFile(clone.shelf / "leaf-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr("more.py", "")
    code, _, err = clone.run("demo")
    assert (code, "not what the lock file names" in sentence(err)) == (1, True)


@pytest.mark.parametrize(
    ("end", "in_background"),
    [
        (signal.SIGINT, False),
        (signal.SIGTERM, False),
        (signal.SIGHUP, False),
        (signal.SIGINT, True),
    ],
)
def test_a_set_up_that_is_cut_short_is_begun_anew(clone, silent_index, end, in_background):
    clone.in_background = in_background
    process = clone.start("demo", index=address(silent_index))
    with closing(silent_index.accept()[0]):
        os.killpg(process.pid, end)
        _, err = process.communicate(timeout=LONG)
    assert (process.returncode, sentence(err)[:16]) == (1, "run.py: Stopped.")
    assert clone.run("demo")[:2] == (0, "hello\n")


def test_a_download_that_outlives_a_killed_set_up_is_waited_for(clone, silent_index):
    first = clone.start("demo", index=address(silent_index))
    with closing(silent_index.accept()[0]):
        first.kill()
        first.wait(LONG)
        second = clone.start("demo")
        assert "waiting for it" in second.stderr.readline()
    assert second.communicate(timeout=LONG)[0] == "hello\n"
    first.communicate(timeout=LONG)


def test_a_half_made_environment_is_not_trusted(clone):
    clone.run("demo")
    (leaf,) = (clone.root / ".venv").rglob("leaf.py")
    leaf.unlink()
    (clone.root / ".venv/samspil.json").unlink()
    assert clone.run("demo")[:2] == (0, "hello\n")


def test_another_place_or_lock_file_means_another_environment(clone, tmp_path):
    clone.run("demo")
    clone.root = clone.root.rename(tmp_path / "moved")
    assert "Installing requirements.lock" in clone.run("demo")[2]
    assert clone.run("demo")[2] == ""
    with (clone.root / "requirements.lock").open("a") as lock:
        lock.write("# newer\n")
    assert "Installing requirements.lock" in clone.run("demo")[2]


def test_the_tests_need_a_browser(clone):
    code, _, err = clone.run("test")
    assert (code, "The tests need chromium; install it" in sentence(err)) == (1, True)
    code, _, err = clone.run("test", SAMSPIL_CHROMIUM="/no/browser")
    assert (code, "/no/browser, which cannot be run" in sentence(err)) == (1, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs for the whole machine")
def test_root_gets_the_browser_from_the_system(clone):
    """apt-get is a stand-in too: the browser it brings is found only if it was told to update."""
    (clone.root / ".venv").symlink_to(sys.prefix)
    done = clone.tools / "updated"
    clone.tool("chromium.deb", "#!/bin/sh\n")
    steps = f"case $1 in update) > {done};; install) . {done} && cd {clone.tools} && {BRING};; esac"
    clone.tool("apt-get", f"#!/bin/sh\n{steps}\n")
    code, out, err = clone.run("test", "--version")
    assert (code, out.split()[0]) == (0, "pytest")
    assert "Installing chromium" in err
    assert "Installing chromium" not in clone.run("test", "--version")[2]


def test_the_first_check_that_fails_is_named(clone):
    """In an environment that is a link, here to the one that runs this test."""
    (clone.root / ".venv").symlink_to(sys.prefix)
    clone.write("untidy.py", "import os\n")
    code, out, err = clone.run("test", SAMSPIL_CHROMIUM="/bin/sh")
    assert (code, out) == (1, "")
    assert "run.py: ruff check found something:" in err
    assert "untidy.py" in err
    clone.write("untidy.py", "")
    clone.write("demo/__main__.py", "")
    assert "ruff format: fine" in clone.run("test", SAMSPIL_CHROMIUM="/bin/sh")[2]


def test_pytest_arguments_mean_pytest_alone(clone):
    (clone.root / ".venv").symlink_to(sys.prefix)
    clone.write("untidy.py", "import os\n")
    clone.write("test_one.py", "def test_one(): pass")
    code, out, _ = clone.run("test", "-q", "test_one.py", SAMSPIL_CHROMIUM="/bin/sh")
    assert (code, "1 passed" in out) == (0, True)


def test_an_asset_that_is_not_there_is_named(clone):
    clone.write("config/assets.toml", '[[files]]\npackage = "pack"\nfrom = ["x.js"]\nto = "x"')
    code, _, err = clone.run("demo")
    assert (code, "asks the package pack for x.js" in sentence(err)) == (1, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(clone):
    clone.root.chmod(0o555)
    code, _, err = clone.run("demo")
    clone.root.chmod(0o755)
    assert (code, "may not be written" in sentence(err)) == (1, True)
    assert clone.run("demo")[0] == 0


def test_without_a_command_the_commands_are_told(clone):
    code, _, err = clone.run()
    assert (code, "python3 run.py demo" in err) == (1, True)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "no space left"),
        ("npm error code ENOSPC\nnpm error syscall write", "no space left"),
        ("npm error code ECONNREFUSED\nnpm error network request failed", "is there a network"),
        ("Retrying after connection broken by 'NewConnectionError(…)'", "is there a network"),
        ("E: Failed to fetch …  Temporary failure resolving", "is there a network"),
        ("npm error code EINTEGRITY", "not what the lock file names"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("npm error code EACCES\nnpm error syscall mkdir", "may not be written"),
    ],
)
def test_what_the_installers_say_gets_a_meaning(said, meaning):
    assert meaning in run.reason(said)


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==\S+", (ROOT / name).read_text(), re.MULTILINE))


def test_the_lock_files_fit_on_each_other_and_name_no_host():
    assert pins("requirements.lock")
    assert pins("requirements.lock") <= pins("requirements-test.lock")
    run.refuse_hosts()
