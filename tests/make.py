"""Plain builders: give only what the test is about. They write as the owner of the tables, each
row committed, so that what is read afterwards is read by another role through its policies."""

import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.orm import Session

from portal.access import POSSIBLE_ROLES, Actor, OrganisationKind, Role
from portal.agreements.beside import AgreementAmendment, AgreementContact
from portal.agreements.models import (
    BINDING,
    SIDES,
    Agreement,
    AgreementSide,
    AgreementVersion,
    Term,
)
from portal.agreements.models import State as AgreementState
from portal.agreements.parameters import default, plain
from portal.audit import AuditEvent
from portal.cases.models import MemberCase
from portal.clock import COPENHAGEN, now
from portal.db import Base
from portal.handovers.meeting import JointMeeting, Minutes
from portal.handovers.models import Handover, HandoverParty, Kind, State
from portal.handovers.parts import HandoverContent, HandoverDraft, HandoverMessage
from portal.handovers.workflow import standing
from portal.identity.models import IdentityProvider, UserSession, hashed
from portal.organisations.collation import sort_key
from portal.organisations.models import (
    Membership,
    Organisation,
    OrganisationName,
    RoleGrant,
    RoleSource,
    Unit,
    UnitKind,
    User,
)
from tests.reached import REACHED

Row = TypeVar("Row", bound=Base)
LONG_AGO = date(2000, 1, 1)
REFERENCE = {"handover_step", "handover_standing"}  # written by migrations alone
NOT_MET = {"code": "not_met", "label_da": "Kriteriet er ikke opfyldt", "label_en": "Not met"}
OTHER = {"code": "other", "label_da": "Andet", "label_en": "Other"}
BOTH_KINDS = {
    "kinds": ["overgang", "visitation"],
    "rejection_reasons": [
        NOT_MET | {"needs_criterion": True, "needs_text": False},
        OTHER | {"needs_criterion": False, "needs_text": True},
    ],
}
number = count(1)
records = Session(expire_on_commit=False)  # bound to the owner by the fixture `database`
sweeping = Session()  # bound to the superuser by the same; each statement stands at once


def days_ago(days: int) -> datetime:
    """This hour in Copenhagen so many days ago: across summer time it stays on its day."""
    return (now().astimezone(COPENHAGEN) - timedelta(days=days)).astimezone(UTC)


def clean() -> None:
    """Whatever a test wrote, its guards asleep: the audit log alone lets nobody delete.

    Deleted, not truncated: that would make new files for every table and index, a hundred times
    slower for the few rows of a test.
    """
    records.rollback()
    records.expunge_all()
    sweeping.execute(text("select pg_temp.sweep()"))
    sweeping.rollback()


