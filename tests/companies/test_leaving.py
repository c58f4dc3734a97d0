"""What becomes of companies when a partner leaves, and of what was said when a project is over."""

from datetime import date, timedelta

import pytest
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from portal.access import OrganisationKind, Role
from portal.cli import samspil
from portal.clock import Moment, now, today
from portal.companies import leaving
from portal.companies.models import Company, CompanyContact
from portal.companies.orders import JobOrder
from portal.db import db
from portal.projects.documents import ProjectDocument
from portal.projects.models import ProjectPartner
from tests import company, make, project


@pytest.fixture
def union(app):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


def the(model):
    rows = make.records.query(model).populate_existing().all()
    make.records.commit()
    return rows


def stop(client, one, who, day):
    (partner,) = (row for row in the(ProjectPartner) if row.organisation_id == who.id)
    told = {"reason": "Ny aftale", "valid_until": day.isoformat()}
    return client.post(f"/projects/{one.id}/partners/{partner.id}/end", data=told)


def test_a_partner_leaves_when_its_job_orders_have_ended_and_its_companies_go_to_the_lead(
    client_of, worker, municipality, union
):
    last = today() + timedelta(days=30)
    led = project.project(municipality, union, ends_on=today() + timedelta(days=300))
    lead = client_of(make.user(municipality, Role.AGREEMENT_OWNER))
    own = company.company(led, union, municipality, contacted_by_id=union.id)
    order = company.order(own, union)
    refused = stop(lead, led, union, last)
    assert refused.status_code == 422
    assert "Partneren har 1 åben jobordre. Luk den først." in refused.text
    assert "Ny aftale" in refused.text
    make.records.query(JobOrder).filter_by(id=order.id).update(
        {"state": "withdrawn", "ended_at": now()}
    )
    make.records.commit()
    assert stop(lead, led, union, last).status_code == 303
    for day, contact in ((last, union), (last + timedelta(days=1), municipality)):
        with worker.app_context():
            leaving.pass_on(Moment(now(), day))
            db.session.commit()
        assert [row.contacted_by_id for row in the(Company)] == [contact.id]
    (entry,) = (row for row in the(CompanyContact) if row.kind == "handed_over")
    assert "deltager ikke længere" in entry.text


def test_what_was_said_is_forgotten_after_the_project_and_the_numbers_stay(
    worker, municipality, union
):
    told = {"contact_name": "Ane", "contact_phone": "12345678", "answer": "Ring til Ane"}
    ended = (date(2026, 5, 21), date(2026, 5, 22))
    long_ago, lately = (
        project.project(municipality, union, starts_on=date(2020, 1, 1), ends_on=day)
        for day in ended
    )
    for one in (long_ago, lately):
        firm = company.company(one, union, municipality, **told)
        company.contact(firm, union)
        company.order(firm, union, contact="Ane", state="not_filled", ended_at=now(),
                      end_reason="Ane sagde nej")  # fmt: skip
        project.document(one, union)
    with worker.app_context():
        found = leaving.forget(date(2026, 11, 22))
        db.session.commit()
    assert set(found.values()) == {1}
    gone = {Company: "answer", JobOrder: "end_reason", CompanyContact: "text"}
    for model, column in gone.items():
        left = {row.project_id: getattr(row, column) for row in the(model)}
        assert left[long_ago.id] is None
        assert left[lately.id]
    assert [row.project_id for row in the(ProjectDocument)] == [lately.id]


def test_a_dry_run_says_what_would_go_and_takes_nothing(worker, municipality, union):
    over = project.project(
        municipality, union, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1)
    )
    company.company(over, union, municipality, contact_name="Ane")
    script = ScriptInfo(create_app=lambda: worker, set_debug_flag=False)
    run = worker.test_cli_runner()
    for arguments, left in ((["--dry-run"], 1), ([], 0)):
        answer = run.invoke(samspil, ["participants", "forget", *arguments], obj=script)
        assert "1  company" in answer.output
        named = make.records.scalar(select(func.count(Company.contact_name)))
        make.records.commit()
        assert named == left
