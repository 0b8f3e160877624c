"""The production server: granian, whose workers each run one thread of Flask."""

import ipaddress
import os
from typing import Final

from granian import Granian
from granian.constants import Interfaces

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


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop."""
    Granian(
        FACTORY,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
