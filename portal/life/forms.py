"""What is asked of an event: never a diagnosis, only what it means for the transfer."""

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from portal.clock import today
from portal.fields import DayField, Form, offered
from portal.life import words
from portal.life.effects import Event
from portal.life.models import Happening
from portal.organisations.queries import Named

FURTHEST = timedelta(days=366)  # nobody knows more of a member's life


class EventForm(Form):
    """`seen` is what was listed before confirming; nothing else is done."""

    kind = RadioField(
        _l("Hvad er der sket?"),
        choices=offered(words.HAPPENINGS.items()),
        validators=[InputRequired(_l("Vælg, hvad der er sket."))],
    )
    day = DayField(_l("Fra hvilken dag?"), validators=[InputRequired(_l("Skriv dagen."))])
    until = DayField(_l("Til og med, så vidt I ved"), validators=[Optional()])
    municipality_id = SelectField(_l("Ny kommune"), validators=[Optional()])
    fund_id = SelectField(_l("Ny a-kasse"), validators=[Optional()])
    consented_on = DayField(
        _l("Medlemmet sagde ja til, at planen følger med, den"), validators=[Optional()]
    )
    seen = HiddenField()

    def offer(self, municipalities: list[Named], funds: list[Named]) -> None:
        named = [(str(one.id), one.name) for one in municipalities]
        self.municipality_id.choices = offered([("", _l("Vælg kommune")), *named])
        others = [(str(one.id), one.name) for one in funds]
        self.fund_id.choices = offered([("", _l("Vælg a-kasse")), *others])

    def validate(self, extra_validators: Any = None) -> bool:
        is_whole: bool = super().validate(extra_validators)
        for name, text in self.lacks():
            field = self[name]
            field.errors = [*field.errors, text]
            is_whole = False
        return is_whole

    def lacks(self) -> list[tuple[str, str]]:
        kind, day, until = self.kind.data, self.day.data, self.until.data
        found = []
        if kind == Happening.ILLNESS and not until:
            found.append(("until", _("Skriv, hvor længe det ventes at vare.")))
        if kind == Happening.ILLNESS and until and day and until < day:
            found.append(("until", _("Sidste dag ligger før første dag.")))
        for name, written in (("day", day), ("until", until)):
            if written and written > today() + FURTHEST:
                found.append((name, _("Dagen ligger mere end et år frem.")))
        if kind == Happening.MOVED and not self.municipality_id.data:
            found.append(("municipality_id", _("Vælg den kommune, medlemmet flytter til.")))
        return [*found, *self.lacks_of_consent()]

    def lacks_of_consent(self) -> list[tuple[str, str]]:
        """Without the member's yes no plan goes anywhere, and nobody need say where to."""
        said = self.consented_on.data
        if self.kind.data != Happening.OTHER_FUND or not said:
            return []
        if said > today():
            return [("consented_on", _("Dagen ligger ude i fremtiden."))]
        return [] if self.fund_id.data else [("fund_id", _("Vælg den nye a-kasse."))]

    def event(self) -> Event:
        kind = Happening(self.kind.data)
        if kind == Happening.OTHER_FUND:
            to = uuid.UUID(self.fund_id.data) if self.fund_id.data else None
            return Event(kind, self.day.data, None, None, to, self.consented_on.data)
        until = self.until.data if kind == Happening.ILLNESS else None
        return Event(kind, self.day.data, until, self.moved_to)

    @property
    def to(self) -> uuid.UUID | None:
        """Where the member is from then on, as far as that is another organisation."""
        return self.moved_to or self.event().fund_id

    @property
    def moved_to(self) -> uuid.UUID | None:
        is_move = self.kind.data == Happening.MOVED and self.municipality_id.data
        return uuid.UUID(self.municipality_id.data) if is_move else None
