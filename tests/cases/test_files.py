"""Members and hours from a file: every fault told by line and column, nothing guessed."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases import files
from portal.cases.files import MOST_BYTES, Names
from portal.lines import MOST_LINES, Fault, Unreadable, folded

TODAY = date(2026, 11, 22)
SLAGELSE, METTE, TEAM = (uuid.uuid4() for _ in range(3))
NAMES = Names(
    municipalities=folded([("Slagelse Kommune", SLAGELSE), ("Slagelse", SLAGELSE)]),
    advisers=folded([("Mette Eksempel", METTE), ("Bo Ens", METTE), ("bo ens", TEAM)]),
    units=folded([("Team Vest", TEAM)]),
)
HEAD = ";".join(files.MEMBER_COLUMNS) + "\n"
GOOD = (
    "Åse Bær;620588-1234;slagelse;16-11-2026;18,5;12345678;aase@example.dk;mette eksempel;"
    "Team Vest;A-1;nej\n"
)


@pytest.fixture(autouse=True)
def words(app):
    with app.test_request_context():
        yield


def read(lines, head=HEAD):
    return files.members(head + lines, NAMES, today=TODAY)


def faults(lines):
    return [(fault.line, fault.column) for fault in read(lines).faults]


def test_a_good_line_is_a_member():
    report = read(GOOD)
    assert report.faults == []
    member = report.rows[2]
    assert (member.name, member.cpr.masked) == ("Åse Bær", "620588-xxxx")
    assert (member.municipality_id, member.adviser_id, member.unit_id) == (SLAGELSE, METTE, TEAM)
    assert (member.benefit_start, member.weekly_hours) == (date(2026, 11, 16), Decimal("18.5"))


def test_columns_come_in_any_order_and_some_may_be_left_out():
    report = read("16.11.2026;Slagelse;Åse Bær\n", "dagpengeperiode fra; KOMMUNE ;navn\n")
    assert report.rows[2].weekly_hours == 37
    assert report.rows[2].cpr is None


@pytest.mark.parametrize(
    ("typed", "wrong", "column"),
    [
        ("Åse Bær", "", "Navn"),
        ("620588-1234", "620588-123", "CPR-nummer"),
        ("slagelse", "Slagels", "Kommune"),
        ("16-11-2026", "31-02-2026", "Dagpengeperiode fra"),
        ("18,5", "38", "Timer om ugen"),
        ("18,5", "nan", "Timer om ugen"),
        ("aase@example.dk", "aase", "E-mail"),
        ("mette eksempel", "Bo Ens", "Rådgiver"),
        ("Team Vest", "Team Øst", "Enhed"),
        (";nej", ";måske", "Forsøg"),
    ],
)
def test_a_wrong_value_is_told_by_line_and_column(typed, wrong, column):
    assert faults(GOOD.replace(typed, wrong)) == [(2, column)]
    assert faults(GOOD) == []


def test_all_that_is_wrong_with_a_line_is_told_at_once():
    assert faults(";;;;;;;;;;\n" + GOOD + ";x;y\n") == [
        (4, "Navn"), (4, "CPR-nummer"), (4, "Kommune"), (4, "Dagpengeperiode fra"),
    ]  # fmt: skip


def test_no_fault_repeats_a_number():
    report = read(GOOD.replace("620588-1234", "6205881x34"))
    assert report.faults
    assert "620588" not in str(report.faults)


def test_the_second_of_two_is_the_wrong_one():
    report = read(GOOD + GOOD.replace("A-1", "A-2"))
    assert [*report.rows] == [2]
    assert [(fault.line, fault.column) for fault in report.faults] == [(3, "CPR-nummer")]
    assert report.faulty_lines == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_files_come_as_excel_writes_them(encoding):
    text = files.text_of((HEAD + GOOD).encode(encoding))
    assert read("", text).rows[2].name == "Åse Bær"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Navn;Alder\nx;y\n",
        b"Navn;Kommune\nx;y\n",
        HEAD.encode(),
        b"\x81\x8d",
        b"x" * (MOST_BYTES + 1),
        HEAD.encode() + b"x\n" * (MOST_LINES + 1),
    ],
)
def test_a_file_that_is_none_is_refused_whole(content):
    with pytest.raises(Unreadable):
        files.members(files.text_of(content), NAMES, today=TODAY)
    assert files.members(HEAD + GOOD, NAMES, today=TODAY).rows


def test_hours_name_the_member_by_number_or_reference():
    lines = "A-1;;11-2026;96,2;\n;620588-1234;2026-10;160;Rettet\n;;10-2026;0;\nA-2;;13-2026;301;\n"
    report = files.hours("Egen reference;CPR-nummer;Måned;Timer;Årsag\n" + lines, today=TODAY)
    assert [row.month for row in report.rows.values()] == [date(2026, 11, 1), date(2026, 10, 1)]
    assert report.rows[2].hours == Decimal("96.2")
    assert [(f.line, f.column) for f in report.faults] == [
        (4, "Egen reference"), (5, "Måned"), (5, "Timer"),
    ]  # fmt: skip


@given(st.text())
def test_any_text_ends_in_a_report_or_a_refusal(text):
    try:
        report = read(text)
    except Unreadable:
        return
    assert all(isinstance(fault, Fault) for fault in report.faults)
    assert not {fault.line for fault in report.faults} & set(report.rows)
