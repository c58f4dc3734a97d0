"""The catcher of tests/leaks.py: it would notice a person in a log, and only a person."""

import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.leaks import personal

OTHERS = """
import logging

log = logging.getLogger("samspil.x")
log.propagate = False

def test_number():
    log.warning("not found: %s", "621170-2345")

def test_name_of_an_exception():
    try:
        raise ValueError("Mærkelig Markør")
    except ValueError:
        log.exception("failed")

def test_info():
    log.info("sent to %(name)s", {"name": "Karl Prøvesen"})

def test_nobody():
    log.warning("not found: %s", "SAM-2026-0042")
"""


@pytest.mark.parametrize(
    "text", ["6211702345", "(621170-2345)", "0101" + "601234", "kl. 9 Karl Prøvesen", "8902041234"]
)
def test_people_are_noticed(text):
    assert personal(f"see {text}.")


@pytest.mark.parametrize(
    "text", ["1763798400", "9911702345", "8902051234", "16211702345", "621170-23456", "2026-11-22"]
)
def test_other_words_are_not(text):
    assert personal(f"see {text}.") == []


def test_a_run_that_logs_a_person_fails(tmp_path):
    (tmp_path / "test_others.py").write_text(OTHERS, "utf-8")
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-rE", "-p", "tests.leaks"]
    command += ["-p", "no:cacheprovider", f"--rootdir={tmp_path}", "-c", os.devnull, str(tmp_path)]
    run = subprocess.run(  # noqa: S603 - our own command
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert run.returncode == 1, run.stdout + run.stderr
    failed = {*re.findall(r"^ERROR \S+::(\w+)", run.stdout, re.M)}
    assert failed == {"test_number", "test_name_of_an_exception", "test_info"}
    assert "4 passed, 3 errors" in run.stdout
