"""A package as its documents tell it: plain Danish texts, made of rows and of nothing else.

A document is read by both parties and kept in their records, so it takes the words of neither, and
is in Danish whatever language its reader chose. The same rows always give the same data: no clock
and no database is asked here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal import pdf
from portal.clock import add_working_days, day_of
from portal.db import Json
from portal.handovers import clocks, events, passages, words
from portal.handovers.files import FileState
from portal.handovers.meeting import MeetingState
from portal.handovers.models import Handover, Kind, Party, State, Turn
from portal.handovers.passages import UNKNOWN
from portal.handovers.queries import Names, Package
from portal.handovers.stages import Facts, next_step
from portal.handovers.superseding import TAKING

NOBODY = "Ikke tildelt endnu"


@dataclass(frozen=True)
class Version:
    """One content version and what had happened when it was frozen; a draft has no hash.

    `content` has its days as days (`content.readable`). `events` and `questions` are those of
    before `at`, so that nothing that happens later changes a sealed document.
    """

    handover: Handover
    names: Names
    number: int
    content: Json
    hash: str | None
    at: datetime
    events: Sequence[Any] = ()
    questions: Sequence[Any] = ()

    @property
    def agreement(self) -> str:
        basis = self.content.get("agreement")
        if not basis:
            return "Ingen aftale i kraft: standardreglerne gælder"
        since = passages.day(date.fromisoformat(basis["valid_from"]))
        return f"{basis['title']}, version {basis['version']}, gælder fra {since}"


def package(version: Version) -> pdf.Package:
    """What was sent. Nothing in it depends on what came after."""
    content = version.content
    fixed = passages.long_day(content.get("responsible_from"))
    made: pdf.Package = {
        "letter": letter(version, [version.names.receiver]),
        "kind": str(words.KINDS_IN_FULL[Kind(version.handover.kind)]),
        "member": member(content),
        "responsible_from": fixed or "Ikke fastsat",
        "responsible_source": (fixed and content.get("responsible_source")) or "",
        "agreement": version.agreement,
        "wish": passages.wish(content.get("fund_attends")),
        "facts": facts(content),
        "contacts": (sender(version), receiver(version)),
        "summary": content.get("summary") or "",
        "contact_course": [passages.talk(row) for row in content.get("talks", ())],
        "course_facts": [passages.clarification(row) for row in content.get("clarifications", ())],
        "plan": passages.plan(content),
        "efforts": [passages.effort(row) for row in efforts(content, is_open=False)],
        "informed": passages.informed(content),
        "next": [*course_ahead(version)],
        "receipt": receipt(version),
    }
    tell_what_there_is(made, version)
    return made


def tell_what_there_is(made: pdf.Sometimes, version: Version) -> None:
    """The sections that a package has only where there is something to say."""
    content = version.content
    if ground := content.get("returned_for"):
        made["returned"] = {
            "ground": str(words.RETURNED_FOR[ground]),
            "done": content["done_since"] or "",
            "remaining": content["remaining"] or "",
        }
    if recommended := efforts(content, is_open=True):
        made["recommendations"] = [passages.recommendation(row) for row in recommended]
    if content.get("considerations"):
        made["considerations"] = content["considerations"]
    if content.get("assessment"):
        made["assessment"] = passages.assessment(content["assessment"])
    if version.questions:
        made["questions"] = [passages.question(row) for row in version.questions]
    if content.get("files"):
        made["attachments"] = [attachment(row) for row in content["files"]]
    if version.hash and version.number == 1:
        made["notice"] = first_answer(version)


def record(version: Version, package_now: Package) -> pdf.Package:
    """The same with all that has happened since: questions, meeting, minutes, every step."""
    made, handover = package(version), version.handover
    until = passages.day(day_of(handover.changed_at))
    made["notice"] = {
        "head": f"Pakken med forløbet til og med den {until}",
        "text": f"Indholdet er version {version.number}, som den blev sendt. Spørgsmål, samtale, "
        "referat og kvitteringer er kommet til siden.",
    }
    made["responsible_from"] = passages.long_day(handover.responsible_from) or "Ikke fastsat"
    made["responsible_source"] = handover.responsible_source or ""
    made["wish"] = passages.wish(handover.fund_attends)
    made["next"] = [now_due(version, package_now)]
    if package_now.files:
        made["attachments"] = [enclosed(one, version) for one in package_now.files]
    tell_of_meeting(made, package_now)
    return made


def tell_of_meeting(made: pdf.Joint, package: Package) -> None:
    """The joint meeting as it stands, and the newest minutes of it."""
    last, with_fund = package.last_meeting, package.handover.fund_attends
    if last and last.state in {MeetingState.PLANNED, MeetingState.HELD}:
        made["meeting"] = passages.meeting(last, with_fund=with_fund)
    if package.minutes:
        made["minutes"] = passages.minutes(package.minutes[-1])


def now_due(version: Version, package: Package) -> pdf.Deadline:
    """The next step in the words of the party that waits for it: they name who takes it."""
    handover, names = version.handover, version.names
    if handover.closed_at:
        last = str(words.HAPPENED[version.events[-1].step])
        return {"due": passages.day(day_of(handover.closed_at)), "step": last, "who": "–"}
    who = {Turn.SENDER: names.sender, Turn.RECEIVER: names.receiver}
    waiting = Party.RECEIVER if handover.turn == Turn.SENDER else Party.SENDER
    step = next_step(Facts(handover, package.last_meeting, handover.changed_at), waiting)
    return {
        "due": passages.day(handover.due_on) or "Ingen frist",
        "step": "Samtalen holdes" if handover.state == State.MEETING_PLANNED else str(step),
        "who": who.get(Turn(handover.turn), f"{names.sender} og {names.receiver}"),
    }


def member(content: Json) -> pdf.Member:
    kept = content["member"]
    return {"name": kept["name"], "cpr": kept.get("cpr") or UNKNOWN}


def attachment(row: Json) -> pdf.Attachment:
    """Named with the whole hash, in pieces between which a line may end."""
    digest = row["sha256"]
    pieces = (digest[start : start + 16] for start in range(0, len(digest), 16))
    return {"name": row["name"], "size": words.size(row["size"]), "checksum": " ".join(pieces)}


def enclosed(file: Any, version: Version) -> pdf.Attachment:
    """With who added it, and when."""
    handover, names = version.handover, version.names
    by_id = {str(handover.sender_id): names.sender, str(handover.receiver_id): names.receiver}
    added = f"{passages.moment(file.uploaded_at)} af {file.person}, {by_id[file.organisation_id]}"
    if file.state == FileState.INFECTED:
        added += ". Afvist: der er fundet virus i filen"
    return attachment(vars(file)) | {"added": added}


def efforts(content: Json, *, is_open: bool) -> list[Json]:
    found = content.get("efforts", ())
    return [row for row in found if passages.is_open_recommendation(row) == is_open]


def letter(version: Version, to: list[str]) -> pdf.Letter:
    made: pdf.Letter = {
        "sender": {"name": version.names.sender},
        "receiver": to,
        "reference": version.handover.reference,
        "version": str(version.number),
        "dated": passages.day(day_of(version.at)),
    }
    if version.hash is None:
        return made | {"version": "kladde", "mark": "Kladde"}
    return made | {"hash": version.hash}


def sender(version: Version) -> pdf.Contact:
    person = version.content.get("contact") or NOBODY
    who: pdf.Contact = {"organisation": version.names.sender, "person": person}
    return told_of_desk(who, version, "contact")


def receiver(version: Version) -> pdf.Contact:
    """Whoever had it then, as the events tell; who has it now stands in the package's row."""
    person = None
    for event in version.events:
        if event.step == "assign":
            person = event.detail["person"]
        elif event.step in TAKING:  # without an assignee, the one who accepts takes it
            person = person or event.person
    who: pdf.Contact = {"organisation": version.names.receiver, "person": person or NOBODY}
    return told_of_desk(who, version, "receiver")


