"""Addresses that lead inside the product."""

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, request, url_for

AS_IT_STANDS: Final = "!$'()*,/:;?@"
"""Marks that need no escaping in a query string."""


def asking(address: str, /, **changes: object) -> str:
    """Return `address` with the query string of this request, some of its parameters changed.

    A parameter that is None or empty is left out. `url_for` is not used: a name that a reader
    writes into an address must never become an argument of it, such as `_scheme`.
    """
    asked = {**request.args.to_dict(), **changes}
    kept = {name: said for name, said in asked.items() if said not in {None, ""}}
    return f"{address}?{urlencode(kept, safe=AS_IT_STANDS)}" if kept else address


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


def install(app: Flask) -> None:
    """Give the templates of `app` the function `asking`."""
    app.add_template_global(asking)
