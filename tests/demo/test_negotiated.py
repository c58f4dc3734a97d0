"""What a newcomer finds among the agreements of the demo."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from demo import data, negotiated, setting_up
from demo.ground import FUND
from portal.access import Role
from portal.agreements import queries
from portal.agreements.comparing import compare
from portal.agreements.models import Agreement, AgreementVersion, Side, Standing, State
from portal.agreements.overview import Need, agreements
from portal.agreements.parts import Move
from portal.db import db
from portal.organisations.models import Organisation
from tests import make

DAY = date(2026, 11, 22)


@pytest.fixture
def app(web):
    """Kept filled from one test to the next."""
    return web


@pytest.fixture(scope="module", autouse=True)
def filled(web, worker):
    with worker.app_context():
        setting_up.lay(issuers="http://127.0.0.1:9", secret="of-a-test", day=DAY)
        db.session.commit()
    for slug, subject in negotiated.OWNERS.items():
        rows = select(Organisation).where(Organisation.slug == slug)
        make.user(make.records.scalars(rows).one(), Role.AGREEMENT_OWNER, subject=subject)
    assert negotiated.fill(day=DAY)
    yield
    make.clean()


def owned(web, slug):
    """What the list of the owner says, by the agreement's key."""
    owner = negotiated.owner(web, slug)
    with owner.at_work():
        listed = agreements(owner.actor, DAY)
        return {db.session.get_one(Agreement, row.id).key: row for row in listed}


def test_one_is_negotiated_with_proposals_of_both_sides_that_wait(web):
    for slug in (FUND, "slagelse"):
        row = owned(web, slug)["bupl-a-slagelse"]
        assert (row.need, row.standing) == (Need.OURS, Standing.IN_FORCE)
        assert row.under_way.ours
        assert row.under_way.theirs


def test_in_it_a_deadline_changes_and_something_is_remarked(web):
    version_id = owned(web, FUND)["bupl-a-slagelse"].under_way.id
    seen = {}
    for slug in (FUND, "slagelse"):
        with negotiated.owner(web, slug).at_work():
            version, roles = negotiated.found(version_id, "roles")
            seen[slug] = [one.only_side for one in queries.comments(roles.id)]
            old = queries.binding_before(version)
            assert old
            changed = {(row.label, row.old, row.new) for row in compare(old, version).values}
            moves = [m for one in queries.sections(version_id) for m in queries.moves(one.id)]
            proposed = {move.side for move in moves if move.move == Move.PROPOSE}
            assert ("Frist for vurdering", "5 arbejdsdage", "3 arbejdsdage") in changed
    assert seen == {FUND: [None, Side.FUND], "slagelse": [None]}
    assert proposed == {Side.FUND, Side.MUNICIPALITY}


def test_one_ends_within_thirty_days_and_one_was_given_notice_of(web):
    found = owned(web, FUND)
    soon, noticed = found["bupl-a-odense"], found["bupl-a-roskilde"]
    assert DAY < soon.valid_until <= DAY + timedelta(days=30)
    assert soon.need == Need.ENDING
    [version] = make.records.scalars(
        select(AgreementVersion).where(AgreementVersion.state == State.TERMINATED)
    )
    make.records.commit()
    assert (version.agreement_id, version.ends_on) == (noticed.id, noticed.valid_until)
    assert noticed.valid_until > DAY
    assert (noticed.is_noticed, soon.is_noticed) == (True, False)


def test_packages_stand_on_what_is_signed_and_expected():
    """What is only shown brings no members, and what is negotiated governs none."""
    with data.owner() as engine:
        ground = data.stand(engine, DAY)
    assert len(ground.agreements) == 7
    assert {version.number for version in ground.agreements.values()} == {1}


def test_they_are_made_once(worker):
    def count():
        found = make.records.scalar(select(func.count(AgreementVersion.id)))
        make.records.commit()
        return found

    before = count()
    assert not negotiated.fill(day=DAY + timedelta(days=1))
    with worker.app_context():  # as at the next start of the demo
        setting_up.lay(issuers="http://127.0.0.1:9", secret="of-a-test", day=DAY + timedelta(1))
        db.session.commit()
    assert count() == before
