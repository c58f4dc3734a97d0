"""What every page of a case stands on: its blueprint and its keys."""

import uuid

from flask import Blueprint, current_app, g, request

from portal import keys, web
from portal.access import Permission
from portal.cases import queries, words
from portal.cases.models import CaseState, MemberCase
from portal.cases.my_plan import is_on_jobnet
from portal.keys import Keys
from portal.workflow import NotNow

bp = Blueprint("cases", __name__, url_prefix="/cases")


bp.add_app_template_test(is_on_jobnet, "on_jobnet")


@bp.context_processor
def frame() -> dict[str, object]:
    """What every page of a case may need: the words, and what this person may do."""
    if "actor" not in g:
        return {}  # refused before it is known who asks: the page says no more than that
    return {
        "words": words,
        "may_write": g.actor.may(Permission.CASE_WRITE) and not g.get("case_is_closed"),
        "may_reopen": g.actor.may(Permission.CASE_WRITE),
        "may_move": g.actor.may(Permission.CASE_MOVE),
        "may_restrict": g.actor.may(Permission.CASE_RESTRICT),
        "may_reveal": g.actor.may(Permission.CPR_REVEAL),
    }


def own_keys() -> Keys:
    return keys.of(current_app.extensions["samspil"])


def about(case_id: uuid.UUID) -> MemberCase:
    """The case that this request reads. Raises NoResultFound."""
    web.concerning("member_case", case_id)
    return shown(queries.case(case_id))


def changing(case_id: uuid.UUID, state: CaseState = CaseState.OPEN) -> MemberCase:
    """The case that this request changes, kept from everybody else as long as it lasts.

    Raises NoResultFound, and NotNow for a case that is not in the state: a closed one is only read.
    """
    web.concerning("member_case", case_id)
    case = shown(queries.held_case(case_id))
    if case.state is not state:
        raise NotNow(request.endpoint or "", case.state)
    return case


def shown(case: MemberCase) -> MemberCase:
    """Tell the page what may still be written."""
    g.case_is_closed = case.state is CaseState.CLOSED
    return case
