"""The clock of Viet Nam, on which the law counts and pages are written."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

VIET_NAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY: Final = timedelta(days=1)
NO_END: Final = date.max
"""The last day of what somebody says has none."""


def local(moment: datetime) -> datetime:
    """Return `moment` on the clock of Viet Nam."""
    return moment.astimezone(VIET_NAM)
