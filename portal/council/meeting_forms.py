"""The forms of a council's meetings: a series, somebody to ask, and a decision."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import HiddenInput

from portal.council.meeting_actions import Plan
from portal.fields import ADDRESS, NO_ADDRESS, ClockField, DayField, Form, offered
from portal.status_meetings.forms import LINE, NO_TIME, TEXT, Where


class CouncilPlanForm(Where):
    series = StringField(
        _l("Mødernes navn"),
        default=_l("Rådsmøde"),
        validators=[InputRequired(_l("Skriv, hvad møderne hedder.")), LINE],
    )
    days = FieldList(DayField(_l("Dag"), validators=[Optional()]), min_entries=4, max_entries=8)
    starts: Any = ClockField(_l("Fra kl."), validators=[InputRequired(NO_TIME)])
    ends: Any = ClockField(_l("Til kl."), validators=[InputRequired(NO_TIME)])

    def plan(self) -> Plan:
        return Plan(
            self.series.data.strip(),
            [day for day in self.days.data if day],
            self.starts.data,
            self.ends.data,
            (self.place.data or "").strip() or None,
            (self.video_link.data or "").strip() or None,
        )


class CouncilPersonForm(Form):
    """Somebody of the council, or from outside by name and mail."""

    user_id = SelectField(_l("Fra rådet eller sekretariatet"), validators=[Optional()])
    name = StringField(_l("Navn"), validators=[Optional(), LINE])
    title = StringField(_l("Kommer fra"), validators=[Optional(), LINE])
    mail = StringField(_l("E-mail"), validators=[Optional(), LINE, Regexp(ADDRESS, 0, NO_ADDRESS)])

    def offer(self, colleagues: Any) -> None:
        named = ((one.user.id, one.user.name) for one in colleagues)
        self.user_id.choices = offered([("", _l("Vælg")), *named])

    @property
    def outside(self) -> dict[str, str]:
        return {name: (self[name].data or "").strip() for name in ("name", "title", "mail")}


class DecisionForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    decision = TextAreaField(
        _l("Beslutning"), validators=[InputRequired(_l("Skriv, hvad rådet besluttede.")), TEXT]
    )
