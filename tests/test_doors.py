"""Every address and every verb, tried by every role: open exactly where the table grants it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pytest
from flask import Flask

from onestop.accounts.rules import GRANTS, Role
from onestop.accounts.views import LISTS
from onestop.app.factory import mark
from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.gate import LOGGED_IN, PUBLIC
from onestop.base.permissions import Permission
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.foreseeing import reappointment
from onestop.dossiers.rules.states import TABLE, State, Transition, Verb
from tests.accounts.given import STAFF
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    LAND,
    MONDAY,
    brought_in,
    done,
    in_progress,
    received,
    submitted,
)
from tests.site import CLOCK, Clock

P = Permission
DOORS: Final = {
    "/": PUBLIC,
    "/admin/accounts": P.MANAGE_ACCOUNTS,
    "/admin/agencies": P.MANAGE_ORGANISATION,
    "/admin/calendar": P.READ_CALENDAR,
    "/admin/closures": P.CLOSE_OFFICES,
    "/admin/closures/<int:closure_id>": P.CLOSE_OFFICES,
    "/admin/permissions": LOGGED_IN,
    "/admin/procedures": P.MANAGE_CATALOGUE,
    "/admin/procedures/<code>": P.MANAGE_CATALOGUE,
    "/admin/takings": P.READ_HISTORY,
    "/authorisation.pdf": PUBLIC,
    f"/bootstrap/static/{mark()}/<path:filename>": PUBLIC,
    "/desk": P.READ_DOSSIERS,
    "/desk.<kind>": P.READ_DOSSIERS,
    "/desk/many": P.READ_DOSSIERS,
    "/desk/papers": P.PRINT_PAPERS,
    "/desk/papers.pdf": P.PRINT_PAPERS,
    "/desk/print": P.PRINT_PAPERS,
    "/desk/feed": P.READ_DOSSIERS,
    "/desk/feed/end": P.READ_DOSSIERS,
    "/dossiers": P.READ_DOSSIERS,
    "/dossiers.<kind>": P.READ_DOSSIERS,
    "/dossiers/<code>": P.READ_DOSSIERS,
    "/dossiers/<code>/<verb>": P.READ_DOSSIERS,
    "/dossiers/<code>/accept": P.RECEIVE,
    "/dossiers/<code>/opinions": P.HAND_ON,
    "/dossiers/<code>/opinions/<int:seq>/<act>": P.HAND_ON,
    "/dossiers/<code>/papers": P.READ_DOSSIERS,
    "/dossiers/<code>/papers/<int:seq>": P.PRINT_PAPERS,
    "/dossiers/<code>/papers/<int:seq>.pdf": P.READ_DOSSIERS,
    "/dossiers/<code>/papers/<int:seq>/<paper>": P.PRINT_PAPERS,
    "/dossiers/<code>/papers/<int:seq>/<paper>.pdf": P.READ_DOSSIERS,
    "/dossiers/<code>/qr.svg": P.READ_DOSSIERS,
    "/dossiers/<code>/receipt": P.READ_DOSSIERS,
    "/dossiers/<code>/steps/<verb>": P.HAND_ON,
    "/dossiers/<code>/control-slip": P.PRINT_PAPERS,
    "/dossiers/<code>/control-slip.pdf": P.READ_DOSSIERS,
    "/handovers": P.READ_DOSSIERS,
    "/handovers.<kind>": P.READ_DOSSIERS,
    "/handovers/pending.<kind>": P.READ_DOSSIERS,
    "/handovers/<int:list_id>.<kind>": P.READ_DOSSIERS,
    "/handovers/<int:list_id>": P.READ_DOSSIERS,
    "/handovers/<int:list_id>.pdf": P.READ_DOSSIERS,
    "/handovers/<int:list_id>/confirm": P.READ_DOSSIERS,
    "/dues/<secret>.ics": PUBLIC,
    "/healthz": PUBLIC,
    "/favicon.ico": PUBLIC,
    "/hall/<secret>": PUBLIC,
    "/hall/<secret>/board": PUBLIC,
    "/kiosk/<secret>": PUBLIC,
    "/kiosk/<secret>/<int:number>": PUBLIC,
    "/language/<language>": PUBLIC,
    "/login": PUBLIC,
    "/logout": PUBLIC,
    "/opinions": P.HAND_ON,
    "/opinions.<kind>": P.HAND_ON,
    "/procedures": PUBLIC,
    "/procedures/<code>": PUBLIC,
    "/queue": P.RECEIVE,
    "/queue/absent": P.RECEIVE,
    "/queue/again": P.RECEIVE,
    "/queue/end": P.RECEIVE,
    "/queue/open": P.RECEIVE,
    "/queue/tickets": P.READ_RATES,
    "/queue/tickets.<kind>": P.READ_RATES,
    "/queue/waiting": P.RECEIVE,
    "/queue/waits": P.READ_RATES,
    "/queue/waits.<kind>": P.READ_RATES,
    "/rates": P.READ_RATES,
    "/rates.<kind>": P.READ_RATES,
    "/receipts": P.READ_DOSSIERS,
    "/receive": P.RECEIVE,
    "/register": P.READ_DOSSIERS,
    "/register.<kind>": P.READ_DOSSIERS,
    "/receive/applicant": P.RECEIVE,
    "/receive/choice": P.RECEIVE,
    "/receive/procedures": P.RECEIVE,
    "/start": LOGGED_IN,
    f"/static/{mark()}/<path:filename>": PUBLIC,
    "/statistics": PUBLIC,
    "/status": PUBLIC,
    "/status/<code>/<proof>": PUBLIC,
    "/submit": PUBLIC,
    "/submit/<code>": PUBLIC,
    "/tasks": P.HAND_ON,
    "/tasks.<kind>": P.HAND_ON,
    "/transfers": P.TRANSFER,
    "/transfers.<kind>": P.TRANSFER,
    "/transfers/<code>": P.TRANSFER,
    "/tasks/many": P.HAND_ON,
    "/tasks/others": P.HAND_ON,
    "/tasks/others.<kind>": P.HAND_ON,
    "/tasks/others/many": P.HAND_ON,
}
LAND_AT_ONCE: Final = "D-DD-15"

# A dossier that the district's desk has received for its department of land, and who is near it.
NEAR: Final = {
    "motcua1.thanhtri": Role.CLERK,
    "chuyenvien1.tainguyen": Role.OFFICER,
    "truongphong.tainguyen": Role.DEPARTMENT_HEAD,
    "chutich.thanhtri": Role.LEADER,
    "theodoi1.thanhtri": Role.MANAGER,
    "kiemtra.thanhtri": Role.AUDITOR,
}
FAR: Final = {
    "motcua1.ngochoi": "a clerk of a commune",
    "chuyenvien1.tuphap": "an officer of another department",
    "truongphong.tuphap": "the head of another department",
    "chutich.ngochoi": "the leader of a commune",
    "quantri.thanhtri": "an administrator, who has no dossiers at all",
}


def test_every_address_stands_in_the_table_of_doors(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} == set(DOORS)


def test_every_file_that_is_handed_out_has_a_name_for_the_auditor(app: Flask) -> None:
    handed_out = [rule for rule in app.url_map.iter_rules() if rule.rule.endswith(".<kind>")]
    assert {rule.endpoint for rule in handed_out} == set(LISTS)


@pytest.mark.on_both_databases
@pytest.mark.parametrize("role", [None, *Role])
def test_every_door_opens_to_exactly_those_it_is_for(
    app: Flask, client: PolicingClient, role: Role | None
) -> None:
    granted: set[object] = {PUBLIC}
    if role is not None:
        client.sign_in(STAFF[role])
        granted |= {LOGGED_IN, *GRANTS[role]}
    for method, path, door in _doors(app):
        answer = client.open(path, method=method, headers={"Accept": "text/html"})
        to_log_in = answer.status_code == 302 and answer.location.startswith("/login?")
        is_open = answer.status_code not in {401, 403} and not to_log_in
        assert is_open == (DOORS[door] in granted), (method, path, answer.status)


def _doors(app: Flask) -> Iterator[tuple[str, str, str]]:
    # The way out comes last: whoever takes it is outside.
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule == "/logout"):
        _, path = rule.build(dict.fromkeys(rule.arguments, "1")) or ("", "")
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            yield method, path, rule.rule


# One dossier


def addresses(code: str) -> list[str]:
    pages = ["", "/receipt", "/qr.svg", "/accept", *(f"/{verb.value}" for verb in Verb)]
    return [f"/dossiers/{code}{page}" for page in pages]


@pytest.mark.on_both_databases
@pytest.mark.parametrize("username", FAR, ids=FAR.values())
def test_whoever_is_not_concerned_does_not_learn_that_a_dossier_exists(
    client: PolicingClient, username: str
) -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    client.sign_in(username)
    for real, invented in zip(
        addresses(dossier.code), addresses("H26.91-210301-9999"), strict=True
    ):
        for method in ("GET", "POST"):
            said = {"version": str(dossier.version), "reason": "vì", "act": "accept"}
            answers = [client.open(one, method=method, data=said) for one in (real, invented)]
            assert answers[0].status_code == answers[1].status_code, (method, real)
            assert answers[0].status_code in {403, 404, 405}, (method, real)
            assert APPLICANT.name not in answers[0].text
    for listing in ("/desk", f"/dossiers?q={dossier.code}", "/desk.csv", "/dossiers.csv"):
        page = client.get(listing).text
        assert f"/dossiers/{dossier.code}" not in page
        assert APPLICANT.name not in page
    assert fresh(dossier).state == dossier.state


@pytest.mark.parametrize("username", NEAR)
def test_whoever_is_concerned_reads_it_and_finds_it(client: PolicingClient, username: str) -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    client.sign_in(username)
    for page in ("", "/receipt", "/qr.svg"):
        assert client.get(f"/dossiers/{dossier.code}{page}").status_code == 200
    assert APPLICANT.name in client.get(f"/dossiers?q={dossier.code}").text


VERBS: Final = [
    row
    for row in TABLE
    # Bringing the completion is a part of its acceptance.
    if row.from_state is not None and row.verb != Verb.BRING_COMPLETION
]


@pytest.mark.parametrize("row", VERBS, ids=lambda row: f"{row.verb} in {row.from_state.name}")
def test_every_verb_is_done_by_exactly_those_whose_post_grants_it(
    client: PolicingClient, row: Transition, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Late enough to stop for want of an answer; years later pages have thousands of days to show.
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 60 * DAY))
    for username in (*NEAR, *FAR):
        may = username in NEAR and row.permission in GRANTS[NEAR[username]]
        dossier = waiting_for(row)
        address, said = form_of(row, dossier)
        client.sign_in(username)
        assert (client.get(address).status_code == 200) == may, (username, "is shown the form")
        answer = client.post(address, data=said)
        assert (answer.status_code == 302) == may, (username, answer.text)
        assert fresh(dossier).state == (row.to_state if may else row.from_state), username


def form_of(row: Transition, dossier: Dossier) -> tuple[str, dict[str, str]]:
    """Return the address of a verb's form, and what is sent from it."""
    said = {"version": str(dossier.version), "reason": "thiếu giấy tờ", "ground": "other"}
    said |= {"taken_by": APPLICANT.name, "id_document": "căn cước 9990"}
    said |= {"amount_vnd": "250000", "notice": "12/TB-CCT"}
    said |= {"to_agency": "H26.91"}
    if row.verb == Verb.APOLOGISE and (found := reappointment(dossier, now())):
        said |= {"cause": "system", "new_on": found.first.isoformat()}
    if row.verb == Verb.EXTEND and dossier.due_at:
        day = deadlines.calendar().next_working_day(legal_date(dossier.due_at))
        signed_on = legal_date(now()).isoformat()
        said |= {"new_on": day.isoformat(), "signed_on": signed_on, "is_signed": "y"}
    if row.permission != P.RECEIVE:
        return f"/dossiers/{dossier.code}/{row.verb}", said
    acts = {Verb.RECEIVE: "accept", Verb.ASK_COMPLETION: "ask_for_completion"}
    return f"/dossiers/{dossier.code}/accept", {**said, "act": acts.get(row.verb, row.verb.value)}


