"""What the fund records of a member's life, with all that follows in the same transaction."""

import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.agreements.parameters import default, parse, plain
from portal.cases import actions as cases
from portal.cases.models import MemberCase
from portal.cases.taking import package_source
from portal.clock import Moment, day_of
from portal.db import Json, db
from portal.handovers import actions as handovers
from portal.handovers import following_up, redirecting, restricted, straight
from portal.handovers.models import Handover, Pending, State
from portal.handovers.queries import draft
from portal.handovers.queries import handover as handover_of
from portal.keys import Keys
from portal.life import queries
from portal.life.effects import CLOSING, Effect, Event, Package, What, effects
from portal.life.models import Happening, LifeEvent
from portal.workflow import Lack, NotNow, Refused, Stamp, flush

# Why a package is obsolete, in the words of its own step.
GROUNDS = {
    Happening.JOB: "job",
    Happening.EDUCATION: "education",
    Happening.MOVED: "moved",
    Happening.OTHER_FUND: "fund",
    Happening.BENEFIT_ENDED: "off_benefit",
    Happening.DEATH: "death",
}


@dataclass(frozen=True)
class Foreseen:
    """What would follow, and from which packages it was worked out."""

    event: Event
    effects: list[Effect]
    handovers: Sequence[Handover]

    def stamp(self) -> str:
        """The same for the same event and the same effects: what was listed is what is done."""
        told = [repr(self.event), *map(repr, self.effects)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def foreseen(case: MemberCase, event: Event, keys: Keys, today: date) -> Foreseen:
    found = queries.going_on(case.id)
    on = sendable(case, event.municipality_id, found, keys, today) if event.municipality_id else ()
    return Foreseen(event, effects(event, queries.packages(found, on), today), found)


def sendable(
    case: MemberCase,
    municipality_id: uuid.UUID,
    found: Sequence[Handover],
    keys: Keys,
    today: date,
) -> set[uuid.UUID]:
    """Those that the new municipality can take as they were sent."""
    now = package_source(case.id, default().plan_fields, keys=keys, day=today)
    then = replace(now, municipality_id=municipality_id)
    sent = [one for one in found if one.state in (State.SENT, State.RECEIVED)]
    return {
        one.id for one in sent if not one.is_straight and not redirecting.lacks(one, then, today)
    }


def event_of(made: LifeEvent) -> Event:
    where = made.municipality_id, made.fund_id
    return Event(made.kind, made.day, made.until, *where, made.consented_on)


def record(
    case: MemberCase,
    found: Foreseen,
    *,
    keys: Keys,
    actor: Actor,
    at: Moment,
) -> LifeEvent:
    """Write it down and do what is due; what lies ahead is done on its day by the worker.

    Raises:
        Refused: the same event waits already, it lies more than a year back, or it would leave
            alone a package that who records it may not see.
    """
    event = found.event
    refuse_unfit(case, event, at.today)
    made = LifeEvent(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        case_id=case.id,
        kind=event.kind,
        day=event.day,
        until=event.until,
        municipality_id=event.municipality_id,
        fund_id=event.fund_id,
        consented_on=event.consented_on,
        recorded_at=at.now,
        recorded_by=actor.name,
        user_id=actor.user_id,
        done=[],
    )
    db.session.add(made)
    flush()
    carry_out(made, case, found, keys, actor, at)
    return made


def refuse_unfit(case: MemberCase, event: Event, today: date) -> None:
    words = None
    if restricted.is_hidden(case.id):
        words = _("Medlemmet har en pakke, som kun udpegede kan se. Bed en af dem om at "
                  "registrere det.")  # fmt: skip
    elif event.day < today - timedelta(days=rules.on(today, "handover.event_back_days")):
        words = _("Dagen ligger for langt tilbage. Luk sagen i stedet.")
    elif any(one.kind == event.kind and one.waits for one in queries.events(case.id)):
        words = _("Det er allerede registreret og venter på sin dag. Tag det tilbage først.")
    if words:
        raise Refused([Lack("day", words)])


def carry_out(
    made: LifeEvent, case: MemberCase, found: Foreseen, keys: Keys, actor: Actor, at: Moment
) -> None:
    """Each effect whose day has come; the event is done when none is left."""
    packages = {one.id: one for one in found.handovers}
    rows = []
    for effect in found.effects:
        if not effect.is_due(at.today):
            continue
        done = Carried(made, case, effect, keys, actor, at)
        if effect.package:
            begun = done.on_package(packages[effect.package.id])
            rows.append(row_of(effect, effect.package) | {"began": begun})
        else:
            was = str(case.municipality_id)
            rows.append(row_of(effect, done.on_case([*packages])) | {"was": was})
    made.done = [*made.done, *rows]
    if len(rows) == len(found.effects):
        made.done_at = at.now
    flush()


def row_of(effect: Effect, package: Package | Handover | None) -> dict[str, Any]:
    """What is kept of it: the day and the package's reference, no name."""
    return {
        "what": effect.what,
        "on": effect.on.isoformat(),
        "until": effect.until.isoformat() if effect.until else None,
        "handover": str(package.id) if package else None,
        "reference": package.reference if package else None,
    }


@dataclass(frozen=True)
class Carried:
    """One effect as it is carried out."""

    made: LifeEvent
    case: MemberCase
    effect: Effect
    keys: Keys
    actor: Actor
    at: Moment

    def on_package(self, handover: Handover) -> str | None:
        """The id of the draft that was begun instead, where one was."""
        match self.effect.what:
            case What.LAPSE:
                self.take(handover, "obsolete", self.ground())
            case What.PAUSE:
                self.take(
                    handover, "hold", {"until": self.effect.until, "reason": self.waits_for()}
                )
            case What.CALL_OFF:
                self.take(handover, "cancel_meeting", {"reason_code": "participant"})
            case What.NO_FOLLOW_UP:
                following_up.end(handover, GROUNDS[self.made.kind], actor=self.actor, at=self.at)
            case What.BEGIN_ANEW:
                self.take(handover, "obsolete", self.ground())
                return begin_anew(handover, self.keys, self.actor, self.at)
            case What.REDIRECT:
                self.send_on(handover)
        return None

    def send_on(self, handover: Handover) -> None:
        """As the first municipality has asked, where it has; the case has moved by now."""
        demands = parse(handover.parameters).plan_fields
        source = package_source(self.case.id, demands, keys=self.keys, day=self.at.today)
        asked = handover.pending == Pending.REDIRECT
        self.take(handover, "agree_redirect" if asked else "redirect", {"source": source})

    def take(self, handover: Handover, name: str, given: dict[str, Any]) -> None:
        stamp = Stamp(handover.version, f"{self.made.id} {self.effect.what} {handover.id}")
        handovers.take(handover, name, given, actor=self.actor, at=self.at, stamp=stamp)

    def ground(self) -> dict[str, Any]:
        code = GROUNDS[self.made.kind]
        return {"reason_code": code, "day": self.made.day, "source": _("A-kassen")}

    def waits_for(self) -> str:
        """Of an illness the other party learns that the member cannot take part, not why."""
        words: str = _("Medlemmet kan ikke deltage inden da.")
        if self.made.kind != Happening.ILLNESS:
            words = _("Medlemmet begynder på noget andet den dag. Så bortfalder pakken.")
        return words

    def on_case(self, packages: list[uuid.UUID]) -> Handover | None:
        """The package that was begun, where one was."""
        if self.effect.what == What.TO_FUND and self.made.fund_id and self.made.consented_on:
            return to_fund(self, self.made.fund_id, self.made.consented_on, packages)
        if self.effect.what == What.CLOSE_CASE and self.case.closed_at is None:
            cases.close(self.case, reason=CLOSING[self.made.kind], now=self.at.now)
        elif self.effect.what == What.MOVE_CASE and self.made.municipality_id:
            self.case.municipality_id = self.made.municipality_id
            flush()
        return None


def to_fund(
    how: Carried, fund_id: uuid.UUID, consented_on: date, packages: list[uuid.UUID]
) -> Handover | None:
    """A draft to the member's new fund with what was written; nothing where one is under way."""
    source = package_source(how.case.id, default().plan_fields, keys=how.keys, day=how.at.today)
    with suppress(handovers.AlreadyOpen):
        made = straight.change_fund(
            source,
            receiver_id=fund_id,
            consented_on=consented_on,
            packages=packages,
            actor=how.actor,
            at=how.at,
            keys=how.keys,
        )
        if packages:
            write_again(made.id, packages[-1])
        return made
    return None


def write_again(to: uuid.UUID, lapsed: uuid.UUID) -> None:
    """What the fund has written for one package stands in the draft of the next."""
    written, anew = draft(lapsed), draft(to)
    for name in handovers.DRAFTED:
        setattr(anew, name, getattr(written, name))
    flush()


def begin_anew(lapsed: Handover, keys: Keys, actor: Actor, at: Moment) -> str | None:
    """A draft for the new municipality with what was written; by criteria only where one agreed."""
    standard = plain(default())
    demands = parse(lapsed.parameters).plan_fields
    source = package_source(lapsed.case_id, demands, keys=keys, day=at.today)
    try:
        made = handovers.create(
            source, kind=lapsed.kind, actor=actor, at=at, default=standard, keys=keys
        )
    except (Refused, handovers.AlreadyOpen):
        return None  # nothing is agreed there, or it is under way: the case's page says what may be
    write_again(made.id, lapsed.id)
    return str(made.id)


# --- Taking back ---


def may_undo(event: LifeEvent, today: date) -> bool:
    """As long as what it closed may be opened again."""
    if event.undone_at:
        return False
    last = timedelta(days=rules.on(today, "handover.reset_days"))
    return event.done_at is None or today <= day_of(event.done_at) + last


def undo(event: LifeEvent, case: MemberCase, *, keys: Keys, actor: Actor, at: Moment) -> list[str]:
    """It fell through: the case and its packages go on. The references of those that cannot.

    Raises:
        NotNow: it was taken back before, or too long ago.
    """
    if not may_undo(event, at.today):
        raise NotNow("undo", case.state)
    if any(row["what"] == What.CLOSE_CASE for row in event.done) and case.closed_at:
        cases.reopen(case)
    move_back(event, case)
    back = Back(event, case, keys, actor, at)
    left = [row["reference"] for row in event.done if not back.is_taken(row)]
    event.undone_at, event.undone_by = at.now, actor.name
    flush()
    return left


def move_back(event: LifeEvent, case: MemberCase) -> None:
    """Unless the member has moved on since."""
    moves = [row for row in event.done if row["what"] == What.MOVE_CASE and row.get("was")]
    if moves and case.municipality_id == event.municipality_id:
        case.municipality_id = uuid.UUID(moves[0]["was"])
        flush()


@dataclass(frozen=True)
class Back:
    """An event that is taken back."""

    event: LifeEvent
    case: MemberCase
    keys: Keys
    actor: Actor
    at: Moment

    def is_taken(self, row: Json) -> bool:
        """Whether what was done is undone, or needs no undoing: a meeting is planned anew."""
        if row["what"] == What.TO_FUND and row["handover"]:
            return is_recalled(uuid.UUID(row["handover"]), self.event, self.actor, self.at)
        if row["what"] == What.REDIRECT:
            return self.is_sent_back(uuid.UUID(row["handover"]))
        if row.get("began"):
            is_recalled(uuid.UUID(row["began"]), self.event, self.actor, self.at)
        return taken_back(self.event, row, self.actor, self.at)

    def is_sent_back(self, handover_id: uuid.UUID) -> bool:
        """Where the new municipality has not taken it on, and where nobody has it already."""
        handover = handover_of(handover_id)
        demands = parse(handover.parameters).plan_fields
        source = package_source(self.case.id, demands, keys=self.keys, day=self.at.today)
        if source.municipality_id == handover.receiver_id:
            return True
        stamp = Stamp(handover.version, f"{self.event.id} back {handover.id}")
        given: dict[str, Any] = {"source": source}
        how: Any = {"actor": self.actor, "at": self.at}
        try:
            handovers.take(handover, "redirect", given, stamp=stamp, **how)
        except (NotNow, Refused):
            return False
        return True


def taken_back(event: LifeEvent, row: Json, actor: Actor, at: Moment) -> bool:
    """Of what was closed, or rests."""
    resets = dict.fromkeys((What.LAPSE, What.BEGIN_ANEW), "reset")
    step = {**resets, What.PAUSE: "resume"}.get(row["what"])
    if row["what"] == What.NO_FOLLOW_UP:
        following_up.take_up_again(handover_of(uuid.UUID(row["handover"])), GROUNDS[event.kind])
    if step is None:
        return True
    handover = handover_of(uuid.UUID(row["handover"]))
    if step == "resume" and handover.hold_until is None:
        return True  # it has gone on, or has ended since
    stamp = Stamp(handover.version, f"{event.id} {step} {handover.id}")
    given = {"reason": _("Det, a-kassen havde registreret, blev ikke til noget.")}
    try:
        handovers.take(handover, step, given, actor=actor, at=at, stamp=stamp)
    except (NotNow, Refused):
        return False
    return True


def is_recalled(handover_id: uuid.UUID, event: LifeEvent, actor: Actor, at: Moment) -> bool:
    """Whether what went to another fund is with nobody else, or has been taken back now."""
    found = straight.seen(handover_id)
    if found is None or found.is_closed:
        return found is None or found.state != State.COMPLETED
    if found.state == State.DRAFT:
        handovers.delete_draft(found, actor=actor)
        return True
    stamp = Stamp(found.version, f"{event.id} withdraw {found.id}")
    handovers.take(found, "withdraw", {"reason_code": "mistake"}, actor=actor, at=at, stamp=stamp)
    return True
