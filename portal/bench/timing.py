"""Times as ratios: pages and the bare route alternate, and only their ratio in a round counts.

Absolute times of a shared machine drift by half; a ratio inside one round does not. Wall time is
that of a request to the real server; processor time that of its workers, or of this thread where
the application is called without a server.
"""

import random
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from statistics import median, quantiles

from portal.bench.measured import BARE, Asker, Measured
from portal.bench.server import Server
from portal.db import db
from portal.handovers.models import Party
from portal.identity import queries

Task = Callable[[], float]
Took = dict[str, list[float]]
WARM = 10  # rounds before the first that counts
LISTS = (
    "/handovers/",
    "/handovers/?tab=unit&sort=name",
    "/handovers/?tab=waiting&sort=-changed",
    "/handovers/?tab=closed&sort=-changed",
)
DASHBOARDS = ("/", "/standings/")
HTMX = {"HX-Request": "true"}


def rounds(tasks: Mapping[str, Task], count: int) -> Took:
    """How long each took in each round; the order within a round is left to chance."""
    names, warm = list(tasks), min(WARM, count)
    found: Took = {name: [] for name in tasks}
    for number in range(warm + count):
        random.shuffle(names)
        for name in names:
            took = tasks[name]()
            if number >= warm:
                found[name].append(took)
    return found


def ratio(found: Took, name: str, base: str = BARE) -> float:
    return median(one / other for one, other in zip(found[name], found[base], strict=True))


def p95(found: Took, name: str) -> float:
    """How much longer the slow ones take than the slow ones of the base."""
    return quantiles(found[name], n=20)[-1] / quantiles(found[BARE], n=20)[-1]


def lists(server: Server, count: int) -> dict[str, float]:
    """P1 to P3: the worst of the mix, for the organisation with most packages."""
    asker = server.measured.askers(Party.SENDER)[0]
    mix, measured = (BARE, *LISTS), server.measured
    wall = rounds({path: wall_time(server, path, asker) for path in mix}, count)
    parts = {f"part {path}": wall_time(server, path, asker, HTMX) for path in LISTS}
    part = rounds({BARE: wall_time(server, BARE, asker), **parts}, count)
    cpu = rounds({path: worker_time(server, path, asker) for path in (BARE, *LISTS)}, count)
    own = rounds({path: thread_time(measured, path, asker) for path in (BARE, *LISTS)}, count)
    return {
        "P1": max(ratio(wall, path) for path in LISTS),
        "P1_p95": max(p95(wall, path) for path in LISTS),
        "P2": max(ratio(cpu, path) for path in LISTS),
        "P2_wsgi": max(ratio(own, path) for path in LISTS),
        "P2_ms": 1000 * max(median(own[path]) for path in LISTS),
        "P3": max(ratio(part, name) for name in parts),
    }


def dashboards(server: Server, count: int) -> dict[str, float]:
    """P7: pages of numbers that were counted before, for whoever leads the most packages."""
    asker = server.measured.askers(Party.SENDER)[0]
    mix = (BARE, *DASHBOARDS)
    found = rounds({path: wall_time(server, path, asker) for path in mix}, count)
    return {"P7": max(ratio(found, path) for path in DASHBOARDS)} | {
        "P7_standings": ratio(found, "/standings/")
    }


def wall_time(
    server: Server, path: str, asker: Asker | None, headers: Mapping[str, str] | None = None
) -> Task:
    return lambda: server.get(whole(path), asker, headers or {})


def worker_time(server: Server, path: str, asker: Asker | None) -> Task:
    """Processor time of the workers for one request."""

    def run() -> float:
        before = server.processor_times()
        server.get(whole(path), asker, {})
        after = server.processor_times()
        return sum(spent - before.get(thread, 0) for thread, spent in after.items())

    return run


def thread_time(measured: Measured, path: str, asker: Asker | None) -> Task:
    """Processor time of the application alone, called without a server."""

    def run() -> float:
        environ = measured.environ(whole(path), asker)
        begun = time.thread_time()
        status = measured.call(environ)
        took = time.thread_time() - begun
        if not status.startswith("200"):
            raise RuntimeError(f"{path}: {status}")
        return took

    return run


def whole(path: str) -> str:
    return f"{BARE}/" if path == BARE else path


def session(server: Server, count: int) -> dict[str, float]:
    """P13: who asks, for which organisation, with which rights."""
    measured = server.measured
    asker = measured.askers(Party.SENDER)[0]
    idle = timedelta(minutes=measured.settings.session_idle_minutes)

    def known() -> float:
        with measured.app.app_context():
            begun = time.thread_time()
            person = queries.person(asker.token, idle=idle)
            held = person.actor().roles if person else frozenset()
            took = time.thread_time() - begun
            db.session.rollback()
        if not held:
            raise RuntimeError("nobody is signed in")
        return took

    found = rounds({BARE: worker_time(server, BARE, None), "session": known}, count)
    return {"P13": ratio(found, "session")}


def growth(few: Server, many: Server, count: int) -> dict[str, float]:
    """P4 in time: the same pages on few and on many packages, round by round; the worst."""
    tasks: dict[str, Task] = {}
    for size, server in (("few", few), ("many", many)):
        asker = server.measured.askers(Party.SENDER)[0]
        pages = {path: path for path in LISTS} | server.measured.own_pages(asker)
        for name, path in pages.items():
            tasks[f"{size} {name}"] = wall_time(server, path, asker)
    took = rounds(tasks, count)
    names = {name.partition(" ")[2] for name in tasks}
    return {"P4_time": max(ratio(took, f"many {name}", f"few {name}") for name in names)}
