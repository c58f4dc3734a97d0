"""What roles, states, colours and steps of projects are called."""

from flask_babel import lazy_gettext as _l

from portal.projects.models import Colour, PartnerRole, PartnerState, ProjectState, Standing
from portal.projects.parts import Level, PhaseKind

ROLES = {
    PartnerRole.LEAD: _l("Tovholder"),
    PartnerRole.JOBCENTRE: _l("Kommunens jobcenter"),
    PartnerRole.A_KASSE: _l("A-kasse"),
    PartnerRole.UNION: _l("Fagforening"),
    PartnerRole.EMPLOYER: _l("Arbejdsgiver"),
    PartnerRole.SCHOOL: _l("Uddannelsessted"),
    PartnerRole.ASSOCIATION: _l("Forening"),
    PartnerRole.SECRETARIAT: _l("Rådets sekretariat"),
}
STATES = {
    ProjectState.IDEA: (_l("Idé"), ""),
    ProjectState.PREPARING: (_l("Forberedes"), "info"),
    ProjectState.RUNNING: (_l("I gang"), "info"),
    ProjectState.REPORTING: (_l("Afrapporteres"), "warning"),
    ProjectState.EVALUATED: (_l("Evalueret"), "success"),
    ProjectState.CLOSED: (_l("Afsluttet"), "success"),
    ProjectState.STOPPED: (_l("Stoppet"), ""),
}
# Words, the kind of the mark, and its icon: never a colour alone.
COLOURS = {
    Colour.GREEN: (_l("Status: grøn"), "success", "success"),
    Colour.YELLOW: (_l("Status: gul"), "warning", "warning"),
    Colour.RED: (_l("Status: rød"), "error", "error"),
}
PARTNERS = {
    PartnerState.INVITED: (_l("Inviteret"), "warning"),
    PartnerState.TAKING_PART: (_l("Deltager"), "success"),
    PartnerState.DECLINED: (_l("Sagt nej"), ""),
    PartnerState.WITHDRAWN: (_l("Invitation trukket tilbage"), ""),
}
STANDINGS = {
    Standing.INVITED: _l("Inviteret"),
    Standing.PARTNER: _l("Partner"),
    Standing.COUNCIL: _l("Rådet for området"),
}
KINDS = {PhaseKind.PHASE: _l("Fase"), PhaseKind.MILESTONE: _l("Milepæl")}
LEVELS = {
    Level.LOW: (_l("Lav"), ""),
    Level.MEDIUM: (_l("Mellem"), "warning"),
    Level.HIGH: (_l("Høj"), "error"),
}
BUTTONS = {
    "prepare": _l("Begynd forberedelsen"),
    "begin": _l("Sæt projektet i gang"),
    "report": _l("Gå til afrapportering"),
    "resume": _l("Sæt i gang igen"),
    "evaluate": _l("Projektet er evalueret"),
    "close": _l("Afslut projektet"),
    "stop": _l("Stop projektet"),
}
DONE = {
    "prepare": _l("Projektet forberedes. Rådet for området kan nu se det."),
    "begin": _l("Projektet er i gang."),
    "report": _l("Projektet afrapporteres."),
    "resume": _l("Projektet er i gang igen."),
    "evaluate": _l("Projektet er evalueret."),
    "close": _l("Projektet er afsluttet."),
    "stop": _l("Projektet er stoppet."),
}
HAPPENED = {
    "draft": _l("Projektet oprettet"),
    "edit": _l("Oplysninger rettet"),
    "prepare": _l("Forberedelsen begyndt"),
    "begin": _l("Projektet sat i gang"),
    "report": _l("Afrapporteringen begyndt"),
    "resume": _l("Projektet sat i gang igen"),
    "evaluate": _l("Projektet evalueret"),
    "close": _l("Projektet afsluttet"),
    "stop": _l("Projektet stoppet"),
    "colour": _l("Status sat"),
    "invite": _l("Partner inviteret"),
    "accept": _l("Partner sagt ja"),
    "decline": _l("Partner sagt nej"),
    "withdraw": _l("Invitation trukket tilbage"),
    "end": _l("Partner stopper"),
    "hand_over": _l("Ny tovholder"),
}
