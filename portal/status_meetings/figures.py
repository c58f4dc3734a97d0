"""Where the pack takes its figures from: what is published, and nothing that is counted live."""

import uuid
from collections.abc import Sequence
from datetime import date

from portal.status_meetings.facts import Shown


def published(agreement_id: uuid.UUID, day: date) -> Sequence[Shown]:
    """None as long as nothing is published of an agreement."""
    return ()
