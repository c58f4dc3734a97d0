import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from portal import rules
from portal.organisations import reference
from portal.organisations.reference import MEMBERSHIPS, NAMES, ORGANISATIONS, Flawed

CONFIG = Path(__file__).parents[2] / "config" / "reference"

GOOD = {
    ORGANISATIONS: [
        ["nord", "municipality", "901", "", "2007-01-01", "", "", "kilde", ""],
        ["syd", "municipality", "902", "", "2007-01-01", "", "", "kilde", ""],
        ["raad", "council", "R-A", "", "2015-01-01", "2024-12-31", "", "kilde", ""],
        ["nyt-raad", "council", "R-B", "", "2025-01-01", "", "", "kilde", ""],
        ["kasse", "unemployment_fund", "", "", "2010-01-01", "", "", "kilde", ""],
        ["gammel", "unemployment_fund", "", "", "", "2020-12-31", "kasse", "kilde", "tvivl"],
    ],
    NAMES: [
        ["nord", "Nord Kommune", "Nord", "name", "2007-01-01", "", "kilde", ""],
        ["syd", "Syd Kommune", "Syd", "name", "2007-01-01", "", "kilde", ""],
        ["raad", "Rådet", "Rådet", "name", "2015-01-01", "2024-12-31", "kilde", ""],
        ["nyt-raad", "Nyt Råd", "Nyt Råd", "name", "2025-01-01", "", "kilde", ""],
        ["kasse", "Kassen", "Kassen", "name", "2010-01-01", "2015-12-31", "kilde", ""],
        ["kasse", "Nye Kasse", "Kassen", "name", "2016-01-01", "", "kilde", ""],
        ["kasse", "Ældre Kasse", "Ældre Kasse", "former", "", "", "kilde", "tvivl"],
        ["gammel", "Gamle Kasse", "Gamle", "name", "", "2020-12-31", "kilde", "tvivl"],
    ],
    MEMBERSHIPS: [
        ["nord", "raad", "2015-01-01", "2024-12-31", "kilde", ""],
        ["nord", "nyt-raad", "2025-01-01", "", "kilde", ""],
        ["syd", "raad", "2015-01-01", "2024-12-31", "kilde", ""],
        ["syd", "nyt-raad", "2025-01-01", "", "kilde", ""],
    ],
}


def write(folder, table, rows, header=None):
    with (folder / table.file).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header or table.columns, *rows])


@pytest.fixture
def folder(tmp_path):
    for table, rows in GOOD.items():
        write(tmp_path, table, rows)
    return tmp_path


def flaws(folder):
    with pytest.raises(Flawed) as caught:
        reference.read(folder)
    return [(flaw.file, flaw.line, flaw.reason) for flaw in caught.value.flaws]


def changed(table, row, **cells):
    """The good rows of a table with cells of one row (counted from 0) replaced."""
    rows = [list(good) for good in GOOD[table]]
    for column, cell in cells.items():
        rows[row][table.columns.index(column)] = cell
    return rows


def test_good_files_are_read(folder):
    read = reference.read(folder)

    assert [organisation.slug for organisation in read.organisations][:2] == ["nord", "syd"]
    assert read.organisations[0].valid_from == date(2007, 1, 1)
    assert read.organisations[0].valid_until is None
    assert read.names[-1].name == "Gamle Kasse"
    assert read.memberships[0].line == 2


