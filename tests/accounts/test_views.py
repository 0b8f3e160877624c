from datetime import timedelta

import pytest
from flask import Flask

from onestop.accounts.rules import GRANTS, MOST_BY_ADDRESS, MOST_BY_BOTH, MOST_BY_NAME, Role
from onestop.base.clock import now
from onestop.base.notes import note_failure
from tests.accounts.given import (
    ADMINISTRATOR,
    CLERK,
    SECRET,
    closed,
    given_password,
    opened,
)
from tests.client import PASSWORD, PolicingClient
from tests.conftest import Budget

INSIDE = "/admin/permissions"
BACK = "/login?next=/admin/permissions"
WRONG = "Tên hoặc mật khẩu không đúng."
WAIT = "Sai quá nhiều lần."


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(CLERK)
    return client


def tried(client: PolicingClient, username: str, password: str = "wrong") -> tuple[int, str]:  # noqa: S107 - wrong on purpose
    answer = client.post("/login", data={"username": username, "password": password})
    return answer.status_code, answer.text


def is_inside(client: PolicingClient) -> bool:
    return client.get(INSIDE).status_code == 200


# Logging in and out


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(client: PolicingClient) -> None:
    asked = client.get(f"{INSIDE}?a=1")
    assert asked.status_code == 302
    assert asked.location.startswith(BACK)
    page = client.get(asked.location).text
    assert f'value="{INSIDE}?a=1"' in page
    data = {"username": CLERK, "password": PASSWORD, "next": f"{INSIDE}?a=1"}
    assert client.post("/login", data=data).location == f"{INSIDE}?a=1"
    assert is_inside(client)


def test_each_role_begins_at_its_own_page(clerk: PolicingClient) -> None:
    data = {"username": CLERK, "password": PASSWORD}
    assert clerk.post("/login", data=data).location == "/start"


@pytest.mark.parametrize("typed", [CLERK.upper(), f" {CLERK} ", f"{CLERK}\x00"])
def test_a_user_name_may_be_typed_in_haste(client: PolicingClient, typed: str) -> None:
    client.sign_in(typed)
    assert is_inside(client)


def test_logging_out_ends_the_session(clerk: PolicingClient) -> None:
    assert clerk.post("/logout").location == "/login"
    assert not is_inside(clerk)


def test_a_link_cannot_log_anybody_out(clerk: PolicingClient) -> None:
    assert clerk.get("/logout").status_code == 405
    assert is_inside(clerk)


@pytest.mark.parametrize(
    ("username", "password", "why"),
    [
        (CLERK, "wrong", "a wrong password"),
        ("nobody", PASSWORD, "no such account"),
        ("x' OR '1'='1", "x' OR '1'='1", "hostile text"),
        ("<script>alert(1)</script>", "x", "hostile text that is shown again"),
        ("\x00", PASSWORD, "a mark that no database keeps"),
        ("người dùng", "mật khẩu", "letters that no user name has"),
    ],
)
def test_a_wrong_pair_gets_one_answer(
    client: PolicingClient, username: str, password: str, why: str
) -> None:
    status, page = tried(client, username, password)
    assert status == 422, why
    assert WRONG in page or "Hãy nhập tên đăng nhập." in page, why
    assert not is_inside(client)


def test_a_closed_account_gets_the_answer_of_a_wrong_password(client: PolicingClient) -> None:
    closed(CLERK)
    status, page = tried(client, CLERK, PASSWORD)
    assert status == 422
    assert WRONG in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Hãy nhập tên đăng nhập."),
        ({"username": CLERK}, "Hãy nhập mật khẩu."),
        ({"username": "a" * 101, "password": "x"}, "Quá dài."),
        ({"username": "a", "password": "x" * 201}, "Quá dài."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    client: PolicingClient, data: dict[str, str], said: str
) -> None:
    answer = client.post("/login", data=data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
    ],
)
def test_nobody_is_sent_outside_after_logging_in(client: PolicingClient, target: str) -> None:
    data = {"username": CLERK, "password": PASSWORD, "next": target}
    assert client.post("/login", data=data).location == "/start"


def test_a_log_in_from_another_site_is_refused(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert tried(client, CLERK, PASSWORD)[0] == 400
    assert not is_inside(client)


def test_no_script_and_no_other_site_gets_the_cookie(client: PolicingClient) -> None:
    answer = client.post("/login", data={"username": CLERK, "password": PASSWORD})
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "onestop=" in one)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_begins_anew_at_log_in(client: PolicingClient) -> None:
    with client.session_transaction() as session:
        session["planted"] = "before"
    client.sign_in(CLERK)
    with client.session_transaction() as session:
        assert "planted" not in session


# Throttling


def test_guessing_one_password_has_to_wait(client: PolicingClient) -> None:
    for _ in range(MOST_BY_BOTH):
        assert tried(client, CLERK)[0] == 422
    answer = client.post("/login", data={"username": CLERK, "password": PASSWORD})
    assert answer.status_code == 429, "even the right password waits, or guessing would pay"
    assert WAIT in answer.text
    assert answer.headers["Retry-After"] == "900"
    client.sign_in(ADMINISTRATOR)


def test_an_account_that_does_not_exist_waits_just_the_same(client: PolicingClient) -> None:
    for _ in range(MOST_BY_BOTH):
        assert tried(client, "nobody")[0] == 422
    assert tried(client, "NOBODY")[0] == 429


def test_guessing_many_accounts_from_one_address_has_to_wait(client: PolicingClient) -> None:
    for number in range(MOST_BY_ADDRESS):
        failed(f"nobody{number}", "127.0.0.1")
    assert tried(client, CLERK, PASSWORD)[0] == 429


