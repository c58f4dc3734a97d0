"""Which calendars a meeting is put into, moved in and taken out of, by what was sent before.

Who has been sent an entry is known from the outbox, so that each is told once, and of its end.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from portal import mail


@dataclass(frozen=True)
class Calendars:
    """Addresses: to be written to now, to be told that it is over, and those who know already."""

    lacking: set[str]
    leaving: set[str]
    told: set[str]


def calendars(
    meeting_id: uuid.UUID, subject_id: uuid.UUID, sequence: int, wanted: Collection[str]
) -> Calendars:
    """`wanted`: who is to have the meeting as it is, in its `sequence`."""
    known = mail.entries(meeting_id, subject_id)
    had = {address for address, entry in known.items() if entry.method == "REQUEST"}
    told = {who for who, entry in known.items() if f"\nSEQUENCE:{sequence}\r" in entry.text}
    return Calendars({*wanted} - (had & told), had - {*wanted}, told)
