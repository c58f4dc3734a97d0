"""Signing: who may, how freshly, in any order, and what nobody changes afterwards."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from portal.agreements import queries
from portal.agreements.models import State
from portal.agreements.queries import in_force
from portal.clock import now, today
from portal.settings import database_url
from portal.workflow import NotNow, NotYours, Refused
from tests.agreements import table
from tests.agreements.table import Owner

FRESH = timedelta(minutes=1)


@pytest.fixture
def as_role(app):
    """Plain SQL in a role of the database, acting for an organisation; nothing stays."""

    @contextmanager
    def connected(role, organisation_id):
        engine = create_engine(database_url(role), poolclass=NullPool)
        with engine.connect() as connection:
            setting = text("select set_config('samspil.organisation', :id, true)")
            connection.execute(setting, {"id": str(organisation_id)})
            yield connection

    return connected


@pytest.fixture
def anna(web, fund) -> Owner:
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality) -> Owner:
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def sent(anna, bo, municipality):
    """An agreement that was sent to Anna and Bo to be signed; it begins tomorrow."""
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    return table.to_signing(anna, bo, version_id)


def sign(owner, version_id, *, ago=FRESH, is_read=True):
    return owner.step(version_id, "sign", authenticated_at=now() - ago, is_read=is_read)


def state(owner, version_id):
    return owner.read(version_id)[0].state


@pytest.mark.parametrize("order", [("anna", "bo"), ("bo", "anna")])
def test_it_is_signed_when_all_have_in_any_order(request, sent, order):
    first, second = (request.getfixturevalue(name) for name in order)
    sign(first, sent)
    assert state(first, sent) == State.SIGNING
    sign(second, sent)
    version, _sections = first.read(sent)
    assert version.state == State.SIGNED
    assert version.sign_by is None


def test_it_governs_from_its_first_day(anna, bo, sent, fund, municipality, seen_by):
    sign(anna, sent)
    sign(bo, sent)
    for day, number in ((today(), None), (table.tomorrow(), 1)):
        with seen_by(fund):
            found = in_force(fund.id, municipality.id, "visitation", day)
            assert (found and found.number) == number


def test_a_signature_needs_a_fresh_sign_in_and_the_words(anna, sent):
    for why, said in (
        ("fresh", {"ago": timedelta(minutes=6)}),
        ("is_read", {"is_read": False}),
    ):
        with pytest.raises(Refused) as refused:
            sign(anna, sent, **said)
        assert [lack.field for lack in refused.value.lacks] == [why]
    with pytest.raises(Refused):
        anna.step(sent, "sign", authenticated_at=None, is_read=True)
    sign(anna, sent, ago=timedelta(minutes=4))


def test_nobody_signs_twice_or_for_another(web, anna, sent, fund):
    sign(anna, sent)
    with pytest.raises(NotYours):
        sign(anna, sent)
    with pytest.raises(NotYours):
        sign(table.owner(web, fund, "Carl Aftaleejer"), sent)


def test_who_declines_says_why_and_the_signatures_fall(anna, bo, sent):
    sign(anna, sent)
    fresh = {"authenticated_at": now()}
    with pytest.raises(Refused):
        bo.step(sent, "decline", reason=" ", **fresh)
    bo.step(sent, "decline", reason="Byrådet vil se den først.", **fresh)
    assert state(anna, sent) == State.NEGOTIATING
    for step in ("settle", "ask_to_sign"):
        anna.step(sent, step)
    sign(bo, sent)
    assert state(anna, sent) == State.SIGNING  # Anna's first signature was for what fell
    sign(anna, sent)
    assert state(anna, sent) == State.SIGNED


def test_a_colleague_signs_with_the_ground_for_it(web, anna, bo, sent, fund):
    carl = table.owner(web, fund, "Carl Aftaleejer")
    given = {"user_id": carl.actor.user_id, "title": "Vicedirektør", "reason": "Ferie, § 4"}
    anna.step(sent, "delegate", **given)
    with pytest.raises(NotYours):
        sign(anna, sent)
    sign(carl, sent)
    sign(bo, sent)
    with anna.at_work():
        [one] = [row for row in queries.signatories(sent) if row.name == "Carl Aftaleejer"]
        assert "Ferie, § 4" in (one.delegated_by or "")
    assert state(anna, sent) == State.SIGNED


def test_nobody_outside_the_organisation_is_handed_the_signing(anna, bo, sent):
    given = {"user_id": bo.actor.user_id, "title": "Chef", "reason": "Ferie"}
    with pytest.raises(Refused):
        anna.step(sent, "delegate", **given)


def test_the_window_closes_after_its_last_day(anna, sent):
    version, _sections = anna.read(sent)
    late = version.sign_by + timedelta(days=1)
    with pytest.raises(NotNow):
        anna.step(sent, "sign", day=late, authenticated_at=now(), is_read=True)
    anna.step(sent, "sign", day=version.sign_by, authenticated_at=now(), is_read=True)


def test_the_next_version_supersedes_the_one_before(anna, bo, sent, fund, municipality, seen_by):
    sign(anna, sent)
    sign(bo, sent)
    next_id = anna.renew(sent)
    anna.step(next_id, "open")
    first = table.tomorrow() + timedelta(days=30)
    table.to_signing(anna, bo, next_id, first=first)
    sign(anna, next_id)
    sign(bo, next_id)
    before, _sections = anna.read(sent)
    assert (before.state, before.ends_on) == (State.SUPERSEDED, first - timedelta(days=1))
    for day, number in ((first - timedelta(days=1), 1), (first, 2)):
        with seen_by(municipality):
            found = in_force(fund.id, municipality.id, "visitation", day)
            assert found
            assert found.number == number


CHANGES = [
    "update agreement_version set parameters = '{}'",
    "update agreement_version set sections = '[]'",
    "update agreement_version set valid_from = valid_from - 1",
    "update agreement_version set valid_until = null, term = 'open_ended'",
    "update agreement_version set hash = 'x'",
    "update agreement_version set state = 'negotiating', signed_at = null, hash = ''",
    "update agreement_version set ends_on = null",
    "update agreement_version set signed_at = now() - interval '1 day'",
    "update agreement_version set note = 'x'",
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["app", "worker"])
def test_what_is_signed_is_changed_by_no_statement(anna, bo, sent, change, role, as_role):
    sign(anna, sent)
    sign(bo, sent)
    refused = pytest.raises(ProgrammingError, match="not changed|only end earlier|does not go")
    with as_role(role, anna.actor.organisation_id) as connection, refused:
        connection.execute(text(change))


@pytest.mark.parametrize(
    "change",
    [
        "update agreement_section set text = 'x'",
        "update agreement_side set mandate = null",
        "delete from agreement_side",
    ],
)
def test_its_parts_are_out_of_reach(anna, bo, sent, change, as_role):
    sign(anna, sent)
    sign(bo, sent)
    with as_role("app", anna.actor.organisation_id) as connection:
        assert connection.execute(text(change)).rowcount == 0


def test_nobody_makes_it_signed_before_all_have(anna, sent, as_role):
    sign(anna, sent)
    forced = "update agreement_version set state = 'signed', signed_at = now(), sign_by = null"
    refused = pytest.raises(ProgrammingError, match="signed when all have signed")
    with as_role("app", anna.actor.organisation_id) as connection, refused:
        connection.execute(text(forced))


def test_a_signature_is_for_oneself_and_for_what_is_frozen(anna, bo, sent, as_role):
    forged = text(
        "insert into agreement_signature (id, agreement_id, version_id, organisation_id, user_id, "
        "name, title, authority, hash, at, authenticated_at, is_declined) "
        "select gen_random_uuid(), v.agreement_id, v.id, :organisation, :person, 'x', 'x', 'x', "
        ":hash, now(), now(), false from agreement_version v"
    )
    version, _sections = anna.read(sent)
    own = {"organisation": anna.actor.organisation_id, "person": anna.actor.user_id}
    others = {"organisation": bo.actor.organisation_id, "person": bo.actor.user_id}
    for said in ({**others, "hash": version.hash}, {**own, "hash": "another"}):
        refused = pytest.raises(ProgrammingError, match="row-level security")
        with as_role("app", anna.actor.organisation_id) as connection, refused:
            connection.execute(forged, said)
    with as_role("app", anna.actor.organisation_id) as connection:
        assert connection.execute(forged, {**own, "hash": version.hash}).rowcount == 1
