"""What a line of the register says, and how a book is named (forms.md 6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.rules.identity import ReturnBy, volume_of
from onestop.dossiers.rules.states import Outcome, State
from onestop.tallies.rules import Period

TITLE: Final = "Sổ theo dõi hồ sơ"
"""The name of the form in both sets: Circular 01/2018/TT-VPCP form 06, 03/2025/TT-VPCP form 07."""

COLUMNS: Final = (
    N_("TT"),
    N_("Mã hồ sơ"),
    N_("Tên TTHC"),
    N_("Số lượng hồ sơ (bộ)"),
    N_("Tên cá nhân, tổ chức"),
    N_("Địa chỉ, số điện thoại"),
    N_("Cơ quan chủ trì giải quyết"),
    N_("Nhận hồ sơ"),
    N_("Hẹn trả kết quả"),
    N_("Ngày trả kết quả"),
    N_("Phương thức nhận kết quả"),
    N_("Ký nhận"),
    N_("Ghi chú"),
)
"""The columns of the form, in its order; "day, month, year" stands above three of them there."""

MOST_PRINTED: Final = 2000
"""The lines that one print holds; a longer book is printed in parts, or taken as a workbook."""

ENDED: Final = {
    Outcome.REFUSED: N_("từ chối giải quyết"),
    Outcome.WITHDRAWN: N_("người nộp rút hồ sơ"),
    Outcome.STOPPED: N_("dừng giải quyết"),
}
WAITING: Final = {
    State.AWAITING_SUPPLEMENT: N_("chờ bổ sung"),
    State.AWAITING_PAYMENT: N_("chờ nghĩa vụ tài chính"),
    State.WITHDRAWAL_ASKED: N_("đã yêu cầu rút"),
}


@dataclass(frozen=True)
class Line:
    """A received dossier as the register has it.

    `number` runs through the year of its shop and was given with the receipt: the one printed on
    it. A field has no numbers of its own, it is a part of the book. What was received at an office
    that is closed has no `due_at` until it opens.
    """

    number: int
    code: str
    procedure_id: int
    sets: int
    applicant: str
    address: str | None
    phone: str | None
    handling_agency_id: int
    received_at: datetime
    due_at: datetime | None
    legal_due_at: datetime
    returned_at: datetime | None
    return_by: ReturnBy
    state: State
    outcome: Outcome | None
    note: str | None

    @property
    def volume(self) -> str:
        """Return the volume that it stands in, in which `number` runs."""
        return volume_of(legal_date(self.received_at))

    @property
    def is_promised_anew(self) -> bool:
        """Say whether another date was promised with an apology (Decree 61/2018 art. 19(9))."""
        return self.due_at is not None and self.due_at > self.legal_due_at

    @property
    def without_date(self) -> str:
        """Return what stands for a date that was never promised."""
        if self.outcome is not None:
            return N_("xong trước khi hẹn")
        return N_("khi cơ quan mở cửa lại")

    @property
    def remark(self) -> str | None:
        """Return how it ended otherwise than by a result, or what it waits for, if anything."""
        return ENDED.get(self.outcome) if self.outcome else WAITING.get(self.state)


@dataclass(frozen=True)
class Book:
    """Which lines are asked for: those of one shop, of a field or of all, received in a period."""

    agency_id: int
    period: Period
    field_id: int | None = None

    @property
    def years(self) -> str:
        """Return the year of the book, or the first and the last."""
        first, last = self.period.first.year, self.period.last.year
        return str(first) if first == last else f"{first} – {last}"

    @property
    def volume(self) -> str:
        """Return the volume: one for each shop and year, an electronic book needs no second."""
        first, last = volume_of(self.period.first), volume_of(self.period.last)
        return first if first == last else f"{first} – {last}"

    @property
    def has_volumes(self) -> bool:
        """Say whether it goes over the end of a year, after which numbers begin anew."""
        return self.period.first.year != self.period.last.year