def sweeper(address: str) -> Engine:
    """The superuser's one connection: triggers are off, and a table without rows costs a look."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT", pool_size=1)
    written = [table.name for table in Base.metadata.sorted_tables if table.name not in REFERENCE]
    names = [
        *written,
        *(f"procrastinate_{name}" for name in ("periodic_defers", "jobs", "workers")),
    ]
    looks = "".join(f'if exists (select from "{n}") then delete from "{n}"; end if;' for n in names)
    function = (
        f"create function pg_temp.sweep() returns void language plpgsql as 'begin {looks} end'"
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute("set session_replication_role = replica")
        connection.execute(function)

    return engine


def saved(row: Row) -> Row:
    records.add(row)
    records.commit()
    return row


def save_all(*rows: Base) -> None:
    """Each after those before it, in one transaction."""
    for row in rows:
        records.add(row)
        records.flush()
    records.commit()


def fresh(row: Row) -> Row:
    """The row as it stands now, whoever changed it."""
    records.refresh(row)
    records.commit()
    return row


def organisation(
    name: str = "", kind: OrganisationKind = OrganisationKind.MUNICIPALITY, slug: str = ""
) -> Organisation:
    name = name or f"Organisation {next(number)}"
    made = Organisation(id=uuid.uuid4(), slug=slug or f"organisation-{next(number)}", kind=kind)
    names = {"name": name, "short_name": name, "sort_key": sort_key(name)}
    issuer = f"https://idp{next(number)}.example"
    provider = IdentityProvider(
        slug=made.slug,
        organisation_id=made.id,
        issuer=issuer,
        metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_id="samspil",
        secret="",
    )
    own = OrganisationName(organisation_id=made.id, valid_from=LONG_AGO, **names)
    save_all(made, own, provider)
    return made


def fund(name: str = "Prøve A-kasse", slug: str = "") -> Organisation:
    return organisation(name, OrganisationKind.UNEMPLOYMENT_FUND, slug)


def unit(organisation: Organisation, name: str = "", **values: Any) -> Unit:
    values = {"kind": UnitKind.TEAM, "valid_from": LONG_AGO} | values
    name = name or f"Team {next(number)}"
    return saved(Unit(organisation_id=organisation.id, name=name, **values))


def provider_of(organisation: Organisation) -> IdentityProvider:
    own = select(IdentityProvider).where(IdentityProvider.organisation_id == organisation.id)
    return records.scalars(own).one()


def user(organisation: Organisation, *roles: Role, name: str = "", **values: Any) -> User:
    """A user with the roles given; without any, with none."""
    made = next(number)
    provider = provider_of(organisation)
    unit_id = values.pop("unit_id", None)
    values = {"email": f"user{made}@example.dk", "subject": f"subject {made}"} | values
    own = {"organisation_id": organisation.id}
    person = User(
        id=uuid.uuid4(),
        provider_id=provider.id,
        name=name or f"Bruger {made}",
        **(own | values),
    )
    place = Membership(
        id=uuid.uuid4(), user_id=person.id, unit_id=unit_id, valid_from=LONG_AGO, **own
    )
    given = {"membership_id": place.id, "source": RoleSource.PROVIDER}
    save_all(person, place, *(RoleGrant(role=role, **(own | given)) for role in roles))
    return person


def member_case(fund: Organisation, municipality: Organisation, **values: Any) -> MemberCase:
    """An open case that began to count on 16 November 2026, full-time insured."""
    values = {
        "name": f"Medlem {next(number)}",
        "benefit_start": date(2026, 11, 16),
        "weekly_hours": Decimal(37),
        "rule_set": "2026",
        "transfer_on": date(2027, 2, 28),
    } | values
    own = {"organisation_id": fund.id, "municipality_id": municipality.id}
    return saved(MemberCase(**own, **values))


def of_case(case: MemberCase, model: type[Row], /, **values: Any) -> Row:
    """A row of the case: plan, talk, effort, hours …"""
    return saved(model(case_id=case.id, organisation_id=case.organisation_id, **values))


def actor(organisation: Organisation, *roles: Role, **values: Any) -> Actor:
    person = user(organisation, *roles, **values)
    return Actor(person.id, organisation.id, person.name, frozenset(roles))


def session_of(user: User, **values: Any) -> str:
    """A signed-in user's token."""
    token = secrets.token_urlsafe(32)
    values = {"expires_at": now() + timedelta(hours=8), "level": "Substantial"} | values
    saved(
        UserSession(
            token_hash=hashed(token),
            user_id=user.id,
            organisation_id=user.organisation_id,
            provider_id=user.provider_id,
            subject=user.subject,
            **values,
        )
    )
    return token


def audited(subject_id: uuid.UUID | None = None) -> list[AuditEvent]:
    rows = select(AuditEvent).order_by(AuditEvent.at)
    if subject_id:
        rows = rows.where(AuditEvent.subject_id == subject_id)
    found = [*records.scalars(rows)]
    records.commit()
    return found


