"""docs/steps.md, written from the tables of steps by `python -m tests.steps_in_docs`."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from portal.agreements import models as agreements
from portal.agreements.workflow import AGREEMENT
from portal.companies import orders
from portal.council.models import Side as OfCouncil
from portal.council.workflow import COUNCIL_MEETING
from portal.handovers import models as handovers
from portal.handovers.workflow import HANDOVER, STANDINGS
from portal.job_orders.workflow import ORDER
from portal.meetings import series as meetings
from portal.meetings.workflow import MEETING
from portal.projects import models as projects
from portal.projects.models import PartnerRole
from portal.projects.workflow import PROJECT
from portal.workflow import Step, Workflow

FILE = Path(__file__).parent.parent / "docs" / "steps.md"
HEAD = """# The steps of packages, agreements, meetings, projects and job orders

Written from `portal/handovers/workflow.py`, `portal/agreements/workflow.py`,
`portal/meetings/workflow.py`, `portal/council/workflow.py`, `portal/projects/workflow.py` and
`portal/job_orders/workflow.py` by `python -m tests.steps_in_docs`; a test fails when it lags. A
step that leads nowhere keeps the state. What is not in a cell is refused: by the action, by the
page and by the database. Four changes are nobody's step: the last approval makes a meeting's
minutes approved; the last signature makes a version signed, the next version's makes it superseded,
and a window for signing that closes leads back to negotiating.
"""


def page() -> str:
    package = [
        *section("The handover package", HANDOVER, handovers.State, handovers.Party),
        *turns(),
    ]
    version = section("A version of an agreement", AGREEMENT, agreements.State, agreements.Side)
    sides = [agreements.Side.FUND, agreements.Side.MUNICIPALITY]
    meeting = section("A meeting about an agreement", MEETING, meetings.MeetingState, sides)
    own = section("A meeting of a council", COUNCIL_MEETING, meetings.MeetingState, [*OfCouncil])
    project = section("A regional project", PROJECT, projects.ProjectState, [*PartnerRole])
    order = section("A job order", ORDER, orders.OrderState, orders.OrderParty)
    return "\n".join([HEAD, *package, *version, *meeting, *own, *project, *order]).rstrip() + "\n"


def section(
    title: str, workflow: Workflow[Any], states: Iterable[StrEnum], parties: Iterable[StrEnum]
) -> Iterator[str]:
    steps = [*workflow.steps.values()]
    yield f"## {title}\n"
    yield from diagram(steps, [*states])
    yield from matrix(steps, [*states], [*parties])


def diagram(steps: Sequence[Step], states: list[StrEnum]) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {states[0]}"
    ways = (
        f"    {source} --> {step.target}: {step.name}"
        for step in steps
        for source in states
        if source in step.source and step.target and step.target != source
    )
    yield from ways
    leaving = set(chain.from_iterable(step.source for step in steps if step.target))
    yield from (f"    {state} --> [*]" for state in states if state not in leaving)
    yield "```\n"


def matrix(steps: Sequence[Step], states: list[StrEnum], parties: list[StrEnum]) -> Iterator[str]:
    yield f"| state | {' | '.join(parties)} |"
    yield "|---" * (len(parties) + 1) + "|"
    for state in states:
        cells = [
            ", ".join(
                told(step) for step in steps if state in step.source and party in step.parties
            )
            for party in parties
        ]
        yield f"| {state} | {' | '.join(cell or '–' for cell in cells)} |"
    yield ""


def told(step: Step) -> str:
    return f"{step.name} ({', '.join(sorted(step.kinds))})" if step.kinds else step.name


def turns() -> Iterator[str]:
    yield "| state | whose turn | clock |"
    yield "|---|---|---|"
    for state, standing in STANDINGS.items():
        yield f"| {state} | {standing.turn} | {standing.clock or '–'} |"
    yield ""


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
