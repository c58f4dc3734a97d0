"""The pages of goals: own figures, the quick counter, reporting and taking figures in."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.agreements import catalogue, indicators
from portal.agreements.templates import as_json
from portal.clock import now, today
from portal.db import db
from portal.goals import rollup
from portal.goals.models import GoalTally
from portal.goals.periods import Quarter, quarter_of
from portal.goals.values import GoalValue, ValueState
from portal.surveys.models import State, SurveyResult
from tests import beside, make
from tests.agreements.browsing import errors, fields, page

CPR = "610190-1233"


def row_of(set_key, code):
    one = indicators.indicator(set_key, code)
    assert one
    return as_json(vars(catalogue.goal(one, "Kilde")))


GOALS = [
    row_of("bupl-a-trial", "job_6_months"),
    row_of("bupl-a-trial", "notice_concept"),
    row_of("bupl-a-trial", "job_3_months"),
    row_of("bupl-a-trial", "satisfied_advice"),
]


@pytest.fixture
def agreement(fund, municipality):
    return make.agreement(fund, municipality, goals=GOALS)


@pytest.fixture
def ulla(fund, client_of):
    return client_of(make.user(fund, Role.AGREEMENT_OWNER, name="Ulla Ejer"))


@pytest.fixture
def birgit(municipality, client_of):
    return client_of(make.user(municipality, Role.AGREEMENT_OWNER, name="Birgit Ejer"))


def counted(worker):
    with worker.app_context():
        for quarter in rollup.recent(today(), 5):
            for one in indicators.counted():
                rollup.write(one, quarter, today=today(), at=now())
        db.session.commit()


def test_who_opens_records_reads_exact_figures_and_the_other_side_those_of_packages(
    fund, municipality, adviser, client_of, worker, birgit
):
    ended = today() - timedelta(days=100)
    for closed in ("job", None, "mistake"):
        said = {"closed_at": make.days_ago(40), "closed_reason": closed} if closed else {}
        make.member_case(fund, municipality, benefit_start=ended, rule_set="2026", **said)
    counted(worker)
    quarter = quarter_of(date(ended.year, ended.month, ended.day) + timedelta(days=92))
    own = client_of(adviser).get(f"/goals/?set=bupl-a-trial&period={quarter.year}-{quarter.number}")
    assert own.status_code == 200
    words = " ".join(page(own).text.split())
    assert "50 % 1 af 2" in words
    assert "Sag oprettet ved en fejl: 1" in words
    assert "Dødsfald, medlemmer, der er begyndt på en uddannelse" in words  # what is left out
    theirs = birgit.get("/goals/?set=bupl-a-trial")
    assert theirs.status_code == 200
    assert "Statusmøder holdt med kommunen" in theirs.text
    assert "Sendte pakker" in birgit.get("/goals/?set=law").text
    assert "I ordinært job" not in theirs.text
    assert "Andel i ordinært job" not in theirs.text


def test_a_contact_is_counted_in_two_clicks_and_taken_back(adviser, fund, client_of):
    mette = client_of(adviser)
    form = fields(mette.get("/goals/tally?kind=institution"), "/goals/tally")
    assert (form["kind"], form["number"]) == ("institution", "1")  # nothing else to fill in
    assert mette.post("/goals/tally", data=form | {"note": "Solsikken"}).status_code == 303
    shown = mette.get("/goals/tally")
    assert "Solsikken" in shown.text

    refused = mette.post("/goals/tally", data=form | {"note": f"Talte med {CPR}", "number": "2"})
    assert refused.status_code == 422
    assert errors(refused) == ["Fejl: Skriv ikke noget om personer her. Slet CPR-nummeret."]
    assert fields(refused, "/goals/tally")["number"] == "2"
    ahead = mette.post("/goals/tally", data=form | {"day": str(today() + timedelta(days=1))})
    assert errors(ahead) == ["Fejl: Dagen ligger ude i fremtiden."]

    [entry] = make.records.scalars(select(GoalTally))
    assert mette.post(f"/goals/tally/{entry.id}/undo").status_code == 303
    assert "Solsikken" not in mette.get("/goals/tally").text
    assert mette.post(f"/goals/tally/{entry.id}/undo").status_code == 409


def test_a_goal_goes_from_draft_to_approved_with_what_is_missing_said(agreement, ulla, birgit):
    place = f"/goals/agreements/{agreement.agreement_id}"
    new = f"{place}/new/bupl-a-trial/job_6_months"
    form = fields(ulla.get(new), new)
    too_much = ulla.post(new, data=form | {"value": "140", "base": "40"})
    assert too_much.status_code == 422
    assert errors(too_much) == ["Fejl: En andel ligger fra 0 til 100 procent."]
    assert fields(too_much, new)["value"] == "140"
    assert errors(ulla.post(new, data=form | {"value": "mange"})) == [
        "Fejl: Skriv et tal, højst med én decimal: 61,4."
    ]

    said = {"value": "61,4", "base": "40", "source_day": "2026-10-15"}
    made = ulla.post(new, data=form | said)
    assert made.status_code == 303
    value = made.location
    assert "Målet er ikke nået. Skriv hvorfor." in ulla.get(value).text
    assert birgit.get(value).status_code == 404  # a draft
    assert errors(ulla.post(f"{value}/submit")) == ["Fejl: Målet er ikke nået. Skriv hvorfor."]
    again = fields(ulla.get(value), value) | {"explanation": "To institutioner lukkede."}
    assert again["value"] == "61,4"
    assert ulla.post(value, data=again).status_code == 303
    assert ulla.post(f"{value}/submit").status_code == 303
    assert ulla.post(value, data=again).status_code == 409  # locked

    assert "61,4 % af 40" in birgit.get(value).text
    assert errors(birgit.post(f"{value}/send-back", data={"answer": ""})) == [
        "Fejl: Skriv, hvad der skal rettes."
    ]
    assert birgit.post(f"{value}/send-back", data={"answer": "Fra juli?"}).status_code == 303
    assert "Fra juli?" in ulla.get(value).text
    again = fields(ulla.get(value), value)
    assert ulla.post(value, data=again).status_code == 303
    assert ulla.post(f"{value}/submit").status_code == 303
    assert birgit.post(f"{value}/approve").status_code == 303
    assert "Godkendt og låst" in ulla.get(place).text
    overlapping = ulla.post(new, data=form | said)
    assert overlapping.status_code == 422
    assert "overlapper en, der er indberettet og låst" in errors(overlapping)[0]


def test_what_a_survey_said_is_reported_with_its_response_rate(agreement, fund, ulla, birgit):
    last = Quarter(2026, 3).last if today() > date(2026, 12, 31) else date(2026, 6, 30)
    asked = {"agreement_id": agreement.agreement_id, "invited": 30, "answered": 20}
    days = {"last_day": last, "first_day": last - timedelta(days=80)}
    held = beside.survey(fund, State.CLOSED, questionnaire="members", **asked, **days)
    told = {"question": "satisfied_advice", "position": 1, "of": 20, "low": 12, "high": 12}
    make.saved(SurveyResult(survey_id=held.id, organisation_id=fund.id, **told))
    new = f"/goals/agreements/{agreement.agreement_id}/new/bupl-a-trial/satisfied_advice"
    form = fields(ulla.get(new), new)
    period = {"first_day": str(last - timedelta(days=20)), "last_day": str(last)}
    value = ulla.post(new, data=form | period | {"explanation": "Flere kom sent."}).location
    assert "60 % (12 af 20), svarprocent 67" in ulla.get(value).text
    assert ulla.post(f"{value}/submit").status_code == 303
    assert "60 % (12 af 20), svarprocent 67" in birgit.get(value).text
    [made] = make.records.scalars(select(GoalValue))
    assert (made.source, made.base, made.is_met) == ("survey", 20, False)
    assert made.value == Decimal(60)


COLUMNS = "aftale;maal;foerste_dag;sidste_dag;tal;ud_af;kilde;kildedag"
FINE = "2026-04-01;2026-06-30;64.5;120;dream;2026-08-15"


def test_figures_are_looked_at_line_by_line_and_taken_in_as_drafts(agreement, ulla, fund):
    key = make.records.get_one(type(agreement), agreement.id).agreement.key
    lines = [
        COLUMNS,
        f"{key};job_6_months;2026-04-01;2026-06-30;64,5;120;dream;2026-08-15",
        f"{key};job_6_months;2026-04-01;2026-06-30;104;120;dream;2026-08-15",
        f"{key};job_9_months;{FINE}",
        f"{key};job_3_months;{FINE}",
        f"ukendt;job_6_months;{FINE}",
        f"{key};job_6_months;2026-04-31;2026-06-30;64.5;120;dst;2026-08-15",
        f"{key};job_6_months;{FINE}",
        "",
        f"{key};job_6_months;{FINE}",
        f"{key};job_6_months;{FINE};7",
    ]
    looked = ulla.post("/goals/import", data={"lines": "\n".join(lines)})
    assert looked.status_code == 200
    assert errors(looked) == [
        "Skriv tallet med punktum: 64.5, ikke 64,5.",
        "En andel ligger fra 0 til 100 procent.",
        "Målet »job_9_months« står ikke i aftalen.",
        "Målet »job_3_months« tælles af Samspil og hentes ikke.",
        "Aftalen »ukendt« kendes ikke.",
        "foerste_dag: »2026-04-31« er ikke en dag. Skriv den som 2026-09-30.",
        "Kilden skal være en af: dfdg, dream, jobindsats.",
        "Perioden overlapper den i linje 8.",
        "Linjen har flere felter end overskrifterne.",
    ]
    taken = {"lines": "\n".join(lines), "take": "yes"}
    assert ulla.post("/goals/import", data=taken).status_code == 422
    assert make.records.scalars(select(GoalValue)).all() == []

    day = FINE.replace("2026-08-15", "15-08-2026")  # as a Danish spreadsheet writes it
    file = f"\ufeff{COLUMNS}\r\n{key};job_6_months;{day}\r\n".encode()
    sent = {"lines": "\n".join(lines), "file": (BytesIO(file), "dream.csv")}
    looked = ulla.post("/goals/import", data=sent)
    assert "Linjen kan hentes" in looked.text
    good = {"lines": page(looked).textarea.text}
    assert "job_9_months" not in good["lines"]  # the file took the place of what stood there
    assert make.records.scalars(select(GoalValue)).all() == []  # looked at, not taken in
    assert ulla.post("/goals/import", data=good | {"take": "yes"}).status_code == 303
    [made] = make.records.scalars(select(GoalValue))
    assert (made.state, made.shown) == (ValueState.DRAFT, "64,5 % af 120")
    assert (made.source, made.period) == ("dream", Quarter(2026, 2).period)
    assert errors(ulla.post("/goals/import", data={"lines": "a;b\n1;2"})) == [
        f"Fejl: Første linje skal være: {COLUMNS}"
    ]
    for wrong, words in (
        ("\u00e6".encode("utf-16"), "Fejl: Filen er ikke en tekstfil. Gem den som CSV"),
        (f'{COLUMNS}\n"{"x" * 140_000}'.encode(), "Fejl: Linje 2 kan ikke læses."),
        (b"\n", "Fejl: Filen er tom."),
    ):
        told = errors(ulla.post("/goals/import", data={"file": (BytesIO(wrong), "x.csv")}))
        assert told[0].startswith(words)
