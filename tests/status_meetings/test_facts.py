"""The agenda draws itself from what is so on the day: numbers and references, never a member."""

import json
from datetime import UTC, datetime, timedelta

from portal.access import Actor, Role
from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers.models import State
from portal.handovers.parts import HandoverEvent, HandoverNotice
from portal.identity.queries import act_for
from portal.meetings.parts import NoteKind
from portal.meetings.series import MeetingState
from portal.status_meetings import agenda, queries
from portal.status_meetings.figures import Told
from tests import beside, make, meeting

NAME = "Karl Prøvesen"
AT = Moment(now(), today())
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
EARLIER = LONG_AGO - timedelta(days=9)
FIGURES = [
    Told(
        "jobs", "I job efter 3 måneder", "counted", "DREAM", "mindst 60 %", "52 %", False, True, "Q"
    ),
    Told("plans", "Profilafklaret", "counted", "DFDG", "mindst 80 %", "84 %", True, True, "Q"),
    Told("happy", "Tilfredse", "survey", "Spørgeskema", "mindst 65 %", "70 %", True, True, "Q"),
]


def package(version, fund, municipality, state=State.SENT, **values):
    case = make.member_case(fund, municipality, name=NAME)
    own = {"agreement_version_id": version.id, "responsible_from": today()}
    return make.handover(case, state, **own | values)


def test_the_agenda_draws_itself(version, fund, municipality, web, client_of, adviser):
    late = package(version, fund, municipality, due_on=today() - timedelta(days=9))
    hidden = package(version, fund, municipality, due_on=today() - timedelta(days=9))
    beside.restricted(hidden, adviser)
    told = {"clock": "acknowledge", "due_on": late.due_on, "level": 3, "found_on": today()}
    make.saved(HandoverNotice(handover_id=late.id, **told))
    refused = package(version, fund, municipality, State.REJECTED, contested_at=now())
    last_year = {"created_at": EARLIER, "sent_at": EARLIER, "received_at": EARLIER}
    contested = {**last_year, "contested_at": EARLIER}
    twice = package(version, fund, municipality, State.REJECTED, **contested)
    long_ago = {**contested, "closed_at": EARLIER}
    done_with = package(version, fund, municipality, State.REJECTED, **long_ago)
    own = {"handover_id": refused.id, "organisation_id": municipality.id, "target": State.REJECTED}
    detail = {"code": "other", "criterion": None}
    make.saved(HandoverEvent(person="P", step="reject", detail=detail, at=now(), **own))

    before = meeting.meeting(version, fund, MeetingState.MINUTES_APPROVED, starts_at=LONG_AGO)
    point = meeting.item(before, fund)
    due = {"due_on": today() - timedelta(days=1), "person": "Sanne", "party_id": municipality.id}
    meeting.note(before, point, fund, kind=NoteKind.ACTION, text="Ring til a-kassen", **due)
    asked = make.amendment(version, fund)
    meeting.note(before, point, fund, number=2, kind=NoteKind.DECISION, amendment_id=asked.id)
    one = meeting.meeting(version, fund, starts_at=now() + timedelta(days=9))

    owner = make.user(fund, Role.AGREEMENT_OWNER)
    actor = Actor(owner.id, fund.id, owner.name, frozenset({Role.AGREEMENT_OWNER}))
    with web.app_context():
        act_for(fund.id)
        row = queries.meeting(one.id)
        agenda.draw(row, lambda _id, _day: FIGURES, actor=actor, at=Moment(now(), today()))
        drawn = queries.agenda(one.id)
        found = {item.source: item for item in drawn}
        texts = {
            code: json.dumps(item.evidence, ensure_ascii=False) for code, item in found.items()
        }
        pack = agenda.pack(row, lambda _id, _day: FIGURES, Moment(now(), today()))
        db.session.rollback()
    assert [*found] == [
        *("opening", "duties", "decisions", "goals", "surveys", "overdue", "escalated"),
        *("contested", "rejections", "contacts", "closing"),
    ]
    assert "52 %" in texts["goals"]
    assert "84 %" not in texts["goals"]
    assert "70 %" in texts["surveys"]
    for code in ("overdue", "escalated"):
        assert late.reference in texts[code]
        assert hidden.reference not in texts[code]
    assert refused.reference in texts["contested"]
    assert twice.reference in texts["contested"]  # rejected again since the last meeting
    assert done_with.reference not in texts["contested"]
    assert "Ring til a-kassen" in texts["duties"]
    assert "Foreslået" in texts["decisions"]
    assert "Ledelse" in texts["contacts"]
    assert [one["text"] for one in pack["figures"]] == ["52 %", "84 %", "70 %"]
    assert NAME not in json.dumps(pack, ensure_ascii=False)


def test_of_several_funds_nobody_learns_what_another_has_sent(version, fund, municipality, web):
    """Nor that anything is late: the same point, with what is published of all, for everybody."""
    other = make.fund()
    make.side(version, other)
    late = package(version, other, municipality, due_on=today() - timedelta(days=9))
    one = meeting.meeting(version, fund, starts_at=now() + timedelta(days=9))
    for party in (fund, municipality):
        owner = make.user(party, Role.AGREEMENT_OWNER)
        actor = Actor(owner.id, party.id, owner.name, frozenset({Role.AGREEMENT_OWNER}))
        with web.app_context():
            act_for(party.id)
            agenda.draw(queries.meeting(one.id), lambda _id, _day: [], actor=actor, at=AT)
            drawn = {item.source: item.evidence for item in queries.agenda(one.id)}
            db.session.rollback()
        assert {"packages"} == {*drawn} & {"packages", "overdue", "escalated", "rejections"}
        told = json.dumps(drawn["packages"], ensure_ascii=False)
        assert "Sendte pakker" in told
        assert late.reference not in told
