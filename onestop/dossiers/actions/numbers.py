"""Numbers of rows, of codes and of lines in the register."""

from datetime import date
from functools import cache

from sqlalchemy import func, select, text

from onestop.base.database import db, is_postgresql, upsert
from onestop.base.questions import Question
from onestop.dossiers.models import BookCounter, DayCounter, Dossier


def first_id() -> int:
    """Return the first of all free ids, for whoever is `alone` and takes one after another."""
    if not is_postgresql():
        return (db.session.scalar(select(func.max(Dossier.id))) or 0) + 1
    first = "SELECT nextval(pg_get_serial_sequence('dossier', 'id'))"
    return int(db.session.execute(text(first)).scalar_one())


def go_on_after(last_id: int) -> None:
    """Let ids go on after the last that was taken so."""
    if is_postgresql():
        taken = (
            "SELECT setval(pg_get_serial_sequence('dossier', 'id'), greatest(:last, 1), :last > 0)"
        )
        db.session.execute(text(taken), {"last": last_id})


def take(agency_id: int, day: date) -> int:
    """Take the next running number of an agency's day.

    One statement, so that two desks at the same instant get different ones; a number may go
    unused, none is given twice.
    """
    ((last,),) = _raised(DayCounter, "day", is_postgresql()).ask(
        agency_id=agency_id, day=day, last=1
    )
    return int(last)


def enter(agency_id: int, day: date) -> int:
    """Take the next line of the register that an agency keeps for the year of a day.

    Numbers run from 1 to the end of the year (Circular 01/2018, form 06). One whose receipt was
    taken back stays unused, as a line that was struck out: another dossier never gets it.
    """
    ((last,),) = _raised(BookCounter, "year", is_postgresql()).ask(
        agency_id=agency_id, year=day.year, last=1
    )
    return int(last)


@cache
def _raised(
    counter: type[DayCounter | BookCounter], runs_for: str, _is_postgresql: bool
) -> Question:
    """Word what raises the counter that an agency keeps for a day or a year, and tells it."""
    first = upsert(counter)
    raised = first.on_conflict_do_update(
        index_elements=["agency_id", runs_for],
        set_={"last": counter.last + first.excluded.last},
    )
    return Question(raised.returning(counter.last), "agency_id", runs_for, "last")
