"""A small application, for tests only, that shows every piece of the interface."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_htmx import HTMX
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2_fragments.flask import render_block
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
TODAY = date(2026, 11, 22)

bp = Blueprint("gallery", __name__)
htmx = HTMX()


def offered(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in words.items()]


class GalleryForm(FlaskForm):  # type: ignore[misc]  # untyped
    """One field of each kind."""

    title = StringField("Emne", validators=[InputRequired("Skriv et emne"), Length(max=120)])
    receiver = SelectField(
        "Jobcenter",
        choices=offered({"": "Vælg", "330": "Slagelse", "621": "Kolding"}),
        validators=[InputRequired("Vælg et jobcenter")],
    )
    day = DateField(
        "Dag for samtalen", format=DAY_FORMATS, validators=[InputRequired("Angiv en dag")]
    )
    goal = TextAreaField(
        "Jobmål", validators=[InputRequired("Skriv mindst ét jobmål"), Length(max=400)]
    )
    assessed = RadioField(
        "Har medlemmet brug for en tidlig indsats?",
        choices=offered({"yes": "Ja", "no": "Nej", "unknown": "Ved ikke"}),
        validators=[InputRequired("Vælg et svar")],
    )
    efforts = SelectMultipleField(
        "Indsatser", choices=offered({"course": "Kursus", "trial": "Virksomhedspraktik"})
    )
    hours = DecimalField("Timer i oktober", validators=[Optional(), NumberRange(min=0, max=744)])
    weeks = IntegerField("Uger", validators=[Optional()])
    informed = BooleanField("Medlemmet er orienteret", validators=[InputRequired("Bekræft det")])


class AnswerForm(FlaskForm):  # type: ignore[misc]  # untyped
    """What a step asks for."""

    title = StringField("Emne", validators=[InputRequired("Skriv et emne")])
    day = DateField("Dag for samtalen", format=DAY_FORMATS, validators=[Optional()])
    goal = TextAreaField("Jobmål", validators=[Optional(), Length(max=400)])


def rows() -> Iterator[SimpleNamespace]:
    words = [("Sendt", "info"), ("Modtaget", "info"), ("Mangler svar", "warning")]
    for number in range(12):
        text, kind = words[number % 3]
        yield SimpleNamespace(
            reference=f"SP-2026-{1040 + number:05}",
            kind="Overgang efter 3 måneder" if number % 2 else "Tidlig indsats",
            name=["Anna Testesen", "Bo Prøvedal-Eksempelsen", "Clara Mønster"][number % 3],
            receiver=["Jobcenter Slagelse", "Jobcenter Kolding"][number % 2],
            due=date(2026, 11, 18 + number),
            late=number < 4,
            words=text,
            badge=kind,
        )


def events() -> list[SimpleNamespace]:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, 2, tzinfo=UTC)

    return [
        SimpleNamespace(at=at(21, 13), title="Svar", by="Mette Holm, BUPL-A", note="Ja.\nI går."),
        SimpleNamespace(at=at(20, 8), title="Spørgsmål", by="Jonas Friis", note="Er cv nyt?"),
        SimpleNamespace(at=at(18, 9), title="Frist overskredet", kind="error"),
        SimpleNamespace(at=at(17, 14), title="Pakken er sendt", by="Mette Holm, BUPL-A"),
    ]


def shown(template: str, status: int = 200, **context: Any) -> tuple[str, int]:
    return render_template(template, form=GalleryForm(), **context), status


@bp.get("/")
def index() -> tuple[str, int]:
    flash("Kladden er gemt.", "success")
    return shown("gallery/index.html", rows=list(rows()), events=events())


@bp.get("/list")
def work_list() -> str:
    sort = request.args.get("sort", "due")
    context = {"rows": list(rows()), "sort": sort}
    if htmx and not htmx.history_restore_request:
        return render_block("gallery/list.html", "rows", **context)
    return render_template("gallery/list.html", **context)


@bp.route("/package", methods=["GET", "POST"])
def package() -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate_on_submit():
        flash("Beskeden er sendt.", "success")
    status = 422 if form.is_submitted() and form.errors else 200
    context = {"form": form, "events": events()}
    if htmx and "refuse" in request.form:
        return refused(403)
    if htmx:
        block = render_block("gallery/package.html", "step", **context)
        return block + render_template("components/flashes.html"), status
    return render_template("gallery/package.html", **context), status


@bp.route("/form", methods=["GET", "POST"])
def plain_form() -> ResponseReturnValue:
    form = GalleryForm()
    if form.validate_on_submit():
        flash("Gemt.", "success")
        return redirect("/posted", 303)
    return render_template("gallery/form.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/posted")
def posted() -> str:
    return render_template("gallery/list.html", rows=[], sort="due")


@bp.route("/error/<int:status>", methods=["GET", "POST"])
def error(status: int) -> tuple[str, int]:
    return render_template(f"errors/{status}.html", reference="7F3A-91C2"), status


def refused(status: int) -> Response:
    """As web.py answers htmx when it refuses: the page stays, and says why."""
    body = render_template("components/flashes.html", error_code=status, reference="7F3A-91C2")
    return Response(body, status, {"HX-Reswap": "none"})


@bp.get("/empty")
def empty() -> str:
    return render_template("gallery/list.html", rows=[], sort="due")


def asset(name: str) -> str:
    return f"/static/{name}?v=1"


def install(folder: Path) -> None:
    """What the installer of run.py does, for a checkout where it has not run."""
    wanted = tomllib.loads((ROOT / "config/assets.toml").read_text("utf-8"))["files"]
    for entry in wanted:
        for pattern in entry["from"]:
            found = list((ROOT / "node_modules" / entry["package"]).glob(pattern))
            assert found, f"{entry['package']}/{pattern} matches nothing"
            for file in found:
                target = folder / "vendor" / entry["to"] / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
    for file in (ROOT / "portal/static").iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)


def signed_in() -> dict[str, Any]:
    def entry(label: str, url: str, count: int | None = None) -> SimpleNamespace:
        return SimpleNamespace(label=label, url=url, active=request.path == url, count=count)

    return {
        "user": SimpleNamespace(name="Mette Holm", organisation="BUPL-A", roles=["Rådgiver"]),
        "navigation": [
            entry("Start", "/"),
            entry("Overdragelser", "/list", 14),
            entry("Sager", "/package"),
            entry("Aftaler", "/form"),
            entry("Møder", "/empty"),
        ],
        "demo": True,
    }


def frame() -> dict[str, Any]:
    names: tuple[str, ...] = ("start", "sign_in", "sign_out", "sessions", "calendar")
    names += ("accessibility", "privacy", "report_error")
    shared = {
        "addresses": SimpleNamespace(**{name: f"/#{name}" for name in names}),
        "language": request.args.get("language", "da"),
        "language_switch": SimpleNamespace(url="/?language=en", label="English", code="en"),
        "today": TODAY,
    }
    return shared | ({} if request.cookies.get("anonymous") else signed_in())


def secured(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.vary.add("HX-Request")
    return response


def create_app(folder: Path) -> Flask:
    """`folder`: where the assets are put; nothing is written into the repository."""
    install(folder)
    app = Flask("gallery", static_folder=str(folder), static_url_path="/static")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(SECRET_KEY="gallery", BABEL_DEFAULT_TIMEZONE="Europe/Copenhagen")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), FileSystemLoader(HERE / "templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    Babel(app, default_locale="da")
    CSRFProtect(app)
    htmx.init_app(app)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("components/ui.html").module
    app.context_processor(frame)
    app.after_request(secured)
    app.register_blueprint(bp)
    app.add_url_rule("/favicon.ico", view_func=lambda: app.send_static_file("favicon.ico"))
    return app
