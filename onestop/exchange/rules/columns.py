"""The columns of files, under their English names and the headings that offices write."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, fold


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong or worth a word: the row as the spreadsheet counts it, the heading, and why.

    `row` is None where the file as a whole is meant, `column` where no column is.
    """

    row: int | None
    column: str | None
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and the Vietnamese headings it goes by.

    `loose` headings are those of the official register that tell the same less exactly (a name
    in place of a code): they are read where no better column is there.
    """

    name: str
    headings: tuple[str, ...]
    loose: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headings:
    """The columns of a kind of file in the order in which they go out, and which it must have.

    One of `instead` does where another stands.
    """

    columns: tuple[Column, ...]
    required: tuple[str, ...]
    instead: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def exact(self) -> Mapping[str, str]:
        """Return the column of each heading that tells all it should."""
        return {
            plain(heading): column.name
            for column in self.columns
            for heading in (column.name, *column.headings)
        }

    @cached_property
    def loose(self) -> Mapping[str, str]:
        """Return the column of each heading that tells less than it should."""
        return {plain(heading): column.name for column in self.columns for heading in column.loose}

    def known(self, cells: Sequence[str]) -> int:
        """Return how many of `cells` are headings of such a file."""
        return sum(plain(cell) in self.exact or plain(cell) in self.loose for cell in cells)


# In the order in which they go out. The headings beside the first of each column are those of
# form 06 of Circular 01/2018/TT-VPCP and of receipts (form 01), and what offices write instead.
COLUMNS: Final = (
    Column("dossier_code", ("Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ")),
    Column(
        "agency_code",
        ("Mã cơ quan", "Mã đơn vị", "Mã cơ quan tiếp nhận"),
        ("Cơ quan tiếp nhận", "Đơn vị tiếp nhận", "Cơ quan chủ trì giải quyết", "Cơ quan"),
    ),
    Column(
        "procedure_code",
        ("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính"),
        ("Tên TTHC", "Tên thủ tục", "Tên thủ tục hành chính", "Thủ tục", "TTHC"),
    ),
    Column("channel", ("Kênh tiếp nhận", "Hình thức tiếp nhận", "Hình thức nộp", "Cách nộp")),
    Column(
        "received_at",
        (
            "Nhận hồ sơ",
            "Ngày nhận hồ sơ",
            "Thời gian nhận hồ sơ",
            "Tiếp nhận",
            "Ngày tiếp nhận",
            "Thời gian tiếp nhận",
        ),
    ),
    Column(
        "applicant_name",
        (
            "Tên cá nhân, tổ chức",
            "Cá nhân, tổ chức",
            "Họ và tên",
            "Họ tên",
            "Người nộp",
            "Tên người nộp",
        ),
    ),
    Column(
        "applicant_id_number",
        (
            "Số CMND/Thẻ căn cước/Hộ chiếu",
            "Số căn cước, mã số thuế",
            "Số căn cước",
            "Số định danh",
            "CCCD",
            "CMND",
            "Mã số thuế",
        ),
    ),
    Column("applicant_phone", ("Số điện thoại", "Điện thoại"), ("Địa chỉ, số điện thoại",)),
    Column("supplement_requested_at", ("Yêu cầu bổ sung", "Ngày yêu cầu bổ sung")),
    Column("supplement_received_at", ("Đã bổ sung", "Ngày bổ sung", "Ngày nhận bổ sung")),
    Column("refused_at", ("Từ chối giải quyết", "Ngày từ chối", "Ngày từ chối giải quyết")),
    Column("withdrawn_at", ("Rút hồ sơ", "Ngày rút", "Ngày rút hồ sơ")),
    Column(
        "resolved_at",
        ("Có kết quả", "Ngày có kết quả", "Ngày giải quyết", "Ngày giải quyết xong", "Giải quyết"),
    ),
    Column("returned_at", ("Trả kết quả", "Ngày trả kết quả", "Thời gian trả kết quả")),
    Column("submitted_at", ("Nộp hồ sơ", "Ngày nộp", "Ngày nộp hồ sơ", "Thời gian nộp")),
    Column("not_accepted_at", ("Không tiếp nhận", "Ngày không tiếp nhận")),
    Column("stopped_at", ("Dừng giải quyết", "Ngày dừng", "Ngày dừng giải quyết")),
    Column("pauses", ("Tạm dừng",)),
    Column("apologised_at", ("Xin lỗi", "Ngày xin lỗi")),
    Column("reappointed_on", ("Hẹn lại", "Ngày hẹn lại", "Hẹn lại ngày")),
    Column("apology_cause", ("Nguyên nhân chậm", "Lý do chậm", "Lý do hẹn lại")),
    Column("sets", ("Số lượng hồ sơ (bộ)", "Số lượng hồ sơ", "Số bộ hồ sơ", "Số bộ")),
    Column("extended_at", ("Kéo dài thời hạn", "Ngày kéo dài thời hạn")),
    Column("extended_to", ("Kéo dài đến", "Hẹn sau khi kéo dài")),
    Column("first_extended_at", ("Kéo dài lần đầu", "Ngày kéo dài lần đầu")),
)
REQUIRED: Final = ("agency_code", "procedure_code", "channel", "received_at", "applicant_name")
# The form groups its three dates under one heading, which copies of it repeat before each.
GROUP: Final = re.compile(r"^(?:nhan va tra ket qua )?(?:ngay thang nam )?")
NOT_ALNUM: Final = re.compile(r"[^a-z0-9]+")
LONGEST_HEADING: Final = 80


def plain(heading: str) -> str:
    """Return a heading as it is compared: folded words, without the heading of its group."""
    words = NOT_ALNUM.sub(" ", fold(heading)).strip()
    return GROUP.sub("", words)


REGISTER: Final = Headings(COLUMNS, REQUIRED, {"received_at": "not_accepted_at"})
NAMES: Final = REGISTER.names
# Columns of the official register that tell nothing to read.
NEVER_READ: Final[Mapping[str, str]] = {
    plain("Hẹn trả kết quả"): N_("Không đọc: ngày hẹn luôn được tính lại từ ngày nhận."),
    plain("TT"): N_("Không đọc: số thứ tự."),
    plain("STT"): N_("Không đọc: số thứ tự."),
}
UNKNOWN: Final = N_("Không đọc: không phải cột của tệp này.")


@dataclass(frozen=True)
class Layout:
    """Where the columns of one file stand, and what they are called there."""

    places: Mapping[str, int]
    headings: Mapping[str, str]
    width: int
    loose: frozenset[str] = frozenset()
    warnings: tuple[Fault, ...] = ()

    def called(self, name: str) -> str:
        """Return what the file calls a column; its name where it has none."""
        return self.headings.get(name, name)


@dataclass(frozen=True)
class Misfit:
    """Why a row of headings is none of a register; `warnings` name what nobody knows in it."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def layout(cells: Sequence[str], *, row: int, of: Headings = REGISTER) -> Layout | Misfit:
    """Return where the columns stand that a row of headings names, or why it is none.

    In any order; a heading that nobody knows is named in a warning, beside a missing column
    too: it may be that column under another name. Two headings of one column and a missing
    column are faults.
    """
    places: dict[str, int] = {}
    headings: dict[str, str] = {}
    loose: set[str] = set()
    faults: list[Fault] = []
    unread = list[int]()
    for exactly in (of.exact, of.loose):
        for place, cell in enumerate(cells):
            name = exactly.get(plain(cell))
            if name is None:
                continue
            if name not in places:
                places[name], headings[name] = place, cell.strip()
                if exactly is of.loose:
                    loose.add(name)
            elif exactly is of.exact:
                faults.append(_twice(row, cell, headings[name]))
            else:
                unread.append(place)
    faults += _missing(places, row, of)
    twice = {fault.column for fault in faults}
    warnings = tuple(one for one in _unread(cells, places, unread, row) if one.column not in twice)
    if faults:
        return Misfit(tuple(faults), warnings)
    width = max(place for place, cell in enumerate(cells, 1) if cell.strip())
    return Layout(places, headings, width, frozenset(loose), warnings)


def _twice(row: int, cell: str, first: str) -> Fault:
    refusal = Refusal(N_("Trùng nghĩa với cột “%(first)s”; chỉ giữ một cột."), first=first)
    return Fault(row, shown(cell), refusal)


def _missing(places: Mapping[str, int], row: int, of: Headings) -> Iterator[Fault]:
    for name in of.required:
        if name not in places and of.instead.get(name) not in places:
            heading = next(one.headings[0] for one in of.columns if one.name == name)
            yield Fault(
                row,
                name,
                Refusal(N_("Thiếu cột “%(name)s” (%(heading)s)."), name=name, heading=heading),
            )


def _unread(
    cells: Sequence[str], places: Mapping[str, int], loose: Sequence[int], row: int
) -> Iterator[Fault]:
    read = set(places.values())
    for place, cell in enumerate(cells):
        if place in read or not cell.strip():
            continue
        said = NEVER_READ.get(plain(cell), UNKNOWN)
        if place in loose:
            said = N_("Không đọc: đã có cột khác nói rõ hơn.")
        yield Fault(row, shown(cell), Refusal(said))


def shown(text: str, longest: int = LONGEST_HEADING) -> str:
    """Return text of a file as a message may show it: one line, printable, not endless."""
    line = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
