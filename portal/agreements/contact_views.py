"""The pages of contact persons: whom to call, and who fills the own party's functions."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import amending, contacts, naming, queries
from portal.agreements.beside import AgreementAmendment, AgreementContact
from portal.agreements.contact_forms import ContactForm
from portal.agreements.document import label
from portal.agreements.governed import TOLD_OF
from portal.agreements.models import Agreement, Side
from portal.agreements.queries import parameters_of
from portal.clock import moment, today
from portal.organisations.collation import sort_key
from portal.organisations.queries import colleagues, names_on, own_units
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Overtaken, Refused

MOST = 100  # functions on a page; whoever has more searches
bp = Blueprint("contacts", __name__)


@bp.get("/agreements/<uuid:agreement_id>/contacts")
@requires(Permission.AGREEMENT_READ)
def directory(agreement_id: uuid.UUID) -> str:
    """Whom to call at the other party, and who else answers today."""
    agreement = asked_for(agreement_id)
    version = agreement.shown_on(today())
    if version is None or version.party_of(g.actor) in {None, Side.OBSERVER}:
        abort(404)
    found = contacts.desks(agreement, version, today())
    names = names_on({row.organisation_id for row in version.sides}, today())
    words = request.args.get("q", "").strip()[:100]
    shown = contacts.searched(found, words)
    parties = [row for row in version.sides if row.side != Side.OBSERVER]
    return page(
        "agreements/directory.html",
        agreement=agreement,
        parties=sorted(parties, key=lambda row: in_order(row, names)),
        desks={row.organisation_id: [] for row in parties} | grouped(shown),
        names=names,
        label=label,
        told_of=TOLD_OF,
        words=words,
        many=len(found) > len(parties) * 3,
        own_id=g.actor.organisation_id,
        may_fill=g.actor.may(Permission.CONTACT_WRITE),
    )


def in_order(row: Any, names: Any) -> tuple[bool, str]:
    """The other party before the own one: that is whom one calls."""
    return row.organisation_id == g.actor.organisation_id, sort_key(names[row.organisation_id])


def grouped(found: list[contacts.Desk]) -> dict[uuid.UUID, list[contacts.Desk]]:
    groups: dict[uuid.UUID, list[contacts.Desk]] = {}
    for one in found:
        groups.setdefault(one.organisation_id, []).append(one)
    return groups


@bp.get("/agreements/versions/<uuid:version_id>/contacts")
@requires(Permission.AGREEMENT_READ)
def of_version(version_id: uuid.UUID) -> ResponseReturnValue:
    """A package knows its version; whom to call is a question of today."""
    version = queries.version(version_id)
    return see_other(".directory", agreement_id=version.agreement_id)


@bp.get("/contacts/")
@requires(Permission.CONTACT_WRITE)
def index() -> str:
    """The own party's functions in all agreements, those without anybody first."""
    words = request.args.get("q", "").strip()[:100]
    everything = contacts.own_functions(g.actor.organisation_id, today())
    found = [one for one in everything if contacts.holds_words(one.function, words, one.title)]
    found.sort(key=lambda one: (one.is_filled, sort_key(one.title)))
    return page(
        "agreements/contacts.html",
        functions=found[:MOST],
        count=len(found),
        label=label,
        told_of=TOLD_OF,
        words=words,
    )


@bp.route("/contacts/<uuid:agreement_id>/<code>", methods=["GET", "POST"])
@requires(Permission.CONTACT_WRITE)
def fill(agreement_id: uuid.UUID, code: str) -> ResponseReturnValue:
    agreement = asked_for(agreement_id)
    desk = contacts.own_desk(agreement, code, g.actor, today())
    form = ContactForm()
    people = [one for one in colleagues() if one.is_active(today())]
    form.offer(people, own_units(g.actor.organisation_id))
    if not form.is_submitted():
        form.show_desk(desk)
        return fill_page(agreement, desk, form)
    if not form.validate():
        return fill_page(agreement, desk, form), 422
    try:
        filled = naming.fill(
            agreement,
            code,
            form.written(),
            form.reason.data or "",
            seen=form.seen_id,
            actor=g.actor,
            at=moment(),
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return refused_page(agreement_id, code, form), 422
    except Overtaken:
        start_over()
        return overtaken_page(agreement_id, code, form), 409
    if filled.asked:
        flash(_("Skiftet er sendt til den anden side. Indtil det gælder, står det, der står nu."))
    else:
        flash(_("Kontaktpersonen er gemt og gælder fra i dag."), "success")
    return see_other(".index")


def refused_page(agreement_id: uuid.UUID, code: str, form: ContactForm) -> str:
    agreement = queries.agreement(agreement_id)
    return fill_page(agreement, contacts.own_desk(agreement, code, g.actor, today()), form)


def overtaken_page(agreement_id: uuid.UUID, code: str, form: ContactForm) -> str:
    """Somebody was faster: what stands now, and what was typed is still in the form."""
    agreement = queries.agreement(agreement_id)
    desk = contacts.own_desk(agreement, code, g.actor, today())
    form.seen.data, form.seen.raw_data = str(desk.row.id) if desk.row else "", None
    return fill_page(agreement, desk, form, theirs=desk.row)


def fill_page(
    agreement: Agreement,
    desk: contacts.Desk,
    form: ContactForm,
    theirs: AgreementContact | None = None,
) -> str:
    version = agreement.shown_on(today())
    small = parameters_of(version).small_changes
    return page(
        "agreements/contact.html",
        small=[part for part, name in amending.SMALL.items() if name in small],
        asked=own_proposals(agreement.id, desk.code),
        agreement=agreement,
        desk=desk,
        form=form,
        theirs=theirs,
        history=contacts.history(agreement.id, g.actor.organisation_id, desk.code),
        label=label,
        told_of=TOLD_OF,
    )


def own_proposals(agreement_id: uuid.UUID, code: str) -> list[AgreementAmendment]:
    """What of the function the other side has not answered yet."""
    found = amending.amendments(agreement_id)
    own = [row for row in found if row.organisation_id == g.actor.organisation_id]
    begins = f"contacts.{code}."
    return [row for row in own if row.path.startswith(begins) and row.state == "proposed"]


def asked_for(agreement_id: uuid.UUID) -> Agreement:
    concerning("agreement", agreement_id)
    return queries.agreement(agreement_id)
