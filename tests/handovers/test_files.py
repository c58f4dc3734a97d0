"""Files on a package: who puts them there, who gets them, and what the scanner has to say first."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal import kept_files, keys, uploads
from portal.access import Role
from portal.clock import now
from portal.handovers import scanning
from portal.handovers.files import MOST, FileState, HandoverFile
from portal.handovers.models import Handover, State
from portal.mail import OutgoingMail
from portal.settings import load
from tests import beside, make
from tests.clamd import EICAR, Clamd, clamd
from tests.handovers.road import errors, page

WORDS = b"Karl er god til at svejse."


@pytest.fixture
def clam() -> Iterator[Clamd]:
    with tempfile.TemporaryDirectory() as folder, clamd(Path(folder, "c")) as server:
        yield server


@pytest.fixture
def scanned(worker: Flask, clam: Clamd) -> Iterator[Clamd]:
    """The worker with a scanner."""
    before = worker.extensions["samspil"]
    worker.extensions["samspil"] = replace(before, scanner=clam.address)
    yield clam
    worker.extensions["samspil"] = before


@pytest.fixture
def in_worker(worker: Flask) -> Callable[[Callable[[int], None]], None]:
    """One of the worker's rounds, in its transaction."""
    from portal.db import db

    def run(task: Callable[[int], None]) -> None:
        with worker.app_context():
            task(0)
            db.session.commit()

    return run


def add(client, address, data=WORDS, name="notat.txt"):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    sent = {"data": head.encode() + data + b"\r\n--x--\r\n"}
    return client.post(f"{address}/files", content_type="multipart/form-data; boundary=x", **sent)


def fault(answer) -> str:
    shown = page(answer).select_one("#file-error")
    return shown.text if shown else ""


def kept() -> list[HandoverFile]:
    make.records.expire_all()
    found = [*make.records.scalars(select(HandoverFile).order_by(HandoverFile.position))]
    make.records.commit()
    return found


def fetched(client, address, file):
    return client.get(f"{address}/files/{file.id}")


def states(client, address) -> list[str]:
    rows = page(client.get(f"{address}/files")).select("main table .badge")
    return [row.text.strip() for row in rows]


def test_a_file_goes_along_when_the_package_is_sent(road, sender, receiver, run_jobs, scanned):
    assert add(sender, road.address).status_code == 303
    [file] = kept()
    assert states(sender, road.address) == ["Tjekkes for virus"]
    assert fetched(sender, road.address, file).status_code == 409
    refused = road.step(sender, "send")
    assert "Filen notat.txt bliver tjekket for virus. Prøv igen om lidt." in errors(refused)

    run_jobs()
    assert states(sender, road.address) == ["Klar"]
    assert receiver.get(f"{road.address}/files").status_code == 404
    assert fetched(receiver, road.address, file).status_code == 404
    road.take(sender, "send")

    answer = fetched(receiver, road.address, file)
    assert (answer.status_code, answer.data) == (200, WORDS)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="notat.txt"')
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert make.audited(file.handover_id)[-1].detail == {"file": str(file.id)}
    assert "notat.txt" in receiver.get(road.address).text
    frozen = receiver.get(f"{road.address}/filing.zip")
    assert hashlib.sha256(WORDS).hexdigest() in frozen.data.decode("latin-1")
    assert receiver.get(f"{road.address}/package.pdf").status_code == 200


def test_either_party_adds_after_sending_and_nobody_takes_back(
    road, sender, receiver, run_jobs, scanned
):
    road.take(sender, "send")
    for client, words in ((sender, b"Fra a-kassen"), (receiver, b"Fra kommunen")):
        assert add(client, road.address, words).status_code == 303
    run_jobs()
    for file in kept():
        assert fetched(sender, road.address, file).status_code == 200
        assert fetched(receiver, road.address, file).status_code == 200
        gone = sender.post(f"{road.address}/files/{file.id}/remove")
        assert gone.status_code == 409
    assert "Lagde en fil på pakken" in receiver.get(road.address).text
    assert receiver.get(f"{road.address}/record.pdf").status_code == 200


def test_before_sending_who_added_it_or_a_leader_takes_it_away(road, sender, fund, client_of):
    add(sender, road.address)
    add(sender, road.address, b"Et andet notat")
    colleague = client_of(make.user(fund, Role.ADVISER))
    leader = client_of(make.user(fund, Role.TEAM_LEAD))
    one, other = kept()
    assert colleague.post(f"{road.address}/files/{one.id}/remove").status_code == 409
    assert len(kept()) == 2
    assert sender.post(f"{road.address}/files/{one.id}/remove").status_code == 303
    assert leader.post(f"{road.address}/files/{other.id}/remove").status_code == 303
    assert kept() == []


