"""Moments and lines of an explanation, as programs and tables read them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from onestop.base.daygrid import DayLine
from onestop.base.filters import local
from onestop.base.languages import language


def iso(moment: datetime) -> str:
    """Return a moment with the offset of Viet Nam, to the minute where it has no seconds."""
    there = local(moment)
    exact = there.second or there.microsecond
    return there.isoformat(timespec="seconds" if exact else "minutes")


def iso_or_none(moment: datetime | None) -> str | None:
    """Return a moment likewise, where there is one."""
    return iso(moment) if moment else None


def why(line: DayLine) -> str:
    """Return why a day counts or does not, in the reader's language."""
    if line.row is not None and not line.values:
        return line.row.name(language())
    return str(_(line.reason, **line.values)) if line.reason else _(line.kind.word)


def day_told(line: DayLine) -> dict[str, Any]:
    """Return a line of an explanation as the JSON contract has it."""
    number = line.number
    return {
        "date": line.date.isoformat(),
        "kind": str(line.kind),
        "counted": line.counted,
        "number": float(number) if isinstance(number, Decimal) else number,
        "reason": why(line),
    }
