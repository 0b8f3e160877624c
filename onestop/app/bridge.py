"""Between the server and Flask: visitors are waited for side by side, and answered one by one.

Answers are worked out by the one thread of a worker, for each hand-over of the turn would cost more
than most of them. A form on its way in and a file on its way out hold nobody up meanwhile.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]
from werkzeug.wsgi import FileWrapper

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIApplication

PATIENCE: Final = 30
"""Seconds within which a whole form has to be here."""
SMALL: Final = 64 * 1024
MOST_AWAITED: Final = 256 * 1024 * 1024
"""Bytes of forms that a worker waits for at a time; one that is `SMALL` it takes on beside them."""
PART: Final = 256 * 1024
"""Bytes of a file that are read at a time; one that is no longer goes out at once."""
HELD: Final = 60
"""Seconds that a file stays open for the server, which opens it anew at once."""
OPEN_FILES: Final = Path("/proc/self/fd")
UNPREFIXED: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
Headers = list[tuple[str, str]]


class Bridge:
    """An application of WSGI as granian asks for one by its own interface, RSGI.

    Only whole forms reach it: what a bad line cut off half way is none. `most` is the size of a
    form in bytes: what is longer is left to the application, which refuses it unread. What does not
    say how long it is is refused, for nobody could tell; no browser sends a form so.
    """

    def __init__(self, app: "WSGIApplication", most: int) -> None:
        self._app, self._most, self._awaited = app, most, 0

    async def __rsgi__(self, scope: Scope, line: HTTPProtocol) -> None:
        """Answer a request as soon as the whole of its form is here."""
        environ = environ_of(scope)
        try:
            environ["wsgi.input"] = BytesIO(await self._form(environ, line))
            await self._answer(environ, line)
        except UnreadError as error:
            line.response_empty(error.status, [("connection", "close")])
        except ProtocolClosed:
            return  # whoever asked has gone, half way through a form or through the answer

    async def _form(self, environ: dict[str, Any], line: HTTPProtocol) -> bytes:
        if "HTTP_TRANSFER_ENCODING" in environ:
            raise UnreadError(HTTPStatus.LENGTH_REQUIRED)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not 0 < length <= self._most:
            return b""
        if length > SMALL and self._awaited + length > MOST_AWAITED:
            raise UnreadError(HTTPStatus.SERVICE_UNAVAILABLE)
        self._awaited += length
        try:
            async with asyncio.timeout(PATIENCE):
                return await line()
        except TimeoutError:
            raise UnreadError(HTTPStatus.REQUEST_TIMEOUT) from None
        finally:
            self._awaited -= length

    async def _answer(self, environ: dict[str, Any], line: HTTPProtocol) -> None:
        head = Head()
        answer = self._app(environ, head)
        try:
            if isinstance(answer, Parts) and (place := answer.place()):
                # What is sent part by part waits in memory for a slow line: the whole file.
                line.response_file(head.status, head.headers, place)
                await asyncio.sleep(HELD)
                return
            parts = iter(answer)
            first, second = next(parts, b""), next(parts, None)
            if second is None:
                line.response_bytes(head.status, head.headers, first)
                return
            out = line.response_stream(head.status, head.headers)
            for part in chain((first, second), parts):
                await out.send_bytes(part)
        finally:
            if hasattr(answer, "close"):
                answer.close()


class Parts(FileWrapper):
    """A file that an application answers with, in larger parts than it asks for."""

    def __init__(self, file: IO[bytes], _size: int = PART) -> None:
        super().__init__(file, PART)

    def place(self) -> str | None:
        """Return where the server finds a long file that has no name; None for any other."""
        name = getattr(self.file, "name", None)
        if not isinstance(name, int) or not OPEN_FILES.exists() or self.file.tell():
            return None
        return str(OPEN_FILES / str(name)) if os.fstat(name).st_size > PART else None


class UnreadError(Exception):
    """A form is not read: who sends it does not go on, or too many send long ones."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Head:
    """What an application says before its answer."""

    def __init__(self) -> None:
        self.status, self.headers = int(HTTPStatus.INTERNAL_SERVER_ERROR), Headers()

    def __call__(
        self, status: str, headers: Headers, _error: "OptExcInfo | None" = None, /
    ) -> Callable[[bytes], object]:
        """Keep the status and the headers, as `start_response` of PEP 3333."""
        self.status, self.headers = int(status.partition(" ")[0]), headers
        return _refuse_to_write


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return what PEP 3333 has an application know of a request."""
    (server, port), (visitor, _port) = _place(scope.server), _place(scope.client)
    found = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": visitor,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": Parts,
        "wsgi.input_terminated": True,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        found["HTTP_HOST"] = scope.authority
    for name, said in scope.headers.items():
        # Under an underscore somebody could say what only a web server in front may say; and where
        # the address is asked for whole, its host is the one that counts (RFC 9112 3.2.2).
        if "_" in name or (name == "host" and scope.authority):
            continue
        key = UNPREFIXED.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        between = "; " if name == "cookie" else ","
        found[key] = f"{found[key]}{between}{said}" if key in found else said
    return found


def _place(called: str) -> tuple[str, str]:
    host, _, port = called.rpartition(":")
    return host.strip("[]"), port


def _refuse_to_write(_part: bytes) -> object:
    raise NotImplementedError("an application gives its answer back")