WRONG = [
    (ORGANISATIONS, 1, {"slug": "nord"}, "»nord« står allerede på linje 2."),
    (ORGANISATIONS, 1, {"code": "901"}, "»municipality 901« står allerede på linje 2."),
    (ORGANISATIONS, 1, {"kind": "by"}, "»by« i kind er ikke en af"),
    (ORGANISATIONS, 1, {"source": ""}, "Feltet source er tomt."),
    (ORGANISATIONS, 1, {"cvr": "12345678"}, "»12345678« er ikke et CVR-nummer."),
    (ORGANISATIONS, 1, {"valid_from": "2007-02-30"}, "»2007-02-30« i valid_from er ikke en dato"),
    (ORGANISATIONS, 1, {"valid_from": "20070101"}, "»20070101« i valid_from er ikke en dato"),
    (ORGANISATIONS, 1, {"valid_until": "2006-12-31"}, "valid_until ligger før valid_from."),
    (ORGANISATIONS, 1, {"valid_from": ""}, "Kendes den ikke, skal tvivlen stå i doubt."),
    (ORGANISATIONS, 4, {"successor": "gammel"}, "Kendes den ikke, skal tvivlen stå i doubt."),
    (ORGANISATIONS, 5, {"successor": "ingen"}, "Efterfølgeren »ingen« findes ikke."),
    (ORGANISATIONS, 5, {"successor": "nord"}, "Efterfølgeren »nord« findes ikke."),
    (NAMES, 0, {"name": ""}, "Feltet name er tomt."),
    (NAMES, 6, {"organisation": "ingen"}, "Organisationen »ingen« findes ikke."),
    (NAMES, 6, {"use": "kælenavn"}, "»kælenavn« i use er ikke en af name, former, alias."),
    (NAMES, 6, {"doubt": ""}, "Kendes den ikke, skal tvivlen stå i doubt."),
    (NAMES, 5, {"valid_from": "2015-12-31"}, "Datoerne overlapper linje 6."),
    (MEMBERSHIPS, 1, {"municipality": "ingen"}, "Kommunen »ingen« findes ikke."),
    (MEMBERSHIPS, 1, {"municipality": "kasse"}, "Kommunen »kasse« findes ikke."),
    (MEMBERSHIPS, 1, {"council": "ingen"}, "Rådet »ingen« findes ikke."),
    (MEMBERSHIPS, 1, {"council": "nord"}, "Rådet »nord« findes ikke."),
    (MEMBERSHIPS, 0, {"valid_until": ""}, "»raad« findes ikke i hele perioden."),
    (MEMBERSHIPS, 3, {"municipality": "nord"}, "Datoerne overlapper linje 3."),
]


@pytest.mark.parametrize(("table", "row", "cells", "reason"), WRONG)
def test_a_flaw_is_named_with_file_and_line(folder, table, row, cells, reason):
    write(folder, table, changed(table, row, **cells))

    found = flaws(folder)

    assert any(
        (file, line) == (table.file, row + 2) and reason in text for file, line, text in found
    ), found


FINE = [
    (ORGANISATIONS, 1, {"code": "R-A"}),  # codes are each kind's own
    (ORGANISATIONS, 1, {"valid_from": "", "doubt": "ukendt"}),
    (ORGANISATIONS, 5, {"valid_until": ""}),  # the doubt is written
    (NAMES, 6, {"use": "alias", "doubt": ""}),  # a spelling has no days
    (NAMES, 5, {"valid_from": "2016-02-01"}),  # a gap is no overlap
    (MEMBERSHIPS, 0, {"valid_until": "2020-12-31"}),
]


@pytest.mark.parametrize(("table", "row", "cells"), FINE)
def test_what_only_looks_like_a_flaw_is_read(folder, table, row, cells):
    write(folder, table, changed(table, row, **cells))

    assert reference.read(folder).organisations


def test_an_organisation_without_a_name_is_a_flaw(folder):
    write(folder, NAMES, GOOD[NAMES][1:])

    assert flaws(folder) == [(ORGANISATIONS.file, 2, "Organisationen »nord« har intet navn.")]


def test_a_former_name_does_not_name(folder):
    write(folder, NAMES, changed(NAMES, 0, use="former"))

    assert flaws(folder) == [(ORGANISATIONS.file, 2, "Organisationen »nord« har intet navn.")]


def test_a_missing_file_is_a_flaw(folder):
    (folder / MEMBERSHIPS.file).unlink()

    assert flaws(folder) == [(MEMBERSHIPS.file, 1, "Filen mangler.")]


def test_another_encoding_is_a_flaw(folder):
    (folder / MEMBERSHIPS.file).write_bytes("Rådet".encode("latin-1"))

    assert flaws(folder) == [(MEMBERSHIPS.file, 1, "Filen er ikke UTF-8.")]


def test_other_columns_are_a_flaw(folder):
    write(folder, MEMBERSHIPS, GOOD[MEMBERSHIPS], header=["kommune", *MEMBERSHIPS.columns[1:]])

    [(file, line, reason)] = flaws(folder)

    assert (file, line) == (MEMBERSHIPS.file, 1)
    assert reason.startswith("Kolonnerne skal være municipality, council")


@pytest.mark.parametrize("row", [["nord"], [*GOOD[MEMBERSHIPS][1], "mere"]])
def test_a_line_of_the_wrong_length_is_a_flaw(folder, row):
    write(folder, MEMBERSHIPS, [GOOD[MEMBERSHIPS][0], row])

    found = flaws(folder)

    assert (MEMBERSHIPS.file, 3, "Linjen har et forkert antal felter.") in found
    assert {line for _file, line, _reason in found} == {3}