def test_failures_from_elsewhere_keep_nobody_waiting(client: PolicingClient) -> None:
    for number in range(MOST_BY_ADDRESS):
        failed(f"nobody{number}", "192.0.2.1")
    client.sign_in(CLERK)


def test_nobody_keeps_a_clerk_out_by_failing_in_the_same_name(client: PolicingClient) -> None:
    for _ in range(MOST_BY_ADDRESS):
        failed(CLERK, "192.0.2.1")
    client.sign_in(CLERK)


def test_guessing_one_password_from_many_addresses_has_to_wait(client: PolicingClient) -> None:
    for number in range(MOST_BY_NAME):
        failed(CLERK, f"192.0.2.{number}")
    assert tried(client, CLERK, PASSWORD)[0] == 429


def test_after_a_quarter_of_an_hour_one_may_try_again(client: PolicingClient) -> None:
    for _ in range(MOST_BY_BOTH):
        failed(CLERK, "127.0.0.1", minutes_ago=16)
    client.sign_in(CLERK)


def test_a_busy_counter_is_never_refused_for_succeeding(client: PolicingClient) -> None:
    for _ in range(MOST_BY_ADDRESS + 1):
        client.sign_in(CLERK)


def failed(username: str, address: str, *, minutes_ago: int = 1) -> None:
    at = now() - timedelta(minutes=minutes_ago)
    note_failure("login", subject=username, address=address, at=at)


# The end of a session


def idle(client: PolicingClient, minutes: float) -> None:
    with client.session_transaction() as session:
        session["seen_at"] -= minutes * 60


def test_an_idle_session_ends_and_its_owner_comes_back(clerk: PolicingClient) -> None:
    idle(clerk, 31)
    answer = clerk.get(INSIDE)
    assert answer.status_code == 302
    assert answer.location == BACK


def test_a_session_in_use_goes_on(clerk: PolicingClient) -> None:
    for _ in range(3):
        idle(clerk, 20)
        assert is_inside(clerk)


def test_a_session_that_ends_after_a_minute_goes_on_while_it_is_in_use(
    app: Flask, clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_IDLE_MINUTES", 1)
    for _ in range(3):
        idle(clerk, 0.75)
        assert is_inside(clerk)
    idle(clerk, 1.25)
    assert not is_inside(clerk)


def test_a_session_is_not_written_anew_at_every_click(clerk: PolicingClient) -> None:
    clerk.get(INSIDE)
    assert "Set-Cookie" not in clerk.get(INSIDE).headers


def test_another_password_ends_the_session(client: PolicingClient) -> None:
    opened()
    client.sign_in("thu.nghiem", SECRET)
    given_password("thu.nghiem", "một mật khẩu khác")
    assert not is_inside(client)


def test_closing_an_account_ends_the_session(clerk: PolicingClient) -> None:
    closed(CLERK)
    assert not is_inside(clerk)


@pytest.mark.parametrize("forged", ["-1", "999999"])
def test_a_session_of_nobody_is_nobodys(clerk: PolicingClient, forged: str) -> None:
    with clerk.session_transaction() as session:
        session["_user_id"] = forged
    assert not is_inside(clerk)


# Pages


def test_an_administrator_sees_the_accounts_of_his_agency_and_below(
    client: PolicingClient,
) -> None:
    client.sign_in(ADMINISTRATOR)
    page = client.get("/admin/accounts").text
    assert "motcua1.daiang" in page
    assert "quantri.hanoi" not in page, "the city is above the district"
    assert page.index("Xã Đại Áng") < page.index("motcua1.daiang"), "below the name of its agency"


def test_the_page_of_permissions_is_the_table_itself(clerk: PolicingClient) -> None:
    page = clerk.get(INSIDE).text
    granted = sum(len(one) for one in GRANTS.values())
    reaches = (">quầy mình<", ">đơn vị mình<", ">đơn vị mình và bên dưới<")
    assert sum(page.count(one) for one in reaches) == granted
    assert all(role.word in page for role in Role)


def test_the_log_in_of_the_demonstration_names_its_accounts(client: PolicingClient) -> None:
    page = client.get("/login").text
    assert CLERK in page
    assert PASSWORD in page


def test_a_page_of_a_clerk_costs_four_statements(clerk: PolicingClient, budget: Budget) -> None:
    clerk.get(INSIDE)  # the process then remembers catalogue and hours
    with budget(4):  # the account, the tree, what is new online, the banner of the demonstration
        clerk.get(INSIDE)


def test_what_is_sent_after_a_session_ended_leads_to_the_log_in_and_back(
    client: PolicingClient,
) -> None:
    answer = client.post("/receive?procedure=C-HT-12", data={"act": "receive"})
    assert answer.location == "/login?next=/receive?procedure%3DC-HT-12"
    said = client.get(answer.location).text.split("chưa được ghi")[0]
    assert said.rpartition("<div")[2].startswith(' class="note note-wait"')
    assert client.post("/desk/many").location == "/login?next=/desk", "it can only be sent to"


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(client: PolicingClient) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/receive?procedure=C-HT-12"}
    answer = client.post("/receive/choice", headers=asked)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/receive?procedure%3DC-HT-12"
    asked["HX-Current-URL"] = "//elsewhere.example//evil"
    answer = client.post("/receive/choice", headers=asked)
    assert answer.headers["HX-Redirect"] == "/login?next=/"


def test_a_program_that_is_not_logged_in_is_told_so(client: PolicingClient) -> None:
    answer = client.post("/receive", headers={"Accept": "application/json"})
    assert answer.status_code == 401
