"""A client that holds every page to the house rules, whatever its test is about."""

import csv
import io
from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from onestop.base.database import db, is_postgresql
from onestop.base.later import settled
from tests.markup import police

PASSWORD = "onestop-demo"  # noqa: S105 - the invented password of invented accounts


class PolicingClient(FlaskClient):
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A test shares its context with the requests; each begins afresh all the same.
        db.session.rollback()
        vars(g).clear()
        # As a browser does: the answer is read to its end, and what it came from is closed.
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        settled()
        db.session.rollback()
        assert response.status_code < 500, response.text
        # What is tried on PostgreSQL is tried on SQLite as well, and the same templates draw it.
        if response.mimetype == "text/html" and not is_postgresql():
            police(response.text)
        return response

    def get(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask as a browser does, which accepts pages."""
        kwargs.setdefault("headers", {"Accept": "text/html"})
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send as a browser does, which accepts pages."""
        kwargs.setdefault("headers", {"Accept": "text/html"})
        return super().post(*args, **kwargs)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        answer = self.post("/login", data={"username": username, "password": password})
        assert answer.status_code == 302, answer.text


def rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """Return the rows of a list that is handed out as a plain table."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    read = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    names = read.fieldnames or ()
    assert len(set(names)) == len(names), "two columns of one name cannot be told apart"
    return list(read)
