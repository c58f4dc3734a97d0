"""A new data key: everything comes under it, also when the work was cut short."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Text, select, update

from portal import crypto, rotation
from portal.cases.models import MemberCase
from portal.crypto import KeyRing, Undecipherable
from portal.crypto import _text_of as text_of
from portal.db import Base, db
from portal.handovers.models import Handover, Kind
from portal.identity.models import UserSession
from portal.keys import of as keys_of
from portal.settings import load
from tests import beside, make, participant, project

PLAIN = "0171751234"
OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
BEFORE = KeyRing({"old": OLD})
BOTH = KeyRing({"new": NEW, "old": OLD})
AFTER = KeyRing({"new": NEW})


def sealed(row: Any, column: str, ring: KeyRing = BEFORE) -> None:
    place = {"table": row.__tablename__, "column": column, "row_id": row.id}
    setattr(row, column, crypto.encrypt(ring, PLAIN, **place))
    if column == "cpr" and hasattr(row, "cpr_index"):
        row.cpr_index = bytes(secrets.token_bytes(32))
    make.saved(row)


def opened(row: Any, column: str, ring: KeyRing) -> str:
    place = {"table": row.__tablename__, "column": column, "row_id": row.id}
    return crypto.decrypt(ring, getattr(make.fresh(row), column), **place)


@pytest.fixture
def filled(fund, municipality, adviser) -> list[tuple[Any, str]]:
    """A value under the old key in each encrypted column."""
    case = make.member_case(fund, municipality)
    parties = {"sender_id": fund.id, "receiver_id": municipality.id, "case_id": case.id}
    package = Handover(
        reference="OP-AAAA-AAAA", kind=Kind.OVERGANG, member_name="x", parameters={}, **parties
    )
    make.saved(package)
    make.session_of(adviser)
    session = make.records.scalars(select(UserSession)).one()
    rows = [(case, "cpr"), (package, "cpr"), (session, "id_token")]
    rows.append((make.provider_of(fund), "secret"))
    beside.file(package, fund)
    led = project.project(municipality, fund)
    rows.append((participant.participant(led, fund), "cpr"))
    project.document(led, fund)
    for row, column in rows:
        sealed(row, column)
    return rows


@pytest.fixture
def many(fund, municipality) -> list[MemberCase]:
    """More than two batches of two."""
    cases = [make.member_case(fund, municipality) for _number in range(5)]
    for case in cases:
        sealed(case, "cpr")
    return cases


@pytest.fixture
def rotated(app, worker, monkeypatch) -> Callable[..., int]:
    def run(batches: int = 1000, ring: KeyRing = BOTH, columns: Any = rotation.ENCRYPTED) -> int:
        monkeypatch.setattr(rotation, "BATCH", 2)
        with worker.app_context():
            done = sum(islice(rotation.rotate(ring, columns), batches))
            db.session.rollback()
        return done

    return run


def kids(column: str = "cpr") -> list[str]:
    make.records.expire_all()
    values = make.records.scalars(select(MemberCase.cpr)).all()
    make.records.commit()
    return sorted(str(value).split("|")[1] for value in values)


def test_every_encrypted_column_is_rotated(filled, rotated):
    for row, column in filled:
        with pytest.raises(Undecipherable):
            opened(row, column, AFTER)
    assert rotated() == 5
    for row, column in filled:
        assert opened(row, column, AFTER) == PLAIN


def test_a_new_key_of_files_leaves_the_files_as_they_are(fund, municipality, rotated, worker):
    ring = keys_of(replace(load(), file_keys=f"old:{text_of(OLD)}"))
    package = make.handover(make.member_case(fund, municipality))
    file = beside.file(package, fund, ring=ring)
    before = file.sealed
    assert rotated(columns=rotation.FILE_KEYS) == 1
    now = make.fresh(file)
    assert now.sealed == before
    for reader in (replace(ring, files=BOTH), replace(ring, files=AFTER)):
        opened = reader.open_file(now.key, now.sealed, table="handover_file", row_id=file.id)
        assert opened == b"En tekst"
    with pytest.raises(Undecipherable):
        ring.open_file(now.key, now.sealed, table="handover_file", row_id=file.id)


def test_no_column_of_any_table_is_forgotten(filled, rotated):
    """In whatever table a value of ours stands, a column of the registry holds it."""
    columns = (*rotation.ENCRYPTED, *rotation.FILE_KEYS)
    known = {(model.__tablename__, column) for model, column in columns}
    found = set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Text):
                ours = select(column).where(column.startswith("v1|")).limit(1)
                if make.records.scalar(ours):
                    found.add((table.name, column.name))
    make.records.commit()
    assert found == known


def test_what_was_cut_short_goes_on(many, rotated):
    assert rotated(batches=1) == 2
    assert kids() == ["new", "new", "old", "old", "old"]
    for case in many:  # meanwhile both keys are there, and all can be read
        assert opened(case, "cpr", BOTH) == PLAIN
    assert rotated() == 3
    assert kids() == ["new"] * 5
    assert rotated() == 0


def test_an_open_form_does_not_grow_stale(many, rotated):
    before = make.fresh(many[0]).version
    rotated()
    assert make.fresh(many[0]).version == before


def test_a_row_in_use_is_left_for_the_next_time(many, rotated, worker):
    held = update(MemberCase).where(MemberCase.id == many[0].id).values(name="Nyt navn")
    make.records.execute(held)
    assert rotated() == 4
    with worker.app_context():
        assert rotation.left(BOTH) == {"member_case.cpr": 1}
    make.records.commit()
    assert rotated() == 1
    with worker.app_context():
        assert rotation.left(BOTH) == {}


def test_a_value_that_no_key_opens_is_named_and_kept(many, rotated):
    strange = make.fresh(many[0])
    sealed(strange, "cpr", KeyRing({"lost": bytes(32)}))
    with pytest.raises(rotation.Unreadable, match=f"member_case.cpr of row {strange.id}"):
        rotated()
    assert "lost" in kids()


def test_the_command(many, run, worker, settings):
    ring = f"new:{crypto._text_of(NEW)},old:{crypto._text_of(OLD)}"
    worker.extensions["samspil"] = replace(settings, data_keys=ring)
    first, second = run("keys", "rotate"), run("keys", "rotate")
    worker.extensions["samspil"] = settings
    of_files = "0 keys of files are now under t1\n"
    assert (first.exit_code, first.output) == (0, f"5 values are now under new\n{of_files}")
    assert second.output == f"0 values are now under new\n{of_files}"
    assert opened(many[0], "cpr", AFTER) == PLAIN


def test_fresh_keys_are_all_that_settings_want(run):
    made = run("keys", "new", "--id", "k7").output
    assert made != run("keys", "new").output
    assert 'data_keys = "k7:' in made
