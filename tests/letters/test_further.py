"""The papers for which no circular has a form: of payment, withdrawal, refusal, and on wish."""

import re
from datetime import datetime

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.languages import speaking
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import Verb
from onestop.letters import actions
from onestop.letters.models import Letter
from onestop.letters.queries import listing
from onestop.letters.rules import Paper, Sheet
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.letters.given import STATUS, print_of, size_of, words_of

pytestmark = pytest.mark.usefixtures("app")
NOTICE = "1234/TB-CCT ngày 05/03/2021"
LATER = MONDAY.replace(year=2025, month=9, day=8)


def refused(dossier: Dossier, why: str, grounds: Grounds = GROUNDS) -> None:
    done(dossier, "refuse", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason=why, grounds=grounds)


def issued(dossier: Dossier, paper: Paper, at: datetime = MONDAY + 5 * DAY) -> Letter:
    """Issue, or print again, the newest paper of a kind of a dossier."""
    actor = staff(COMMUNE_CLERK, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        found = listing.newest(fresh, paper)
        assert found is not None, paper
        seq = found.entry.seq
        return actions.issue(fresh, seq, found.key, status_address=STATUS, by=actor, at=at)


def told(dossier: Dossier, paper: Paper, at: datetime = MONDAY + 5 * DAY) -> str:
    """Return the words of a paper after seeing that a second print has the same bytes."""
    first = print_of(issued(dossier, paper, at), dossier)
    assert print_of(issued(dossier, paper, at), dossier) == first
    return words_of(first)


def asked_to_pay(**said: object) -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    owed = {"amount_vnd": 1_005_500, "notice": NOTICE, **said}
    return done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + DAY, **owed)


def test_what_is_to_be_paid_is_told_in_figures_and_in_words() -> None:
    words = told(asked_to_pay(), Paper.FEE_NOTICE)
    for said in (
        "THÔNG BÁO NGHĨA VỤ TÀI CHÍNH",
        "Số: 01/TB-BPTNTKQ",
        "Kính gửi: Nguyễn Văn Thí Dụ",
        "Địa chỉ: Thôn Một",
        "Đăng ký lại khai sinh",
        "Số tiền phải nộp: 1.005.500 đồng",
        "Bằng chữ: Một triệu không trăm linh năm nghìn năm trăm đồng",
        f"Căn cứ thông báo số: {NOTICE}",
        "09 giờ 00 phút, ngày 02 tháng 3 năm 2021",
        "không tính vào thời hạn giải quyết",
        "NGƯỜI THÔNG BÁO",
        "Phạm Đức Lâm",
    ):
        assert said in words, said


def test_a_command_that_speaks_english_writes_a_vietnamese_paper() -> None:
    spoken = speaking.set("en")
    try:
        assert "1.005.500 đồng" in told(asked_to_pay(), Paper.FEE_NOTICE)
    finally:
        speaking.reset(spoken)


def test_what_was_paid_is_confirmed_with_the_new_date_and_is_no_receipt_of_a_collector() -> None:
    dossier = asked_to_pay()
    paid_at = MONDAY + 3 * DAY
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=paid_at, proof="AA/21P 0000123")
    words = told(dossier, Paper.PAYMENT_NOTE)
    for said in (
        "GIẤY BIÊN NHẬN THỰC HIỆN NGHĨA VỤ TÀI CHÍNH",
        "Số: 01/BPTNTKQ",
        "••••••••0123",
        "Số tiền: 1.005.500 đồng",
        NOTICE,
        "Thời điểm thông báo: 09 giờ 00 phút, ngày 02 tháng 3 năm 2021",
        "Thời điểm ghi nhận đã nộp: 09 giờ 00 phút, ngày 04 tháng 3 năm 2021",
        "chứng từ nộp tiền: AA/21P 0000123",
        "17 giờ 00 phút, ngày 10 tháng 3 năm 2021",
        "không thay cho biên lai",
        "NGƯỜI NỘP TIỀN",
        "Trần Bích Phương",
    ):
        assert said in words, said


def test_each_payment_is_confirmed_with_the_sum_that_was_asked_for_it() -> None:
    dossier = asked_to_pay()
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY)
    again = {"amount_vnd": 8_000, "notice": "Lần hai"}
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY, **again)
    done(dossier, "resolve", by=COMMUNE_CLERK, at=MONDAY + 3 * DAY)
    found = [one for one in listing.papers(dossier) if one.paper == Paper.PAYMENT_NOTE]
    assert [one.entry.verb for one in found] == [Verb.NOTE_PAYMENT, Verb.RESOLVE]
    words = told(dossier, Paper.PAYMENT_NOTE)
    assert "Bằng chữ: Tám nghìn đồng" in words
    assert "Thời gian trả kết quả" not in words, "the result is there"


