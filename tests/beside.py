"""Builders of what lies beside: files of a package, who alone may see it, surveys, and goals."""

import hashlib
import uuid
from datetime import date, timedelta
from itertools import count
from typing import Any

from portal import keys
from portal.access import Role
from portal.agreements.models import SIDES, AgreementVersion
from portal.cases.models import MemberCase
from portal.cases.restricted import Basis, CaseReader, CaseRestriction
from portal.clock import now, today
from portal.goals.models import GoalTally, TallyKind
from portal.goals.values import GoalValue
from portal.handovers.amendments import HandoverAmendment
from portal.handovers.files import FileState, HandoverFile
from portal.handovers.models import Handover
from portal.handovers.restricted import HandoverReader, HandoverRestriction
from portal.organisations.models import Organisation, User
from portal.settings import load
from portal.support.models import SupportGrant
from portal.surveys.models import State, Survey, SurveyCount, SurveyLink, SurveyResult
from portal.surveys.questionnaires import content
from tests import make


def file(handover: Handover, organisation: Organisation, **values: Any) -> HandoverFile:
    """A file on a package that waits for the scanner; `data` is what is in it."""
    file_id, data = uuid.uuid4(), values.pop("data", b"En tekst")
    ring = values.pop("ring", None) or keys.of(load())
    key, sealed = ring.seal_file(data, table="handover_file", row_id=file_id)
    own = {"handover_id": handover.id, "organisation_id": organisation.id, "key": key}
    values = {"name": "Notat.txt", "kind": "txt", "position": next(make.number) % 20 + 1} | values
    if values.get("state", FileState.WAITING) != FileState.WAITING:
        values = {"judged_at": now()} | values
    about = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    who = {"person_id": uuid.uuid4(), "person": "Mette Eksempel"} | values
    return make.saved(HandoverFile(id=file_id, sealed=sealed, **own, **about, **who))


def correction(handover: Handover, organisation: Organisation, **values: Any) -> HandoverAmendment:
    """That one of the two parties has corrected the day, and the other has not seen it."""
    side = "sender" if handover.sender_id == organisation.id else "receiver"
    told: dict[str, Any] = {"path": "responsible_from", "old": "2027-02-28", "new": "2027-03-01"}
    told |= {"audience": "both", "reason": "Stod forkert", "person": "Jonas", "side": side}
    own = {"handover_id": handover.id, "organisation_id": organisation.id}
    return make.saved(HandoverAmendment(at=handover.changed_at, **own, **told | values))


def restricted(handover: Handover, *people: User) -> HandoverRestriction:
    """That the package is for these alone, of both parties; the first has said so."""
    first = people[0]
    for one in people:
        own = {"handover_id": handover.id, "organisation_id": one.organisation_id}
        make.saved(HandoverReader(user_id=one.id, person=one.name, named_by=first.name, **own))
    own = {"handover_id": handover.id, "organisation_id": first.organisation_id}
    why: dict[str, Any] = {"basis": Basis.STAFF, "reason": "Ansat hos os", "person": first.name}
    return make.saved(HandoverRestriction(**own, **why))


def restricted_case(case: MemberCase, *people: User) -> CaseRestriction:
    """That the case is for these alone; the first has said so."""
    first, own = people[0], {"case_id": case.id, "organisation_id": case.organisation_id}
    for one in people:
        make.saved(CaseReader(user_id=one.id, person=one.name, named_by=first.name, **own))
    why: dict[str, Any] = {"basis": Basis.KIN, "reason": "I familie", "person": first.name}
    return make.saved(CaseRestriction(**own, **why))


def kept_for_leader(fund: Organisation, municipality: Organisation) -> None:
    """A case and its draft that the fund's leader, who administers it too, alone may see."""
    leader = make.user(fund, Role.TEAM_LEAD, Role.LOCAL_ADMINISTRATOR)
    case = make.member_case(fund, municipality)
    restricted(make.handover(case), leader)
    restricted_case(case, leader)


def support(handover: Handover, organisation: Organisation, **values: Any) -> SupportGrant:
    """That the platform may read the package for an hour, from a minute ago."""
    values = {"reason": "Står stille", "granted_by": "Bent Administrator"} | values
    begun = values.setdefault("granted_at", now() - timedelta(minutes=1))
    values = {"ends_at": begun + timedelta(hours=1), "reference": handover.reference} | values
    own = {"handover_id": handover.id, "organisation_id": organisation.id}
    return make.saved(SupportGrant(**own, **values))


def survey(organisation: Organisation, state: State = State.DRAFT, **values: Any) -> Survey:
    """To the organisation's advisers, today and for nine days more; opened with today's words."""
    values = {"questionnaire": "advisers", "made_by": "Torben Eksempel", "language": "da"} | values
    made = {
        "reference": f"SU-TEST-{next(make.number):04}",
        "first_day": today() - timedelta(days=90),
        "last_day": today(),
        "opens_on": today(),
        "closes_on": today() + timedelta(days=9),
        "reminder_days": [3, 6],
        "content": None if state == State.DRAFT else content(values["questionnaire"]),
        "closed_at": now() if state == State.CLOSED else None,
    }
    return make.saved(Survey(organisation_id=organisation.id, state=state, **made | values))


GOAL = {
    "code": "two_talks",
    "set": "law",
    "area": "Kontaktforløb",
    "aim": "Samtaler",
    "indicator": "Andel med mindst 2 samtaler",
    "unit": "percent",
    "measured_by": "own_count",
    "method": "Egne registreringer",
    "source": "Prøve",
    "target": 75,
}
days = count()


def goal_value(version: AgreementVersion, organisation: Organisation, **values: Any) -> GoalValue:
    """A draft of the goal above, each of a day of its own."""
    day = date(2020, 1, 1) + timedelta(days=next(days))
    told: dict[str, Any] = {"set": "law", "code": "two_talks", "source": "dfdg", "written_by": "P"}
    told |= {"side": SIDES[organisation.kind], "goal_number": 0, "first_day": day, "last_day": day}
    whose = {"agreement_id": version.agreement_id, "organisation_id": organisation.id}
    return make.saved(GoalValue(**whose, **told | values))


def goal_entry(person: User) -> GoalTally:
    told = {"kind": TallyKind.INSTITUTION, "day": date(2026, 11, 20), "number": 1}
    whose = {"organisation_id": person.organisation_id, "user_id": person.id}
    return make.saved(GoalTally(recorded_by=person.name, **whose, **told))


def fill_survey(fund: Organisation, agreement: AgreementVersion) -> None:
    """A draft, and beside it what an open one and a closed one would have."""
    made = survey(fund, agreement_id=agreement.agreement_id)
    make.saved(SurveyLink(survey_id=made.id, token_hash=b"link", address="anna@x.example"))
    make.saved(SurveyCount(survey_id=made.id, counts={"profiling_useful_advisers/fully": 1}))
    told = {
        "organisation_id": fund.id,
        "survey_id": made.id,
        "position": 0,
        "of": 12,
        "low": 6,
        "high": 6,
    }
    make.saved(SurveyResult(question="profiling_useful_advisers", **told))
