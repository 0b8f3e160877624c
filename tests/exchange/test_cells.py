"""What a cell may hold, and what it may not."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.cells import FORMULA, guarded, unguarded
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.rules.identity import ApplicantKind, telephone
from onestop.exchange.rules import cells, moments
from onestop.exchange.rules.columns import shown

TODAY = date(2021, 3, 5)
NINE = datetime(2021, 3, 5, 2, 0, tzinfo=UTC)  # nine in the morning in Viet Nam


id_number = partial(cells.id_number, today=TODAY)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2021-03-05T09:00", NINE),
        ("2021-03-05 09:00:30", NINE.replace(second=30)),
        (" 2021-03-05T09:00:30.250000 ", NINE.replace(second=30, microsecond=250000)),
        ("2021-03-05T09:00+07:00", NINE),
        ("2021-03-05T02:00Z", NINE),
        ("05/03/2021 09:00", NINE),
        ("5/3/2021 9:00", NINE),
        ("05-03-2021 09:00:30", NINE.replace(second=30)),
        ("05.03.2021, 09:00", NINE),
        (datetime(2021, 3, 5, 9), NINE),  # noqa: DTZ001 - as a spreadsheet has it
    ],
)
def test_a_moment_is_read_however_it_is_written(cell: cells.Cell, at: datetime) -> None:
    told = moments.begins(cell)
    assert told == moments.ends(cell)
    assert (told.at, told.on, told.dated) == (at, date(2021, 3, 5), False)


@pytest.mark.parametrize("cell", ["2021-03-05", "05/03/2021", "5.3.2021", date(2021, 3, 5)])
def test_a_date_alone_is_the_first_minute_of_a_beginning_and_the_last_of_an_end(
    cell: cells.Cell,
) -> None:
    first, last = moments.begins(cell), moments.ends(cell)
    assert local(first.at).time() == time(0, 0)
    assert local(last.at).time() == time(23, 59)
    assert first.on == last.on == local(last.at).date() == date(2021, 3, 5)
    assert first.dated
    assert last.dated


@pytest.mark.parametrize(
    "cell",
    [
        "2021-02-30",
        "30/02/2021",
        "03/25/2021",
        "2021-03-05T25:00",
        "2021-03-05T09:61",
        "05/03/21",
        "20210305",
        "2021-W09-5",
        "hôm qua",
        "44260",
        44260.5,
        True,
        time(9),
        timedelta(hours=9),
        "1899-12-31",
        "0001-01-01",
        "9999-12-31T23:59",
        "2021-03-05T09:00\x00",
        "９/９/２０２１",
    ],
)
def test_what_is_no_real_date_is_refused(cell: cells.Cell) -> None:
    with pytest.raises(Refusal):
        moments.begins(cell)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001 - local
def test_day_first_and_iso_agree(there: datetime) -> None:
    there = there.replace(microsecond=0)
    iso = there.isoformat()
    day_first = f"{there:%d/%m/%Y %H:%M:%S}"
    assert moments.begins(iso) == moments.begins(day_first) == moments.begins(there)
    assert moments.ends(iso[:10]) == moments.ends(day_first[:10]) == moments.ends(there.date())


@pytest.mark.parametrize(
    ("text", "count", "runs"),
    [
        ("2021-03-05T08:00/2021-03-08T09:00", 1, False),
        ("2021-03-05/2021-03-08;2021-03-10/", 2, True),
        (" 2021-03-05T08:00/ ", 1, True),
        ("05/03/2021 08:00/08/03/2021 09:00;10/03/2021/", 2, True),
        ("2021-03-05T08:00/2021-03-08T09:00;", 1, False),
    ],
)
def test_pauses_are_read_as_they_go_out(text: str, count: int, runs: bool) -> None:
    found = moments.pauses(text)
    assert len(found) == count
    assert (found[-1][1] is None) == runs
    assert found[0][0].on == date(2021, 3, 5)


@pytest.mark.parametrize(
    "text",
    ["2021-03-05", "2021-03-05/x", "/2021-03-05", "2021-03-05/;2021-03-08/2021-03-09", "x" * 5000],
)
def test_pauses_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        moments.pauses(text)


@pytest.mark.parametrize(
    ("cell", "channel"),
    [
        ("counter", Channel.COUNTER),
        ("Trực tiếp", Channel.COUNTER),
        ("BƯU CHÍNH CÔNG ÍCH", Channel.POSTAL),
        ("truc tuyen", Channel.ONLINE),
        (1.0, Channel.COUNTER),
        ("2", Channel.ONLINE),
        ("3", Channel.POSTAL),
    ],
)
def test_a_channel_is_read_in_words_or_by_its_national_code(
    cell: cells.Cell, channel: Channel
) -> None:
    assert cells.channel(cell) == channel


@pytest.mark.parametrize(
    ("cell", "number", "kind"),
    [
        ("001091000123", "001091000123", ApplicantKind.PERSON),
        ("001 091 000 123", "001091000123", ApplicantKind.PERSON),
        ("012345678", "012345678", ApplicantKind.PERSON),
        ("001221000123", "001221000123", ApplicantKind.PERSON),
        ("0100109106", "0100109106", ApplicantKind.ORGANISATION),
        ("0100109106-001", "0100109106001", ApplicantKind.ORGANISATION),
        (999091000123.0, "999091000123", ApplicantKind.PERSON),
    ],
)
def test_whose_number_it_is_is_told_by_its_digits(
    cell: cells.Cell, number: str, kind: ApplicantKind
) -> None:
    assert id_number(cell) == (number, kind)


@pytest.mark.parametrize(
    ("read", "cell", "why"),
    [
        (id_number, "0100109107", "kiểm tra"),
        (id_number, "123", "đang có 3"),
        (id_number, "00109100012x", "chữ số"),
        (id_number, "001222000123", "năm sinh 2022"),
        (id_number, 1091000123.0, "số 0 ở đầu"),
        (id_number, "1091000123", "số 0 ở đầu"),
        (id_number, "1.09E+09", "1.09E+09"),
        (cells.phone, "9,12E+08", "9,12E+08"),
        (cells.phone, "12", "Điện thoại"),
        (cells.phone, "số máy bàn", "Điện thoại"),
        (cells.channel, "fax", "kênh"),
        (cells.name, "12345", "chữ"),
        (cells.name, "A" * 201, "quá 200"),
        (cells.name, "Nguyễn\x00Văn A", "không hiển thị"),
        (cells.name, "Nguyễn \u202eVăn A", "không hiển thị"),
        (moments.begins, cells.Failed.FORMULA, "Công thức"),
        (moments.ends, cells.Failed.UNCOUNTED, "chưa được tính"),
        (cells.word, cells.Failed.FORMULA, "Công thức"),
        (cells.word, "x" * 201, "quá 200"),
        (cells.word, "H26\x1b[31m", "không hiển thị"),
        (cells.code, "H26.91.27-210230-0001", "không có trong lịch"),
        (cells.code, "H26.91.27-210301", "mã hồ sơ"),
        (cells.code, "H26.91.27-210301-１２３４", "mã hồ sơ"),
    ],
)
def test_a_bad_cell_is_refused_in_words(
    read: Callable[[cells.Cell], Any], cell: cells.Cell, why: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read(cell)
    assert why in str(refused.value)
    assert str(refused.value).isprintable()


def test_blanks_are_tidied_and_letters_composed() -> None:
    assert cells.name("  Nguyễn\u00a0Văn \n A ") == "Nguyễn Văn A"
    assert cells.name("Nguye\u0302\u0303n") == "Nguyễn"


def test_a_number_without_its_leading_zero_is_still_a_phone() -> None:
    assert cells.phone(912345678.0) == "0912345678"


@given(st.from_regex("0[1-9][0-9]{8}", fullmatch=True))
def test_the_usual_phone_is_what_the_library_makes_of_it(number: str) -> None:
    spaced = f"{number[:4]} {number[4:7]} {number[7:]}"
    assert telephone(number) == telephone(spaced) == number


@pytest.mark.parametrize(
    ("cell", "address", "phone"),
    [
        ("Thôn Một, Ngọc Hồi, 0912 345 678", "Thôn Một, Ngọc Hồi", "0912345678"),
        ("Số 12 phố Ga – 0912.345.678", "Số 12 phố Ga", "0912345678"),
        ("Thôn Một", "Thôn Một", None),
        ("0912345678", None, "0912345678"),
    ],
)
def test_address_and_phone_in_one_cell_are_taken_apart(
    cell: str, address: str | None, phone: str | None
) -> None:
    assert cells.address_and_phone(cell) == (address, phone)


@pytest.mark.parametrize("first", sorted(FORMULA))
def test_no_text_goes_out_as_a_formula(first: str) -> None:
    assert guarded(f"{first}HYPERLINK()") == f"'{first}HYPERLINK()"


@given(st.text(st.sampled_from(sorted(FORMULA | {"'", "a", " "})), max_size=6))
def test_the_guard_is_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_what_a_message_shows_of_a_file_is_one_short_printable_line() -> None:
    told = shown("a\nb\x1b[31m" + "c" * 500)
    assert told.isprintable()
    assert len(told) == 80


@pytest.mark.parametrize("cell", ["2", "02", 2.0, "2 bộ", "02 Bộ"])
def test_sets_are_counted_however_form_06_has_them(cell: cells.Cell) -> None:
    assert cells.sets(cell) == 2
