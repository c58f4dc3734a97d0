"""What events and what they do are called; the keys are what is stored."""

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases.words import CLOSING_REASONS, word
from portal.life.effects import CLOSING, Effect, Event, What
from portal.life.models import Happening

H = Happening
HAPPENINGS = {
    H.JOB: _l("Job, der afslutter ledigheden"),
    H.SOME_WORK: _l("Få timer eller kort tid i job: ledigheden fortsætter"),
    H.ILLNESS: _l("Syg"),
    H.EDUCATION: _l("Uddannelse"),
    H.MOVED: _l("Flytter til en anden kommune"),
    H.OTHER_FUND: _l("Skifter a-kasse"),
    H.BENEFIT_ENDED: _l("Modtager ikke længere dagpenge"),
    H.DEATH: _l("Død"),
}


def told(effect: Effect, event: Event, receiver: str, to: str) -> str:
    """One effect as it is listed before it is confirmed, and as it stands afterwards.

    `receiver` is the municipality that has the package, `to` the new one.
    """
    about = {"receiver": receiver, "to": to, "day": format_date(effect.on, "long")}
    if effect.package:
        about["reference"] = effect.package.reference
        if effect.package.meets_on:
            about["meets"] = format_date(effect.package.meets_on, "long")
    if effect.until:
        about["until"] = format_date(effect.until, "long")
    if event.kind in CLOSING:
        about["reason"] = str(word(CLOSING_REASONS, CLOSING[event.kind]))
    told_of: str = SENTENCES[effect.what] % about
    return told_of


SENTENCES = {
    What.LAPSE: _l("%(reference)s hos %(receiver)s bortfalder %(day)s."),
    What.PAUSE: _l(
        "%(reference)s hos %(receiver)s hviler til %(until)s. Frister og påmindelser stopper imens."
    ),
    What.CALL_OFF: _l("Samtalen %(meets)s aflyses (%(reference)s hos %(receiver)s)."),
    What.REDIRECT: _l(
        "%(reference)s sendes videre fra %(receiver)s til %(to)s %(day)s, som den blev sendt. "
        "%(receiver)s kan ikke se den længere."
    ),
    What.BEGIN_ANEW: _l(
        "%(reference)s hos %(receiver)s bortfalder %(day)s. En ny kladde til %(to)s laves med det, "
        "I har skrevet."
    ),
    What.KEEP: _l(
        "%(reference)s bliver hos %(receiver)s, som har taget imod den. Aftal, hvem der gør den "
        "færdig, eller om %(receiver)s sender den videre til %(to)s."
    ),
    What.MINUTES_ONLY: _l("%(reference)s mangler kun referatet. %(receiver)s gør den færdig."),
    What.NO_FOLLOW_UP: _l("%(receiver)s skal ikke længere følge op på %(reference)s."),
    What.REPLACED: _l(
        "%(reference)s hos %(receiver)s bliver stående og erstattes af den nye a-kasses kladde, "
        "når den har overtaget."
    ),
    What.TO_FUND: _l(
        "En kladde med planen til %(to)s laves %(day)s. I gennemser og sender den. Sagen lukkes, "
        "når %(to)s har overtaget."
    ),
    What.CLOSE_CASE: _l("Medlemmets sag lukkes %(day)s: %(reason)s."),
    What.MOVE_CASE: _l("Medlemmets kommune bliver %(to)s %(day)s."),
}
TELLING = {
    What.LAPSE,
    What.PAUSE,
    What.CALL_OFF,
    What.BEGIN_ANEW,
    What.REDIRECT,
}


def who_is_told(event: Event, found: list[Effect]) -> str:
    """Nobody is written to of a death; of all else who has the package, by its number alone."""
    words: str = _("Ingen får mail.")
    if event.kind == H.DEATH:
        words = _("Ingen får mail, og ingen bliver påmindet om samtaler eller frister.")
    elif {effect.what for effect in found} & TELLING:
        words = _("Kommunen får en mail med pakkens nummer, uden navn og uden grund.")
    return words
