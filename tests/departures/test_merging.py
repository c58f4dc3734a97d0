"""A municipality or fund that another has taken over, and one that nobody is left in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from portal.access import OrganisationKind, Role
from portal.cases.models import BenefitHours, CasePlan, MemberCase
from portal.cases.restricted import reference
from portal.clock import now, today
from portal.db import db
from portal.departures import stranded
from portal.handovers.models import Handover, HandoverParty, Kind, State
from portal.handovers.parts import HandoverEvent, HandoverNote
from portal.handovers.rejected import HandoverReference
from portal.handovers.restricted import HandoverReader
from portal.life.models import Happening, LifeEvent
from portal.mail import OutgoingMail
from portal.organisations.models import Organisation
from tests import beside, make

DAY = timedelta(days=1)


@pytest.fixture
def package(fund, municipality, adviser, contact):
    """Waits for the municipality's answer, and it has written a note for itself."""
    case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
    had = {"receiver_person_id": contact.id, "receiver_person": contact.name}
    units = {"sender_unit_id": make.unit(fund).id, "receiver_unit_id": make.unit(municipality).id}
    made = make.handover(case, State.RECEIVED, sender_person_id=adviser.id, **had, **units)
    own = {"handover_id": made.id, "organisation_id": municipality.id}
    make.question(made, municipality.id)
    make.saved(HandoverNote(person=contact.name, text="Ring til borgeren", **own))
    return made


@pytest.fixture
def merged(municipality, outsider):
    """The municipality ended yesterday, and the outsider took over."""
    municipality.valid_until, municipality.successor_id = today() - DAY, outsider.id
    make.saved(municipality)
    return outsider


@pytest.fixture
def take_over(run, municipality):
    def command(*options):
        return run("successor", "packages", municipality.slug, *options)

    return command


def mails() -> list[OutgoingMail]:
    found = [*make.records.scalars(select(OutgoingMail).order_by(OutgoingMail.recipient))]
    make.records.commit()
    return found


def test_packages_of_a_municipality_that_is_no_more_go_on_under_its_successor(
    package, merged, take_over, run_jobs, contact, adviser, client_of, fund
):
    same = make.user(merged, Role.CONTACT, name="Jonas Skabelon", email=contact.email.upper())
    other = make.user(merged, Role.CONTACT, name="En anden")
    done = make.handover(
        make.member_case(fund, merged), State.COMPLETED, receiver_id=contact.organisation_id
    )
    shown = f"/handovers/{package.id}"
    assert client_of(same).get(shown).status_code == 404

    tried = take_over("--dry-run")
    assert f"{package.reference} received: to udkoebing" in tried.output
    assert client_of(same).get(shown).status_code == 404  # nothing was left of it
    assert client_of(contact).get(shown).status_code == 200

    assert "2 to udkoebing, 0 left" in take_over().output
    assert "0 to udkoebing, 0 left" in take_over().output
    assert client_of(contact).get(shown).status_code == 404
    assert client_of(other).get(f"/handovers/{done.id}").status_code == 200
    theirs, funds = client_of(same).get(shown), client_of(adviser).get(shown)
    assert "Ring til borgeren" in theirs.text
    assert "Ring til borgeren" not in funds.text
    waits = "1 spørgsmål venter på jeres svar"
    assert (waits in theirs.text, waits in funds.text) == (False, True)
    for page in (theirs, funds):
        assert "Lillekøbing Kommune → Udkøbing Kommune" in page.text
    step = client_of(same).get(f"{shown}/steps/request-info")
    assert step.status_code == 200
    now = make.fresh(package)
    assert (now.receiver_id, now.receiver_person_id, now.state) == (
        merged.id,
        same.id,
        State.RECEIVED,
    )
    events = select(HandoverEvent.step).where(HandoverEvent.handover_id == package.id)
    assert make.records.scalars(events).all() == ["succeed"]
    make.records.commit()
    run_jobs()
    assert {row.recipient for row in mails()} == {same.email, adviser.email}


def test_whoever_did_not_come_along_leaves_it_to_the_unit_that_takes_what_names_none(
    package, merged, take_over
):
    unit = make.unit(merged, "Modtagelsen", is_default=True)
    case = make.records.get_one(MemberCase, package.case_id)
    take_over()
    now = make.fresh(package)
    assert (now.receiver_person_id, now.receiver_unit_id) == (None, unit.id)
    assert make.fresh(case).municipality_id == merged.id


def test_a_restricted_one_waits_until_its_new_people_are_named(
    package, merged, take_over, adviser, client_of
):
    beside.restricted(package, adviser)
    someone = client_of(make.user(merged, Role.CONTACT))
    take_over()
    assert make.fresh(package).receiver_id == merged.id
    assert someone.get(f"/handovers/{package.id}").status_code == 404
    assert client_of(adviser).get(f"/handovers/{package.id}").status_code == 200


