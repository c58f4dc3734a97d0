"""What the parts of a survey are called on its pages."""

from math import ceil, floor

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.surveys.models import State, Survey
from portal.surveys.questionnaires import Counts, Question, Respondents
from portal.surveys.results import Outcome

STATES = {State.DRAFT: _l("Kladde"), State.OPEN: _l("Åben"), State.CLOSED: _l("Lukket")}
KINDS = {State.DRAFT: "", State.OPEN: "info", State.CLOSED: "success"}
RESPONDENTS = {
    Respondents.MEMBERS: _l("Medlemmer"),
    Respondents.ADVISERS: _l("Egne medarbejdere"),
    Respondents.EMPLOYERS: _l("Arbejdsgivere"),
}


def state(survey: Survey) -> str:
    return str(_("Stoppet") if survey.is_stopped else STATES[survey.state])


def kind(survey: Survey) -> str:
    return "warning" if survey.is_stopped else KINDS[survey.state]


def who(survey: Survey) -> str:
    """Who is asked, in a sentence."""
    told = {
        Respondents.MEMBERS: _(
            "Medlemmer, der var i kontaktforløb i tiden, og som har en e-mailadresse på sagen."
            " Ikke medlemmer, der er døde, flyttet, i en anden a-kasse eller har en pakke med"
            " begrænset adgang."
        ),
        Respondents.ADVISERS: _("Egne medarbejdere, der arbejder med medlemmerne."),
        Respondents.EMPLOYERS: _("De e-mailadresser, I har skrevet eller hentet fra en fil."),
    }
    return str(told[survey.respondents])


def yes(told: Outcome) -> str:
    """How many said yes, or between which counts."""
    return between(told.share.low, told.share.high)


def percent(told: Outcome) -> str:
    """Rounded so that what is told is never more than what holds."""
    low, high = told.share.percents
    if told.share.is_exact:
        return f"{round(low)} %"
    return f"{between(floor(low), ceil(high))} %"


def between(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def counted_as_yes(question: Question) -> str:
    """Such as: Meget tilfreds eller tilfreds."""
    labels = [one.label["da"] for one in question.options if one.counts == Counts.YES]
    return str(_(" eller ")).join([labels[0], *(label.lower() for label in labels[1:])])
