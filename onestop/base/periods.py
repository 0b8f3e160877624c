"""What holds from a day to a day, and what becomes of it when somebody declares it anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped

from onestop.base.database import Base, db, table_of
from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.words import N_, Worded


class Period(Base):
    """Values that hold from a day to a day, both included."""

    __abstract__ = True

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Fate(Worded):
    """What a declaration came to."""

    NEW = "new", N_("mới")
    CHANGED = "changed", N_("thay đổi")
    UNCHANGED = "unchanged", N_("không đổi")


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when something is declared to hold; None where that is not said.

    `since` is the day from which other values hold than before, where `first` names no other.
    """

    since: date
    first: date | None = None
    last: date | None = None

    @property
    def begins(self) -> date:
        """Return the first day of what is new."""
        return self.first or self.since


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration came to: which columns now hold other values, and from which day on.

    `since` is None where no day has other values than before: it had none, or keeps them.
    """

    id: int
    fate: Fate
    columns: tuple[str, ...] = ()
    since: date | None = None


def follow(last: Period, day: date, **values: Any) -> None:
    """Let a period be followed, from a day on, by one with other values; it keeps its own."""
    kept = {one.name: getattr(last, one.name) for one in table_of(type(last)).columns}
    del kept["id"]
    if last.valid_to is None or last.valid_to >= day:
        last.valid_to = day - ONE_DAY
    db.session.flush()
    db.session.add(type(last)(**{**kept, **values, "valid_from": day}))
    db.session.flush()


def redeclare(
    of: int, periods: Sequence[Period], term: Term, values: Mapping[str, Any], *, later: str
) -> Declared:
    """Have the last of `periods`, of the thing `of` an id, hold the values that are declared.

    Other values hold from the day of the term on, and the past keeps its own; but what begins on
    that very day is put right, and so is all there ever was if it is declared from an earlier day.
    What has ended stays so unless the term begins after its end. Raises `Refusal` for a change
    after the end, for an end before what begins again, and, saying `later`, for a change before
    the last one.
    """
    newest, is_only = periods[-1], len(periods) == 1
    columns = tuple(name for name, value in values.items() if getattr(newest, name) != value)
    ended, until = newest.valid_to, term.last or newest.valid_to
    if ended and term.first and term.first > ended:
        if term.last and term.last < term.first:
            raise Refusal(OVER, field="valid_to", day=term.last)
        follow(newest, term.first, **{**values, "valid_to": term.last})
        return Declared(of, Fate.CHANGED, (*columns, "valid_from"), term.first)
    since = _since(periods, term, later) if columns else None
    if until and until < (since or newest.valid_from):
        raise Refusal(OVER, field="valid_to", day=until)
    if since and since > newest.valid_from:
        follow(newest, since, **{**values, "valid_to": until})
    else:
        begins = since or term.begins
        if is_only and begins < newest.valid_from:
            columns, newest.valid_from = (*columns, "valid_from"), begins
        for name, value in {**values, "valid_to": until}.items():
            setattr(newest, name, value)
    if until != ended:
        end = min(one for one in (ended, until) if one) + ONE_DAY
        columns, since = (*columns, "valid_to"), min(since or end, end)
    db.session.flush()
    return Declared(of, Fate.CHANGED if columns else Fate.UNCHANGED, columns, since)


OVER = N_("Đã hết hiệu lực sau ngày %(day)s.")


def _since(periods: Sequence[Period], term: Term, later: str) -> date:
    """Return from when other values hold: the day of the row where it tells of another period."""
    last, is_only = periods[-1].valid_from, len(periods) == 1
    is_other = term.begins > last or (is_only and term.begins < last)
    since = term.begins if is_other else term.since
    if since < last and not is_only:
        raise Refusal(later, field="valid_from")
    return since
