"""What the web server's processes share, and what they must not."""

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from portal.db import db
from portal.serving import Web


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_no_connection_is_handed_to_the_workers(web, thawed):
    with web.app_context():
        db.session.execute(text("select 1"))
        db.session.rollback()
        assert db.engine.pool.checkedin()  # type: ignore[attr-defined]  # of a pool that keeps some
        assert Web(web, ["127.0.0.1:0"], 2).load() is web
        assert not db.engine.pool.checkedin()  # type: ignore[attr-defined]
    assert gc.get_freeze_count()