def agreement(fund: Organisation, municipality: Organisation, **values: Any) -> AgreementVersion:
    """The first version of an agreement between the two, in force from long ago and on."""
    made = saved(Agreement(key=f"agreement-{next(number)}", title="Samarbejdsaftale"))
    return agreement_version(made.id, fund, municipality, **values)


def agreement_version(
    agreement_id: uuid.UUID, *parties: Organisation, **values: Any
) -> AgreementVersion:
    """`parameters` are laid over those of the default; without parties, those of the one before.

    A signed one supersedes the one before.
    """
    parameters = plain(default()) | BOTH_KINDS | values.pop("parameters", {})
    values = {"number": 1, "valid_from": LONG_AGO, "source": "Prøve", "hash": "0"} | values
    values = {"state": AgreementState.SIGNED, "term": Term.OPEN_ENDED} | values
    if values["state"] in BINDING:
        values = {"signed_at": now(), "ends_on": values.get("valid_until")} | values
    lists: dict[str, Any] = {name: [] for name in ("sections", "criteria", "goals", "contacts")}
    values = lists | {"parameter_sources": {}} | values | {"parameters": parameters}
    last = newest_version(agreement_id)
    if last and values["state"] in BINDING:
        last.yield_to(values["valid_from"])
        records.commit()
    version = saved(AgreementVersion(agreement_id=agreement_id, **values))
    for party in parties or [row.organisation for row in (last.sides if last else ())]:
        side(version, party)
    return version


def newest_version(agreement_id: uuid.UUID) -> AgreementVersion | None:
    rows = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement_id)
    last = rows.order_by(AgreementVersion.number.desc()).limit(1)
    return records.scalars(last).one_or_none()


def under_way(
    fund: Organisation, municipality: Organisation, state: AgreementState, **values: Any
) -> AgreementVersion:
    """The first version of an agreement that the fund has begun and that is not signed yet."""
    key = f"agreement-{next(number)}"
    begun = saved(Agreement(key=key, title="Ny aftale", created_by_id=fund.id))
    needed: dict[AgreementState, dict[str, Any]] = {
        AgreementState.DRAFT: {"private_to": fund.id, "hash": ""},
        AgreementState.SIGNING: {"sign_by": LONG_AGO, "hash": "1"},
    }
    values = {"state": state, "hash": ""} | needed.get(state, {}) | values
    return agreement_version(begun.id, fund, municipality, **values)


def of_version(version: AgreementVersion, model: type[Row], **values: Any) -> Row:
    """Something that hangs on a version."""
    return saved(model(agreement_id=version.agreement_id, version_id=version.id, **values))


def side(version: AgreementVersion, organisation: Organisation, **values: Any) -> AgreementSide:
    own = {"agreement_id": version.agreement_id, "version_id": version.id}
    values = {"organisation_id": organisation.id, "side": SIDES[organisation.kind]} | values
    return saved(AgreementSide(**own, **values))


def contact(
    version: AgreementVersion, person: User, code: str, deputy: User | None = None, **values: Any
) -> AgreementContact:
    """That the person's organisation names the person for a function, from long ago and on."""
    told: dict[str, Any] = {"user_id": person.id, "name": person.name}
    if deputy:
        told |= {"deputy_id": deputy.id, "deputy_name": deputy.name}
    own = {"agreement_id": version.agreement_id, "organisation_id": person.organisation_id}
    told |= {"valid_from": LONG_AGO, "written_by": "Ulla Ejer"} | values
    return saved(AgreementContact(code=code, **own, **told))


def amendment(
    version: AgreementVersion, organisation: Organisation, **values: Any
) -> AgreementAmendment:
    """That the organisation asks for a shorter deadline, and nobody has answered."""
    asked = {"path": "parameters.decide_days", "old": 5, "new": 3, "reason": "Vi når det ikke."}
    own = {"organisation_id": organisation.id, "side": SIDES[organisation.kind]}
    return of_version(version, AgreementAmendment, person="Ulla Ejer", **own, **asked | values)


