"""What a citizen may know: when, for what and by which organisation somebody looked; never who."""

import csv
import io
import re

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select

from portal import cpr, keys
from portal.access import Role
from portal.cases.models import MemberCase
from portal.clock import now, today
from portal.handovers.models import Handover, State
from portal.lookups.commands import commands
from portal.settings import load
from tests import make
from tests.handovers.road import errors, page
from tests.reading import spoken, squeezed

NUMBER = cpr.parse("610190-1233", today=today())
WHY = "Borgeren har bedt om indsigt"
OF_PACKAGE, OF_CASE = "Overdragelse mellem a-kasse og kommune", "A-kassens sag om ledighed og plan"


@pytest.fixture
def case(fund, municipality, adviser) -> MemberCase:
    made = make.member_case(fund, municipality, adviser_id=adviser.id, own_reference="S-17")
    ring = keys.of(load())
    made.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=made.id)
    made.cpr_index = ring.find_cpr(NUMBER)
    return make.saved(made)


@pytest.fixture
def package(case) -> Handover:
    return make.handover(case, State.RECEIVED, cpr_index=case.cpr_index)


@pytest.fixture
def looked(case, package, adviser, contact, client_of) -> None:
    """The fund at its case, then both at the package."""
    client_of(adviser).get(f"/cases/{case.id}")
    client_of(adviser).get(f"/handovers/{package.id}")
    client_of(contact).get(f"/handovers/{package.id}/package.pdf")


@pytest.fixture
def auditors(fund, municipality, client_of):
    return {one.id: client_of(make.user(one, Role.AUDITOR, name="Rita Revisor"))
            for one in (fund, municipality)}  # fmt: skip


def report(client, whom, **more):
    return client.post("/lookups/", data={"whom": whom, "purpose": WHY} | more)


def told(answer):
    """Organisation, what and purpose, the newest first."""
    assert answer.status_code == 200, errors(answer)
    rows = [[cell.text.strip() for cell in row.select("td")] for row in page(answer).select("tr")]
    return [tuple(row[1:4]) for row in rows if row]


class TestPage:
    @pytest.mark.parametrize("way", ["number", "reference", "case"])
    def test_a_fund_reads_who_looked_at_its_case_and_its_packages(
        self, way, looked, auditors, fund, package
    ):
        whom = {"number": NUMBER.whole, "reference": package.reference, "case": "S-17"}[way]
        fund_name, other = "Prøvebæk A-kasse", "Lillekøbing Kommune"
        assert told(report(auditors[fund.id], whom)) == [
            (other, "Overdragelsespakken som PDF", OF_PACKAGE),
            (fund_name, "Overdragelsespakken", OF_PACKAGE),
            (fund_name, "Sagen i a-kassen", OF_CASE),
        ]

    def test_a_municipality_reads_nothing_of_the_funds_case(
        self, looked, auditors, municipality, package
    ):
        found = told(report(auditors[municipality.id], NUMBER.whole))
        assert [one[1] for one in found] == ["Overdragelsespakken som PDF", "Overdragelsespakken"]
        assert told(report(auditors[municipality.id], "S-17")) == []

    def test_a_stranger_reads_nothing(self, looked, outsider, client_of, package):
        stranger = client_of(make.user(outsider, Role.AUDITOR))
        for whom in (NUMBER.whole, package.reference):
            assert told(report(stranger, whom)) == []

    def test_no_employee_is_named(self, looked, auditors, fund, package):
        shown = report(auditors[fund.id], package.reference).text
        assert "Mette Eksempel" not in shown
        assert "Jonas" not in shown

    def test_the_auditors_own_look_is_one_of_them(self, looked, auditors, fund, municipality):
        """With its reason for the own side, without it for the other."""
        for _ in range(2):
            found = told(report(auditors[fund.id], NUMBER.whole))
        assert ("Prøvebæk A-kasse", "Listen over opslag", f"Kontrol af opslag: {WHY}") in found
        row = make.audited()[-1]
        assert (row.action, row.purpose, row.detail) == ("lookups.report", WHY, {"rows": 4})
        assert NUMBER.digits not in str(vars(row))

    def test_after_the_sight_has_ended_only_the_own_looks_are_left(
        self, looked, auditors, municipality, package
    ):
        party = make.party(package, municipality)
        party.valid_until = now()
        make.saved(party)
        found = told(report(auditors[municipality.id], NUMBER.whole))
        assert [one[0] for one in found] == ["Lillekøbing Kommune"]

    @pytest.mark.parametrize(
        ("whom", "purpose"), [("", WHY), ("S-17", ""), ("S-17", f"Om {NUMBER.whole}")]
    )
    def test_it_asks_whom_and_why(self, whom, purpose, looked, auditors, fund):
        answer = auditors[fund.id].post("/lookups/", data={"whom": whom, "purpose": purpose})
        assert answer.status_code == 422
        assert "Overdragelsespakken" not in answer.text

    def test_a_reference_may_be_typed_in_one_piece(self, looked, auditors, fund, package):
        typed = re.sub("-", "", package.reference).lower()
        row = make.records.get_one(Handover, package.id)
        row.reference = "OP-7K3M-9Q2X"
        make.records.commit()
        assert told(report(auditors[fund.id], typed)) == []
        assert len(told(report(auditors[fund.id], "op7k3m9q2x"))) == 3


