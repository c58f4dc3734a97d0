"""What somebody would forge who writes SQL as the web, acting for a party of the agreement.

Each refusal stands beside the same statement as it may be.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from portal.agreements.models import State
from portal.agreements.parts import AgreementSignatory, AgreementSignature
from portal.clock import now, today
from portal.organisations.models import Absence
from portal.settings import database_url
from tests import make

Doing = Callable[..., str | int]
ASKED = """
insert into agreement_amendment (id, agreement_id, version_id, organisation_id, side, person,
    proposed_at, path, old, new, reason, state, revision)
values (gen_random_uuid(), :agreement, :version, :own, :side, 'x', now(), :path, '{}', '{}', 'x',
    'proposed', 1)
"""
PERSON = "contacts.municipality_contact.person"
APPROVED = "state = 'approved', answered_at = now(), answered_by = 'x'"
COLLECTED = "state = 'collected', collected_in_id = :next"
AT_ONCE = f"{APPROVED}, effective_on = (now() at time zone 'Europe/Copenhagen')::date"


@pytest.fixture
def does(app) -> Doing:
    """How many rows the last statement of an organisation's changes, or why it may not."""
    engine = create_engine(database_url("app"), poolclass=NullPool)

    def attempt(who, *statements, **values: Any) -> str | int:
        with engine.connect() as connection:
            setting = text("select set_config('samspil.organisation', :id, true)")
            connection.execute(setting, {"id": str(who.id)})
            try:
                done = [connection.execute(text(one), values).rowcount for one in statements]
            except DBAPIError as error:
                return str(error.orig)
        return done[-1]

    return attempt


def change(*columns: str) -> list[str]:
    return [f"update agreement_amendment set {one} where path = :path" for one in columns]


@pytest.fixture
def version(fund, municipality):
    """In force, and the owners may approve another contact person between them."""
    return make.agreement(fund, municipality, parameters={"small_changes": ["contact_persons"]})


# --- Amendments ---


@pytest.mark.parametrize("side", ["municipality", "observer"])
def test_nobody_asks_for_the_other_side_and_then_answers(does, fund, version, side):
    own = {"agreement": version.agreement_id, "version": version.id, "own": fund.id}
    asked = {"path": PERSON, "side": side, **own}
    assert "row-level security" in does(fund, ASKED, *change(APPROVED), **asked)
    assert does(fund, ASKED, **asked | {"side": "fund"}) == 1


def test_a_change_is_asked_of_what_is_signed_and_of_this_agreement(
    does, fund, municipality, outsider, version
):
    elsewhere = make.agreement(fund, outsider)
    drafted = make.under_way(fund, municipality, State.DRAFT)
    asked = {"path": PERSON, "side": "fund", "own": fund.id, "agreement": version.agreement_id}
    for other in (elsewhere, drafted):
        assert "row-level security" in does(fund, ASKED, **asked, version=other.id)
    whole = asked | {"agreement": drafted.agreement_id}
    assert "row-level security" in does(fund, ASKED, **whole, version=drafted.id)
    assert does(fund, ASKED, **asked, version=version.id) == 1


@pytest.mark.parametrize(
    ("path", "day"),
    [
        (PERSON, "date '2020-01-01'"),
        (PERSON, "(now() at time zone 'Europe/Copenhagen')::date + 2"),
        ("contacts.municipality_contact.mailbox", "(now() at time zone 'Europe/Copenhagen')::date"),
        ("parameters.decide_days", "(now() at time zone 'Europe/Copenhagen')::date"),
    ],
)
def test_only_a_small_change_holds_at_once_and_from_today(
    does, fund, municipality, version, path, day
):
    """Else whoever answers would rewrite who answered for the other party, and since when."""
    make.amendment(version, municipality, path=path, old={}, new={})
    forged = change(f"{APPROVED}, effective_on = {day}")
    assert "only small changes" in does(fund, *forged, path=path)
    assert does(fund, *change(APPROVED), path=path) == 1
    allowed = does(fund, *change(AT_ONCE), path=path)
    assert (allowed == 1) == (path == PERSON)


def test_what_is_answered_stays_as_it_was_answered(does, fund, municipality, version):
    drafted = make.agreement_version(
        version.agreement_id, state=State.DRAFT, private_to=fund.id, number=2, hash=""
    )
    make.amendment(version, fund, path=PERSON, state="approved", answered_at=now())
    told = {"path": PERSON, "next": drafted.id}
    assert "stays answered" in does(fund, *change(f"{COLLECTED}, answer = 'Nej'"), **told)
    assert does(fund, *change(COLLECTED), **told) == 1


