"""Addresses that lead inside the product."""

from urllib.parse import urlsplit


def local_path(address: str) -> str:
    r"""Return `address` when it stays inside the product, else nothing.

    Browsers read a backslash as a slash, so `/\evil` leads out as surely as `//evil`.
    """
    clean = "".join(mark for mark in address if mark.isprintable()).replace("\\", "/")
    parts = urlsplit(clean)
    inside = not parts.scheme and not parts.netloc and clean.startswith("/")
    return clean if inside and not clean.startswith("//") else ""
