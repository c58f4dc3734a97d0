"""P12: several people at once, each over a connection of their own."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from portal.bench.measured import BARE, Asker
from portal.bench.server import Server
from portal.bench.timing import LISTS, whole
from portal.handovers.models import Party

AT_ONCE = 4
TURNS = 5  # of the page and of the bare route, one after the other


def lists(server: Server, count: int) -> dict[str, float]:
    """How many times fewer requests a second than of the bare route, and how late the last come.

    Raises RuntimeError for an answer other than 200.
    """
    asker = server.measured.askers(Party.SENDER)[0]
    each = max(count // TURNS, 2)
    shares, late = [], []
    for _turn in range(TURNS):
        bare, _took = together(server, [BARE], None, each)
        pages, took = together(server, LISTS, asker, each)
        shares.append(bare / pages)
        late.append(quantiles(took, n=100)[-1] / median(took))
    return {"P12": median(shares), "P12_p99": median(late)}


def together(
    server: Server, paths: Sequence[str], asker: Asker | None, each: int
) -> tuple[float, list[float]]:
    """Requests a second of all connections, and how long each request took."""

    def ask(place: int) -> list[float]:
        with server.another() as own:
            turns = (paths[(place + number) % len(paths)] for number in range(each))
            return [own.get(whole(path), asker, {}) for path in turns]

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as people:
        took = [one for found in people.map(ask, range(AT_ONCE)) for one in found]
    return len(took) / (time.perf_counter() - begun), took
