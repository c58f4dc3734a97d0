"""What the pages of gatherings show beside the rows: forms that are filled, and numbers."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import rules
from portal.access import Permission
from portal.companies.actions import Hand
from portal.gatherings import actions, queries, words
from portal.gatherings.forms import (
    BringForm,
    CourseForm,
    GatheringForm,
    ResultForm,
    SignUpForm,
)
from portal.gatherings.models import Gathering, GatheringKind, GatheringSeat
from portal.gatherings.results import Outcome, standing
from portal.organisations.queries import names_on
from portal.participants.models import EventKind, Participant, ParticipantEvent
from portal.participants.words import FORMS
from portal.projects import catalogue
from portal.projects.presenting import choices, kroner, language
from portal.projects.queries import may_write_own_part

COUNTED = {
    GatheringKind.MATCH_DAY: (Outcome.MATCHED,),
    GatheringKind.INFORMATION_MEETING: (),
    GatheringKind.INTAKE: (Outcome.OFFERED,),
    GatheringKind.COURSE: (Outcome.STARTED, Outcome.COMPLETED, Outcome.DROPPED),
}  # what the own results of each kind are counted of, besides who came
AGAIN = ("kind", "title", "for_whom", "place", "begins_at", "ends_at", "seats", "provider",
         "price", "fund")  # fmt: skip


def form_of(*, is_course: bool, **filled: Any) -> GatheringForm:
    if not is_course:
        return GatheringForm(**filled)
    form = CourseForm(**filled)
    form.offer(choices(catalogue.funds()))
    return form


def next_round(before: Gathering | None) -> dict[str, Any]:
    """What the next round begins with: as before, but for its day."""
    return {name: getattr(before, name) for name in AGAIN} if before else {}


def edition(day: date) -> date:
    """Since when the positive list of that day was the one in force."""
    days = [date.fromisoformat(f"{year}-{told}") for year in (day.year - 1, day.year)
            for told in rules.on(day, "projects.positive_list_days", tuple)]  # fmt: skip
    return max(one for one in days if one <= day)


def is_outdated(one: Gathering) -> bool:
    """Whether the list has come out anew between the day it was looked up and the first day."""
    return bool(one.listed_on) and edition(one.day) > edition(one.listed_on or one.day)


def of_gathering(one: Gathering, by: Hand, **forms: Any) -> dict[str, Any]:
    """Everything on its page; the names are those of the own people alone."""
    may_read = by.actor.may(Permission.PARTICIPANT_READ)
    writes = may_write_own_part(by.project, by.actor, by.at.today) and not one.is_cancelled
    may_sign_up = writes and by.actor.may(Permission.PARTICIPANT_WRITE)
    comes, seats = queries.companies(one), queries.seats(one)
    sign_up = forms.pop("sign_up", None) or SignUpForm(formdata=None)
    if may_sign_up:
        offer_people(sign_up, one)
    holders = {one.organisation_id, *(row.organisation_id for row in comes)}
    shown: dict[str, Any] = {
        "seats": seats if may_read else (),
        "counts": counts(seats),
        "others": queries.others(one, by.at.today),
        "moves": queries.moves(one),
        "companies": comes,
        "before": queries.round_before(one),
        "names": names_on(holders, by.at.today),
        "sign_up": sign_up,
        "bring": forms.pop("bring", None) or BringForm(formdata=None),
        "suggestions": queries.may_come(by.project),
        "may_sign_up": may_sign_up,
        "may_bring": writes and by.actor.may(Permission.COMPANY_WRITE),
        "may_change": writes
        and by.actor.may(Permission.PROJECT_WRITE)
        and actions.may_change(one, by)
        and one.ends_on >= by.at.today,
        "may_repeat": writes and by.actor.may(Permission.PROJECT_WRITE),
        "is_begun": one.day <= by.at.today,
        "is_over": one.ends_on < by.at.today,
        "results": own_results(one, seats),
        "me": by.me,
    }
    return shown | of_course(one) | {"words": words} | forms


def of_course(one: Gathering) -> dict[str, Any]:
    if not one.is_course:
        return {}
    return {
        "price": None if one.price is None else kroner(one.price),
        "fund": catalogue.name_of(catalogue.funds(), one.fund, language()) if one.fund else None,
        "edition": edition(one.listed_on) if one.listed_on else None,
        "outdated": is_outdated(one),
        "months": rules.on(one.day, "projects.declaration_months"),
    }


def counts(seats: Sequence[Any]) -> dict[str, int]:
    return {
        "seated": sum(row.GatheringSeat.number is not None for row in seats),
        "waiting": sum(row.GatheringSeat.number is None for row in seats),
    }


def own_results(one: Gathering, seats: Sequence[Any]) -> list[tuple[str, int]]:
    """How many of the own people came, and for how many of them what is recorded."""
    known = [event.kind for events in queries.events(one).values() for event in events]
    attended = sum(bool(row.GatheringSeat.attended) for row in seats)
    came = [] if one.is_course else [(Outcome.MET, attended)]
    found = [(each, known.count(EventKind(each.value))) for each in COUNTED[one.kind]]
    return [(str(words.OUTCOMES[each]), number) for each, number in [*came, *found]]


def offer_people(form: SignUpForm, one: Gathering) -> None:
    form.offer((person.id, person.name or "") for person in queries.not_signed_up(one))


# --- At the venue ---


@dataclass(frozen=True)
class Line:
    """One of the own people at the venue: the form, and how it stands now."""

    seat: GatheringSeat
    name: str
    form: ResultForm
    outcome: Outcome | None
    told: str


def venue(
    one: Gathering, wrong: ResultForm | None = None, of: uuid.UUID | None = None
) -> dict[str, Any]:
    """Everybody with a seat; `wrong` is the form of the seat `of` as it was sent."""
    known = queries.events(one)
    comes = [(row.company_id, row.name) for row in queries.companies(one)]
    rows = [row for row in queries.seats(one) if row.GatheringSeat.number is not None]
    lines = [
        line(one, row.GatheringSeat, row.Participant, known, comes,
             wrong if row.GatheringSeat.id == of else None)
        for row in rows
    ]  # fmt: skip
    met = {Outcome.MET, Outcome.MATCHED, Outcome.OFFERED}
    return {
        "lines": lines,
        "met": sum(each.outcome in met for each in lines),
        "matched": sum(each.outcome is Outcome.MATCHED for each in lines),
        "has_matches": one.kind == GatheringKind.MATCH_DAY,
        "words": words,
    }


def line(
    one: Gathering,
    seat: GatheringSeat,
    person: Participant,
    known: dict[uuid.UUID, list[ParticipantEvent]],
    comes: list[tuple[uuid.UUID, str]],
    wrong: ResultForm | None,
) -> Line:
    outcome, event = standing(seat, known.get(person.id, []))
    filled = before(outcome, event)
    form = wrong or ResultForm(formdata=None, of=one, seat_id=seat.id, data=filled)
    form.offer(comes)
    return Line(seat, person.name or "", form, outcome, told(outcome, event, dict(comes)))


def before(outcome: Outcome | None, event: ParticipantEvent | None) -> dict[str, Any]:
    """What the form shows of what was entered."""
    filled: dict[str, Any] = {"outcome": outcome}
    if event:
        names = ("form", "timing", "day", "reason")
        filled |= {name: getattr(event, name) for name in names}
        filled["company"] = str(event.company_id or "")
    return {name: value for name, value in filled.items() if value is not None}


def told(
    outcome: Outcome | None, event: ParticipantEvent | None, names: dict[uuid.UUID, str]
) -> str:
    if outcome is None:
        return ""
    said = str(words.OUTCOMES[outcome])
    if outcome is Outcome.MATCHED and event and event.form:
        where = names.get(event.company_id) if event.company_id else None
        return ": ".join([said, ", ".join(filter(None, [where, str(FORMS[event.form]).lower()]))])
    return said
