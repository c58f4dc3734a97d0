"""What an area learns: who shares, who asks, who answers, and a newsletter that is locked."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.access import Role
from portal.clock import today
from portal.goals.periods import quarter_of
from portal.knowledge.models import KnowledgePractice, KnowledgeWish, Newsletter
from portal.projects.parts import ProjectMove
from tests import make, practice, project
from tests.participants.asking import as_the_web
from tests.project_reports.test_reports import only, sent
from tests.projects.conftest import as_, cast, led

__all__ = ["as_", "cast", "led"]
SHARED = {
    "title": "Match før kursus",
    "what": "Virksomhederne møder de ledige først",
    "whom": "Ledige",
    "result": "Flere i job",
    "contact": "Jobcentrets postkasse",
}


def test_a_practice_is_read_in_the_area_and_nowhere_else(cast, led, as_):
    project.partner(led, cast.union)
    ulla = as_(cast.ulla)
    refused = sent(ulla, "/knowledge/practices/new", **SHARED | {"contact": "7706701234"})
    assert "ligner et CPR-nummer" in refused.text
    assert "Skriv, hvad der kom ud af det." in sent(ulla, "/knowledge/practices/new").text
    made = sent(
        ulla, "/knowledge/practices/new", **SHARED, council_id=str(cast.council.id)
    ).headers["Location"]
    for reader in (cast.ulla, cast.gitte, cast.mette, cast.susanne):
        assert "Flere i job" in as_(reader).get(made).text, reader.name
        assert SHARED["title"] in as_(reader).get("/knowledge/").text
    member = make.user(cast.council, Role.COUNCIL_MEMBER)
    assert as_(member).get(made).status_code == 200
    assert as_(cast.ove).get(made).status_code == 404
    assert SHARED["title"] not in as_(cast.ove).get("/knowledge/").text
    assert as_(cast.gitte).get(f"{made}/edit").status_code == 404
    assert sent(ulla, f"{made}/edit", **SHARED | {"title": "Nyt navn"}).status_code == 303
    ulla.post(f"{made}/withdraw")
    assert as_(cast.gitte).get(made).status_code == 404
    assert "Trukket tilbage" in ulla.get(made).text
    [one] = only(KnowledgePractice, organisation_id=cast.union.id)
    assert (one.title, one.council_id) == ("Nyt navn", cast.council.id)


def test_a_wish_is_answered_by_the_council(cast, led, as_):
    gitte, susanne = as_(cast.gitte), as_(cast.susanne)
    told = {"text": "Hvad virker for ufaglærte?", "heard_at": "Rådsmødet"}
    early = {"heard_on": f"{today() + timedelta(days=1):%d/%m/%Y}"}
    assert "ikke kommet endnu" in sent(gitte, "/knowledge/wishes/new", **told | early).text
    assert sent(gitte, "/knowledge/wishes/new", **told).status_code == 303
    [one] = only(KnowledgeWish, organisation_id=cast.lead.id)
    here = f"/knowledge/wishes/{one.id}/answer"
    assert gitte.get(here).status_code == 403
    assert "Skriv svaret." in sent(susanne, here).text
    sent(susanne, here, answer="Korte kurser med løfte om job")
    assert "Korte kurser" in gitte.get("/knowledge/").text
    with as_the_web(cast.lead) as web, pytest.raises(DBAPIError, match="answered or published"):
        web.execute(text("update knowledge_wish set text = 'x'"))


def test_a_newsletter_is_drawn_edited_published_and_locked(cast, led, as_):
    quarter = quarter_of(today())
    make.records.execute(
        text("update project set starts_on = :day where id = :id"),
        {"day": quarter.first, "id": led.id},
    )
    make.records.commit()
    moved = project.phase(led)
    days: Any = dict.fromkeys(
        ("was_from", "was_until", "planned_from", "planned_until"), date(2026, 12, 1)
    )
    told: Any = {"reason": "Kurset blev fyldt", "person": "Gitte Ejer"}
    project.part(led, ProjectMove, phase_id=moved.id, **told, **days)
    practice.practice(cast.council, cast.union, published_on=quarter.first)
    susanne = as_(cast.susanne)
    chosen = {"quarter": f"{quarter.year}-{quarter.number}"}
    edited = sent(susanne, "/knowledge/newsletters/new", **chosen).headers["Location"]
    again = sent(susanne, "/knowledge/newsletters/new", **chosen)
    assert "Der er et nyhedsbrev for kvartalet." in again.text
    drawn = susanne.get(edited).text
    for words in ("Industriprojektet begyndte", "Kurset blev fyldt", "Jobmatchdag før kurset"):
        assert words in drawn, words
    form = BeautifulSoup(drawn, "html.parser").select("main textarea")
    typed: Any = {one["name"]: one.text.strip() for one in form} | {"intro": "Et godt kvartal"}
    here = edited.removesuffix("/edit")
    assert sent(susanne, edited, **typed, revision="1").status_code == 303
    assert as_(cast.gitte).get(here).status_code == 404  # a draft
    [one] = only(Newsletter, council_id=cast.council.id)
    susanne.post(f"{here}/publish", data={"revision": one.revision})
    assert "Et godt kvartal" in as_(cast.gitte).get(here).text
    assert as_(cast.gitte).get(f"{here}/paper").data.startswith(b"%PDF")
    assert susanne.get(edited).status_code == 409
    with as_the_web(cast.council) as web, pytest.raises(DBAPIError, match="answered or published"):
        web.execute(text("update newsletter set content = '[]'"))
