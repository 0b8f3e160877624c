"""Headings in any order, in either language, as offices write them."""

import pytest

from onestop.exchange.rules.columns import COLUMNS, NAMES, REGISTER, REQUIRED, Layout, layout, plain

FORM_06 = (
    "TT",
    "Mã hồ sơ",
    "Tên TTHC",
    "Số lượng hồ sơ (bộ)",
    "Tên cá nhân, tổ chức",
    "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết",
    "Nhận hồ sơ",
    "Hẹn trả kết quả",
    "Trả kết quả",
    "Phương thức nhận kết quả",
    "Ký nhận",
    "Ghi chú",
)


def found(headings: list[str]) -> Layout:
    told = layout(headings, row=1)
    assert isinstance(told, Layout), [str(fault.refusal) for fault in told.faults]
    return told


def test_the_english_names_are_the_contract() -> None:
    assert NAMES == (
        "dossier_code",
        "agency_code",
        "procedure_code",
        "channel",
        "received_at",
        "applicant_name",
        "applicant_id_number",
        "applicant_phone",
        "supplement_requested_at",
        "supplement_received_at",
        "refused_at",
        "withdrawn_at",
        "resolved_at",
        "returned_at",
        "submitted_at",
        "not_accepted_at",
        "stopped_at",
        "pauses",
        "apologised_at",
        "reappointed_on",
        "apology_cause",
        "sets",
        "extended_at",
        "extended_to",
        "first_extended_at",
    )


def test_no_heading_stands_for_two_columns() -> None:
    headings = [plain(one) for column in COLUMNS for one in (*column.headings, *column.loose)]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    ("name", "heading"),
    [(column.name, one) for column in COLUMNS for one in (*column.headings, *column.loose)],
)
def test_every_vietnamese_heading_is_read_for_its_column(name: str, heading: str) -> None:
    others = [one for one in REQUIRED if one != name]
    told = found([*others, heading.upper()])
    assert told.places[name] == len(others)
    assert told.called(name) == heading.upper()
    assert not told.warnings


def test_the_headings_of_form_06_are_read_and_the_rest_of_them_named() -> None:
    told = found([*FORM_06, "Kênh tiếp nhận"])
    read = {told.headings[name]: name for name in told.places}
    assert read == {
        "Mã hồ sơ": "dossier_code",
        "Tên TTHC": "procedure_code",
        "Số lượng hồ sơ (bộ)": "sets",
        "Tên cá nhân, tổ chức": "applicant_name",
        "Địa chỉ, số điện thoại": "applicant_phone",
        "Cơ quan chủ trì giải quyết": "agency_code",
        "Nhận hồ sơ": "received_at",
        "Trả kết quả": "returned_at",
        "Kênh tiếp nhận": "channel",
    }
    warned = {fault.column: str(fault.refusal) for fault in told.warnings}
    assert set(warned) == set(FORM_06) - set(read)
    assert "tính lại" in warned["Hẹn trả kết quả"]


@pytest.mark.parametrize(
    "heading",
    [
        "Ngày, tháng, năm – Nhận hồ sơ",
        "Nhận và Trả kết quả: Ngày, tháng, năm – Nhận hồ sơ",
        "Nhận và trả kết quả: nhận hồ sơ",
        "  NHẬN\nHỒ SƠ ",
        "Received_At",
    ],
)
def test_the_heading_of_a_group_and_the_way_it_is_typed_do_not_matter(heading: str) -> None:
    assert plain(heading) in {"nhan ho so", "received at"}


def test_a_code_is_read_rather_than_a_name_beside_it() -> None:
    told = found([*REQUIRED, "Tên TTHC", "Cơ quan chủ trì giải quyết"])
    assert told.places["procedure_code"] == REQUIRED.index("procedure_code")
    assert [fault.column for fault in told.warnings] == ["Tên TTHC", "Cơ quan chủ trì giải quyết"]


def test_an_unknown_column_is_named_in_a_warning_with_its_row() -> None:
    (warning,) = found([*REQUIRED, "ghi_chu_rieng", ""]).warnings
    assert (warning.row, warning.column) == (1, "ghi_chu_rieng")


def test_two_columns_of_one_meaning_are_refused() -> None:
    told = layout([*REQUIRED, "Ngày nhận hồ sơ"], row=3)
    assert not isinstance(told, Layout)
    assert [(fault.row, fault.column) for fault in told.faults] == [(3, "Ngày nhận hồ sơ")]
    assert not told.warnings


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_column_is_named_in_both_languages(name: str) -> None:
    told = layout([one for one in NAMES if one not in {name, "not_accepted_at"}], row=1)
    assert not isinstance(told, Layout)
    (fault,) = told.faults
    heading = next(column.headings[0] for column in COLUMNS if column.name == name)
    assert name in str(fault.refusal)
    assert heading in str(fault.refusal)


def test_a_heading_nobody_knows_is_named_beside_the_column_that_is_missing() -> None:
    told = layout([*REQUIRED[1:], "Đơn vị nhận"], row=2)
    assert not isinstance(told, Layout)
    assert [fault.column for fault in told.faults] == [REQUIRED[0]]
    assert [(one.row, one.column) for one in told.warnings] == [(2, "Đơn vị nhận")]


def test_a_register_of_what_was_not_accepted_needs_no_day_of_receipt() -> None:
    others = [one for one in REQUIRED if one != "received_at"]
    assert "received_at" not in found([*others, "not_accepted_at"]).places


def test_a_title_is_no_row_of_headings() -> None:
    assert REGISTER.known(["SỔ THEO DÕI HỒ SƠ", "", ""]) == 0
    assert REGISTER.known(list(FORM_06)) == 8
