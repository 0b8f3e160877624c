"""Stretches in which the clock stands still (rules.md 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date

BEFORE_RECEIPT: Final = N_("Tạm dừng không thể bắt đầu trước khi nhận hồ sơ.")
BEFORE_ITS_BEGINNING: Final = N_("Tạm dừng không thể kết thúc trước khi bắt đầu.")


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands still; `ends_at` is None while it runs.

    With `restarts` the limit begins anew at its end (a supplement asked for in time).
    """

    begins_at: datetime
    ends_at: datetime | None = None
    restarts: bool = False


def fitted(pause: Pause, received_at: datetime) -> Pause:
    """Return `pause` as a count takes it, where only a date may be known of its ends.

    A date without a time is kept as its first minute where something begins, as its last where
    something ends: on the day of receipt that may come before the receipt itself.
    """
    begins_at, ends_at = pause.begins_at, pause.ends_at
    if begins_at < received_at and legal_date(begins_at) == legal_date(received_at):
        begins_at = received_at
    if ends_at is not None and ends_at < begins_at and legal_date(ends_at) == legal_date(begins_at):
        ends_at = begins_at
    if begins_at is pause.begins_at and ends_at is pause.ends_at:
        return pause
    return Pause(begins_at, ends_at, pause.restarts)


def union(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the maximal intervals that `pauses` cover together, in order (rules.md 6.2).

    An interval that is still running has no end; whether a pause restarts is not told any more.
    """
    merged: list[Pause] = []
    if not pauses:
        return ()
    for pause in sorted(pauses, key=lambda one: one.begins_at):
        last = merged[-1] if merged else None
        if last is None or (last.ends_at is not None and pause.begins_at > last.ends_at):
            merged.append(Pause(pause.begins_at, pause.ends_at))
        elif last.ends_at is not None:
            ends = None if pause.ends_at is None else max(last.ends_at, pause.ends_at)
            merged[-1] = Pause(last.begins_at, ends)
    return tuple(merged)


def check_pauses(received_at: datetime, pauses: tuple[Pause, ...]) -> None:
    """Raise `Refusal` for a pause that begins before receipt or ends before it begins."""
    for pause in pauses:
        if pause.begins_at < received_at:
            raise Refusal(BEFORE_RECEIPT, field="pauses")
        if pause.ends_at is not None and pause.ends_at < pause.begins_at:
            raise Refusal(BEFORE_ITS_BEGINNING, field="pauses")


def before(pause: Pause, moment: datetime) -> Pause | None:
    """Return what of a pause lies before `moment`, or None."""
    if pause.begins_at >= moment:
        return None
    return Pause(pause.begins_at, min(pause.ends_at or moment, moment))


def reaches(pause: Pause, moment: datetime) -> bool:
    """Say whether a pause goes on after `moment`."""
    return pause.ends_at is None or pause.ends_at > moment


def left_after(pauses: Iterable[Pause], moment: datetime) -> tuple[Pause, ...]:
    """Return what of several pauses lies after `moment`."""
    return tuple(cut(one, moment) for one in pauses if reaches(one, moment))


def cut(pause: Pause, moment: datetime) -> Pause:
    """Return what of a pause lies after `moment`."""
    return Pause(max(pause.begins_at, moment), pause.ends_at, pause.restarts)
