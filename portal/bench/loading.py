"""What loading costs: memory of the workers, and processor time of the import."""

import os
import resource
import subprocess
import sys
from statistics import median

from portal.bench.server import Server
from portal.bench.timing import LISTS
from portal.handovers.models import Party
from portal.settings import ROOT

TRIES = 5
REQUESTS = 40
HEAVY = {
    *("typst", "scipy", "numpy", "pikepdf", "fontTools", "xlsxwriter", "icalendar"),
    *("authlib", "joserfc", "requests", "alembic"),
}
SEE = "import sys, portal.app; portal.app.create_app(); print(' '.join(sys.modules))"


def memory(server: Server) -> dict[str, float]:
    """P10: megabytes of the fullest worker of two that share what was loaded before them."""
    asker = server.measured.askers(Party.SENDER)[0]
    for number in range(REQUESTS):
        server.get(LISTS[number % len(LISTS)], asker, {})
    return {"P10": server.fullest()} | imports()


def imports() -> dict[str, float]:
    """How many times the processor time of an empty program the import of the portal takes."""
    nothing = median(processor_time("pass") for _try in range(TRIES))
    portal = median(processor_time("import portal.app") for _try in range(TRIES))
    return {"P10_import": portal / nothing, "P10_heavy": float(len(heavy()))}


def processor_time(program: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def heavy() -> set[str]:
    """Libraries that no list needs and that are loaded before anybody asks for anything."""
    return HEAVY & set(run(SEE).split())


def run(program: str) -> str:
    done = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-P", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    return done.stdout
