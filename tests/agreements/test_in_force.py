"""Which agreement governs: both are opposite parties, on that day, and it covers the kind."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from portal.agreements import queries
from portal.agreements.models import UNDER_WAY, Standing, State
from portal.agreements.parameters import default
from portal.agreements.queries import in_force, parameters_of
from tests import make

DAY = date(2026, 11, 22)
BEFORE, AFTER = date(2026, 11, 21), date(2026, 11, 23)


@pytest.fixture
def found(seen_by):
    """The id of the version in force, as one of the organisations sees it."""

    def ask(sender, receiver, day=DAY, kind="visitation", by=None) -> uuid.UUID | None:
        with seen_by(by or sender):
            version = in_force(sender.id, receiver.id, kind, day)
            return version.id if version else None

    return ask


def test_both_parties_find_the_agreement(found, fund, municipality):
    version = make.agreement(fund, municipality)
    assert found(fund, municipality) == version.id
    assert found(fund, municipality, by=municipality) == version.id
    assert found(municipality, fund) == version.id


def test_one_statement_answers(seen_by, statements, fund, municipality):
    make.agreement(fund, municipality)
    with seen_by(fund):
        statements.clear()
        assert in_force(fund.id, municipality.id, "visitation", DAY)
    assert len(statements) == 1


def test_without_an_agreement_there_is_none(found, fund, municipality):
    assert found(fund, municipality) is None


def test_an_outsider_sees_nothing(found, fund, municipality, outsider):
    version = make.agreement(fund, municipality)
    assert found(fund, municipality) == version.id
    assert found(fund, municipality, by=outsider) is None
    assert found(fund, outsider) is None


def test_the_first_and_the_last_day_count(found, fund, municipality):
    version = make.agreement(fund, municipality, valid_from=DAY, valid_until=DAY)
    assert found(fund, municipality, BEFORE) is None
    assert found(fund, municipality, DAY) == version.id
    assert found(fund, municipality, AFTER) is None


def test_a_party_that_joins_is_one_from_the_first_day_of_its_version(
    found, fund, municipality, outsider
):
    first = make.agreement(fund, municipality)
    second = make.agreement_version(
        first.agreement_id, fund, municipality, outsider, number=2, valid_from=DAY
    )
    assert found(fund, outsider, BEFORE) is None
    assert found(fund, outsider, DAY) == second.id
    assert found(fund, municipality, BEFORE) == first.id
    assert found(fund, municipality, DAY) == second.id


def test_two_on_the_same_side_are_not_opposite(found, fund, municipality, outsider):
    version = make.agreement(fund, municipality)
    make.side(version, outsider)
    assert found(municipality, outsider) is None
    assert found(fund, outsider) == version.id


def test_nobody_is_opposite_to_oneself(found, fund, municipality):
    make.agreement(fund, municipality)
    assert found(fund, fund) is None


def test_several_funds_and_several_municipalities_share_an_agreement(
    found, fund, municipality, outsider
):
    version = make.agreement(fund, municipality)
    second = make.fund("Anden A-kasse")
    make.side(version, second)
    make.side(version, outsider)
    for one in (fund, second):
        for other in (municipality, outsider):
            assert found(one, other) == version.id
    assert found(fund, second) is None


def test_it_must_cover_the_kind(found, fund, municipality):
    version = make.agreement(fund, municipality, parameters={"kinds": ["overgang"]})
    assert found(fund, municipality, kind="overgang") == version.id
    assert found(fund, municipality, kind="visitation") is None


def test_the_last_version_begun_governs(found, fund, municipality):
    first = make.agreement(fund, municipality)
    second = make.agreement_version(first.agreement_id, number=2, valid_from=DAY)
    assert found(fund, municipality, BEFORE) == first.id
    assert found(fund, municipality, DAY) == second.id


def test_a_replaced_version_does_not_come_back(found, fund, municipality):
    first = make.agreement(fund, municipality)
    span = {"valid_from": DAY, "valid_until": DAY}
    second = make.agreement_version(first.agreement_id, number=2, **span)
    assert found(fund, municipality, BEFORE) == first.id
    assert found(fund, municipality, DAY) == second.id
    assert found(fund, municipality, AFTER) is None


def test_a_kind_that_a_later_version_left_out_is_not_covered(found, fund, municipality):
    first = make.agreement(fund, municipality)
    only = {"parameters": {"kinds": ["overgang"]}}
    make.agreement_version(first.agreement_id, number=2, valid_from=DAY, **only)
    assert found(fund, municipality, BEFORE) == first.id
    assert found(fund, municipality, DAY) is None


def test_a_fund_and_a_municipality_have_one_agreement_on_a_day(found, fund, municipality):
    older = make.agreement(fund, municipality, valid_until=BEFORE)
    newer = make.agreement(fund, municipality, valid_from=DAY)
    assert found(fund, municipality, BEFORE) == older.id
    assert found(fund, municipality, DAY) == newer.id
    with pytest.raises(IntegrityError, match="one_in_force"):
        make.agreement(fund, municipality, valid_from=BEFORE, valid_until=BEFORE)
    make.records.rollback()


@pytest.mark.parametrize("state", sorted(UNDER_WAY))
def test_what_is_not_signed_governs_nothing(found, fund, municipality, state):
    first = make.agreement(fund, municipality, valid_until=BEFORE)
    more = {"private_to": fund.id} if state == State.DRAFT else {}
    more |= {"sign_by": AFTER} if state == State.SIGNING else {}
    own = {"number": 2, "valid_from": DAY, "state": state, **more}
    make.agreement_version(first.agreement_id, fund, municipality, **own)
    assert found(fund, municipality, BEFORE) == first.id
    assert found(fund, municipality, DAY) is None


def test_the_parameters_of_a_version_are_its_own(fund, municipality):
    version = make.agreement(fund, municipality, parameters={"acknowledge_days": 1})
    assert parameters_of(version).acknowledge_days == 1
    assert parameters_of(version).kinds == ("overgang", "visitation")


def test_a_parameter_younger_than_the_version_has_the_value_of_the_default(fund, municipality):
    version = make.agreement(fund, municipality)
    version.parameters = {"kinds": ["overgang"], "acknowledge_days": 1}
    assert parameters_of(version) == replace(default(), acknowledge_days=1)


def test_without_a_version_the_default_holds():
    assert parameters_of(None) == default()


@pytest.mark.parametrize("day", [BEFORE, DAY, AFTER])
@pytest.mark.parametrize(
    "spans",
    [
        [(None, None)],
        [(DAY, DAY)],
        [(None, None), (DAY, DAY)],
        [(DAY, None), (BEFORE, BEFORE)],
        [(None, BEFORE), (AFTER, None)],
    ],
)
def test_the_page_and_the_gate_agree_on_what_is_in_force(
    found, seen_by, fund, municipality, spans, day
):
    days = [{"valid_from": first or make.LONG_AGO, "valid_until": last} for first, last in spans]
    agreement_id = make.agreement(fund, municipality, **days[0]).agreement_id
    for number, span in enumerate(days[1:], 2):
        make.agreement_version(agreement_id, number=number, **span)
    governing = found(fund, municipality, day)
    with seen_by(fund):
        agreement = queries.agreement(agreement_id)
        shown = agreement.shown_on(day)
        assert shown
        assert (agreement.standing(day) == Standing.IN_FORCE) == (governing is not None)
        assert governing in (None, shown.id)
