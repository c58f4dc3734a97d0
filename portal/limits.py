"""How often somebody may do something in a minute, counted in PostgreSQL for all workers (F10)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped

from portal.clock import now
from portal.db import Base, apart
from portal.sight import Sight

MINUTE = 60
EXPORTS_PER_MINUTE = 5
SEARCHES_PER_MINUTE = 60
NUMBERS_PER_MINUTE = 20  # searches by a whole CPR number
CALENDARS_PER_MINUTE = 120  # asked for by one address, behind which a whole house may be
LOOKS_PER_MINUTE = 10  # at one calendar
UPLOADS_PER_MINUTE = 30
LETTERS_PER_MINUTE = 20  # each is a mail to the other party
SURVEYS_PER_MINUTE = 60  # pages of questions asked for by one address, behind which may be a house
REVEALS_PER_MINUTE = 10  # whole CPR numbers shown to one person, wherever they stand


class RateLimit(Base):
    """What was spent under one key within one minute of the clock.

    The web counts up by the function `spend`, and neither reads nor sets back what was counted.
    """

    __tablename__ = "rate_limit"
    __table_args__ = (UniqueConstraint("key", "minute"),)
    sight = Sight(see="")

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
    with apart() as session:
        spent = session.scalars(select(func.spend(key, moment))).one()
    if spent > per_minute:
        raise TooFast(MINUTE - moment.second)
