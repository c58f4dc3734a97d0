"""`samspil agreement load`: all or nothing, once, and never a change to what was agreed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.access import OrganisationKind
from portal.agreements.models import Agreement, AgreementVersion, State
from portal.agreements.parts import AgreementEvent
from portal.agreements.queries import in_force, parameters_of
from portal.clock import today
from portal.settings import CONFIG
from tests import make

WRITTEN = (CONFIG / "agreements" / "bupl-a.toml").read_text("utf-8")
TOWNS = ("koebenhavn", "frederiksberg", "slagelse", "aarhus", "kolding", "fredericia", "vejle")


@pytest.fixture
def bupl_a(app):
    return make.fund("BUPL-A", "bupl-a")


@pytest.fixture
def town(bupl_a):
    """Slagelse, beside BUPL-A and the six other municipalities that the file names."""
    return {slug: make.organisation(slug=slug) for slug in TOWNS}["slagelse"]


@pytest.fixture
def load(run, tmp_path):
    """Load a text; `swaps` are what it says instead of what the repository's file says."""

    def do(*swaps: tuple[str, str], options: tuple[str, ...] = ()) -> Any:
        text = WRITTEN
        for old, new in swaps:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "written.toml").write_text(text, "utf-8")
        return run("agreement", "load", tmp_path, *options)

    return do


def versions(key: str = "bupl-a-slagelse") -> list[AgreementVersion]:
    make.records.expire_all()
    rows = select(AgreementVersion).join(Agreement).where(Agreement.key == key)
    found = [*make.records.scalars(rows.order_by(AgreementVersion.number))]
    make.records.commit()
    return found


def test_seven_agreements_become_rows(load, bupl_a, town, seen_by):
    done = load()
    assert done.output.count("version 1, new") == 7
    [version] = versions()
    assert version.valid_from == date(2026, 1, 1)
    assert version.criteria[0]["label_da"] == "Flere samtidige problemer ud over ledighed"
    assert version.contacts[0]["side"] == "fund"
    assert version.expected_per_year == 56
    with seen_by(town):
        found = in_force(bupl_a.id, town.id, "visitation", today())
        assert found
        assert found.id == version.id
        assert parameters_of(found).meeting_cadence == "quarterly"


def test_the_same_again_does_nothing(load, town):
    load()
    before = [version.id for version in versions()]
    assert load().output.count("version 1, unchanged") == 7
    assert [version.id for version in versions()] == before


@pytest.mark.parametrize("state", [State.NEGOTIATING, State.SIGNED])
def test_what_the_parties_negotiate_here_is_not_loaded_over(load, town, bupl_a, state):
    """The file of the demo is read at every start; other content in it is still a version."""
    load()
    [first] = versions()
    own = {"number": 2, "valid_from": today(), "state": state}
    later = make.agreement_version(first.agreement_id, bupl_a, town, **own)
    make.of_version(later, AgreementEvent, step="create", person="Ulla", target=state)
    number = 2 if state == State.SIGNED else 1
    assert f"bupl-a-slagelse: version {number}, unchanged" in load().output
    assert [version.state for version in versions()][1] == state
    assert "bupl-a-slagelse: version 3, new" in load(("decide_days = 5", "decide_days = 4")).output


def test_other_content_is_another_version_that_begins_today(load, town):
    load()
    assert "bupl-a-slagelse: version 2, new" in load(("decide_days = 5", "decide_days = 4")).output
    first, second = versions()
    assert (first.parameters["decide_days"], second.parameters["decide_days"]) == (5, 4)
    assert second.valid_from == max(today(), date(2026, 1, 1))
    assert first.hash != second.hash


def test_a_change_may_begin_later(load, town):
    load()
    day = today() + timedelta(days=30)
    load(("valid_from = 2026-01-01", f"valid_from = {day}"), ("2027-12-31", "2099-12-31"))
    assert versions()[1].valid_from == day


def test_a_change_of_one_agreement_leaves_the_others(load, town):
    load()
    done = load(("expected_per_year = 56", "expected_per_year = 60"))
    assert done.output.count("unchanged") == 6
    assert len(versions()) == 2
    assert len(versions("bupl-a-vejle")) == 1


def test_a_dry_run_says_what_would_happen_and_does_nothing(load, town):
    done = load(options=("--dry-run",))
    assert "bupl-a-slagelse: version 1, new" in done.output
    assert versions() == []
    load()
    assert len(versions()) == 1


SLAGELSE = 'municipalities = ["slagelse"]'
BOTH = 'municipalities = ["slagelse", "lillekoebing"]'


