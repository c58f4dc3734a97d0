"""What gatherings and their results are called."""

from flask_babel import lazy_gettext as _l

from portal.gatherings.models import GatheringKind
from portal.gatherings.results import Outcome

KINDS = {
    GatheringKind.MATCH_DAY: _l("Jobmatchdag"),
    GatheringKind.INFORMATION_MEETING: _l("Informationsmøde"),
    GatheringKind.INTAKE: _l("Optagelse til kursus"),
    GatheringKind.COURSE: _l("Kursus"),
}
OUTCOMES = {
    Outcome.MATCHED: _l("Mødt og match"),
    Outcome.OFFERED: _l("Mødt og tilbudt plads på forløbet"),
    Outcome.MET: _l("Mødt"),
    Outcome.STARTED: _l("Startet"),
    Outcome.COMPLETED: _l("Gennemført"),
    Outcome.DROPPED: _l("Faldet fra"),
    Outcome.ABSENT: _l("Ikke mødt"),
}
