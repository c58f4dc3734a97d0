"""What a calendar is told of a meeting; what writes it is loaded when one is asked for."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """`sequence` rises with every change, `changed_at` says when the last one was. `where` is a
    place or a link. `parties` are organisations by id, the convening one first; `to` is the address
    that an invitation goes to."""

    meeting_id: uuid.UUID
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    text: str
    url: str
    where: str = ""
    parties: dict[uuid.UUID, str] = field(default_factory=dict)
    reply_to: str = ""
    to: str = ""
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        return "CANCEL" if self.is_cancelled else "REQUEST"
