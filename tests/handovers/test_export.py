"""A work list as a file: a right of its own, for a purpose, in the log, and harmless in Excel."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest

from portal.access import Role
from portal.clock import today
from portal.handovers import export
from portal.handovers.models import State
from tests import make
from tests.handovers.road import errors, hidden, page

WHY = "Gennemgang af ventende pakker på teammødet"


@pytest.fixture
def leader(coordinator, client_of):
    return client_of(coordinator)


@pytest.fixture
def packages(fund, municipality):
    """Three that wait for the municipality, by deadline, one of them named like a formula."""
    names = ("Anna Åbenrå", "=1+1", "Øjvind Ærlig")
    return [
        make.handover(
            make.member_case(fund, municipality, name=name),
            State.RECEIVED,
            due_on=today() + timedelta(days=day),
            receiver_person="Jonas Skabelon",
        )
        for day, name in enumerate(names, 1)
    ]


def asked(client, **values):
    form = {"tab": "unassigned", "purpose": WHY, "format": "csv"} | values
    return client.post("/handovers/export", data=form)


def read(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return [*csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";")]


def sheet(answer):
    """The texts of an Excel file, and what stands in its sheet."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as held:
        texts = re.findall(r"<t[^>]*>(.*?)</t>", held.read("xl/sharedStrings.xml").decode())
        return texts, held.read("xl/worksheets/sheet1.xml").decode()


class TestFile:
    def test_the_list_comes_as_its_page_shows_it(self, packages, leader):
        head, *rows = read(asked(leader))
        assert head == [
            "Reference",
            "Borger",
            "Slags",
            "Anden part",
            "Status",
            "Frist",
            "Sagsbehandler",
            "Ændret",
        ]
        assert [row[0] for row in rows] == [one.reference for one in packages]
        first = rows[0]
        assert first[1:5] == ["Anna Åbenrå", "Overgang", "Prøvebæk A-kasse", "Til vurdering"]
        assert first[5] == f"{today() + timedelta(days=1):%d.%m.%Y}"
        assert first[6] == "Jonas Skabelon"

    def test_each_party_reads_its_own_words(self, packages, fund, client_of, leader):
        lead = client_of(make.user(fund, Role.TEAM_LEAD))
        _head, theirs, *_rest = read(asked(lead, tab="waiting"))
        _head, ours, *_rest = read(asked(leader))
        assert theirs[3:5] == ["Lillekøbing Kommune", "Modtaget – under vurdering"]
        assert ours[3:5] == ["Prøvebæk A-kasse", "Til vurdering"]

    def test_filters_and_order_are_those_of_the_page(self, packages, case, leader):
        make.handover(case, State.SENT)
        _head, *falling = read(asked(leader, sort="-changed", state="received"))
        _head, *rising = read(asked(leader, sort="changed", state="received"))
        names = ["'=1+1", "Anna Åbenrå", "Øjvind Ærlig"]
        assert sorted(row[1] for row in falling) == names
        assert rising == falling[::-1]
        assert len(read(asked(leader))) == 1 + 4
        assert len(read(asked(leader, tab="closed"))) == 1

    @pytest.mark.parametrize("name", ["=1+1", "+45", "-2", "@SUM(A1)", "\t=1", "\r=1"])
    def test_no_name_becomes_a_formula(self, name):
        assert export.shown(name) == f"'{name}"
        assert export.shown(f"a{name}") == f"a{name}"

    def test_excel_reads_texts_as_texts_and_days_as_days(self, packages, leader):
        answer = asked(leader, format="xlsx")
        texts, cells = sheet(answer)
        assert {"=1+1", "Anna Åbenrå", "Til vurdering"} <= {*texts}
        assert "<f>" not in cells
        serial = (today() + timedelta(days=1)).toordinal() - 693594
        assert f"<v>{serial}</v>" in cells
        assert answer.headers["Content-Type"] == export.FORMATS["xlsx"][1]

    def test_never_more_rows_than_agreed(self, packages, leader, monkeypatch):
        monkeypatch.setattr(export, "MOST", 2)
        assert [row[0] for row in read(asked(leader))[1:]] == [
            one.reference for one in packages[:2]
        ]

    def test_it_is_a_file_to_keep_and_names_nobody(self, packages, leader):
        answer = asked(leader)
        name = f"overdragelser-{today().isoformat()}.csv"
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}"')
        assert answer.headers["Cache-Control"] == "no-store"


class TestPurpose:
    def test_it_is_written_down_with_the_number_of_rows(self, packages, leader):
        asked(leader)
        [row] = [one for one in make.audited() if one.action == "handover_documents.export_file"]
        assert row.purpose == WHY
        assert row.detail == {"rows": 3, "format": "csv", "tab": "unassigned"}

    @pytest.mark.parametrize("purpose", ["", "   ", "Om 610190-2345", "x" * 301])
    def test_without_one_there_is_no_file(self, purpose, packages, leader):
        answer = asked(leader, purpose=purpose)
        assert answer.status_code == 422
        assert page(answer).select("#purpose[aria-invalid=true]")
        assert len(errors(answer)) == 1
        assert asked(leader).status_code == 200
        rows = [one for one in make.audited() if one.action == "handover_documents.export_file"]
        assert [(one.outcome, one.purpose) for one in rows] == [
            ("refused 422", None),
            ("done", WHY),
        ]

    def test_the_page_repeats_which_list_it_is(self, packages, leader):
        shown = leader.get("/handovers/export?tab=unassigned&sort=-changed&state=received")
        assert "Ikke tildelt" in shown.text
        assert "Til vurdering" in shown.text
        kept = hidden(page(shown))
        assert (kept["tab"], kept["sort"], kept["state"]) == ("unassigned", "-changed", "received")
        again = asked(leader, tab="unassigned", sort="-changed", purpose="")
        assert hidden(page(again))["sort"] == "-changed"


class TestWhose:
    @pytest.mark.parametrize("role", [Role.CONTACT, Role.LOCAL_ADMINISTRATOR, Role.AUDITOR])
    def test_only_those_who_lead(self, role, packages, municipality, client_of, leader):
        other = client_of(make.user(municipality, role))
        assert other.get("/handovers/export").status_code == 403
        assert asked(other).status_code == 403
        assert leader.get("/handovers/export").status_code == 200
        assert asked(leader).status_code == 200

    def test_nobody_gets_rows_of_others(self, packages, outsider, client_of, leader):
        stranger = client_of(make.user(outsider, Role.COORDINATOR))
        assert len(read(asked(stranger))) == 1
        assert len(read(asked(leader))) == 4

    def test_only_they_see_the_link(self, packages, receiver, leader):
        link = "/handovers/export?tab=unassigned"
        assert link in leader.get("/handovers/?tab=unassigned").text
        assert link not in receiver.get("/handovers/?tab=unassigned").text

    def test_not_many_in_a_minute(self, packages, leader, fund, client_of):
        answers = [asked(leader).status_code for _n in range(11)]
        assert answers[0] == 200
        assert 429 in answers
        assert asked(client_of(make.user(fund, Role.TEAM_LEAD))).status_code == 200
