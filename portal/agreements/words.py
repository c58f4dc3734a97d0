"""What the states and steps of an agreement are called."""

from flask_babel import lazy_gettext as _l

from portal.agreements.beside import AmendmentState
from portal.agreements.models import Side, Standing, State
from portal.agreements.overview import Need
from portal.agreements.parts import Move, SectionState

STATES = {
    State.DRAFT: (_l("Kladde"), ""),
    State.NEGOTIATING: (_l("Forhandles"), "warning"),
    State.READY: (_l("Klar til underskrift"), "info"),
    State.SIGNING: (_l("Til underskrift"), "warning"),
    State.SIGNED: (_l("Underskrevet"), "success"),
    State.SUPERSEDED: (_l("Afløst af en ny version"), ""),
    State.TERMINATED: (_l("Opsagt"), "error"),
    State.ABANDONED: (_l("Opgivet"), ""),
}
SECTION_STATES = {
    SectionState.EMPTY: _l("Mangler tekst"),
    SectionState.PROPOSED: _l("Foreslået"),
    SectionState.AGREED: _l("Aftalt"),
}
WRITTEN = _l("Skrevet")
MOVES = {
    Move.PROPOSE: _l("Forslag"),
    Move.AGREE: _l("Aftalt"),
    Move.REOPEN: _l("Taget op igen"),
}
SIDES = {
    Side.FUND: _l("A-kassesiden"),
    Side.MUNICIPALITY: _l("Kommunesiden"),
    Side.OBSERVER: _l("Observatør"),
}
BUTTONS = {
    "open": _l("Åbn for den anden side"),
    "settle": _l("Alt er aftalt"),
    "reopen": _l("Tilbage til forhandling"),
    "ask_to_sign": _l("Send til underskrift"),
    "take_back": _l("Træk tilbage fra underskrift"),
    "abandon": _l("Opgiv forhandlingen"),
}
HAPPENED = {
    "create": _l("Kladden lavet"),
    "open": _l("Åbnet for den anden side"),
    "settle": _l("Alt aftalt"),
    "reopen": _l("Taget op til forhandling igen"),
    "ask_to_sign": _l("Sendt til underskrift"),
    "take_back": _l("Trukket tilbage fra underskrift"),
    "decline": _l("Underskrift afvist"),
    "delegate": _l("Underskrift givet videre"),
    "sign": _l("Underskrevet"),
    "abandon": _l("Forhandlingen opgivet"),
    "terminate": _l("Aftalen opsagt"),
    "supersede": _l("Afløst af en ny version"),
    "follow_rule_set": _l("Sluttet med sit regelsæt"),
    "expire_window": _l("Fristen for underskrift udløb"),
    "propose_change": _l("Ændring foreslået"),
    "accept_change": _l("Ændring godkendt"),
    "decline_change": _l("Ændring afvist"),
    "withdraw_change": _l("Ændringsforslag trukket tilbage"),
}
AMENDMENT_STATES = {
    AmendmentState.PROPOSED: (_l("Foreslået"), "warning"),
    AmendmentState.APPROVED: (_l("Godkendt, går med i næste version"), "info"),
    AmendmentState.DECLINED: (_l("Afvist"), ""),
    AmendmentState.WITHDRAWN: (_l("Trukket tilbage"), ""),
    AmendmentState.COLLECTED: (_l("Med i en ny version"), "success"),
}
IN_EFFECT = (_l("Godkendt og gælder"), "success")
CONTACT_PARTS = {
    "person": _l("Person i opgaven »%(function)s«"),
    "deputy": _l("Stedfortræder i opgaven »%(function)s«"),
    "mailbox": _l("Postkasse til opgaven »%(function)s«"),
}
NEEDS = {
    Need.OURS: _l("Det venter på jer"),
    Need.ENDING: _l("Slutter snart eller er lige sluttet"),
    Need.THEIRS: _l("Venter på den anden side"),
    Need.IN_FORCE: _l("I kraft"),
    Need.COMING: _l("Kommende"),
    Need.ENDED: _l("Afsluttet"),
}
STANDINGS = {
    Standing.IN_FORCE: (_l("I kraft"), "success"),
    Standing.COMING: (_l("Kommende"), "info"),
    Standing.ENDED: (_l("Udløbet"), ""),
}
NEXT = {
    State.DRAFT: _l("Gør kladden klar, og åbn den for den anden side"),
    State.NEGOTIATING: _l("Svar på de afsnit, der venter på jer"),
    State.READY: _l("Send aftalen til underskrift"),
    State.SIGNING: _l("Underskriverne skriver under"),
}
ANSWERED = {
    "theirs": _l("Vent på den anden sides svar"),
    "our_signatory": _l("Vælg jeres underskriver"),
    "their_signatory": _l("Den anden side skal vælge sin underskriver"),
    "nothing": _l("Tryk på »Alt er aftalt«"),
}
