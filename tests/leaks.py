"""No run of the tests leaves a person in a log (E5).

A plugin of tests/conftest.py. It sees each record that any logger of the process makes, before
levels of handlers, propagation or filters can hide it, with its arguments and the text of its
exception. A test during which a record holds a number like a CPR number, or the name of one of the
members that tests make up, fails; what comes later than any test fails the last one.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

NAMES = ("Mærkelig Markør", "Prøvesen", "Medlem ")  # of members; the last of make.member_case
LIKE_CPR = re.compile(r"\b(\d\d)(\d\d)(\d\d)-?\d{4}\b", re.ASCII)
FORMAT = logging.Formatter("%(message)s")


def personal(text: str) -> list[str]:
    """What of a text is about a person."""
    numbers = [hit[0] for hit in LIKE_CPR.finditer(text) if is_day(*map(int, hit.groups()))]
    return numbers + [name for name in NAMES if name in text]


def is_day(day: int, month: int, year: int) -> bool:
    """Of any century; a replacement number has 60 added to its day."""
    try:
        date(2000 + year, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


class Catcher:
    """Makes the records of all loggers, as the factory before it does, and reads them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.inner = logging.getLogRecordFactory()

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self.inner(*args, **kwargs)
        text = FORMAT.format(copy.copy(record))  # formatting leaves traces in a record
        if hits := personal(text):
            where = f"{record.name}, {record.pathname}:{record.lineno}"
            self.found.append(f"{', '.join(hits)} in the log of {where}:\n{text}")
        return record

    def take(self) -> list[str]:
        """What was found since the last time."""
        found, self.found = self.found, []
        return found


@pytest.fixture(scope="session", autouse=True)
def catcher() -> Iterator[Catcher]:
    """As much is logged as where Samspil is run."""
    root = logging.getLogger()
    level, catcher = root.level, Catcher()
    root.setLevel(logging.INFO)
    logging.setLogRecordFactory(catcher)
    yield catcher
    logging.setLogRecordFactory(catcher.inner)
    root.setLevel(level)
    assert catcher.take() == []


@pytest.fixture(autouse=True)
def nobody_is_logged(catcher: Catcher) -> Iterator[None]:
    yield
    assert catcher.take() == []
