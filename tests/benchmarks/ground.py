"""What the benchmarks share: a built demonstration, servers of their own, load, and rounds."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import urlencode

from flask import Flask

from onestop.app.factory import create_app
from onestop.app.serving import default_workers
from tests.client import PASSWORD

CHECKOUT = Path(__file__).parents[2]
ONESTOP = ("-c", "from onestop.app.cli import main; main()")
HOST = "127.0.0.1"
PATIENCE = 60.0
CONNECTIONS = 16
MOST_REQUESTS = 100_000
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Effort:
    """How long is measured: rounds of floor and product in turn, each burst so many seconds."""

    rounds: int = 7
    seconds: float = 2.0


@dataclass(frozen=True)
class Pair:
    """What one round found: the floor beside the product, in the same unit."""

    floor: float
    ours: float

    @property
    def ratio(self) -> float:
        return self.ours / self.floor


@dataclass(frozen=True)
class Measured:
    """One target with what was found; `most` says whether the ratio has to stay below it.

    `limit` is a target for the figure itself, not for the ratio. A row without either only tells.
    """

    name: str
    what: str
    unit: str
    pairs: tuple[Pair, ...]
    target: float | None = None
    most: bool = False
    limit: float | None = None

    @property
    def ratio(self) -> float:
        return median(pair.ratio for pair in self.pairs)

    @property
    def floor(self) -> float:
        return median(pair.floor for pair in self.pairs)

    @property
    def ours(self) -> float:
        return median(pair.ours for pair in self.pairs)

    @property
    def is_met(self) -> bool | None:
        if self.limit is not None:
            return self.ours <= self.limit if self.most else self.ours >= self.limit
        if self.target is None:
            return None
        return self.ratio <= self.target if self.most else self.ratio >= self.target


@dataclass
class Ground:
    """A folder of installations, and the demonstration, built once by its own command."""

    folder: Path
    demonstration: Path
    effort: Effort
    built_in: float = 0.0
    _copies: int = field(default=0)

    def build(self) -> None:
        """Build the demonstration, unless it is there; whoever writes works on a copy."""
        if not self.demonstration.exists():
            begun = time.perf_counter()
            run(self.demonstration, *ONESTOP, "demo", "--no-serve")
            self.built_in = time.perf_counter() - begun

    def copy(self) -> Path:
        """Return a fresh copy of the demonstration, keys and all."""
        self._copies += 1
        target = self.folder / f"copy-{self._copies}"
        return Path(shutil.copytree(self.demonstration, target))

    def empty(self) -> Path:
        """Return an installation with the sample's agencies, catalogue and staff, no dossiers."""
        self._copies += 1
        target = self.folder / f"sample-{self._copies}"
        run(target, *ONESTOP, "init", "--with-sample")
        return target


def database(instance: Path) -> Path:
    """Return the database file of an instance."""
    return instance / "onestop.sqlite"


def application(instance: Path) -> Flask:
    """Return the product's application on an instance, for what is measured without a server."""
    os.environ["ONESTOP_INSTANCE"] = str(instance)
    return create_app()


def environment(instance: Path) -> Mapping[str, str]:
    """Return the environment of a process that works on an instance."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
    return {**kept, "ONESTOP_INSTANCE": str(instance), "PYTHONPATH": str(CHECKOUT)}


def run(instance: Path, *words: str, **settings: str) -> None:
    """Run Python with these words on an instance, and raise with what it said if it fails."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, *words],
        cwd=CHECKOUT,
        env={**environment(instance), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def cost(instance: Path, *words: str) -> tuple[float, float]:
    """Run Python with these words on an instance; return its seconds and megabytes at the most."""
    begun = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a file descriptor is all it is
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *words],
            environment(instance),
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), out) for out in (1, 2)],
        )
        _pid, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    pid: int

    @property
    def megabytes(self) -> float:
        """Return the memory of the server and its workers, what they share counted once."""
        return sum(_proportional(pid) for pid in (self.pid, *_children(self.pid))) / 1024


@contextmanager
def served(instance: Path) -> Iterator[Served]:
    """Serve the product by its own command."""
    port = free_port()
    words = (*ONESTOP, "serve", "--port", str(port), "--workers", str(default_workers()))
    with serving(words, instance, port) as process:
        yield Served(port, process.pid)


@contextmanager
def product(instance: Path) -> Iterator[int]:
    """Serve the product by its own command; yield the port."""
    with served(instance) as found:
        yield found.port


