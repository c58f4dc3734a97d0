"""A lead certifies a report, the council's secretary returns and accepts it, and others read it."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.access import OrganisationKind
from portal.clock import today
from portal.handovers import digests
from portal.mail import OutgoingMail
from portal.participants import publishing
from portal.participants.models import EventKind
from portal.project_reports import reminding
from portal.project_reports.models import ProjectReport, ProjectReportVersion
from portal.projects.models import PartnerRole
from tests import company, make, participant, project
from tests.participants.asking import as_the_web, at_work

OWN_WORDS = "Alle virksomheder er spurgt"


def sent(client, address, **values):
    """The form as it was shown, with what is typed into it."""
    shown = BeautifulSoup(client.get(address).text, "html.parser").select_one("main form")
    assert shown
    known = {one["name"]: one.get("value", "") for one in shown.select("input[name]")
             if one.get("type") != "checkbox"}  # fmt: skip
    chosen = {one["name"]: one.option["value"] for one in shown.select("select") if one.option}
    return client.post(address, data=known | chosen | values)


def only(model, **about):
    make.records.expire_all()
    found = make.records.query(model).filter_by(**about).all()
    make.records.commit()
    return found


@pytest.fixture
def drafted(cast, led, as_):
    """A report of the first half year with the lead's own words, and its address."""
    project.partner(led, cast.union)
    project.phase(led)
    company.company(led, cast.union, cast.lead, contacted_by_id=cast.union.id)
    gitte = as_(cast.gitte)
    here = f"/projects/{led.id}/reports/"
    days = {"first_day": "01/01/2026", "last_day": "30/06/2026"}
    edited = sent(gitte, f"{here}new", **days).headers["Location"]
    assert sent(gitte, edited, done=OWN_WORDS, **days).status_code == 303
    return edited.removesuffix("/edit")


def certified(client, here, **values):
    day = f"{today() + timedelta(days=90):%d/%m/%Y}"
    return sent(client, f"{here}/certify", **{"next_report_on": day, "sure": "y"} | values)


def test_a_report_goes_from_the_lead_to_the_secretary_and_back(cast, led, drafted, as_):
    gitte, ulla, susanne = as_(cast.gitte), as_(cast.ulla), as_(cast.susanne)
    for other in (ulla, susanne):  # a draft is the lead's alone
        shown = other.get(drafted).text
        assert "Kun tovholderen kan se kladden" in shown
        assert OWN_WORDS not in shown
        assert other.get(f"{drafted}/edit").status_code == 409
    assert "projektet er ikke slut" in certified(gitte, drafted, next_report_on="").text
    assert certified(gitte, drafted).status_code == 303
    make.fresh(led)
    assert led.next_report_on == today() + timedelta(days=90)
    for other in (ulla, susanne):
        shown = other.get(drafted).text
        assert OWN_WORDS in shown
        assert "Opsøgende arbejde" in shown
    assert ulla.get(f"{drafted}/accept").status_code == 409
    assert as_(cast.ove).get(drafted).status_code == 404

    refused = sent(susanne, f"{drafted}/send_back")
    assert (refused.status_code, "Skriv, hvad der skal rettes" in refused.text) == (422, True)
    sent(susanne, f"{drafted}/send_back", reason="Skriv om afvigelserne")
    assert "Skriv om afvigelserne" in gitte.get(drafted).text
    assert certified(gitte, drafted).status_code == 303
    assert sent(susanne, f"{drafted}/accept").status_code == 303
    [one] = only(ProjectReport, project_id=led.id)
    assert (one.state, one.versions, one.accepted_by) == ("accepted", 2, "Susanne Sekretær")
    assert gitte.get(f"{drafted}/edit").status_code == 409  # locked
    first = gitte.get(drafted, query_string={"version": 1})
    assert first.status_code == 200
    assert gitte.get(drafted, query_string={"version": 3}).status_code == 404
    newest = BeautifulSoup(susanne.get(drafted).text, "html.parser").select_one(
        'a[href*="versions/"]'
    )
    assert newest
    document = susanne.get(str(newest["href"]))
    assert document.data.startswith(b"%PDF")
    assert document.headers["Content-Disposition"].startswith("attachment")


