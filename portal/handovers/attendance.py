"""Whether the fund takes part in the joint meeting: by the rule set, or as the member wishes.

Source: `fund_attends` of config/rules/rule_sets.toml, of the rule set that the content was frozen
under. Where the rules are not known, the member is asked.
"""

from flask_babel import gettext as _

from portal import rules
from portal.db import Json
from portal.handovers import queries
from portal.handovers.lacks import Given
from portal.handovers.models import Handover
from portal.workflow import Lack


def is_asked(rule_set: str | None) -> bool:
    """Whether it is the member's to say. Before 2024 the fund always took part."""
    return rule_set is None or rules.rule_set(rule_set).fund_attends != "always"


def rule_set_of(handover: Handover) -> str | None:
    content: Json = queries.newest_content(handover.id).content
    return content.get("rule_set")


def told(rule_set: str | None) -> str | None:
    """What the rules say of it, in Danish, with what is not confirmed."""
    return rules.rule_set(rule_set).joint_text if rule_set else None


def wish(handover: Handover, given: Given) -> bool | None:
    """None where the member has to be asked and nobody has; a form knows the rule set already."""
    rule_set = given["rule_set"] if "rule_set" in given else rule_set_of(handover)
    return given.get("fund_attends") if is_asked(rule_set) else True


def lack(attends: bool | None) -> Lack | None:
    if attends is not None:
        return None
    return Lack("fund_attends", _("Svar, om borgeren ønsker, at a-kassen deltager."))