def test_a_harmful_file_is_given_to_nobody(road, sender, adviser, run_jobs, scanned):
    add(sender, road.address, EICAR, "faktura.txt")
    run_jobs()
    [file] = kept()
    assert (file.state, file.finding) == (FileState.INFECTED, "Eicar-Test-Signature")
    assert states(sender, road.address) == ["Afvist: virus i filen"]
    assert fetched(sender, road.address, file).status_code == 409
    refused = road.step(sender, "send")
    assert "Filen faktura.txt er afvist. Fjern den, før du sender." in errors(refused)
    assert told() == {adviser.email}
    sender.post(f"{road.address}/files/{file.id}/remove")
    road.take(sender, "send")


def told() -> set[str]:
    mails = make.records.scalars(select(OutgoingMail)).all()
    about = [mail for mail in mails if "afvist" in mail.subject]
    assert not [mail for mail in about if "faktura" in mail.subject + mail.body]
    make.records.commit()
    return {mail.recipient for mail in about}


def test_file_found_infected_later(
    road, sender, receiver, adviser, contact, run_jobs, in_worker, scanned
):
    add(sender, road.address)
    run_jobs()
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    road.take(receiver, "assign", person_id=str(contact.id))
    scanned.learnt.add(b"svejse")
    in_worker(scanning.scan_again)
    assert fetched(receiver, road.address, kept()[0]).status_code == 200, "looked at this week"

    older(kept_files.AGAIN_AFTER + timedelta(minutes=1))
    in_worker(scanning.scan_again)
    [file] = kept()
    for client in (sender, receiver):
        assert fetched(client, road.address, file).status_code == 409
        assert states(client, road.address) == ["Afvist: virus i filen"]
        assert "der er fundet virus i den" in client.get(road.address).text
    assert told() == {adviser.email, contact.email}
    in_worker(scanning.scan_again)
    assert len(told()) == 2


def older(age: timedelta) -> None:
    make.records.execute(update(HandoverFile).values(judged_at=now() - age))
    make.records.commit()


@pytest.mark.parametrize("says", ["INSTREAM size limit exceeded. ERROR", "stream: ?", ""])
def test_a_scanner_that_gives_no_verdict_decides_nothing(
    says, road, sender, worker, run_jobs, in_worker, clam
):
    before = worker.extensions["samspil"]
    down = replace(before, scanner=clam.address if says else "clamd:/nowhere")
    clam.says, worker.extensions["samspil"] = says, down
    add(sender, road.address)
    run_jobs()
    in_worker(scanning.scan_waiting)
    assert kept()[0].state == FileState.WAITING

    clam.says, worker.extensions["samspil"] = "", replace(before, scanner=clam.address)
    in_worker(scanning.scan_waiting)
    worker.extensions["samspil"] = before
    assert kept()[0].state == FileState.CLEAN


def test_without_a_scanner_each_file_says_so_until_there_is_one(
    road, sender, run_jobs, in_worker, worker, clam
):
    add(sender, road.address)
    run_jobs()
    assert states(sender, road.address) == ["Klar, ikke tjekket for virus"]
    assert fetched(sender, road.address, kept()[0]).data == WORDS
    before = worker.extensions["samspil"]
    worker.extensions["samspil"] = replace(before, scanner=clam.address)
    in_worker(scanning.scan_again)
    worker.extensions["samspil"] = before
    assert states(sender, road.address) == ["Klar"]


def test_the_command_asks_the_scanner(run, scanned, worker, settings):
    assert run("scanner").output == "ClamAV 1.4.1/27000\n"
    worker.extensions["samspil"] = replace(settings, scanner="none")
    assert "decided" in run("scanner").output
    worker.extensions["samspil"] = replace(settings, scanner="clamd:/nowhere")
    assert run("scanner").exit_code == 1


def test_the_database_knows_nothing_of_what_is_in_a_file(road, sender, database):
    add(sender, road.address)
    [file] = kept()
    stored = make.records.scalars(select(HandoverFile.sealed)).one()
    make.records.commit()
    assert WORDS not in stored
    ring = keys.of(load())
    opened = ring.open_file(file.key, stored, table="handover_file", row_id=file.id)
    assert opened == WORDS


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (WORDS, "", "Vælg en fil."),
        (b"", "tom.pdf", "Filen er tom."),
        (b"<html>", "brev.pdf", "passer ikke til dens type"),
        (b"MZ", "program.exe", "PDF, PNG, JPEG, DOCX, XLSX, ODT eller TXT"),
        (b"a" * (uploads.MOST_BYTES + 1), "lang.txt", "20 MB"),
        (b"a" * (uploads.MOST_BYTES + 2**17), "meget lang.txt", "20 MB"),
    ],
)
def test_what_is_wrong_with_a_file_stands_at_its_field(data, name, words, road, sender):
    answer = add(sender, road.address, data, name)
    assert answer.status_code == 422
    assert words in fault(answer)
    assert kept() == []


