"""The shape of a departure. Rules stand in the actions."""

import uuid
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from portal.fields import Form, offered
from portal.organisations.queries import Colleague


class DepartureForm(Form):
    replacement_id = SelectField(_l("Hvem overtager?"))

    def offer(self, people: Iterable[Colleague]) -> None:
        named = ((one.user.id, one.user.name) for one in people)
        self.replacement_id.choices = offered([("", _("Vælg en kollega")), *named])

    @property
    def chosen(self) -> uuid.UUID | None:
        return uuid.UUID(self.replacement_id.data) if self.replacement_id.data else None
