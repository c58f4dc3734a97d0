"""Whom the agreement names is written to: of what nobody has, what is late and what has stopped."""

from collections.abc import Callable
from datetime import date

import pytest

from portal.access import Role
from portal.agreements.models import AgreementVersion
from portal.cases.models import MemberCase, TransferNotice
from portal.clock import today
from portal.db import db
from portal.handovers import passing, reached
from portal.handovers.models import Handover, Party, State
from portal.handovers.reminding import Passing
from portal.organisations.models import Absence, Organisation, User
from tests import make

SIDE = {"side": "municipality", "label_en": "", "source": "Prøve"}
FUNCTIONS = [
    SIDE | {"code": "first", "label_da": "Nye pakker", "told_of": "packages"},
    SIDE | {"code": "second", "label_da": "Frister", "told_of": "late"},
    SIDE | {"code": "third", "label_da": "Aftalen", "told_of": "stuck"},
    SIDE | {"code": "fourth", "label_da": "Tilbud", "told_of": ""},
    {key: cell for key, cell in SIDE.items()} | {"code": "fifth", "label_da": "Før mails"},
]


@pytest.fixture
def version(fund: Organisation, municipality: Organisation) -> AgreementVersion:
    return make.agreement(fund, municipality, contacts=FUNCTIONS)


@pytest.fixture
def case(fund: Organisation, municipality: Organisation) -> MemberCase:
    unit = {"mailbox": "job@lillekoebing.example", "is_default": True}
    make.unit(municipality, "Modtagelsen", **unit)
    return make.member_case(fund, municipality, name="Karl Prøvesen")


@pytest.fixture
def package(case: MemberCase, version: AgreementVersion) -> Handover:
    """Nobody in the municipality has it yet."""
    return make.handover(case, State.SENT, agreement_version_id=version.id)


@pytest.fixture
def told(worker, package) -> Callable[..., set[str]]:
    """The addresses of the municipality's mails, as the worker finds them."""

    def of(what: Callable[..., list], *more: object, day: date | None = None) -> set[str]:
        with worker.app_context():
            there = db.session.get(Handover, package.id)
            return {reader.address for reader in what(there, *more, day or today())}

    return of


def away(user: User) -> None:
    own = {"user_id": user.id, "organisation_id": user.organisation_id}
    make.saved(Absence(first_day=today(), last_day=today(), **own))


def test_a_package_that_nobody_has_is_told_to_who_is_named_for_it(
    version, told, municipality, contact, coordinator
):
    to_nobody = told(reached.recipients, Party.RECEIVER)
    assert to_nobody == {"job@lillekoebing.example"}
    make.contact(version, contact, "first", coordinator, mailbox="nye@lillekoebing.example")
    assert told(reached.recipients, Party.RECEIVER) == {contact.email}
    away(contact)
    assert told(reached.recipients, Party.RECEIVER) == {coordinator.email}
    away(coordinator)
    assert told(reached.recipients, Party.RECEIVER) == {"nye@lillekoebing.example"}


def test_who_has_it_is_told_instead_of_who_is_named(version, told, package, contact, coordinator):
    make.contact(version, coordinator, "first")
    assert told(reached.recipients, Party.RECEIVER) == {coordinator.email}
    package.receiver_person_id, package.receiver_person = contact.id, contact.name
    make.saved(package)
    assert told(reached.recipients, Party.RECEIVER) == {contact.email}


def test_a_late_one_is_told_to_who_is_named_and_to_the_mailbox(version, told, contact, coordinator):
    make.contact(version, contact, "fourth")
    make.contact(version, contact, "fifth")
    assert told(reached.of_late, Party.RECEIVER) == {"job@lillekoebing.example"}
    make.contact(version, coordinator, "second")
    late = {coordinator.email, "job@lillekoebing.example"}
    assert told(reached.of_late, Party.RECEIVER) == late


def test_what_has_stopped_is_told_to_the_owner_of_this_agreement(version, told, fund, municipality):
    here, other = (make.user(municipality, Role.AGREEMENT_OWNER) for _one in range(2))
    theirs = make.user(fund, Role.AGREEMENT_OWNER)
    assert told(reached.owners) == {here.email, other.email, theirs.email}
    make.contact(version, other, "third")
    assert told(reached.owners) == {other.email, theirs.email}


def test_nobody_is_told_of_a_package_that_the_role_does_not_open(version, told, municipality):
    owner = make.user(municipality, Role.AGREEMENT_OWNER)
    make.contact(version, owner, "first")
    make.contact(version, owner, "third")
    assert told(reached.recipients, Party.RECEIVER) == {"job@lillekoebing.example"}
    assert told(reached.owners) == {owner.email}


def test_a_package_without_an_agreement_goes_to_the_unit(version, told, package, contact):
    make.contact(version, contact, "first")
    package.agreement_version_id, package.kind = None, "overgang"
    make.saved(package)
    assert told(reached.recipients, Party.RECEIVER) == {"job@lillekoebing.example"}


def test_responsibility_that_passes_unsent_is_told_to_the_funds_named_ones(
    worker, fund, municipality, adviser
):
    mine = {"side": "fund", "label_en": "", "source": "Prøve", "label_da": "Frister"}
    functions = [mine | {"code": told, "told_of": told} for told in ("late", "stuck")]
    version = make.agreement(fund, municipality, contacts=functions)
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    owner, named = (make.user(fund, Role.AGREEMENT_OWNER) for _one in range(2))

    def to(level: Passing) -> set[str]:
        notice = TransferNotice(level=level)
        with worker.app_context():
            there = db.session.get_one(MemberCase, case.id)
            return {reader.address for reader in passing.readers(notice, there, today())}

    assert to(Passing.CLOSE) == {adviser.email}
    assert to(Passing.PASSED) == {owner.email, named.email}
    make.contact(version, team_lead := make.user(fund, Role.TEAM_LEAD), "late")
    make.contact(version, named, "stuck")
    assert to(Passing.NEAR) == {adviser.email}
    assert to(Passing.CLOSE) == {adviser.email, team_lead.email}
    assert to(Passing.PASSED) == {named.email}
