"""A small application behind the product's own server: it tells what it is asked, as JSON."""

import json
import sys
from collections.abc import Iterable
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final

from onestop.app import serving
from onestop.app.bridge import Bridge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

MOST: Final = 100
LARGE: Final = 32 << 20


def application() -> Bridge:
    return Bridge(answer, MOST)


def answer(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Length", str(LARGE))])
        large = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        large.truncate(LARGE)
        parts: Iterable[bytes] = environ["wsgi.file_wrapper"](large)
        return parts
    told = {name: said for name, said in environ.items() if isinstance(said, str)}
    told["memory"] = str(getrusage(RUSAGE_SELF).ru_maxrss << 10)
    told["sent"] = environ["wsgi.input"].read().decode()
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Two", "a"), ("X-Two", "b")])
    return [json.dumps(told).encode()]


if __name__ == "__main__":
    serving.run("127.0.0.1", int(sys.argv[1]), 1, application="tests.app.echo:application")
