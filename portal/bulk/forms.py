"""What a batch is confirmed with."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal.bulk.models import Doing
from portal.fields import Form, offered
from portal.handovers.page_forms import PurposeForm
from portal.handovers.queries import Colleague


class BareForm(Form):
    def given(self) -> dict[str, Any]:
        return {}


class AssignManyForm(Form):
    person_id = SelectField(_l("Sagsbehandler"), validators=[InputRequired(_l("Vælg en kollega."))])

    def offer(self, colleagues: Iterable[Colleague]) -> None:
        present = [(one.id, one.name) for one in colleagues if not one.is_absent]
        self.person_id.choices = offered([("", _("Vælg en kollega")), *present])

    def given(self) -> dict[str, Any]:
        return {"person_id": uuid.UUID(self.person_id.data)}


class TakeOutForm(PurposeForm):
    def given(self) -> dict[str, Any]:
        return {}


FORMS: dict[Doing, type[BareForm | AssignManyForm | TakeOutForm]] = {
    Doing.ACKNOWLEDGE: BareForm,
    Doing.ASSIGN: AssignManyForm,
    Doing.MOVE_CASE: AssignManyForm,
    Doing.REMIND: BareForm,
    Doing.EXPORT: TakeOutForm,
}
