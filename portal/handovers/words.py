"""What states, steps and reasons are called: the same state in other words for each party.

The one place for these words; pages, mails and documents take them from here.
"""

from datetime import date

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import terms
from portal.agreements.criteria import Rule
from portal.agreements.parameters import RETURNS, SHARED
from portal.db import Json
from portal.handovers.files import FileState
from portal.handovers.models import BEFORE, STRAIGHT, Kind, Party, Pending, State
from portal.handovers.state_words import LATE as LATE
from portal.handovers.state_words import STATES as STATES
from portal.handovers.state_words import Words
from portal.handovers.state_words import of_row as of_row
from portal.handovers.state_words import state as state
from portal.handovers.state_words import state_of as state_of
from portal.handovers.state_words import talk as talk
from portal.handovers.step_words import BUTTONS as BUTTONS
from portal.handovers.step_words import HAPPENED as HAPPENED
from portal.handovers.step_words import RECEIPTS as RECEIPTS
from portal.handovers.step_words import WARNINGS as WARNINGS
from portal.handovers.step_words import WARNINGS_OF_KIND

S, SENDER, RECEIVER = State, Party.SENDER, Party.RECEIVER

KINDS = {
    Kind.OVERGANG: _l("Overgang"),
    Kind.VISITATION: _l("Visitation"),
    Kind.FLYTNING: _l("Flytning"),
    Kind.AKASSESKIFT: _l("A-kasseskift"),
    Kind.RETUR: _l("Retur"),
}
KINDS_IN_FULL = {
    Kind.OVERGANG: _l("Overgang, når a-kassens periode udløber"),
    Kind.VISITATION: _l("Visitation efter aftalens kriterier"),
    Kind.FLYTNING: _l("Flytning fra en kommune til en anden"),
    Kind.AKASSESKIFT: _l("Skift fra en a-kasse til en anden"),
    Kind.RETUR: _l("Retur fra kommunen til a-kassen"),
}
# What a member's case offers; the others follow from what happens to the member.
BEGUN_FROM_CASE = {kind: KINDS_IN_FULL[kind] for kind in (Kind.OVERGANG, Kind.VISITATION)}


FILE_STATES = {
    FileState.WAITING: Words(_l("Tjekkes for virus"), "info"),
    FileState.CLEAN: Words(_l("Klar"), "success"),
    FileState.UNSCANNED: Words(_l("Klar, ikke tjekket for virus"), ""),
    FileState.INFECTED: Words(_l("Afvist: virus i filen"), "error"),
}
# On a list, of all that are chosen there.
WITH_MANY = {
    "acknowledge": _l("Kvittér"),
    "assign": _l("Tildel"),
    "move_case": _l("Flyt"),
    "remind": _l("Send rykker"),
    "export": _l("Eksportér"),
}

# What the two read while a request waits: who is asked, and who asked.
ASKED = {
    Pending.WITHDRAWAL: _l("A-kassen har bedt om at trække pakken tilbage: svar ja eller nej"),
    Pending.SLOTS: _l("Den anden part har tilbudt tider til samtalen: vælg en"),
    Pending.REDIRECT: _l(
        "Kommunen har bedt jer sende pakken til en anden kommune: svar ja eller nej"
    ),
}
ASKING = {
    Pending.REDIRECT: _l("I har bedt a-kassen sende pakken til en anden kommune. A-kassen svarer"),
    Pending.WITHDRAWAL: _l("I har bedt om at trække pakken tilbage. Kommunen svarer"),
    Pending.SLOTS: _l("I har tilbudt tider til samtalen. Den anden part vælger"),
}
REQUESTS = {
    Pending.REDIRECT: _l("at sende pakken til en anden kommune"),
    Pending.WITHDRAWAL: _l("at trække pakken tilbage"),
    Pending.SLOTS: _l("de tilbudte tider til samtalen"),
}
# The same in a list.
ASKED_FOR = {
    Pending.WITHDRAWAL: _l("ønskes trukket tilbage"),
    Pending.REDIRECT: _l("ønskes sendt til en anden kommune"),
    Pending.SLOTS: _l("tider er tilbudt"),
}
# How a yes is said to each.
AGREEING = {
    Pending.WITHDRAWAL: "agree_withdrawal",
    Pending.REDIRECT: "agree_redirect",
    Pending.SLOTS: "pick_slot",
}
REFUSING = {
    Pending.WITHDRAWAL: _l("Nej"),
    Pending.REDIRECT: _l("Nej"),
    Pending.SLOTS: _l("Ingen af tiderne passer"),
}

