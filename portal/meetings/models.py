"""A person's own calendar of meetings, for programs that cannot sign in."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.organisations.models import of_same
from portal.sight import Sight, mine, of_own


class CalendarFeed(Base):
    """The secret address of one person's calendar; a copy of the database opens none.

    A new address ends the one before. Whoever asks by it has no session: the function `calendar_of`
    says what is shown, and shows nothing once the user, the place or the roles are gone.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (of_same("user_id", "user"),)
    sight = Sight(
        see=mine(),
        insert=of_own("calendar_feed", "user", by="user_id"),
        update=mine(),
        delete=mine(),
        columns="token_hash, made_at",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
