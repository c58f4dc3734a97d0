"""Who is invited is written to."""

from sqlalchemy import select

from portal.access import OrganisationKind, Role
from portal.mail import OutgoingMail
from tests import make, project


def test_who_is_invited_is_written_to_once_with_a_reference_and_a_link(
    client_of, municipality, run_jobs
):
    union = make.organisation("3F Prøve", OrganisationKind.PARTNER)
    kim = make.user(union, Role.LOCAL_ADMINISTRATOR)
    ulla = make.user(union, Role.PROJECT_PARTNER)
    led = project.project(municipality, title="Industriprojektet")
    gitte = client_of(make.user(municipality, Role.AGREEMENT_OWNER))
    told = {"organisation_id": union.id, "role": "union", "valid_from": "2026-02-01"}
    assert gitte.post(f"/projects/{led.id}/partners/new", data=told).status_code == 303
    run_jobs()
    rows = make.records.scalars(select(OutgoingMail)).all()
    make.records.commit()
    sent = {one.recipient: one.body for one in rows if one.reference == led.reference}
    assert sent.keys() == {kim.email, ulla.email}
    assert f"/projects/{led.id}/invitation" in sent[str(ulla.email)]
    assert "/invitation" not in sent[str(kim.email)]  # gives the role, and reads no project
    assert not any(led.title in body for body in sent.values())
