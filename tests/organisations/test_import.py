"""`samspil reference import`: all or nothing, and the same again changes nothing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access import OrganisationKind
from portal.organisations import queries
from portal.organisations.models import CouncilMembership, Organisation, OrganisationName
from portal.organisations.reference import MEMBERSHIPS, NAMES, ORGANISATIONS
from tests import make
from tests.organisations.test_reference import GOOD, changed, write

TODAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path):
    for table, rows in GOOD.items():
        write(tmp_path, table, rows)
    return tmp_path


def count(table: Any, *where: Any) -> int:
    found = make.records.scalar(select(func.count()).select_from(table).where(*where)) or 0
    make.records.commit()
    return found


def stored(slug: str) -> Organisation:
    row = make.records.scalars(select(Organisation).where(Organisation.slug == slug)).one()
    make.records.commit()
    return row


def test_the_files_become_rows(run, folder):
    done = run("reference", "import", folder)
    assert done.output == "17 added, 0 changed, 0 removed\n"
    assert count(Organisation) == len(GOOD[ORGANISATIONS])
    assert count(OrganisationName) == len(GOOD[NAMES]) - 1  # one is no name of any day
    assert count(CouncilMembership) == len(GOOD[MEMBERSHIPS])
    assert stored("gammel").successor_id == stored("kasse").id


def test_the_same_again_changes_nothing(run, folder):
    run("reference", "import", folder)
    before = stored("nord").id
    assert run("reference", "import", folder).output == "0 added, 0 changed, 0 removed\n"
    assert stored("nord").id == before


def test_what_a_file_says_anew_is_changed_and_what_it_dropped_is_removed(run, folder):
    run("reference", "import", folder)
    write(folder, NAMES, changed(NAMES, 0, name="Nordby Kommune"))
    write(folder, MEMBERSHIPS, GOOD[MEMBERSHIPS][:-1])
    assert run("reference", "import", folder).output == "0 added, 1 changed, 1 removed\n"


def test_nothing_is_changed_when_anything_is_wrong(run, folder):
    write(folder, MEMBERSHIPS, changed(MEMBERSHIPS, 1, council="ingen"))
    done = run("reference", "import", folder)
    assert done.exit_code == 1
    assert "council_memberships.csv, linje 3: Rådet »ingen« findes ikke." in done.output
    assert count(Organisation) == 0


def test_what_it_does_not_name_stays(run, folder, municipality):
    assert run("reference", "import", folder).exit_code == 0
    assert stored("lillekoebing").id == municipality.id
    assert count(OrganisationName, OrganisationName.organisation_id == municipality.id) == 1


def test_a_known_cvr_number_is_kept(run, folder):
    run("reference", "import", folder)
    row = stored("nord")
    row.cvr = "88146328"
    make.records.commit()
    write(folder, ORGANISATIONS, changed(ORGANISATIONS, 0, code="999"))
    assert run("reference", "import", folder).output == "0 added, 1 changed, 0 removed\n"
    make.records.expire_all()
    assert (stored("nord").cvr, stored("nord").code) == ("88146328", "999")


@pytest.mark.parametrize(
    ("kind", "values", "cells", "reason"),
    [
        (OrganisationKind.PARTNER, {"slug": "nord"}, {}, "findes allerede som en anden slags"),
        (
            OrganisationKind.PARTNER,
            {"slug": "skole", "cvr": "88146328"},
            {"cvr": "88146328"},
            "CVR-nummeret står allerede på »skole«.",
        ),
    ],
)
def test_it_does_not_contradict_what_is_there(run, folder, kind, values, cells, reason):
    make.saved(Organisation(kind=kind, **values))
    write(folder, ORGANISATIONS, changed(ORGANISATIONS, 0, **cells))
    done = run("reference", "import", folder)
    assert done.exit_code == 1
    assert "organisations.csv, linje 2:" in done.output
    assert reason in done.output
    assert count(Organisation) == 1


def test_successors_in_a_ring_are_refused(run, folder):
    rows = changed(ORGANISATIONS, 4, successor="gammel", valid_until="2025-01-01")
    write(folder, ORGANISATIONS, rows)
    done = run("reference", "import", folder)
    assert "Efterfølgerne går i ring." in done.output
    assert count(Organisation) == 0


def test_the_reference_of_the_repository_is_imported(run, seen_by, outsider):
    assert run("reference", "import").exit_code == 0
    slagelse, bupl_a = stored("slagelse"), stored("bupl-a")
    with seen_by(outsider):
        names = [row.name for row in queries.municipalities(TODAY)]
        assert len(names) == 98 + 1  # with the outsider
        assert names[-1] == "Aarhus Kommune"
        assert len(queries.funds(TODAY)) == 21
        assert queries.name_on(bupl_a.id, TODAY) == "BUPL-A"
        councils = [queries.council_of(slagelse.id, day) for day in (date(2024, 12, 31), TODAY)]
        assert [council and council.slug for council in councils] == [
            "rar-sjaelland",
            "rbr-sjaelland",
        ]
