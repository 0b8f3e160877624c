"""Settings: environment variables first, then `onestop.toml` of the instance, then defaults."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from onestop.base.errors import Refusal
from onestop.base.words import N_

PACKAGE: Final = Path(__file__).parents[1]
NAMES: Final = (
    "ONESTOP_DATABASE_URL",
    "ONESTOP_SECRET_KEY",
    "ONESTOP_TRUSTED_PROXIES",
    "ONESTOP_HTTPS",
    "ONESTOP_PUBLIC_ADDRESS",
    "ONESTOP_SITE_NAME",
    "ONESTOP_IDLE_MINUTES",
    "ONESTOP_ASSIGN_HOURS",
)
DATABASES: Final = frozenset({"sqlite", "postgresql"})
MOST_SENT: Final = 2 * 1024 * 1024
"""Of a form, in bytes; nobody sends files."""


def instance_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of data: named by ONESTOP_INSTANCE, else beside the code, else here."""
    if named := environ.get("ONESTOP_INSTANCE"):
        return Path(named).absolute()
    checkout = PACKAGE.parent
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "instance"


def migrations_folder() -> Path:
    """Return `migrations/`: inside an installed wheel, beside the package in a checkout."""
    inside = PACKAGE / "migrations"
    return inside if inside.is_dir() else PACKAGE.parent / "migrations"


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the configuration of the application, made from all three sources."""
    folder = instance_folder(environ)
    kept = _kept(folder / "onestop.toml")
    given = {**kept, **{name: environ[name] for name in NAMES if name in environ}}
    lookup_key = _lookup_key(folder)
    https = _is_on(given.get("ONESTOP_HTTPS", ""))
    return {
        "INSTANCE": folder,
        "SQLALCHEMY_DATABASE_URI": _database(given.get("ONESTOP_DATABASE_URL"), folder),
        "SECRET_KEY": given.get("ONESTOP_SECRET_KEY") or key(folder, "secret_key"),
        "LOOKUP_KEY": lookup_key,
        "TRUSTED_PROXIES": _whole(given, "ONESTOP_TRUSTED_PROXIES", 0),
        "HTTPS": https,
        "PUBLIC_ADDRESS": _address(given.get("ONESTOP_PUBLIC_ADDRESS")),
        "SITE_NAME": given.get("ONESTOP_SITE_NAME"),
        "SESSION_IDLE_MINUTES": _whole(given, "ONESTOP_IDLE_MINUTES", 30),
        "ASSIGN_WITHIN_HOURS": _whole(given, "ONESTOP_ASSIGN_HOURS", 2),
        "SESSION_COOKIE_NAME": "onestop",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "MAX_CONTENT_LENGTH": MOST_SENT,
        "MAX_FORM_MEMORY_SIZE": MOST_SENT,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "PASSWORD_TIME_COST": 3,
        "PASSWORD_MEMORY_COST": 64 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 86400,  # of what bears no mark
    }


def key(folder: Path, name: str) -> str:
    """Return a secret of this installation; it is made once and readable by its owner only.

    A file that cannot be read or made is refused, and so is an empty one: whatever an empty key
    seals, anybody can seal.
    """
    file = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            N_("Không tạo được thư mục dữ liệu %(folder)s: %(why)s"),
            folder=str(folder),
            why=error.strerror or "",
        ) from None
    try:
        if not file.exists():
            _make(file, secrets.token_hex(32))
        kept = file.read_text("ascii").strip()
    except OSError as error:
        raise Refusal(
            N_("Không đọc hoặc không tạo được tệp khóa %(path)s: %(why)s."),
            path=str(file),
            why=error.strerror or str(error),
        ) from None
    except UnicodeDecodeError:
        kept = ""
    if not kept:
        raise Refusal(N_("%(path)s không có khóa: lấy lại tệp ấy từ bản sao lưu."), path=str(file))
    return kept


def _lookup_key(folder: Path) -> str:
    # It is made before the other: where that one stands alone, this one was lost. Made anew without
    # a word, it would let no QR code be read that was printed before.
    if (folder / "secret_key").exists() and not (folder / "lookup_key").exists():
        raise Refusal(
            N_("Mất tệp %(path)s: lấy lại từ bản sao lưu. Không có bản nào thì xóa cả secret_key: "
               "khóa mới được tạo, nhưng mã QR đã in không tra cứu được nữa."),
            path=str(folder / "lookup_key"),
        )  # fmt: skip
    return key(folder, "lookup_key")


def _make(file: Path, text: str) -> None:
    # Whole under its name or not there at all: a second process must not read an empty key.
    draft = file.with_name(f".{file.name}.{os.getpid()}.{get_ident()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as made:
        made.write(text)
        made.flush()
        os.fsync(handle)
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()


def _kept(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        kept = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(N_("%(file)s viết sai: %(why)s"), file=file.name, why=str(error)) from None
    except OSError as error:
        raise Refusal(
            N_("Không đọc được %(path)s: %(why)s."),
            path=str(file),
            why=error.strerror or str(error),
        ) from None
    if unknown := sorted(set(kept) - set(NAMES)):
        raise Refusal(N_("%(file)s có mục lạ: %(names)s"), file=file.name, names=", ".join(unknown))
    return {name: str(value) for name, value in kept.items()}


def _database(url: str | None, folder: Path) -> str:
    if not url:
        return f"sqlite:///{folder / 'onestop.sqlite'}"
    try:
        made = make_url(url)
    except ArgumentError:
        raise Refusal(N_("ONESTOP_DATABASE_URL không phải một địa chỉ cơ sở dữ liệu.")) from None
    if made.drivername in {"postgres", "postgresql"}:
        made = made.set(drivername="postgresql+psycopg")
    if made.drivername.endswith("+psycopg") and find_spec("psycopg") is None:
        raise Refusal(
            N_("Thiếu trình điều khiển PostgreSQL. Chạy: pip install 'onestop[postgresql]'")
        )
    if made.get_backend_name() not in DATABASES:
        raise Refusal(
            N_("Chỉ chạy trên SQLite hoặc PostgreSQL, không phải %(name)s."),
            name=made.get_backend_name(),
        )
    return made.render_as_string(hide_password=False)


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit()):
        raise Refusal(N_("%(name)s phải là một số nguyên, không phải “%(text)s”."),
                      name=name, text=text)  # fmt: skip
    return int(text)


def _address(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise Refusal(N_("%(name)s phải là một địa chỉ như https://motcua.example.vn, không phải "
                         "“%(text)s”."),
                      name="ONESTOP_PUBLIC_ADDRESS", text=text)  # fmt: skip
    return text.strip().rstrip("/")


def _is_on(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}
