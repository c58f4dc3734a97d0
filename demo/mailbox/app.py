"""A mail server that delivers to a page. Only this machine reaches either."""

import asyncio
import os
import socket
import sys
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, abort, render_template
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"
KEPT = 500
STYLE = Path(__file__).parents[1] / "provider" / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Mail:
    number: int
    at: datetime
    recipient: str
    subject: str
    text: str


class Mailbox:
    """The newest mails, newest first."""

    def __init__(self) -> None:
        self.mails: deque[Mail] = deque(maxlen=KEPT)
        self.numbers = count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        message = message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=default
        )
        if isinstance(message, EmailMessage):
            self.mails.appendleft(self.read(message))
        return "250 OK"

    def read(self, message: EmailMessage) -> Mail:
        body = message.get_body(("plain",))
        return Mail(
            number=next(self.numbers),
            at=datetime.now(ZoneInfo("Europe/Copenhagen")),
            recipient=str(message["To"]),
            subject=str(message["Subject"]),
            text=str(body.get_content()) if body else "",
        )


class Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def create_app(mailbox: Mailbox) -> Flask:
    app = Flask(__name__, static_folder=STYLE, static_url_path="/static")
    app.config["TRUSTED_HOSTS"] = [HOST, "localhost"]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    @app.get("/")
    def index() -> str:
        return render_template("mails.html", mails=mailbox.mails)

    @app.get("/<int:number>")
    def show(number: int) -> str:
        mail = next((mail for mail in mailbox.mails if mail.number == number), None)
        return render_template("mail.html", mail=mail or abort(404))

    @app.after_request
    def with_headers(answer):  # type: ignore[no-untyped-def]  # Flask's own kind of answer
        answer.headers.extend(HEADERS)
        return answer

    return app


async def take_mails(listener: socket.socket, mailbox: Mailbox) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), sock=listener)
    print("ready", flush=True)
    await server.serve_forever()


def page_server(descriptor: int, mailbox: Mailbox) -> BaseWSGIServer:
    app = create_app(mailbox)
    return make_server(HOST, 0, app, threaded=True, request_handler=Quiet, fd=descriptor)


def main() -> None:
    if os.environ.get("SAMSPIL_DEMO") != "yes":
        sys.exit("This mailbox shows everybody every mail. Set SAMSPIL_DEMO=yes.")
    smtp, page = map(int, sys.argv[1:])
    mailbox = Mailbox()
    server = page_server(page, mailbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asyncio.run(take_mails(socket.socket(fileno=smtp), mailbox))
