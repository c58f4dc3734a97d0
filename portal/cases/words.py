"""What kinds, outcomes and reasons of a case are called; the keys are what is stored."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.cases.checklist import Standing
from portal.cases.models import CriterionAnswer, Decision, EffortKind, EffortStatus, TalkOutcome
from portal.cases.restricted import Basis

TALK_KINDS = {
    "first": _l("Første samtale"),
    "job_talk": _l("Jobsamtale"),
    "cv_interview": _l("Cv-samtale"),
    "availability": _l("Rådighedssamtale"),
    "joint": _l("Fællessamtale"),
    "other": _l("Anden samtale"),
}
TALK_FORMS = {
    "in_person": _l("Fremmøde"),
    "phone": _l("Telefon"),
    "video": _l("Video"),
    "group": _l("Gruppe"),
}
TALK_OUTCOMES = {
    TalkOutcome.HELD: _l("Holdt"),
    TalkOutcome.ABSENT: _l("Udeblevet"),
    TalkOutcome.EXEMPT: _l("Fritaget"),
}
EFFORT_KINDS = {
    EffortKind.EFFORT: _l("Aftalt indsats"),
    EffortKind.OFFER: _l("Tilbud"),
    EffortKind.RECOMMENDATION: _l("Indstilling til tilbud"),
    EffortKind.COMPANY_BASED: _l("Virksomhedsrettet forløb"),
    EffortKind.PLACEMENT: _l("Formidlet job"),
}
EFFORT_STATUSES = {
    EffortStatus.AGREED: _l("Aftalt"),
    EffortStatus.RUNNING: _l("I gang"),
    EffortStatus.FINISHED: _l("Gennemført"),
    EffortStatus.STOPPED: _l("Afbrudt"),
    EffortStatus.OPEN: _l("Afventer svar"),
    EffortStatus.GRANTED: _l("Bevilget"),
    EffortStatus.REFUSED: _l("Afslået"),
}
CHANNELS = {
    "meeting": _l("På et møde"),
    "phone": _l("Telefon"),
    "video": _l("Videomøde"),
    "digital_post": _l("Digital Post"),
    "own_page": _l("A-kassens selvbetjening"),
}
ANSWERS = {
    CriterionAnswer.YES: _l("Ja"),
    CriterionAnswer.NO: _l("Nej"),
    CriterionAnswer.UNKNOWN: _l("Ved ikke"),
}
DECISIONS = {
    Decision.REFER: _l("Visiteres til kommunen"),
    Decision.KEEP: _l("Bliver i a-kassens forløb"),
}
STANDINGS = {
    Standing.READY: _l("Klar"),
    Standing.MISSING: _l("Mangler"),
    Standing.NOT_APPLICABLE: _l("Ikke relevant"),
}
CLOSING_REASONS = {
    "job": _l("Medlemmet er kommet i job"),
    "education": _l("Medlemmet er begyndt på en uddannelse"),
    "handed_over": _l("Kommunen har overtaget ansvaret"),
    "benefit_ended": _l("Medlemmet modtager ikke længere dagpenge"),
    "other_fund": _l("Medlemmet har skiftet a-kasse"),
    "left_fund": _l("Medlemmet er udmeldt"),
    "deceased": _l("Medlemmet er død"),
    "mistake": _l("Sagen er oprettet ved en fejl"),
}
REVEAL_PURPOSES = {
    "contact": _l("Slå medlemmet op i a-kassens eget system"),
    "dfdg": _l("Registrere i DFDG eller på Jobnet"),
    "check": _l("Kontrollere, at det er det rigtige medlem"),
}
HOURS_SOURCES = {
    "fund_system": _l("A-kassens udbetalingssystem"),
    "payment_note": _l("Udbetalingsspecifikation"),
    "member": _l("Oplyst af medlemmet"),
    "file": _l("Hentet fra fil"),
}
TRANSFER_SOURCES = {
    "dfdg": _l("DFDG"),
    "fund_system": _l("A-kassens system"),
    "municipality": _l("Oplyst af kommunen"),
    "jobnet": _l("Jobnet"),
}


# Who reads a field, after "Læses af".
PACKAGE_READERS = _l("kommunen, når pakken er sendt")
MEMBER_READERS = _l("kommunen og medlemmet selv, når pakken er sendt")  # it is in their copy
OWN_READERS = _l("a-kassens egne medarbejdere, ikke af kommunen")
BASES = {
    Basis.PROTECTED_ADDRESS: _l("Borgeren har beskyttet adresse"),
    Basis.STAFF: _l("Borgeren er medarbejder hos en af parterne"),
    Basis.KIN: _l("Borgeren er i familie med en medarbejder"),
}


def word(words: dict[str, LazyString], code: str | None) -> LazyString | str:
    """What was stored before a word was dropped is shown as it stands."""
    return words.get(code, code) if code else ""
