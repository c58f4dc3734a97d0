"""What the page of a case says is next, and what it lets begin, as its packages come and go."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.cases.models import ResponsibilityDate
from portal.clock import now, today
from portal.handovers.models import Kind, State
from tests import make

NEW = "Ny overdragelse"
DRAFT = "Skriv videre på kladden"


@pytest.fixture
def ready(case):
    """Nothing is lacking in the plan, and the months so far have their hours."""
    case.benefit_start = today()
    return make.saved(case)


@pytest.fixture
def seen(ready, sender):
    def main():
        answer = sender.get(f"/cases/{ready.id}")
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser").select_one("main")

    return main


def next_step(main):
    step = main.select_one(".status-head-next dd")
    link = step.select_one("a")
    return step.text.strip(), link and link["href"]


def offered(main):
    return [link.text.split(" OP-")[0] for link in main.select("#packages .button")]


def test_with_no_package_one_is_to_be_made(ready, seen):
    main = seen()
    text = "Planen er klar: lav overdragelsespakken"
    assert next_step(main) == (text, f"/handovers/new/{ready.id}")
    assert offered(main) == [NEW]


def test_with_a_draft_it_is_to_be_finished_and_no_other_begun(ready, seen, adviser):
    draft = make.handover(ready, State.DRAFT, sender_person_id=adviser.id)
    main = seen()
    text = f"Skriv kladden {draft.reference} færdig, og send den"
    assert next_step(main) == (text, f"/handovers/{draft.id}/draft")
    assert offered(main) == [DRAFT]


@pytest.mark.parametrize(
    "state", [State.SENT, State.RECEIVED, State.INFO_REQUESTED, State.ACCEPTED]
)
def test_with_a_package_on_its_way_that_is_to_be_followed(state, ready, seen):
    sent = make.handover(ready, state)
    text, link = next_step(seen())
    assert text.startswith(f"Følg pakken {sent.reference}: ")
    assert link == f"/handovers/{sent.id}"


def test_the_legal_transfer_waits_for_no_visitation(ready, seen, version):
    about = {"kind": Kind.VISITATION, "agreement_version_id": version.id}
    make.handover(ready, State.SENT, **about)
    assert offered(seen()) == [NEW]
    make.handover(ready, State.SENT)
    assert offered(seen()) == []


@pytest.fixture
def version(fund, municipality):
    return make.agreement(fund, municipality, parameters=make.BOTH_KINDS)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (9, "Medlemmet er overdraget. Luk sagen, når ansvaret er overgået"),
        (-9, "Medlemmet er overdraget. Luk sagen nederst på siden"),
    ],
)
def test_after_the_handover_the_case_is_to_be_closed(days, told, ready, seen):
    make.handover(ready, State.COMPLETED)
    passes = {"day": today() + timedelta(days=days), "source": "dfdg", "recorded_by": "Mette"}
    make.of_case(ready, ResponsibilityDate, **passes)
    main = seen()
    assert next_step(main)[0].startswith(told)
    assert offered(main) == []


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.REJECTED])
def test_after_one_that_came_to_nothing_another_can_be_made(state, ready, seen, version):
    kind = Kind.VISITATION if state == State.REJECTED else Kind.OVERGANG
    make.handover(ready, state, kind=kind, agreement_version_id=version.id)
    main = seen()
    assert next_step(main)[0] == "Planen er klar: lav overdragelsespakken"
    assert offered(main) == [NEW]


def test_a_closed_case_has_no_next_step(ready, seen):
    make.handover(ready, State.COMPLETED)
    ready.closed_at, ready.closed_reason = now(), "handed_over"
    make.saved(ready)
    main = seen()
    assert main.select_one(".status-head-next") is None
    assert offered(main) == []
