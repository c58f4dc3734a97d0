"""The figures of docs/performance.md and their goals, on databases made to measure on."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from portal.bench import counting, crowd, documents, loading, plans, timing
from portal.bench.measured import Measured, measured
from portal.bench.server import served

Figures = dict[str, float]


@dataclass(frozen=True)
class Goal:
    """The most that is allowed, if anything is said of it, and what the figure is."""

    most: float | None
    text: str


# Source: the project's performance goals; ratios are to a bare Flask route in the same process.
GOALS = {
    "P1": Goal(10, "list with access log, × the bare route"),
    "P1_p95": Goal(10, "its slow ones (95th percentile), × those of the bare route"),
    "P2": Goal(12, "its processor time in the worker, × the bare route"),
    "P2_wsgi": Goal(None, "the same without a server around both"),
    "P2_ms": Goal(None, "milliseconds of it"),
    "P3": Goal(5, "its fragment, × the bare route"),
    "P4": Goal(1.5, "buffers read of many packages, × those of few"),
    "P4_time": Goal(1.15, "time of many packages, × that of few"),
    "P5": Goal(3, "search for rare and absent words, × the list's database time"),
    "P5_frequent": Goal(20, "search for frequent words, × the list's database time"),
    "P6": Goal(1, "statements, of those allowed"),
    "P6_list": Goal(3, "statements of a list"),
    "P6_package": Goal(8, "statements of a package"),
    "P6_start": Goal(4, "statements of the start page"),
    "P6_standings": Goal(4, "statements of how all agreements stand"),
    "P6_step": Goal(12, "statements of a step"),
    "P6_static": Goal(0, "statements of a static file"),
    "P7": Goal(4, "dashboards from what was counted before, × the bare route"),
    "P7_standings": Goal(None, "of them how all agreements stand"),
    "P9": Goal(1.3, "a package's PDF from its rows, × what typst alone takes for the same"),
    "P9_text": Goal(None, "the same, × a document of its bare text without a layout"),
    "P9_kept": Goal(3, "the same from where it is kept, × the bare route"),
    "P10": Goal(40, "megabytes of a worker (PSS), loaded before the workers are made"),
    "P10_import": Goal(40, "processor time of the import, × an empty program"),
    "P10_heavy": Goal(0, "heavy libraries loaded before they are needed"),
    "P12": Goal(13, "requests a second of the bare route, four at once, × those of the list"),
    "P12_p99": Goal(4, "how long the slowest hundredth of these lists takes, × the median"),
    "P13": Goal(1.5, "processor time of session, user and rights, × the bare route"),
}


def measure(databases: list[str], rounds: int) -> tuple[Figures, dict[str, float]]:
    """The figures, and how much each list grows; the databases from the smallest to the largest."""
    with ExitStack() as stack:
        return bench([stack.enter_context(measured(name)) for name in databases], rounds)


def bench(found: list[Measured], rounds: int) -> tuple[Figures, dict[str, float]]:
    """The first has few packages, the last is what all but growth is measured on."""
    growths, few, large = growth(found), found[0], found[-1]
    figures: Figures = {"P4": max(growths.values())}
    with served(large) as server, ExitStack() as stack:
        figures |= timing.lists(server, rounds) | timing.session(server, rounds)
        figures |= timing.dashboards(server, rounds)
        figures |= documents.package(server, rounds) | crowd.lists(server, rounds)
        other = server if few is large else stack.enter_context(served(few))
        figures |= timing.growth(other, server, rounds)
    with served(large) as server:
        figures |= loading.memory(server)
    figures |= plans.search(large) | counting.statements(large)
    return {name: round(figures[name], 2) for name in GOALS}, growths


def growth(found: list[Measured]) -> dict[str, float]:
    """The most that each list grows; the worst case can lie in the middle."""
    costs = [plans.list_costs(each) for each in found]
    most: dict[str, float] = {}
    for large in costs[1:] or costs:
        for name, times in plans.growth(costs[0], large).items():
            most[name] = max(times, most.get(name, 0))
    return most


def row(name: str, value: float, goals: Mapping[str, Goal] = GOALS) -> str:
    goal = goals[name]
    if goal.most is None:
        return f"{name:<12}{value:8.2f}  {goal.text}"
    mark = "ok    " if value <= goal.most else "MISSED"
    return f"{name:<12}{value:8.2f}  {mark} (at most {goal.most:g})  {goal.text}"
