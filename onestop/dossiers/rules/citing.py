"""Sentences that cite the law: that under which the dossier was received."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from onestop.base.words import N_
from onestop.organisation.rules import CENTRES_FROM


@dataclass(frozen=True)
class Cited:
    """A sentence with its article of Decree 61/2018, and as it stands without one."""

    under_61_2018: str
    later: str

    def on(self, day: date) -> str:
        """Return the sentence for a dossier received on a day.

        From 2025-07-01 on Decree 118/2025 holds, whose articles are still to be compared: none is
        cited (rules.md 1).
        """
        return self.under_61_2018 if day < CENTRES_FROM else self.later


ONE_REQUEST: Final = Cited(
    N_(
        "Hồ sơ đã được yêu cầu bổ sung một lần; mỗi hồ sơ chỉ được yêu cầu một lần "
        "(Nghị định 61/2018/NĐ-CP, điều 11 khoản 2)."
    ),
    N_("Hồ sơ đã được yêu cầu bổ sung một lần; mỗi hồ sơ chỉ được yêu cầu một lần."),
)
SECOND_REQUEST: Final = Cited(
    N_("Hồ sơ khi ấy tính là quá hạn (Nghị định 61/2018/NĐ-CP, điều 11)."),
    N_("Hồ sơ khi ấy tính là quá hạn."),
)
LATE_APOLOGY: Final = Cited(
    N_(
        "Xin lỗi muộn: lẽ ra chậm nhất một ngày làm việc trước ngày hẹn "
        "(Nghị định 61/2018/NĐ-CP, điều 19)."
    ),
    N_("Xin lỗi muộn: lẽ ra chậm nhất một ngày làm việc trước ngày hẹn."),
)
