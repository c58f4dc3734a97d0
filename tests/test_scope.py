"""Whose rows the web reaches, whatever way it asks: held by the database, not by the query.

Every table is asked with plain SQL in `tests/test_sight.py`; here the ways in which an application
asks, forgetful of organisations as a new query may be.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, exists, func, select, text, union_all, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import aliased

from portal.cases.models import MemberCase
from portal.handovers.models import BEFORE, Handover, HandoverParty, State
from portal.handovers.parts import HandoverEvent
from portal.organisations.models import Organisation
from tests import make, world
from tests.world import World

MODELS: dict[str, Any] = {"sent": Handover, "draft": Handover, "case": MemberCase}
SEEN_BY = {"sent": {"fund", "municipality"}, "draft": {"fund"}, "case": {"fund"}}
WHO = ["fund", "municipality", "outsider", None]
OWNER = {Handover: Handover.sender_id, MemberCase: MemberCase.organisation_id}


def by_select(session, model, key):
    return len(session.scalars(select(model).where(model.id == key)).all())


def by_get(session, model, key):
    return int(session.get(model, key) is not None)


def by_alias(session, model, key):
    other = aliased(model)
    return len(session.scalars(select(other).where(other.id == key)).all())


def by_count(session, model, key):
    return session.scalar(select(func.count()).select_from(model).where(model.id == key))


def by_join(session, model, key):
    joined = select(Organisation.id).join(model, OWNER[model] == Organisation.id)
    return len(session.execute(joined.where(model.id == key)).all())


def by_outer_join(session, model, key):
    joined = select(model.id).select_from(Organisation).outerjoin(model, model.id == key)
    return len({*session.scalars(joined)} - {None})


def by_subquery(session, model, key):
    owners = select(OWNER[model]).where(model.id == key)
    return len(session.scalars(select(Organisation).where(Organisation.id.in_(owners))).all())


def by_exists(session, model, key):
    return int(session.scalar(select(exists().where(model.id == key))))


def by_union(session, model, key):
    rows = select(model.id).where(model.id == key)
    return len({*session.scalars(union_all(rows, rows))})


def by_common_table(session, model, key):
    rows = select(model.id).where(model.id == key).cte("rows")
    return len(session.scalars(select(rows.c.id)).all())


def by_update(session, model, key):
    return session.execute(
        update(model).where(model.id == key).values(version=model.version)
    ).rowcount


def by_update_of_all(session, model, key):
    changed = session.execute(update(model).values(version=model.version)).rowcount
    return min(changed, by_select(session, model, key))


def by_table(session, model, key):
    table = model.__table__
    return len(session.execute(select(table).where(table.c.id == key)).all())


def by_text(session, model, key):
    query = f'select count(*) from "{model.__tablename__}" where id = :key'
    return session.scalar(text(query), {"key": key})


WAYS_IN: list[Callable[..., int]] = [
    by_select,
    by_get,
    by_alias,
    by_count,
    by_join,
    by_outer_join,
    by_subquery,
    by_exists,
    by_union,
    by_common_table,
    by_update,
    by_update_of_all,
    by_table,
    by_text,
]


@pytest.fixture(scope="module")
def worlds(database: Engine) -> Iterator[list[World]]:
    yield []
    make.clean()


@pytest.fixture
def made(worlds: list[World]) -> World:
    """One for all tests here, as long as none of them cleans up."""
    worlds[:] = [world.standing(worlds[0] if worlds else None)]
    return worlds[0]


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("subject", MODELS)
def test_only_the_parties_reach_it(subject, who, way, made, seen_by):
    key = getattr(made, subject).id
    with seen_by(who and getattr(made, who)) as session:
        assert way(session, MODELS[subject], key) == int(who in SEEN_BY[subject])


def test_nothing_but_the_own_is_in_reach_at_all(made, seen_by):
    """Without any condition: the outsider has no rows, so nothing must come."""
    with seen_by(made.outsider) as session:
        for model in (Handover, MemberCase, HandoverParty, HandoverEvent):
            assert session.scalars(select(model)).all() == []
    with seen_by(made.fund) as session:
        assert len(session.scalars(select(Handover)).all()) == 2


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("subject", ["sent", "draft"])
def test_only_the_sender_deletes_and_only_a_draft(subject, who, made, seen_by):
    key = getattr(made, subject).id
    with seen_by(who and getattr(made, who)) as session:
        deleted = session.execute(delete(Handover).where(Handover.id == key)).rowcount
    assert deleted == int((subject, who) == ("draft", "fund"))


def test_nobody_deletes_a_case(made, seen_by):
    with seen_by(made.fund) as session:
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(delete(MemberCase))
        session.rollback()


@pytest.mark.parametrize("state", State)
def test_the_receiver_comes_in_when_it_is_sent(state, fund, municipality, seen_by):
    """In every state but those before; the party row is what its list shows."""
    version = make.agreement(fund, municipality)
    agreed = {"agreement_version_id": version.id} if state == State.REJECTED else {}
    made = make.handover(make.member_case(fund, municipality), state, **agreed)
    with seen_by(municipality) as session:
        shown = session.scalars(select(HandoverParty.handover_id)).all()
        assert (session.get(Handover, made.id) is not None) == (state not in BEFORE)
        assert shown == ([] if state in BEFORE else [made.id])


def test_two_funds_know_the_same_member_and_number(fund, municipality, seen_by):
    """A unique key is the organisation's own, so that a clash tells nobody of another's row."""
    same: dict[str, Any] = {"cpr": "sealed", "cpr_index": b"index", "own_reference": "2026-1"}
    neighbour = make.fund()
    make.member_case(fund, municipality, **same)
    make.member_case(neighbour, municipality, **same)
    with pytest.raises(IntegrityError, match="uq_member_case_one"):
        make.member_case(fund, municipality, **same)
    make.records.rollback()


def test_public_keys_are_random_and_tell_no_count(made):
    assert {key.version for key in (made.sent.id, made.draft.id, made.case.id)} == {4}
