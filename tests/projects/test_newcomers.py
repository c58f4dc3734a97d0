"""An organisation that stands on no list: wanted by the lead, opened by the operator."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.identity.models import IdentityProvider
from portal.organisations.models import Organisation
from portal.projects.models import ProjectNewcomer
from tests import make
from tests.company import free_cvr

CVR = free_cvr()
TOLD = {"name": "AMU Nybæk", "role": "school", "valid_from": "2026-02-01", "cvr": CVR}
TOLD |= {"contact": "Signe Eksempel", "mail": "signe@amu-nybaek.example"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cvr": "12345678"}, "ikke et CVR-nummer"),
        ({"mail": "signe"}, "e-mailadresse"),
        ({"valid_from": "2025-12-31"}, "uden for projektets tid"),
        ({"role": "lead"}, "Vælg en af mulighederne."),
    ],
)
def test_what_is_odd_is_said_at_its_field(wrong, words, cast, led, as_):
    refused = as_(cast.gitte).post(f"/projects/{led.id}/partners/wanted", data=TOLD | wrong)
    assert refused.status_code == 422
    assert words in refused.text
    assert "AMU Nybæk" in refused.text


def test_a_newcomer_is_opened_invited_and_answers(cast, led, as_, run_as):
    """Its people come through a provider of its own, as everybody's do."""
    gitte, here = as_(cast.gitte), f"/projects/{led.id}"
    assert as_(cast.mette).get(f"{here}/partners/wanted").status_code == 409
    assert gitte.post(f"{here}/partners/wanted", data=TOLD).status_code == 303
    assert "Venter på drift" in gitte.get(f"{here}/partners/wanted").text

    one = make.records.scalars(select(ProjectNewcomer.id).where(ProjectNewcomer.name ==
                                                                "AMU Nybæk")).one()  # fmt: skip
    make.records.commit()
    assert f"{one}  {led.reference}  AMU Nybæk  {CVR}" in run_as("project", "wanted").output
    assert run_as("project", "open", one, "AMU!").exit_code == 1
    assert run_as("project", "open", one, "amu-nybaek").exit_code == 0
    assert run_as("project", "open", one, "amu-andet").exit_code == 1
    assert str(one) not in run_as("project", "wanted").output
    assert "Oprettet og inviteret" in gitte.get(f"{here}/partners/wanted").text

    made = make.records.scalars(select(Organisation).where(Organisation.slug == "amu-nybaek")).one()
    issuer = "https://amu-nybaek.example"
    how = {"issuer": issuer, "metadata_url": issuer, "client_id": "samspil", "secret": ""}
    make.saved(IdentityProvider(slug="amu-nybaek", organisation_id=made.id, **how))
    kim, colleague = as_(make.user(made, Role.LOCAL_ADMINISTRATOR)), make.user(made)
    assert kim.get(f"{here}/invitation").status_code == 403  # gives roles, and answers nothing
    assert as_(colleague).get(f"{here}/invitation").status_code == 403  # came in, has no role yet
    roles = f"/administration/users/{colleague.id}/roles"
    assert kim.post(roles, data={"role": "project_partner"}).status_code == 303
    signe = as_(colleague)  # signs in again, with the role
    assert signe.post(f"{here}/invitation", data={"answer": "yes"}).status_code == 303
    assert led.target_group in signe.get(here).text
    known = gitte.post(f"{here}/partners/wanted", data=TOLD)
    assert "Vælg den på listen" in known.text
