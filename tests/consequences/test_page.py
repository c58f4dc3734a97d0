"""What a version would change, as each side's owner reads it before anybody signs."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from portal.access import Role
from portal.cases.models import Assessment, AssessmentAnswer, CriterionAnswer, Decision
from portal.clock import today
from portal.consequences.models import Rehearsal
from portal.consequences.rehearsing import first_day
from portal.handovers.models import State
from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.agreements.browsing import press

YES, NO = CriterionAnswer.YES, CriterionAnswer.NO
MEMBER = "Hemmelig Hansen"


def criterion(code, label, **more):
    row = {"code": code, "label_da": label, "label_en": label, "guidance": "Spørg."}
    row |= {"sensitivity": "ordinary", "kind": "discretionary", "source": "Prøve"}
    return row | {"valid_from": "2020-01-01", "valid_until": None} | more


HEALTH, DEBT = criterion("health", "Helbred"), criterion("debt", "Gæld")
CONTACT = {"code": "fund_contact", "side": "fund", "label_da": "Daglig kontakt hos a-kassen"}
CONTACT |= {"label_en": "Daily contact", "source": "Prøve"}


@pytest.fixture
def signed(fund, municipality):
    parameters = {"decide_days": 9, "four_eyes": False}
    more = {"criteria": [HEALTH, DEBT], "contacts": [CONTACT]}
    return make.agreement(fund, municipality, parameters=parameters, **more)


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def next_one(anna, signed):
    """The next version: a shorter deadline, a colleague's approval, one criterion gone."""
    version_id = anna.renew(signed.id)
    changes = {"decide_days": 4, "four_eyes": True, "criteria": [HEALTH], "contacts": []}
    for name, value in changes.items():
        key, given = section_with(anna, version_id, name)
        anna.propose(version_id, key, text="Nyt.", given=given | {name: value})
    anna.step(version_id, "open")
    return version_id


def section_with(owner, version_id, name):
    """The section that governs it, and all that it governs as it stands."""
    _version, sections = owner.read(version_id)
    [found] = [one for one in sections if name in one.governs]
    return found.key, found.given


@pytest.fixture
def read(client_of):
    """The page as an owner reads it."""

    def page(owner, version_id):
        client = client_of(make.records.get_one(User, owner.actor.user_id))
        answer = client.get(f"/negotiations/{version_id}/consequences")
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser").select_one("main")

    return page


def rows(page):
    return [[cell.text.strip() for cell in row.select("td")] for row in page.select("tbody tr")]


def assessed(fund, municipality, version, *, days_ago=1, refer=True, **answers):
    case = make.member_case(fund, municipality, name=MEMBER)
    made = make.of_case(
        case,
        Assessment,
        agreement_version_id=version.id,
        decision=Decision.REFER if refer else Decision.KEEP,
        reason="Derfor",
        decided_by="Mette Eksempel",
        decided_at=make.days_ago(days_ago),
    )
    for position, (code, answer) in enumerate(answers.items()):
        own = {"organisation_id": fund.id, "assessment_id": made.id, "position": position}
        make.saved(AssessmentAnswer(code=code, label=code, answer=answer, **own))
    return case


def test_both_owners_read_which_deadlines_change(read, anna, bo, next_one):
    for owner in (anna, bo):
        page = read(owner, next_one)
        assert ["Frist for vurdering", "9 arbejdsdage", "4 arbejdsdage"] in rows(page)
        assert ["Intern godkendelse før afsendelse", "Nej", "Ja"] in rows(page)


def test_who_gets_work_and_who_is_rid_of_it(read, anna, next_one):
    told = {row[0]: row[1:] for row in rows(read(anna, next_one))}
    leader = "Skal fremover godkende hver pakke, før den sendes"
    assert told["A-kassens teamleder"] == ["A-kassesiden", leader]
    assert "ikke længere en fast kontaktperson" in told["Daglig kontakt hos a-kassen"][1]


def test_the_contact_person_who_is_rid_of_work_is_named(read, anna, bo, fund, signed, next_one):
    """Staff may be named to the other side, as in the directory."""
    make.contact(signed, make.user(fund, Role.ADVISER, name="Mette Eksempel"), "fund_contact")
    gone = make.user(fund, Role.ADVISER, name="Nils Forhenværende")
    until: Any = {"valid_until": today() - timedelta(days=1)}
    make.contact(signed, gone, "fund_contact", **until)
    for owner in (anna, bo):
        page = read(owner, next_one).text
        assert "I dag: Mette Eksempel" in page
        assert "Nils" not in page


