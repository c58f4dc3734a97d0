"""The forms of projects."""

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from portal.fields import ADDRESS, NO_ADDRESS, DayField, Form, offered
from portal.projects import words
from portal.projects.actions import Given
from portal.projects.models import Colour, PartnerRole, Project
from portal.projects.newcomers import ROLES, Wanted
from portal.projects.partners import Asked
from portal.workflow import Stamp

LINE, TEXT = Length(max=200), Length(max=4000)
CHOOSE = _l("Vælg")


class ProjectForm(Form):
    """What a project is; `revision` is of what was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    title = StringField(
        _l("Projektets navn"), validators=[InputRequired(_l("Skriv projektets navn.")), LINE]
    )
    type = SelectField(_l("Slags"), validators=[InputRequired(_l("Vælg, hvad projektet er."))])
    trade = SelectField(_l("Branche"), validators=[InputRequired(_l("Vælg en branche."))])
    target_group = TextAreaField(
        _l("Målgruppe"), validators=[InputRequired(_l("Skriv, hvem projektet er for.")), TEXT]
    )
    purpose = TextAreaField(
        _l("Formål"), validators=[InputRequired(_l("Skriv, hvad projektet skal opnå.")), TEXT]
    )
    templates = SelectMultipleField(_l("Modeller"))
    starts_on = DayField(
        _l("Første dag"), validators=[InputRequired(_l("Skriv projektets første dag."))]
    )
    ends_on = DayField(
        _l("Sidste dag"), validators=[InputRequired(_l("Skriv projektets sidste dag."))]
    )
    next_report_on = DayField(_l("Næste statusrapport"), validators=[Optional()])

    def offer(
        self,
        types: Iterable[tuple[str, str]],
        trades: Iterable[tuple[str, str]],
        models: Iterable[tuple[str, str]],
    ) -> None:
        self.type.choices = offered([("", CHOOSE), *types])
        self.trade.choices = offered([("", CHOOSE), *trades])
        self.templates.choices = offered(models)

    def given(self) -> Given:
        return Given(
            title=self.title.data.strip(),
            type=self.type.data,
            trade=self.trade.data,
            target_group=self.target_group.data.strip(),
            purpose=self.purpose.data.strip(),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            next_report_on=self.next_report_on.data,
            templates=self.templates.data or [],
        )


def filled(project: Project) -> dict[str, Any]:
    """A project as its form shows it."""
    names = (*Given.__annotations__, "revision")
    return {name: getattr(project, name) for name in names}


class StepForm(Form):
    """What every step knows: which version was shown, and the form's own key."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=40)])
    reason = TextAreaField(_l("Begrundelse"), validators=[Optional(), TEXT])

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.revision.data or 0, self.form_key.data or secrets.token_urlsafe(12))


class ColourForm(Form):
    colour = RadioField(
        _l("Status"),
        choices=offered((one.value, words.COLOURS[one][0]) for one in Colour),
        validators=[InputRequired(_l("Vælg en status."))],
    )
    reason = TextAreaField(_l("Hvorfor?"), validators=[Optional(), TEXT])


class MunicipalityForm(Form):
    """One municipality, or all of a council's area."""

    municipality = SelectField(_l("Kommune eller område"), validators=[Optional()])

    def offer(
        self, towns: Iterable[tuple[uuid.UUID, str]], areas: Iterable[tuple[Any, str]]
    ) -> None:
        chosen = [("", CHOOSE), *areas, *towns]
        self.municipality.choices = offered(chosen)


class InviteForm(Form):
    organisation_id = SelectField(
        _l("Organisation"), validators=[InputRequired(_l("Vælg en organisation."))]
    )
    role = SelectField(_l("Rolle"), validators=[InputRequired(_l("Vælg en rolle."))])
    valid_from = DayField(_l("Deltager fra"), validators=[InputRequired(_l("Skriv dagen."))])
    valid_until = DayField(_l("Deltager til og med"), validators=[Optional()])

    def offer(self, organisations: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.organisation_id.choices = offered([("", CHOOSE), *organisations])
        self.role.choices = offered([("", CHOOSE), *words.ROLES.items()])

    def asked(self) -> Asked:
        return Asked(
            uuid.UUID(self.organisation_id.data),
            PartnerRole(self.role.data),
            self.valid_from.data,
            self.valid_until.data,
        )


class AnswerForm(Form):
    answer = RadioField(
        _l("Vil I være med?"),
        choices=offered([("yes", _l("Ja, vi deltager")), ("no", _l("Nej tak"))]),
        validators=[InputRequired(_l("Vælg ja eller nej."))],
    )
    reason = TextAreaField(_l("Besked"), validators=[Optional(), TEXT])


class EndForm(Form):
    valid_until = DayField(_l("Sidste dag"), validators=[InputRequired(_l("Skriv dagen."))])
    reason = TextAreaField(
        _l("Hvorfor stopper partneren?"),
        validators=[InputRequired(_l("Skriv hvorfor. Partnerne læser det.")), TEXT],
    )
    leaves = TextAreaField(_l("Hvem overtager opgaverne?"), validators=[Optional(), TEXT])


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Begrundelse"),
        validators=[InputRequired(_l("Skriv hvorfor. Partnerne læser det.")), TEXT],
    )


class NewcomerForm(Form):
    """An organisation that stands on no list."""

    name = StringField(
        _l("Organisationens navn"), validators=[InputRequired(_l("Skriv navnet.")), LINE]
    )
    cvr = StringField(_l("CVR-nummer"), validators=[Optional(), LINE])
    role = SelectField(_l("Rolle"), validators=[InputRequired(_l("Vælg en rolle."))])
    valid_from = DayField(_l("Deltager fra"), validators=[InputRequired(_l("Skriv dagen."))])
    contact = StringField(
        _l("Kontaktperson"), validators=[InputRequired(_l("Skriv, hvem vi skal skrive til.")), LINE]
    )
    mail = StringField(
        _l("E-mail"),
        validators=[InputRequired(NO_ADDRESS), LINE, Regexp(ADDRESS, 0, NO_ADDRESS)],
    )

    def offer(self) -> None:
        self.role.choices = offered([("", CHOOSE), *((one, words.ROLES[one]) for one in ROLES)])

    def wanted(self) -> Wanted:
        return Wanted(
            name=self.name.data.strip(),
            cvr=(self.cvr.data or "").strip(),
            role=PartnerRole(self.role.data),
            valid_from=self.valid_from.data,
            contact=self.contact.data.strip(),
            mail=self.mail.data.strip(),
        )
