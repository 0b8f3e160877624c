"""Addresses that lead inside the product."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for


def local_path(address: str) -> str:
    r"""Return `address` when it stays inside the product, else nothing.

    Browsers read a backslash as a slash, so `/\evil` leads out as surely as `//evil`.
    """
    clean = "".join(mark for mark in address if mark.isprintable()).replace("\\", "/")
    parts = urlsplit(clean)
    inside = not parts.scheme and not parts.netloc and clean.startswith("/")
    return clean if inside and not clean.startswith("//") else ""


def public_address(endpoint: str, **values: Any) -> str:
    """Return the whole address of a page for somebody who reads it on paper.

    It begins with the address the installation is known by, whatever name the clerk's own browser
    uses for it; without one, with that name.
    """
    known = current_app.config["PUBLIC_ADDRESS"]
    if known is None:
        return url_for(endpoint, _external=True, **values)
    return f"{known}{url_for(endpoint, **values)}"