def test_only_the_next_version_takes_what_is_approved(does, fund, municipality, outsider, version):
    drafted = make.agreement_version(
        version.agreement_id, state=State.DRAFT, private_to=fund.id, number=2, hash=""
    )
    elsewhere = make.under_way(fund, outsider, State.DRAFT)
    make.amendment(version, fund, path=PERSON, state="approved", answered_at=now())
    told = {"path": PERSON, "next": drafted.id}
    for other in (elsewhere, version):
        refused = does(fund, *change(COLLECTED), **told | {"next": other.id})
        assert "the next version takes it" in refused
    early = change(COLLECTED, "effective_on = date '2020-01-01'")
    assert "the next version takes it" in does(fund, *early, **told)
    assert "the next version takes it" in does(municipality, *change(COLLECTED), **told)
    back = change(COLLECTED, "state = 'approved', collected_in_id = null")
    assert does(fund, *back, **told) == 1


# --- Contact persons ---

TOLD = "select * from agreement_contacts_on(:agreement, :day) where away_until is not null"


def test_the_other_party_learns_of_no_absence_but_todays(does, fund, municipality, version):
    away = make.user(municipality)
    make.contact(version, away, "municipality_contact")
    for days in (-100, 0, 100):
        day = today() + timedelta(days=days)
        own = {"user_id": away.id, "organisation_id": municipality.id}
        make.saved(Absence(first_day=day, last_day=day, **own))
    told = {
        days: does(fund, TOLD, agreement=version.agreement_id, day=today() + timedelta(days=days))
        for days in (-100, 0, 100)
    }
    assert told == {-100: 0, 0: 1, 100: 0}


def test_absences_without_number_hold_nobody_up(does, fund, municipality, version):
    """Plain SQL writes absences over each other; all the ways through them are never tried."""
    people = [make.user(municipality) for _ in range(12)]
    make.contact(version, people[0], "municipality_contact")
    always = {"first_day": date(2020, 1, 1), "last_day": date(2040, 1, 1)}
    own = {"organisation_id": municipality.id, **always}
    make.save_all(
        *(
            Absence(user_id=one.id, stand_in_id=other.id, **own)
            for one in people
            for other in people
            if one is not other
        )
    )
    assert does(fund, TOLD, agreement=version.agreement_id, day=today()) == 1


# --- Signing ---

SIGNED = "update agreement_version set state = 'signed', signed_at = now(), sign_by = null"


@pytest.fixture
def signing(fund, municipality):
    """Sent to be signed; the fund has, the municipality has not."""
    version = make.under_way(fund, municipality, State.SIGNING)
    has_signed(version, fund)
    return version


def has_signed(version, organisation):
    person = make.user(organisation)
    own = {"organisation_id": organisation.id, "user_id": person.id, "name": person.name}
    own |= {"title": "Chef", "authority": "Ledelsen"}
    make.of_version(version, AgreementSignatory, **own)
    make.of_version(version, AgreementSignature, hash=version.hash, authenticated_at=now(), **own)


def told(statement, **values):
    make.records.execute(text(statement), values)
    make.records.commit()


@pytest.mark.parametrize("acting", ["fund", "outsider"])
def test_nobody_signs_for_the_other_side_by_a_mandate_of_ones_own(
    request, does, fund, municipality, signing, acting
):
    """Neither the fund itself nor somebody who is no party acts for a municipality."""
    through = "update agreement_side set represented_by_id = :who, mandate = 'x' where side = :side"
    told(through, who=request.getfixturevalue(acting).id, side="municipality")
    assert "stands on its own side" in does(fund, SIGNED)


def test_a_party_acts_through_another_of_its_side(does, fund, municipality, signing):
    other = make.organisation("Storekøbing Kommune")
    make.side(signing, other, represented_by_id=municipality.id, mandate="Fuldmagt")
    has_signed(signing, municipality)
    assert does(fund, SIGNED) == 1


@pytest.mark.parametrize("side", ["municipality", "observer"])
def test_nobody_stands_on_anothers_side(does, fund, municipality, signing, side):
    has_signed(signing, municipality)
    assert does(fund, SIGNED) == 1
    told("update agreement_side set side = :side where side = 'fund'", side=side)
    assert "stands on its own side" in does(municipality, SIGNED)
