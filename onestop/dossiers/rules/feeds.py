"""Due dates as a calendar that other programs subscribe to (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import legal_date

PRODUCT: Final = "-//Onestop//Due dates//VI"
AGAIN_AFTER: Final = timedelta(hours=1)
SLOT: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Part:
    """A step of a dossier with a date of its own: its number, and what it is called."""

    seq: int
    name: str


@dataclass(frozen=True)
class Due:
    """One due date: of which dossier or step, for what; never whose: calendars lie with others."""

    code: str
    procedure: str
    due_at: datetime
    unit: Unit
    address: str
    status: str
    part: Part | None = None


def feed(name: str, dues: Iterable[Due], *, at: datetime) -> bytes:
    """Return a calendar with one event for each due date.

    A limit in hours ends at its minute, every other on a whole day (Civil Code art. 148(6)).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", AGAIN_AFTER, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for due in dues:
        calendar.add_component(_event(due, at))
    return bytes(calendar.to_ical())


def _event(due: Due, at: datetime) -> Event:
    event = Event()
    step = f"-{due.part.seq}" if due.part else ""
    event.add("uid", f"{due.code}{step}@onestop")
    event.add("dtstamp", at)
    first, last = _span(due)
    event.add("dtstart", first)
    event.add("dtend", last)
    name = f"{due.part.name} · " if due.part else ""
    event.add("summary", f"{due.code} · {name}{due.procedure}")
    event.add("description", due.status)
    event.add("url", due.address)
    event.add("transp", "TRANSPARENT")
    return event


def _span(due: Due) -> tuple[date, date]:
    if due.unit == Unit.WORKING_HOUR:
        ends_at = due.due_at.astimezone(UTC)
        return ends_at - SLOT, ends_at
    day = legal_date(due.due_at)
    return day, day + timedelta(days=1)