def test_open_packages_keep_the_old_version_and_are_told_by_number_alone(
    read, anna, bo, fund, municipality, outsider, signed, next_one
):
    def package(to, state, **more):
        return make.handover(make.member_case(fund, to, name=MEMBER), state, **more).reference

    kept = {"agreement_version_id": signed.id}
    sent = package(municipality, State.RECEIVED, **kept)
    planned = package(municipality, State.MEETING_PLANNED)
    draft = package(municipality, State.DRAFT, **kept)
    elsewhere = package(outsider, State.SENT)
    done = package(municipality, State.COMPLETED)
    for owner, drafts in ((anna, {draft}), (bo, set())):
        page = read(owner, next_one)
        listed = {row[0]: row[4] for row in rows(page) if row[0].startswith("OP-")}
        assert listed.keys() == {sent, planned} | drafts
        assert (listed[sent], listed[planned]) == ("Version 1", "Samspils standard")
        assert "2 sendte pakker er i gang" in page.text
        assert "1 samtale er aftalt" in page.text
        assert ("1 kladde er ikke sendt" in page.text) == bool(drafts)
        assert not {elsewhere, done} & {*listed}
        assert MEMBER not in page.text


def test_a_case_that_is_referred_keeps_its_assessment_until_the_package_is_late(
    read, anna, bo, fund, municipality, signed, next_one
):
    assessed(fund, municipality, signed, health=YES)
    under_way = assessed(fund, municipality, signed, health=YES)
    make.handover(under_way, State.SENT, agreement_version_id=signed.id)
    assessed(fund, municipality, signed, refer=False, health=NO)
    words = read(anna, next_one).text
    assert "2 åbne sager er vurderet til visitation efter de gamle" in words
    assert "For 1 af dem er der ingen pakke endnu" in words
    assert "åbne sager" not in read(bo, next_one).text


def test_before_notice_is_given_the_same_is_told(anna, fund, municipality, client_of):
    version = make.agreement(fund, municipality, notice_months=3)
    for state in (State.RECEIVED, State.MEETING_PLANNED, State.DRAFT, State.COMPLETED):
        case = make.member_case(fund, municipality, name=MEMBER)
        make.handover(case, state, agreement_version_id=version.id)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    shown = client.get(f"/agreements/versions/{version.id}/terminate").text
    for words in ("2 sendte pakker er i gang", "1 samtale er aftalt", "1 kladde er ikke sendt"):
        assert words in shown
    assert "kan sendes i 14 dage til" in shown
    assert MEMBER not in shown


def outcomes(page):
    """The own rehearsal: with the words of each outcome its count."""
    own = page.select_one("[aria-label='Kriterierne prøvet på jeres egne tal']")
    return [row[1] for row in rows(own)] if own else None


def test_the_fund_tries_the_criteria_on_its_own_assessments(
    read, anna, bo, fund, municipality, outsider, signed, next_one
):
    assessed(fund, municipality, signed, health=YES, debt=NO)
    assessed(fund, municipality, signed, health=NO, debt=YES)
    assessed(fund, municipality, signed, refer=False, health=NO, debt=NO)
    assessed(fund, outsider, signed, health=YES)  # another municipality's
    page = read(anna, next_one)
    assert outcomes(page) == ["1", "2", "0"]
    assert "I har vurderet 3 medlemmer" in page.text
    assert "Tæller ikke længere med: Gæld." in page.text
    theirs = read(bo, next_one)
    assert outcomes(theirs) is None
    assert "A-kassen har ikke delt tal" in theirs.text


@pytest.mark.parametrize(("later", "counts"), [(0, True), (-1, False)])
def test_the_quarter_ends_today_and_begins_three_months_ago(
    read, anna, fund, municipality, signed, next_one, later, counts
):
    days = (today() - first_day(today())).days - later
    assessed(fund, municipality, signed, days_ago=days, health=YES)
    assert (outcomes(read(anna, next_one)) is not None) == counts


def test_the_municipality_tries_them_on_what_it_was_sent(
    read, bo, fund, municipality, signed, next_one
):
    case = make.member_case(fund, municipality, name=MEMBER)
    package = make.handover(case, State.RECEIVED, agreement_version_id=signed.id)
    answers = [{"code": "health", "answer": "no"}, {"code": "debt", "answer": "yes"}]
    make.records.execute(
        text("update handover_content set content = content || cast(:told as jsonb)"
             " where handover_id = :id"),
        {"told": f'{{"assessment": {{"answers": {answers}}}}}'.replace("'", '"'), "id": package.id},
    )  # fmt: skip
    make.records.commit()
    page = read(bo, next_one)
    assert outcomes(page) == ["0", "1", "0"]
    assert "I har fået 1 visitation" in page.text


