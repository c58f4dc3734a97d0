"""The pages of what an area learns: practices, wishes and newsletters."""

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from portal import pdf
from portal.access import Permission, requires
from portal.clock import day_of, moment, today
from portal.goals.periods import quarter_of
from portal.handovers.document_views import attached
from portal.knowledge import actions, drawing, queries
from portal.knowledge.forms import (
    PRACTICE,
    AnswerForm,
    NewsletterForm,
    PracticeForm,
    PublishForm,
    QuarterForm,
    WishForm,
)
from portal.knowledge.models import Newsletter
from portal.organisations.collation import sort_key
from portal.organisations.queries import name_on, names_on
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")
QUARTERS = 6  # that are offered, the newest first


def areas() -> list[tuple[uuid.UUID, str]]:
    return sorted(queries.areas(today()).items(), key=lambda one: sort_key(one[1]))


@bp.get("/")
@requires(Permission.KNOWLEDGE_READ)
def index() -> str:
    practices, wishes = queries.practices(), queries.wishes()
    newsletters = queries.newsletters()
    rows: list[Any] = [*practices, *wishes, *newsletters]
    may_write = g.actor.may(Permission.PROJECT_WRITE)
    return page(
        "knowledge/index.html",
        areas=areas(),
        practices=practices,
        wishes=wishes,
        newsletters=newsletters,
        names=names_on({one.organisation_id for one in rows}, today()),
        may_write=may_write,
        may_lead=g.actor.may(Permission.KNOWLEDGE_LEAD),
        quarter=quarter_words,
    )


def quarter_words(first: date) -> str:
    found = quarter_of(first)
    return str(_("%(number)d. kvartal %(year)d", number=found.number, year=found.year))


# --- Practices ---


