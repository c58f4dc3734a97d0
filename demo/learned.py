"""What the industry project has reported, what its evaluation says so far, and what areas share."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import data
from demo.negotiated import Owner, ago
from demo.projects import INDUSTRY, somebody
from portal.clock import ONE_DAY
from portal.goals.periods import quarter_of
from portal.knowledge import actions as knowledge
from portal.knowledge import queries as knowledge_queries
from portal.project_reports import actions, evaluating, queries
from portal.projects.models import Project
from portal.projects.queries import project as project_of
from portal.rules import months_after
from portal.workflow import Stamp

WORDS = {
    "done": "Dansk Metal og 3F har ringet til virksomhederne. Jobcentrene har besøgt dem, der er "
    "interesserede, og skrevet ned, hvilke kompetencer de mangler.",
    "deviations": "Screeningen begyndte to uger senere end planlagt, fordi virksomhederne havde "
    "ferielukket.",
    "decisions_needed": "Styregruppen skal beslutte, om svejsekurset kan åbnes for beskæftigede.",
    "next": "Informationsmødet med virksomhederne holdes i næste måned.",
}
DRAFT = WORDS | {
    "done": "Det første hold er begyndt på AMU, og de første er ansat.",
    "deviations": "",
}
SUMMARY = (
    "Begge modeller har givet job. Samarbejdsmodellen tager længere tid for hver person, men "
    "virksomhederne har ansat næsten alle, de har mødt. Uddannelsesmodellen når flere."
)
LESSONS = "Fagforeningernes kendskab til virksomhederne åbner døre, som et jobcenter ikke kan åbne."
ADVICE = {
    "peter": ("Rådet", "Lad fagforeningerne tage den første kontakt til virksomhederne."),
    "morten": ("Uddannelsesstederne", "Lav korte svejsekurser med plads til optag hver måned."),
}
PRACTICES = {
    ("uc-syd", "signe"): {
        "title": "Jobmatchdag før kurset",
        "what": "Kommunernes institutioner møder de ledige en dag, før kurset begynder. De, der "
        "får job med det samme, går direkte i gang.",
        "whom": "Ledige med pædagog eller pædagogmedhjælper som jobmål.",
        "result": "Kurset blev kortere og fik færre tomme pladser.",
        "contact": "UC SYD, Efteruddannelse, fælles postkasse",
    },
    ("aarhus", "gitte"): {
        "title": "Én kontakt til hver virksomhed",
        "what": "Partnerne deler virksomhederne efter branche. Kun én af dem ringer.",
        "whom": "Projekter med mange partnere og mange virksomheder.",
        "result": "Virksomhederne siger, at de ved, hvem de skal ringe til.",
        "contact": "Jobcenter Aarhus, Virksomhedsservice",
    },
}
WISH = {
    "text": "Hvordan får vi flere ufaglærte over 50 med på kurser?",
    "heard_at": "Rådsmødet i september",
}
ANSWER = "To projekter har gode erfaringer med korte kurser og et løfte om job."
INTRO = (
    "Industriprojektet er i gang i alle elleve kommuner, og den nye praksis om én kontakt til hver "
    "virksomhed breder sig."
)


def fill(web: Flask, day: date) -> None:
    """Nothing where the industry project is not, or where somebody of it is missing."""
    with data.owner() as engine, Session(engine) as session:
        project_id = session.scalar(select(Project.id).where(Project.title == INDUSTRY))
    lead, council = somebody(web, "aarhus", "gitte"), somebody(web, "rbr-midtjylland", "vibeke")
    if project_id is None or lead is None or council is None:
        return
    report(project_id, lead, council, day)
    evaluate(web, project_id, lead, day)
    share(web, council, day)


def at(who: Owner, do: Callable[[], Any]) -> Any:
    with who.at_work():
        return do()


def report(project_id: uuid.UUID, lead: Owner, council: Owner, day: date) -> None:
    """One that was returned, mended and accepted; the next should have come and is a draft."""
    first = months_after(day, -9).replace(day=1)
    last = months_after(first, 6) - ONE_DAY
    written, sent, mended = (ago(day, days, 10) for days in (50, 45, 38))
    how: dict[str, Any] = {"actor": lead.actor}

    def drafted() -> uuid.UUID:
        made = actions.begin(project_of(project_id), first, last, at=written, **how)
        actions.write(queries.report(project_id, made.id), first, last, WORDS, at=written,
                      version=1, **how)  # fmt: skip
        return made.id

    report_id = at(lead, drafted)
    due = day - timedelta(days=6)
    certify(project_id, report_id, lead, due, sent, "demo report 1")
    answer(project_id, report_id, council, "send_back", "Skriv, hvorfor screeningen begyndte sent.",
           ago(day, 41, 14))  # fmt: skip
    certify(project_id, report_id, lead, due, mended, "demo report 2")
    answer(project_id, report_id, council, "accept", "", ago(day, 35, 9))
    late = ago(day, 7, 9)

    def begun() -> None:
        days = last + ONE_DAY, day - timedelta(days=8)
        made = actions.begin(project_of(project_id), *days, at=late, **how)
        actions.write(queries.report(project_id, made.id), *days, DRAFT, at=late, version=1, **how)

    at(lead, begun)


def certify(
    project_id: uuid.UUID, report_id: uuid.UUID, lead: Owner, due: date, when: Any, key: str
) -> None:
    def certified() -> None:
        one = queries.report(project_id, report_id)
        stamp = Stamp(one.revision, key)
        actions.certify(one, due, actor=lead.actor, at=when, stamp=stamp)

    at(lead, certified)


def answer(
    project_id: uuid.UUID, report_id: uuid.UUID, council: Owner, step: str, reason: str, when: Any
) -> None:
    def answered() -> None:
        one = queries.report(project_id, report_id)
        stamp = Stamp(one.revision, f"demo {step}")
        actions.answer(one, step, reason, actor=council.actor, at=when, stamp=stamp)

    at(council, answered)


def evaluate(web: Flask, project_id: uuid.UUID, lead: Owner, day: date) -> None:
    how: dict[str, Any] = {"actor": lead.actor, "at": ago(day, 5, 13), "version": None}
    at(lead, lambda: evaluating.write(project_of(project_id), SUMMARY, LESSONS, **how))
    for (slug, sub), told in zip(
        (("3f-forbund", "peter"), ("dansk-metal", "morten")), ADVICE.values(), strict=True
    ):
        if who := somebody(web, slug, sub):
            advise(project_id, who, told, ago(day, 4, 11))


def advise(project_id: uuid.UUID, who: Owner, told: tuple[str, str], when: Any) -> None:
    at(who, lambda: evaluating.recommend(project_of(project_id), *told, actor=who.actor, at=when))


def share(web: Flask, council: Owner, day: date) -> None:
    """Two practices, a wish that is answered, and the newsletter of the quarter before."""
    quarter = quarter_of(day).after(-1)
    for (slug, sub), told in PRACTICES.items():
        if who := somebody(web, slug, sub):
            publish(who, told, day, ago(quarter.last, 20, 10))
    lead = somebody(web, "dansk-metal", "morten")
    if lead:
        wish(lead, council, day, ago(quarter.last, 15, 10))
    at(council, lambda: news(council, quarter, ago(day, 30, 9)))


def publish(who: Owner, told: dict[str, str], day: date, when: Any) -> None:
    def published() -> None:
        area = next(iter(sorted(knowledge_queries.areas(day))), None)
        if area:
            given = {**told, "council_id": area}
            knowledge.publish_practice(given, actor=who.actor, at=when)

    at(who, published)


def wish(who: Owner, council: Owner, day: date, when: Any) -> None:
    def wished() -> None:
        given = {**WISH, "heard_on": when.today, "council_id": council.actor.organisation_id}
        if council.actor.organisation_id in knowledge_queries.areas(day):
            knowledge.wish(given, actor=who.actor, at=when)

    def answered() -> None:
        for one in knowledge_queries.wishes():
            knowledge.answer(one, ANSWER, actor=council.actor, at=when, version=one.revision)

    at(who, wished)
    at(council, answered)


def news(council: Owner, quarter: Any, when: Any) -> None:
    one = knowledge.draw(quarter, actor=council.actor, at=when)
    texts = {part["key"]: part["text"] for part in one.content} | {"intro": INTRO}
    knowledge.edit(one, texts, at=when, version=one.revision)
    knowledge.publish(one, actor=council.actor, at=when, version=one.revision)
