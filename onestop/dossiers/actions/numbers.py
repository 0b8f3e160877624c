"""Numbers of rows, of codes and of lines in the register."""

from datetime import date
from functools import cache

from sqlalchemy import func, select, text

from onestop.base.database import db, is_postgresql, upsert
from onestop.base.questions import Question
from onestop.dossiers.models import BookCounter, DayCounter, Dossier


def reserve(amount: int) -> int:
    """Return the first of so many free ids in a row."""
    if not is_postgresql():
        return (db.session.scalar(select(func.max(Dossier.id))) or 0) + 1
    taken = text(
        "SELECT setval(pg_get_serial_sequence('dossier', 'id'),"
        " nextval(pg_get_serial_sequence('dossier', 'id')) + :amount - 1)"
    )
    last: int = db.session.execute(taken, {"amount": amount}).scalar_one()
    return last - amount + 1


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