@contextmanager
def floor(name: str, instance: Path) -> Iterator[int]:
    """Serve a bare view of `floors` by the product's own module of serving; yield the port."""
    port = free_port()
    words = ("-m", "tests.benchmarks.floors", name, str(port), str(default_workers()))
    with serving(words, instance, port):
        yield port


@contextmanager
def serving(words: Sequence[str], instance: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it answers when the block begins."""
    log = instance / f"server-{port}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *words],
            cwd=CHECKOUT,
            env=environment(instance),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(port, process, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Browser:
    """One visitor with one cookie: enough to log in and to be given a token."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> str:
        """Return what the server answers; raises for anything but a page or a redirect."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Accept": "text/html", "Cookie": self.cookie}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        if set_cookie := answer.getheader("Set-Cookie"):
            self.cookie = set_cookie.split(";")[0]
        text = answer.read().decode()
        connection.close()
        if answer.status not in {200, 302}:
            raise RuntimeError(f"{method} {path}: {answer.status}\n{text[:2000]}")
        return text

    def token(self, path: str) -> str:
        """Return the token of the form on a page."""
        found = TOKEN.search(self.ask("GET", path))
        assert found is not None, path
        return found[1]

    def sign_in(self, username: str) -> "Browser":
        """Log in with the published password of the demonstration."""
        token = self.token("/login")
        said = {"username": username, "password": PASSWORD, "csrf_token": token}
        self.ask("POST", "/login", said)
        return self

    def get(self, path: str) -> bytes:
        """Return a request of this visitor, ready to be sent."""
        return self._head("GET", path) + b"\r\n"

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> bytes:
        """Return a request with a form of this visitor, ready to be sent."""
        body = urlencode(fields).encode()
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        return self._head("POST", path) + kind + length + body

    def _head(self, method: str, path: str) -> bytes:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        host = f"Host: {HOST}:{self.port}\r\n"
        return f"{method} {path} HTTP/1.1\r\n{host}Accept: text/html\r\n{cookie}".encode()


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
        return port


Requests = Callable[[int], Iterator[bytes]]
"""What one connection sends, one request after another, by the number of the connection."""


def press(
    port: int, requests: Requests, seconds: float, *, connections: int = CONNECTIONS
) -> float:
    """Return how many requests a second a server answers, over connections kept alive."""
    ends = time.perf_counter() + seconds
    found: list[int | BaseException] = [0] * connections

    def visit(number: int) -> None:
        try:
            found[number] = _visits(port, requests(number), ends)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            found[number] = error

    threads = [Thread(target=visit, args=(number,)) for number in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    answered = 0
    for one in found:
        if isinstance(one, BaseException):
            raise one
        answered += one
    return answered / took


def alternate(
    effort: Effort, of_floor: Callable[[], float], of_ours: Callable[[], float]
) -> tuple[Pair, ...]:
    """Measure floor and product in turn, after one round that only warms up."""
    of_floor(), of_ours()
    return tuple(Pair(of_floor(), of_ours()) for _ in range(effort.rounds))


def _visits(port: int, requests: Iterator[bytes], ends: float) -> int:
    answered = 0
    while time.perf_counter() < ends:
        with socket.create_connection((HOST, port), timeout=PATIENCE) as connection:
            stays = True
            while stays and time.perf_counter() < ends and answered < MOST_REQUESTS:
                connection.sendall(next(requests))
                stays = _answer(connection)
                answered += 1
    return answered


def _answer(connection: socket.socket) -> bool:
    """Read one answer to its end; say whether the server keeps the connection."""
    told = b""
    while (end := told.find(b"\r\n\r\n")) < 0:
        told += _more(connection)
    status = told[9:12]
    if status not in {b"200", b"302"}:
        raise RuntimeError(told.decode())
    length = LENGTH.search(told, 0, end + 2)
    assert length is not None, told[:end]
    missing = end + 4 + int(length[1]) - len(told)
    while missing > 0:
        missing -= len(_more(connection))
    return CLOSES.search(told, 0, end + 2) is None


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("the server hung up")
    return part


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [one for child in map(int, found) for one in (child, *_children(child))]


def _proportional(pid: int) -> int:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    kilobytes = re.search(r"^Pss: +(\d+) kB", told, re.MULTILINE)
    assert kilobytes is not None, told
    return int(kilobytes[1])
