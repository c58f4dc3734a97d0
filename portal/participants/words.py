"""What steps, matches and people of a project are called where no model has its own word."""

from flask_babel import lazy_gettext as _l

from portal.participants.models import EventKind, JobForm, Timing, Work

WORK = {Work.UNEMPLOYED: _l("Ledig"), Work.EMPLOYED: _l("I arbejde")}
REVEAL_PURPOSES = {
    "reach": _l("Få fat i personen"),
    "register": _l("Registrere i et andet system"),
    "check": _l("Kontrollere, at det er den rigtige person"),
}
TIMINGS = {
    Timing.BEFORE: _l("Før forløbet"),
    Timing.DURING: _l("Under forløbet"),
    Timing.AFTER: _l("Efter forløbet"),
}
FORMS = {
    JobForm.ORDINARY: _l("Ordinært job"),
    JobForm.APPRENTICE: _l("Lærling eller elev"),
    JobForm.ADULT_APPRENTICE: _l("Voksenlærling"),
    JobForm.INTERNSHIP: _l("Virksomhedspraktik"),
    JobForm.WAGE_SUBSIDY: _l("Løntilskud"),
}
# The steps of participants over many models; each model has its own words beside them.
STEPS = {
    EventKind.SOURCED: _l("Fundet"),
    EventKind.INVITED: _l("Inviteret"),
    EventKind.MET: _l("Mødt"),
    EventKind.SCREENED: _l("Screenet"),
    EventKind.COMPETENCE_ASSESSED: _l("Kompetencer vurderet"),
    EventKind.OFFERED: _l("Fået et tilbud"),
    EventKind.STARTED: _l("Begyndt på et forløb"),
    EventKind.COMPLETED: _l("Gennemført"),
    EventKind.DROPPED: _l("Faldet fra"),
    EventKind.MATCHED: _l("Match med en arbejdsgiver"),
    EventKind.EMPLOYED_3: _l("I job efter 3 måneder"),
    EventKind.EMPLOYED_6: _l("I job efter 6 måneder"),
    EventKind.EMPLOYED_12: _l("I job efter 12 måneder"),
}
