"""Who waits for whom: those who promise dates, and those who enter days off, closures or leavers.

Both take their turn before the first dossier: the one behind the other's lock would never end.
"""

from sqlalchemy import text

from onestop.base.database import db, is_postgresql


def beside_others() -> None:
    """Let whoever promises dates pass, unless somebody is about to enter days off.

    A date counted by the calendar before them must be seen by whoever moves dates for them.
    Taking a number does the same by itself. Whoever changes a dossier takes this turn with its
    lock, and so waits for a register that is being brought in.
    """
    if is_postgresql():
        db.session.execute(text("LOCK TABLE day_counter IN ROW EXCLUSIVE MODE"))


def alone() -> None:
    """Wait until nobody is promising dates, and let nobody begin before the transaction ends."""
    if is_postgresql():
        db.session.execute(text("LOCK TABLE day_counter IN SHARE ROW EXCLUSIVE MODE"))