@pytest.mark.parametrize("is_restricted", [False, True])
def test_what_was_rejected_is_left_to_the_successor_as_a_reference(
    is_restricted, package, merged, take_over, fund, municipality, contact, adviser, client_of
):
    """Of a restricted one to nobody before its new people are named; who was named is no more."""
    case = make.records.get_one(MemberCase, package.case_id)
    agreed = make.agreement(fund, municipality).id
    rejected = make.handover(case, State.REJECTED, agreement_version_id=agreed)
    own = {"handover_id": rejected.id, "organisation_id": municipality.id, "other_id": fund.id}
    told = {"reference": rejected.reference, "rejected_on": today(), "reason": "Ikke opfyldt"}
    make.saved(HandoverReference(**own, **told))
    if is_restricted:
        beside.restricted(rejected, contact, adviser)
    with make.records.begin():
        make.records.execute(text("set local role samspil_keeper"))
        of_it = HandoverParty.handover_id == rejected.id
        ended = update(HandoverParty).where(of_it, HandoverParty.side == "receiver")
        make.records.execute(ended.values(valid_until=now() - DAY))
    someone = client_of(make.user(merged, Role.CONTACT))
    before = client_of(contact).get("/handovers/rejected").text
    assert rejected.reference in before
    assert rejected.reference not in someone.get("/handovers/rejected").text

    take_over()

    assert rejected.reference not in client_of(contact).get("/handovers/rejected").text
    assert someone.get(f"/handovers/{rejected.id}").status_code == 404, "its days are over"
    there = someone.get("/handovers/rejected").text
    assert (rejected.reference in there) is not is_restricted
    named = select(HandoverReader.user_id).where(HandoverReader.handover_id == rejected.id)
    assert [*make.records.scalars(named)] == ([adviser.id] if is_restricted else [])
    make.records.commit()


def test_what_the_successor_has_already_is_said_and_stays(package, merged, take_over):
    case = make.records.get_one(MemberCase, package.case_id)
    there = make.handover(case, State.SENT, receiver_id=merged.id)
    said = take_over().output
    assert f"i gang hos efterfølgeren: {there.reference}" in said
    assert "0 to udkoebing, 1 left" in said
    assert make.fresh(package).receiver_id != merged.id


@pytest.mark.parametrize(
    ("ends", "words"),
    [(None, "ingen efterfølger"), (0, "ikke nedlagt endnu"), (-1, "1 to udkoebing")],
)
def test_only_of_one_that_is_no_more(
    ends, words, package, municipality, outsider, take_over, adviser
):
    if ends is not None:
        municipality.valid_until = today() + ends * DAY
        municipality.successor_id = outsider.id
        make.saved(municipality)
    assert words in take_over().output


@pytest.fixture
def new_fund(fund):
    """The fund ended yesterday, and this one took over."""
    new = make.fund("Fælles A-kasse", "faelles")
    fund.valid_until, fund.successor_id = today() - DAY, new.id
    make.saved(fund)
    return new


def test_a_funds_cases_and_packages_go_on_under_the_fund_that_took_over(
    package, fund, new_fund, adviser, contact, client_of, run, run_jobs
):
    case = make.records.get_one(MemberCase, package.case_id)
    hours = {"month": date(2026, 10, 1), "hours": 37, "source": "file", "recorded_by": "Mette"}
    make.of_case(case, BenefitHours, **hours)
    plan = make.of_case(case, CasePlan, job_goals=["Gartner"])
    judged = life_event(case, adviser)
    begun = make.handover(make.member_case(fund, home_of(contact.organisation_id)))
    same = make.user(new_fund, Role.ADVISER, name="Mette Eksempel", email=adviser.email)
    owners = [make.user(one, Role.AGREEMENT_OWNER) for one in (fund, new_fund)]
    shown, of_case = f"/handovers/{package.id}", f"/cases/{case.id}"

    def take_over(*options):
        return run("successor", "packages", fund.slug, *options).output

    assert "4 to faelles, 0 left" in take_over("--dry-run")
    assert client_of(same).get(of_case).status_code == 404  # nothing was left of it
    assert client_of(adviser).get(of_case).status_code == 200

    assert "4 to faelles, 0 left" in take_over()
    assert "0 to faelles, 0 left" in take_over()
    for page in (shown, of_case, f"/handovers/{begun.id}"):
        assert client_of(same).get(page).status_code == 200
        assert client_of(adviser).get(page).status_code == 404
    assert "Prøvebæk A-kasse → Fælles A-kasse" in client_of(contact).get(shown).text
    assert "Gartner" in client_of(same).get(f"{of_case}/plan").text
    assert {make.fresh(row).organisation_id for row in (case, plan, judged)} == {new_fund.id}
    kept = make.fresh(package)
    assert (kept.reference, kept.sender_id, kept.sender_person_id, kept.state) == (
        package.reference,
        new_fund.id,
        same.id,
        State.RECEIVED,
    )
    run_jobs()
    told = {row.recipient for row in mails()}
    assert told == {same.email, contact.email, *(one.email for one in owners)}


