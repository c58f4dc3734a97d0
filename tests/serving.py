"""An application on a free port of this machine, for real browsers and real HTTP."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from portal.app import create_app
from portal.db import dispose
from portal.settings import Settings

HOST = "127.0.0.1"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


def whole(app: WSGIApplication) -> WSGIApplication:
    """Werkzeug's server leaves a file open when the browser hangs up: it is given none."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return Response.from_app(app, environ, buffered=True)(environ, start_response)

    return answer


@contextmanager
def served(build: Callable[[str], WSGIApplication]) -> Iterator[str]:
    """The address at which what is built for it is served until the block ends."""
    with closing(socket.create_server((HOST, 0))) as listener:
        port = listener.getsockname()[1]
        app, taken = whole(build(f"http://{HOST}:{port}")), listener.fileno()
        server = make_server(HOST, port, app, threaded=True, request_handler=Quiet, fd=taken)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served_portal(settings: Settings) -> Iterator[Flask]:
    """The portal, whose settings name the address that it is served at."""
    apps: list[Flask] = []

    def build(address: str) -> Flask:
        apps.append(create_app(replace(settings, base_url=address)))
        return apps[0]

    with served(build):
        yield apps[0]
    with apps[0].app_context():
        dispose()
