"""Papers and pages of a dossier that lay at an agency when it ended: both are named."""

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.deadlines import actions as deadlines
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.letters import actions
from onestop.letters.models import Letter, LetterCounter
from onestop.letters.rules import Paper
from onestop.organisation import queries as organisation
from onestop.steps.actions import handing
from onestop.steps.queries import control_slips
from tests.client import PolicingClient
from tests.commands import onestop
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.letters.given import STATUS, issued, print_of, words_of
from tests.organisation.given import changed, closed

TUESDAY = MONDAY + DAY
COMMUNE, HEIR = "H26.91.27", "H26.91.22"
CLERK, OFFICER, LEADER = "motcua1.daiang", "tuphap.daiang", "chutich.daiang"
pytestmark = pytest.mark.usefixtures("app")


def ended(last: date = date(2021, 3, 1)) -> None:
    closed(COMMUNE, last, heir=HEIR)


def of(code: str) -> int:
    node = organisation.tree_with_past(TUESDAY.date()).by_code(code)
    assert node is not None
    return node.id


def words(letter: Letter, dossier: Dossier) -> str:
    return words_of(print_of(letter, dossier))


def test_a_paper_issued_before_the_end_is_printed_again_to_the_byte() -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    before = print_of(issued(dossier), dossier)
    ended()
    again = issued(dossier, by=CLERK, at=TUESDAY)
    assert print_of(again, dossier) == before
    assert again.agency_id == of(COMMUNE)


def test_a_new_paper_is_the_successor_s_in_its_own_series() -> None:
    first, second = received(procedure_code=FIVE_DAYS), received(by=CLERK)
    issued(second, by=CLERK)
    ended()
    letter = issued(first, by=CLERK, at=TUESDAY)
    told = words(letter, first)
    assert (letter.agency_id, letter.number) == (of(HEIR), 2)
    assert "ỦY BAN NHÂN DÂN XÃ ĐẠI ÁNG" in told
    assert "(hồ sơ do xã Ngọc Hồi tiếp nhận)" in told
    assert "Bộ phận Tiếp nhận và Trả kết quả xã Đại Áng" in told
    assert f"Mã hồ sơ: {first.code}" in told


def test_of_a_shop_that_became_a_centre_the_paper_says_so() -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    ended(date(2025, 6, 30))
    july = MONDAY.replace(year=2025, month=7, day=1)
    told = words(issued(dossier, by=CLERK, at=july), dossier)
    assert "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG" in told
    assert "Số: 01/TTPVHCC" in told


def test_whoever_answers_for_the_delay_is_who_handles_it_now() -> None:
    dossier = in_progress()
    ended()
    done(
        dossier,
        "apologise",
        by=LEADER,
        at=TUESDAY,
        new_on=date(2021, 3, 9),
        cause="system",
        reason="Chuyển hồ sơ",
    )
    told = words(issued(dossier, 1, by=LEADER, at=TUESDAY), dossier)
    assert "Ủy ban nhân dân xã Đại Áng xin lỗi" in told


def test_a_control_slip_of_before_keeps_its_head_and_a_new_one_has_the_successor_s() -> None:
    old, new = in_progress(), in_progress()
    before = slip(old, by=COMMUNE_CLERK, at=MONDAY)
    assert "ỦY BAN NHÂN DÂN XÃ NGỌC HỒI" in words_of(before)
    ended()
    assert slip(old, by=CLERK, at=TUESDAY) == before
    assert "ỦY BAN NHÂN DÂN XÃ ĐẠI ÁNG" in words_of(slip(new, by=CLERK, at=TUESDAY))


def test_a_new_slip_calls_the_successor_as_it_is_called_by_then() -> None:
    dossier = in_progress()
    ended()
    changed(HEIR, TUESDAY.date(), name_vi="Xã Đại Áng Mới")
    assert "ỦY BAN NHÂN DÂN XÃ ĐẠI ÁNG MỚI" in words_of(slip(dossier, by=CLERK, at=TUESDAY))


def test_many_papers_wait_for_the_series_that_they_are_numbered_in() -> None:
    codes = [received(procedure_code=FIVE_DAYS).code, received(by=CLERK).code]
    ended()
    clerk = staff(CLERK, TUESDAY)
    with transaction():
        actions.issue_many(codes, Paper.RECEIPT, status_address=STATUS, by=clerk, at=TUESDAY)
    counted = db.session.execute(select(LetterCounter.agency_id, LetterCounter.last)).all()
    assert counted == [(of(HEIR), 2)], "and nobody for that of a shop that numbers no more"


