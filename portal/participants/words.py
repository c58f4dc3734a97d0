"""What steps, matches and people of a project are called where no model has its own word."""

from flask_babel import lazy_gettext as _l

from portal.participants.models import JobForm, Timing, Work

WORK = {Work.UNEMPLOYED: _l("Ledig"), Work.EMPLOYED: _l("I arbejde")}
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