def share(client, version_id):
    return client.post(f"/negotiations/{version_id}/consequences/share")


def test_what_the_fund_shares_hides_small_numbers_for_good(
    read, anna, bo, fund, municipality, signed, next_one, client_of
):
    for _number in range(3):
        assessed(fund, municipality, signed, health=YES)
    for _number in range(7):
        assessed(fund, municipality, signed, refer=False, health=NO)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    assert share(client, next_one).status_code == 303
    for owner in (anna, bo):
        told = dict(rows(read(owner, next_one))[-4:])
        assert told["I alt"] == "10"
        assert told["De nye kriterier er opfyldt"] == "Vises ikke"
        assert told["De nye kriterier er ikke opfyldt"] == "Vises ikke"
    [row] = make.records.query(Rehearsal)
    assert {figure["count"] for figure in row.figures.values()} == {10, None}
    assert outcomes(read(anna, next_one)) == ["3", "7", "0"]  # its own it sees whole


def test_it_is_shared_once_and_by_the_fund(
    read, anna, bo, fund, municipality, signed, next_one, client_of
):
    assessed(fund, municipality, signed, health=YES)
    fund_client, other = (
        client_of(make.records.get_one(User, one.actor.user_id)) for one in (anna, bo)
    )
    assert share(other, next_one).status_code == 409
    assert share(fund_client, next_one).status_code == 303
    assert share(fund_client, next_one).status_code == 409
    key, given = section_with(anna, next_one, "criteria")
    anna.propose(next_one, key, text="Nyt.", given=given | {"criteria": [HEALTH, DEBT]})
    assert "Kriterierne er ændret siden" in read(bo, next_one).text


def test_what_was_given_up_is_not_shared_again_in_another_version(
    read, anna, bo, fund, municipality, outsider, signed, next_one, client_of
):
    """With one criterion changed meanwhile, the two could be subtracted from each other."""
    assessed(fund, municipality, signed, health=YES)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    assert share(client, next_one).status_code == 303
    bo.step(next_one, "abandon", reason="Vi begynder forfra.")
    again, elsewhere = anna.renew(signed.id), anna.begin(outsider)
    for version_id in (again, elsewhere):
        anna.step(version_id, "open")
    assert share(client, again).status_code == 409
    assert "I har allerede delt tal" in read(anna, again).text
    assert share(client, elsewhere).status_code == 303  # of other people
    [row] = make.records.query(Rehearsal).filter_by(version_id=next_one)
    row.last_day = first_day(today()) - timedelta(days=1)
    make.saved(row)
    assert share(client, again).status_code == 303


def test_without_an_earlier_version_it_is_held_against_the_standard(read, anna, bo, municipality):
    version_id = anna.begin(municipality)
    key, given = section_with(anna, version_id, "decide_days")
    anna.propose(version_id, key, text="Nyt.", given=given | {"decide_days": 3})
    anna.step(version_id, "open")
    for owner in (anna, bo):
        page = read(owner, version_id)
        assert "Der er ingen tidligere version" in page.text
        assert ["Frist for vurdering", "5 arbejdsdage", "3 arbejdsdage"] in rows(page)


def test_it_stands_before_the_agreement_is_sent_to_be_signed(anna, bo, municipality, client_of):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.all_agreed(anna, bo, version_id)
    for owner in (anna, bo):
        owner.name_signatory(version_id)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    address = f"/negotiations/{version_id}"
    press(client, address, "settle")
    links = BeautifulSoup(client.get(address).text, "html.parser").select("main a")
    assert f"{address}/consequences" in [a["href"] for a in links]
    assert not fields_of(client.get(address), "ask-to-sign")
    press(client, address, "ask-to-sign")
    assert anna.read(version_id)[0].state == "signing"


def fields_of(answer, step):
    return BeautifulSoup(answer.text, "html.parser").select(f"form[action$='/{step}']")


def test_it_is_for_the_owners_of_the_two_sides(next_one, fund, outsider, client_of):
    address = f"/negotiations/{next_one}/consequences"
    owner = make.user(fund, Role.AGREEMENT_OWNER)
    assert client_of(owner).get(address).status_code == 200
    assert client_of(make.user(fund, Role.ADVISER)).get(address).status_code == 403
    assert client_of(make.user(outsider, Role.AGREEMENT_OWNER)).get(address).status_code == 404
