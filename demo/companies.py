"""The companies of the industry project: 600 that belong to nobody, asked, called, and in need.

Their CVR numbers are test numbers (decision 0038). Written at once, as the owner of the tables;
what each answered is decided by counting, so that the same day gives the same companies.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from stdnum.dk import cvr

from demo import data
from portal.clock import COPENHAGEN
from portal.companies.models import Company, CompanyContact, CompanyNeed, ContactKind
from portal.companies.orders import ENDED, JobCandidate, JobOrder, OrderState, Outcome, Reason
from portal.job_orders import clocks
from portal.organisations.collation import sort_key
from portal.participants.models import Participant
from portal.projects import catalogue
from portal.projects.matches import JobForm, Timing
from portal.references import new_reference

COMPANIES = 600
TRADES = {
    "Metal": "Smedeværksted",
    "Maskinindustri": "Maskinfabrik",
    "Plast": "Plaststøberi",
    "Træ og møbler": "Møbelfabrik",
    "Fødevarer": "Fødevarefabrik",
    "Elektronik": "Elektronikværksted",
}
SKILLS = (
    "Svejser med certifikat",
    "CNC-operatør",
    "Truckfører",
    "Lagermedarbejder",
    "Procesoperatør",
    "Industritekniker",
    "Montør",
)
ASKED, ANSWERED = 560, 0.6  # so many are asked, and so many of these answered
State = OrderState
HIRED, NOT_HIRED = Outcome.HIRED, Outcome.NOT_HIRED


@dataclass(frozen=True)
class Ordered:
    """A job order of the demo, received so many days ago; `came` are its candidates."""

    need: str
    model: str
    days_ago: int
    state: OrderState
    came: Sequence[Outcome | None] = ()
    called: bool = False


COOPERATION, EDUCATION = "samarbejdsmodellen", "uddannelsesmodellen"
DIRECT = "direkte_rekruttering"
ORDERS = (
    Ordered("Svejser til rustfrit stål, gerne med TIG-certifikat", COOPERATION, 4, State.OPEN),
    Ordered("To truckførere med gyldigt certifikat", DIRECT, 0, State.OPEN),
    Ordered("CNC-operatør til aftenhold", COOPERATION, 3, State.PRESENTED, (None, None)),
    Ordered("Montør til samling af pumper", DIRECT, 40, State.FILLED, (HIRED, NOT_HIRED), True),
    Ordered("Industritekniker, gerne voksenlærling", EDUCATION, 60, State.FILLED,
            (NOT_HIRED, HIRED, NOT_HIRED), True),
    Ordered("Procesoperatør til støbning", EDUCATION, 20, State.FILLED, (HIRED, None)),
    Ordered("Lagermedarbejder med kørekort", DIRECT, 12, State.NOT_FILLED, (NOT_HIRED, NOT_HIRED)),
    Ordered("Smed til reparationer hos kunder", COOPERATION, 75, State.NOT_FILLED,
            (NOT_HIRED,), True),
    Ordered("Operatør til weekendhold", COOPERATION, 33, State.WITHDRAWN, (), True),
)  # fmt: skip


def test_numbers() -> Iterator[str]:
    """CVR numbers that nobody has: real ones never begin with 0."""
    return (one for n in range(1, 10**7) if cvr.checksum(one := f"{n:08d}") == 0)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), COPENHAGEN)


def fill(
    project_id: uuid.UUID, contacts: Mapping[uuid.UUID, str], towns: Sequence[uuid.UUID],
    first: date, day: date,
) -> None:  # fmt: skip
    """`contacts` are the partners that talk to companies, and who does it for each."""
    partners = [*contacts]
    rows = [company(number, partners, towns, first, day) for number in range(COMPANIES)]
    own = {"project_id": project_id}
    for row in rows:
        row |= own | {"made_at": at(first), "made_by": contacts[partners[0]], "revision": 1}
    asked = [row for row in rows if row["contacted_by_id"] and row["asked_on"]]
    needy = [row for row in asked if row["interested"]]
    with data.owner() as engine, Session(engine) as session, session.begin():
        session.execute(insert(Company), rows)
        session.execute(insert(CompanyContact), [*talked(asked, contacts)])
        session.execute(insert(CompanyNeed), [*needs(needy, contacts, first)])
        order(session, needy, contacts, day)


def company(
    number: int, partners: Sequence[uuid.UUID], towns: Sequence[uuid.UUID], first: date, day: date
) -> dict[str, Any]:
    trade, kind = [*TRADES.items()][number % len(TRADES)]
    name = f"{kind} Eksempel {number + 1:03d}"
    is_asked = number < ASKED
    asked = min(first + timedelta(days=7 + number % 40), day)
    has_answered = is_asked and number * 7 % 10 < ANSWERED * 10
    answered = min(asked + timedelta(days=3 + number % 20), day) if has_answered else None
    interested = number % 5 < 2
    return {
        "id": uuid.uuid4(),
        "organisation_id": partners[0],
        "cvr": NUMBERS[number],
        "name": name,
        "sort_key": sort_key(name),
        "trade": trade,
        "municipality_id": towns[number % len(towns)],
        "contact_name": f"Kontakt Eksempel {number + 1}" if number % 3 else None,
        "contact_phone": f"00 00 {number // 100:02d} {number % 100:02d}",
        "contact_email": f"kontakt@eksempel-{number + 1:03d}.example",
        "contacted_by_id": partners[number % len(partners)] if is_asked else None,
        "contacted_at": at(answered) if answered else None,
        "asked_on": asked if is_asked else None,
        "answered_on": answered,
        "interested": interested if has_answered else None,
        "answer": ANSWERS[interested, number % 2] if has_answered else None,
        "changed_at": at(answered or asked),
    }


NUMBERS = [number for number, _n in zip(test_numbers(), range(COMPANIES), strict=False)]
ANSWERS = {
    (True, 0): "Mangler folk til efteråret. Ring til værkføreren.",
    (True, 1): "Vil gerne med på informationsmødet.",
    (False, 0): "Ansætter ikke i år.",
    (False, 1): None,
}


def talked(
    rows: Sequence[Mapping[str, Any]], contacts: Mapping[uuid.UUID, str]
) -> Iterator[dict[str, Any]]:
    """That they were asked, what they answered, and here and there a call."""
    for number, row in enumerate(rows):
        yield entry(row, contacts, ContactKind.ASKED, row["asked_on"])
        if row["answered_on"]:
            yield entry(row, contacts, ContactKind.ANSWERED, row["answered_on"], row["answer"])
        if number % 6 == 0:
            text = "Talte med værkføreren. Vi ringer igen, når ordrebogen er klar."
            yield entry(row, contacts, ContactKind.CALL, row["asked_on"], text, hour=14)


def entry(
    row: Mapping[str, Any], contacts: Mapping[uuid.UUID, str], kind: ContactKind, day: date,
    text: str | None = None, hour: int = 11, order_id: uuid.UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    by = row["contacted_by_id"]
    told = {"kind": kind, "text": text, "at": at(day, hour), "job_order_id": order_id}
    of = {"project_id": row["project_id"], "company_id": row["id"], "organisation_id": by}
    return {"id": uuid.uuid4(), "person": contacts[by], **of, **told}


def needs(
    rows: Sequence[Mapping[str, Any]], contacts: Mapping[uuid.UUID, str], first: date
) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        by = row["contacted_by_id"]
        of = {"project_id": row["project_id"], "company_id": row["id"], "organisation_id": by}
        yield {
            "id": uuid.uuid4(),
            "competence": SKILLS[number % len(SKILLS)],
            "number": 1 + number % 4,
            "needed_from": first + timedelta(days=120) if number % 2 else None,
            "written_at": at(row["answered_on"], 12),
            "written_by": contacts[by],
            **of,
        }


def order(
    session: Session, rows: Sequence[Mapping[str, Any]], contacts: Mapping[uuid.UUID, str],
    day: date,
) -> None:  # fmt: skip
    """One job order each of the first that said yes, in every state, one of them late."""
    for told, row in zip(ORDERS, rows, strict=False):
        one = ordered(told, row, contacts, day)
        session.add(one)
        session.flush()
        kinds = [(ContactKind.ORDERED, told.days_ago, told.need)]
        if told.called:
            kinds.append((ContactKind.FOLLOW_UP, told.days_ago - 12, "De vil gerne bruges igen."))
        for kind, ago, text in kinds:
            since = day - timedelta(days=ago)
            session.execute(insert(CompanyContact),
                            entry(row, contacts, kind, since, text, order_id=one.id))  # fmt: skip
        present(session, one, told)


def ordered(
    told: Ordered, row: Mapping[str, Any], contacts: Mapping[uuid.UUID, str], day: date
) -> JobOrder:
    received = at(day - timedelta(days=told.days_ago), 8)
    model = catalogue.model(told.model)
    ended = received + timedelta(days=8) if told.state in ENDED else None
    failed = "Ingen af kandidaterne passede." if told.state == State.NOT_FILLED else None
    return JobOrder(
        id=uuid.uuid4(),
        project_id=row["project_id"],
        organisation_id=row["contacted_by_id"],
        company_id=row["id"],
        reference=new_reference("JOB"),
        model=told.model,
        need=told.need,
        number=2 if told.need.startswith("To ") else 1,
        contact=row["contact_name"],
        received_at=received,
        due_at=clocks.due(told.model, received),
        clock=model.clock,
        fewest=model.candidates[0],
        most=model.candidates[1],
        state=told.state,
        presented_at=received + timedelta(hours=20) if told.came else None,
        ended_at=ended,
        end_reason=failed,
        followed_up_on=day - timedelta(days=told.days_ago - 12) if told.called else None,
        made_by=contacts[row["contacted_by_id"]],
        changed_at=ended or received,
    )


def present(session: Session, one: JobOrder, told: Ordered) -> None:
    """From the own people of who keeps it: those at the end of the list, who are still without."""
    rows = select(Participant).where(
        Participant.project_id == one.project_id,
        Participant.organisation_id == one.organisation_id,
        Participant.model == told.model,
    )
    people = session.scalars(rows.order_by(Participant.id).limit(len(told.came))).all()
    for number, (person, outcome) in enumerate(zip(people, told.came, strict=True), start=1):
        is_hire = outcome is HIRED
        session.add(
            JobCandidate(
                id=uuid.uuid4(),
                project_id=one.project_id,
                organisation_id=one.organisation_id,
                order_id=one.id,
                participant_id=person.id,
                number=number,
                added_at=one.received_at,
                added_by=one.made_by,
                outcome=outcome,
                outcome_on=one.received_at.date() + timedelta(days=3) if outcome else None,
                outcome_by=one.made_by if outcome else None,
                reason=Reason.QUALIFICATIONS if outcome is NOT_HIRED else None,
                timing=Timing.BEFORE if is_hire else None,
                form=JobForm.ORDINARY if is_hire else None,
            )
        )
        session.flush()
