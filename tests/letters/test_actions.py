import io
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from pypdf import PdfReader

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.catalogue.rules.channels import OnlineStart
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.identity import Applicant, ApplicantKind, ReturnBy, secret
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import Verb
from onestop.letters.models import Letter
from onestop.letters.rules import Sheet
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    NEIGHBOUR,
    apologised,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.letters.given import KEY, issued, print_of, size_of, words_of

pytestmark = pytest.mark.usefixtures("app")
MOST_PAPERS = "D-LD-05"


def verbs(dossier: Dossier) -> list[Verb]:
    lines = db.session.query(Entry).filter_by(dossier_id=dossier.id).order_by(Entry.seq)
    return [line.verb for line in lines]


def test_a_receipt_says_every_field_of_its_form() -> None:
    dossier = received(procedure_code=FIVE_DAYS, papers=frozenset({0}), sets=2, note="đăng ký lại")
    words = words_of(print_of(issued(dossier), dossier))
    for told in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN XÃ NGỌC HỒI",
        "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ",
        "Số: 01/BPTNTKQ",
        "Ngọc Hồi, ngày 01 tháng 3 năm 2021",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        f"Mã hồ sơ: {dossier.code}",
        "Tiếp nhận hồ sơ của: Nguyễn Văn Thí Dụ",
        "••••••••0123",
        "Đăng ký lại khai sinh",
        "Số lượng hồ sơ: 02 (bộ)",
        "theo quy định là: 5 ngày làm việc",
        "Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 01 tháng 3 năm 2021",
        "17 giờ 00 phút, ngày 08 tháng 3 năm 2021",
        "nhận kết quả tại: Bộ phận Tiếp nhận và Trả kết quả xã Ngọc Hồi Phí, lệ phí (nếu có)",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        staff("motcua1.ngochoi").name,
    ):
        assert told in words, told


def test_a_receipt_says_from_when_a_limit_counts_that_began_before_it() -> None:
    catalogue.changed(FIVE_DAYS, date(2021, 1, 4), online_clock_start=OnlineStart.INTAKE_DEADLINE)
    late, in_time = (submitted(procedure_code=FIVE_DAYS) for _ in range(2))
    said = "5 ngày làm việc; tính từ khi hết 8 giờ kiểm tra hồ sơ trực tuyến, 09 giờ 00 phút, ngày"
    for one, days in ((late, 3), (in_time, 1)):
        done(one, "accept", by=COMMUNE_CLERK, at=MONDAY + days * DAY, papers=frozenset())
        words = words_of(print_of(issued(one), one))
        assert (f"{said} 02 tháng 3 năm 2021" in words) == (one is late)


@pytest.mark.parametrize(
    ("by", "address", "says"),
    [
        (ReturnBy.POSTAL, "Thôn Một", "nhận kết quả tại: địa chỉ nêu trên, qua bưu chính"),
        (ReturnBy.POSTAL, None, "nhận kết quả tại: ……………………, qua bưu chính"),
        (ReturnBy.ELECTRONIC, None, "nhận kết quả tại: Cổng dịch vụ công (bản điện tử)"),
    ],
)
def test_a_receipt_says_where_the_result_comes_to(
    by: ReturnBy, address: str | None, says: str
) -> None:
    applicant = replace(APPLICANT, address=address)
    dossier = received(procedure_code=FIVE_DAYS, return_by=by, applicant=applicant)
    assert says in words_of(print_of(issued(dossier), dossier))


@pytest.mark.parametrize(("sheet", "size"), [(Sheet.A5, (148, 210)), (Sheet.A4, (210, 297))])
def test_a_paper_is_one_page_of_its_size(sheet: Sheet, size: tuple[int, int]) -> None:
    dossier = received(procedure_code=FIVE_DAYS, papers=frozenset(range(4)))
    assert size_of(print_of(issued(dossier), dossier, sheet)) == (1, size)


