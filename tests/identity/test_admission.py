"""What a checked identity becomes: an organisation, a user, roles, a unit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from demo.provider.faults import Fault, changed
from demo.provider.signatures import escaped
from portal.access import OrganisationKind, Role
from portal.clock import now, today
from portal.identity.models import SharedOrganisation, UserSession
from portal.organisations.models import Membership, RoleGrant, RoleSource, User
from tests import make

ADMINISTRATOR = "samspil-lokaladministrator"


def user() -> User:
    found = make.records.scalars(select(User)).one()
    make.records.commit()
    return found


def grants() -> set[tuple[Role, RoleSource]]:
    rows = make.records.execute(select(RoleGrant.role, RoleGrant.source)).all()
    make.records.commit()
    return {(row.role, row.source) for row in rows}


def with_groups(*groups: str) -> Fault:
    return Fault(claims=changed(groups=[*groups]), userinfo=changed(groups=[*groups]))


def shared(connect, *organisations, cvr="29189846"):
    """Let the first one's issuer speak for all, by CVR number."""
    row = connect(organisations[0], claim_map={"organisation": "cvr", "level": "acr"})
    row.organisation_id = None
    make.records.commit()
    for number, organisation in enumerate(organisations):
        key = f"{int(cvr) + number}"
        own = {"provider_id": row.id, "cvr": key, "organisation_id": organisation.id}
        make.saved(SharedOrganisation(**own))
    return row


def claiming(cvr: object) -> Fault:
    return Fault(claims=changed(cvr=cvr))


def test_the_provider_says_which_organisation(desk, bupl, issuers):
    """Also where a claim agrees, or its own CVR number is not known here (B5)."""
    bupl.cvr = "12345674"
    make.records.commit()
    issuers["bupl-a"].fault = claiming("12345674")
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    assert user().organisation_id == bupl.id


def test_a_claim_that_names_another_organisation_is_refused(desk, connect, issuers, app):
    bupl = make.fund("BUPL-A", "bupl-a")
    bupl.cvr = "12345674"
    make.records.commit()
    connect(bupl, claim_map={"organisation": "cvr"})
    issuers["bupl-a"].fault = claiming("87654325")

    refused = desk.sign_in("bupl-a", "mette")

    assert refused.status_code == 403
    assert make.records.scalars(select(User)).all() == []
    [event] = make.audited()
    assert event.organisation_id == bupl.id
    assert event.outcome == "refused: organisation"
    issuers["bupl-a"].fault = claiming("12345674")
    assert desk.sign_in("bupl-a", "mette").status_code == 302


@pytest.mark.parametrize("cvr", ["11111111", None, 29189846, ["29189846"], ""])
def test_a_shared_issuer_that_names_nobody_we_know_is_refused(cvr, desk, connect, issuers, app):
    shared(connect, make.organisation("Slagelse Kommune", slug="slagelse"))
    issuers["slagelse"].fault = claiming(cvr)
    assert desk.sign_in("slagelse", "jonas").status_code == 403
    issuers["slagelse"].fault = claiming("29189846")
    assert desk.sign_in("slagelse", "jonas").status_code == 302


def test_a_shared_issuer_speaks_for_each_by_its_number(desk, connect, issuers, app):
    slagelse = make.organisation("Slagelse Kommune", slug="slagelse")
    other = make.organisation("Lillekøbing Kommune", slug="lillekoebing")
    shared(connect, slagelse, other)
    issuers["slagelse"].fault = claiming("29189847")

    assert desk.sign_in("slagelse", "jonas").status_code == 302

    assert user().organisation_id == other.id


def test_one_subject_belongs_to_one_organisation(desk, connect, issuers, app):
    shared(
        connect,
        make.organisation("Slagelse Kommune", slug="slagelse"),
        make.organisation("Lillekøbing Kommune", slug="lillekoebing"),
    )
    issuers["slagelse"].fault = claiming("29189846")
    assert desk.sign_in("slagelse", "jonas").status_code == 302
    issuers["slagelse"].fault = claiming("29189847")
    assert desk.sign_in("slagelse", "jonas").status_code == 403


def test_roles_are_those_that_the_kind_of_organisation_has(desk, bupl, issuers):
    issuers["bupl-a"].fault = with_groups("samspil-raadgiver", "samspil-koordinator", "x")
    desk.sign_in("bupl-a", "mette")
    assert grants() == {(Role.ADVISER, RoleSource.PROVIDER)}


def test_the_operator_comes_from_the_platform_alone(desk, connect, issuers, app):
    drift = make.organisation("Samspil", OrganisationKind.PLATFORM, "samspil-drift")
    connect(drift)
    bupl = make.fund("BUPL-A", "bupl-a")
    connect(bupl)
    issuers["bupl-a"].fault = with_groups("samspil-drift", "samspil-raadgiver")
    desk.sign_in("bupl-a", "mette")
    assert grants() == {(Role.ADVISER, RoleSource.PROVIDER)}
    desk.sign_in("samspil-drift", "rikke")
    assert (Role.OPERATOR, RoleSource.PROVIDER) in grants()


