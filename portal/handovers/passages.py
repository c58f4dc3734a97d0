"""The passages of a package's documents: one row in, plain Danish out."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal
from flask_babel.speaklater import LazyString

from portal import pdf, terms
from portal.agreements import criteria
from portal.cases import words as case_words
from portal.cases.models import EffortKind, EffortStatus
from portal.clock import COPENHAGEN, day_of
from portal.db import Json
from portal.handovers import words

UNKNOWN = "Ikke oplyst"


def word(known: Mapping[Any, LazyString], code: str | None) -> str:
    return str(known.get(code, code)) if code else ""


def plan(content: Json) -> pdf.Plan:
    made: pdf.Plan = {
        "job_goals": list(content.get("job_goals") or ()),
        "focus_areas": lines(content.get("focus_areas")),
        "search_strategy": content.get("search_strategy") or "",
    }
    changed, link = content.get("my_plan_on"), content.get("my_plan_link")
    if changed or link:
        when = f", senest ændret {day(changed)}" if changed else ""
        made["original"] = f"Min Plan på Jobnet{when}{f': {link}' if link else ''}"
    return made


def talk(row: Json) -> pdf.Event:
    outcome = word(case_words.TALK_OUTCOMES, row["outcome"])
    kind = word(case_words.TALK_KINDS, row["kind"])
    form = word(case_words.TALK_FORMS, row["form"]).lower()
    reason = row.get("reason")
    return {
        "day": day(row["day"]),
        "what": f"{kind}, {form}",
        "more": f"{outcome}: {reason}" if reason else outcome,
    }


def clarification(row: Json) -> pdf.Fact:
    return "Profilafklaring", f"{day(row['day'])}: {row['tool']}"


def is_open_recommendation(effort: Json) -> bool:
    """A recommendation that the municipality has not answered."""
    return (effort["kind"], effort["status"]) == (EffortKind.RECOMMENDATION, EffortStatus.OPEN)


def effort(row: Json) -> pdf.Effort:
    made: pdf.Effort = {
        "effort": f"{word(case_words.EFFORT_KINDS, row['kind'])}: {row['description']}",
        "period": period(row) or "–",
        "status": word(case_words.EFFORT_STATUSES, row["status"]),
    }
    return made | {"follow_up": row["result"]} if row.get("result") else made


def recommendation(row: Json) -> pdf.Event:
    more = row.get("result") or str(case_words.EFFORT_STATUSES[EffortStatus.OPEN])
    return {"day": period(row) or "Uden dato", "what": row["description"], "more": more}


def period(row: Json) -> str:
    first, last = day(row.get("first_day")), day(row.get("last_day"))
    return f"{first} til {last}" if first and last else f"Fra {first}" if first else last


def assessment(made: Json) -> pdf.Assessment:
    decided = day(day_of(datetime.fromisoformat(made["decided_at"])))
    decision = word(case_words.DECISIONS, made["decision"])
    told: pdf.Assessment = {
        "criteria": [criterion(row) for row in of_kind(made, is_statutory=False)],
        "decision": f"{decision}.\n\n{made['reason']}",
        "by": f"{made['decided_by']}, {decided}",
    }
    if by_law := of_kind(made, is_statutory=True):
        told["statutory"] = [criterion(row) for row in by_law]
    if "rule" in made:
        told["rule"] = words.rule(made)
    return told


def of_kind(made: Json, *, is_statutory: bool) -> list[Json]:
    """The answers of one type; content that was frozen before knew of one only."""
    rows = made["answers"]
    return [row for row in rows if (row.get("kind") == criteria.STATUTORY) == is_statutory]


def criterion(row: Json) -> pdf.Criterion:
    return {
        "criterion": row["label"],
        "answer": word(case_words.ANSWERS, row["answer"]),
        "consequence": row.get("consequence") or "–",
    }


def informed(content: Json) -> pdf.Informed:
    channel = word(case_words.CHANNELS, content.get("informed_channel"))
    return {
        "day": day(content.get("informed_on")) or UNKNOWN,
        "channel": str(channel) or UNKNOWN,
        "comment": content.get("member_comment") or "",
    }


def question(row: Any) -> pdf.Question:
    why_not = "Ikke nødvendigt længere" if row.is_found else "Kan ikke oplyses"
    missing = f"{why_not}: {row.unanswerable}" if row.unanswerable else "Ikke besvaret endnu"
    found = ", fundet af kommunen selv" if row.is_found else ""
    answered = f"{moment(row.answered_at)}, {row.answered_by}{found}" if row.answered_at else ""
    return {
        "question": row.text,
        "asked": f"{moment(row.asked_at)}, {row.asked_by}",
        "answer": row.answer or missing,
        "answered": answered,
    }


def meeting(row: Any, *, with_fund: bool | None) -> pdf.Meeting:
    held, on = row.attendance or {}, day_of(row.starts_at)
    there = [str(name) for who, name in words.ATTENDANCE.items() if held.get(who)]
    made: pdf.Meeting = {
        "word": meeting_word(on, with_fund=with_fund).capitalize(),
        "when": f"{long_day(on)} kl. {clock(row.starts_at)}–{clock(row.ends_at)}",
        "where": row.place or row.video_link,
        "present": there or ([row.participants] if row.participants else []),
    }
    if row.called_in_on:
        via = word(words.CALLED_IN, row.called_in_via)
        made["called_in"] = f"Indkaldt {day(row.called_in_on)} via {via}"
    return made


def meeting_word(on: date, *, with_fund: bool | None) -> str:
    """The fund takes part unless the member has said no."""
    return terms.on(on, "meeting_without_fund" if with_fund is False else "joint_meeting").singular


def minutes(row: Any) -> pdf.Minutes:
    return {
        "text": row.text,
        "goals": [kept(goal) for goal in row.goals],
        "next_contact": f"{long_day(row.next_contact_on)}, {row.next_contact_person}",
    }


def kept(goal: Mapping[str, Any]) -> pdf.Kept:
    outcome = word(words.OUTCOMES, goal["outcome"])
    return {"goal": goal["goal"], "outcome": outcome, "reason": goal.get("reason") or "–"}


def wish(fund_attends: bool | None) -> str:
    if fund_attends is None:
        return "Ikke spurgt endnu"
    will = "Ønsker" if fund_attends else "Ønsker ikke"
    return f"{will}, at a-kassen deltager i samtalen"


def lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def amount(hours: Decimal) -> str:
    """37.00 is 37, 22.50 is 22,5."""
    return str(format_decimal(hours, "0.##"))


def day(value: date | None) -> str:
    return str(format_date(value, "long")) if value else ""


def long_day(value: date | None) -> str:
    return str(format_date(value, "EEEE 'den' d. MMMM y")) if value else ""


def moment(at: datetime) -> str:
    """Danish time, whatever zone the reader set."""
    return str(format_datetime(at.astimezone(COPENHAGEN), "d. MMMM y 'kl.' HH.mm", rebase=False))


def hours(one: Any) -> str:
    """From when to when."""
    return f"kl. {clock(one.starts_at)}–{clock(one.ends_at)}"


def clock(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%H.%M}"