def told_of_desk(who: pdf.Contact, version: Version, side: str) -> pdf.Contact:
    """With unit and functional mailbox as they were frozen; older content has neither."""
    if unit := version.content.get(f"{side}_unit"):
        who["unit"] = unit
    if mailbox := version.content.get(f"{side}_mailbox"):
        who["mail"] = mailbox
    return who


def facts(content: Json) -> list[pdf.Fact]:
    hours, forecast = content.get("weekly_hours"), content.get("forecast")
    is_said = content.get("responsible_from") and content.get("responsible_source") == forecast
    rows = [
        ("Telefon", content.get("phone")),
        ("E-mail", content.get("email")),
        ("Bopælskommune", content.get("municipality")),
        ("Dagpengeperiode fra", passages.day(content.get("benefit_start"))),
        ("Forsikrede timer", f"{passages.amount(hours)} timer om ugen" if hours else ""),
        ("Regelsæt", content.get("rule_set_title")),
        ("Prognose", None if is_said else forecast),
        ("Deles ikke efter aftalen", words.withheld(content)),
    ]
    return [(name, value) for name, value in rows if value]


def first_answer(version: Version) -> pdf.Notice:
    """The first thing that the receiver does; silence decides nothing."""
    allowed = clocks.days(version.handover, "acknowledge")
    due = passages.long_day(add_working_days(day_of(version.at), allowed))
    return {
        "head": f"{version.names.receiver} kvitterer for pakken senest {due}",
        "text": "Kvitteringen betyder, at pakken er set. Mangler der oplysninger, så bed om dem i "
        "Samspil og ikke i en mail.",
    }


