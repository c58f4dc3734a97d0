"""What of the published tables is looked at: in the address, so that it can be kept and sent on."""

from collections.abc import Mapping, Sequence

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from portal.council.tables import Division, code
from portal.fields import Form, offered
from portal.goals.catalogue import Indicator
from portal.goals.periods import Quarter
from portal.goals.published import Key

DIVISIONS = (
    (Division.MUNICIPALITY, _l("Kommune")),
    (Division.FUND, _l("A-kasse")),
    (Division.PAIR, _l("Kommune og a-kasse")),
    (Division.PART, _l("Art, frist eller årsag")),
    (Division.MUNICIPALITY_PART, _l("Kommune og art, frist eller årsag")),
)


class FiguresForm(Form):
    class Meta(Form.Meta):
        csrf = False

    indicator = SelectField(_l("Nøgletal"))
    quarter = SelectField(_l("Fire kvartaler til og med"))
    division = SelectField(_l("Fordelt på"), choices=offered(DIVISIONS))

    def offer(self, indicators: Mapping[Key, Indicator], quarters: Sequence[Quarter]) -> None:
        self.indicator.choices = offered(
            ("/".join(key), name_of(one)) for key, one in indicators.items()
        )
        self.quarter.choices = offered((code(one), in_words(one)) for one in quarters)


def name_of(one: Indicator) -> str:
    return one.name_en if str(get_locale()) == "en" else one.name_da


def in_words(quarter: Quarter) -> str:
    return str(_("%(number)d. kvartal %(year)d", number=quarter.number, year=quarter.year))