def test_what_moved_since_the_last_report_is_marked(cast, led, drafted, as_):
    gitte, susanne = as_(cast.gitte), as_(cast.susanne)
    certified(gitte, drafted)
    sent(susanne, f"{drafted}/accept")
    make.records.execute(text("update project_phase set planned_until = '2026-05-31'"))
    make.records.execute(text("update project set colour = 'red', colour_reason = 'Kurset'"))
    make.records.commit()
    days = {"first_day": "01/07/2026", "last_day": "30/09/2026"}
    overlap = sent(gitte, f"/projects/{led.id}/reports/new", **days | {"first_day": "30/06/2026"})
    assert "Den forrige rapport går til og med 30.06.2026" in overlap.text
    next_ = sent(gitte, f"/projects/{led.id}/reports/new", **days).headers["Location"]
    shown = BeautifulSoup(gitte.get(next_.removesuffix("/edit")).text, "html.parser")
    rows = [row for row in shown.select("main tr") if row.select_one("td .icon-svg")]
    marked = {row.select("th")[0].text: row.select("td")[-1].text.strip() for row in rows}
    assert marked == {"Status": "Ændret", "Opsøgende arbejde": "Flyttet"}


def test_numbers_of_people_are_told_to_each_as_it_may_read_them(cast, led, drafted, as_, worker):
    """Partners read records, the council people; the lead's exact ones are in no report."""
    for place in range(7):
        one = participant.participant(led, cast.union, cpr="x")
        participant.key(one, bytes([place]))
        participant.event(one, EventKind.STARTED, date(2026, 2, 2))
    for place in range(5, 10):  # two of them the union knows too
        one = participant.participant(led, cast.fund, cpr="x")
        participant.key(one, bytes([place]))
        participant.event(one, EventKind.STARTED, date(2026, 2, 2))
    own = participant.participant(led, cast.lead)
    participant.event(own, EventKind.STARTED, date(2026, 2, 2))
    at_work(worker, publishing.publish, date(2026, 11, 23))
    certified(as_(cast.gitte), drafted)
    assert "mindst 12" in as_(cast.ulla).get(drafted).text
    assert "mindst 11" in as_(cast.susanne).get(drafted).text
    assert "mindst 12" in as_(cast.gitte).get(drafted).text
    [version] = only(ProjectReportVersion, project_id=led.id)
    assert version.until == date(2026, 9, 30)
    assert "people" not in str(version.content)


REFUSED = {
    "it is accepted by its lead": ("lead", "update project_report set state = 'accepted', "
                                   "accepted_on = current_date, accepted_by = 'x'"),
    "it is sent unseen": ("lead", "update project_report set state = 'sent', versions = 2"),
    "its period is moved once it is sent": ("lead", "update project_report set "
                                            "last_day = '2026-05-01'"),
    "a council writes it": ("council", "update project_report set next_report_on = '2027-01-01'"),
    "a version is changed": ("lead", "update project_report_version set certified_by = 'x'"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_the_database_holds_the_steps(what, cast, led, drafted, as_):
    """Beside the steps of the pages above, which it lets through."""
    certified(as_(cast.gitte), drafted)
    who, statement = REFUSED[what]
    with (
        as_the_web(getattr(cast, who)) as web,
        pytest.raises(DBAPIError, match="denied|does not go"),
    ):
        web.execute(text(statement))


def test_the_digest_tells_of_late_sent_and_returned(cast, led, drafted, as_, worker):
    late = "update project set next_report_on = '2026-07-01' where id = :id"
    make.records.execute(text(late), {"id": led.id})
    make.records.commit()
    told = lambda day: [  # noqa: E731  (a look, twice)
        (reader.address, line.what)
        for _notice, line, found in at_work(worker, lambda: [*reminding.due(day)])
        for reader in found
        if line.reference == led.reference
    ]
    assert told(date(2026, 7, 1)) == []  # its own day is not late
    assert told(date(2026, 7, 2)) == [(cast.gitte.email, "report_late")]
    certified(as_(cast.gitte), drafted)
    assert told(today()) == [(cast.susanne.email, "report_sent")]
    sent(as_(cast.susanne), f"{drafted}/send_back", reason="Mangler tal")
    at_work(worker, digests.tell, today())
    [mail] = only(OutgoingMail, recipient=cast.gitte.email)
    assert led.reference in mail.body
    assert led.title not in mail.body
    assert told(today()) == []  # told once


def test_a_secretariat_that_takes_part_receives_instead_of_the_council(cast, led, drafted, as_):
    office = make.organisation("Kontoret Prøve", OrganisationKind.PARTNER)
    project.partner(led, office, PartnerRole.SECRETARIAT)
    certified(as_(cast.gitte), drafted)
    assert as_(cast.susanne).get(f"{drafted}/accept").status_code == 409
    who = make.user(office, *make.every_role(office), name="Signe Sekretariat")
    assert sent(as_(who), f"{drafted}/accept").status_code == 303
