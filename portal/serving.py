"""The web server: gunicorn around an application that is made once, before the workers are."""

import gc
import os
from collections.abc import Sequence
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from portal.db import dispose
from portal.log import JsonLines

THREADS = 4  # as many as a process has database connections
SELDOM = (10_000, 20, 20)  # objects, and turns of the younger: else five times a page
MEMORY = "/dev/shm"  # noqa: S108  (the workers' signs of life; a disk may make them wait)


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Workers are copies of this process and share its memory until they write to it."""

    def __init__(self, app: Flask, bind: Sequence[str], workers: int) -> None:
        self.made, self.bind, self.workers = app, bind, workers
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options().items():
            self.cfg.set(name, value)

    def options(self) -> dict[str, Any]:
        return {
            "bind": list(self.bind),
            "workers": self.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "graceful_timeout": 20,
            "worker_tmp_dir": MEMORY if os.path.isdir(MEMORY) else None,
            "control_socket_disable": True,
            "logger_class": Lines,
            "secure_scheme_headers": {},  # proxies are the application's business
            "when_ready": announce,
        }

    def load(self) -> Flask:
        """No connection may be shared by two processes, and what lives long is not looked at again
        by the garbage collector, whose marks would copy the shared memory."""
        with self.made.app_context():
            dispose()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*SELDOM)
        return self.made


class Lines(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """Its own words in our lines. Requests are not logged: addresses may hold codes."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


def announce(arbiter: Arbiter) -> None:
    """For whoever started us: from now on the address answers."""
    print("ready", flush=True)
