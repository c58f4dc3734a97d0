"""What states, steps, headings and changes of status reports are called."""

from flask_babel import lazy_gettext as _l

from portal.project_reports.models import ReportState

STATES = {
    ReportState.DRAFT: (_l("Kladde"), ""),
    ReportState.SENT: (_l("Sendt til sekretariatet"), "info"),
    ReportState.RETURNED: (_l("Sendt tilbage"), "warning"),
    ReportState.ACCEPTED: (_l("Godkendt"), "success"),
}
# Of what moved since the report before: the words, and the icon beside them.
CHANGES = {
    "new": (_l("Ny"), "plus"),
    "planned": (_l("Planlagt"), "calendar-month"),
    "moved": (_l("Flyttet"), "forward"),
    "begun": (_l("Begyndt"), "flag"),
    "done": (_l("Gennemført"), "check"),
    "changed": (_l("Ændret"), "edit"),
    "closed": (_l("Væk"), "check"),
    "reopened": (_l("Tilbage igen"), "warning"),
}
HAPPENED = {
    "begin": _l("Kladden begyndt"),
    "certify": _l("Attesteret og sendt"),
    "send_back": _l("Sendt tilbage"),
    "accept": _l("Godkendt og låst"),
}
DONE = {
    "send_back": _l("Rapporten er sendt tilbage til tovholderen."),
    "accept": _l("Rapporten er godkendt og låst."),
}
HEADINGS = {
    "done": _l("Hvad er der sket?"),
    "deviations": _l("Afvigelser fra planen"),
    "decisions_needed": _l("Beslutninger, der er brug for"),
    "next": _l("Det næste, der sker"),
}
COMPANIES = {
    "companies": _l("Virksomheder i registret"),
    "asked": _l("Spurgt"),
    "answered": _l("Har svaret"),
    "interested": _l("Er interesseret"),
}
ORDERS = {
    "received": _l("Jobordrer modtaget"),
    "in_time": _l("Kandidater præsenteret inden fristen"),
    "late": _l("Fristen overskredet"),
}
