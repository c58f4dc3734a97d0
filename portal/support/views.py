"""The local administrator's page of what support may read, and the operator's reading of it."""

import uuid
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, current_app, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.cases import words as case_words
from portal.clock import moment, now, today
from portal.db import Json
from portal.handovers import frozen, words
from portal.handovers.content import readable
from portal.handovers.models import STRAIGHT, Kind, Party
from portal.support import actions, queries
from portal.support.forms import GrantForm
from portal.web import concerning, page, see_other
from portal.workflow import Refused

bp = Blueprint("support", __name__, url_prefix="/support")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.SUPPORT_GRANT)
def index() -> ResponseReturnValue:
    form = GrantForm()
    form.offer(current_app.extensions["samspil"].support_hours)
    if form.validate_on_submit():
        try:
            made = actions.grant(**form.given(), actor=g.actor, at=moment())
            concerning("handover", made.handover_id)
            flash(_("Support kan nu læse pakken. Du kan slutte det her på siden."), "success")
            return see_other(".index")
        except Refused as refused:
            form.show(refused.lacks)
    return grants_page(form), 422 if form.is_submitted() else 200


@bp.post("/<uuid:grant_id>/end")
@requires(Permission.SUPPORT_GRANT)
def end(grant_id: uuid.UUID) -> ResponseReturnValue:
    made = queries.grant(grant_id)
    concerning("handover", made.handover_id)
    actions.end(made, actor=g.actor, at=moment())
    flash(_("Support har ikke længere adgang."), "success")
    return see_other(".index")


def grants_page(form: GrantForm) -> str:
    return page(
        "support/index.html",
        form=form,
        grants=queries.grants(),
        openings=queries.openings(),
        now=now(),
    )


@bp.get("/packages")
@requires(Permission.SUPPORT_READ)
def packages() -> str:
    return page("support/packages.html", found=queries.open_to_support(today()))


@bp.get("/packages/<uuid:grant_id>")
@requires(Permission.SUPPORT_READ)
def show(grant_id: uuid.UUID) -> str:
    """One package as it was granted; whoever granted it sees that it was opened."""
    found = queries.package(grant_id, today())
    concerning("handover", found.handover_id, "support")
    return page("support/show.html", found=found, words=words, **told(found))


def told(found: Any) -> dict[str, Any]:
    """What the parts of a package's page ask for."""
    kind = Kind(found.kind)
    handover = SimpleNamespace(
        kind=kind,
        is_straight=kind in STRAIGHT,
        responsible_from=found.responsible_from,
        responsible_source=None,
        fund_attends=found.fund_attends,
    )
    party = Party.SENDER if found.organisation_id == found.sender_id else Party.RECEIVER
    return {
        "handover": handover,
        "state": words.state_of(found, party),
        "content": without_number(readable(found.content)) if found.content else None,
        "events": queries.parsed(found.events),
        "whom": words.person(party, today()),
        "case_words": case_words,
        "frozen": frozen,
    }


def without_number(content: Json) -> Json:
    """The database has left it out: the page says so, and not that there is none."""
    return content | {"member": content["member"] | {"cpr": _("Vises ikke for support")}}
