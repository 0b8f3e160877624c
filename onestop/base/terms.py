"""What becomes of something dated when somebody declares it anew: decided from its days alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from onestop.base.errors import Refusal
from onestop.base.moments import NO_END, ONE_DAY
from onestop.base.words import N_, Worded

OVER: Final = N_("Đã hết hiệu lực sau ngày %(day)s.")


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

    It is followed by another where that `begins` later, and holds until then unless that is
    `after_a_gap`; else it is put right itself. Either then ends with the day `until`. `columns` and
    `since` are those of `Declared`.
    """

    begins: date
    until: date | None
    columns: tuple[str, ...]
    since: date | None
    after_a_gap: bool = False


def planned(periods: Sequence[Dated], term: Term, columns: tuple[str, ...], *, later: str) -> Plan:
    """Return what becomes of the last of `periods` that is declared with other values in `columns`.

    Other values hold from the day of the term on, and the past keeps its own; but what begins on
    that very day is put right, and so is all there ever was if it is declared from an earlier day.
    What has ended stays so unless the term begins after its end. Raises `Refusal` for a change
    after the end, for an end before what begins again, and, saying `later`, for a change before
    the last one.
    """
    newest, is_only = periods[-1], len(periods) == 1
    ended, until = newest.valid_to, term.until(newest.valid_to)
    if ended and term.first and term.first > ended:
        if term.last and term.last < term.first:
            raise Refusal(OVER, field="valid_to", day=term.last)
        return Plan(
            term.first, term.until(), (*columns, "valid_from"), term.first, after_a_gap=True
        )
    since = _since(periods, term, later) if columns else None
    if until and until < (since or newest.valid_from):
        raise Refusal(OVER, field="valid_to", day=until)
    begins = since or term.begins
    if begins < newest.valid_from and is_only:
        columns = (*columns, "valid_from")
    elif since is None:
        begins = newest.valid_from
    if until != ended:
        end = min(one for one in (ended, until) if one) + ONE_DAY
        columns, since = (*columns, "valid_to"), min(since or end, end)
    return Plan(begins, until, columns, since)


def _since(periods: Sequence[Dated], term: Term, later: str) -> date:
    """Return from when other values hold: the day of the row where it tells of another period."""
    last, is_only = periods[-1].valid_from, len(periods) == 1
    is_other = term.begins > last or (is_only and term.begins < last)
    since = term.begins if is_other else term.since
    if since < last and not is_only:
        raise Refusal(later, field="valid_from")
    return since if is_other else max(since, last)  # what has yet to begin begins no earlier
