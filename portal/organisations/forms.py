"""The shape of an absence. Rules stand in the actions."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal.fields import DayField, Form, offered
from portal.organisations.queries import Colleague


class AbsenceForm(Form):
    user_id = SelectField(_l("Hvem er væk?"), validators=[InputRequired()])
    first_day = DayField(_l("Første dag"), validators=[InputRequired(_l("Angiv den første dag."))])
    last_day = DayField(_l("Sidste dag"), validators=[InputRequired(_l("Angiv den sidste dag."))])
    stand_in_id = SelectField(_l("Stedfortræder"))

    def offer(self, away: Iterable[Colleague], stand_ins: Iterable[Colleague]) -> None:
        self.user_id.choices = offered((row.user.id, row.user.name) for row in away)
        nobody = ("", _("Ingen – enhedens postkasse får besked"))
        named = ((row.user.id, row.user.name) for row in stand_ins)
        self.stand_in_id.choices = offered([nobody, *named])

    @property
    def values(self) -> dict[str, Any]:
        stand_in = uuid.UUID(self.stand_in_id.data) if self.stand_in_id.data else None
        days = {"first_day": self.first_day.data, "last_day": self.last_day.data}
        return {"stand_in_id": stand_in, **days}