def test_a_result_that_was_not_paid_for_causes_no_paper_of_payment() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    assert Paper.PAYMENT_NOTE not in {one.paper for one in listing.papers(dossier)}


def test_a_withdrawal_is_confirmed_with_the_papers_that_go_back() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS, papers=frozenset({0, 3}))
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Chuyển nơi ở")
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY + 3 * DAY)
    notice = told(dossier, Paper.STOP_NOTICE)
    assert "(người nộp rút hồ sơ, xác nhận ngày 04 tháng 3 năm 2021)." in notice
    words = told(dossier, Paper.WITHDRAWAL_NOTE)
    for said in (
        "GIẤY XÁC NHẬN RÚT HỒ SƠ",
        "Số: 01/BPTNTKQ",
        "Cá nhân, tổ chức: Nguyễn Văn Thí Dụ",
        "Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 01 tháng 3 năm 2021",
        "yêu cầu rút hồ sơ: 09 giờ 00 phút, ngày 02 tháng 3 năm 2021",
        "Lý do: Chuyển nơi ở",
        "xác nhận rút hồ sơ: 09 giờ 00 phút, ngày 04 tháng 3 năm 2021",
        "Tờ khai đăng ký lại việc hộ tịch",
        "Văn bản cam đoan",
        "NGƯỜI NHẬN LẠI GIẤY TỜ",
        staff(COMMUNE_LEADER).name,
    ):
        assert said in words, said
    assert "Giấy tờ cá nhân có thông tin liên quan" not in words, "it was never brought"
    kinds = [one.paper for one in listing.papers(dossier) if not one.is_on_wish]
    assert kinds[1:] == [Paper.STOP_NOTICE, Paper.WITHDRAWAL_NOTE], "the notice stays"


def test_a_letter_beside_a_refusal_has_the_form_of_decree_30() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    why = "Không đủ điều kiện\nThiếu căn cứ"
    refused(dossier, why)
    issued(dossier, Paper.REFUSAL)
    words = told(dossier, Paper.OFFICIAL_LETTER)
    for said in (
        f"V/v từ chối giải quyết hồ sơ {dossier.code}",
        "Kính gửi: Nguyễn Văn Thí Dụ",
        "Ngày 01 tháng 3 năm 2021, Bộ phận Tiếp nhận và Trả kết quả xã Ngọc Hồi nhận được hồ sơ",
        "khoản 8 Điều 19 Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018",
        "Ủy ban nhân dân xã Ngọc Hồi chưa có cơ sở để giải quyết",
        "1. Không đủ điều kiện 2. Thiếu căn cứ",
        "Phiếu từ chối tiếp nhận giải quyết hồ sơ số 01/BPTNTKQ",
        "để Ông/Bà được biết./.",
        "Nơi nhận: - Như trên; - Ủy ban nhân dân xã Ngọc Hồi (để biết); - Lưu: VT, BPTNTKQ.",
        "TRƯỞNG BỘ PHẬN",
    ):
        assert said in words, said
    assert "CÔNG VĂN" not in words, "a letter bears no name"


def test_a_letter_of_whoever_is_not_competent_says_who_is() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    elsewhere = Grounds("not_competent", "H26.91.28")
    why = "Đất ở xã khác"
    refused(dossier, why, elsewhere)
    words = told(dossier, Paper.OFFICIAL_LETTER)
    assert "của Ủy ban nhân dân xã Ngũ Hiệp. Đề nghị Ông/Bà nộp hồ sơ tại đó." in words
    assert "Khi đủ điều kiện, đề nghị Ông/Bà nộp lại" not in words


def test_a_letter_of_the_later_set_names_its_decree_and_no_article_that_was_not_seen() -> None:
    online = submitted(at=LATER, procedure_code=FIVE_DAYS)
    done(
        online,
        "refuse_at_intake",
        by=COMMUNE_CLERK,
        at=LATER,
        reason="Sai thẩm quyền",
        grounds=GROUNDS,
    )
    words = told(online, Paper.OFFICIAL_LETTER, LATER)
    assert "Căn cứ Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025" in words
    assert "Trung tâm Phục vụ hành chính công xã Ngọc Hồi chưa có cơ sở để tiếp nhận" in words
    assert "GIÁM ĐỐC" in words
    assert "hồ sơ số" not in words, "the slip it goes with was not issued"


