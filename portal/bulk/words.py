"""What doing one thing with many packages is called, before and after."""

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.bulk.models import Doing


def heading(doing: Doing, count: int) -> str:
    texts = {
        Doing.ACKNOWLEDGE: ngettext(
            "Kvittér for %(num)d pakke", "Kvittér for %(num)d pakker", count
        ),
        Doing.ASSIGN: ngettext("Tildel %(num)d pakke", "Tildel %(num)d pakker", count),
        Doing.MOVE_CASE: ngettext("Flyt %(num)d pakke", "Flyt %(num)d pakker", count),
        Doing.REMIND: ngettext(
            "Send rykker for %(num)d pakke", "Send rykker for %(num)d pakker", count
        ),
        Doing.EXPORT: ngettext("Eksportér %(num)d pakke", "Eksportér %(num)d pakker", count),
    }
    return str(texts[doing])


def lead(doing: Doing) -> str:
    """What follows from it, for who is about to confirm."""
    texts = {
        Doing.ACKNOWLEDGE: _(
            "Afsenderen får besked om hver pakke, og fristen for at vurdere den begynder."
        ),
        Doing.ASSIGN: _("Den, der får pakkerne, og afsenderen får besked om hver af dem."),
        Doing.MOVE_CASE: _(
            "En kollega får pakkerne. Hver pakkes forløb siger, hvem der flyttede den."
        ),
        Doing.REMIND: _(
            "Den, der har turen, får en mail med referencen og et link. Der kan sendes én rykker "
            "om dagen for hver pakke, og begge parter kan se den i forløbet."
        ),
        Doing.EXPORT: _(
            "Filen indeholder personoplysninger. Gem den kun, hvor I må opbevare dem, og slet den, "
            "når formålet er opfyldt. Eksporten bliver registreret i loggen med dit navn, "
            "formålet og antallet af rækker."
        ),
    }
    return str(texts[doing])
