"""Moments, refusals and lines of an explanation, as they are told to people and programs."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Protocol

from flask import Flask

from onestop.base.errors import Refusal
from onestop.base.filters import plain_day
from onestop.base.languages import gettext, language
from onestop.base.moments import local
from onestop.base.words import Bilingual, Worded


def iso(moment: datetime) -> str:
    """Return a moment with the offset of Viet Nam, to the minute where it has no seconds."""
    there = local(moment)
    exact = there.second or there.microsecond
    return there.isoformat(timespec="seconds" if exact else "minutes")


def iso_or_none(moment: datetime | None) -> str | None:
    """Return a moment likewise, where there is one."""
    return iso(moment) if moment else None


OFF: Final = frozenset({"weekend", "public_holiday", "day_off_in_lieu"})


class DayLine(Protocol):
    """A line of an explanation, as the room of deadlines makes it."""

    @property
    def date(self) -> date: ...  # noqa: D102 - attributes of a line
    @property
    def kind(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def number(self) -> int | Decimal | None: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def values(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def counted(self) -> bool: ...  # noqa: D102
    @property
    def row(self) -> Bilingual | None: ...  # noqa: D102
    @property
    def used(self) -> tuple[tuple[time, time], ...]: ...  # noqa: D102
    @property
    def start(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def open(self) -> tuple[tuple[time, time], ...]: ...  # noqa: D102


def why(line: DayLine) -> str:
    """Return why a day counts or does not, in the reader's language: a day off by its name."""
    is_off = str(line.kind.value) in OFF
    if line.row is not None and (is_off or not line.values):
        return line.row.name(language())
    return gettext(line.reason, **line.values) if line.reason else gettext(line.kind.word)


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
    """Return the sentence of `refusal` in the reader's language, its values too."""
    values = {name: _filled(value) for name, value in refusal.values.items()}
    return gettext(refusal.message, **values)


def _filled(value: object) -> object:
    if isinstance(value, Worded):
        return gettext(value.word)
    if isinstance(value, date):
        return plain_day(value)
    return value.name(language()) if isinstance(value, Bilingual) else value


def install(app: Flask) -> None:
    """Let the templates of `app` tell a refusal."""
    app.add_template_filter(refused)
