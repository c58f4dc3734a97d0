"""Preparing a survey: who would be asked, what is wrong with it, and what stands in the way."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.clock import end_of_day, now, today
from portal.life.models import Happening, LifeEvent
from portal.organisations.models import Organisation
from portal.surveys import asking
from portal.surveys.models import State, Survey
from tests import beside, make
from tests.surveys.looking import DAY, advisers, told


def test_the_members_of_the_time_are_asked_and_nobody_who_is_dead_gone_or_shielded(
    app, fund, municipality, outsider, as_worker, seen_by, lead
):
    version = make.agreement(fund, municipality)
    survey = beside.survey(
        fund,
        questionnaire="members",
        agreement_id=version.agreement_id,
        first_day=date(2026, 7, 1),
        last_day=date(2026, 9, 30),
    )
    begun = {"benefit_start": date(2026, 6, 1)}

    def case(name: str, where: Organisation = municipality, **values: Any) -> Any:
        return make.member_case(fund, where, email=f"{name}@x.example", **begun | values)

    def happened(name: str, kind: Happening, day: date, **values: Any) -> None:
        one = case(name)
        known = {"day": day, "recorded_by": "Mette", "user_id": lead.id, "done": []}
        if kind == Happening.MOVED:
            known["municipality_id"] = outsider.id
        make.of_case(one, LifeEvent, kind=kind, **known | values)

    def closed(name: str, reason: str, day: int = 15) -> None:
        case(name, closed_reason=reason, closed_at=end_of_day(date(2026, 7, day)))

    case("in-course")
    case("Twice")
    case("twice")
    case("begins-on-the-last-day", benefit_start=date(2026, 9, 30))
    case("begins-after", benefit_start=date(2026, 10, 1))
    case("elsewhere", outsider)
    make.member_case(fund, municipality, **begun)  # without an address
    make.member_case(fund, municipality, **begun, email="no address")
    closed("got-a-job", "job")
    closed("dead-and-closed", "deceased")
    closed("left", "left_fund")
    happened("dead", Happening.DEATH, today())
    happened("moved", Happening.MOVED, date(2026, 8, 1))
    happened("moved-before", Happening.MOVED, date(2026, 6, 30))
    happened("not-moved-after-all", Happening.MOVED, date(2026, 8, 1),
             undone_at=now(), undone_by="Mette")  # fmt: skip
    beside.restricted(make.handover(case("shielded")), lead)
    beside.restricted_case(case("kept"), lead)
    first = end_of_day(date(2026, 6, 30))  # of July
    case("closed-on-the-first-day", closed_reason="job", closed_at=first)
    case("closed-before", closed_reason="job", closed_at=first - timedelta(seconds=1))
    found = as_worker(asking.addresses, survey, today())
    assert sorted(one.partition("@")[0].casefold() for one in found) == [
        "begins-on-the-last-day", "closed-on-the-first-day", "got-a-job",
        "in-course", "moved-before", "not-moved-after-all", "twice",
    ]  # fmt: skip
    with seen_by(fund):
        assert asking.number(survey, today()) == 7
    with seen_by(municipality):
        assert asking.number(survey, today()) == 0


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"last_day": "1/1/2020"}, "last_day", "Den sidste dag ligger før den første."),
        ({"closes_on": "today+3"}, "closes_on", "mindst 5 og højst 60 dage"),
        ({"closes_on": "today+60"}, "closes_on", "mindst 5 og højst 60 dage"),
        ({"opens_on": "today-1"}, "opens_on", "Dagen er gået."),
        ({"first_reminder": "10"}, "first_reminder", "senest den sidste dag"),
        ({"second_reminder": "2"}, "second_reminder", "efter den første"),
        ({"questionnaire": "employers"}, "addresses", "Skriv de e-mailadresser"),
        (
            {"questionnaire": "employers", "addresses": "E-mail\na@x.example;A\nb x.example"},
            "addresses",
            "Linje 3",
        ),
        ({"questionnaire": "caseworkers"}, "questionnaire", "Vælg en af mulighederne."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    change, field, words, fund, lead, client_of
):
    given = {
        "questionnaire": "advisers",
        "agreement_id": "",
        "first_day": "today-90",
        "last_day": "today",
        "opens_on": "today",
        "closes_on": "today+9",
        "first_reminder": "3",
        "language": "da",
    }
    data = {name: spelled(value) for name, value in (given | change).items()}
    answer = client_of(lead).post("/surveys/new", data=data)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    error = page.find(id=f"{field}-error")
    assert error is not None
    assert words in error.get_text()
    assert make.records.scalars(select(Survey)).all() == []
    assert data["first_reminder"] in str(page.find(id="first_reminder"))


def test_a_list_of_employers_comes_from_a_file_beside_what_is_typed(fund, lead, client_of):
    """As Danish Excel saves it, in either of its two ways; what is no text is told of."""
    days = {"first_day": "today-90", "last_day": "today", "opens_on": "today"}
    data = {name: spelled(value) for name, value in (days | {"closes_on": "today+9"}).items()}
    data |= {"questionnaire": "employers", "addresses": "typed@x.example", "language": "da"}
    data["agreement_id"] = ""
    client = client_of(lead)

    def sent(content):
        return client.post("/surveys/new", data=data | {"file": (BytesIO(content), "liste.csv")})

    refused = sent(b"\xff\xfe" + "a@x.example".encode("utf-16-le"))
    assert refused.status_code == 422
    assert "Filen er ikke en tekstfil" in refused.text
    assert "typed@x.example" in refused.text
    assert "Linje 3: her mangler" in sent(b"E-mail;Navn\na@x.example;A\nB uden;B").text
    for encoding in ("utf-8-sig", "cp1252"):
        told = "Navn;E-mail\r\nBørnehaven;b@x.example\r\nÆblet;TYPED@x.example\r\n".encode(encoding)
        assert sent(told).status_code == 303
    made = make.records.scalars(select(Survey.addresses)).all()
    assert made == [["TYPED@x.example", "b@x.example"]] * 2


def spelled(value: str) -> str:
    if not value.startswith("today"):
        return value
    return f"{today() + int(value[5:] or 0) * DAY:%d/%m/%Y}"


def test_nobody_is_asked_the_same_again_too_soon_nor_where_too_few_are(
    app, fund, municipality, lead, client_of
):
    advisers(fund, 4)
    client = client_of(lead)
    survey = beside.survey(fund)
    refused = client.post(f"/surveys/{survey.id}/open")
    assert refused.status_code == 422
    assert "færre end 5 at spørge" in refused.text
    assert "Så mange bliver spurgt Færre end 5" in told(refused.text)
    advisers(fund, 1)
    before = beside.survey(
        fund, State.CLOSED, opens_on=today() - 80 * DAY, closes_on=today() - 59 * DAY
    )
    assert before.reference in client.post(f"/surveys/{survey.id}/open").text
    before.closes_on = today() - 60 * DAY
    make.records.commit()
    assert client.post(f"/surveys/{survey.id}/open").status_code == 303
    assert client.get(f"/surveys/{survey.id}/edit").status_code == 409
