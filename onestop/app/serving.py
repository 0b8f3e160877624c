"""The production server: granian, whose workers each run one thread of Flask."""

import ipaddress
import os
import socket
from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from onestop.base.errors import Refusal
from onestop.base.words import N_

FACTORY: Final = "onestop.app.factory:create_app"
MOST_WORKERS: Final = 4


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


def run(host: str, port: int, workers: int, application: str = FACTORY) -> None:
    """Serve until told to stop; `application` names a factory of any Flask application."""
    Granian(
        application,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
