"""A real mail server for tests: keeps what it takes, and answers as it is told."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """`answers` are given to the next recipients, in their order; then each is welcome."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.answers: list[str] = []
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers and not (answer := self.answers.pop(0)).startswith("250"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]  # bytes unless decoded
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """A server on a free loopback port, in a thread of its own."""
    mailbox, loop = Mailbox(), asyncio.new_event_loop()

    def conversation() -> SMTP:
        return SMTP(mailbox, tls_context=tls, require_starttls=bool(tls), loop=loop)

    # From its thread, since a browser test before us leaves a loop running in this one.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serve = loop.create_server(conversation, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serve, loop).result()
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(server.wait_closed(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
