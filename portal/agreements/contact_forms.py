"""The form in which a party names who fills a function."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp

from portal.agreements.contacts import Desk
from portal.fields import ADDRESS, NO_ADDRESS, Form, offered
from portal.organisations.models import Unit
from portal.organisations.queries import Colleague

PHONE = Regexp(
    r"^\+?[0-9][0-9 ]{5,18}$", message=_l("Skriv nummeret med tal, for eksempel 70 00 00 00.")
)


def tidy(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def line(label: Any, most: int, *more: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most), *more], filters=[tidy])


class ContactForm(Form):
    seen = HiddenField()  # the row that the page showed
    user_id = SelectField(_l("Person"))
    title = line(_l("Titel eller funktion"), 120)
    phone = line(_l("Telefon"), 20, PHONE)
    deputy_id = SelectField(_l("Stedfortræder i opgaven"))
    deputy_phone = line(_l("Stedfortræderens telefon"), 20, PHONE)
    unit_id = SelectField(_l("Funktionspostkasse"))
    mailbox = EmailField(
        _l("En postkasse kun til opgaven"),
        validators=[Optional(), Length(max=200), Regexp(ADDRESS, message=NO_ADDRESS)],
        filters=[tidy],
    )

    reason = TextAreaField(_l("Hvorfor skifter I?"), validators=[Optional(), Length(max=2000)])

    def offer(self, people: Iterable[Colleague], units: Iterable[Unit]) -> None:
        named = [(one.user.id, one.user.name) for one in people]
        self.user_id.choices = offered([("", _("Vælg en person")), *named])
        self.deputy_id.choices = offered([("", _("Ingen")), *named])
        boxes = [(one.id, f"{one.name}: {one.mailbox}") for one in units if one.mailbox]
        self.unit_id.choices = offered([("", _("Organisationens fælles postkasse")), *boxes])

    def show_desk(self, desk: Desk) -> None:
        """As it stands; whoever has left is no longer chosen."""
        row = desk.row
        self.seen.data, self.seen.raw_data = str(row.id) if row else "", None
        if row:
            for name in ("title", "phone", "deputy_phone", "mailbox"):
                self[name].data = getattr(row, name)
            self.unit_id.data = str(row.unit_id or "")
            self.user_id.data = str(row.user_id or "") if desk.person else ""
            self.deputy_id.data = str(row.deputy_id or "") if desk.deputy else ""

    def written(self) -> dict[str, Any]:
        ids = ("user_id", "deputy_id", "unit_id")
        chosen = {name: uuid.UUID(self[name].data) if self[name].data else None for name in ids}
        texts = ("title", "phone", "deputy_phone", "mailbox")
        return chosen | {name: self[name].data for name in texts}

    @property
    def seen_id(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.seen.data) if self.seen.data else None
        except ValueError:
            return uuid.UUID(int=0)  # what no page has shown