def test_a_letter_is_a4_whatever_was_asked_for(client: PolicingClient) -> None:
    dossier = in_progress()
    refused(dossier, "Thiếu căn cứ")
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}").text
    (path,) = re.findall(r'action="([^"]+/official_letter)"', page)
    answer = client.post(path, data={"sheet": "a5"})
    assert size_of(client.get(answer.location).data) == (1, (210, 297))
    assert client.post(path.replace("official_letter", "apology")).status_code == 409


def test_an_authorisation_is_filled_in_with_what_is_known_and_bears_no_number() -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    words = told(dossier, Paper.AUTHORISATION)
    for said in (
        "GIẤY ỦY QUYỀN NHẬN KẾT QUẢ",
        "Nguyễn Văn Thí Dụ",
        "Thôn Một",
        f"Mã hồ sơ: {dossier.code}",
        "Đăng ký lại khai sinh",
        "17 giờ 00 phút, ngày 08 tháng 3 năm 2021",
        "NGƯỜI ĐƯỢC ỦY QUYỀN",
    ):
        assert said in words, said
    assert "0123" not in words.replace("0600123456", ""), "identity numbers are written by hand"
    assert "BPTNTKQ" not in words
    assert "ỦY BAN NHÂN DÂN" not in words, "it is the applicant's own paper"


def test_whoever_wants_one_gets_a_blank_authorisation_that_knows_nobody(
    client: PolicingClient,
) -> None:
    print_ = client.get("/authorisation.pdf")
    assert (print_.mimetype, size_of(print_.data)) == ("application/pdf", (1, (210, 297)))
    assert client.get("/authorisation.pdf").data == print_.data
    words = words_of(print_.data)
    assert "GIẤY ỦY QUYỀN NHẬN KẾT QUẢ" in words
    assert "Mã hồ sơ: ....." in words


@pytest.mark.parametrize(("sheet", "pages"), [(Sheet.A4, 1), (Sheet.A5, 2)])
def test_a_slip_to_be_asked_by_tells_neither_dossier_nor_person(sheet: Sheet, pages: int) -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    letter = issued(dossier, Paper.SURVEY)
    print_ = print_of(letter, dossier, sheet)
    assert size_of(print_)[0] == pages
    words = words_of(print_)
    assert "PHIẾU LẤY Ý KIẾN VỀ VIỆC GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH" in words
    assert "Thủ tục: Đăng ký lại khai sinh" in words
    assert "22 Góp ý, phản ánh, kiến nghị được trả lời kịp thời" in words
    for known in (dossier.code, "Thí Dụ", "0600123456", "BPTNTKQ", "năm 2021"):
        assert known not in words
    assert not {"owner", "code", "phone", "address"} & set(letter.facts)


def test_the_page_of_papers_offers_a_slip_once_and_says_what_bears_no_number(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    refused(dossier, "Thiếu căn cứ")
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/papers").text
    slips = re.findall(r'action="([^"]+/survey)"', page)
    assert len(slips) == 1, "of the refusal; that of the receipt would say the same"
    assert "Kèm theo, khi cần" in page
    assert client.post(slips[0]).status_code == 303
    page = client.get(f"/dossiers/{dossier.code}/papers").text
    assert "không đánh số" in page
    assert "Phiếu lấy ý kiến người nộp hồ sơ." in client.get(f"/dossiers/{dossier.code}").text


def test_a_print_of_many_takes_no_paper_that_nobody_asked_for() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    refused(dossier, "Thiếu căn cứ")
    wish, at = staff(COMMUNE_CLERK), MONDAY + DAY
    with transaction():
        actions.issue_many([dossier.code], None, status_address=STATUS, by=wish, at=at)
        named = actions.issue_many(
            [dossier.code], Paper.OFFICIAL_LETTER, status_address=STATUS, by=wish, at=at
        )
    papers = [one.paper for one in db.session.query(Letter).order_by(Letter.id)]
    assert papers == [Paper.REFUSAL, Paper.OFFICIAL_LETTER]
    assert named.lines[0][1].endswith(" official_letter")
    lines = db.session.query(Entry).filter_by(verb=Verb.ISSUE_PAPER).order_by(Entry.seq)
    assert [one.details["paper"] for one in lines] == ["refusal", "official_letter"]
