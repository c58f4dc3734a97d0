"""What reasons, sources, breakdowns and states are called; the keys are what is stored."""

from flask_babel import lazy_gettext as _l

from portal.goals.models import TallyKind
from portal.goals.values import ValueState

EXCLUDED = {
    "mistake": _l("Sag oprettet ved en fejl"),
    "in_work": _l("I ordinært job"),
    "deceased": _l("Død"),
    "education": _l("Begyndt på en uddannelse"),
    "left": _l("Har forladt a-kassen eller får ikke længere dagpenge"),
    "exempt": _l("Fritaget for en samtale"),
    "error": _l("Pakke sendt ved en fejl"),
    "paused": _l("Fristen var på pause"),
    "ended": _l("Pakken sluttede før fristen"),
    "unrated": _l("Kommunen har ikke vurderet pakken"),
}
SOURCES = {
    "own_count": _l("Egen optælling"),
    "dfdg": _l("DFDG"),
    "dream": _l("DREAM"),
    "jobindsats": _l("Jobindsats"),
    "survey": _l("Spørgeskema"),
}
REGISTERS = ("dfdg", "dream", "jobindsats")
METHODS = {
    "counted": _l("Tælles af Samspil"),
    "survey": _l("Spørgeskema"),
    "imported": _l("Hentet tal"),
    "stated": _l("Oplyst"),
}
BREAKDOWNS = {
    "municipality": _l("Kommune"),
    "working_time": _l("Arbejdstid"),
    "rule_set": _l("Regelsæt"),
    "kind": _l("Pakkens art"),
    "step": _l("Frist"),
    "reason": _l("Årsag"),
    "criterion": _l("Kriterium"),
    "version": _l("Aftalens version"),
    "missing": _l("Det manglede"),
}
WORKING_TIME = {"full": _l("Fuldtid"), "part": _l("Deltid")}
DEADLINES = {
    "acknowledge": _l("Kvittering"),
    "decide": _l("Vurdering"),
    "plan": _l("Aftale om samtalen"),
    "minutes": _l("Referat"),
}
TALLIES = {
    TallyKind.INSTITUTION: _l("Kontakt til en institution"),
    TallyKind.NOTICE_ADVICE: _l("Rådgivning i opsigelsesperioden"),
    TallyKind.NOTICE_PLACEMENT: _l("Job formidlet i opsigelsesperioden"),
}
# The own side writes and waits, the other side has it on its table.
STATES = {
    ValueState.DRAFT: (_l("Kladde"), _l("Kladde")),
    ValueState.SUBMITTED: (_l("Venter på den anden side"), _l("Venter på jer")),
    ValueState.RETURNED: (_l("Sendt tilbage til jer"), _l("Sendt tilbage")),
    ValueState.APPROVED: (_l("Godkendt og låst"), _l("Godkendt og låst")),
}
MARKS = {
    ValueState.DRAFT: "",
    ValueState.SUBMITTED: "info",
    ValueState.RETURNED: "warning",
    ValueState.APPROVED: "success",
}
