"""What kinds, states and steps of meetings about agreements are called."""

from flask_babel import lazy_gettext as _l

from portal.meetings.parts import ItemState, NoteKind, Taking
from portal.meetings.series import MeetingKind, MeetingState

KINDS = {MeetingKind.STATUS: _l("Statusmøde"), MeetingKind.STEERING: _l("Styregruppemøde")}
STATES = {
    MeetingState.PLANNED: (_l("Planlagt"), ""),
    MeetingState.AGENDA_SENT: (_l("Dagsorden sendt"), "info"),
    MeetingState.IN_PROGRESS: (_l("I gang"), "warning"),
    MeetingState.MINUTES_DRAFTED: (_l("Referat til godkendelse"), "warning"),
    MeetingState.MINUTES_APPROVED: (_l("Referat godkendt"), "success"),
    MeetingState.CANCELLED: (_l("Aflyst"), ""),
}
NEXT = {
    MeetingState.PLANNED: _l("Lav dagsordenen, og send den"),
    MeetingState.AGENDA_SENT: _l("Hold mødet"),
    MeetingState.IN_PROGRESS: _l("Skriv noter, og del referatet"),
    MeetingState.MINUTES_DRAFTED: _l("Godkend referatet"),
}
ITEM_STATES = {
    ItemState.PROPOSED: (_l("Forslag"), "warning"),
    ItemState.ACCEPTED: (_l("På dagsordenen"), "success"),
    ItemState.REMOVED: (_l("Taget af"), ""),
}
NOTES = {
    NoteKind.INFORMATION: _l("Orientering"),
    NoteKind.DECISION: _l("Beslutning"),
    NoteKind.ACTION: _l("Opgave"),
}
TAKING = {
    Taking.CHAIR: _l("Formand"),
    Taking.MEMBER: _l("Deltager"),
    Taking.OBSERVER: _l("Observatør"),
}
BUTTONS = {
    "move": _l("Flyt mødet"),
    "send_agenda": _l("Send dagsordenen"),
    "begin": _l("Begynd mødet"),
    "share_minutes": _l("Del referatet til godkendelse"),
    "cancel": _l("Aflys mødet"),
}
DONE = {
    "move": _l("Mødet er flyttet, og deltagernes kalendere bliver rettet."),
    "send_agenda": _l("Dagsordenen er sendt til deltagerne."),
    "begin": _l("Mødet er i gang."),
    "share_minutes": _l("Referatet er delt. Begge parter skal godkende det."),
    "cancel": _l("Mødet er aflyst."),
    "approve": _l("I har godkendt referatet."),
}
HAPPENED = {
    "plan": _l("Mødet planlagt"),
    "people": _l("Deltagere ændret"),
    "move": _l("Mødet flyttet"),
    "send_agenda": _l("Dagsordenen sendt"),
    "begin": _l("Mødet begyndt"),
    "share_minutes": _l("Referatet delt"),
    "correct": _l("Referatet rettet"),
    "approve": _l("Referatet godkendt"),
    "cancel": _l("Mødet aflyst"),
}
