#!/usr/bin/env python3
"""Everything Samspil needs, by one command; nothing but Python and pip must be there.

    python3 run.py demo [options]           set up what is missing, start Samspil with demo data
    python3 run.py test [pytest arguments]  set up what is missing, run the checks and the tests
    python3 run.py samspil COMMAND …        the command line of the program
    python3 run.py lock [--upgrade]         refresh the lock files

What is set up: `.venv` from the hash-locked requirements, `node_modules` from package-lock.json,
and from it `portal/static/vendor` by config/assets.toml. A stamp is written when all else is there,
so a later start is at once, and what was cut short is thrown away and made anew.
A `.venv` or `node_modules` that is a link is somebody's own choice and used as it is.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one gets a sentence
    sys.exit("run.py: Samspil needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
if sys.platform == "win32":
    sys.exit("run.py: Samspil runs on Linux and macOS; on Windows run it inside WSL.")

import errno
import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "samspil.json"
LOG = ROOT / "data" / "setup.log"
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "portal" / "static" / "vendor"
ASSETS = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / "config" / "assets.toml")
NPM_SETTINGS = ("/usr/etc/npmrc", "/usr/local/etc/npmrc", "/etc/npmrc")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SAMSPIL = "from portal.cli import samspil; samspil(prog_name='samspil')"
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

QUIETLY = "--quiet --no-input --disable-pip-version-check --only-binary=:all: --require-hashes"
HOSTLESS = "--universal --generate-hashes --no-emit-index-url --no-header --no-annotate"

CHECKS: dict[str, Sequence[str]] = {
    "ruff check": ("-m", "ruff", "check", "--quiet", "."),
    "ruff format": ("-m", "ruff", "format", "--diff", "--quiet", "."),
    "types (mypy)": ("-m", "mypy", "--no-error-summary"),
    "import contracts": ("-c", LINT_IMPORTS),
    "templates (djlint)": ("-m", "djlint", "--lint", "--quiet", "templates", "demo"),
}

# What pip, npm and apt say, and what it means to the reader; the first that fits.
REASONS = {
    r"No space left|ENOSPC|Disk quota|EDQUOT": f"no space left (for {ROOT} or temporary files)",
    r"DO NOT MATCH THE HASHES|EINTEGRITY": "a download is not what the lock file names",
    r"CERTIFICATE_VERIFY|SELF_SIGNED|UNABLE_TO_": "the server's certificate is not trusted here",
    r"NewConnectionError|NameResolutionError|Max retries|ConnectionResetError|ConnectTimeout"
    r"|Read timed out|ProxyError|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
    r"|Failed to fetch|Temporary failure|HTTP error|error E[45]\d\d|client error|dns error": (
        "the download failed; is there a network, and does it reach the package server?"
    ),
    r"No matching distribution": "the server cannot be reached, or lacks it for this machine",
    r"EACCES|EPERM|EROFS|Permission denied|Read-only file": "a file or folder may not be written",
}


class Failed(Exception):
    """What went wrong, in one sentence for the person at the keyboard."""


def main(command: str = "", *arguments: str) -> None:
    if command not in COMMANDS:
        sys.exit((__doc__ or "").partition("\n\nWhat")[0])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)  # SIGINT too in a background job
    try:
        COMMANDS[command](arguments)
    except Failed as failure:
        sys.exit(f"run.py: {failure}")
    except OSError as error:
        sys.exit(f"run.py: {in_words(error)}")
    except KeyboardInterrupt:
        sys.exit("run.py: Stopped. The next start takes up what is missing.")


def demo(arguments: Sequence[str]) -> None:
    if {"-h", "--help"} & {*arguments}:  # of the standard library: nothing need be installed
        importlib.import_module("demo.options").options(arguments)
    set_up("requirements.lock")
    become("-m", "demo", *arguments)


def samspil(arguments: Sequence[str]) -> None:
    set_up("requirements.lock")
    become("-c", SAMSPIL, *arguments)


def test(arguments: Sequence[str]) -> None:
    """Checks and all tests, or only pytest with the arguments given; never without a browser."""
    os.environ["SAMSPIL_CHROMIUM"] = chromium()
    set_up("requirements.lock", "requirements-test.lock")
    os.chdir(ROOT)
    if not arguments:
        check()
    become("-m", "pytest", *(arguments or ("-n", "2", "--dist", "worksteal")))


def lock(arguments: Sequence[str]) -> None:
    """Versions already locked stay, save with --upgrade; no host gets into the files.

    The test file is held to the versions of the other, so that it can be installed on top of it.
    """
    with one_at_a_time(), tempfile.TemporaryDirectory() as folder:
        make_venv(Path(folder))
        step("Fetching uv", [*pip(Path(folder)), "install", "--quiet", "uv"])
        compiler = [f"{folder}/bin/uv", "pip", "compile", *HOSTLESS.split(), *arguments]
        for name in ("requirements", "requirements-test", "requirements-node"):
            held = ["--constraint=requirements.lock"] if name == "requirements-test" else []
            command = [*compiler, *held, f"{name}.in", "-o", f"{name}.lock"]
            step(f"Locking {name}", command, uv_settings())
        npm, environment = npm_command()
        command = [npm, "install", "--package-lock-only", "--ignore-scripts", "--no-audit"]
        step("Locking the browser assets", command, environment)
    refuse_hosts()


def become(*arguments: str) -> None:
    """Leave the process to the program, so that signals reach it and not us."""
    sys.stdout.flush()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path}
    os.execve(PYTHON, [str(PYTHON), "-P", *arguments], environment)  # noqa: S606 - no shell wanted


# Setting up


def set_up(*requirements: str) -> None:
    """All that `requirements` and the browser assets need. Of two at once, one waits."""
    if not is_installed(*requirements) or not assets_are_there():
        with one_at_a_time():
            install(*requirements)
            install_assets()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Installers inherit the lock: one that outlives us, killed, is waited for and not met."""
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work here; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        os.set_inheritable(file.fileno(), True)
        yield