def test_everything_wrong_is_told_at_once(folder):
    write(folder, ORGANISATIONS, changed(ORGANISATIONS, 1, slug="nord", valid_from="i går"))
    write(folder, NAMES, changed(NAMES, 5, valid_from="2015-12-31"))
    write(folder, MEMBERSHIPS, changed(MEMBERSHIPS, 1, council="ingen"))

    assert {file for file, _line, _reason in flaws(folder)} == {
        ORGANISATIONS.file,
        NAMES.file,
        MEMBERSHIPS.file,
    }


def test_an_unreadable_row_raises_no_false_alarm_elsewhere(folder):
    write(folder, ORGANISATIONS, changed(ORGANISATIONS, 2, valid_from="i går"))

    [(file, line, reason)] = flaws(folder)

    assert (file, line) == (ORGANISATIONS.file, 4)
    assert "»i går« i valid_from" in reason


def test_a_message_reads_as_file_line_and_reason(folder):
    write(folder, NAMES, changed(NAMES, 0, name=""))

    with pytest.raises(Flawed, match="names.csv, linje 2: Feltet name er tomt."):
        reference.read(folder)


def test_both_ends_are_included():
    name = reference.Name(
        line=2,
        valid_from=date(2016, 1, 1),
        valid_until=date(2016, 12, 31),
        source="kilde",
        doubt="",
        organisation="kasse",
        name="Kassen",
        short_name="Kassen",
        use="name",
    )

    assert name.holds(date(2016, 1, 1))
    assert name.holds(date(2016, 12, 31))
    assert not name.holds(date(2015, 12, 31))
    assert not name.holds(date(2017, 1, 1))


def test_an_organisation_closed_on_an_unknown_day_holds_on_none(folder):
    write(folder, ORGANISATIONS, changed(ORGANISATIONS, 5, valid_until=""))

    closed, running = (
        reference.read(folder).organisations[5],
        reference.read(folder).organisations[4],
    )

    assert running.holds(date(2026, 1, 1))
    assert not closed.holds(date(2026, 1, 1))


# --- The data that the product comes with ---


@pytest.fixture(scope="module")
def data():
    return reference.read(CONFIG)


def members(data, day):
    return Counter(row.council for row in data.memberships if row.holds(day))


def test_the_organisations_of_the_country_are_there(data):
    today = date(2026, 11, 22)
    kinds = Counter(row.kind for row in data.organisations if row.holds(today))

    assert kinds == {"municipality": 98, "unemployment_fund": 21, "council": 5}


def test_eight_councils_until_2024_and_five_from_2025(data):
    assert members(data, date(2024, 12, 31)) == {
        "rar-nordjylland": 11,
        "rar-vestjylland": 8,
        "rar-oestjylland": 11,
        "rar-sydjylland": 12,
        "rar-fyn": 10,
        "rar-sjaelland": 17,
        "rar-hovedstaden": 28,
        "rar-bornholm": 1,
    }
    assert members(data, date(2025, 1, 1)) == {
        "rbr-nordjylland": 11,
        "rbr-midtjylland": 19,
        "rbr-syddanmark": 22,
        "rbr-sjaelland": 17,
        "rbr-hovedstaden": 29,
    }


def test_mergers_follow_the_day(data):
    funds = {row.slug: row for row in data.organisations}

    assert funds["nnf"].holds(date(2024, 12, 31))
    assert not funds["nnf"].holds(date(2025, 1, 1))
    assert funds["nnf"].successor == "din-faglige"
    assert funds["din-faglige"].holds(date(2021, 1, 1))
    assert not funds["din-faglige"].holds(date(2020, 12, 31))


def test_old_names_are_found_again(data):
    names = {name.name: name for name in data.names}

    assert (names["FTFa"].organisation, names["FTFa"].use) == ("atil", "former")
    assert names["Danske Sundhedsorganisationers A-kasse"].valid_until == date(2016, 9, 30)


def test_no_cvr_is_invented(data):
    assert {row.cvr for row in data.organisations} == {""}


def test_the_trials_of_2027_cover_each_municipality_once(data):
    municipalities = {row.slug for row in data.organisations if row.kind == "municipality"}
    extended = rules.rule_set("2027-extended").municipalities
    free_choice = rules.rule_set("2027-free-choice").municipalities

    assert len(free_choice) == 19
    assert sorted([*extended, *free_choice]) == sorted(municipalities)


def test_the_funds_of_the_first_trial_exist(data):
    funds = {row.slug for row in data.organisations if row.kind == "unemployment_fund"}

    assert set(rules.rule_set("2020-trial").confirmed_funds) <= funds