def test_a_receipt_of_much_to_say_is_still_one_page_of_a5() -> None:
    """In a print of many a page with two lines on it would cost a sheet for each dossier."""
    owner = Applicant(
        kind=ApplicantKind.ORGANISATION,
        name="Công ty trách nhiệm hữu hạn một thành viên Sản xuất và Thương mại Thí Dụ Xanh",
        phone="0600123456",
        address="Số 12, ngõ 345 đường Ngọc Hồi, thôn Một, xã Ngọc Hồi, huyện Thanh Trì, Hà Nội",
        email="hanh-chinh@thi-du.example",
    )
    brought = frozenset(range(5))
    dossier = received(
        by=DISTRICT_CLERK, procedure_code=MOST_PAPERS, papers=brought, applicant=owner
    )
    words = words_of(print_ := print_of(issued(dossier, by=DISTRICT_CLERK), dossier))
    assert size_of(print_)[0] == 1
    assert "5 Phiếu lý lịch tư pháp" in words
    assert "Nộp lại giấy này khi nhận kết quả" in words


def test_a_receipt_of_two_pages_of_a5_breaks_where_no_half_page_stays_empty() -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    letter = issued(dossier)
    names = [f"Giấy tờ thứ {number} có tên dài hơn một dòng của bảng này" for number in range(6)]
    letter.facts = {**letter.facts, "papers": names, "copies": [["1", "0"]] * len(names)}
    print_ = print_of(letter, dossier)
    db.session.rollback()
    first, second = PdfReader(io.BytesIO(print_)).pages
    assert "Thời gian nhận hồ sơ" in first.extract_text(), "it goes on below the papers"
    signed = second.extract_text()
    assert "Thời gian trả kết quả" in signed, "the promise stands with those who sign it"
    heights: list[float] = []
    second.extract_text(
        visitor_text=lambda text, cm, *_: heights.append(cm[5]) if text.strip() else None
    )
    assert min(heights) > float(second.mediabox.height) / 2, "the foot follows the signatures"


def test_printing_again_gives_the_same_bytes_and_a_line_of_history() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    first = print_of(issued(dossier), dossier)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    done(dossier, "note_supplement", by="motcua1.ngochoi", at=MONDAY + 9 * DAY)
    again = print_of(issued(dossier, at=MONDAY + 10 * DAY), dossier)
    assert again == first, "the receipt says what was promised when it was issued"
    assert [verb for verb in verbs(dossier) if verb in {Verb.ISSUE_PAPER, Verb.PRINT_AGAIN}] == [
        Verb.ISSUE_PAPER,
        Verb.PRINT_AGAIN,
    ]
    assert db.session.query(Letter).count() == 1


def test_a_print_that_is_laid_out_otherwise_than_the_first_says_so(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier, told = received(), "phần mềm đã đổi nên dàn trang có thể khác"
    client.sign_in(COMMUNE_CLERK)
    issued(dossier)
    issued(dossier)
    paths = (f"/dossiers/{dossier.code}", f"/dossiers/{dossier.code}/papers")
    assert [told in client.get(path).text for path in paths] == [False, False]
    monkeypatch.setattr("onestop.letters.queries.printing.edition", lambda _template: "another")
    issued(dossier)
    db.session.expire_all()
    assert [told in client.get(path).text for path in paths] == [True, True]


def test_numbers_run_by_shop_paper_and_year() -> None:
    def number(dossier: Dossier, by: str = "motcua1.ngochoi", days: int = 0) -> str:
        return str(issued(dossier, by=by, at=MONDAY + days * DAY).facts["number"])

    assert [number(received()), number(received())] == ["01/BPTNTKQ", "02/BPTNTKQ"]
    assert number(received(by=NEIGHBOUR), by=NEIGHBOUR) == "01/BPTNTKQ"
    assert number(received(), days=365) == "01/BPTNTKQ"


def test_a_request_lists_everything_to_be_brought() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    asked = "Bản sao sổ hộ khẩu; Ảnh 3x4"
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason=asked)
    words = words_of(print_of(issued(dossier, 1, at=MONDAY + DAY), dossier))
    for told in ("Số: 01/HDHS", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "Bản sao sổ hộ khẩu",
                 "Ảnh 3x4", "NGƯỜI HƯỚNG DẪN", "không tính vào thời hạn"):  # fmt: skip
        assert told in words, told


