"""The package as its rules tell it: no SQL, no code of the portal, written down a second time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.clock import day_of, working_days_between

BEFORE = {"draft", "signoff"}
OPEN_ENDED = BEFORE | {"sent", "received", "info_requested", "accepted", "meeting_planned"}
UNDER_REVIEW = {"received", "info_requested"}
ONGOING = OPEN_ENDED - BEFORE | {"meeting_held"}
EVERYWHERE = OPEN_ENDED | {"meeting_held", "completed", "rejected", "withdrawn", "obsolete"}
TAKEN_ON = {"accepted", "meeting_planned", "meeting_held"}
# step: from, to (None keeps it), who
RULES: dict[str, tuple[set[str], str | None, str]] = {
    "send": (BEFORE, "sent", "sender"),
    "acknowledge": ({"sent"}, "received", "receiver"),
    "acknowledge_by_phone": ({"sent"}, "received", "nobody"),  # where the receiver has users
    "assign": (ONGOING, None, "receiver"),
    "request_info": ({"received"}, "info_requested", "receiver"),
    "provide_info": ({"info_requested"}, "received", "sender"),
    "find_info": ({"info_requested"}, "received", "receiver"),
    "accept": (UNDER_REVIEW, "accepted", "receiver"),
    "reject": (UNDER_REVIEW, "rejected", "receiver"),
    "plan_meeting": ({"accepted", "meeting_planned"}, "meeting_planned", "receiver"),
    "cancel_meeting": ({"meeting_planned"}, "accepted", "either"),
    "offer_slots": ({"accepted"}, None, "either"),
    "pick_slot": ({"accepted"}, "meeting_planned", "either"),
    "waive_meeting": ({"accepted"}, "meeting_held", "receiver"),
    "record_no_show": ({"meeting_planned"}, "accepted", "receiver"),
    "record_held": ({"meeting_planned"}, "meeting_held", "receiver"),
    "object": ({"meeting_held"}, None, "sender"),
    "publish_minutes": ({"meeting_held"}, None, "receiver"),
    "complete": ({"meeting_held"}, "completed", "receiver"),
    "withdraw": ({"sent", *UNDER_REVIEW}, "withdrawn", "sender"),
    "ask_withdrawal": (TAKEN_ON, None, "sender"),
    "redirect": ({"sent", "received"}, "sent", "sender"),
    "take_over": ({"received"}, "completed", "receiver"),
    "ask_redirect": ({"sent", "received"}, None, "receiver"),
    "agree_redirect": ({"sent", "received"}, "sent", "sender"),
    "agree_withdrawal": (TAKEN_ON, "withdrawn", "receiver"),
    "refuse_request": (ONGOING, None, "either"),
    "take_back_request": (ONGOING, None, "either"),
    "hold": (ONGOING, None, "either"),
    "resume": (ONGOING, None, "either"),
    "obsolete": (OPEN_ENDED, "obsolete", "either"),
    "reset": ({"obsolete", "withdrawn"}, "before", "either"),
    "contest": ({"rejected"}, "received", "sender"),
    "auto_complete": ({"meeting_held"}, "completed", "nobody"),
    "supersede": (OPEN_ENDED | {"meeting_held"}, "superseded", "nobody"),
    "amend": (ONGOING, None, "sender"),
    "correct": (TAKEN_ON, None, "receiver"),
    "mark_error": (EVERYWHERE, "in_error", "sender"),
    "move_case": (OPEN_ENDED | {"meeting_held"}, None, "sender"),
    "submit_for_signoff": ({"draft"}, "signoff", "sender"),
    "return_to_draft": ({"signoff"}, "draft", "sender"),
}
# What goes back to the fund is taken over as it is; only it is, and without what others need.
OF_RETURN = {"take_over"}
NOT_OF_RETURN = {
    "submit_for_signoff",
    "request_info",
    "accept",
    "redirect",
    "ask_redirect",
    "agree_redirect",
    "amend",
}
GOES_ON = {"redirect", "agree_redirect"}
TO_WHERE_THE_MEMBER_LIVES = {"send", "submit_for_signoff", "provide_info"}
# What the sender does before sending is its own to know.
INTERNAL = {"submit_for_signoff", "return_to_draft"}
# What is asked for: by which step, and what else may be taken while it waits for its answer.
ASKED_BY = {"ask_withdrawal": "withdrawal", "offer_slots": "slots", "ask_redirect": "redirect"}
BESIDE_A_REQUEST = {
    "amend",
    "correct",
    "assign",
    "mark_error",
    "move_case",
    "publish_minutes",
    "object",
    "withdraw",
    "hold",
    "resume",
    "obsolete",
    "reset",
    "contest",
}
KEEPS_A_REQUEST = {
    "amend",
    "correct",
    "assign",
    "move_case",
    "publish_minutes",
    "object",
    "hold",
    "resume",
}
WHILE_ON_HOLD = {
    "redirect",
    "amend",
    "correct",
    "assign",
    "mark_error",
    "move_case",
    "withdraw",
    "ask_withdrawal",
    "agree_withdrawal",
    "refuse_request",
    "take_back_request",
    "obsolete",
    "resume",
}
CLOSED = {"completed", "rejected", "withdrawn", "obsolete", "in_error"}
CONTEST_DAYS, RESET_DAYS = 5, 30  # working days; days
# state: whose turn, and which clock runs
STANDING = {
    "draft": ("sender", None),
    "signoff": ("sender", "signoff"),
    "sent": ("receiver", "acknowledge"),
    "received": ("receiver", "decide"),
    "info_requested": ("sender", "answer"),
    "accepted": ("receiver", "plan"),
    "meeting_planned": ("both", "meeting"),
    "meeting_held": ("receiver", "minutes"),
    "completed": ("nobody", None),
    "rejected": ("nobody", None),
    "withdrawn": ("nobody", None),
    "in_error": ("nobody", None),
    "obsolete": ("nobody", None),
}
ROAD = {
    "draft": "send",
    "sent": "acknowledge",
    "received": "accept",
    "info_requested": "provide_info",
    "accepted": "plan_meeting",
    "meeting_planned": "record_held",
    "meeting_held": "complete",
    "signoff": "approve",
}
MOST_ROUNDS = 3
OTHER = {"sender": "receiver", "receiver": "sender"}


@dataclass
class Model:
    """One package as the rules of the field tell it."""

    case: int
    kind: str
    sender: str
    receiver: str
    state: str = "draft"
    events: list[tuple[str, str | None, str]] = field(
        default_factory=lambda: [("create", None, "draft")]
    )
    contents: int = 0
    numbered: int = 0
    rounds: int = 0
    minutes: int = 0
    without_fund: bool = False  # as the member wishes
    starts: datetime | None = None
    offered: datetime | None = None  # when times were, which are too near the next day but one
    published: datetime | None = None
    objected: bool = False
    pending: tuple[str, str] | None = None  # what is asked for, and by which side
    is_held: bool = False
    closed: tuple[str, str, datetime] | None = None  # from where, by which side, when
    is_contested: bool = False
    was_sent: bool = False  # before it was emptied
    notes: dict[str, int] = field(default_factory=dict)
    four_eyes: bool = False
    given_back: Any = None  # the package by which the municipality had the member
    home: str = ""  # where the member lives by now
    is_free_there: bool = True  # and no other package of the kind is under way
    is_assessed: bool = True  # under the very agreement that the package is made under

    def parties(self) -> set[str]:
        is_sent = self.contents or self.was_sent
        return {self.sender, self.receiver} if is_sent else {self.sender}

    def told_to(self, who: str) -> list[tuple[str, str | None, str]]:
        return [one for one in self.events if who == self.sender or one[0] not in INTERNAL]

    def is_open(self) -> bool:
        return self.state not in CLOSED

    def may(self, step: str, who: str, now: datetime, *, leads: bool = False) -> bool:
        """`leads`: it is the sender's other leader, who has not made the package."""
        source, _target, by = RULES[step]
        side = {self.sender: "sender", self.receiver: "receiver"}.get(who, "")
        if who not in self.parties() or self.state not in source or by not in (side, "either"):
            return False
        if self.is_held and step not in WHILE_ON_HOLD:
            return False
        if step in (NOT_OF_RETURN if self.kind == "retur" else OF_RETURN):
            return False
        if step in TO_WHERE_THE_MEMBER_LIVES and not self.is_right():
            return False
        return self.answers(step, side) and {
            "hold": not self.is_held,
            "resume": self.is_held,
            "reset": self.closed is not None
            and side == self.closed[1]
            and (day_of(now) - day_of(self.closed[2])).days <= RESET_DAYS,
            "contest": not self.is_contested
            and self.closed is not None
            and working_days_between(day_of(self.closed[2]), day_of(now)) <= CONTEST_DAYS,
            "send": leads or not self.four_eyes,
            "submit_for_signoff": self.four_eyes,
            "redirect": self.goes_on(),
            "agree_redirect": self.goes_on(),
            "reject": self.kind == "visitation",
            "request_info": self.rounds < MOST_ROUNDS,
            "record_held": self.starts is not None and now >= self.starts,
            "record_no_show": self.starts is not None and now >= self.starts,
            "pick_slot": self.offered is not None and now - self.offered < timedelta(days=1),
            "object": self.is_contestable(now),
            "complete": self.minutes > 0 and not self.objected,
        }.get(step, True)

    def is_right(self) -> bool:
        if self.kind == "retur":
            return True
        return self.home == self.receiver and (self.kind != "visitation" or self.is_assessed)

    def goes_on(self) -> bool:
        """To where the member lives by now; an earlier transfer by the same criteria."""
        fits = self.kind != "visitation" or self.is_assessed
        return self.home != self.receiver and self.is_free_there and fits

    def is_contestable(self, now: datetime) -> bool:
        """Within five working days of the newest minutes, once."""
        is_new = self.published is not None and now - self.published < timedelta(days=4)
        return is_new and not self.objected

    def answers(self, step: str, side: str) -> bool:
        """A request is answered before the package moves on, by who did not make it."""
        if step == "take_back_request":
            return self.pending is not None and self.pending[1] == side
        if step == "refuse_request":
            return self.pending is not None and self.pending[1] != side
        if step == "agree_withdrawal":
            return self.pending is not None and self.pending[0] == "withdrawal"
        if step == "agree_redirect":
            return self.pending is not None and self.pending[0] == "redirect"
        if step == "pick_slot":
            return self.pending is not None and self.pending == ("slots", OTHER[side])
        if self.pending is None or step in BESIDE_A_REQUEST:
            return True
        return self.pending[0] == "slots" and RULES[step][1] is not None

    def take(
        self, step: str, who: str, now: datetime, starts: datetime, *, without_fund: bool
    ) -> None:
        source, target = self.state, RULES[step][1]
        if target == "before" and self.closed:
            target = self.closed[0]
        self.state = target or self.state
        if self.state in CLOSED:
            side = "sender" if who == self.sender or step == "agree_withdrawal" else "receiver"
            self.closed = "accepted" if source == "meeting_planned" else source, side, now
        self.is_contested |= step == "contest"
        self.is_held = step == "hold" or (self.is_held and RULES[step][1] is None)
        if step == "resume":
            self.is_held = False
        self.events.append((step, source, self.state))
        if step in GOES_ON:
            self.receiver, self.is_assessed = self.home, False
        if step == "return_to_draft":  # with what is to be changed
            self.notes[who] = self.notes.get(who, 0) + 1
        if step in ASKED_BY:
            self.pending = ASKED_BY[step], "sender" if who == self.sender else "receiver"
        elif step not in KEEPS_A_REQUEST:
            self.pending = None
        if step == "mark_error":  # sent or not, nothing is left of what it said
            self.was_sent, self.contents, self.notes = bool(self.contents), 0, {}
        self.contents += step in {"send", "provide_info", "amend"}
        self.numbered += step in {"send", "provide_info", "amend"}
        self.rounds += step == "request_info"
        self.minutes += step == "publish_minutes"
        self.follow(step, now, starts, without_fund)

    def follow(self, step: str, now: datetime, starts: datetime, without_fund: bool) -> None:
        """What the meeting and its minutes come to."""
        if step == "offer_slots":
            self.offered = now
        if step in {"plan_meeting", "pick_slot"}:
            self.starts, self.without_fund = starts, without_fund
        if step == "publish_minutes":
            self.published, self.objected = now, False
        if step == "object":
            self.objected = True

    def turn(self) -> str:
        if self.pending:
            return OTHER[self.pending[1]]
        if self.state == "meeting_planned" and self.without_fund:
            return "receiver"
        return STANDING[self.state][0]


