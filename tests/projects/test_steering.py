"""What a project is steered by: its life, phases that move, risks, decisions and money."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.clock import today
from portal.projects import catalogue
from portal.projects.models import Project
from portal.projects.parts import ProjectBudget, ProjectPhase
from tests import make, project

FILLED = {
    "title": "Industriprojektet i øst",
    "type": "recruitment",
    "trade": "industry",
    "target_group": "Jobparate ledige",
    "purpose": "Flere svejsere",
    "templates": ["samarbejdsmodellen", "uddannelsesmodellen"],
    "starts_on": "2026-08-01",
    "ends_on": "2027-12-31",
}


def id_in(answer) -> str:
    return str(re.findall(r"[0-9a-f-]{36}", answer.location)[0])


def revision(project_id) -> int | None:
    return make.records.scalar(select(Project.revision).where(Project.id == project_id))


def evaluate(lead, here):
    lead.post(f"{here}/edit", data={"summary": "Det lykkedes"})
    lead.post(f"{here}/recommendations/new", data={"whom": "Rådet", "text": "Gør det igen"})
    assert lead.post(f"{here}/finish", data={"revision": 1}).status_code == 303


def test_a_project_goes_from_an_idea_to_its_end(cast, as_):
    """As its lead takes it, with the council looking on from when it is prepared."""
    gitte, susanne = as_(cast.gitte), as_(cast.susanne)
    here = f"/projects/{id_in(gitte.post('/projects/new', data=FILLED))}"
    page = gitte.get(here).text
    assert "Status: grøn" in page
    assert "Østbæk Kommune" in page
    assert page.count('"da">Opsøgende arbejde blandt virksomheder') == 1  # of both models, once
    assert susanne.get(here).status_code == 404

    for step in ("prepare", "begin", "report", "resume", "report", "evaluate", "close"):
        told = {"revision": revision(here[-36:]), "form_key": f"{step}-{revision(here[-36:])}"}
        if step == "evaluate":
            assert "Evalueringen er ikke færdig" in gitte.post(f"{here}/{step}", data=told).text
            evaluate(gitte, f"{here}/evaluation")
        assert gitte.post(f"{here}/{step}", data=told).status_code == 303, step
        assert susanne.get(here).status_code == 200
    assert "Afsluttet" in gitte.get(here).text
    assert gitte.get(f"{here}/edit").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Skriv projektets navn."),
        ({"ends_on": "2026-07-31"}, "Den sidste dag ligger før den første."),
        ({"templates": []}, "Vælg mindst én model."),
        ({"trade": "tea"}, "Vælg en af mulighederne."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(wrong, words, cast, as_):
    refused = as_(cast.gitte).post("/projects/new", data=FILLED | wrong)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Flere svejsere" in refused.text


def test_stopping_wants_a_reason_and_a_step_is_taken_once(cast, led, as_):
    gitte, here = as_(cast.gitte), f"/projects/{led.id}"
    assert "Skriv hvorfor" in gitte.post(f"{here}/stop", data={"revision": 1}).text
    told = {"revision": 1, "form_key": "k1", "reason": "Puljen er lukket"}
    assert gitte.post(f"{here}/stop", data=told | {"revision": 9}).status_code == 409
    assert gitte.post(f"{here}/stop", data=told).status_code == 303
    assert gitte.post(f"{here}/stop", data=told | {"form_key": "k2"}).status_code == 409
    assert "Puljen er lukket" in as_(cast.mette).get(here).text


def test_yellow_and_red_say_why_and_green_may_stand_alone(cast, led, as_):
    gitte, here = as_(cast.gitte), f"/projects/{led.id}"
    refused = gitte.post(f"{here}/colour", data={"colour": "red"})
    assert refused.status_code == 422
    assert "Skriv hvorfor" in refused.text
    told = {"colour": "red", "reason": "For få virksomheder svarer"}
    assert gitte.post(f"{here}/colour", data=told).status_code == 303
    seen = as_(cast.susanne).get(here).text
    assert "Status: rød" in seen
    assert "For få virksomheder svarer" in seen
    assert gitte.post(f"{here}/colour", data={"colour": "green"}).status_code == 303


def test_a_phase_that_moves_says_why_and_keeps_what_was(cast, led, as_):
    one, gitte = project.phase(led), as_(cast.gitte)
    here = f"/projects/{led.id}/phases/{one.id}"
    told: dict[str, Any] = {"name": one.name, "planned_from": "2026-01-01"}
    told |= {"kind": "phase", "revision": 1, "planned_until": "2026-03-31"}
    assert gitte.post(here, data=told | {"actual_from": "2026-01-05"}).status_code == 303
    moved = told | {"planned_until": "2026-06-30", "actual_from": "2026-01-05", "revision": 2}
    refused = gitte.post(here, data=moved)
    assert refused.status_code == 422
    assert "Skriv, hvorfor tiden flyttes." in refused.text
    assert 'value="2026-06-30"' in refused.text
    assert gitte.post(here, data=moved | {"reason": "Få svar"}).status_code == 303
    assert gitte.post(here, data=moved | {"reason": "Få svar"}).status_code == 409
    page = as_(cast.susanne).get(f"/projects/{led.id}").text
    assert "Flyttet fra" in page
    assert "31.03.2026" in page
    assert "Få svar" in page


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"planned_from": "2026-02-01"}, "både den første og den sidste"),
        ({"planned_from": "2026-02-02", "planned_until": "2026-02-01"}, "før den første"),
        ({"planned_from": "2025-12-31", "planned_until": "2026-02-01"}, "uden for projektets tid"),
        ({"actual_until": "2026-02-01"}, "hvornår det begyndte"),
        ({"actual_from": (today() + timedelta(days=1)).isoformat()}, "ikke kommet endnu"),
    ],
)
def test_days_of_a_phase_that_cannot_be(days, words, cast, led, as_):
    told = {"kind": "phase", "name": "Screening"} | days
    refused = as_(cast.gitte).post(f"/projects/{led.id}/phases/new", data=told)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Screening" in refused.text


def test_a_milestone_has_one_day_and_what_has_begun_stays(cast, led, as_):
    gitte, here = as_(cast.gitte), f"/projects/{led.id}/phases"
    told = {"kind": "milestone", "name": "Jobmatchdag", "planned_from": "2026-06-01"}
    assert gitte.post(f"{here}/new", data=told).status_code == 303
    rows = select(ProjectPhase).where(ProjectPhase.name == "Jobmatchdag")
    one = make.records.scalars(rows).one()
    make.records.commit()
    assert one.planned_until == one.planned_from == date(2026, 6, 1)
    begun = project.phase(led, name="Begyndt", actual_from=date(2026, 1, 2), position=3)
    for row in (begun, one):
        gitte.post(f"{here}/{row.id}/remove")
    page = gitte.get(f"/projects/{led.id}").text
    assert ("Jobmatchdag" in page, "Begyndt" in page) == (False, True)


def test_risks_come_and_go_and_decisions_stay(cast, led, as_):
    gitte, here = as_(cast.gitte), f"/projects/{led.id}"
    told = {"text": "Kurset bliver ikke fyldt", "level": "high", "answer": "Vi spørger flere"}
    assert gitte.post(f"{here}/risks/new", data=told).status_code == 303
    decided = {"text": "Vi udvider", "decided_on": "2026-05-05", "decided_by": "Styregruppen"}
    tomorrow = (today() + timedelta(days=1)).isoformat()
    refused = gitte.post(f"{here}/decisions/new", data=decided | {"decided_on": tomorrow})
    assert "ikke kommet endnu" in refused.text
    assert gitte.post(f"{here}/decisions/new", data=decided).status_code == 303
    page = as_(cast.susanne).get(here).text
    assert "Kurset bliver ikke fyldt" in page
    assert "Høj" in page
    assert "Vi udvider" in page
    assert as_(cast.mette).post(f"{here}/risks/new", data=told).status_code == 409


# --- Money ---

LINE = {"fund": "regional_pool", "year": "2026", "granted": "900.000", "committed": "0"}
LINE |= {"spent": "0"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"year": "2025"}, "Året 2025 ligger uden for"),
        ({"year": "2028"}, "Året 2028 ligger uden for"),
        ({"granted": "-1"}, "kan ikke være under 0"),
        ({"committed": "900001"}, "ikke disponeres mere"),
        ({"committed": "10", "spent": "11"}, "ikke bruges mere"),
        ({"granted": "9,5"}, "hele kroner"),
    ],
)
def test_money_that_cannot_be_is_said_at_its_field(wrong, words, cast, led, as_):
    told = LINE | {"holder_id": cast.lead.id}
    gitte, new = as_(cast.gitte), f"/projects/{led.id}/budget/new"
    refused = gitte.post(new, data=told | wrong)
    assert refused.status_code == 422
    assert words in refused.text
    assert next(iter(wrong.values())) in refused.text


def test_the_holder_tells_what_is_used_and_the_lead_what_is_granted(cast, led, as_):
    gitte, mette, here = as_(cast.gitte), as_(cast.mette), f"/projects/{led.id}/budget"
    told = LINE | {"holder_id": cast.fund.id}
    assert gitte.post(f"{here}/new", data=told).status_code == 303
    assert "står der allerede" in gitte.post(f"{here}/new", data=told).text
    rows = select(ProjectBudget.id).where(ProjectBudget.project_id == led.id)
    line = f"{here}/{make.records.scalar(rows)}"
    make.records.commit()
    used = {"committed": "400.000", "spent": "100000", "granted": "9", "revision": 1}
    assert mette.post(line, data=used).status_code == 303
    page = as_(cast.susanne).get(here).text
    assert ("900.000 kr." in page, "400.000 kr." in page) == (True, True)
    own = project.budget(led, cast.lead)
    assert mette.get(f"{here}/{own.id}").status_code == 409
    assert "så linjen bliver stående" in gitte.post(f"{here}/{own.id}/remove",
                                                    follow_redirects=True).text  # fmt: skip


def test_days_that_leave_money_outside_are_refused(cast, led, as_):
    project.budget(led, cast.lead, year=2027)
    gitte, edit = as_(cast.gitte), f"/projects/{led.id}/edit"
    told = FILLED | {"starts_on": "2026-01-01", "revision": 1}
    refused = gitte.post(edit, data=told | {"ends_on": "2026-12-31"})
    assert "Der er budget i 2027" in refused.text
    assert gitte.post(edit, data=told | {"ends_on": "2027-01-01"}).status_code == 303


HEAD = "pulje;aar;partner;bevilget;disponeret;brugt\n"


def test_a_budget_comes_from_a_file_and_goes_into_one(cast, led, as_):
    gitte, here = as_(cast.gitte), f"/projects/{led.id}/budget"
    bad = f"{HEAD}Trepartsmidler;2025;Prøvebæk A-kasse;1;0;0\nGuld;2026;Ingen;x;0;0\n"
    looked = gitte.post(f"{here}/import", data={"lines": bad}).text
    assert "Året 2025 ligger uden for" in looked
    assert "Guld" in looked
    assert "er ikke partner" in looked
    assert gitte.post(f"{here}/import", data={"lines": bad, "take": "yes"}).status_code == 422
    good = f"{HEAD}Trepartsmidler;2026;Prøvebæk A-kasse;1.000;500;100\n"
    assert "Intet er hentet endnu" in gitte.post(f"{here}/import", data={"lines": good}).text
    assert "Intet budget endnu" in gitte.get(here).text
    for lines in (good, good.replace(";100", ";200")):
        taken = gitte.post(f"{here}/import", data={"lines": lines, "take": "yes"})
        assert taken.status_code == 303
    made = gitte.get(f"{here}.csv").data.decode("utf-8-sig")
    assert made.splitlines() == [HEAD.strip(), "Trepartsmidler;2026;Prøvebæk A-kasse;1000;500;200"]
    assert as_(cast.ove).get(f"{here}.csv").status_code == 404


@pytest.mark.parametrize(
    ("who", "change", "is_let"),
    [
        ("fund", "spent = 101", True),
        ("fund", "granted = 901", False),
        ("lead", "granted = 901", True),
        ("lead", "spent = 501", False),
        ("lead", "spent = -1", False),
        ("lead", "granted = 499", False),
    ],
)
def test_the_database_holds_the_sums_too(who, change, is_let, cast, led, seen_by):
    one = project.budget(led, cast.fund)
    with seen_by(getattr(cast, who)) as session:
        statement = text(f"update project_budget set {change} where id = '{one.id}'")
        if is_let:
            assert session.execute(statement).rowcount == 1
        else:
            with pytest.raises((ProgrammingError, IntegrityError)):
                session.execute(statement)
        session.rollback()


@pytest.mark.parametrize("year", [2025, 2028])
def test_the_database_refuses_a_year_outside(year, cast, led):
    with pytest.raises(IntegrityError, match="outside the project"):
        project.budget(led, cast.lead, year=year)
    make.records.rollback()


# --- The models ---


def test_another_model_is_a_file_and_no_code(cast, as_, tmp_path, monkeypatch):
    known = {one.key for one in catalogue.models()}
    ways = {"samarbejdsmodellen", "uddannelsesmodellen", "direkte_rekruttering"}
    assert known == ways | {"jobmatchdag", "job_veu"}
    for file in catalogue.FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    another = (
        (tmp_path / "jobmatchdag.toml").read_text("utf-8").replace('"jobmatchdag"', '"ny_vej"')
    )
    (tmp_path / "ny_vej.toml").write_text(another.replace("Jobmatchdag før forløb", "Den nye vej"))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue.model.cache_clear()
    gitte = as_(cast.gitte)
    assert "Den nye vej" in gitte.get("/projects/new").text
    made = gitte.post("/projects/new", data=FILLED | {"templates": ["ny_vej"]})
    assert "Partnerne bliver enige om målgruppe og job" in gitte.get(made.location).text
    catalogue.model.cache_clear()


def test_a_file_that_is_no_model_is_said_of_by_its_key(tmp_path, monkeypatch):
    good: dict[str, Any] = {
        "key": "x",
        "candidates": [1, 2],
        "roles": ["union"],
        "clock": "c",
        "source": "s",
    }
    good |= {f"{name}_{language}": "t" for name in ("name", "purpose") for language in ("da", "en")}
    names = {"name_da": "t", "name_en": "t"}
    good |= {"phase": [{"key": "a"} | names], "funnel": [{"kind": "met"} | names]}
    assert catalogue.parsed(good).key == "x"
    wrongs: tuple[dict[str, Any], ...] = (
        {"roles": ["tea"]},
        {"candidates": [3, 2]},
        {"funnel": good["funnel"] * 2},
        {"phase": good["phase"] * 2},
        {"phase": [{"key": "a"}]},
    )
    for wrong in wrongs:
        with pytest.raises(catalogue.Unusable, match="x"):
            catalogue.parsed(good | wrong)
