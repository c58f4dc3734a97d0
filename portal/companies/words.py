"""What the companies' states, contacts and answers are called."""

from flask_babel import lazy_gettext as _l

from portal.companies.models import Company, ContactKind

KINDS = {
    ContactKind.CALL: _l("Ringet"),
    ContactKind.MAIL: _l("Skrevet"),
    ContactKind.VISIT: _l("Besøgt"),
    ContactKind.ASKED: _l("Spurgt i rundspørgen"),
    ContactKind.ANSWERED: _l("Svaret"),
    ContactKind.TAKEN: _l("Virksomheden taget"),
    ContactKind.HANDED_OVER: _l("Virksomheden overdraget"),
    ContactKind.RELEASED: _l("Virksomheden sluppet"),
    ContactKind.ORDERED: _l("Jobordre modtaget"),
    ContactKind.PRESENTED: _l("Kandidater præsenteret"),
    ContactKind.FILLED: _l("Jobordren besat"),
    ContactKind.NOT_FILLED: _l("Jobordren ikke besat"),
    ContactKind.WITHDRAWN: _l("Jobordren trukket tilbage"),
    ContactKind.REOPENED: _l("Jobordren åbnet igen"),
    ContactKind.FOLLOW_UP: _l("Fulgt op med opkald"),
}
SHOWN = {
    "ours": _l("Vores"),
    "free": _l("Uden kontakt"),
    "unasked": _l("Ikke spurgt"),
    "waiting": _l("Ikke svaret"),
    "interested": _l("Interesserede"),
}
INTERESTED = (_l("Interesseret"), "success")
NOT_INTERESTED = (_l("Ikke interesseret"), "")
NOT_ASKED = (_l("Ikke spurgt"), "")
ASKED = (_l("Spurgt, ikke svaret"), "warning")


def answer(one: Company) -> tuple[object, str]:
    """Where a company stands in the survey."""
    if one.answered_on:
        return INTERESTED if one.interested else NOT_INTERESTED
    return ASKED if one.asked_on else NOT_ASKED
