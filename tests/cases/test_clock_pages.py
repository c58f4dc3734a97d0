"""Hours by month and the confirmed day: history is kept, nothing moves by itself."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.cases.models import BenefitHours, ResponsibilityDate
from portal.rules import rule_set
from tests import make


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.fixture
def case(fund, municipality, adviser):
    started = {"benefit_start": date(2026, 9, 1), "transfer_on": date(2026, 11, 30)}
    return make.member_case(fund, municipality, adviser_id=adviser.id, **started)


def rows(model, case):
    found = select(model).where(model.case_id == case.id).order_by(model.recorded_at)
    make.records.expire_all()
    kept = make.records.scalars(found).all()
    make.records.commit()
    return kept


def record(client, case, month, hours, reason=""):
    form = {"month": month, "hours": hours, "source": "fund_system", "reason": reason}
    return client.post(f"/cases/{case.id}/hours", data=form)


def test_hours_move_the_forecast(case, client):
    assert record(client, case, "2026-09-01", "0").status_code == 303
    assert make.fresh(case).transfer_on == date(2026, 12, 31)
    page = client.get(f"/cases/{case.id}/hours").text
    assert "410 timer passeres i december → ansvaret overgår 31/12 (37 t/uge)" in page


@pytest.mark.parametrize(
    ("october", "day"), [("249,67", date(2026, 11, 30)), ("249.68", date(2026, 10, 31))]
)
def test_the_limit_is_passed_by_a_hundredth(october, day, case, client):
    """Written with a comma or a dot."""
    record(client, case, "2026-09-01", "160,33")
    record(client, case, "2026-10-01", october)
    total = sum(row.hours for row in rows(BenefitHours, case))
    assert total == Decimal(410) + (total > 410) * Decimal("0.01")
    assert make.fresh(case).transfer_on == day


def test_a_correction_needs_a_reason_and_keeps_the_old_row(case, client):
    record(client, case, "2026-09-01", "100")
    refused = record(client, case, "2026-09-01", "120")
    assert refused.status_code == 422
    assert "Skriv, hvorfor de rettes" in refused.text
    assert record(client, case, "2026-09-01", "120", "Ferie var trukket fra").status_code == 303
    assert [row.hours for row in rows(BenefitHours, case)] == [100, 120]
    page = client.get(f"/cases/{case.id}/hours").text
    assert "Ferie var trukket fra" in page
    assert "Tidligere tal, der er rettet" in page


@pytest.mark.parametrize(
    "change", [{"month": "2026-08-01"}, {"month": "2026-12-01"}, {"hours": "301"}, {"source": ""}]
)
def test_hours_that_cannot_be_are_refused(change, case, client):
    form = {"month": "2026-10-01", "hours": "100", "source": "member"}
    assert client.post(f"/cases/{case.id}/hours", data=form | change).status_code == 422
    assert rows(BenefitHours, case) == []
    assert client.post(f"/cases/{case.id}/hours", data=form).status_code == 303


def test_the_confirmed_day_counts_and_the_earlier_ones_stay(case, client):
    for day in ("30/11/2026", "31/12/2026"):
        form = {"day": day, "source": "dfdg"}
        assert client.post(f"/cases/{case.id}/transfer", data=form).status_code == 303
    assert [row.day for row in rows(ResponsibilityDate, case)] == [
        date(2026, 11, 30), date(2026, 12, 31),
    ]  # fmt: skip
    fresh = make.fresh(case)
    assert (fresh.transfer_on, fresh.transfer_confirmed) == (date(2026, 12, 31), True)
    page = client.get(f"/cases/{case.id}/hours").text
    assert "Timerne peger på en anden dag" in page
    assert "Tidligere bekræftede dage" in page


def test_hours_do_not_move_the_confirmed_day(case, client):
    client.post(f"/cases/{case.id}/transfer", data={"day": "30/11/2026", "source": "dfdg"})
    record(client, case, "2026-09-01", "0")
    assert make.fresh(case).transfer_on == date(2026, 11, 30)
    assert "Den bekræftede dag er ikke ændret" in client.get(f"/cases/{case.id}").text


def test_no_day_before_the_period_is_confirmed(case, client):
    form = {"day": "31/08/2026", "source": "dfdg"}
    assert client.post(f"/cases/{case.id}/transfer", data=form).status_code == 422
    assert rows(ResponsibilityDate, case) == []
    assert (
        client.post(f"/cases/{case.id}/transfer", data=form | {"day": "1/9/2026"}).status_code
        == 303
    )


def test_what_has_come_true_waits_to_be_confirmed(fund, municipality, adviser, client):
    early = {"benefit_start": date(2026, 6, 1), "transfer_on": date(2026, 8, 31)}
    case = make.member_case(fund, municipality, adviser_id=adviser.id, **early)
    page = client.get(f"/cases/{case.id}").text
    assert "Bekræft den dag, hvor ansvaret er overgået" in page
    assert "overskredet" in page
    client.post(f"/cases/{case.id}/transfer", data={"day": "31/8/2026", "source": "dfdg"})
    page = client.get(f"/cases/{case.id}").text
    assert "Bekræft den dag" not in page
    assert "Registrér den første samtale" in page


def test_unknown_hours_go_by_months_and_say_so(fund, municipality, adviser, client):
    trial = {"benefit_start": date(2027, 1, 15), "rule_set": "2027-extended", "trial": True}
    case = make.member_case(fund, municipality, adviser_id=adviser.id, **trial)
    assert "Timetal ikke fastsat" in client.get(f"/cases/{case.id}").text
    assert "afgør ikke, hvornår ansvaret overgår" in client.get(f"/cases/{case.id}/hours").text


def test_an_english_reader_is_told_why_and_under_which_rules_in_english(case, adviser, client_of):
    client = client_of(adviser)
    danish = client.get(f"/cases/{case.id}").text
    client.set_cookie("language", "en", domain="127.0.0.1")
    english = client.get(f"/cases/{case.id}").text
    assert "410 timer passeres i" in danish
    assert "410 hours are passed in" in english
    assert rule_set(case.rule_set).title in danish
    assert rule_set(case.rule_set).title_en in english
    assert "responsibility passes" in client.get(f"/cases/{case.id}/hours").text
