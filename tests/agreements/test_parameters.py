import json
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import rules
from portal.agreements import catalogue, parameters
from portal.agreements.parameter_kinds import Refused, Whole
from portal.agreements.parameters import Parameters, definitions, parse, plain

GOOD = plain(catalogue.agreements()[0].parameters)
WHOLE = {name: d for name, d in definitions().items() if isinstance(d, Whole)}
REASON = GOOD["rejection_reasons"][0]
PLAN = GOOD["plan_fields"][0]


def refusals(table):
    with pytest.raises(Refused) as caught:
        parse(table)
    return caught.value.reasons


def alone(name, value):
    """A table in which only `name` can be wrong: what depends on it is set out of its way."""
    companions = {
        "object_days": {"auto_complete_days": 30},
        "auto_complete_days": {"object_days": 1},
        "owners_after_days": {"agenda_after_days": 20},
        "agenda_after_days": {"owners_after_days": 1},
    }
    return {**GOOD, **companions.get(name, {}), name: value}


def test_every_field_is_defined_with_label_and_effect():
    assert list(definitions()) == [column.name for column in fields(Parameters)]
    assert all(str(d.label) and str(d.effect) for d in definitions().values())


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_number_is_taken_at_its_bounds_and_refused_past_them(name):
    least, most = WHOLE[name].least, WHOLE[name].most

    assert getattr(parse(alone(name, least)), name) == least
    assert getattr(parse(alone(name, most)), name) == most
    for past in (least - 1, most + 1):
        reason = f"Skriv et helt tal fra {least} til {most}."
        assert refusals(alone(name, past)) == {name: reason}


@pytest.mark.parametrize("value", ["2", 2.0, True, None])
def test_what_is_no_whole_number_is_refused(value):
    assert parse({**GOOD, "decide_days": 2}).decide_days == 2
    assert list(refusals({**GOOD, "decide_days": value})) == ["decide_days"]


@pytest.mark.parametrize("name", ["four_eyes", "reject_by_leader"])
def test_a_flag_is_yes_or_no(name):
    assert getattr(parse({**GOOD, name: True}), name) is True
    assert refusals({**GOOD, name: "ja"}) == {name: "Vælg ja eller nej."}
    assert refusals({**GOOD, name: 1}) == {name: "Vælg ja eller nej."}


def test_the_cadence_is_one_of_the_known():
    assert parse({**GOOD, "meeting_cadence": "half_yearly"}).meeting_cadence == "half_yearly"
    assert list(refusals({**GOOD, "meeting_cadence": "sometimes"})) == ["meeting_cadence"]


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ([], "Vælg mindst en"),
        ("overgang", "Vælg mindst en"),
        (["overgang", "flytning"], "Vælg mindst en"),
        (["overgang", "overgang"], "Hver må kun vælges én gang."),
        (["visitation"], "kan ikke vælges fra"),
    ],
)
def test_the_kinds_are_known_and_hold_the_statutory_one(kinds, reason):
    assert parse({**GOOD, "kinds": ["visitation", "overgang"]}).kinds == ("overgang", "visitation")
    assert reason in refusals({**GOOD, "kinds": kinds})["kinds"]


def test_at_most_nine_reasons_for_rejection():
    nine = [{**REASON, "code": f"reason_{letter}"} for letter in "abcdefghi"]

    assert len(parse({**GOOD, "rejection_reasons": nine}).rejection_reasons) == 9
    ten = [*nine, {**REASON, "code": "one_more"}]
    assert refusals({**GOOD, "rejection_reasons": ten}) == {
        "rejection_reasons": "Angiv fra 0 til 9 linjer."
    }


def test_visitation_needs_a_reason_for_rejection_and_a_transfer_does_not():
    without = {**GOOD, "rejection_reasons": []}

    assert parse({**without, "kinds": ["overgang"]}).rejection_reasons == ()
    assert list(refusals(without)) == ["rejection_reasons"]


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ({**REASON, "code": "Ny kode"}, "små bogstaver"),
        ({**REASON, "label_da": ""}, "Skriv en tekst."),
        ({**REASON, "needs_text": "ja"}, "Feltet needs_text er ikke udfyldt rigtigt."),
        ({**REASON, "note": "x"}, "Hver linje skal have felterne"),
        ({"code": "x"}, "Hver linje skal have felterne"),
        ("andet", "Hver linje skal have felterne"),
    ],
)
def test_a_malformed_reason_is_refused(reason, message):
    assert parse({**GOOD, "rejection_reasons": [REASON]}).rejection_reasons[0].code
    found = refusals({**GOOD, "rejection_reasons": [reason]})
    assert message in found["rejection_reasons"]


def test_the_plan_holds_known_fields_once_and_requires_one():
    def with_plan(*rows):
        return {**GOOD, "plan_fields": list(rows)}

    assert parse(with_plan(PLAN)).required_plan_codes == ("job_goals",)
    assert "fra 1 til 10" in refusals(with_plan())["plan_fields"]
    assert "kendes ikke" in refusals(with_plan({**PLAN, "code": "horoscope"}))["plan_fields"]
    assert "kun bruges én gang" in refusals(with_plan(PLAN, PLAN))["plan_fields"]
    assert "skal være et krav" in refusals(with_plan({**PLAN, "required": False}))["plan_fields"]


def test_the_agenda_comes_after_the_owners():
    assert parse({**GOOD, "owners_after_days": 7, "agenda_after_days": 8}).agenda_after_days == 8
    assert list(refusals({**GOOD, "owners_after_days": 8, "agenda_after_days": 8})) == [
        "agenda_after_days"
    ]


def test_nothing_completes_while_an_objection_is_possible():
    assert parse({**GOOD, "object_days": 10, "auto_complete_days": 10}).object_days == 10
    assert list(refusals({**GOOD, "object_days": 11, "auto_complete_days": 10})) == [
        "auto_complete_days"
    ]


def test_unknown_and_missing_fields_are_named_together():
    table = {name: value for name, value in GOOD.items() if name != "plan_days"}

    assert refusals({**table, "tea_days": 4, "decide_days": 99}) == {
        "plan_days": "Feltet mangler.",
        "tea_days": "Feltet kendes ikke.",
        "decide_days": "Skriv et helt tal fra 1 til 15.",
    }


def test_the_message_names_field_and_reason():
    with pytest.raises(Refused, match="four_eyes: Vælg ja eller nej."):
        parse({**GOOD, "four_eyes": 2})


@given(
    st.fixed_dictionaries({name: st.integers(d.least, d.most) for name, d in WHOLE.items()}),
    st.booleans(),
)
def test_json_and_back_is_the_same(days, four_eyes):
    days["auto_complete_days"] = max(days["auto_complete_days"], days["object_days"])
    days["agenda_after_days"] = max(days["agenda_after_days"], days["owners_after_days"] + 1)
    parsed = parse({**GOOD, **days, "four_eyes": four_eyes})

    assert parse(json.loads(json.dumps(plain(parsed)))) == parsed


def test_the_default_runs_the_statutory_handover_only():
    default = parameters.default()

    assert default.kinds == ("overgang",)
    assert default.required_plan_codes == ("job_goals", "search_strategy")
    assert not default.four_eyes


@pytest.mark.parametrize("name", WHOLE)
def test_the_default_is_the_rule(name):
    default = getattr(parameters.default(), name)

    assert default == rules.on(date(2026, 11, 22), f"handover.{name}")
