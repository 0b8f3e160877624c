"""The production server: granian, whose workers each run one thread of Flask behind a bridge."""

import gc
import ipaddress
import os
import socket
import sys
from typing import Final

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from onestop.app.bridge import Bridge
from onestop.app.factory import create_app
from onestop.base.errors import Refusal
from onestop.base.words import N_

if sys.platform != "win32":
    import resource

FACTORY: Final = "onestop.app.serving:application"
MOST_WORKERS: Final = 4
MOST_LINES: Final = 4096
"""Visitors whose lines a worker holds open at a time; most of them wait, or have nothing to say."""
PATIENCE: Final = 5
"""Seconds that visitors on a bad line have left when the server is to stop."""
GARBAGE: Final = (10_000, 20, 10)


def application() -> Bridge:
    """Return the application for one worker."""
    return settled(create_app())


def settled(app: Flask) -> Bridge:
    """Return `app` for a process that does nothing else, as the server asks for it.

    What stands when it starts stands until it ends, and is never searched for garbage; an answer
    makes thousands of objects that are gone when it is sent, so the search waits for more of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    return Bridge(app, app.config["MAX_FORM_MEMORY_SIZE"])


def default_workers() -> int:
    """Return how many workers fit this machine: one for each core, at most four."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(host: str, port: int) -> None:
    """Refuse an address that this machine has not, and a port that is taken."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise Refusal(
            N_("Không dùng được địa chỉ %(host)s:%(port)d: %(why)s"),
            host=host,
            port=port,
            why=error.strerror or str(error),
        ) from None


def lines_held() -> int:
    """Return how many lines a worker may hold open at a time.

    Half of the files that a process may have open are for the rest: the database, what is sent.
    """
    if sys.platform == "win32":
        return MOST_LINES
    allowed, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_LINES if allowed == resource.RLIM_INFINITY else min(MOST_LINES, allowed // 2)


def run(host: str, port: int, workers: int, application: str = FACTORY) -> None:
    """Serve until told to stop; `application` names a factory of a bridge to any application."""
    Granian(
        application,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        blocking_threads=1,
        # Whoever has been answered keeps the line for half a minute, and a browser has six.
        backpressure=lines_held(),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