def life_event(case, adviser):
    own = {"kind": Happening.SOME_WORK, "day": today(), "done_at": now()}
    return make.of_case(case, LifeEvent, recorded_by=adviser.name, user_id=adviser.id, **own)


def home_of(organisation_id):
    return make.records.get_one(Organisation, organisation_id)


def test_a_restricted_case_waits_until_the_new_fund_has_named_its_people(
    package, fund, new_fund, adviser, client_of, run
):
    case = make.records.get_one(MemberCase, package.case_id)
    beside.restricted_case(case, adviser)
    open_to_all = make.member_case(fund, home_of(case.municipality_id))
    leader = make.user(new_fund, Role.TEAM_LEAD)
    run("successor", "packages", fund.slug)
    assert make.fresh(case).readers == []
    for hidden in (f"/cases/{case.id}", f"/handovers/{package.id}"):
        assert client_of(leader).get(hidden).status_code == 404
        assert client_of(adviser).get(hidden).status_code == 404
    assert client_of(leader).get(f"/cases/{open_to_all.id}").status_code == 200
    assert reference(case.id) in client_of(leader).get("/handovers/restricted").text


def test_a_case_that_the_new_fund_has_already_stays_with_its_package(
    package, fund, new_fund, adviser, run
):
    case = make.records.get_one(MemberCase, package.case_id)
    case.own_reference = "A-1"
    make.saved(case)
    other = make.handover(make.member_case(fund, home_of(case.municipality_id)), State.SENT)
    make.member_case(new_fund, home_of(case.municipality_id), own_reference="A-1")
    said = run("successor", "packages", fund.slug).output
    assert f"{package.reference} received: Efterfølgeren har allerede en åben sag" in said
    assert "2 to faelles, 2 left" in said
    assert make.fresh(case).organisation_id == make.fresh(package).sender_id == fund.id
    assert make.fresh(other).sender_id == new_fund.id


def test_a_citizen_who_moved_is_sent_by_the_successor(package, merged, take_over, fund):
    onward = make.handover(
        make.records.get_one(MemberCase, package.case_id),
        State.SENT,
        kind=Kind.FLYTNING,
        former_id=package.id,
        sender_id=package.receiver_id,
        receiver_id=make.organisation("Nyby Kommune").id,
    )
    assert "2 to udkoebing, 0 left" in take_over().output
    assert make.fresh(onward).sender_id == merged.id


def test_neither_web_nor_worker_gives_a_package_to_another_than_the_successor(
    package, fund, new_fund, outsider, seen_by, worker
):
    nobodys = {"sender_person_id": None, "sender_unit_id": None}
    give = update(Handover).where(Handover.id == package.id)
    with seen_by(fund) as web, pytest.raises(ProgrammingError, match="permission denied"):
        web.execute(give.values(sender_id=new_fund.id))
    with seen_by(fund) as web, pytest.raises(ProgrammingError, match="permission denied"):
        web.execute(select(func.case_inherited(package.case_id, None)))
    with worker.app_context():
        with pytest.raises(ProgrammingError, match="only a successor"):
            db.session.execute(give.values(sender_id=outsider.id, **nobodys))
        db.session.rollback()
        db.session.execute(give.values(sender_id=new_fund.id, **nobodys))
        db.session.rollback()


def test_no_project_and_no_union_has_a_successor_here(run, worker):
    platform = make.organisation("Samspil Drift", OrganisationKind.PLATFORM)
    said = run("successor", "packages", platform.slug).output
    assert "ingen kommune eller a-kasse" in said


def test_owners_and_operators_are_told_once_that_nobody_is_left(
    package, municipality, fund, contact, worker, run
):
    platform = make.organisation("Samspil Drift", OrganisationKind.PLATFORM)
    told = [make.user(fund, Role.AGREEMENT_OWNER), make.user(platform, Role.OPERATOR)]
    told.append(make.user(municipality, Role.AGREEMENT_OWNER))

    def night() -> list[str]:
        with worker.app_context():
            found = stranded.tell(today())
            db.session.commit()
        return found

    assert night() == []
    contact.closed_at = package.created_at
    make.saved(contact)
    assert night() == [municipality.slug] == night()
    assert run("successor", "missing").output == f"{municipality.slug}\n"
    assert sorted(row.recipient for row in mails()) == sorted(str(one.email) for one in told)
    assert "ORG-LILLEKOEBING" in mails()[0].subject
