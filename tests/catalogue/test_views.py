import re
from dataclasses import replace

import pytest

from onestop.catalogue.rules.channels import OnlineStart
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.supplements import DECREE_61, SupplementEffect
from tests.catalogue.given import MARITAL_STATUS, changed, closed
from tests.client import PolicingClient

ADMINISTRATOR = "quantri.thanhtri"
LIST = "/admin/procedures"
PAGE = f"{LIST}/{MARITAL_STATUS}"


@pytest.fixture
def administrator(client: PolicingClient) -> PolicingClient:
    client.sign_in(ADMINISTRATOR)
    return client


def test_the_catalogue_is_shown_as_it_holds_on_a_date(administrator: PolicingClient) -> None:
    changed(name_vi="Cấp Giấy xác nhận độc thân", fee_vnd=16000)
    before = administrator.get(f"{LIST}?on=2025-06-30&q={MARITAL_STATUS}").text
    after = administrator.get(f"{LIST}?on=2025-07-01&q={MARITAL_STATUS}").text
    assert "Cấp Giấy xác nhận tình trạng hôn nhân" in before
    assert "Cấp Giấy xác nhận độc thân" in after
    assert "16.000 đ" in after
    assert "16.000 đ" not in before


def test_a_procedure_shows_every_version_with_its_days(administrator: PolicingClient) -> None:
    changed(limit=Limit.parse("2wd"))
    page = administrator.get(PAGE).text
    assert "Từ 01/01/2019 đến hết 30/06/2025" in page
    assert "Từ 01/07/2025" in page
    assert page.index("2 ngày làm việc") < page.index("3 ngày làm việc"), "the latest first"


def test_a_procedure_says_from_which_day_an_opinion_stops_the_clock(
    administrator: PolicingClient,
) -> None:
    said = "thời gian chờ ý kiến cơ quan khác không tính"
    assert said not in administrator.get(PAGE).text
    changed(opinion_pauses=True)
    assert administrator.get(PAGE).text.count(said) == 1


def test_a_procedure_says_from_which_day_the_end_of_the_check_begins_its_limit(
    administrator: PolicingClient,
) -> None:
    said = "nộp trực tuyến: tính từ lúc tiếp nhận, chậm nhất khi hết 8 giờ kiểm tra"
    assert said not in administrator.get(PAGE).text
    changed(online_clock_start=OnlineStart.INTAKE_DEADLINE)
    assert administrator.get(PAGE).text.count(said) == 1


def test_a_procedure_says_from_which_day_its_cutoff_puts_receipts_off(
    administrator: PolicingClient,
) -> None:
    said = "nhận từ 15:00: tính như nhận ngày làm việc tiếp theo"
    assert said not in administrator.get(PAGE).text
    changed(cutoff_shifts_receipt=True)
    assert administrator.get(PAGE).text.count(said) == 1


def test_a_procedure_says_from_which_day_its_limit_is_shorter_than_that_of_the_law(
    administrator: PolicingClient,
) -> None:
    said = "2 ngày làm việc (luật định: 3 ngày làm việc)"
    assert said not in administrator.get(PAGE).text
    changed(limit=Limit.parse("2wd"), limit_statutory=Limit.parse("3wd"))
    assert administrator.get(PAGE).text.count(said) == 1


def test_a_procedure_says_from_which_day_papers_are_asked_for_otherwise(
    administrator: PolicingClient,
) -> None:
    usual = (
        "Yêu cầu trong 3 ngày làm việc từ ngày nhận: đếm lại từ đầu; muộn hơn: chỉ tạm dừng."
        " Người nộp có 30 ngày theo lịch để bổ sung."
    )
    assert administrator.get(PAGE).text.count(usual) == 1
    changed(supplement=replace(DECREE_61, effect=SupplementEffect.PAUSE, within=5, wait=10))
    page = administrator.get(PAGE).text
    assert page.count(usual) == 1
    assert (
        "Yêu cầu trong 5 ngày làm việc từ ngày nhận: chỉ tạm dừng; muộn hơn: chỉ tạm dừng."
        " Người nộp có 10 ngày theo lịch để bổ sung."
    ) in page


def test_a_closed_procedure_is_still_found_on_the_days_it_held(
    administrator: PolicingClient,
) -> None:
    closed()
    assert PAGE in administrator.get(f"{LIST}?on=2025-07-01&q={MARITAL_STATUS}").text
    assert PAGE not in administrator.get(f"{LIST}?on=2025-07-02&q={MARITAL_STATUS}").text
    assert administrator.get(PAGE).status_code == 200


def test_the_desks_that_receive_a_procedure_are_named(administrator: PolicingClient) -> None:
    assert "Ngọc Hồi" in administrator.get(PAGE).text


@pytest.mark.parametrize("narrowed", ["tier=district", "level=4", "field=C-HT", "q=ket hon"])
def test_the_list_narrows(administrator: PolicingClient, narrowed: str) -> None:
    def count(path: str) -> int:
        told = re.search(r"(\d+) thủ tục có hiệu lực", administrator.get(path).text)
        assert told
        return int(told[1])

    assert 0 < count(f"{LIST}?{narrowed}") < count(LIST)


def test_a_list_without_hits_says_so(administrator: PolicingClient) -> None:
    assert "Không có thủ tục nào" in administrator.get(f"{LIST}?q=xyz").text


@pytest.mark.parametrize(
    "asked", ["on=x", "on=2021-02-30", "tier=moon", "level=9", "q=" + "a" * 201]
)
def test_what_makes_no_sense_is_said_at_its_field(
    administrator: PolicingClient, asked: str
) -> None:
    answer = administrator.get(f"{LIST}?{asked}")
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


def test_an_unknown_procedure_is_not_found(administrator: PolicingClient) -> None:
    assert administrator.get(f"{LIST}/X-XX-99").status_code == 404
