"""Whom to turn to: units and mailboxes are frozen with the content; older content reads on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.handovers import documents
from portal.handovers.documents import Version
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverContent
from portal.handovers.queries import Names
from tests import make
from tests.reading import spoken


@pytest.fixture
def units(fund, municipality, case):
    own = make.unit(fund, "Team Øst", mailbox="team-oest@proevebaek.example", is_default=True)
    case.unit_id = own.id
    make.saved(case)
    job: dict[str, Any] = {"mailbox": "job@lillekoebing.example", "is_default": True}
    return own, make.unit(municipality, "Dagpengeteamet", **job)


@pytest.fixture
def walked(units, road):
    """The road takes its case as it is when it starts: with a unit."""
    return road


def frozen():
    rows = select(HandoverContent).order_by(HandoverContent.number.desc()).limit(1)
    return make.records.scalars(rows).one().content


def test_both_units_and_their_mailboxes_are_frozen(walked, sender, receiver):
    walked.take(sender, "send")
    content = frozen()
    ours = content["contact_unit"], content["contact_mailbox"]
    theirs = content["receiver_unit"], content["receiver_mailbox"]
    assert ours == ("Team Øst", "team-oest@proevebaek.example")
    assert theirs == ("Dagpengeteamet", "job@lillekoebing.example")
    assert "Team Øst, team-oest@proevebaek.example" in receiver.get(walked.address).text
    text = spoken(receiver.get(f"{walked.address}/package.pdf").data)
    for words in ("Team Øst", "Dagpengeteamet", "job@lillekoebing.example"):
        assert words in text


def test_another_name_later_changes_nothing_that_is_sent(walked, units, sender, receiver):
    walked.take(sender, "send")
    units[0].name = "Team Vest"
    make.saved(units[0])
    assert frozen()["contact_unit"] == "Team Øst"
    assert "Team Vest" not in receiver.get(walked.address).text


@pytest.mark.parametrize("told", [{}, {"contact_unit": None, "receiver_mailbox": None}])
def test_content_without_units_reads_on(told):
    older = {"contact": "Mette Eksempel"} | told
    at = datetime(2026, 11, 22, tzinfo=UTC)
    names = Names("BUPL-A", "Slagelse Kommune")
    version = Version(Handover(), names, 1, older, "0" * 64, at)
    ours = {"organisation": "BUPL-A", "person": "Mette Eksempel"}
    assert documents.sender(version) == ours
    theirs = {"organisation": "Slagelse Kommune", "person": "Ikke tildelt endnu"}
    assert documents.receiver(version) == theirs
