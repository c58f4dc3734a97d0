"""Making and revoking the secret address of one's own calendar."""

import secrets
import uuid

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.identity.models import hashed
from portal.meetings import queries
from portal.meetings.models import CalendarFeed

SECRET_BYTES = 32


def make_feed(*, actor: Actor, at: Moment) -> str:
    """A new address, which ends the one before. Its secret is told here and kept nowhere."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    feed = queries.feed_of(actor.user_id)
    if feed is None:
        own = {"organisation_id": actor.organisation_id, "user_id": actor.user_id}
        feed = CalendarFeed(**own)
        db.session.add(feed)
    feed.token_hash, feed.made_at = hashed(token), at.now
    db.session.flush()
    return token


def revoke_feed(user_id: uuid.UUID) -> None:
    """One's own, or a colleague's by the local administrator. Twice is once."""
    if feed := queries.feed_of(user_id):
        db.session.delete(feed)
        db.session.flush()
