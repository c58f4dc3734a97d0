"""Files of members and hours: read through first, taken whole or not at all."""

import io
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.cases.models import BenefitHours, MemberCase, ResponsibilityDate
from tests import make

HEAD = "Navn;CPR-nummer;Kommune;Dagpengeperiode fra;Rådgiver;Egen reference\n"
GOOD = "Åse Bær;620588-1234;Lillekøbing Kommune;16-11-2026;Mette Eksempel;A-1\n"
OTHER = "Bo Ømand;;lillekøbing kommune;01-10-2026;;A-2\n"
BAD = "Carla Fugl;123;Ukendt;16-11-2026;;A-3\n"


@pytest.fixture
def client(adviser, client_of, municipality):
    return client_of(adviser)


def rows(model):
    make.records.expire_all()
    found = make.records.scalars(select(model)).all()
    make.records.commit()
    return found


def check(client, text, kind="members"):
    file = (io.BytesIO(text.encode("utf-8-sig")), "medlemmer.csv")
    return client.post(f"/cases/import/{kind}/check", data={"file": file})


def sealed(answer):
    [field] = BeautifulSoup(answer.text, "html.parser").select("input[name=sealed]")
    return field["value"]


def faults(answer):
    html = BeautifulSoup(answer.text, "html.parser")
    return [
        tuple(cell.text.strip() for cell in row.select("td"))[:2] for row in html.select("tbody tr")
    ]


def test_the_dry_run_writes_nothing(client):
    answer = check(client, HEAD + GOOD + OTHER)
    assert "Alle 2 linjer er i orden" in answer.text
    assert rows(MemberCase) == []


def test_the_number_travels_sealed(client):
    answer = check(client, HEAD + GOOD)
    assert "620588" not in answer.text
    assert sealed(answer).startswith("v1|")


def test_a_good_file_is_taken_whole(client, adviser):
    answer = client.post(
        "/cases/import/members", data={"sealed": sealed(check(client, HEAD + GOOD + OTHER))}
    )
    assert answer.status_code == 303
    first, second = sorted(rows(MemberCase), key=lambda case: case.own_reference or "")
    assert (first.name, first.adviser_id, bool(first.cpr)) == ("Åse Bær", adviser.id, True)
    assert (first.rule_set, first.transfer_on) == ("2026", date(2027, 2, 28))
    assert (second.name, second.adviser_id, second.cpr) == ("Bo Ømand", None, None)
    event = make.audited()[-1]
    assert (event.action, event.detail) == ("cases.take_file", {"rows": 2, "left_out": 0})


def test_a_faulty_line_stops_all_unless_it_is_left_out(client):
    answer = check(client, HEAD + GOOD + BAD)
    assert faults(answer) == [("3", "CPR-nummer"), ("3", "Kommune")]
    form = {"sealed": sealed(answer)}
    assert client.post("/cases/import/members", data=form).status_code == 422
    assert rows(MemberCase) == []
    assert client.post("/cases/import/members", data=form | {"leave_out": "y"}).status_code == 303
    assert [case.name for case in rows(MemberCase)] == ["Åse Bær"]


def test_who_has_an_open_case_is_not_imported_again(client):
    form = {"sealed": sealed(check(client, HEAD + GOOD))}
    client.post("/cases/import/members", data=form)
    again = check(client, HEAD + GOOD + GOOD.replace("620588-1234", "").replace("Åse", "Asta"))
    assert faults(again) == [("2", "CPR-nummer"), ("3", "Egen reference")]
    # Between the dry run and the press somebody else may have registered the member.
    assert client.post("/cases/import/members", data=form).status_code == 422
    assert len(rows(MemberCase)) == 1


def test_a_file_sealed_for_somebody_else_is_refused(client, leader, client_of):
    form = {"sealed": sealed(check(client, HEAD + GOOD))}
    assert client_of(leader).post("/cases/import/members", data=form).status_code == 400
    assert client.post("/cases/import/hours", data=form).status_code == 400
    assert client.post("/cases/import/members", data={"sealed": "x"}).status_code == 400
    assert client.post("/cases/import/members", data=form).status_code == 303


def test_what_is_no_file_of_members_is_told(client):
    answer = check(client, "Fornavn;Alder\nx;y\n")
    assert answer.status_code == 422
    assert "ukendte overskrifter: Fornavn, Alder" in answer.text