def installed() -> dict[str, str]:
    """Lock file -> hash of what .venv was made from; empty if it is half made or made elsewhere."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return stamp if stamp.pop("place", "") == place() and PYTHON.exists() else {}


def place() -> str:
    """A virtual environment works only where, and with the Python that, it was made."""
    return f"{VENV} {sys.version_info[0]}.{sys.version_info[1]}"


def is_installed(*requirements: str) -> bool:
    wanted = {name: digest(ROOT / name) for name in requirements}
    return VENV.is_symlink() or wanted.items() <= installed().items()


def install(*requirements: str) -> None:
    """On top of what is there, unless that is half made or a lock file has changed since."""
    if is_installed(*requirements):
        return
    stamp = installed()
    if not stamp or any(digest(ROOT / name) != known for name, known in stamp.items()):
        stamp = {}
        make_venv(VENV)
    STAMP.unlink(missing_ok=True)
    say(f"Installing {', '.join(requirements)}; the first time takes about a minute …")
    files = [f"--requirement={name}" for name in requirements]
    step("Installing Python packages", [*pip(VENV), "install", *QUIETLY.split(), *files])
    stamp |= {name: digest(ROOT / name) for name in requirements}
    write_at_once(STAMP, json.dumps(stamp | {"place": place()}))


def make_venv(folder: Path) -> None:
    """Its own pip takes seconds, and where there is no ensurepip (Debian) is not to be had."""
    if folder.exists():
        shutil.rmtree(folder)
    if not serves_others() and not importlib.util.find_spec("ensurepip"):
        raise Failed("This Python has no pip; install it (Debian: apt install python3-pip).")
    own = ["--without-pip"] if serves_others() else []
    step("Making .venv", [sys.executable, "-m", "venv", *own, str(folder)])


def serves_others() -> bool:
    """Whether the running Python's pip knows --python; since 22.3 it does."""
    with suppress(PackageNotFoundError):
        return tuple(map(int, version("pip").split(".")[:2])) >= (22, 3)
    return False


def pip(venv: Path) -> list[str]:
    python = str(venv / "bin" / "python")
    theirs = [sys.executable, "-m", "pip", "--python", python]
    return theirs if serves_others() else [python, "-m", "pip"]


def assets_are_there() -> bool:
    made = (VENDOR / ".stamp").exists() and PACKAGES.exists()
    return made and (VENDOR / ".stamp").read_text("utf-8") == digest(*ASSETS)


def install_assets() -> None:
    if assets_are_there():
        return
    shutil.rmtree(VENDOR, ignore_errors=True)
    if not PACKAGES.is_symlink():
        say("Installing browser assets …")
        npm, environment = npm_command()
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        step("Installing browser assets", command, environment)
    manifest = {address: digest(file)[:16] for address, file in copy_assets()}
    write_at_once(VENDOR / "manifest.json", json.dumps(manifest, indent=1))
    write_at_once(VENDOR / ".stamp", digest(*ASSETS))


