"""Requests that no form of ours sends: too large, many parts, another method (F12, F13)."""

import pytest
from sqlalchemy import select

from portal.handovers.models import Handover
from portal.organisations.models import RoleGrant
from tests import make
from tests.conftest import HTMX


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


SEARCH = "/handovers/search"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"word": "x" * 1000}, 200),
        ({"word": "x" * 3_000_000}, 413),
        ({"word": "x"} | {f"field{n}": "x" for n in range(100)}, 200),
    ],
    ids=["small", "large", "many"],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_a_large_request_is_refused_before_it_is_read(data, status, headers, client):
    answer = client.post(SEARCH, data=data, headers=headers)
    assert answer.status_code == status
    assert ("<html" in answer.text) == (not headers)


@pytest.mark.parametrize(("parts", "status"), [(100, 200), (600, 413)])
def test_a_form_of_very_many_parts_is_refused(parts, status, client):
    fields = {f"field{n}": "x" for n in range(parts)} | {"word": "x"}
    answer = client.post(SEARCH, data=fields, content_type="multipart/form-data")
    assert answer.status_code == status


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
def test_another_method_is_not_there(method, client):
    answer = client.open("/handovers/", method=method, headers={"X-Marker": "a marker"})
    assert answer.status_code == 405
    assert "a marker" not in answer.text


def test_what_is_posted_elsewhere_says_so_when_it_is_opened(client):
    answer = client.get(SEARCH)
    assert answer.status_code == 405
    assert "Siden kan ikke åbnes på den måde" in answer.text
    assert client.get("/handovers/").status_code == 200


def test_fields_that_no_form_has_change_nothing(
    client, fund, municipality, outsider, adviser, contact
):
    """What a row belongs to and how far it has come is never taken from a form (C11)."""
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    forged = {
        "organisation_id": outsider.id,
        "sender_id": outsider.id,
        "receiver_id": outsider.id,
        "state": "accepted",
        "accepted_by": "Mig",
        "sender_person_id": contact.id,
        "role": "local_administrator",
        "roles": "local_administrator",
        "version": 99,
    }
    answer = client.post(f"/handovers/new/{case.id}", data={"kind": "overgang"} | forged)
    assert answer.status_code == 303
    made = make.records.scalars(select(Handover)).one()
    assert (made.sender_id, made.receiver_id) == (fund.id, municipality.id)
    assert (made.state, made.accepted_by, made.version) == ("draft", None, 1)
    assert made.sender_person_id == adviser.id
    roles = {row.role for row in make.records.scalars(select(RoleGrant))}
    make.records.commit()
    assert roles == {"adviser", "contact"}
