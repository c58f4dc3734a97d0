"""Requests that no form of ours sends: too large, many parts, another method (F12, F13)."""

import pytest

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
