"""Moments, refusals and lines of an explanation, as they are told to people and programs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from onestop.base.daygrid import DayLine
from onestop.base.errors import Refusal
from onestop.base.filters import local, plain_day
from onestop.base.languages import chosen, language
from onestop.base.words import Named, Worded


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


def refused(refusal: Refusal) -> str:
    """Return the sentence of `refusal` in the reader's language, and so all that fills it in."""
    values = {name: _filled(value) for name, value in refusal.values.items()}
    said = chosen(refusal.message, values, language())
    return said % values if values else said


def _filled(value: object) -> object:
    if isinstance(value, Worded):
        return chosen(value.word, {}, language())
    if isinstance(value, date):
        return plain_day(value)
    return value.name(language()) if isinstance(value, Named) else value
