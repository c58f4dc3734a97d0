"""Partners are asked, answer, lead and leave; each refusal beside what is let through."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.clock import today
from portal.projects import partners, queries
from portal.projects.models import PartnerRole, PartnerState, ProjectPartner, Standing
from portal.workflow import Lack, NotNow
from tests import make, project
from tests.project import FIRST, LAST

TITLE = "Industriprojektet"


def ask(client, one, who, role, **days):
    told = {"organisation_id": who.id, "role": role, "valid_from": "2026-02-01"} | days
    return client.post(f"/projects/{one.id}/partners/new", data=told)


def row_of(one, who) -> ProjectPartner:
    rows = select(ProjectPartner).where(
        ProjectPartner.project_id == one.id, ProjectPartner.organisation_id == who.id
    )
    found = make.records.scalars(rows.execution_options(populate_existing=True)).one()
    make.records.commit()
    return found


def test_who_is_invited_sees_the_invitation_and_after_the_yes_the_project(cast, led, as_):
    gitte, ulla = as_(cast.gitte), as_(cast.ulla)
    here = f"/projects/{led.id}"
    assert ulla.get(f"{here}/invitation").status_code == 404
    assert ask(gitte, led, cast.union, "union").status_code == 303

    assert TITLE in ulla.get("/projects/").text
    assert "I er inviteret. Svar ja eller nej" in ulla.get("/").text
    invitation = ulla.get(f"{here}/invitation").text
    assert "Fagforening" in invitation
    assert led.target_group not in invitation
    assert ulla.get(here).status_code == 404
    assert "Vælg ja eller nej." in ulla.post(f"{here}/invitation", data={}).text

    assert ulla.post(f"{here}/invitation", data={"answer": "yes"}).status_code == 303
    assert led.target_group in ulla.get(here).text
    assert "Partner sagt ja: Metalforbundet" in as_(cast.gitte).get(here).text
    assert ulla.post(f"{here}/invitation", data={"answer": "no"}).status_code == 404


def test_a_no_ends_it_until_the_lead_asks_again(cast, led, as_):
    gitte, ulla, here = as_(cast.gitte), as_(cast.ulla), f"/projects/{led.id}"
    ask(gitte, led, cast.union, "union")
    said = {"answer": "no", "reason": "Vi har ikke tid"}
    assert ulla.post(f"{here}/invitation", data=said).status_code == 303
    assert ulla.get(f"{here}/invitation").status_code == 404
    assert "Vi har ikke tid" in gitte.get(here).text
    assert ask(gitte, led, cast.union, "union").status_code == 303
    second = f"{here}/partners/{newest(led, cast.union)}/withdraw"
    assert gitte.post(second).status_code == 303
    assert gitte.post(second).status_code == 409
    assert ulla.get(f"{here}/invitation").status_code == 404


def newest(one, who):
    rows = select(ProjectPartner.id).where(
        ProjectPartner.project_id == one.id, ProjectPartner.organisation_id == who.id
    )
    return make.records.scalars(rows.order_by(ProjectPartner.invited_at.desc())).first()


@pytest.mark.parametrize(
    ("role", "days", "words"),
    [
        ("lead", {}, "allerede en tovholder: Østbæk Kommune"),
        ("jobcentre", {}, "kan ikke have den rolle"),
        ("union", {"valid_from": "2025-12-31"}, "uden for projektets tid"),
        ("union", {"valid_until": "2026-01-31"}, "ligger før den første"),
        ("union", {"valid_from": "32-01-2026"}, "Skriv dagen som"),
    ],
)
def test_what_is_odd_is_said_at_its_field(role, days, words, cast, led, as_):
    answer = ask(as_(cast.gitte), led, cast.union, role, **days)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="2026-02-01"' in answer.text or days.get("valid_from", "x") in answer.text
    assert not queries_of(led, cast.union)


def queries_of(one, who):
    rows = select(ProjectPartner.id).where(
        ProjectPartner.project_id == one.id, ProjectPartner.organisation_id == who.id
    )
    return [*make.records.scalars(rows)]


def test_an_organisation_is_in_it_once_at_a_time(cast, led, as_):
    gitte = as_(cast.gitte)
    assert "allerede med eller inviteret" in ask(gitte, led, cast.fund, "a_kasse").text
    project.ends(row_of(led, cast.fund), date(2026, 6, 30))
    last, next_day = {"valid_from": "2026-06-30"}, {"valid_from": "2026-07-01"}
    assert ask(gitte, led, cast.fund, "a_kasse", **last).status_code == 422
    assert ask(gitte, led, cast.fund, "a_kasse", **next_day).status_code == 303


def test_a_partner_leaves_on_a_day_and_sees_the_project_until_then(cast, led, as_):
    mette, gitte, here = as_(cast.mette), as_(cast.gitte), f"/projects/{led.id}"
    one = row_of(led, cast.fund)
    stop = f"{here}/partners/{one.id}/end"
    told = {"reason": "Ny aftale", "leaves": "Jobcentret ringer til virksomhederne"}
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert (
        "i dag eller en senere dag" in mette.post(stop, data=told | {"valid_until": yesterday}).text
    )
    far = (LAST + timedelta(days=1)).isoformat()
    assert "uden for projektets tid" in mette.post(stop, data=told | {"valid_until": far}).text
    assert mette.post(stop, data=told | {"valid_until": today().isoformat()}).status_code == 303

    assert "Jobcentret ringer til virksomhederne" in gitte.get(here).text
    assert mette.get(here).status_code == 200
    project.ends(one, today() - timedelta(days=1))
    assert mette.get(here).status_code == 404
    assert gitte.get(here).status_code == 200


def test_what_its_people_wait_for_keeps_a_partner(cast, led, as_, monkeypatch):
    """Features above say what; here one that says it of every day before the last of the year."""
    words = "3 deltagere har åbne forløb."

    def open_events(one, last):
        return [Lack("valid_until", words)] if last < date(2026, 12, 31) else []

    monkeypatch.setattr(partners, "ASKED_BEFORE_LEAVING", [open_events])
    stop = f"/projects/{led.id}/partners/{row_of(led, cast.fund).id}/end"
    told = {"reason": "Ny aftale", "valid_until": "2026-12-30"}
    refused = as_(cast.mette).post(stop, data=told)
    assert refused.status_code == 422
    assert words in refused.text
    assert "Ny aftale" in refused.text
    told["valid_until"] = "2026-12-31"
    assert as_(cast.mette).post(stop, data=told).status_code == 303


def test_the_lead_hands_over_and_never_leaves_it_without(cast, led, as_):
    gitte, mette, here = as_(cast.gitte), as_(cast.mette), f"/projects/{led.id}"
    own, fund = row_of(led, cast.lead), row_of(led, cast.fund)
    assert gitte.post(f"{here}/partners/{own.id}/end", data={}).status_code == 409
    lead = f"{here}/partners/{fund.id}/lead"
    assert mette.post(lead, data={"reason": "Vi vil"}).status_code == 409
    assert gitte.post(lead, data={"reason": "Pension"}).status_code == 303

    assert (row_of(led, cast.lead).role, row_of(led, cast.fund).role) == ("jobcentre", "lead")
    assert gitte.get(f"{here}/edit").status_code == 409
    assert mette.get(f"{here}/edit").status_code == 200


def test_a_council_makes_a_project_as_its_secretariat_and_asks_a_lead(cast, as_):
    made = project.project(cast.council, municipalities=(cast.lead,), state="preparing")
    susanne = as_(cast.susanne)
    here = f"/projects/{made.id}"
    assert row_of(made, cast.council).role == PartnerRole.SECRETARIAT
    refused = susanne.post(f"{here}/begin", data={"revision": 1})
    assert "ingen tovholder endnu" in refused.text
    assert ask(susanne, made, cast.lead, "lead").status_code == 303
    assert susanne.post(f"{here}/begin", data={"revision": 1}).status_code == 303


def test_the_council_of_the_day_sees_the_project_and_the_one_before_not(cast, as_):
    """Councils changed on 1 January 2025: what lay under the old one lies under the new one."""
    old = project.council(cast.outsider, "RAR Prøve", date(2015, 1, 1),
                          valid_until=date(2024, 12, 31))  # fmt: skip
    new = project.council(cast.outsider, "RBR Ny")
    made = project.project(cast.lead, municipalities=(cast.outsider,))
    idea = project.project(cast.lead, municipalities=(cast.outsider,), state="idea")
    before, after = project.party(made, old), project.party(made, new)
    assert before
    assert after
    assert before.valid_until == after.valid_from
    assert (before.standing, after.standing) == (Standing.COUNCIL, Standing.COUNCIL)
    assert project.party(idea, new) is None


@pytest.mark.parametrize("whose", ["outsider", "invited", "council", "partner", "lead"])
def test_from_outside_nothing_is_reached_by_sql(whose, cast, led, seen_by):
    """The web's own role: what is read, put in and changed in another's project."""
    project.invited(led, cast.union)
    who = {
        "outsider": cast.outsider,
        "invited": cast.union,
        "council": cast.council,
        "partner": cast.fund,
        "lead": cast.lead,
    }[whose]
    project.budget(led, cast.lead)
    tries = {
        "see": f"select from project where id = '{led.id}'",
        "money": f"select from project_budget where project_id = '{led.id}'",
        "partners": f"select from project_partner where project_id = '{led.id}'",
        "title": f"update project set title = 'Vores' where id = '{led.id}'",
        "stop": "update project_partner set valid_until = '2026-03-01', reason = 'x' "
        f"where project_id = '{led.id}' and organisation_id = '{cast.fund.id}'",
        "phase": "insert into project_phase (id, project_id, organisation_id, kind, position, name,"
        f" revision) values (gen_random_uuid(), '{led.id}', '{who.id}', 'phase', 9, 'Vores', 1)",
    }
    reached = {"outsider": "000000", "invited": "001000", "council": "113000",
               "partner": "113010", "lead": "113111"}[whose]  # fmt: skip
    assert "".join(str(tried(seen_by, who, one)) for one in tries.values()) == reached


def tried(seen_by, who, statement):
    with seen_by(who) as session:
        try:
            return session.execute(text(statement)).rowcount
        except ProgrammingError:
            return 0
        finally:
            session.rollback()


@pytest.mark.parametrize(
    ("who", "change", "is_let"),
    [
        ("union", "state = 'taking_part', answered_at = now(), answered_by = 'U'", True),
        ("union", "state = 'declined', answered_at = now(), answered_by = 'U'", True),
        ("union", "state = 'withdrawn', answered_at = now(), answered_by = 'U'", False),
        ("union", "valid_until = '2026-05-05'", False),
        ("lead", "state = 'withdrawn', answered_at = now(), answered_by = 'G'", True),
        ("lead", "state = 'taking_part', answered_at = now(), answered_by = 'G'", False),
    ],
)
def test_nobody_answers_for_another(who, change, is_let, cast, led, seen_by):
    one = project.invited(led, cast.union)
    with seen_by(getattr(cast, who)) as session:
        statement = text(f"update project_partner set {change} where id = '{one.id}'")
        if is_let:
            assert session.execute(statement).rowcount == 1
        else:
            with pytest.raises(ProgrammingError, match="no such step"):
                session.execute(statement)
        session.rollback()


def test_the_database_knows_one_lead(cast, led):
    with pytest.raises(IntegrityError, match="uq_project_partner_lead"):
        project.partner(led, cast.union, PartnerRole.LEAD)
    make.records.rollback()


def test_only_who_takes_part_today_writes_its_own_part(cast, led, seen_by):
    make_actor = make.actor(cast.fund)
    with seen_by(cast.fund):
        found = queries.project(led.id)
        assert queries.own_part(found, make_actor, FIRST).role == PartnerRole.A_KASSE
        with pytest.raises(NotNow):
            queries.own_part(found, make_actor, FIRST - timedelta(days=1))
    with seen_by(cast.council), pytest.raises(NotNow):
        queries.own_part(queries.project(led.id), make.actor(cast.council), FIRST)


def test_the_words_of_a_role_are_those_of_the_page(cast, led, as_):
    page = as_(cast.gitte).get(f"/projects/{led.id}").text
    assert re.search(r"Status: grøn", page)
    assert "A-kasse" in page
    assert row_of(led, cast.fund).state == PartnerState.TAKING_PART