def waiting_for(row: Transition) -> Dossier:
    """Return a dossier for the department of land on which the verb of `row` may come next."""
    if row.from_state == State.SUBMITTED or row.received is False:
        dossier = submitted(to=DISTRICT_CLERK, procedure_code=LAND)
        if row.from_state == State.SUBMITTED:
            return dossier
        return later(dossier, "ask_for_completion", DISTRICT_CLERK, reason="thiếu tờ khai")
    if row.verb == Verb.RESUME:
        is_at_work = row.from_state == State.IN_PROGRESS
        return brought_in(by=DISTRICT_CLERK, procedure_code=LAND, handed_over=is_at_work)
    if row.verb == Verb.EXTEND:
        return to_extend(row.from_state or State.RECEIVED)
    code = LAND_AT_ONCE if row.verb == Verb.SETTLE else LAND
    dossier = received(by=DISTRICT_CLERK, procedure_code=code)
    if row.from_state in HELD_BY:
        before = row.before or State.RECEIVED
        return HELD_BY[row.from_state](come_to(dossier, before))
    return come_to(dossier, row.from_state or State.RECEIVED)


def to_extend(state: State) -> Dossier:
    """Return a dossier of today whose limit may be extended, as if something were certified."""
    catalogue.changed(LAND, date(2021, 1, 4), extendable=True)
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND, at=now())
    if state == State.RECEIVED:
        return dossier
    return done(dossier, "hand_over", by=DISTRICT_CLERK, at=now())


