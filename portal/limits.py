"""How often somebody may do something in a minute, counted in PostgreSQL for all workers (F10)."""

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from portal.clock import now
from portal.db import Base, apart
from portal.sight import Open

MINUTE = 60
EXPORTS_PER_MINUTE = 5
REVEALS_PER_MINUTE = 10  # whole CPR numbers shown to one person, wherever they stand


class RateLimit(Base):
    """What was spent under one key within one minute of the clock."""

    __tablename__ = "rate_limit"
    __table_args__ = (UniqueConstraint("key", "minute"),)
    sight = Open(app="select, insert, update")

    key: Mapped[str]
    minute: Mapped[datetime]
    spent: Mapped[int]


class TooFast(Exception):
    """More than is allowed; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


def spend(key: str, per_minute: int) -> None:
    """Count one more, also when the request fails later. Raises TooFast."""
    moment = now()
    minute = moment.replace(second=0, microsecond=0)
    with apart() as session:
        spent = session.scalars(
            insert(RateLimit)
            .values(id=uuid.uuid4(), key=key, minute=minute, spent=1)
            .on_conflict_do_update(
                index_elements=["key", "minute"], set_={"spent": RateLimit.spent + 1}
            )
            .returning(RateLimit.spent)
        ).one()
    if spent > per_minute:
        raise TooFast(MINUTE - moment.second)
