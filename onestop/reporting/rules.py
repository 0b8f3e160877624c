"""What figures are asked for, periods by name, and what each figure means in one sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from onestop.base.words import N_
from onestop.tallies.rules import Period, next_month

KEY_WORDS: Final = {
    "tier": N_("Cấp"),
    "agency": N_("Đơn vị"),
    "field": N_("Lĩnh vực"),
    "procedure": N_("Tên thủ tục"),
    "level": N_("Mức độ"),
    "channel": N_("Kênh"),
    "month": N_("Tháng"),
}
KEYS: Final = tuple(KEY_WORDS)
FREE: Final = "free"
NAMED: Final = re.compile(r"([0-9]{4})(?:-Q([1-4])|-([0-9]{2}))?")
MONTHS: Final = 12
QUARTER: Final = 3


@dataclass(frozen=True)
class Wanted:
    """What figures are asked for; None means all. Codes, as a person or a program writes them."""

    period: Period
    by: tuple[str, ...] = ()
    agency: str | None = None
    tier: str | None = None
    field: str | None = None
    procedure: str | None = None
    level: int | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Named:
    """A period with its name in addresses; a month is called by its date, the others by `word`."""

    name: str
    word: str
    values: dict[str, int]


def period_of(name: str) -> Period:
    """Return the period called `2021`, `2021-Q4` or `2021-12`.

    Raises `ValueError` for any other name, `Refusal` for a year that no register can have.
    """
    found = NAMED.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no period")
    year, quarter, month = (int(part) if part else None for part in found.groups())
    if not year:
        raise ValueError(f"{name!r} is no period")
    if quarter:
        return _months(year, QUARTER * (quarter - 1) + 1, QUARTER)
    return _months(year, month, 1) if month is not None else _months(year, 1, MONTHS)


def name_of(period: Period) -> str:
    """Return the name of a period that has one, else `free`."""
    first = period.first
    names = (f"{first.year}", f"{first.year}-Q{_quarter(first)}", f"{first:%Y-%m}")
    return next((name for name in names if period_of(name) == period), FREE)


def years_named(first: int, last: int) -> list[Named]:
    """Return the years from `last` back to `first`."""
    return [
        Named(f"{year}", N_("Năm %(year)s"), {"year": year}) for year in range(last, first - 1, -1)
    ]


def parts_named(year: int) -> Iterator[Named]:
    """Yield the quarters of a year, then its months."""
    for quarter in range(1, MONTHS // QUARTER + 1):
        values = {"quarter": quarter, "year": year}
        yield Named(f"{year}-Q{quarter}", N_("Quý %(quarter)s/%(year)s"), values)
    for month in range(1, MONTHS + 1):
        yield Named(f"{year}-{month:02}", "", {})


RATES: Final = {
    "timely_rate": (
        N_("Đúng hạn"),
        N_("(giải quyết trước hạn + đúng hạn) ÷ đã giải quyết"),
    ),
    "reappointed_kept_rate": (
        N_("Giữ đúng hẹn lại"),
        N_("có hẹn lại và có kết quả không sau ngày hẹn lại ÷ đã giải quyết mà có hẹn lại"),
    ),
    "online_rate_level_3_or_above": (
        N_("Trực tuyến, mức độ 3 trở lên"),
        N_("tiếp nhận trực tuyến của dịch vụ mức độ 3 hoặc 4 ÷ đã tiếp nhận, mọi kênh"),
    ),
    "online_rate_level_3": (
        N_("Trực tuyến, đúng mức độ 3"),
        N_("tiếp nhận trực tuyến của dịch vụ mức độ 3 ÷ đã tiếp nhận, mọi kênh"),
    ),
    "online_rate_level_4": (
        N_("Trực tuyến, mức độ 4"),
        N_("tiếp nhận trực tuyến của dịch vụ mức độ 4 ÷ đã tiếp nhận, mọi kênh"),
    ),
    "online_rate": (
        N_("Trực tuyến, mọi mức độ"),
        N_("tiếp nhận trực tuyến ÷ đã tiếp nhận, mọi kênh"),
    ),
}
"""Each main rate with its name and its formula (rules.md 9.4, 10.2)."""

READINGS: Final = {
    "timely_of_received_rate": (
        N_("Đúng hạn trên tổng tiếp nhận"),
        N_(
            "(giải quyết trước hạn + đúng hạn) ÷ (kỳ trước chuyển sang + tiếp nhận trong kỳ);"
            " Nghị định 61/2018/NĐ-CP, điều 30 khoản 2 điểm c"
        ),
    ),
    "within_term_rate": (
        N_("Đúng hạn và còn trong hạn"),
        N_(
            "(giải quyết trước hạn + đúng hạn + đang giải quyết trong hạn) ÷ (đã giải quyết + đang"
            " giải quyết); theo cách của chỉ số 2.1, Quyết định 766/QĐ-TTg"
        ),
    ),
    "online_rate_where_offered": (
        N_("Trực tuyến trên dịch vụ nộp trực tuyến được"),
        N_(
            "tiếp nhận trực tuyến của dịch vụ mức độ 3 hoặc 4 ÷ đã tiếp nhận, mọi kênh, của chính"
            " các dịch vụ ấy; Nghị quyết 02/NQ-CP và Đề án 06"
        ),
    ),
}
"""What other reports call by the same words, each under a name of its own (rules.md 9.4, 10.2)."""

BESIDE: Final = {
    "late_intake_rate": (
        N_("Kiểm tra muộn hồ sơ trực tuyến"),
        N_(
            "kiểm tra muộn (quá 8 giờ làm việc từ lúc nộp, hoặc nộp bổ sung trước khi tiếp nhận) ÷"
            " hồ sơ trực tuyến đã kiểm tra xong trong kỳ"
        ),
    ),
}
"""What is measured beside the processing of dossiers, and changes no rate of it (rules.md 4.3)."""

MEANINGS: Final = {
    "carried": N_("tiếp nhận trước kỳ và đến đầu kỳ chưa giải quyết xong"),
    "received": N_("được cấp giấy hẹn trong kỳ; không kể hồ sơ kỳ trước chuyển sang"),
    "received_online": N_("phần của số tiếp nhận đến qua cổng trực tuyến"),
    "received_3_or_above": N_("phần của số tiếp nhận mà dịch vụ nộp trực tuyến được, mọi kênh"),
    "resolved": N_("có kết quả trong kỳ, kể cả từ chối sau thẩm định, rút và dừng"),
    "early": N_("có kết quả trước ngày hẹn theo luật"),
    "on_time": N_("có kết quả đúng ngày hẹn theo luật; tính theo giờ thì không sau phút hẹn"),
    "overdue": N_("có kết quả sau hạn theo luật, hoặc bị yêu cầu bổ sung lần thứ hai"),
    "refused_at_intake": N_("không được tiếp nhận; không tính vào số tiếp nhận"),
    "checked_online": N_(
        "nộp trực tuyến và được tiếp nhận hoặc từ chối tiếp nhận trong kỳ; không kể khi sổ không"
        " ghi giờ nộp"
    ),
    "late_intake": N_(
        "phần của số ấy có lần kiểm tra quá 8 giờ làm việc; đúng hạn hay quá hạn không đổi vì thế"
    ),
    "refused": N_("từ chối sau thẩm định; là một phần của số đã giải quyết"),
    "withdrawn": N_("người nộp rút, tính vào ngày yêu cầu; là một phần của số đã giải quyết"),
    "stopped": N_("cơ quan dừng; là một phần của số đã giải quyết"),
    "reappointed": N_(
        "đã giải quyết trong kỳ sau khi xin lỗi và hẹn lại; đúng hạn vẫn tính theo ngày hẹn cũ"
    ),
    "reappointed_kept": N_("phần của số ấy có kết quả không sau ngày đã hẹn lại"),
    "open": N_("đã tiếp nhận mà đến cuối kỳ chưa giải quyết xong"),
    "open_within_term": N_("phần đang giải quyết chưa quá hạn theo luật vào cuối kỳ"),
    "open_overdue": N_("phần đang giải quyết đã quá hạn theo luật vào cuối kỳ"),
    "paused": N_("phần đang giải quyết có đồng hồ đang dừng vào cuối kỳ"),
    "corrected": N_(
        "hồ sơ có việc ghi sau khi kỳ kết thúc làm đổi số liệu đến hết kỳ: xác nhận rút, mở lại để"
        " sửa kết quả, thu hồi việc ghi nhầm, đóng hoặc mở cửa ghi muộn; không kể sổ nhập vào sau"
    ),
}
"""What each count means (rules.md 9.1 to 9.3)."""


def _months(year: int, month: int, length: int) -> Period:
    first = end = date(year, month, 1)
    for _ in range(length):
        end = next_month(end)
    return Period(first, end - timedelta(days=1))


def _quarter(day: date) -> int:
    return (day.month - 1) // QUARTER + 1
