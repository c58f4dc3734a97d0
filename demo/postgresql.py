"""The embedded server as a program: `python -m demo.postgresql FOLDER` runs it until SIGTERM.

It says a line when the server answers. If another already runs the server it leaves it running.
"""

import signal
import sys
from pathlib import Path

from portal.embedded import NotStarted, Server


def main(folder: str) -> None:
    signal.signal(signal.SIGTERM, leave)
    try:
        with Server(Path(folder)).running():
            print("ready", flush=True)
            signal.pause()
    except NotStarted as why:
        sys.exit(str(why))


def leave(*_: object) -> None:
    """Once: the way out stops the server and is not to be cut short."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit()


if __name__ == "__main__":
    main(*sys.argv[1:])