def lines(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")]


def test_it_comes_as_a_file_too(looked, auditors, fund, package):
    answer = report(auditors[fund.id], package.reference, csv="y")
    head, newest, *_older = lines(answer.data)
    assert head == ["Tidspunkt", "Organisation", "Hvad", "Formål", "Reference"]
    assert newest[1:] == [
        "Lillekøbing Kommune", "Overdragelsespakken som PDF", OF_PACKAGE, package.reference,
    ]  # fmt: skip


def test_it_comes_as_a_letter_to_be_posted(looked, auditors, fund, package):
    answer = report(auditors[fund.id], NUMBER.whole, pdf="y")
    assert answer.content_type == "application/pdf"
    text = squeezed(spoken(answer.data))
    for words in (
        "Prøvebæk A-kasse",
        "3 opslag",
        "Lillekøbing Kommune",
        OF_CASE,
        package.reference,
    ):
        assert squeezed(words) in text, words
    for nobody in ("Mette", "Jonas", NUMBER.digits):
        assert nobody not in text
    assert "0 opslag" in spoken(report(auditors[fund.id], "S-99", pdf="y").data)


class TestCommand:
    @pytest.fixture
    def run(self, worker, tmp_path):
        file = tmp_path / "report.csv"

        def invoke(*arguments, **more):
            given = ["--reason", WHY, "--to", str(file), *arguments]
            made = CliRunner().invoke(
                commands, given, obj=ScriptInfo(create_app=lambda: worker), **more
            )
            return made, file

        return invoke

    def test_it_writes_what_the_page_shows_and_leaves_its_row(self, looked, run, fund):
        made, file = run("--organisation", fund.slug, input=f"{NUMBER.whole}\n")
        assert made.exit_code == 0, made.output
        assert len(lines(file.read_bytes())) == 4
        assert NUMBER.digits[6:] not in made.output
        row = make.audited()[-1]
        assert (row.action, row.purpose, row.organisation_id) == ("lookups.report", WHY, fund.id)

    def test_another_organisation_finds_nothing(self, looked, run, outsider, package):
        made, file = run("--organisation", outsider.slug, "--reference", package.reference)
        assert made.output.startswith("0 look-ups")
        assert len(lines(file.read_bytes())) == 1

    def test_a_pdf_where_the_file_is_called_so(self, looked, run, fund, tmp_path):
        file = tmp_path / "rapport.PDF"
        run("--organisation", fund.slug, "--to", str(file), input=f"{NUMBER.whole}\n")
        assert file.read_bytes().startswith(b"%PDF")

    @pytest.mark.parametrize(
        "arguments",
        [("--organisation", "nowhere"), ("--organisation", "x", "--reason", NUMBER.whole)],
    )
    def test_a_mistake_is_said_and_writes_nothing(self, arguments, run):
        made, file = run(*arguments, "--reference", "OP-1")
        assert made.exit_code == 1
        assert not file.exists()
        assert make.records.scalars(select(Handover)).all() == []