def copy_assets() -> Iterator[tuple[str, Path]]:
    """Address below portal/static of each file that is served, and where it now lies."""
    for rule in tomllib.loads(ASSETS[-1].read_text("utf-8"))["files"]:
        folder = VENDOR / rule["to"]
        folder.mkdir(parents=True, exist_ok=True)
        for glob in rule["from"]:
            for file in matches(rule["package"], glob):
                yield f"vendor/{rule['to']}/{file.name}", Path(shutil.copy(file, folder))


def matches(package: str, glob: str) -> list[Path]:
    if found := sorted((PACKAGES / package).glob(glob)):
        return found
    raise Failed(f"config/assets.toml asks the package {package} for {glob}, which it lacks.")


def npm_command() -> tuple[str, dict[str, str]]:
    """The machine's npm, or one from the package index, told what the machine's would know."""
    environment = dict(os.environ)
    authorities = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
    if authorities:
        environment.setdefault("NODE_EXTRA_CA_CERTS", authorities)
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return npm, environment
    install("requirements-node.lock")
    settings = [file for file in NPM_SETTINGS if Path(file).exists()]
    if settings and not any(name.lower() == "npm_config_globalconfig" for name in environment):
        environment["npm_config_globalconfig"] = settings[0]
    environment["PATH"] = os.pathsep.join((str(VENV / "bin"), os.environ.get("PATH", os.defpath)))
    return str(VENV / "bin" / "npm"), environment


def uv_settings() -> dict[str, str]:
    """uv does not read what pip is told about the package index."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - own
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return ({"UV_DEFAULT_INDEX": index} if index else {}) | os.environ


def refuse_hosts() -> None:
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"]
    if named := [file.name for file in locks if "://" in file.read_text("utf-8")]:
        raise Failed(f"{', '.join(named)} would name a host; see which setting put it there.")


def chromium() -> str:
    """The browser of the tests: as set, as found, or from the system's packages."""
    chosen = os.environ.get("SAMSPIL_CHROMIUM")
    if chosen and not shutil.which(chosen):
        raise Failed(f"SAMSPIL_CHROMIUM names {chosen}, which cannot be run.")
    browser = next(filter(None, map(shutil.which, [chosen] if chosen else BROWSERS)), None)
    return browser or install_chromium()


def install_chromium() -> str:
    needed = "apt-get update && apt-get install -y --no-install-recommends chromium"
    if os.geteuid() or not shutil.which("apt-get"):
        how = f"run as root: {needed}" if shutil.which("apt-get") else "install it"
        raise Failed(f"The tests need chromium; {how} (or let SAMSPIL_CHROMIUM name a browser).")
    say("Installing chromium for the tests …")
    with one_at_a_time():
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in needed.split(" && "):
            step("Installing chromium", command.split(), environment)
    if browser := next(filter(None, map(shutil.which, BROWSERS)), None):
        return browser
    raise Failed("apt-get installed chromium, yet no chromium is found on the PATH.")


# Checking


def check() -> None:
    """All at the same time; the first in their order that fails is told, and ends the run."""
    running = {name: start_check(arguments) for name, arguments in CHECKS.items()}
    try:
        for name, process in running.items():
            output, _ = process.communicate()
            if process.returncode:
                raise Failed(f"{name} found something:\n\n{output}")
            say(f"{name}: fine")
    finally:
        for process in running.values():
            process.kill()


def start_check(arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - the commands of CHECKS
        [PYTHON, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


# Speaking and writing


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def step(what: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """One program of the set-up, silent unless it fails; then its words are in the log."""
    done = subprocess.run(  # noqa: S603 - each command is spelled out above
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        close_fds=False,  # the lock goes along
    )
    if done.returncode:
        raise Failed(f"{what} did not work: {reason(done.stdout)}")


def reason(output: str) -> str:
    known = (meaning for words, meaning in REASONS.items() if re.search(words, output))
    if meaning := next(known, None):
        return meaning
    LOG.write_text(output, "utf-8")
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no word why")
    return f"{last.strip().rstrip('.')} (all of it: {LOG})"


def in_words(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk of {error.filename or ROOT}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or ROOT} may not be written; set it up in a folder of your own."
    return f"{error.strerror or error}: {error.filename or ROOT}."


def digest(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def write_at_once(file: Path, text: str) -> None:
    """Whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.write_text(text, "utf-8")
    new.replace(file)


COMMANDS = {command.__name__: command for command in (demo, test, samspil, lock)}

if __name__ == "__main__":
    main(*sys.argv[1:])
