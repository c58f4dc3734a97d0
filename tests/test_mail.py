"""The outbox, against a real mail server and a real worker."""

import ssl
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from jinja2.meta import find_referenced_templates, find_undeclared_variables
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal import mail
from portal.db import db
from portal.jobs import PATIENT, enqueue
from portal.mail import Line, OutgoingMail
from tests import mailserver, make
from tests.mailserver import Mailbox

TRIES = PATIENT.max_attempts or 0
REFERENCE = "OP-7K2M-93XA"
WEB_MAY_NOT = (
    "select * from outgoing_mail",
    "insert into outgoing_mail (id) values (gen_random_uuid())",
    "update outgoing_mail set recipient = 'x@x.example'",
    "delete from outgoing_mail",
)
NAME, CPR = "Mærkelig Markør", "0171751234"
OF_PACKAGES = (
    "your_turn",
    "assigned",
    "updated",
    "message",
    "question",
    "digest",
    "rounds",
    "request_refused",
    "signoff",
    "returned",
    "contested",
    "opened_in_error",
)
BY_HAND = ("reminder", "not_on_board")
OF_SURVEYS = "survey", "survey_reminder"
OF_OTHERS = (
    "nobody_there",
    "succeeded",
    "unassigned",
    "released",
    "file_refused",
    "restricted_opened",
    "project_invitation",
)
OF_MEETINGS = "meeting", "meeting_cancelled", "missed_twice"
FOR_OUTSIDERS = {"status_guest", "status_guest_cancelled"} | {
    "council_guest",
    "council_guest_cancelled",
}  # who have no way in
OF_STATUS_MEETINGS = (
    "status_meeting",
    "status_meeting_cancelled",
    "status_agenda",
    "status_minutes",
    "status_guest",
    "status_guest_cancelled",
)
OF_COUNCILS = (
    "council_meeting",
    "council_meeting_cancelled",
    "council_agenda",
    "council_minutes",
    "council_guest",
    "council_guest_cancelled",
)
OF_AGREEMENTS = "agreement", "agreement_to_sign", "agreement_ends", "agreement_contact_gone"
ABOUT_AGREEMENTS = (*OF_AGREEMENTS, *OF_STATUS_MEETINGS)
WORDS = (
    *(*OF_PACKAGES, *BY_HAND, *OF_MEETINGS, *OF_COUNCILS),
    *(*ABOUT_AGREEMENTS, *OF_SURVEYS, *OF_OTHERS),
)
LINES = [Line(REFERENCE, "late", date(2026, 11, 23))]
FRAMES = {"base.txt", "agreement_base.txt", "meeting_base.txt", "survey_base.txt"}


def connected(worker: Flask, settings, mailbox: Mailbox, **values) -> Iterator[Mailbox]:
    values = {"mail_port": mailbox.port, "mail_host": "127.0.0.1"} | values
    worker.extensions["samspil"] = replace(settings, **values)
    yield mailbox
    worker.extensions["samspil"] = settings


@pytest.fixture
def mailbox(app, worker, settings) -> Iterator[Mailbox]:
    with mailserver.running() as server:
        yield from connected(worker, settings, server)


@pytest.fixture
def queue(app, worker, settings) -> Callable[..., None]:
    """A mail, committed as a job of the worker would."""

    def write(recipient="jonas@lillekoebing.example", template="your_turn", **values) -> None:
        link = f"{settings.base_url}/handovers/{uuid.uuid4()}"
        values = {"reference": REFERENCE, "url": link, "language": "da"} | values
        with worker.app_context():
            mail.queue(recipient, template, **values)
            db.session.commit()

    return write


def outbox() -> list[OutgoingMail]:
    make.records.expire_all()
    found = [*make.records.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at))]
    make.records.commit()
    return found


def later() -> None:
    """Time passes: what waits for another try is due."""
    make.records.execute(text("update procrastinate_jobs set scheduled_at = now()"))
    make.records.commit()


def test_a_mail_is_sent_once(queue, mailbox, run_jobs):
    queue()
    run_jobs()
    run_jobs()
    [message] = mailbox.received
    [row] = outbox()
    assert message["To"] == "jonas@lillekoebing.example"
    assert message["From"] == "samspil@samspil.example"
    assert message["Subject"] == f"Samspil: {REFERENCE} venter på jer"
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert (row.attempts, row.failed_at) == (1, None)
    assert row.sent_at


def test_a_delivery_that_runs_twice_sends_once(queue, mailbox, run_jobs, worker):
    queue()
    [row] = outbox()
    with worker.app_context():
        for _time in range(2):
            enqueue(mail.deliver, mail_id=str(row.id))
        db.session.commit()
    run_jobs()
    assert len(mailbox.received) == 1


def test_what_is_told_twice_is_written_once(queue, mailbox, run_jobs):
    event = str(uuid.uuid4())
    for recipient in ("jonas@lillekoebing.example", "karen@lillekoebing.example"):
        queue(recipient, once=event)
        queue(recipient, once=event)
    queue("jonas@lillekoebing.example")
    run_jobs()
    assert sorted(message["To"].split("@")[0] for message in mailbox.received) == [
        "jonas",
        "jonas",
        "karen",
    ]


def test_nothing_is_sent_when_the_change_is_taken_back(app, worker, settings, mailbox, run_jobs):
    with worker.app_context():
        link = f"{settings.base_url}/handovers/1"
        mail.queue("a@b.example", "your_turn", reference=REFERENCE, url=link, language="da")
        db.session.rollback()
    run_jobs()
    assert (mailbox.received, outbox()) == ([], [])


