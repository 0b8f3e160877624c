"""What becomes of something dated when somebody declares it anew: decided from its days alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from onestop.base.errors import Refusal
from onestop.base.moments import NO_END, ONE_DAY
from onestop.base.words import N_, Worded

OVER: Final = N_("Đã hết hiệu lực sau ngày %(day)s.")
CHANGED_ALREADY: Final = N_(
    "Đã có thay đổi từ ngày %(day)s; muốn sửa thay đổi ấy thì ghi đúng ngày ấy."
)


class Fate(Worded):
    """What a declaration came to."""

    NEW = "new", N_("mới")
    CHANGED = "changed", N_("thay đổi")
    UNCHANGED = "unchanged", N_("không đổi")


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when something is declared to hold; None where that is not said.

    `since` is the day from which other values hold than before, where `first` names no other;
    the last day of what ends no more is `NO_END`.
    """

    since: date
    first: date | None = None
    last: date | None = None

    @property
    def begins(self) -> date:
        """Return the first day of what is new."""
        return self.first or self.since

    def until(self, ended: date | None = None) -> date | None:
        """Return the last day of what has `ended` so far: an end of which nothing is said stays."""
        return None if self.last == NO_END else self.last or ended


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration came to: which columns now hold other values, and from which day on.

    `since` is None where no day has other values than before: it had none, or keeps them.
    """

    id: int
    fate: Fate
    columns: tuple[str, ...] = ()
    since: date | None = None


class Dated(Protocol):
    """What holds from a day to a day, both included."""

    @property
    def valid_from(self) -> date: ...  # noqa: D102 - attributes of a period
    @property
    def valid_to(self) -> date | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Plan:
    """What a declaration makes of the last of several periods.

    What is declared begins on a day and ends with the day `until`. Another period holds it, and
    the last one ends with the day that it `leaves`; where that is None the last one is put right
    itself. `columns` and `since` are those of `Declared`.
    """

    begins: date
    until: date | None
    columns: tuple[str, ...]
    since: date | None
    leaves: date | None = None


def planned(periods: Sequence[Dated], term: Term, columns: tuple[str, ...]) -> Plan:
    """Return what becomes of the last of `periods` that is declared with other values in `columns`.

    Other values hold from the day of the term on, and the past keeps its own; but what begins on
    that very day is put right, and so is what has yet to begin, which keeps its day. Only a
    `first` day that is named has it begin on another, as `_moved` says. What has ended stays so
    unless the term begins after its end. Raises `Refusal` for a change after the end, for an end
    before what begins, and for another change before the last one.
    """
    last, ended = periods[-1].valid_from, periods[-1].valid_to
    until = term.until(ended)
    if term.first and term.last and term.last < term.first:
        raise Refusal(OVER, field="valid_to", day=term.last)
    if ended and term.first and term.first > ended:
        return Plan(term.first, term.until(), (*columns, "valid_from"), term.first, leaves=ended)
    since, leaves = None, None
    begins = _moved(periods, term, is_other=bool(columns)) or last
    if begins != last:
        since = None if begins < last and not columns and len(periods) == 1 else min(begins, last)
        columns = (*columns, "valid_from")
    elif columns:
        begins = since = _since(periods, term)
        leaves = begins - ONE_DAY if begins > last else None
    if until and until < begins:
        raise Refusal(OVER, field="valid_to", day=until)
    if until != ended:
        end = min(one for one in (ended, until) if one) + ONE_DAY
        columns, since = (*columns, "valid_to"), min(since or end, end)
    return Plan(begins, until, columns, since, leaves)


def _moved(periods: Sequence[Dated], term: Term, *, is_other: bool) -> date | None:
    """Return another day on which the last of several begins, if the term asks for one.

    All there ever was may begin on any earlier day, what followed only after what it follows: an
    older day is that of an old file. The same values may be put off that have yet to begin.
    """
    *before, last = (one.valid_from for one in periods)
    if term.first is None or term.first in before or term.first == last:
        return None
    if term.first > last:
        return None if is_other or term.since >= last else term.first
    if before and term.first < before[-1]:
        return None
    if before and is_other:
        raise Refusal(CHANGED_ALREADY, field="valid_from", day=last)
    return term.first


def _since(periods: Sequence[Dated], term: Term) -> date:
    """Return from when other values hold: the day of the row where it tells of another period."""
    last = periods[-1].valid_from
    if term.first and term.first > last:
        return term.first
    if term.since < last and term.first != last and len(periods) > 1:
        raise Refusal(CHANGED_ALREADY, field="valid_from", day=last)
    return max(term.since, last)