def test_a_party_that_leaves_no_longer_reads_what_is_agreed(load, town, municipality, seen_by):
    load()
    load((SLAGELSE, BOTH))
    with seen_by(municipality) as session:
        assert len([*session.scalars(select(AgreementVersion))]) == 2
    load()
    with seen_by(town) as session:
        assert len([*session.scalars(select(AgreementVersion))]) == 3
    with seen_by(municipality) as session:
        assert [*session.scalars(select(AgreementVersion))] == []


def test_until_the_next_version_begins_a_party_that_leaves_goes_on_reading(
    load, town, municipality, seen_by
):
    load((SLAGELSE, BOTH))
    day = today() + timedelta(days=30)
    load(("valid_from = 2026-01-01", f"valid_from = {day}"), ("2027-12-31", "2099-12-31"))
    with seen_by(municipality) as session:
        assert len([*session.scalars(select(AgreementVersion))]) == 2


def test_who_left_may_come_back(load, town, municipality, bupl_a, seen_by):
    for swaps in ([(SLAGELSE, BOTH)], [], [(SLAGELSE, BOTH)]):
        assert load(*swaps).exit_code == 0
    with seen_by(municipality):
        found = in_force(bupl_a.id, municipality.id, "visitation", today())
        assert found
        assert found.number == 3


def test_a_second_agreement_of_the_same_two_is_refused_and_the_first_is_named(load, town, run):
    load()
    done = load(('key = "bupl-a-slagelse"', 'key = "another"'))
    assert done.exit_code == 1
    named = "»Samarbejdsaftale mellem BUPL-A og Slagelse Kommune«"
    assert f"another, parter: Der er allerede en aftale mellem to af parterne: {named}" in (
        done.output
    )
    assert versions("another") == []


def test_an_agreement_that_is_over_is_not_changed(load, town):
    over = ("2027-12-31", "2026-01-31")
    assert load(over).exit_code == 0
    done = load(over, ("decide_days = 5", "decide_days = 4"))
    assert done.exit_code == 1
    assert "kan ikke få virkning" in done.output
    assert len(versions()) == 1


WRONG = [
    (("valid_until = 2027-12-31", "valid_until = 2025-12-31"), "valid_until: Ligger før"),
    (("valid_from = 2026-01-01", "valid_from = 20260101"), "valid_from: Skal være en dato"),
    (("valid_from = 2026-01-01\n", ""), "valid_from: Mangler."),
    (('note = "', 'noted = "x"\nnote = "'), "noted: Kendes ikke."),
    (('"slagelse"', '"sorø"'), "bupl-a-slagelse.municipalities: »sorø« er ingen kommune"),
    (('"slagelse"', '"bupl-a"'), "bupl-a-slagelse.municipalities: »bupl-a« er ingen kommune"),
    (('["slagelse"]', '["slagelse", "slagelse"]'), "»slagelse« står der flere gange."),
    (('["slagelse"]', "[1]"), "municipalities: Skal være en liste af tekster."),
    (('["slagelse"]', "[]"), "agreement[3].municipalities: Er tom."),
    (('"bupl-a-slagelse"', '"bupl-a-vejle"'), "bupl-a-vejle: Nøglen bruges af flere aftaler."),
    (('"multi_problem"', '"mange"'), "criteria: Koden »mange« kendes ikke."),
    (('"job_3_months"', '"job"'), "goals: Koden »job« kendes ikke."),
    (('"bupl-a-trial"', '"ingen"'), "goal_set: Sættet »ingen« findes ikke."),
    (('key = "purpose"', 'key = "background"'), "section.key: »background« står der flere gange."),
    (('side = "fund"', 'side = "a-kasse"'), "contact_role.fund_contact.side: Skal være en af"),
    (("decide_days = 5", "decide_days = 99"), "parameters.decide_days: Skriv et helt tal"),
    (('decide_days = "default"\n', ""), "parameter_sources.decide_days: Mangler."),
    (("[parameters]", "[parameters"), "filen: Kan ikke læses"),
]


@pytest.mark.parametrize(("swap", "reason"), WRONG, ids=[reason for _swap, reason in WRONG])
def test_what_is_wrong_is_named_and_nothing_is_changed(load, town, swap, reason):
    done = load(swap)
    assert done.exit_code == 1
    assert reason in done.output
    assert versions() == []


def test_the_agreements_of_the_repository_are_loaded(run, town):
    assert run("agreement", "load").exit_code == 0
    assert len(versions()) == 1


def test_only_organisations_of_the_right_kind_are_parties(load, town):
    make.organisation("Skolen", OrganisationKind.PARTNER, "skolen")
    done = load((SLAGELSE, 'municipalities = ["skolen"]'))
    assert "»skolen« er ingen kommune, der findes." in done.output
    assert versions() == []
