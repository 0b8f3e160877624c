"""Visitors on a bad line: half of a form is none, and too much is not read."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from onestop.app import serving
from onestop.app.serving import WholeForms
from onestop.app.settings import MOST_SENT

MOST = 100
PATIENCE = 10


class BadLine(BytesIO):
    """What somebody sends, and whether anybody read it."""

    def __init__(self, sent: bytes) -> None:
        super().__init__(sent)
        self.is_read = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.is_read = True
        return super().read(size)


def answer(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
    """Answer with what was sent."""
    return [environ["wsgi.input"].read()]


def asked(app: WholeForms, sent: BytesIO | None = None, length: int = 0) -> bytes:
    environ = {"CONTENT_LENGTH": length and str(length), "wsgi.input": sent or BytesIO()}
    return b"".join(app(environ, lambda *_: lambda _part: None))


def test_what_is_longer_than_a_form_is_left_to_the_application() -> None:
    taken = list[bool]()

    def refuses(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        taken.append(environ["wsgi.input"].tell() > 0)
        return [b"refused"]

    assert asked(WholeForms(refuses, MOST), BytesIO(b"x" * 200), 200) == b"refused"
    assert taken == [False]


def test_a_form_that_was_cut_off_half_way_is_none() -> None:
    told = list[str]()

    def takes(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        pytest.fail(f"it was taken: {environ['wsgi.input'].read()!r}")

    environ = {"CONTENT_LENGTH": "6", "wsgi.input": BytesIO(b"cod")}
    list(WholeForms(takes, MOST)(environ, lambda status, _headers: told.append(status)))  # type: ignore[arg-type]
    assert told == ["400 Bad Request"]


def test_nothing_is_read_of_what_does_not_say_how_long_it_is() -> None:
    assert asked(WholeForms(answer, MOST), BytesIO(b"code=1")) == b""


def test_whoever_sends_more_than_a_form_is_refused_before_it_is_read(app: Flask) -> None:
    line = BadLine(b"code=")
    refused = app.test_client().post(
        "/login",
        input_stream=line,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(MOST_SENT + 1), "wsgi.input_terminated": True},
    )
    assert refused.status_code == 413
    assert not line.is_read


def test_whoever_stalls_keeps_no_server_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict[str, Any]()

    class Server:
        def __init__(self, _application: str, **settings: Any) -> None:
            given.update(settings)

        def serve(self) -> None:
            """Stop at once."""

    monkeypatch.setattr(serving, "Granian", Server)
    serving.run("127.0.0.1", 0, 1)
    assert 0 < given.get("workers_kill_timeout", 0) < PATIENCE, "it would wait for ever"