def test_roles_follow_the_groups_at_each_sign_in(desk, another_desk, bupl, issuers):
    """What an administrator gave stays; other sessions end at once (B8, D2)."""
    desk.sign_in("bupl-a", "lone")
    place = make.records.scalars(select(Membership)).one()
    own = {"organisation_id": bupl.id, "membership_id": place.id}
    make.saved(RoleGrant(role=Role.AUDITOR, source=RoleSource.ADMINISTRATOR, **own))
    assert desk.client.get("/").status_code == 200
    issuers["bupl-a"].fault = with_groups("samspil-raadgiver")

    another_desk.sign_in("bupl-a", "lone")

    assert grants() == {
        (Role.ADVISER, RoleSource.PROVIDER),
        (Role.AUDITOR, RoleSource.ADMINISTRATOR),
    }
    assert desk.client.get("/").status_code == 302
    assert another_desk.client.get("/").status_code == 200
    changes = [event.detail for event in make.audited() if event.action == "identity.roles"]
    assert changes[-1] == {"given": ["adviser"], "taken": ["agreement_owner", "team_lead"]}


def test_without_change_other_sessions_go_on(desk, another_desk, bupl):
    desk.sign_in("bupl-a", "mette")
    another_desk.sign_in("bupl-a", "mette")
    assert desk.client.get("/").status_code == 200


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    assert "rådgiver" in desk.client.get("/").text
    make.records.delete(make.records.scalars(select(RoleGrant)).one())
    make.records.commit()
    assert desk.client.get("/").headers["Location"] == "/no-role"


def test_without_a_role_one_is_told_whom_to_ask(desk, another_desk, bupl, issuers):
    another_desk.sign_in("bupl-a", "bent")
    issuers["bupl-a"].fault = with_groups()

    desk.sign_in("bupl-a", "mette")

    page = desk.client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "Du har ikke fået en rolle endnu" in page.text
    assert "bent.fiktiv@bupl-a.example" in page.text


@pytest.mark.parametrize(
    ("slug", "sub", "status"),
    [("rbr-sjaelland", "low", 302), ("rbr-sjaelland", "none", 403), ("bupl-a", "low", 403)],
)
def test_totals_may_be_seen_at_low(slug, sub, status, desk, connect, issuers, app):
    council = make.organisation("RBR Sjælland", OrganisationKind.COUNCIL, "rbr-sjaelland")
    connect(council)
    connect(make.fund("BUPL-A", "bupl-a"))
    acr = {"low": "https://data.gov.dk/concept/core/nsis/loa/Low", "none": "?"}[sub]
    issuers[slug].fault = Fault(claims=changed(acr=acr))
    person = next(iter(issuers[slug].people))
    assert desk.sign_in(slug, person).status_code == status


def test_a_low_session_never_sees_people_whatever_was_given_since(desk, connect, issuers, app):
    council = make.organisation("RBR Sjælland", OrganisationKind.COUNCIL, "rbr-sjaelland")
    connect(council)
    low = "https://data.gov.dk/concept/core/nsis/loa/Low"
    issuers["rbr-sjaelland"].fault = Fault(claims=changed(acr=low))
    desk.sign_in("rbr-sjaelland", next(iter(issuers["rbr-sjaelland"].people)))
    place = make.records.scalars(select(Membership)).one()
    own = {"organisation_id": council.id, "membership_id": place.id}
    given = {"role": Role.LOCAL_ADMINISTRATOR, "source": RoleSource.ADMINISTRATOR}
    make.saved(RoleGrant(**given, **own))

    assert "rådssekretær" in desk.client.get("/").text
    assert "lokal administrator" not in desk.client.get("/").text
    make.records.scalars(select(UserSession)).one().level = "Substantial"
    make.records.commit()
    assert "lokal administrator" in desk.client.get("/").text


def test_somebody_who_reaches_more_when_asked_is_let_in_then(desk, connect, issuers, app):
    connect(make.fund("BUPL-A", "bupl-a"))
    weak = [
        person.sub
        for person in issuers["bupl-a"].people.values()
        if person.level == "Low" and person.step_up == "Substantial"
    ]
    assert weak, "the demo has nobody who can step up"
    assert desk.sign_in("bupl-a", weak[0]).status_code == 403
    assert desk.sign_in("bupl-a", weak[0], level="Substantial").status_code == 302


def test_a_level_may_be_decided_on_for_a_provider_that_tells_none(desk, connect, issuers, app):
    """Only where nothing is said: what is said, and unknown, stays below Low (B4)."""
    decided = {"level": "Substantial", "reason": "to faktorer", "decided_on": "2026-11-01"}
    connect(make.fund("BUPL-A", "bupl-a"), assumed_level=decided, claim_map={"level": "loa"})
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    issuers["bupl-a"].fault = Fault(claims=changed(loa="unknown"))
    assert desk.sign_in("bupl-a", "mette").status_code == 403


