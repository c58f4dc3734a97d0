"""Danish civil registration numbers: what one may look like, and what may be shown of it.

Source of the rules: the CPR office's description of the number. The seventh digit names the
century; modulus 11 holds for numbers issued before October 2007 only; a replacement number, given
to people without one, has 60 added to its day.
"""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

TYPED = re.compile(r"(?<!\d)(\d\d[ .]?){3}[ \u00a0]?[-–]?[ \u00a0]?\d{4}(?!\d)", re.ASCII)
REPLACEMENT_DAYS = 60


class NotCpr(ValueError):
    """The message is Danish, for the person who typed it, and does not repeat the number."""


def N_(sentence: str) -> str:
    """Marks a sentence for the translators; who shows it translates it."""
    return sentence


@dataclass(frozen=True, repr=False)
class Cpr:
    """A number that can exist. It shows itself masked, so no log or error page tells it."""

    digits: str

    @property
    def masked(self) -> str:
        return f"{self.digits[:6]}-xxxx"

    @property
    def whole(self) -> str:
        """Only for the deliberate, audited look."""
        return f"{self.digits[:6]}-{self.digits[6:]}"

    @property
    def is_replacement(self) -> bool:
        return int(self.digits[:2]) > REPLACEMENT_DAYS

    @property
    def born(self) -> date:
        return _birthday(self.digits)

    def age(self, day: date) -> int:
        """In whole years; who is born on 29 February is a year older on 1 March."""
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)

    def __str__(self) -> str:
        return self.masked

    __repr__ = __str__


def parse(text: str, *, today: date) -> Cpr:
    """The number as typed, with or without hyphen and spaces. Raises NotCpr."""
    digits = cpr.compact(text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise NotCpr(N_("Et CPR-nummer har ti cifre, for eksempel DDMMÅÅ-XXXX."))
    try:
        born = _birthday(digits)
    except ValidationError:
        raise NotCpr(N_("De første seks cifre er ikke en dato.")) from None
    if born > today:
        raise NotCpr(N_("Fødselsdatoen ligger ude i fremtiden."))
    return Cpr(digits)


NO_MODULUS = N_(
    "Nummeret opfylder ikke modulus 11. Det kan godt være rigtigt, for siden 2007 er der udstedt"
    " numre uden. Se efter, om det er tastet rigtigt."
)
REPLACEMENT = N_("Det er et erstatningsnummer: der er lagt 60 til dagen.")
LONG_AGO = N_(
    "Ifølge det syvende ciffer er fødselsåret før 1900. Se efter, om det er tastet rigtigt."
)


def hints(number: Cpr) -> list[str]:
    """What is worth a second look. None of it is a reason to refuse the number."""
    found = {
        REPLACEMENT: number.is_replacement,
        NO_MODULUS: not number.is_replacement and cpr.checksum(number.digits) != 0,
        LONG_AGO: number.born.year < 1900,
    }
    return [hint for hint, holds in found.items() if holds]


def find_in(text: str) -> list[tuple[int, int]]:
    """Where in a free text a number seems to be written: start and end of each, for a warning."""
    return [found.span() for found in TYPED.finditer(text) if _could_be(found[0])]


def _could_be(typed: str) -> bool:
    try:
        _birthday(re.sub(r"\D", "", typed))
    except ValidationError:
        return False
    return True


def _birthday(digits: str) -> date:
    day = int(digits[:2])
    if day > REPLACEMENT_DAYS:
        digits = f"{day - REPLACEMENT_DAYS:02}{digits[2:]}"
    born: date = cpr.get_birth_date(digits)
    return born
