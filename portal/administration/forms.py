"""The shape of what an administrator writes. Rules stand in the actions."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.access import Role
from portal.fields import ADDRESS, NO_ADDRESS, DayField, Form, offered
from portal.organisations import words
from portal.organisations.models import Unit, UnitKind

A_DAY = _l("Angiv en dag.")


class UnitForm(Form):
    name = StringField(_l("Navn"), validators=[InputRequired(), Length(max=120)])
    kind = SelectField(
        _l("Slags"),
        choices=offered(words.UNIT_KINDS.items()),
        coerce=UnitKind,
        validators=[InputRequired()],
    )
    mailbox = EmailField(
        _l("Funktionspostkasse"),
        validators=[Optional(), Length(max=200), Regexp(ADDRESS, message=NO_ADDRESS)],
        filters=[lambda text: (text or "").strip() or None],
    )
    is_default = BooleanField(_l("Modtager det, der ikke er rettet til en bestemt enhed"))
    valid_from = DayField(_l("Første dag"), validators=[InputRequired(A_DAY)])
    valid_until = DayField(_l("Sidste dag"), validators=[Optional()])

    @property
    def values(self) -> dict[str, Any]:
        names = ("name", "kind", "mailbox", "is_default", "valid_from", "valid_until")
        return {name: self[name].data for name in names}


class PlaceForm(Form):
    """Where a user belongs; the empty unit is none."""

    unit_id = SelectField(_l("Enhed"))
    valid_from = DayField(_l("Første dag"), validators=[InputRequired(A_DAY)])
    valid_until = DayField(_l("Sidste dag"), validators=[Optional()])

    def offer(self, units: Iterable[Unit]) -> None:
        named = ((unit.id, unit.name) for unit in units)
        self.unit_id.choices = offered([("", _("Ingen enhed")), *named])

    @property
    def values(self) -> dict[str, Any]:
        unit_id = uuid.UUID(self.unit_id.data) if self.unit_id.data else None
        days = {"valid_from": self.valid_from.data, "valid_until": self.valid_until.data}
        return {"unit_id": unit_id, **days}


class RoleForm(Form):
    role = SelectField(_l("Rolle"), coerce=Role, validators=[InputRequired()])

    def offer(self, roles: Iterable[Role]) -> None:
        self.role.choices = offered((role, words.ROLES[role]) for role in roles)