def come_to(dossier: Dossier, state: State) -> Dossier:
    """Bring a received dossier to a state in which nothing is asked of its applicant, or 5 or 6."""
    if state == State.RECEIVED:
        return dossier
    dossier = later(dossier, "hand_over", DISTRICT_CLERK)
    if state == State.AWAITING_SUPPLEMENT:
        return later(dossier, "ask_for_supplement", DISTRICT_OFFICER, reason="thiếu sơ đồ")
    if state == State.AWAITING_PAYMENT:
        return asked_to_pay(dossier)
    if state == State.RESOLVED:
        return later(dossier, "resolve", DISTRICT_OFFICER)
    return dossier


def asked_to_pay(dossier: Dossier) -> Dossier:
    said = {"amount_vnd": 250_000, "notice": "12/TB-CCT"}
    return later(dossier, "ask_for_payment", DISTRICT_CLERK, **said)


def withdrawal_asked(dossier: Dossier) -> Dossier:
    return later(dossier, "ask_for_withdrawal", DISTRICT_CLERK, reason="đổi ý")


HELD_BY: Final = {
    State.AWAITING_PAYMENT: asked_to_pay,
    State.WITHDRAWAL_ASKED: withdrawal_asked,
}


def later(dossier: Dossier, verb: str, username: str, **said: Any) -> Dossier:
    return done(dossier, verb, by=username, at=MONDAY + DAY, **said)


def fresh(dossier: Dossier) -> Dossier:
    return db.session.query(Dossier).filter_by(code=dossier.code).one()
