"""Who came to a meeting: answered for each, since silence says nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.workflow import Lack


def unanswered(there: Mapping[str, Any], who: Iterable[str]) -> Iterator[Lack]:
    for one in who:
        if there.get(one) is None:
            yield Lack(one, _("Svar ja eller nej."))
