"""What is written beside the package: messages, questions with their answers, own notes."""

import uuid

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import letters, queries
from portal.handovers.page_forms import AnswerForm, MessageForm
from portal.handovers.pages import show_page, status_of
from portal.handovers.parts import HandoverMessage
from portal.web import concerning, page, see_other
from portal.workflow import Refused

bp = Blueprint("handover_letters", __name__, url_prefix="/handovers")


@bp.post("/<uuid:handover_id>/messages")
@requires(Permission.HANDOVER_WRITE)
def write(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    limits.spend(f"letter|{g.actor.user_id}", limits.LETTERS_PER_MINUTE)
    handover, form = queries.handover(handover_id), MessageForm()
    if not form.validate():
        return show_page(handover_id, form), 422
    text, at = form.text.data, moment()
    if form.audience.data == "own":
        letters.write_note(handover, text, actor=g.actor, at=at)
    else:
        letters.write_message(handover, text, asks=form.asks.data, actor=g.actor, at=at)
    flash(_("Spørgsmålet er sendt.") if form.asks.data else _("Beskeden er gemt."), "success")
    return see_other("handovers.show", handover_id=handover_id, _anchor="messages")


@bp.route("/<uuid:handover_id>/messages/<uuid:message_id>/answer", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def answer(handover_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """By the party that is asked; or by the one that asked, which has found it itself."""
    concerning("handover", handover_id)
    handover, form = queries.handover(handover_id), AnswerForm()
    question = letters.question(handover_id, message_id)
    if not form.validate_on_submit():
        shown = answer_page(handover_id, question, form)
        return (shown, 422) if form.is_submitted() else shown
    try:
        letters.answer(handover, question, form.text.data, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return answer_page(handover_id, question, form), 422
    flash(_("Svaret er gemt. Begge parter kan læse det."), "success")
    return see_other("handovers.show", handover_id=handover_id, _anchor="messages")


def answer_page(handover_id: uuid.UUID, question: HandoverMessage, form: AnswerForm) -> str:
    package = queries.package(handover_id, today())
    is_own = question.organisation_id == g.actor.organisation_id
    more = {"question": question, "is_own": is_own, "form": form}
    return page("handovers/answer.html", **more, **status_of(package))
