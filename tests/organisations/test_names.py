"""A name, a council and who exists are always asked for on a day."""

import uuid
from datetime import date, timedelta

import pytest

from portal.access import OrganisationKind
from portal.organisations import queries
from portal.organisations.collation import sort_key
from portal.organisations.models import CouncilMembership, OrganisationName
from tests import make

DAY = date(2024, 12, 31)
NEXT = DAY + timedelta(days=1)


def named(organisation, name, **span):
    keys = {"short_name": name, "sort_key": sort_key(name)}
    return make.saved(OrganisationName(organisation_id=organisation.id, name=name, **keys, **span))


def under(municipality, council, **span):
    ids = {"municipality_id": municipality.id, "council_id": council.id}
    return make.saved(CouncilMembership(**ids, **span))


@pytest.fixture
def renamed(municipality):
    """Lillekøbing until DAY, Storkøbing from the next."""
    [first] = make.records.query(OrganisationName).filter_by(organisation_id=municipality.id)
    first.valid_until = DAY
    make.records.commit()
    named(municipality, "Storkøbing Kommune", valid_from=NEXT)
    return municipality


def test_the_name_is_that_of_the_day(seen_by, renamed):
    with seen_by(renamed):
        assert queries.name_on(renamed.id, DAY) == "Lillekøbing Kommune"
        assert queries.name_on(renamed.id, NEXT) == "Storkøbing Kommune"


def test_a_name_outlives_its_organisation_and_is_known_before_its_day(seen_by, outsider):
    gone = make.organisation("Gamle", slug="gone")
    [only] = make.records.query(OrganisationName).filter_by(organisation_id=gone.id)
    only.valid_until = DAY
    make.records.commit()
    with seen_by(outsider):
        assert queries.name_on(gone.id, NEXT) == "Gamle"
        assert queries.name_on(gone.id, make.LONG_AGO - timedelta(days=1)) == "Gamle"


def test_many_names_are_one_statement(seen_by, statements, renamed, fund):
    with seen_by(fund):
        statements.clear()
        found = queries.names_on([renamed.id, fund.id], DAY)
    assert found == {renamed.id: "Lillekøbing Kommune", fund.id: "Prøvebæk A-kasse"}
    assert len(statements) == 1


def test_an_unknown_organisation_has_no_name(seen_by, fund, municipality):
    with seen_by(fund), pytest.raises(KeyError):
        queries.name_on(uuid.uuid4(), DAY)


def test_the_council_is_that_of_the_day(seen_by, municipality, outsider):
    old = make.organisation("RAR", OrganisationKind.COUNCIL, "rar")
    new = make.organisation("RBR", OrganisationKind.COUNCIL, "rbr")
    under(municipality, old, valid_from=date(2015, 1, 1), valid_until=DAY)
    under(municipality, new, valid_from=NEXT)
    with seen_by(municipality):
        days = (DAY, NEXT)
        found = [queries.council_of(municipality.id, day) for day in days]
        assert [council and council.id for council in found] == [old.id, new.id]
        assert queries.council_of(municipality.id, date(2014, 12, 31)) is None
        assert queries.council_of(outsider.id, DAY) is None


def test_municipalities_stand_in_danish_order(seen_by, fund):
    for name in ("Ærø Kommune", "Aabenraa Kommune", "Ringsted Kommune"):
        make.organisation(name)
    with seen_by(fund):
        found = [row.name for row in queries.municipalities(DAY)]
        assert found == ["Ringsted Kommune", "Ærø Kommune", "Aabenraa Kommune"]
        assert [row.name for row in queries.funds(DAY)] == ["Prøvebæk A-kasse"]


def test_only_those_that_exist_on_the_day(seen_by, fund, municipality, outsider):
    municipality.valid_until = DAY
    outsider.valid_from = NEXT
    make.records.commit()
    with seen_by(fund):
        assert [row.id for row in queries.municipalities(DAY)] == [municipality.id]
        assert [row.id for row in queries.municipalities(NEXT)] == [outsider.id]


def test_one_taken_over_on_an_unknown_day_is_gone(seen_by, fund):
    gone = make.fund("Gammel A-kasse")
    with seen_by(fund):
        assert gone.id in {row.id for row in queries.funds(DAY)}
    gone.successor_id = fund.id
    make.records.commit()
    with seen_by(fund):
        assert gone.id not in {row.id for row in queries.funds(DAY)}
        assert queries.organisation(gone.slug).successor_id == fund.id