# Every part of the frozen content, in the order of the page.
PARTS = {
    "kind": _l("Slags"),
    "reference": _l("Reference"),
    "member": _l("Navn og CPR-nummer"),
    "municipality": _l("Kommune"),
    "phone": _l("Telefon"),
    "email": _l("E-mail"),
    "benefit_start": _l("Dagpengeperiode fra"),
    "weekly_hours": _l("Timer om ugen"),
    "rule_set": _l("Regelsæt"),
    "rule_set_title": _l("Regelsæt"),
    "responsible_from": _l("Ansvaret overgår"),
    "responsible_source": _l("Kilde til dagen"),
    "forecast": _l("Prognose"),
    "agreement": _l("Aftalegrundlag"),
    "fund_attends": _l("A-kassens deltagelse i samtalen"),
    "contact": _l("Kontaktperson i a-kassen"),
    "contact_unit": _l("A-kassens enhed"),
    "contact_mailbox": _l("A-kassens fælles postkasse"),
    "receiver_unit": _l("Kommunens enhed"),
    "receiver_mailbox": _l("Kommunens fælles postkasse"),
    "summary": _l("Resumé"),
    "returned_for": _l("Grund til, at forløbet går tilbage"),
    "done_since": _l("Det har kommunen gjort"),
    "remaining": _l("Det mangler"),
    "job_goals": _l("Jobmål"),
    "focus_areas": _l("Indsatsområder"),
    "search_strategy": _l("Jobsøgningsstrategi"),
    "my_plan_on": _l("Min Plan senest ændret"),
    "my_plan_link": _l("Link til Min Plan"),
    "considerations": _l("Hensyn i jobsøgningen"),
    "talks": _l("Samtaler"),
    "clarifications": _l("Profilafklaring"),
    "efforts": _l("Indsatser"),
    "checklist": _l("Tjekliste"),
    "files": _l("Filer"),
    "assessment": _l("Vurdering efter aftalens kriterier"),
    "informed_on": _l("Medlemmet er informeret den"),
    "informed_channel": _l("Hvordan"),
    "member_comment": _l("Medlemmets kommentar"),
}
WITHDRAWAL_REASONS = {
    "job": _l("Har fået job"),
    "moved": _l("Er flyttet til en anden kommune"),
    "no_duty": _l("Ansvaret skal ikke længere overgå"),
    "no_longer_needed": _l("Der er ikke længere grund til at overdrage"),
    "mistake": _l("Pakken er sendt ved en fejl"),
    "other": _l("Andet"),
}
OBSOLETE_REASONS = {
    "job": _l("Har fået job"),
    "education": _l("Er begyndt på en uddannelse"),
    "moved": _l("Er flyttet til en anden kommune"),
    "fund": _l("Har skiftet a-kasse"),
    "off_benefit": _l("Modtager ikke længere dagpenge"),
    "death": _l("Er død"),
    "other": _l("Andet"),
}
# Back to the fund: what the law itself brings back, and what an agreement may.
RETURNED_FOR: dict[str, LazyString] = {
    "not_due": _l("Timerne er rettet, så ansvaret ikke er overgået"),
    "new_period": _l("Borgeren er indplaceret i en ny dagpengeperiode"),
    **RETURNS,
}
# Why nobody asks any more.
LAPSED = {**OBSOLETE_REASONS, "returned": _l("Gået tilbage til a-kassen")}
# How it went, asked months after: codes alone, nothing of a person's health.
FOLLOW_UPS = {
    "job": _l("Er i job"),
    "education": _l("Er under uddannelse"),
    "on_plan": _l("Følger planen"),
    "new_plan": _l("Har fået en ny plan"),
    "off_benefit": _l("Modtager ikke længere ydelse"),
    "not_reached": _l("Kunne ikke træffes"),
    "other": _l("Andet"),
}
ERROR_REASONS = {
    "wrong_person": _l("Pakken handler om en forkert person"),
    "wrong_organisation": _l("Pakken er sendt til en forkert organisation"),
}
# A transfer by law is taken back only where the duty is gone, or was never this one's.
BY_LAW_ONLY, BY_CRITERIA_ONLY = {"no_duty"}, {"no_longer_needed", "other"}
OF_STRAIGHT = ("mistake", "no_longer_needed", "other")
MEETING_REASONS = {
    "participant": _l("Den, samtalen er med, er forhindret"),
    "staff": _l("En medarbejder er forhindret"),
    "practical": _l("Lokale, tolk eller teknik"),
    "other": _l("Andet"),
}
AUDIENCES = {"both": _l("Begge parter"), "own": _l("Kun os")}
NO_SHOW_REASONS = {
    "acceptable": _l("Med rimelig grund"),
    "unacceptable": _l("Uden rimelig grund"),
    "logistics": _l("Indkaldelse, lokale eller teknik svigtede"),
}
WAIVE_REASONS = {
    "declines": _l("Borgeren ønsker ikke samtalen"),
    "job": _l("Borgeren begynder i job inden for 14 dage"),
    "phone": _l("Samtalen er taget i telefonen"),
}
CALLED_IN = {
    "jobnet": _l("Jobnet"),
    "digital_post": _l("Digital Post"),
    "phone": _l("Telefon"),
    "agreed": _l("Aftalt mundtligt"),
}
REVEAL_PURPOSES = {
    "invite": _l("Indkalde til samtalen"),
    "filing": _l("Journalisere pakken"),
    "dfdg": _l("Registrere i DFDG eller på Jobnet"),
    "check": _l("Kontrollere, at det er den rigtige person"),
}
# What an opening was of, by the route that showed it; every other shows the package itself.
OPENED = {
    "handover_documents.package": _l("Pakken som PDF"),
    "handover_documents.record": _l("Hele forløbet som PDF"),
    "handover_documents.copy_for_member": _l("Kopien til medlemmet"),
    "handover_documents.to_records": _l("Filen til journalen"),
    "handover_documents.calendar": _l("Samtalen til kalenderen"),
    "handover_documents.reveal_cpr": _l("Hele CPR-nummeret"),
    "handover_files.fetch": _l("En fil, der følger med"),
    "support.show": _l("Vist for support"),
}
OUTCOMES = {
    "continued": _l("Fortsætter"),
    "changed": _l("Ændres"),
    "dropped": _l("Udgår"),
}
ATTENDANCE = {
    "member": _l("Borgeren"),
    "municipality": _l("Kommunen"),
    "fund": _l("A-kassen"),
}


