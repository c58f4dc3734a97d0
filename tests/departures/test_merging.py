"""A municipality that another has taken over, and an organisation that nobody is left in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import OrganisationKind, Role
from portal.cases.models import MemberCase
from portal.clock import today
from portal.db import db
from portal.departures import stranded
from portal.handovers.models import State
from portal.handovers.parts import HandoverEvent, HandoverNote
from portal.mail import OutgoingMail
from tests import beside, make

DAY = timedelta(days=1)


@pytest.fixture
def package(fund, municipality, adviser, contact):
    """Waits for the municipality's answer, and it has written a note for itself."""
    case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
    had = {"receiver_person_id": contact.id, "receiver_person": contact.name}
    made = make.handover(case, State.RECEIVED, sender_person_id=adviser.id, **had)
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
