"""What the table of packages refuses whoever writes: the times of a package follow each other."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from portal.handovers.models import State
from tests import make

ORDER = ("created_at", "sent_at", "received_at", "accepted_at", "held_at", "closed_at")
PAIRS = list(zip(ORDER, ORDER[1:], strict=False))


def shifted(case: Any, state: State, later: str, by: timedelta) -> None:
    """A package whose later time is so long after the one before; those after it follow it."""
    made = make.handover(case, state)
    at = getattr(made, later)
    for name in ORDER[ORDER.index(later) :]:
        if getattr(made, name):
            setattr(made, name, at + by)
    make.saved(made)


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
def test_no_time_is_before_the_one_that_came_first(earlier, later, case):
    shifted(case, State.COMPLETED, later, timedelta())
    with pytest.raises(IntegrityError, match="ck_handover_order"):
        shifted(case, State.COMPLETED, later, -timedelta(microseconds=1))
    make.records.rollback()


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN])
def test_nothing_is_closed_before_what_happened_last(state, case, fund, municipality):
    version = make.agreement(fund, municipality)
    made = make.handover(case, state, agreement_version_id=version.id)
    last = made.received_at or made.sent_at or made.created_at
    made.closed_at = last
    make.saved(made)
    made.closed_at = last - timedelta(microseconds=1)
    with pytest.raises(IntegrityError, match="ck_handover_order"):
        make.saved(made)
    make.records.rollback()
