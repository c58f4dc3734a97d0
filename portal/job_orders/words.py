"""What the states, outcomes and steps of job orders are called."""

from flask_babel import lazy_gettext as _l

from portal.companies.models import ContactKind
from portal.companies.orders import OrderState, Outcome, Reason

STATES = {
    OrderState.OPEN: (_l("Åben"), "warning"),
    OrderState.PRESENTED: (_l("Kandidater præsenteret"), "info"),
    OrderState.FILLED: (_l("Besat"), "success"),
    OrderState.NOT_FILLED: (_l("Ikke besat"), "error"),
    OrderState.WITHDRAWN: (_l("Trukket tilbage"), ""),
}
OUTCOMES = {
    Outcome.HIRED: (_l("Ansat"), "success"),
    Outcome.NOT_HIRED: (_l("Ikke ansat"), ""),
    Outcome.WITHDRAWN: (_l("Trukket"), ""),
}
REASONS = {
    Reason.QUALIFICATIONS: _l("Manglede kvalifikationer"),
    Reason.ANOTHER_CHOSEN: _l("En anden blev valgt"),
    Reason.HOURS_OR_PLACE: _l("Tid eller sted passede ikke"),
    Reason.NO_MEETING: _l("Mødte ikke til samtalen"),
    Reason.DECLINED: _l("Sagde selv nej"),
    Reason.OTHER: _l("Andet"),
}
BUTTONS = {
    "present": _l("Kandidaterne er præsenteret"),
    "fill": _l("Jobordren er besat"),
    "give_up": _l("Luk uden ansættelse"),
    "withdraw": _l("Virksomheden trækker den tilbage"),
    "reopen": _l("Åbn igen"),
}
LOGGED = {
    "present": ContactKind.PRESENTED,
    "fill": ContactKind.FILLED,
    "give_up": ContactKind.NOT_FILLED,
    "withdraw": ContactKind.WITHDRAWN,
    "reopen": ContactKind.REOPENED,
}