def course_ahead(version: Version) -> Iterator[pdf.Deadline]:
    """What comes after sending, by the deadlines of the package's own agreement version."""
    who = version.names.receiver
    stages = STRAIGHT_STAGES if version.handover.is_straight else STAGES
    for clock, after, step in stages:
        allowed = clocks.days(version.handover, clock)
        unit = "arbejdsdag" if allowed == 1 else "arbejdsdage"
        yield {"due": f"Senest {allowed} {unit} {after}", "step": step, "who": who}
    yield {
        "due": passages.day(version.content.get("responsible_from")) or "Ikke fastsat",
        "step": "Ansvaret for indsatsen skifter",
        "who": "Følger af reglerne, uanset hvor langt pakken er",
    }


STAGES = (
    ("acknowledge", "efter afsendelsen", "Kvitterer for pakken"),
    ("decide", "efter kvitteringen", "Vurderer pakken og svarer"),
    ("plan", "efter accepten", "Aftaler samtalen"),
    ("minutes", "efter samtalen", "Skriver referat"),
)
STRAIGHT_STAGES = (
    ("acknowledge", "efter afsendelsen", "Kvitterer for pakken"),
    ("decide", "efter kvitteringen", "Overtager forløbet"),
)


def receipt(version: Version) -> list[pdf.Fact]:
    """Every step so far, when and by whom; both parties read the same."""
    if version.hash is None:
        return [("Sendt", "Ikke sendt endnu")]
    handover, names = version.handover, version.names
    by_id = {str(handover.sender_id): names.sender, str(handover.receiver_id): names.receiver}
    told = [event for event in version.events if event.step not in INTERNAL]
    rows = [(events.title(event), f"{by_whom(event, by_id)}{changed(event)}") for event in told]
    return rows or [("Frosset", passages.moment(version.at))]


INTERNAL = {"create", "submit_for_signoff", "return_to_draft"}  # before anything was sent


def by_whom(event: Any, names: dict[str, str]) -> str:
    return f"{passages.moment(event.at)} af {events.by(event, names)}"


def changed(event: Any) -> str:
    told = events.change(event)
    return f". {told}" if told else ""
