"""The pages of agreements: what was agreed, for those who took part."""

import hashlib
import uuid
from typing import Any

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits
from portal.access import OBSERVING, Permission, Role, public, requires
from portal.agreements import amending, archive, area, ending, overview, queries, words
from portal.agreements.changes import changes
from portal.agreements.document import LISTED, document, parameters, plan, standard
from portal.agreements.forms import OnDayForm
from portal.agreements.models import Agreement, AgreementVersion, Side, Standing
from portal.agreements.overview import Need
from portal.agreements.parameters import default, definitions
from portal.clock import today
from portal.crypto import Forged
from portal.web import concerning, csrf, page

ON_A_PAGE = 100
VERIFICATIONS = 20  # from one address, a minute
bp = Blueprint("agreements", __name__, url_prefix="/agreements")


@bp.get("/")
@requires(Permission.AGREEMENT_READ)
def index() -> str:
    asked = request.args.get("q", "").strip()[:100]
    everything = overview.searched(overview.agreements(g.actor, today()), asked)
    pages = -(-len(everything) // ON_A_PAGE) or 1
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    found = everything[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    return page(
        "agreements/index.html",
        groups={need: [row for row in found if row.need == need] for need in Need},
        number=number,
        pages=pages,
        words=words,
        asked=asked,
        may_write=g.actor.may(Permission.AGREEMENT_WRITE),
        observes=g.actor.roles <= OBSERVING | {Role.LOCAL_ADMINISTRATOR},
    )


@bp.get("/in-area")
@requires(Permission.AGREEMENT_LIST)
def in_area() -> ResponseReturnValue:
    """On the day that is asked about; today, where none is or it is no day."""
    form = OnDayForm(request.args or None, data={"day": today()})
    is_valid = not request.args or form.validate()
    day = form.day.data if is_valid else today()
    found = area.in_area(day)
    shown = page(
        "agreements/in_area.html",
        form=form,
        day=day,
        map=area.map_of(g.actor.organisation_id, day),
        groups={each: [row for row in found if row.standing == each] for each in Standing},
        words=words,
    )
    return shown, 200 if is_valid else 422


@bp.get("/<uuid:agreement_id>")
@requires(Permission.AGREEMENT_READ)
def show(agreement_id: uuid.UUID) -> str:
    agreement, version = asked_for(agreement_id)
    is_party = version.party_of(g.actor) not in {None, Side.OBSERVER}
    return page(
        "agreements/show.html",
        agreement=agreement,
        version=version,
        standing=agreement.standing(today()),
        standings=words.STANDINGS,
        latest=agreement.shown_on(today()),
        end=ending.end_on(version, today()),
        may_write=g.actor.may(Permission.AGREEMENT_WRITE),
        is_party=is_party,
        **(asked_of(version) if is_party else {"open_changes": [], "may_propose": False}),
        paths=[amending.path_of(name) for name in definitions() if name not in LISTED],
        document=document(agreement, version, today=today(), people=is_party),
    )


def asked_of(version: AgreementVersion) -> dict[str, Any]:
    """The changes that wait for an answer or for the next version; and whether one may ask."""
    found = [row for row in amending.amendments(version.agreement_id) if amending.is_waiting(row)]
    return {
        "open_changes": changes(found, version, version.party_of(g.actor)),
        "may_propose": amending.may_propose(version, g.actor, today()),
    }


@bp.get("/<uuid:agreement_id>/pdf")
@requires(Permission.AGREEMENT_READ)
def as_pdf(agreement_id: uuid.UUID) -> Response:
    agreement, version = asked_for(agreement_id)
    kept = archive.stored(version.id)
    made = kept.sealed if kept else archive.rendered(version)
    name = f"{agreement.key}-version-{version.number}.pdf"
    how = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, mimetype="application/pdf", headers=how)


@bp.route("/verify", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF is untyped
@public
def verify() -> ResponseReturnValue:
    """Whether a file is a signed document; it is hashed and never read.

    Whoever is not signed in has no token to bring, and nothing is changed by asking.
    """
    if request.method == "GET":
        return page("agreements/verify.html")
    limits.spend(f"verify|{request.remote_addr}", VERIFICATIONS)
    file = request.files.get("file")
    if file is None or not file.filename:
        return page("agreements/verify.html", lack=_("Vælg en fil.")), 422
    sha256 = hashlib.sha256(file.stream.read()).hexdigest()  # at most MAX_CONTENT_LENGTH
    try:
        found = archive.known(sha256)
    except Forged:
        found = None
    return page("agreements/verify.html", sha256=sha256, asked=True, found=found)


@bp.get("/default")
@requires(Permission.AGREEMENT_READ)
def default_terms() -> str:
    terms = parameters(default())
    return page("agreements/default.html", terms=terms, plan=plan(default()), **standard())


def asked_for(agreement_id: uuid.UUID) -> tuple[Agreement, AgreementVersion]:
    """The version that the address names, else the one shown today; the reading leaves a trail."""
    agreement = queries.agreement(agreement_id)
    number = request.args.get("version", type=int)
    concerning("agreement", agreement.id)
    named = [version for version in agreement.binding if version.number == number]
    version = agreement.shown_on(today()) if number is None else next(iter(named), None)
    if version is None:
        abort(404)
    return agreement, version
