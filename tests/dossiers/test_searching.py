"""Searching: from any page, within one's reach, the newest first, and never all there is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from onestop.base.database import db, is_postgresql
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import desks, lists, searching
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter, Sort
from onestop.dossiers.rules import finding
from onestop.dossiers.rules.states import State
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    LAND,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
    staff,
)
from tests.dossiers.test_desks import explained
from tests.reporting.given import AT, lived

Ask = Callable[[str], lists.Page]
MANY = 5
FEW = 3
HEAD = "truongphong.tainguyen"


@pytest.fixture
def five(monkeypatch: pytest.MonkeyPatch, app: object) -> list[Dossier]:  # noqa: ARG001 - a database
    monkeypatch.setattr(lists, "MOST_FOUND", FEW)
    return [received(at=MONDAY + days * DAY) for days in range(MANY)]


def register(words: str, username: str = "") -> lists.Page:
    viewer = staff(username) if username else Operator()
    return lists.page(
        searching.matching(""), Filter(text=words), viewer, MONDAY, sort=Sort.RECEIVED
    )


def of_desk(words: str, username: str = COMMUNE_CLERK) -> lists.Page:
    return desks.page(
        DeskList.MINE, Filter(text=words), staff(username), MONDAY, sort=Sort.RECEIVED
    )


@pytest.mark.parametrize("ask", [register, of_desk])
def test_of_many_that_fit_the_newest_are_listed_and_it_says_so(
    five: list[Dossier], ask: Ask
) -> None:
    found = ask("thi du")
    assert [row.code for row in found.rows] == [one.code for one in reversed(five[-FEW:])]
    assert (found.total, found.more) == (FEW, True)


@pytest.mark.parametrize("ask", [register, of_desk])
def test_of_few_that_fit_all_are_listed(five: list[Dossier], ask: Ask) -> None:
    found = ask(five[0].code)
    assert [row.code for row in found.rows] == [five[0].code]
    assert (found.total, found.more) == (1, False)
    assert not ask("khong co ai").rows


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("ask", [register, of_desk])
def test_the_newest_come_first_however_far_back_they_have_to_be_looked_for(
    monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.setattr(lists, "MOST_FOUND", FEW)
    monkeypatch.setattr(searching, "RECENT", 1)
    monkeypatch.setattr(searching, "SPANS", (1, 2, 4))
    monkeypatch.setattr(finding, "AGE", 0)
    codes = [received(at=MONDAY + days * DAY).code for days in range(MANY)]
    assert [row.code for row in ask("thi du").rows] == codes[: -FEW - 1 : -1]
    assert [row.code for row in ask(f"thi {codes[0][-11:]}").rows] == codes[:1]


@pytest.mark.usefixtures("app")
def test_fragments_of_a_code_and_numbers_in_any_order_find_their_dossier() -> None:
    code = received().code
    assert code == "H26.91.27-210301-0001"
    for words in (
        "1", "0001", "001", "0301-1", "301-0001", "210301-0001", "03010001", "2103", "h26.91",
        "27-210301-1", code, "du thi nguyen", "Thí-Dụ 1", "0600 123 456", "+84600123456", "0600",
        "3456", "123 456 thi", "999091", "000123", "123",
    ):  # fmt: skip
        for ask in (register, of_desk):
            assert [row.code for row in ask(words).rows] == [code], words
    for words in ("2", "12", "0302-1", "21", "nguyen xyz", "0601", "234", "§a", "'", "&|"):
        assert words in {"'", "&|"} or not register(words).rows, words


@pytest.mark.usefixtures("app")
def test_a_whole_code_is_no_end_of_an_identity_number() -> None:
    sought = received()
    received(applicant=replace(APPLICANT, id_number="999091000001"))
    assert sought.code.endswith("-0001")
    assert [row.code for row in register(sought.code).rows] == [sought.code]
    assert len(register("0001").rows) == 2


@pytest.mark.usefixtures("app")
def test_a_transferred_dossier_is_found_by_whoever_handles_it_now_alone() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    for ask in (register, of_desk):
        assert ask("thi du", DISTRICT_OFFICER).total == 1
        assert ask("thi du", COMMUNE_OFFICER).total == 0
    reason = "Thẩm quyền của xã theo nghị quyết"
    done(dossier, "transfer", by=HEAD, at=MONDAY + DAY, to_agency="H26.91.27", reason=reason)
    for ask in (register, of_desk):
        assert ask("thi du", DISTRICT_OFFICER).total == 0
        assert ask("thi du", COMMUNE_OFFICER).total == 1


@pytest.mark.usefixtures("five")
def test_a_page_of_a_search_tells_that_there_are_more(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    for path in ("/dossiers?q=nguyen", "/desk?q=nguyen"):
        assert f"Hơn {FEW} hồ sơ khớp" in client.get(path).text
    assert "Tất cả hồ sơ khớp danh sách này" in client.get("/desk?q=nguyen").text
    assert "Hơn" not in client.get("/desk").text


@pytest.mark.usefixtures("app")
def test_a_search_reads_the_index_of_words_once_and_never_the_whole_register() -> None:
    received()
    with explained() as plans:
        register("nguyen van")
        of_desk("nguyen van")
    assert len(plans) == (6 if is_postgresql() else 4)
    words = "Index Scan on ix_dossier_search_words" if is_postgresql() else "SCAN dossier_search V"
    assert sum(words in plan for plan in plans) == 2
    for plan in plans:
        assert "SCAN dossier\n" not in f"{plan}\n", plan
        assert "Seq Scan on dossier " not in plan, plan


@pytest.mark.on_both_databases
@pytest.mark.usefixtures("app")
def test_one_leads_to_all_dossiers_of_an_applicant_without_a_name_in_the_address(
    client: PolicingClient,
) -> None:
    first = received()
    client.sign_in(COMMUNE_CLERK)
    address = f"/dossiers?of={first.code}"
    assert address not in client.get(f"/dossiers/{first.code}").text
    same = received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    elsewhere = received(by=NEIGHBOUR, at=MONDAY + 2 * DAY)
    stranger = received(applicant=replace(APPLICANT, id_number="999091000124"), at=MONDAY + DAY)
    shown = client.get(f"/dossiers/{first.code}").text
    assert address in shown
    assert "Cả 2 hồ sơ của người này" in shown
    for page in (client.get(address).text, client.get(address.replace("?", ".csv?")).text):
        assert first.code in page
        assert same.code in page
        assert elsewhere.code not in page
        assert stranger.code not in page
    assert client.get(f"/dossiers?of={elsewhere.code}").status_code == 404


@pytest.mark.on_both_databases
@pytest.mark.usefixtures("app")
def test_without_a_number_phone_and_name_say_who_it_is(client: PolicingClient) -> None:
    nameless = replace(APPLICANT, id_number=None)
    first = received(applicant=nameless)
    same = received(applicant=replace(nameless, name="NGUYEN VAN THI DU"), at=MONDAY + DAY)
    family = received(applicant=replace(nameless, name="Trần Thị Khác"), at=MONDAY + DAY)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers?of={first.code}").text
    assert same.code in page
    assert family.code not in page


@pytest.mark.usefixtures("app")
def test_whoever_may_read_dossiers_searches_them_from_any_page(client: PolicingClient) -> None:
    box = 'action="/dossiers" role="search"'
    assert box not in client.get("/procedures").text
    client.sign_in(COMMUNE_CLERK)
    for path in ("/procedures", "/receive", "/desk"):
        assert box in client.get(path).text
    client.sign_in("quantri.thanhtri")
    assert box not in client.get("/procedures").text


@pytest.mark.usefixtures("app")
def test_a_search_that_is_narrowed_further_finds_what_a_file_of_it_holds() -> None:
    lived(60)
    in_field = db.session.scalar(select(Dossier.field_id).limit(1))
    narrowed: list[dict[str, Any]] = [
        {},
        {"state": State.IN_PROGRESS},
        {"state": State.STOPPED},
        {"channel": Channel.ONLINE},
        {"field_id": in_field},
        {"agency_id": staff(DISTRICT_CLERK).agency_id},
        {"agency_id": staff(DISTRICT_CLERK).agency_id, "state": State.STOPPED},
    ]
    found: Counter[int] = Counter()
    for username in (COMMUNE_CLERK, COMMUNE_OFFICER, DISTRICT_OFFICER, "chutich.thanhtri"):
        viewer = staff(username, AT)
        for place, said in enumerate(narrowed):
            asked = Filter(text="h26 91", **said)
            for condition in (searching.matching(""), Dossier.level == 4):
                page = lists.page(condition, asked, viewer, AT)
                assert page.rows == tuple(lists.every(condition, asked, viewer, AT))
                found[place] += page.total
    assert set(+found) == set(range(len(narrowed)))