def every_role(organisation: Organisation) -> list[Role]:
    """All that the organisation's kind allows, so that only the rows can be what is in the way."""
    return sorted(POSSIBLE_ROLES[organisation.kind])


def handover(case: MemberCase, state: State = State.DRAFT, **values: Any) -> Handover:
    """A package to the case's municipality with all that its state demands."""
    moment = now() - timedelta(minutes=9)
    reached = REACHED[state]
    times = {name: moment for name in reached}
    agreement_version_id = values.get("agreement_version_id")
    values = {
        "reference": f"OP-TEST-{next(number):04X}",
        "kind": Kind.VISITATION if agreement_version_id else Kind.OVERGANG,
        "sender_id": case.organisation_id,
        "receiver_id": case.municipality_id,
        "case_id": case.id,
        "member_name": case.name,
        "parameters": plain(default()) | BOTH_KINDS,
        "turn": standing(state, values.get("fund_attends")).turn,
        "created_at": moment,
        "changed_at": moment,
        **signing(state, case),
        "accepted_by": "Jonas Skabelon" if "accepted_at" in reached else None,
        "closed_reason": "other" if "closed_at" in reached and state != State.COMPLETED else None,
        "registered_on": date(2026, 11, 20) if state == State.COMPLETED else None,
        **times,
    } | values
    made = saved(Handover(state=state, **values))
    own = {"handover_id": made.id, "organisation_id": made.sender_id}
    saved(HandoverDraft(**own))
    if reached:
        content = {
            "job_goals": ["Industritekniker"],
            "assessment": None,
            "member": {"name": case.name},
        }
        hashed_as = {"hash": "0" * 64, "frozen_by": "Mette Eksempel"}
        saved(HandoverContent(number=1, content=content, **hashed_as, **own))
    if state == State.MEETING_PLANNED:
        planned = {
            "starts_at": now() + timedelta(days=7),
            "ends_at": now() + timedelta(days=7, hours=1),
        }
        joint = {"handover_id": made.id, "organisation_id": made.receiver_id, "place": "Rådhuset"}
        saved(JointMeeting(**joint, **planned))
    return made


def minutes(handover: Handover, number: int = 1) -> Minutes:
    """That the receiver has shared minutes, and nobody has opposed them."""
    own = {"handover_id": handover.id, "organisation_id": handover.receiver_id}
    told: dict[str, Any] = {"text": "Referat", "goals": [], "next_contact_on": date(2026, 12, 1)}
    who = {"next_contact_person": "Jonas", "published_by": "Jonas"}
    return saved(Minutes(number=number, **told, **who, **own))


def signing(state: State, case: MemberCase) -> dict[str, Any]:
    """Who is asked to approve, and which package came instead: itself will do."""
    if state == State.SIGNOFF:
        fund = records.get_one(Organisation, case.organisation_id)
        leader = user(fund, Role.TEAM_LEAD)
        return {"signoff_person_id": leader.id, "signoff_person": leader.name}
    newer = uuid.uuid4()
    return {"id": newer, "superseded_by_id": newer} if state == State.SUPERSEDED else {}


def question(handover: Handover, organisation_id: uuid.UUID, **values: Any) -> HandoverMessage:
    """That one of the two parties has asked something that the other has not answered."""
    asked = {"person": "Mette Eksempel", "text": "Hvornår?", "answer_due_on": date(2026, 11, 30)}
    own = {"handover_id": handover.id, "organisation_id": organisation_id}
    return saved(HandoverMessage(**own, **asked | values))


def party(handover: Handover, organisation: Organisation) -> HandoverParty:
    """The package as that party's list has it."""
    rows = select(HandoverParty).where(
        HandoverParty.handover_id == handover.id,
        HandoverParty.organisation_id == organisation.id,
    )
    found = records.scalars(rows.execution_options(populate_existing=True)).one()
    records.commit()
    return found
