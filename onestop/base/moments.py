"""The clock of Viet Nam, on which the law counts and pages are written."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

VIET_NAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY: Final = timedelta(days=1)


def local(moment: datetime) -> datetime:
    """Return `moment` on the clock of Viet Nam."""
    return moment.astimezone(VIET_NAM)
