"""Documents of a project: looked at before they are kept, scanned before anybody gets them."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.projects import documents
from portal.projects.documents import ProjectDocument
from tests import make, project


@pytest.fixture
def shared(cast, led):
    project.partner(led, cast.union)
    return led


def add(client, one, data=b"Referat af styregruppen", name="referat.txt"):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    sent = {"data": head.encode() + data + b"\r\n--x--\r\n"}
    kind = "multipart/form-data; boundary=x"
    return client.post(f"/projects/{one.id}/documents/", content_type=kind, **sent)


def kept(one):
    rows = select(ProjectDocument).where(ProjectDocument.project_id == one.id)
    found = make.records.scalars(rows).all()
    make.records.commit()
    return found


def looked_through(worker):
    with worker.app_context():
        documents.scan_waiting.func(0)
        db.session.commit()


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("referat.exe", b"MZ", "Vælg en fil af typen"),
        ("referat.pdf", b"Det er ingen PDF", "passer ikke til dens type"),
        ("referat.txt", b"", "Filen er tom."),
    ],
)
def test_what_is_no_document_is_said_at_its_field(name, data, fault, cast, shared, as_):
    refused = add(as_(cast.ulla), shared, data, name)
    assert refused.status_code == 422
    assert fault in refused.text
    assert kept(shared) == []


def test_partners_and_the_council_read_what_one_of_them_adds(cast, shared, as_, worker):
    ulla = as_(cast.ulla)
    assert add(ulla, shared).status_code == 303
    twice = add(ulla, shared)
    assert (twice.status_code, "i forvejen" in twice.text) == (422, True)
    (one,) = kept(shared)
    address = f"/projects/{shared.id}/documents/{one.id}"
    assert ulla.get(address).status_code == 409  # nobody has looked through it yet
    looked_through(worker)
    for reader in (cast.mette, cast.gitte, cast.susanne):
        answer = as_(reader).get(address)
        assert (answer.status_code, answer.data) == (200, b"Referat af styregruppen")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert as_(cast.ove).get(address).status_code == 404
    assert "referat.txt" in as_(cast.susanne).get(f"/projects/{shared.id}/documents/").text
    assert add(as_(cast.susanne), shared, b"Andet").status_code == 409  # reads, and no partner
    adviser = as_(make.user(cast.fund, Role.ADVISER))
    assert add(adviser, shared, b"Andet").status_code == 403


def test_who_added_it_and_who_leads_take_it_away(cast, shared, as_, seen_by):
    own, other = (project.document(shared, cast.union, person_id=who) for who in
                  (cast.ulla.id, cast.mette.id))  # fmt: skip
    here = f"/projects/{shared.id}/documents"
    assert as_(cast.mette).post(f"{here}/{own.id}/remove").status_code == 409
    assert as_(cast.ulla).post(f"{here}/{other.id}/remove").status_code == 409
    assert as_(cast.ulla).post(f"{here}/{own.id}/remove").status_code == 303
    with seen_by(cast.fund) as session:
        assert session.query(ProjectDocument).delete() == 0  # another partner's
    assert as_(cast.gitte).post(f"{here}/{other.id}/remove").status_code == 303
    assert kept(shared) == []


def test_a_project_that_is_over_takes_no_more(cast, as_):
    over = project.project(cast.lead, cast.fund, state="closed")
    assert add(as_(cast.gitte), over).status_code == 409