def expected(models: dict[Any, Model], who: str) -> dict[str, Any]:
    """What one organisation reads, by the rules alone."""
    seen = {key: one for key, one in models.items() if who in one.parties()}
    return {
        "packages": {key: told(one) for key, one in seen.items()},
        "events": {key: one.told_to(who) for key, one in seen.items()},
        "contents": {key: one.contents for key, one in seen.items() if one.contents},
        "live meetings": {key for key, one in seen.items() if one.state == "meeting_planned"},
        "notes": {key: one.notes[who] for key, one in seen.items() if who in one.notes},
        "drafts": {
            key for key, one in seen.items() if who == one.sender and one.state != "in_error"
        },
        "list": {(key, one.state, standing(one, who)) for key, one in seen.items()},
        "closed": sum(not one.is_open() for one in seen.values()),
        "waiting": sum(standing(one, who) == "theirs" for one in seen.values()),
    }


def told(one: Model) -> dict[str, Any]:
    clock = STANDING[one.state][1]
    if one.state == "meeting_held" and one.minutes:
        clock = "objection" if one.objected else "auto_complete"  # only the end is awaited
    if one.is_held:
        clock = "hold"
    return {
        "state": one.state,
        "turn": one.turn(),
        "clock": clock,
        "is due": clock is not None or one.state == "draft",  # on the day responsibility passes
        "is held": one.is_held,
        "is paused": one.state == "info_requested",
        "is closed": not one.is_open(),
        "contents": one.numbered,
        "rounds": one.rounds,
        "pending": one.pending and one.pending[0],
    }


def standing(one: Model, who: str) -> str:
    if not one.is_open():
        return "closed"
    side = "sender" if who == one.sender else "receiver"
    return "ours" if one.turn() in {side, "both"} else "theirs"
