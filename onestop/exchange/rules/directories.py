"""Agencies, fields, procedures and staff as rows of files: the columns, and how they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from onestop.accounts.rules import Role
from onestop.base.errors import Refusal
from onestop.catalogue.rules.channels import OnlineStart
from onestop.catalogue.rules.procedures import UNSAID
from onestop.deadlines.rules.supplements import SupplementEffect
from onestop.exchange.rules.cells import Cell, phrase
from onestop.exchange.rules.columns import Column, Fault, Headings, Layout
from onestop.exchange.rules.moments import day
from onestop.exchange.rules.rows import told_by, too_many
from onestop.exchange.rules.values import (
    MISSING,
    Read,
    clock,
    flag,
    last_day,
    limit_of,
    login,
    mark,
    named,
    number,
    one_of,
    parts,
    steps,
    unit,
)
from onestop.organisation.rules import AgencyKind, Tier


@dataclass(frozen=True)
class Directory:
    """What is kept in a list that an administrator brings in: its columns and how they are read.

    The first column is the mark by which a row is known. `needed` are the cells that are never
    empty, and `empty` is what an empty cell says where that is not nothing.
    """

    name: str
    headings: Headings
    needed: tuple[str, ...]
    read: Mapping[str, Read]
    empty: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Return the name of the column by which a row is known."""
        return self.headings.names[0]

    @property
    def is_dated(self) -> bool:
        """Say whether what is kept holds from a day on."""
        return "valid_from" in self.headings.names


KEPT: Final = {
    "service_level": "level",
    "same_day_cutoff": "cutoff",
    "required_papers": "papers",
}
"""What some columns are called where their values are kept."""
TOLD_AS: Final = {
    **{kept: name for name, kept in KEPT.items()},
    "parent_id": "parent_code",
    "successor_id": "successor_code",
    "department_id": "department_code",
    "field_id": "field_code",
    "agency_id": "agency_code",
    "limit": "time_limit_value",
    "limit_value": "time_limit_value",
    "limit_unit": "time_limit_unit",
}
"""By which column of a file such values are told."""


@dataclass(frozen=True)
class Row:
    """What one row says: its number, its mark, its days, and the values that are kept."""

    number: int
    key: str
    first: date | None
    last: date | None
    values: Mapping[str, Any]


def told(of: Directory, layout: Layout, number: int, cells: Sequence[Cell]) -> Row | list[Fault]:
    """Return what a row says, or everything that is wrong with its cells; of an empty row nothing.

    A column that the file has not got is left out of the values.
    """
    plan = [(name, place, of.read.get(name, phrase)) for name, place in layout.places.items()]
    said, bad, last = told_by(plan, cells, layout.width)
    if not last:
        return []
    if last > layout.width:
        return [too_many(number, last, layout.width)]
    bad |= {one: Refusal(MISSING) for one in of.needed if one not in said and one not in bad}
    values: dict[str, Any] = {name: said.get(name, of.empty.get(name)) for name in layout.places}
    if of is PROCEDURES:
        for kept, (many, counted_in) in LIMITS.items():
            _join(values, bad, kept, many, counted_in)
    if bad:
        return [Fault(number, layout.called(name), refusal) for name, refusal in bad.items()]
    if "name_en" in values:
        values["name_en"] = values["name_en"] or values["name_vi"]
    key = str(values.pop(of.key))
    first, until = values.pop("valid_from", None), values.pop("valid_to", None)
    return Row(number, key, first, until, {KEPT.get(one, one): values[one] for one in values})


LIMITS: Final = {
    "limit": ("time_limit_value", "time_limit_unit"),
    "limit_statutory": ("statutory_limit_value", "statutory_limit_unit"),
}


def _join(
    values: dict[str, Any], bad: dict[str, Refusal], kept: str, many: str, counted_in: str
) -> None:
    """Make one limit of its two cells, or none where both are empty."""
    if not {many, counted_in} & values.keys() or {many, counted_in} & bad.keys():
        return
    value, unit = values.pop(many, None), values.pop(counted_in, None)
    values[kept] = None
    if unit is None:
        bad |= {} if value is None else {counted_in: Refusal(MISSING)}
        return
    try:
        values[kept] = limit_of(value, unit)
    except Refusal as refusal:
        bad[many] = refusal