def slip(dossier: Dossier, *, by: str, at: datetime) -> bytes:
    actor = staff(by, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        made = handing.print_slip(fresh, by=actor, at=at)
    return control_slips.printed(made, fresh, address=STATUS, at=at)


@pytest.mark.parametrize("who", [CLERK, OFFICER, LEADER])
def test_the_page_says_who_received_it_and_who_has_it_now(client: PolicingClient, who: str) -> None:
    dossier = in_progress()
    ended()
    client.sign_in(who)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Xã Ngọc Hồi" in page
    assert page.count("nay thuộc xã Đại Áng, từ 02/03/2021") == 2
    assert "Đang xử lý</b> tại Xã Đại Áng" in page
    if who != CLERK:
        assert '<td data-label="Đang giữ">Xã Đại Áng</td>' in client.get("/tasks?view=next").text


def test_the_receipt_says_where_to_go_now(client: PolicingClient) -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    ended()
    client.sign_in(CLERK)
    page = client.get(f"/dossiers/{dossier.code}/receipt").text
    assert "ỦY BAN NHÂN DÂN<br>XÃ NGỌC HỒI" in page
    assert "Hồ sơ nộp tại xã Ngọc Hồi; từ ngày 02/03/2021 thuộc xã Đại Áng." in page
    assert "xin liên hệ Trung tâm Phục vụ hành chính công xã Đại Áng" in page


def test_what_was_accepted_by_the_successor_has_a_receipt_of_its_own(
    client: PolicingClient,
) -> None:
    dossier = submitted(procedure_code=FIVE_DAYS)
    ended()
    done(dossier, "accept", by=CLERK, at=TUESDAY, papers=frozenset({0}))
    client.sign_in(CLERK)
    page = client.get(f"/dossiers/{dossier.code}/receipt").text
    assert "ỦY BAN NHÂN DÂN<br>XÃ ĐẠI ÁNG" in page
    assert "Hồ sơ nộp tại xã Ngọc Hồi" in page
    assert "ỦY BAN NHÂN DÂN XÃ ĐẠI ÁNG" in words(issued(dossier, by=CLERK, at=TUESDAY), dossier)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_citizen_is_told_where_to_go_now(client: PolicingClient, language: str) -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    done(dossier, "settle", by=COMMUNE_CLERK, at=MONDAY)
    ended()
    asked = {"code": dossier.code, "second": "3456"}
    client.set_cookie("language", language)
    page = client.post("/status", data=asked, follow_redirects=True).text
    said = {
        "vi": (
            "nhận tại Một cửa xã Đại Áng",
            "Xã Ngọc Hồi đã kết thúc hoạt động: từ 02/03/2021 hồ sơ này thuộc xã Đại Áng.",
            "Trong giờ làm việc, tại nơi ghi ở trên.",
        ),
        "en": ("Dai Ang", "Ngoc Hoi Commune has ended"),
    }[language]
    assert all(one in page for one in said), page


def test_a_citizen_is_told_when_the_successor_is_open(client: PolicingClient) -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    done(dossier, "settle", by=COMMUNE_CLERK, at=MONDAY)
    ended()
    with transaction():
        deadlines.set_hours(of(HEIR), date(2021, 1, 1), "07:15-11:15,13:15-16:45")
    asked = {"code": dossier.code, "second": "3456"}
    page = client.post("/status", data=asked, follow_redirects=True).text
    assert "7:15" in page


def test_the_command_line_tells_it_too(app: Flask) -> None:
    dossier = in_progress()
    ended()
    told = onestop(app, "dossiers", "show", dossier.code)
    assert "Xã Ngọc Hồi: nay thuộc xã Đại Áng, từ 02/03/2021" in told.stdout
    answer = onestop(app, "dossiers", "show", dossier.code, "--format", "json").stdout
    assert '"by": "H26.91.22"' in answer
    assert '"receiving_agency": "H26.91.27"' in answer


def test_of_what_goes_on_where_it_was_nobody_hears_anything(client: PolicingClient) -> None:
    dossier = in_progress()
    for who in (COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER):
        client.sign_in(who)
        assert "nay thuộc" not in client.get(f"/dossiers/{dossier.code}").text
    assert reading.by_code(dossier.code, staff(CLERK)) is None
