from datetime import date

import pytest

from onestop.letters.rules import Paper, halves, items, masked, numbered, set_of


@pytest.mark.parametrize(
    ("day", "name", "symbol", "why"),
    [
        (date(2018, 7, 1), "2018", "BPTNTKQ", "before the circular its forms are the nearest"),
        (date(2021, 3, 1), "2018", "BPTNTKQ", "Circular 01/2018"),
        (date(2025, 6, 30), "2018", "BPTNTKQ", "the last day of Decree 61/2018"),
        (date(2025, 7, 1), "2025", "TTPVHCC", "Decree 118/2025: the shop is a centre"),
    ],
)
def test_a_dossier_keeps_the_forms_of_the_day_it_was_received(
    day: date, name: str, symbol: str, why: str
) -> None:
    found = set_of(day)
    assert (found.name, found.symbol) == (name, symbol), why
    assert set(found.titles) == set(Paper), "every paper has a title in every set"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Bộ phận Tiếp nhận và Trả kết quả", ["Bộ phận Tiếp nhận", "và Trả kết quả"]),
        (
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            ["Phiếu yêu cầu bổ sung,", "hoàn thiện hồ sơ"],
        ),
        (
            "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            ["Phiếu từ chối tiếp", "nhận giải quyết hồ sơ"],
        ),
        ("Phiếu ngắn", ["Phiếu ngắn"]),
    ],
)
def test_a_long_heading_is_broken_where_it_reads_best(text: str, lines: list[str]) -> None:
    assert halves(text) == lines


@pytest.mark.parametrize(
    ("number", "printed"),
    [(1, "01/BPTNTKQ"), (9, "09/BPTNTKQ"), (10, "10/BPTNTKQ"), (123, "123/BPTNTKQ")],
)
def test_a_number_below_ten_has_a_leading_zero(number: int, printed: str) -> None:
    assert numbered(number, "BPTNTKQ") == printed


@pytest.mark.parametrize(
    ("reason", "listed"),
    [
        ("Thiếu tờ khai", ["Thiếu tờ khai"]),
        ("- Tờ khai\n- Bản sao; ảnh", ["Tờ khai", "Bản sao", "ảnh"]),
        (" \n;", []),
        (None, []),
    ],
)
def test_what_was_written_becomes_a_list(reason: str | None, listed: list[str]) -> None:
    assert items(reason) == listed


def test_an_identity_number_is_printed_masked() -> None:
    assert masked("999091000123") == "••••••••0123"
    assert "…" in masked(None)