def test_a_closed_user_stays_out(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    user().closed_at = now()
    make.records.commit()
    assert desk.client.get("/").status_code == 302

    refused = desk.sign_in("bupl-a", "mette")

    assert refused.status_code == 403
    assert "Din adgang er lukket" in refused.text
    user().closed_at = None
    make.records.commit()
    assert desk.sign_in("bupl-a", "mette").status_code == 302


def test_a_membership_that_was_ended_stays_ended(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    place = make.records.scalars(select(Membership)).one()
    place.valid_from = place.valid_until = today() - timedelta(days=1)
    make.records.commit()
    assert desk.sign_in("bupl-a", "mette").status_code == 403
    place.valid_until = today()
    make.records.commit()
    assert desk.sign_in("bupl-a", "mette").status_code == 302


def test_a_department_is_the_unit_of_that_name(desk, bupl, issuers):
    team = make.unit(bupl, "Team Sjælland")
    make.unit(make.fund(), "Team Hovedstaden")
    desk.sign_in("bupl-a", "mette")
    place = make.records.scalars(select(Membership)).one()
    assert place.unit_id == team.id
    issuers["bupl-a"].fault = Fault(
        claims=changed(department="Team Hovedstaden"),
        userinfo=changed(department="Team Hovedstaden"),
    )
    desk.sign_in("bupl-a", "mette")
    assert make.fresh(place).unit_id == team.id  # another organisation's name moves nobody


def test_the_same_mail_address_is_not_the_same_person(desk, another_desk, bupl, issuers):
    mail = "mette.eksempel@bupl-a.example"
    desk.sign_in("bupl-a", "mette")
    issuers["bupl-a"].fault = Fault(claims=changed(email=mail), userinfo=changed(email=mail))
    another_desk.sign_in("bupl-a", "jens")
    people = make.records.scalars(select(User).order_by(User.subject)).all()
    assert [(one.subject, one.email) for one in people] == [("jens", mail), ("mette", mail)]


def test_the_same_subject_at_two_providers_is_two_people(desk, another_desk, bupl, slagelse):
    desk.sign_in("bupl-a", "mette")
    another_desk.sign_in("slagelse", "mette")
    people = make.records.scalars(select(User)).all()
    assert {one.organisation_id for one in people} == {bupl.id, slagelse.id}


def test_a_name_follows_the_provider(desk, bupl, issuers):
    desk.sign_in("bupl-a", "mette")
    issuers["bupl-a"].fault = Fault(claims=changed(name="Mette Attrap"))
    desk.sign_in("bupl-a", "mette")
    assert user().name == "Mette Attrap"


def test_what_is_audited(desk, bupl):
    desk.sign_in("bupl-a", "mette")
    desk.sign_out()
    person = user()
    events = [(event.action, event.outcome) for event in make.audited()]
    assert ("identity.callback", "done") in events
    assert ("identity.sign_out", "done") in events
    signed_in = next(event for event in make.audited() if event.action == "identity.callback")
    assert signed_in.user_id == person.id
    assert signed_in.roles == "adviser"
    assert signed_in.detail == {"provider": "bupl-a", "level": "Substantial"}
    assert signed_in.address == "127.0.0.1"


@pytest.mark.parametrize(
    "claims",
    [
        {"name": "Mette \ud800"},
        {"email": "\udfff@bupl.example"},
        {"sub": "mette\ud800"},
        {"sub": "mette\u0000"},
        {"sub": "mette\u202e"},
        {"groups": ["\ud800"]},
    ],
    ids=lambda claims: ascii(claims),
)
def test_half_a_character_is_a_bad_claim(claims, desk, bupl, issuers):
    """JSON can write what UTF-8 cannot: nobody is signed in, and the page is polite (A10, A26)."""
    issuers["bupl-a"].fault = Fault(claims=changed(**claims), sign=escaped)
    answer = desk.sign_in("bupl-a", "mette")
    assert answer.status_code == 400
    assert "Vi kunne ikke logge dig på" in answer.text
    issuers["bupl-a"].fault = Fault(claims=changed(name="Mette 😀 Ærø"), sign=escaped)
    assert desk.sign_in("bupl-a", "mette").status_code == 302


@pytest.mark.parametrize("is_left", [True, False])
def test_the_last_administrator_may_lose_the_role_at_the_provider_and_it_is_told(
    is_left, desk, bupl, issuers
):
    """A role of the provider's is the provider's to take, and to give again (B8, B13)."""
    issuers["bupl-a"].fault = with_groups(ADMINISTRATOR)
    desk.sign_in("bupl-a", "mette")
    assert (Role.LOCAL_ADMINISTRATOR, RoleSource.PROVIDER) in grants()
    if is_left:
        make.user(bupl, Role.LOCAL_ADMINISTRATOR)
    issuers["bupl-a"].fault = with_groups("samspil-raadgiver")
    desk.sign_in("bupl-a", "mette")
    assert (Role.ADVISER, RoleSource.PROVIDER) in grants()
    told = [event for event in make.audited() if event.action == "identity.no_administrator"]
    assert len(told) == (0 if is_left else 1)
    issuers["bupl-a"].fault = with_groups(ADMINISTRATOR)
    assert desk.sign_in("bupl-a", "mette").status_code == 302
    assert (Role.LOCAL_ADMINISTRATOR, RoleSource.PROVIDER) in grants()