@pytest.mark.parametrize("answer", ["451 later", "421 busy"])
def test_a_refusal_that_may_pass_is_tried_again(answer, queue, mailbox, run_jobs):
    mailbox.answers = [answer]
    queue()
    run_jobs()
    [row] = outbox()
    assert (mailbox.received, row.sent_at, row.failed_at) == ([], None, None)
    run_jobs()  # not yet: it waits
    assert mailbox.received == []
    later()
    run_jobs()
    [message] = mailbox.received
    [after] = outbox()
    assert message["Message-ID"] == row.message_id == after.message_id
    assert (after.attempts, bool(after.sent_at)) == (2, True)


def test_an_address_that_does_not_exist_is_given_up_at_once(queue, mailbox, run_jobs, run):
    mailbox.answers = ["550 no such user"]
    queue()
    run_jobs()
    later()
    run_jobs()
    [row] = outbox()
    assert (mailbox.received, row.sent_at, row.attempts) == ([], None, 1)
    assert "no such user" in str(row.failure)
    assert REFERENCE in run("mail", "failed").output
    assert run("mail", "retry").output == "1 mails\n"
    run_jobs()
    assert len(mailbox.received) == 1
    assert outbox()[0].failed_at is None


def test_a_mail_server_that_is_gone_is_given_up_in_the_end(queue, worker, settings, run_jobs):
    with mailserver.running() as server:
        port = server.port
    worker.extensions["samspil"] = replace(settings, mail_port=port)
    queue()
    for _try in range(TRIES - 1):
        run_jobs()
        later()
    assert outbox()[0].failed_at is None
    run_jobs()
    worker.extensions["samspil"] = settings
    [row] = outbox()
    assert row.attempts == TRIES
    assert "refused" in str(row.failure)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> str:
    """Of 127.0.0.1, signed by itself: certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return str(file)


@pytest.fixture
def encrypted(app, worker, settings, certificate) -> Iterator[Mailbox]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mailserver.running(context) as server:
        yield from connected(worker, settings, server, mail_starttls=True)


def test_the_way_is_encrypted(queue, encrypted, run_jobs, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    queue()
    run_jobs()
    assert encrypted.encrypted == [True]


def test_a_stranger_with_a_certificate_gets_no_mail(queue, encrypted, run_jobs):
    queue()
    run_jobs()
    assert (encrypted.received, outbox()[0].sent_at) == ([], None)


def test_without_encryption_nothing_is_sent_where_it_is_demanded(queue, mailbox, run_jobs, worker):
    worker.extensions["samspil"] = replace(worker.extensions["samspil"], mail_starttls=True)
    queue()
    run_jobs()
    assert (mailbox.received, outbox()[0].sent_at) == ([], None)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("template", WORDS)
def test_a_mail_holds_a_reference_and_a_link(template, language, worker, settings, monkeypatch):
    """Whatever else is at hand: the worker's globals know a name and a CPR number here."""
    for thing in ("handover", "member_name", "cpr", "g", "user"):
        monkeypatch.setitem(worker.jinja_env.globals, thing, f"{NAME} {CPR}")
    link = f"{settings.base_url}/handovers/1"
    with worker.app_context():
        subject, body = mail.rendered(
            template, reference=REFERENCE, url=link, language=language, lines=LINES
        )
    assert REFERENCE in subject or template in {"digest", "restricted_opened", *OF_SURVEYS}
    assert REFERENCE in body
    assert (link in body.splitlines()) == (template not in FOR_OUTSIDERS)
    for marker in (NAME, CPR, NAME.split()[0]):
        assert marker not in subject + body


def test_every_template_is_among_the_tested():
    assert {file.name for file in mail.TEMPLATES.iterdir()} == {
        f"{one}.txt" for one in WORDS
    } | FRAMES


@pytest.mark.parametrize("file", sorted(mail.TEMPLATES.iterdir()), ids=lambda file: file.stem)
def test_a_template_asks_for_nothing_else(file):
    tree = mail.environment().parse(file.read_text("utf-8"))
    assert find_undeclared_variables(tree) <= {"_", "ngettext", "reference", "url", "lines"} | (
        {"asker"} if file.stem in OF_SURVEYS else set()
    )
    assert {*find_referenced_templates(tree)} <= FRAMES


@pytest.mark.parametrize(
    "values",
    [
        {"reference": NAME},
        {"reference": CPR},
        {"reference": "OP-017175-1234"},
        {"reference": ""},
        {"url": "https://elsewhere.example/handovers/1"},
        {"url": "http://127.0.0.1:5000.elsewhere.example/"},
    ],
)
def test_nothing_else_can_be_put_where_they_stand(values, queue):
    with pytest.raises(ValueError, match="a reference and a link"):
        queue(**values)
    queue()
    assert len(outbox()) == 1


@pytest.mark.parametrize("reference", [NAME, CPR, "OP-017175-1234", " "])
def test_nor_where_a_line_stands(reference):
    with pytest.raises(ValueError, match="a reference and a day"):
        Line(reference, "late", date(2026, 11, 23))
    assert Line(REFERENCE, "late", date(2026, 11, 23)).reference == REFERENCE


def test_the_web_neither_reads_nor_writes_mails(queue, fund, seen_by):
    queue()
    for statement in WEB_MAY_NOT:
        with seen_by(fund) as session, pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
    with seen_by(fund) as session:
        assert session.scalar(text("select count(*) from organisation"))
