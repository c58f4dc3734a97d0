"""What a look leaves: the sender reads that the package was opened, the log whom a look was at."""

import pytest
from sqlalchemy import func, select

from portal import cpr, keys, limits
from portal.cases.models import MemberCase
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import State
from portal.settings import load
from tests import make
from tests.handovers.road import page

NUMBER = cpr.parse("610190-1233", today=today())
NOT_YET = "Ikke endnu"
WAYS_TO_LOOK = [
    "{package}",
    "{package}/package.pdf",
    "{package}/record.pdf",
    "{package}/member-copy.pdf",
    "{package}/filing.zip",
    "{package}/meetings/{meeting}.ics",
    "{package}/steps/plan-meeting",
    "{package}/called-in",
]


@pytest.mark.parametrize("way", WAYS_TO_LOOK)
def test_whatever_shows_the_package_counts_as_opening_it(way, case, sender, receiver):
    package = make.handover(case, State.MEETING_PLANNED, content_number=1)
    meeting = make.records.scalars(select(JointMeeting)).one()
    make.records.commit()
    address = f"/handovers/{package.id}"
    assert NOT_YET in sender.get(address).text
    answer = receiver.get(way.format(package=address, meeting=meeting.id))
    assert answer.status_code == 200
    assert NOT_YET not in sender.get(address).text


def test_each_party_reads_which_organisation_opened_what_and_when(road, sender, receiver):
    """Never which person; the same for both."""
    road.take(sender, "send")
    receiver.get(f"{road.address}/package.pdf")
    receiver.get(road.address)
    day = f"{today():%d.%m.%Y}"
    for client in (sender, receiver):
        told = {
            heading.text: [" ".join(one.text.split()) for one in lines.select("li")]
            for heading in page(client.get(road.address)).select(".beside h3")
            for lines in heading.find_next_siblings("ul", limit=1)
        }
        assert told["Lillekøbing Kommune"] == [f"Pakken som PDF: {day}", f"Pakkens sider: {day}"]
        assert told["Prøvebæk A-kasse"] == [f"Pakkens sider: {day}"]


def test_a_list_or_a_refused_look_opens_nothing(road, sender, receiver, outsider, client_of):
    road.take(sender, "send")
    receiver.get("/handovers/?tab=unassigned")
    receiver.post("/handovers/search", data={"word": "Karl"})
    stranger = client_of(make.user(outsider, *make.every_role(outsider)))
    assert stranger.get(f"{road.address}/package.pdf").status_code == 404
    assert NOT_YET in sender.get(road.address).text


@pytest.fixture
def numbered(case) -> MemberCase:
    """The member has a number."""
    ring, row = keys.of(load()), make.records.get_one(MemberCase, case.id)
    row.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=case.id)
    row.cpr_index = ring.find_cpr(NUMBER)
    return make.saved(row)


def test_a_search_by_number_is_about_whom_it_found(numbered, road, sender, receiver):
    road.take(sender, "send")
    package_id = road.address.rsplit("/", 1)[1]
    by_number = {"word": NUMBER.whole, "as_cpr": "y"}
    for client, path, data, kind, whom in (
        (receiver, "/handovers/search", by_number, "handover", package_id),
        (sender, "/cases/search-cpr", {"number": NUMBER.whole}, "member_case", str(numbered.id)),
    ):
        assert "Karl Prøvesen" in client.post(path, data=data).text
        row = make.audited()[-1]
        assert (row.subject_type, str(row.subject_id)) == (kind, whom)
        assert row.detail["found"] == [whom]
    receiver.post("/handovers/search", data={"word": "Karl"})
    assert make.audited()[-1].subject_id is None
    receiver.post("/handovers/search", data=by_number | {"word": "610191-1231"})
    assert make.audited()[-1].subject_id is None


def test_a_number_is_searched_for_by_the_button_that_the_page_shows(
    numbered, road, sender, receiver
):
    road.take(sender, "send")
    for typed, found in ((NUMBER.whole, 1), (NUMBER.digits, 1), ("610191-1231", 0)):
        answer = receiver.post("/handovers/search", data={"word": typed})
        assert "Karl Prøvesen" not in answer.text
        assert make.audited()[-1].detail["by"] == "words"
        [button] = page(answer).select('main button[name="as_cpr"]')
        assert button.text.strip() == "Søg på hele CPR-nummeret"
        form = button.find_parent("form")
        assert form
        filled = {str(one["name"]): one["value"] for one in form.select("input")}
        answer = receiver.post(str(form["action"]), data=filled | {"as_cpr": button["value"]})
        assert answer.text.count('<td data-label="Reference"') == found
        assert ("Ingen overdragelse med det CPR-nummer" in answer.text) == (found == 0)
        assert make.audited()[-1].detail["by"] == "cpr"
    assert not page(receiver.post("/handovers/search", data={"word": "Karl"})).select(
        'button[name="as_cpr"]'
    )


def test_moving_cases_names_them(case, fund, municipality, client_of):
    leader = client_of(make.user(fund, *make.every_role(fund)))
    other = make.member_case(fund, municipality)
    for asked in ([case], [case, other]):
        address = "&".join(f"case={one.id}" for one in asked)
        assert leader.get(f"/cases/move?{address}").status_code == 200
        row = make.audited()[-1]
        assert (row.subject_type, row.subject_id) == ("member_case", case.id)
        assert row.detail["cases"] == [str(one.id) for one in asked]


@pytest.mark.parametrize(
    ("who", "path", "limit"),
    [
        ("receiver", "/handovers/search", "SEARCHES_PER_MINUTE"),
        ("sender", "/handovers/search", "SEARCHES_PER_MINUTE"),
        ("sender", "/cases/search", "SEARCHES_PER_MINUTE"),
        ("sender", "/cases/search-cpr", "NUMBERS_PER_MINUTE"),
        ("receiver", "/handovers/search", "NUMBERS_PER_MINUTE"),
    ],
)
def test_nobody_searches_without_end(who, path, limit, request, monkeypatch, client_of):
    moment = now().replace(second=40, microsecond=0)
    monkeypatch.setattr(limits, "now", lambda: moment)
    monkeypatch.setattr(limits, limit, 2)
    client = request.getfixturevalue(who)
    words = {"word": NUMBER.whole, "as_cpr": "y", "words": "Karl", "number": NUMBER.whole}
    answers = [client.post(path, data=words) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Vent et øjeblik" in answers[2].text
    assert answers[2].headers["Retry-After"] == "20"
    assert make.audited()[-1].outcome == "refused 429"
    body = request.getfixturevalue("fund" if who == "sender" else "municipality")
    colleague = client_of(make.user(body, *make.every_role(body)))
    assert colleague.post(path, data=words).status_code == 200


def test_the_rates_are_nobodys_to_set_back(app, adviser, fund, seen_by):
    with seen_by(fund) as session:
        assert session.scalar(select(func.spend("search|me", now()))) == 1
        assert session.scalar(select(func.spend("search|me", now()))) == 2