TIER: Final = Column("tier", ("Cấp", "Cấp hành chính"))
NAME_EN: Final = Column("name_en", ("Tên tiếng Anh",))
FIRST: Final = Column("valid_from", ("Áp dụng từ", "Hiệu lực từ", "Từ ngày"))
LAST: Final = Column("valid_to", ("Áp dụng đến", "Hiệu lực đến", "Đến ngày"))
DAYS: Final[Mapping[str, Read]] = {"valid_from": day, "valid_to": last_day}
AGENCIES: Final = Directory(
    "agencies",
    Headings(
        (
            Column("code", ("Mã cơ quan", "Mã đơn vị", "Mã")),
            Column("parent_code", ("Mã cơ quan cấp trên", "Mã đơn vị cấp trên", "Cấp trên")),
            TIER,
            Column("kind", ("Loại cơ quan", "Loại đơn vị", "Loại")),
            Column("name_vi", ("Tên cơ quan", "Tên đơn vị", "Tên")),
            NAME_EN,
            FIRST,
            LAST,
            Column("successor_code", ("Mã cơ quan kế thừa", "Mã đơn vị kế thừa", "Kế thừa")),
        ),
        ("code", "parent_code", "tier", "kind", "name_vi"),
    ),
    ("code", "tier", "kind", "name_vi"),
    {
        "code": mark,
        "parent_code": mark,
        "tier": one_of(Tier),
        "kind": one_of(AgencyKind),
        "successor_code": mark,
        **DAYS,
    },
    {},
)
FIELDS: Final = Directory(
    "fields",
    Headings(
        (
            Column("code", ("Mã lĩnh vực", "Mã")),
            TIER,
            Column("name_vi", ("Tên lĩnh vực", "Lĩnh vực", "Tên")),
            NAME_EN,
            Column("department_code", ("Mã phòng chuyên môn", "Mã cơ quan giải quyết")),
            FIRST,
        ),
        ("code", "tier", "name_vi", "department_code"),
    ),
    ("code", "tier", "name_vi"),
    {"code": mark, "tier": one_of(Tier), "department_code": mark, **DAYS},
    {},
)
PROCEDURES: Final = Directory(
    "procedures",
    Headings(
        (
            Column("code", ("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Mã")),
            Column("national_code", ("Mã quốc gia", "Mã TTHC quốc gia")),
            TIER,
            Column("field_code", ("Mã lĩnh vực",)),
            Column("name_vi", ("Tên TTHC", "Tên thủ tục", "Tên thủ tục hành chính", "Tên")),
            NAME_EN,
            Column("service_level", ("Mức độ", "Mức độ dịch vụ công")),
            Column("time_limit_value", ("Thời hạn", "Thời hạn giải quyết")),
            Column("time_limit_unit", ("Đơn vị thời hạn", "Đơn vị tính thời hạn")),
            Column("statutory_limit_value", ("Thời hạn luật định",)),
            Column("statutory_limit_unit", ("Đơn vị thời hạn luật định",)),
            Column("same_day_cutoff", ("Nhận trong ngày đến",)),
            Column("cutoff_shifts_receipt", ("Nhận sau giờ chốt tính ngày sau",)),
            Column("fee_vnd", ("Phí, lệ phí", "Phí, lệ phí (đồng)", "Lệ phí", "Phí")),
            Column("result_vi", ("Kết quả", "Kết quả giải quyết")),
            Column("required_papers", ("Thành phần hồ sơ", "Giấy tờ phải nộp")),
            Column("sets", ("Số bộ hồ sơ", "Số bộ")),
            Column("interlinked", ("Liên thông",)),
            Column("steps", ("Các bước", "Các bước liên thông")),
            Column("legal_basis", ("Căn cứ pháp lý", "Căn cứ")),
            Column("extendable", ("Được kéo dài thời hạn",)),
            Column("opinion_pauses", ("Lấy ý kiến thì tạm dừng",)),
            Column("online_clock_start", ("Hạn trực tuyến tính từ",)),
            Column("supplement_effect", ("Khi đã bổ sung",)),
            Column("late_supplement_effect", ("Khi yêu cầu bổ sung muộn",)),
            Column("supplement_request_within", ("Hạn yêu cầu bổ sung (ngày làm việc)",)),
            Column("supplement_wait", ("Hạn nộp bổ sung (ngày)",)),
            Column("offered_by", ("Mã cơ quan tiếp nhận", "Cơ quan tiếp nhận")),
            FIRST,
            LAST,
        ),
        ("code", "tier", "field_code", "name_vi", "service_level", "time_limit_value",
         "time_limit_unit"),
    ),
    ("code", "tier", "field_code", "name_vi", "service_level", "time_limit_unit"),
    {
        "code": mark,
        "national_code": mark,
        "tier": one_of(Tier),
        "field_code": mark,
        "service_level": partial(number, least=1, most=4),
        "time_limit_value": number,
        "time_limit_unit": unit,
        "statutory_limit_value": number,
        "statutory_limit_unit": unit,
        "same_day_cutoff": clock,
        "cutoff_shifts_receipt": flag,
        "fee_vnd": number,
        "required_papers": named,
        "sets": partial(number, least=1, most=99),
        "interlinked": flag,
        "steps": steps,
        "legal_basis": named,
        "extendable": flag,
        "opinion_pauses": flag,
        "online_clock_start": one_of(OnlineStart),
        "supplement_effect": one_of(SupplementEffect),
        "late_supplement_effect": one_of(SupplementEffect),
        "supplement_request_within": number,
        "supplement_wait": number,
        "offered_by": parts,
        **DAYS,
    },
    {**{TOLD_AS.get(kept, kept): value for kept, value in UNSAID.items()}, "offered_by": ()},
)  # fmt: skip
STAFF: Final = Directory(
    "staff",
    Headings(
        (
            Column("username", ("Tên đăng nhập", "Tài khoản")),
            Column("name", ("Họ và tên", "Họ tên")),
            Column("role", ("Vai trò",)),
            Column("agency_code", ("Mã cơ quan", "Mã đơn vị")),
            Column("is_open", ("Đang dùng",)),
        ),
        ("username", "name", "role", "agency_code"),
    ),
    ("username", "name", "role", "agency_code"),
    {"username": login, "role": one_of(Role), "agency_code": mark, "is_open": flag},
    {"is_open": True},
)