def test_a_file_takes_as_many_statements_as_it_must_and_no_more(client, statements):
    taken = []
    for lines in (10, 40):
        text = "".join(
            f"Nr. {n};;Lillekøbing Kommune;16-11-2026;;R{lines}-{n}\n" for n in range(lines)
        )
        answer = check(client, HEAD + text)
        statements.clear()
        client.post("/cases/import/members", data={"sealed": sealed(answer)})
        taken.append(len(statements))
    assert len(rows(MemberCase)) == 50
    assert taken[0] == taken[1]


# --- Hours ---

HOURS = "Egen reference;Måned;Timer;Årsag\n"


@pytest.fixture
def case(fund, municipality, adviser):
    started = {"benefit_start": date(2026, 9, 1), "transfer_on": date(2026, 11, 30)}
    return make.member_case(fund, municipality, own_reference="A-1", **started)


def take_hours(client, text, **more):
    form = {"sealed": sealed(check(client, HOURS + text, "hours"))}
    return client.post("/cases/import/hours", data=form | more, follow_redirects=True)


def test_hours_are_added_and_the_forecast_is_counted_anew(case, client):
    assert "2 måneder er gemt" in take_hours(client, "A-1;09-2026;0;\nA-1;10-2026;0;\n").text
    assert [row.hours for row in rows(BenefitHours)] == [0, 0]
    assert make.fresh(case).transfer_on == date(2027, 1, 31)


def test_the_same_hours_again_are_passed_over(case, client):
    take_hours(client, "A-1;09-2026;96,2;\n")
    assert "0 måneder er gemt" in take_hours(client, "A-1;09-2026;96,20;\n").text
    assert len(rows(BenefitHours)) == 1


def test_other_hours_are_a_correction_and_need_a_reason(case, client):
    take_hours(client, "A-1;09-2026;96,2;\n")
    answer = check(client, HOURS + "A-1;09-2026;100;\n", "hours")
    assert faults(answer) == [("2", "Årsag")]
    take_hours(client, "A-1;09-2026;100;Efterbetaling\n")
    assert sorted(row.hours for row in rows(BenefitHours)) == [Decimal("96.20"), Decimal(100)]


def test_hours_of_strangers_and_of_other_times_are_refused(case, client, municipality):
    make.member_case(make.fund("Nabobæk A-kasse"), municipality, own_reference="B-1")
    text = "B-1;09-2026;10;\nA-1;08-2026;10;\nA-1;12-2026;10;\n"
    assert faults(check(client, HOURS + text, "hours")) == [
        ("2", "Egen reference"), ("3", "Måned"), ("4", "Måned"),
    ]  # fmt: skip


def test_the_dry_run_says_what_a_correction_leads_to_and_undoes_nothing(case, client):
    """The forecast moves, the confirmed day does not, and the old hours stay in the history."""
    take_hours(client, "A-1;09-2026;96,2;\n")
    make.of_case(case, ResponsibilityDate, day=date(2026, 12, 31), source="dfdg", recorded_by="M")
    answer = check(client, HOURS + "A-1;09-2026;0;Udbetalt ved en fejl\n", "hours")
    html = BeautifulSoup(answer.text, "html.parser")
    corrected, moved = (
        [cell.text.strip() for cell in html.select(f'[aria-label="{label}"] td')]
        for label in ("Måneder, der bliver rettet", "Prognoser, der flytter sig")
    )
    assert corrected[1:] == ["september 2026", "96,2", "0", "Udbetalt ved en fejl"]
    assert moved[1:] == ["30.11.2026", "31.12.2026", "31.12.2026"]
    assert len(rows(BenefitHours)) == 1  # nothing is taken yet
    take_hours(client, "A-1;09-2026;0;Udbetalt ved en fejl\n")
    make.of_case(case, ResponsibilityDate, day=date(2026, 12, 31), source="dfdg", recorded_by="M")
    history = client.get(f"/cases/{case.id}/hours").text
    assert "Tidligere tal, der er rettet" in history
    assert "Udbetalt ved en fejl" in history
    assert rows(MemberCase)[0].transfer_on != date(2027, 1, 31)
