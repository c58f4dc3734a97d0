"""Answering by a one-time link: without signing in, without a cookie, without a trace of who."""

import hmac
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_date

from portal import limits, suppression
from portal.access import public
from portal.clock import today
from portal.organisations.queries import name_on
from portal.surveys import actions, queries
from portal.surveys.forms import Answers, answers
from portal.surveys.queries import Asked
from portal.surveys.questionnaires import LANGUAGES, information
from portal.web import csrf, page

bp = Blueprint("survey_answers", __name__, url_prefix="/survey")
# Not "same-origin": the address holds the token, and stands in no Referer, not even our own. Not
# "no-referrer" either: the form would come from nowhere, and be refused as sent from elsewhere.
REFERRER = "strict-origin"


@bp.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Looking at it changes nothing: programs open the links of mails before people do."""
    spend()
    asked = queries.asked(token, today())
    with force_locale(spoken(asked)):
        if asked is None or asked.is_answered:
            return closed(asked)
        return questions(asked, answers(asked.questionnaire, spoken(asked)))


@bp.post("/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF is untyped
@public
def answer(token: str) -> ResponseReturnValue:
    """The token in the address is the right to answer; a cookie would only tell whose browser."""
    spend()
    asked = queries.asked(token, today())
    with force_locale(spoken(asked)):
        if asked is None or asked.is_answered:
            return closed(asked)
        form = answers(asked.questionnaire, spoken(asked))
        if not form.validate():
            return questions(asked, form, 422)
        if not actions.answer(token, form.chosen(), today=today()):
            return closed(queries.asked(token, today()))
    address = url_for(".received", language=spoken(asked))
    return private(Response(status=303, headers={"Location": address}))


@bp.get("/received")
@public
def received() -> ResponseReturnValue:
    """An address without a token: what stays in the browser's history tells nothing."""
    with force_locale(spoken(None)):
        return private(Response(bare("surveys/received.html", language=spoken(None))))


def spend() -> None:
    """By a keyed hash of where it is asked from: no table says that an address answered when."""
    key = current_app.extensions["samspil"].secret_key.encode()
    place = hmac.new(key, f"survey|{request.remote_addr}".encode(), sha256).hexdigest()
    limits.spend(f"survey|{place[:32]}", limits.SURVEYS_PER_MINUTE)


def spoken(asked: Asked | None) -> str:
    """What was chosen on the page, else the language of the mail."""
    chosen = request.args.get("language", "")
    return chosen if chosen in LANGUAGES else asked.language if asked else "da"


def closed(asked: Asked | None) -> Response:
    """The same for a link that never was one and one whose time is over."""
    if asked:
        return private(Response(bare("surveys/answered.html", language=spoken(asked))))
    return private(Response(bare("surveys/closed.html", language=spoken(asked)), 404))


def questions(asked: Asked, form: Answers, status: int = 200) -> Response:
    language, day = spoken(asked), today()
    told = {
        "organisation": name_on(asked.organisation_id, day),
        "last_day": format_date(asked.closes_on, "long"),
        "least": suppression.least_shown(day),
    }
    paragraphs = [
        (one.heading[language], one.text[language].format(**told)) for one in information()
    ]
    shown: dict[str, Any] = {"asked": asked.questionnaire, "form": form, "paragraphs": paragraphs}
    shown["organisation"] = told["organisation"]
    return private(Response(bare("surveys/answer.html", language=language, **shown), status))


def bare(template: str, *, language: str, **shown: Any) -> str:
    """Without menu, session or whoever is signed in; the other language is this same page."""
    other = "en" if language == "da" else "da"
    switch = {"url": f"?language={other}", "code": other}
    switch["label"] = "English" if other == "en" else "Dansk"
    return page(template, bare=True, language=language, language_switch=switch, **shown)


def private(answer: Response) -> Response:
    answer.headers["Referrer-Policy"] = REFERRER
    return answer