def test_a_request_has_originals_certified_copies_and_photocopies_in_their_columns() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    asked = "Sổ hộ khẩu: 1 bản chứng thực, 2 bản photo\nẢnh 3x4\nLý do: hồ sơ nộp thiếu"
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason=asked)
    letter = issued(dossier, 1, at=MONDAY + DAY)
    words = words_of(print_of(letter, dossier))
    assert "1 Sổ hộ khẩu – 1 2 2 Ảnh 3x4 Lý do: hồ sơ nộp thiếu. Hồ sơ đang được" in words
    # As it was kept before amounts were told.
    letter.facts = {
        key: said for key, said in letter.facts.items() if key not in ("amounts", "why")
    }
    before = words_of(print_of(letter, dossier))
    assert "1 Sổ hộ khẩu 2 Ảnh 3x4 Lý do: như nêu tại từng nội dung trên." in before


def test_a_request_names_the_law_that_asks_for_the_papers() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Tờ khai")
    letter = issued(dossier, 1, at=MONDAY + DAY)
    law = "Căn cứ yêu cầu: Luật Hộ tịch 2014; Nghị định 123/2015/NĐ-CP;"
    assert law in words_of(print_of(letter, dossier))
    letter.facts = {key: said for key, said in letter.facts.items() if key != "basis"}
    assert "Căn cứ yêu cầu" not in words_of(print_of(letter, dossier)), "as it was kept before"


def test_a_refusal_bears_the_number_of_its_ground_and_who_is_competent() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    elsewhere = Grounds("not_competent", "H26.91.02")
    why = "Đất ở xã khác"
    done(dossier, "refuse", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason=why, grounds=elsewhere)
    letter = issued(dossier, 1, at=MONDAY + DAY)
    words = words_of(print_of(letter, dossier))
    assert "Đất ở xã khác Mã lý do: 01 – Không thuộc thẩm quyền giải quyết." in words
    assert "Cơ quan có thẩm quyền giải quyết: Phòng Tư pháp" in words
    # As it was kept before grounds were asked for.
    letter.facts = {
        key: said for key, said in letter.facts.items() if key not in ("ground", "competent")
    }
    before = words_of(print_of(letter, dossier))
    assert "Mã lý do" not in before
    assert "Cơ quan có thẩm quyền" not in before


@pytest.mark.parametrize(
    ("by", "signed"), [(COMMUNE_LEADER, "Trần Thanh Thảo"), (COMMUNE_OFFICER, "")]
)
def test_a_head_who_refuses_after_examination_stands_under_his_refusal(
    by: str, signed: str
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    why = "Không đủ điều kiện"
    done(dossier, "refuse", by=by, at=MONDAY + DAY, reason=why, grounds=GROUNDS)
    words = words_of(print_of(issued(dossier, 1, at=MONDAY + DAY), dossier))
    left, right = words.split("THỦ TRƯỞNG CƠ QUAN")
    assert signed in right
    assert ("Trần Thanh Thảo" in left + right) == bool(signed), "an officer does not sign for him"


def test_a_refusal_at_intake_and_one_after_examination_say_which_they_are() -> None:
    online = submitted()
    done(
        online,
        "refuse_at_intake",
        by="motcua1.ngochoi",
        at=MONDAY,
        reason="Sai thẩm quyền",
        grounds=GROUNDS,
    )
    words = words_of(print_of(issued(online), online))
    assert "không tiếp nhận hồ sơ này" in words
    assert "Sai thẩm quyền" in words
    examined = in_progress()
    done(
        examined,
        "refuse",
        by=COMMUNE_OFFICER,
        at=MONDAY + DAY,
        reason="Không đủ điều kiện",
        grounds=GROUNDS,
    )
    words = words_of(print_of(issued(examined, 1, at=MONDAY + DAY), examined))
    assert "không giải quyết hồ sơ này" in words
    assert "THỦ TRƯỞNG CƠ QUAN" in words


def test_a_stop_is_told_to_the_applicant() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "stop", by=COMMUNE_LEADER, at=MONDAY + DAY, reason="Có bản án của tòa án")
    words = words_of(print_of(issued(dossier, 1, at=MONDAY + DAY), dossier))
    assert "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ" in words
    assert "Có bản án của tòa án" in words
    assert "hồ sơ nêu trên từ 09 giờ 00 phút, ngày 02 tháng 3 năm 2021." in words
    assert "Nơi nhận: - Như trên;" in words
    assert staff(COMMUNE_LEADER).name in words