@bp.route("/practices/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def publish() -> ResponseReturnValue:
    form = PracticeForm()
    form.offer(areas())
    if not form.validate_on_submit():
        return form_page("knowledge/practice_edit.html", form, one=None)
    try:
        made = actions.publish_practice(form.given(*PRACTICE), actor=g.actor, at=moment())
    except Refused as refused:
        return refused_page("knowledge/practice_edit.html", form, refused, one=None)
    flash(_("Praksissen er delt med området."), "success")
    return see_other(".practice", practice_id=made.id)


def form_page(template: str, form: Any, **more: Any) -> ResponseReturnValue:
    return page(template, form=form, **more), 422 if form.errors else 200


def refused_page(template: str, form: Any, refused: Refused, **more: Any) -> ResponseReturnValue:
    start_over()
    form.show(refused.lacks)
    return form_page(template, form, **more)


@bp.get("/practices/<uuid:practice_id>")
@requires(Permission.KNOWLEDGE_READ)
def practice(practice_id: uuid.UUID) -> str:
    one = queries.practice(practice_id)
    is_own = one.organisation_id == g.actor.organisation_id
    told = {"by": name_on(one.organisation_id, today()), "area": name_on(one.council_id, today())}
    may_write = is_own and g.actor.may(Permission.PROJECT_WRITE)
    return page("knowledge/practice.html", one=one, may_write=may_write, **told)


@bp.route("/practices/<uuid:practice_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def edit(practice_id: uuid.UUID) -> ResponseReturnValue:
    one = queries.own_practice(practice_id, g.actor)
    form = PracticeForm(obj=one)
    form.offer([(one.council_id, name_on(one.council_id, today()))])
    if not form.validate_on_submit():
        return form_page("knowledge/practice_edit.html", form, one=one)
    given = {name: value for name, value in form.given(*PRACTICE).items() if name in PRACTICE}
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        actions.edit_practice(one, given, **how)
    except Overtaken:
        return overtaken(".practice", practice_id=practice_id)
    flash(_("Praksissen er rettet."), "success")
    return see_other(".practice", practice_id=practice_id)


def overtaken(endpoint: str, **values: Any) -> ResponseReturnValue:
    start_over()
    flash(_("Den er ændret, siden du åbnede siden. Se den, som den er nu."), "warning")
    return see_other(endpoint, **values)


@bp.post("/practices/<uuid:practice_id>/withdraw")
@requires(Permission.PROJECT_WRITE)
def withdraw(practice_id: uuid.UUID) -> ResponseReturnValue:
    one = queries.own_practice(practice_id, g.actor)
    actions.withdraw_practice(one, actor=g.actor, at=moment())
    flash(_("Gemt."), "success")
    return see_other(".practice", practice_id=practice_id)


# --- Wishes ---


@bp.route("/wishes/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def wish() -> ResponseReturnValue:
    form = WishForm(heard_on=today())
    form.offer(areas())
    if not form.validate_on_submit():
        return form_page("knowledge/wish.html", form)
    try:
        given = form.given("text", "heard_at", "heard_on")
        actions.wish(given, actor=g.actor, at=moment())
    except Refused as refused:
        return refused_page("knowledge/wish.html", form, refused)
    form.warn_of_cpr()
    flash(_("Ønsket er skrevet ned."), "success")
    return see_other(".index")


@bp.route("/wishes/<uuid:wish_id>/answer", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_LEAD)
def answer(wish_id: uuid.UUID) -> ResponseReturnValue:
    one = queries.wish(wish_id, g.actor)
    form = AnswerForm(obj=one)
    if not form.validate_on_submit():
        return form_page("knowledge/answer.html", form, one=one)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        actions.answer(one, form.answer.data.strip(), **how)
    except Overtaken:
        return overtaken(".index")
    form.warn_of_cpr()
    flash(_("Svaret er gemt."), "success")
    return see_other(".index")


# --- Newsletters ---


@bp.route("/newsletters/new", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_LEAD)
def draw() -> ResponseReturnValue:
    form, now = QuarterForm(), quarter_of(today())
    form.offer(now.after(-back) for back in range(QUARTERS))
    if not form.validate_on_submit():
        return form_page("knowledge/draw.html", form)
    try:
        with force_locale("da"):  # what leaves the house is Danish
            made = actions.draw(form.chosen(), actor=g.actor, at=moment())
    except Refused as refused:
        return refused_page("knowledge/draw.html", form, refused)
    return see_other(".write", newsletter_id=made.id)


@bp.get("/newsletters/<uuid:newsletter_id>")
@requires(Permission.KNOWLEDGE_READ)
def newsletter(newsletter_id: uuid.UUID) -> str:
    one = queries.newsletter(newsletter_id)
    is_own = one.council_id == g.actor.organisation_id
    return page(
        "knowledge/newsletter.html",
        one=one,
        area=name_on(one.council_id, today()),
        name=quarter_words(one.first_day),
        may_write=is_own and g.actor.may(Permission.KNOWLEDGE_LEAD) and not one.is_published,
        form=PublishForm(formdata=None, revision=one.revision),
    )


@bp.route("/newsletters/<uuid:newsletter_id>/edit", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_LEAD)
def write(newsletter_id: uuid.UUID) -> ResponseReturnValue:
    one = queries.own_newsletter(newsletter_id, g.actor)
    actions.only_draft(one)
    known = {part["key"]: part["text"] for part in one.content}
    form = NewsletterForm(data=known | {"revision": one.revision})
    for name, heading in drawing.HEADINGS.items():
        form[name].label.text = heading
    if not form.validate_on_submit():
        return form_page("knowledge/newsletter_edit.html", form, one=one, parts=[*drawing.HEADINGS])
    try:
        actions.edit(one, form.written(), at=moment(), version=form.revision.data)
    except Overtaken:
        return overtaken(".newsletter", newsletter_id=newsletter_id)
    form.warn_of_cpr()
    flash(_("Kladden er gemt. Kun sekretariatet kan se den."), "success")
    return see_other(".newsletter", newsletter_id=newsletter_id)


@bp.post("/newsletters/<uuid:newsletter_id>/publish")
@requires(Permission.KNOWLEDGE_LEAD)
def send(newsletter_id: uuid.UUID) -> ResponseReturnValue:
    one, form = queries.own_newsletter(newsletter_id, g.actor), PublishForm()
    try:
        actions.publish(one, actor=g.actor, at=moment(), version=form.revision.data)
    except Refused as refused:
        start_over()
        flash(refused.lacks[0].text, "warning")
        return see_other(".newsletter", newsletter_id=newsletter_id)
    except Overtaken:
        return overtaken(".newsletter", newsletter_id=newsletter_id)
    flash(_("Nyhedsbrevet er udgivet. Området kan læse det."), "success")
    return see_other(".newsletter", newsletter_id=newsletter_id)


@bp.get("/newsletters/<uuid:newsletter_id>/paper")
@requires(Permission.KNOWLEDGE_READ)
def paper(newsletter_id: uuid.UUID) -> Response:
    one = queries.newsletter(newsletter_id)
    with force_locale("da"):  # what leaves the house is Danish
        made = pdf.render("paper", on_paper(one), at=one.published_at or one.changed_at)
    return attached(made, f"nyhedsbrev-{one.first_day:%Y-%m}.pdf")


def on_paper(one: Newsletter) -> pdf.Paper:
    day = day_of(one.published_at or one.changed_at)
    frame: pdf.Letter = {
        "sender": {"name": name_on(one.council_id, day)},
        "reference": f"NYT-{one.first_day:%Y}-{quarter_of(one.first_day).number}",
        "version": "1",
        "dated": format_date(day, "long"),
    }
    if not one.is_published:
        frame["mark"] = str(_("Kladde"))
    return {
        "letter": frame,
        "title": str(_("Nyhedsbrev, %(quarter)s", quarter=quarter_words(one.first_day))),
        "about": "Nyhedsbrev fra rådets sekretariat",
        "subtitle": name_on(one.council_id, day),
        "numbered": False,
        "sections": [
            {"heading": part["heading"], "text": part["text"]}
            for part in one.content
            if part["text"]
        ],
    }
