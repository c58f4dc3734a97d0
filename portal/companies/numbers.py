"""CVR numbers: eight digits of which the last is a check.

Real numbers never begin with 0. One that does and that passes the check is a test number: it
belongs to nobody, and the demo and the tests may use it.
"""

from flask import current_app
from flask_babel import gettext as _
from stdnum.dk import cvr

from portal.lines import Wrong


def is_test(number: str) -> bool:
    """Whether it can belong to nobody."""
    return len(number) == 8 and number.startswith("0") and cvr.checksum(number) == 0


def parsed(typed: str) -> str:
    """The eight digits, however they were written. Raises Wrong."""
    number = str(cvr.compact(typed))
    if cvr.is_valid(number) or (number.isdecimal() and is_test(number) and tests_are_let_in()):
        return number
    if not (number.isascii() and number.isdecimal() and len(number) == 8):
        raise Wrong(_("Et CVR-nummer har otte cifre."))
    raise Wrong(_("Det er ikke et CVR-nummer. Er to cifre byttet om?"))


def tests_are_let_in() -> bool:
    return str(current_app.extensions["samspil"].environment) != "production"
