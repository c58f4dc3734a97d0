"""The pretended organisations' sign-in, on this machine only."""

import argparse
import os
import socket
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from demo.provider.endpoints import pages
from demo.provider.provider import Client, Person, Provider

PEOPLE = Path(__file__).parents[1] / "people.toml"
HOST = "127.0.0.1"
PORT = 5099
CLIENT_ID = "samspil"
SECRET = "SAMSPIL_DEMO_CLIENT_SECRET"  # noqa: S105  (the name of a variable)
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
HEADERS = {
    "Content-Security-Policy": POLICY + "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Quiet(WSGIRequestHandler):
    """Says nothing of each request: addresses hold codes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def providers(base: str, portal: str, secret: str) -> dict[str, Provider]:
    """Every issuer of people.toml under `base`, each with the portal as its client."""
    rows = tomllib.loads(PEOPLE.read_text("utf-8"))["provider"]
    known = {
        row["slug"]: Provider(
            row["slug"], row["name"], base, [Person(**person) for person in row["people"]]
        )
        for row in rows
    }
    for slug, provider in known.items():
        provider.clients[CLIENT_ID] = Client(
            CLIENT_ID,
            secret,
            redirect_uri=f"{portal}/login/{slug}/callback",
            after_logout=f"{portal}/logout/done",
            backchannel=f"{portal}/oidc/{slug}/backchannel-logout",
        )
    return known


def refuse_outside_demo() -> None:
    if os.environ.get("SAMSPIL_DEMO") != "yes":
        sys.exit("This is a demo provider: anybody may become anybody. Set SAMSPIL_DEMO=yes.")


def with_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def create_app(known: Mapping[str, Provider]) -> Flask:
    refuse_outside_demo()
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = [HOST, "localhost"]
    app.after_request(with_headers)
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))
    for provider in known.values():
        app.register_blueprint(pages(app, provider))
    return app


def serve(
    *, portal: str, secret: str, port: int = PORT
) -> tuple[BaseWSGIServer, dict[str, Provider]]:
    """A server that listens on the loopback address, not yet started; port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    refuse_outside_demo()
    with closing(socket.create_server((HOST, port))) as listener:
        port = listener.getsockname()[1]
        known = providers(f"http://{HOST}:{port}", portal.rstrip("/"), secret)
        app, taken = create_app(known), listener.fileno()
        server = make_server(HOST, port, app, threaded=True, request_handler=Quiet, fd=taken)
        return server, known


@contextmanager
def running(*, portal: str, secret: str, port: int = 0) -> Iterator[dict[str, Provider]]:
    """The providers by slug, served by a thread until the block ends."""
    server, known = serve(portal=portal, secret=secret, port=port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        for provider in known.values():
            provider.release.set()
            provider.settle()
        server.shutdown()
        thread.join()


def main(arguments: list[str] | None = None) -> None:
    refuse_outside_demo()
    parser = argparse.ArgumentParser(prog="python -m demo.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--portal", default="http://127.0.0.1:5000", help="the portal's address")
    parser.add_argument("--secret", default=os.environ.get(SECRET), help=f"or {SECRET}")
    asked = parser.parse_args(arguments)
    if not asked.secret:
        parser.error(f"the client's secret is missing: --secret or {SECRET}")
    try:
        server, known = serve(portal=asked.portal, secret=asked.secret, port=asked.port)
    except OSError as error:
        sys.exit(f"Port {asked.port} cannot be used: {error.strerror}.")
    for provider in known.values():
        print(f"{provider.issuer}  {provider.name}", flush=True)
    server.serve_forever()