def opened(action: str) -> str:
    """Of a package, or of a case with what hangs on it."""
    is_case = action.startswith(("cases.", "life."))
    return str(OPENED.get(action, _("Sagens sider") if is_case else _("Pakkens sider")))


def warning(step: str, kind: Kind) -> LazyString | None:
    """Before a step that cannot be undone: what happens then."""
    return WARNINGS_OF_KIND.get((step, kind)) or WARNINGS.get(step)


def passes(day: date | None, state: State, kind: Kind | None = None) -> str:
    """The other clock, as long as nobody has taken on the package: it waits for none."""
    if day is None or state not in {*BEFORE, S.SENT, S.RECEIVED, S.INFO_REQUESTED}:
        return ""
    when = f"{day.day}/{day.month}"
    told: str = _("Ansvaret overgår %(day)s", day=when)
    return _("Ansvaret går tilbage %(day)s", day=when) if kind == Kind.RETUR else told


def withdrawal_reasons(kind: Kind) -> dict[str, LazyString]:
    if kind in STRAIGHT:
        return {code: WITHDRAWAL_REASONS[code] for code in OF_STRAIGHT}
    without = BY_CRITERIA_ONLY if kind == Kind.OVERGANG else BY_LAW_ONLY
    return {code: name for code, name in WITHDRAWAL_REASONS.items() if code not in without}


def person(party: Party, day: date) -> terms.Term:
    """Who is handed over, in the party's word: a member to the fund, a citizen to the municipality.

    In the reader's language.
    """
    name = "member" if party == SENDER else "citizen"
    return terms.on(day, name, language=get_locale().language)


def overtaken(step: str, person: str, at: str) -> str:
    """What the second of two people reads: who did what, and when."""
    done = HAPPENED[step]
    words: str = _("%(done)s af %(person)s %(at)s.", done=done, person=person, at=at)
    return words


def size(number: int) -> str:
    """Of a file, in the unit that people count in."""
    unit, divisor = ("MB", 2**20) if number >= 2**20 else ("KB", 2**10)
    amount = max(number / divisor, 0.1)
    return f"{format_decimal(amount, '0.#' if amount < 10 else '0')} {unit}"


def rule(assessment: Json) -> str:
    """How many criteria the agreement asks for, as the frozen assessment has it."""
    return Rule(assessment["rule"], assessment["needed"]).told


def withheld(content: Json) -> str:
    """What the parties have agreed not to share, in the words of the agreement."""
    return ", ".join(str(SHARED[part]) for part in content.get("withheld", ()))
