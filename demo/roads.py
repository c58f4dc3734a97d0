"""The roads that packages take: steps, each with the working days since the one before.

`SHOWN` are those that everybody must find in the demo, whatever chance brings besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from demo.chance import Chance, later
from portal.handovers.models import Kind

OVERGANG, VISITATION = Kind.OVERGANG, Kind.VISITATION

CREATE = "create"
SEND = "create send+2"
TAKE = f"{SEND} acknowledge+1 assign"
ASK = f"{TAKE} request_info+1"
ANSWER = f"{ASK} provide_info+3"
ACCEPT = f"{TAKE} accept+3"
ASKED = f"{ANSWER} accept+2"
PLAN = f"{ACCEPT} plan_meeting+2 call_in+1"
MOVE = f"{ASKED} plan_meeting+1 plan_meeting+3 call_in+1"
CANCEL = f"{ACCEPT} plan_meeting+1 call_in cancel_meeting+3"
HOLD = f"{PLAN} record_held+6"
WRITE = f"{HOLD} publish_minutes+2"
END = f"{WRITE} complete+3"
REFUSE = f"{ASKED.removesuffix(' accept+2')} reject+2"
LEAVE = f"{TAKE} withdraw+2"
LAPSE = f"{ACCEPT} obsolete+2"
REST = f"{ACCEPT} hold+1"
SIGN = "create submit_for_signoff+1"
ERROR = f"{TAKE} mark_error+1"
AGAIN = f"{TAKE} accept+2"
OVER = "create send+1 acknowledge+1 take_over+1"
ON_THE_WAY = "create send+1 acknowledge+1"


@dataclass(frozen=True)
class Step:
    name: str
    day: date


@dataclass(frozen=True)
class Onward:
    """What follows from a package that was taken on, begun the working day after."""

    kind: Kind
    road: str


@dataclass(frozen=True)
class Shown:
    """A road whose last step was taken `ago` working days before the last one that is over.

    `meeting`: on which working day from the demo's day a planned meeting lies; 1 is the next.
    """

    kind: Kind
    road: str
    ago: int
    sender: str = ""
    receiver: str = ""
    meeting: int = 0
    detail: str = ""  # a withdrawal's reason, or `bare` for a draft without words
    before: str = ""  # to which municipality one was sent that it takes the place of
    then: Onward | None = None


SHOWN: dict[tuple[str, str], tuple[Shown, ...]] = {
    ("bupl-a", "slagelse"): (
        Shown(OVERGANG, CREATE, 1, "mette", detail="bare"),
        Shown(OVERGANG, CREATE, 4, "mette"),
        Shown(OVERGANG, CREATE, 2, "torben"),
        Shown(VISITATION, CREATE, 1, "inge"),
        Shown(OVERGANG, SEND, 0, "mette"),
        Shown(VISITATION, SEND, 1, "mette"),
        Shown(OVERGANG, SEND, 5, "inge"),
        Shown(OVERGANG, f"{SEND} acknowledge+1", 1, "mette"),
        Shown(VISITATION, TAKE, 2, "mette", "sanne"),
        Shown(OVERGANG, TAKE, 8, "mette", "sanne"),
        Shown(OVERGANG, TAKE, 3, "torben", "jonas"),
        Shown(OVERGANG, ANSWER, 1, "mette", "sanne"),
        Shown(OVERGANG, ASK, 1, "mette", "sanne"),
        Shown(VISITATION, ASK, 2, "inge", "mette"),
        Shown(OVERGANG, ASK, 8, "mette", "sanne"),
        Shown(OVERGANG, ACCEPT, 1, "mette", "sanne"),
        Shown(OVERGANG, ASKED, 8, "torben", "mette"),
        Shown(OVERGANG, CANCEL, 2, "mette", "jonas"),
        Shown(OVERGANG, PLAN, 4, "mette", "sanne", meeting=1),
        Shown(OVERGANG, MOVE, 1, "mette", "sanne", meeting=5),
        Shown(OVERGANG, PLAN, 8, "inge", "mette", meeting=-2),
        Shown(OVERGANG, HOLD, 0, "mette", "sanne"),
        Shown(VISITATION, HOLD, 5, "mette", "mette"),
        Shown(OVERGANG, WRITE, 1, "mette", "sanne"),
        Shown(VISITATION, END, 6, "mette", "sanne"),
        Shown(VISITATION, REFUSE, 3, "mette", "sanne"),
        Shown(VISITATION, LEAVE, 2, "mette", "sanne", detail="job"),
        Shown(OVERGANG, LAPSE, 3, "mette", "sanne"),
        Shown(OVERGANG, REST, 2, "mette", "sanne"),
        Shown(OVERGANG, SIGN, 1, "mette"),
        Shown(OVERGANG, ERROR, 4, "torben", "sanne"),
        Shown(OVERGANG, AGAIN, 2, "mette", "sanne", before="koebenhavn"),
        Shown(OVERGANG, ACCEPT, 3, "mette", "sanne", then=Onward(Kind.RETUR, CREATE)),
        Shown(OVERGANG, END, 4, "mette", "sanne", then=Onward(Kind.RETUR, "create send+1")),
        Shown(VISITATION, END, 5, "mette", "sanne", then=Onward(Kind.RETUR, ON_THE_WAY)),
        Shown(VISITATION, END, 9, "mette", "sanne", then=Onward(Kind.RETUR, OVER)),
        Shown(OVERGANG, ACCEPT, 4, "mette", "sanne", then=Onward(Kind.FLYTNING, CREATE)),
        Shown(OVERGANG, ACCEPT, 5, "mette", "sanne", then=Onward(Kind.FLYTNING, "create send+1")),
        Shown(OVERGANG, END, 8, "mette", "sanne", then=Onward(Kind.FLYTNING, OVER)),
        Shown(OVERGANG, ACCEPT, 3, "mette", "sanne", then=Onward(Kind.AKASSESKIFT, CREATE)),
        Shown(OVERGANG, PLAN, 5, "mette", "sanne", 9, then=Onward(Kind.AKASSESKIFT, ON_THE_WAY)),
    ),
    ("bupl-a", "koebenhavn"): (
        Shown(OVERGANG, CREATE, 2, "jens"),
        Shown(OVERGANG, CREATE, 3, "hans"),
        Shown(VISITATION, CREATE, 1, "lone"),
        Shown(OVERGANG, SEND, 1, "jens"),
        Shown(OVERGANG, TAKE, 1, "jens", "nadia"),
        Shown(VISITATION, TAKE, 7, "hans", "soeren"),
        Shown(OVERGANG, ASK, 2, "jens", "nadia"),
        Shown(VISITATION, ASK, 7, "lone", "nadia"),
        Shown(OVERGANG, ACCEPT, 2, "jens", "nadia"),
        Shown(OVERGANG, PLAN, 4, "jens", "nadia", meeting=1),
        Shown(OVERGANG, HOLD, 1, "hans", "nadia"),
        Shown(VISITATION, REFUSE, 4, "jens", "soeren"),
        Shown(VISITATION, LEAVE, 3, "jens", "nadia", detail="no_longer_needed"),
    ),
    ("bupl-a", "aarhus"): (
        Shown(OVERGANG, SEND, 6),
        Shown(VISITATION, ASK, 3),
        Shown(OVERGANG, PLAN, 4, meeting=1),
        Shown(VISITATION, REFUSE, 8),
    ),
    ("foa", "slagelse"): (
        Shown(OVERGANG, CREATE, 2, "pia"),
        Shown(OVERGANG, CREATE, 3, "erik"),
        Shown(OVERGANG, SEND, 1, "pia"),
        Shown(OVERGANG, ASK, 2, "pia", "mette"),
        Shown(OVERGANG, PLAN, 5, "erik", "sanne", meeting=3),
        Shown(OVERGANG, END, 9, "pia", "sanne"),
    ),
    ("foa", "koebenhavn"): (
        Shown(OVERGANG, TAKE, 2, "pia", "nadia"),
        Shown(OVERGANG, HOLD, 1, "pia", "soeren"),
    ),
}


def natural(kind: Kind, chance: Chance) -> str:
    """As it mostly goes: a question now and then, a meeting that is moved, a few dead ends."""
    road = f"create send+{chance.randint(1, 4)}"
    if chance.likely(3):
        return f"{road} withdraw+1"
    road += f" acknowledge+{wait(chance, 2)} assign"
    if chance.likely(20):
        road += f" request_info+{wait(chance, 4)} provide_info+{wait(chance, 5)}"
    if kind == VISITATION and chance.likely(18):
        return f"{road} reject+{wait(chance, 5)}"
    if chance.likely(4):
        return f"{road} withdraw+2"
    road += f" accept+{wait(chance, 5)} plan_meeting+{wait(chance, 4)}"
    if chance.likely(9):
        road += " cancel_meeting+2 plan_meeting+1"
    elif chance.likely(9):
        road += " plan_meeting+2"
    road += f" call_in+1 record_held+{chance.randint(6, 9)}"
    return f"{road} publish_minutes+{wait(chance, 3)} complete+{chance.randint(2, 8)}"


def wait(chance: Chance, days: int) -> int:
    """Within the deadline mostly, over it now and then."""
    return days + chance.randint(1, 4) if chance.likely(10) else chance.randint(0, days)


def length(road: str) -> int:
    """Working days from the first step to the last."""
    return sum(days for _name, days in parsed(road))


def parsed(road: str) -> list[tuple[str, int]]:
    pairs = (word.partition("+") for word in road.split())
    return [(name, int(days or 0)) for name, _plus, days in pairs]


def scheduled(road: str, first: date) -> Sequence[Step]:
    """Each step on its day, the first on `first`, which is a working day."""
    steps, day = [], first
    for name, days in parsed(road):
        day = later(day, days)
        steps.append(Step(name, day))
    return steps