def test_an_apology_says_both_dates_and_why() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    said = {"cause": "other_agency", "reason": "Chờ kết quả xác minh nơi cư trú"}
    apologised(dossier, (MONDAY + 9 * DAY).date(), at=MONDAY + DAY, **said)
    words = words_of(print_of(issued(dossier, 1, at=MONDAY + DAY), dossier))
    for told in (
        "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
        "Số: 01/PXL-BPTNTKQ",
        "Kính gửi: Nguyễn Văn Thí Dụ",
        "thuộc lĩnh vực Hộ tịch",
        "Đăng ký lại khai sinh",
        "Ngày hẹn trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 08 tháng 3 năm 2021",
        "cơ quan phối hợp trả lời chậm",
        "Chờ kết quả xác minh nơi cư trú",
        "xin lỗi",
        "hẹn trả kết quả lại: 17 giờ 00 phút, ngày 10 tháng 3 năm 2021",
        "Lưu: VT.",
        "THỦ TRƯỞNG CƠ QUAN",
        staff(COMMUNE_LEADER).name,
    ):
        assert told in words, told
    assert size_of(print_of(issued(dossier, 1, at=MONDAY + DAY), dossier)) == (1, (148, 210))


def test_an_extension_has_a_slip_of_its_own_with_hour_and_date() -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    agreed = Agreement((MONDAY + 2 * DAY).date(), time(10, 30))
    said = {"agreed": agreed, "reason": "Người yêu cầu cần 300 bản"}
    done(dossier, "extend", by=COMMUNE_CLERK, at=MONDAY, **said)
    old, new = (words_of(print_of(issued(dossier, place), dossier)) for place in (0, 1))
    assert "17 giờ 00 phút, ngày 01 tháng 3 năm 2021" in old, "printed late it says what it said"
    assert "là: trong ngày 4." in old
    assert "10 giờ 30 phút, ngày 03 tháng 3 năm 2021" in new
    assert "trong ngày; kéo dài thêm 2 ngày làm việc (Nghị định số 23/2015/NĐ-CP)" in new
    assert "Số: 02/BPTNTKQ" in new


def test_what_is_certified_after_three_is_told_the_hour_of_the_next_day() -> None:
    dossier = received(procedure_code=CERTIFIED_COPY, at=MONDAY + timedelta(hours=6))
    words = words_of(print_of(issued(dossier, at=MONDAY + timedelta(hours=6)), dossier))
    assert "17 giờ 00 phút, ngày 02 tháng 3 năm 2021" in words, "Circular 01/2020/TT-BTP art. 2"


def test_an_apology_of_the_later_rule_set_asks_for_more_time() -> None:
    at = MONDAY.replace(year=2025, month=9, day=8)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    apologised(dossier, (at + 9 * DAY).date(), at=at)
    words = words_of(print_of(issued(dossier, 1, at=at), dossier))
    assert "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT" in words
    assert "/PXL-TTPVHCC" in words


def test_a_withdrawal_ended_when_it_was_asked_for_and_the_notice_says_so() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Đổi ý")
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY + 3 * DAY)
    words = words_of(print_of(issued(dossier, 1, at=MONDAY + 3 * DAY), dossier))
    assert "Ngọc Hồi, ngày 04 tháng 3 năm 2021" in words
    assert "từ 09 giờ 00 phút, ngày 02 tháng 3 năm 2021" in words
    assert "xác nhận ngày 04 tháng 3 năm 2021" in words


def test_the_secret_of_the_receipt_is_on_the_print_and_nowhere_in_the_database() -> None:
    dossier = received()
    letter = issued(dossier)
    assert secret(KEY, dossier.nonce) not in str(letter.facts)


def test_a_manager_reads_papers_but_issues_none() -> None:
    dossier = received()
    with pytest.raises(Refusal, match="in phiếu"):
        issued(dossier, by="theodoi1.thanhtri")
    assert db.session.query(Letter).count() == 0


def test_a_long_list_of_hostile_text_stays_text_and_goes_on_to_a_second_page() -> None:
    reason = "; ".join(f"#strong[x] $1$ \\ {number}" for number in range(60))
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason=reason[:990])
    print_ = print_of(issued(dossier, 1, at=MONDAY + DAY + timedelta(hours=1)), dossier)
    assert "#strong[x] $1$ \\ 7" in words_of(print_)
    assert size_of(print_)[0] > 1
