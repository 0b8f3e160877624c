"""Every page in the language of its reader, whoever he is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.gate import LOGGED_IN, PUBLIC, access_of
from onestop.base.languages import COOKIE
from onestop.base.permissions import Permission
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.rules.identity import secret
from onestop.dossiers.rules.states import next_verbs
from onestop.organisation import queries as organisation
from tests.client import PASSWORD
from tests.dossiers.given import staff
from tests.installing import BUILT
from tests.readers import foreign
from tests.site import CLOCK, Clock

on_sqlite = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True)
NO_PAGES: Final = ("/static/", "/bootstrap/", "/language/", "/healthz", "qr.svg", "/rates.<kind>")
ASKED: Final = {
    "/admin/calendar": ("?year=2021", "?year=2026", "?year=2027", "?year=1800"),
    "/admin/agencies": ("", "?on=2021-01-01", "?on=x"),
    "/admin/procedures": ("", "?q=khai+sinh", "?q=zzz", "?on=x", "?page=2"),
    "/desk": tuple(f"?view={view}" for view in DeskList),
    "/dossiers": ("", "?q=nguyen", "?q=zzz", "?figure=overdue&from=2021-01-01&to=2021-12-31"),
    "/procedures": ("", "?q=khai+sinh&level=4", "?q=zzz", "?page=2"),
    "/rates": ("", "?period=2021", "?period=2021&by=procedure&all=1", "?from=x", "?period=2019",
               "?by=field&sort=online", "?by=channel", "?period=2021-Q4&agency=H26.91.27"),
    "/receive": ("", "?procedure=C-HT-12", "?procedure=D-XD-01"),
    "/receive/preview": ("?q=C-HT-12", "?q=", "?q=zzz"),
    "/receive/procedures": ("?q=khai+sinh", "?q=zzz"),
    "/statistics": ("", "?period=2021", "?from=2021-12-31&to=2021-01-01", "?period=2019"),
}  # fmt: skip
PROCEDURES: Final = ("C-HT-12", "C-CT-01", "D-XD-01", "D-DD-03", "C-HT-06")


# Who has acts before him reads more of each dossier than who only looks on.
NEAR: Final = ("motcua1.thanhtri", "chuyenvien1.tainguyen", "chutich.thanhtri")
READERS: Final = (
    *((username, "en") for username in (None, *NEAR, "theodoi1.thanhtri", "quantri.thanhtri")),
    *((username, "vi") for username in (None, "motcua1.thanhtri", "quantri.thanhtri")),
)


@pytest.fixture
def at_work(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The demonstration on the day for which it was built."""
    monkeypatch.setattr(CLOCK, Clock(BUILT))
    return demo


@on_sqlite
@pytest.mark.parametrize(("username", "language"), READERS)
def test_every_page_speaks_the_language_of_its_reader(
    at_work: Flask, username: str | None, language: str
) -> None:
    client = reader_of(at_work, username, language)
    wrong = {}
    for path in dict.fromkeys(pages(at_work, username)):
        # Many pages, each policed elsewhere: what they say is all that is looked at here.
        vars(g).clear()
        db.session.rollback()
        answer = client.get(path, headers={"Accept": "text/html"})
        if answer.mimetype == "text/html" and (found := foreign(answer.text, language)):
            wrong[path] = found
    assert not wrong


def reader_of(app: Flask, username: str | None, language: str) -> FlaskClient:
    client = FlaskClient(app, app.response_class, use_cookies=True)
    client.set_cookie(COOKIE, language)
    if username:
        client.post("/login", data={"username": username, "password": PASSWORD})
    return client


def pages(app: Flask, username: str | None) -> Iterator[str]:
    """Yield an address for every page that is there for a reader, several where it has faces."""
    found = dossiers(near=username in NEAR)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or any(part in rule.rule for part in NO_PAGES):
            continue
        if not is_for(app.view_functions[rule.endpoint], username):
            continue
        if not rule.arguments:
            yield from (f"{rule.rule}{asked}" for asked in ASKED.get(rule.rule, ("",)))
        elif rule.rule.startswith(("/dossiers", "/status")):
            for dossier in found:
                yield from addresses(app, rule.rule, dossier)
        else:
            yield from (rule.rule.replace("<code>", code) for code in PROCEDURES)
    yield from ("/nowhere", "/admin/accounts")


def is_for(view: Callable[..., object], username: str | None) -> bool:
    """Say whether a page is for a reader: those of citizens are read as one of them."""
    access = access_of(view)
    if username is None:
        return access == PUBLIC
    is_granted = isinstance(access, Permission) and staff(username, BUILT).may(access)
    return access == LOGGED_IN or is_granted


def addresses(app: Flask, rule: str, dossier: Dossier) -> Iterator[str]:
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    made = rule.replace("<code>", dossier.code).replace("<proof>", proof)
    verbs = next_verbs(dossier.state, received=dossier.received_at is not None)
    for verb in [row.verb for row in verbs] if "<verb>" in rule else ("",):
        yield made.replace("<verb>", str(verb))


def dossiers(*, near: bool) -> list[Dossier]:
    """Return dossiers in every state there is; of those near, also in every unit of limits."""
    tree = organisation.tree(BUILT.date())
    district, land = (tree.by_code(code) for code in ("H26.91", "H26.91.04"))
    assert district is not None
    assert land is not None
    recent = select(Dossier).where(Dossier.submitted_at > BUILT - timedelta(days=60))
    found: dict[object, Dossier] = {}
    for one in db.session.scalars(recent.order_by(Dossier.code)):
        if not near:
            found.setdefault(one.state, one)
        elif one.receiving_agency_id == district.id:
            found.setdefault((one.state, one.limit_unit), one)
            if one.handling_agency_id == land.id:
                found.setdefault((one.state, "land"), one)
    return list(found.values())


@pytest.mark.parametrize(
    ("html", "english", "vietnamese"),
    [
        ("<p>Hồ sơ</p>", ["Hồ sơ"], []),
        ("<p lang=vi>Hồ sơ</p> dossier", [], ["dossier"]),
        ("<p>late <b lang=vi>Lê <i>An</i></b> đ</p>", ["đ"], ["late"]),
        ("<input placeholder='tên'><img alt='tree'>", ["tên"], []),
        ("<button title='Receive'>+</button><option>Tất cả", ["Tất cả"], ["Receive"]),
        ("<script>const day = 'ngày'</script>", [], []),
    ],
)
def test_a_word_of_the_other_language_is_heard(
    html: str, english: list[str], vietnamese: list[str]
) -> None:
    assert foreign(html, "en") == english
    assert foreign(html, "vi") == vietnamese