def test_the_form_s_token_is_asked_for(road, sender, web, adviser, client_of):
    stranger = client_of(adviser)
    stranger.environ_base.pop("HTTP_X_CSRFTOKEN")
    assert add(stranger, road.address).status_code == 400
    assert add(web.test_client(), road.address, b"a" * 2**22).status_code in {302, 303}
    assert kept() == []
    assert add(sender, road.address).status_code == 303


def test_a_file_lies_on_a_package_once_and_twenty_at_most(road, sender, fund):
    package = make.records.scalars(select(Handover)).one()
    for position in range(2, MOST + 1):
        beside.file(package, fund, position=position, data=f"Fil {position}".encode())
    assert add(sender, road.address).status_code == 303
    assert "i forvejen" in fault(add(sender, road.address))
    assert "flere kan der ikke være" in sender.get(f"{road.address}/files").text
    assert "flere kan der ikke være" in add(sender, road.address, b"Nyt").text
    assert sorted(one.position for one in kept()) == [*range(1, MOST + 1)]


def test_a_closed_package_takes_no_more(road, sender):
    road.take(sender, "send")
    road.take(sender, "withdraw", reason_code="mistake")
    assert add(sender, road.address).status_code == 409
    assert "Læg filen på" not in sender.get(f"{road.address}/files").text


# --- In plain SQL, as if a query had been broken into ---

INSERT = """insert into handover_file (id, handover_id, organisation_id, position, name, kind, size,
    sha256, key, sealed, state, person_id, person, uploaded_at, judged_at) values
    (gen_random_uuid(), :package, :me, 9, 'x', 'pdf', 1, '', '', '', '{}',
    gen_random_uuid(), '', now(), {})"""
WAITING = INSERT.format("waiting", "null")
TRIED = {
    "read": ("select from handover_file where handover_id = :package", {"fund", "municipality"}),
    "add": (WAITING, {"fund", "municipality"}),
    "add as clean": (INSERT.format("clean", "now()"), set()),
    "declare clean": ("update handover_file set state = 'clean', judged_at = now()", set()),
    "exchange": ("update handover_file set sealed = ''", set()),
    "remove": ("delete from handover_file where handover_id = :package", set()),
}


def did(seen_by, organisation, statement, package) -> bool:
    told = {"package": package.id, "me": organisation.id}
    with seen_by(organisation) as session:
        try:
            given = {name: value for name, value in told.items() if f":{name}" in statement}
            return session.execute(text(statement), given).rowcount > 0
        except ProgrammingError as error:
            if "InsufficientPrivilege" not in str(error):
                raise
            return False


@pytest.mark.parametrize("tried", TRIED)
def test_each_party_adds_and_reads_and_nobody_else(
    tried, case, fund, municipality, outsider, seen_by
):
    sent = make.handover(case, State.RECEIVED)
    beside.file(sent, fund, state=FileState.CLEAN, position=1)
    parties = {"fund": fund, "municipality": municipality, "outsider": outsider}
    statement, allowed = TRIED[tried]
    assert {name for name, one in parties.items() if did(seen_by, one, statement, sent)} == allowed


def test_a_draft_s_files_are_its_sender_s(case, fund, municipality, seen_by):
    draft = make.handover(case)
    beside.file(draft, fund, position=1)
    remove = TRIED["remove"][0]
    for statement in (TRIED["read"][0], WAITING, remove):
        assert did(seen_by, fund, statement, draft)
        assert not did(seen_by, municipality, statement, draft)


def test_what_has_ended_is_seen_no_more(case, fund, municipality, seen_by):
    closed = make.handover(case, State.WITHDRAWN)
    beside.file(closed, fund, position=1)
    read = TRIED["read"][0]
    assert not did(seen_by, fund, WAITING, closed)
    assert did(seen_by, municipality, read, closed)
    ended = "update handover_party set valid_until = now() where handover_id = :id"
    make.records.execute(text("set local role samspil_keeper"))
    make.records.execute(text(f"{ended} and side = 'receiver'"), {"id": closed.id})
    make.records.commit()
    assert did(seen_by, fund, read, closed)
    assert not did(seen_by, municipality, read, closed)
    make.records.execute(text("set local role samspil_keeper"))
    make.records.execute(text(ended.replace("valid_", "content_")), {"id": closed.id})
    make.records.commit()
    assert not did(seen_by, fund, read, closed), "what was sent closes for its sender"


def test_no_more_than_twenty_whoever_adds(case, fund, seen_by):
    package = make.handover(case)
    assert did(seen_by, fund, WAITING.replace("9", "20", 1), package)
    with pytest.raises(DBAPIError, match="position"):
        did(seen_by, fund, WAITING.replace("9", "21", 1), package)
