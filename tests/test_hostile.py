"""Whatever is typed, pasted or forged, the product answers in words and breaks nothing."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from onestop.accounts.rules import GRANTS, Role
from onestop.base.clock import now
from onestop.base.database import db, is_postgresql
from onestop.base.gate import LOGGED_IN, access_of
from onestop.dossiers.models import Dossier
from tests.accounts.given import STAFF
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    in_progress,
    received,
    submitted,
)

pytestmark = pytest.mark.on_both_databases  # each of them refuses other values than the other
HOSTILE: Final = {
    "nothing": "",
    "a blank": "   ",
    "no text at all": "\0",
    "no text inside": "a\0b",
    "digits of another script": "٣",
    "a digit that is no number": "²",
    "more digits than Python reads": "9" * 5000,
    "more than a database counts": "99999999999999999999",
    "just more than 32 bits": "2147483648",
    "less than nothing": "-1",
    "a power": "1e9",
    "SQL": "' OR 1=1; DROP TABLE dossier; --",
    "a script": "<script>alert(1)</script>",
    "a template": "{{ config }}{% raw %}",
    "a format": "%(secret)s %s {0}",
    "very much": "á" * 5_000,
    "the end of time": "9999-12-31",
    "the end of time, by the minute": "9999-12-31T23:59",
    "the beginning of time": "0001-01-01",
    "the beginning of time, by the minute": "0001-01-01T00:00",
    "no such day": "2021-02-30",
    "marks that turn text around": "\u202eabc\u2066",
    "half a letter": "\udcff",
    "a way out": "../../etc/passwd",
    "wildcards": "%_%*\"'\\",
}
TO_A_DATABASE: Final = HOSTILE.keys() - {
    "nothing", "a blank", "digits of another script", "a digit that is no number", "a script",
    "a template", "a format", "no such day", "marks that turn text around", "a way out",
}  # fmt: skip
"""What one database may take otherwise than another; the rest is read or refused before it."""
ASKED: Final = (
    "q", "view", "state", "channel", "field", "level", "page", "from", "to", "period", "agency",
    "desk", "tier", "procedure", "by", "sort", "all", "figure", "on", "next", "year", "order",
)  # fmt: skip
READ: Final = ("q", "field", "level", "page", "from", "to", "period", "due")
BUSY: Final = ("/desk", "/dossiers", "/rates", "/procedures", "/statistics")
READ_AS_SOMETHING: Final = (
    "no text inside",
    "a digit that is no number",
    "more digits than Python reads",
    "more than a database counts",
    "the end of time",
    "the beginning of time",
)
PERIOD: Final = {"from": "2021-01-01", "to": "2021-12-31"}
VALID: Final[dict[str, dict[str, Any]]] = {
    "/login": {"username": COMMUNE_CLERK, "password": "x", "next": "/"},
    "/status": {"code": "H26.91.27-210301-0001", "second": "3456"},
    "/submit/C-HT-12": {
        "key": "k", "applicant_kind": "person", "id_number": "999091000123", "name": "Thí Dụ",
        "phone": "0600123456", "address": "Thôn Một", "email": "", "desk": "H26.91.27",
        "return_by": "counter", "papers": "0", "note": "x",
    },
    "/receive": {
        "key": "k", "applicant_kind": "person", "id_number": "999091000123", "name": "Thí Dụ",
        "phone": "0600123456", "address": "Thôn Một", "email": "", "procedure": "C-HT-12",
        "q": "", "papers": "0", "channel": "counter", "delivered_at": "", "return_by": "counter",
        "note": "x", "reason": "x", "act": "receive",
    },
}  # fmt: skip


def kinds() -> dict[str, str]:
    """Return what is sent in: all of it once, and on the other database what concerns it."""
    if not is_postgresql():
        return HOSTILE
    return {why: value for why, value in HOSTILE.items() if why in TO_A_DATABASE}


def encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogateescape")


def paths(rule: Rule, value: str) -> Iterator[str]:
    """Yield addresses of a rule with the value in each of its places in turn, and in all."""
    names = sorted(rule.arguments)
    for hostile in [*({name} for name in names), set(names)]:
        path = str(rule)
        for name in names:
            put = encoded(value) if name in hostile and value else "x"
            path = put.join(re.split(rf"<(?:\w+:)?{name}>", path))
        yield path


@pytest.mark.parametrize("role", [None, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR])
def test_no_address_breaks_whatever_stands_in_it(
    app: Flask, client: PolicingClient, role: Role | None
) -> None:
    if role is not None:
        client.sign_in(STAFF[role])
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments:
            continue
        # The visitor tries what is open to all; where a role may not go, no value is looked at.
        access = access_of(app.view_functions[rule.endpoint])
        if role is not None and access not in {LOGGED_IN, *GRANTS[role]}:
            continue
        for why, value in kinds().items():
            for path in set(paths(rule, value)):
                assert client.get(path).status_code < 500, (why, rule)


@pytest.mark.parametrize("role", [None, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR])
def test_no_question_breaks_a_page(client: PolicingClient, role: Role | None) -> None:
    pages = ["/", "/procedures", "/statistics", "/login", "/language/en"]
    if role is not None:
        client.sign_in(STAFF[role])
        pages = ["/desk", "/dossiers", "/receive", "/receive/procedures"]
    if role == Role.MANAGER:
        pages = ["/rates", "/rates.csv", "/rates.xlsx", "/dossiers", "/desk"]
    if role == Role.ADMINISTRATOR:
        pages = [
            "/admin/agencies",
            "/admin/calendar",
            "/admin/procedures",
            "/admin/accounts",
            "/admin/closures",
        ]
    figure = {**PERIOD, "figure": "received"}
    for page in pages:
        for why, value in kinds().items():
            questions = [dict.fromkeys(ASKED, value)]
            if page in BUSY and why in READ_AS_SOMETHING:
                questions += [{name: value} for name in READ]
                questions += [{**figure, name: value} for name in READ if page == "/dossiers"]
            for asked in questions:
                query = urlencode(asked, errors="surrogateescape")[:60_000]
                assert client.get(f"{page}?{query}").status_code < 500, (page, why, asked)


OF_OUR_OWN: Final = ("endpoint", "kind", "_scheme", "_method", "_anchor", "_external", "address")


@pytest.mark.parametrize(
    ("page", "role"),
    [
        ("/procedures", None),
        ("/statistics", None),
        ("/desk", Role.CLERK),
        ("/dossiers", Role.CLERK),
        ("/register", Role.CLERK),
        ("/transfers", Role.DEPARTMENT_HEAD),
        ("/tasks", Role.OFFICER),
        ("/tasks/others", Role.OFFICER),
        ("/rates", Role.MANAGER),
        ("/queue/waits", Role.MANAGER),
        ("/queue/tickets", Role.MANAGER),
        ("/admin/procedures", Role.ADMINISTRATOR),
    ],
)
def test_no_question_is_taken_for_an_order_of_our_own(
    client: PolicingClient, page: str, role: Role | None
) -> None:
    if role is not None:
        client.sign_in(STAFF[role])
    received(at=now())
    for name in OF_OUR_OWN:
        answer = client.get(f"{page}?{name}=javascript")
        assert answer.status_code == 200, (page, name)
        assert not re.search(r'(?:href|action)="(?:\w+:)?//', answer.text), (page, name)


@pytest.mark.parametrize("page", VALID)
def test_no_answer_to_a_form_breaks_it(client: PolicingClient, page: str) -> None:
    if page == "/receive":
        client.sign_in(COMMUNE_CLERK)
    for name in [*VALID[page], "version", "override", "act"]:
        for why, value in kinds().items():
            body = urlencode({**VALID[page], name: value}, errors="surrogateescape")
            answer = sent(client, page, body)
            assert answer < 500, (page, name, why)


@pytest.mark.parametrize("verb", ["ask_supplement", "hand_over", "accept"])
def test_no_answer_to_an_act_breaks_it(client: PolicingClient, verb: str) -> None:
    dossier = submitted(at=now()) if verb == "accept" else in_progress(at=now())
    code = dossier.code
    client.sign_in(COMMUNE_LEADER if verb == "ask_supplement" else COMMUNE_CLERK)
    for name in ("version", "reason", "papers", "key"):
        for why, value in kinds().items():
            if name not in {"version", "reason"} and why not in READ_AS_SOMETHING:
                continue
            said = {"version": "99", "reason": "x", "act": "accept", name: value}
            body = urlencode(said, errors="surrogateescape")
            assert sent(client, f"/dossiers/{code}/{verb}", body) < 500, (verb, name, why)


def sent(client: PolicingClient, path: str, body: str) -> int:
    kind = "application/x-www-form-urlencoded"
    return client.post(path, data=body.encode("ascii"), content_type=kind).status_code


def test_what_no_text_holds_is_left_out_and_the_rest_is_kept(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    told = {**VALID["/receive"], "note": "trước\0sau", "address": "\0"}
    assert client.post("/receive", data=told).status_code == 302
    dossier = db.session.scalars(select(Dossier)).one()
    assert dossier.note == "trướcsau"
    assert dossier.applicant_address is None


@pytest.mark.parametrize("key", ["", "   ", "k" * 10_000, "\0"])
def test_a_form_whose_key_was_lost_is_not_taken_for_another(
    client: PolicingClient, key: str
) -> None:
    client.sign_in(COMMUNE_CLERK)
    people = {"Nguyễn Thứ Nhất": "999091000123", "Nguyễn Thứ Hai": "999091000124"}
    for name, number in people.items():
        said = {**VALID["/receive"], "name": name, "id_number": number, "key": key}
        assert client.post("/receive", data=said).status_code == 302
    names = db.session.scalars(select(Dossier.applicant_name).order_by(Dossier.id)).all()
    assert names == list(people)


def test_nothing_hostile_was_written(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    before = received().code
    for place, value in enumerate(("٣", "²", "9" * 5000, "-1")):
        # Another person each time: the same one would only be asked about the dossier before.
        number = {"id_number": f"99909100013{place}"}
        said = {**VALID["/receive"], **number, "papers": value, "key": f"k{value[:3]}"}
        client.post("/receive", data=said)
    found = db.session.scalars(select(Dossier.papers).where(Dossier.code != before)).all()
    assert not [one for papers in found for one in papers if one["brought"]]
    assert db.session.scalar(select(func.count()).select_from(Dossier))
