"""A life as a row of a register: what `rows.Reader` reads back as the same life."""

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from onestop.base.cells import CellValue, guarded, text
from onestop.base.moments import local
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome
from onestop.exchange.rules.moments import BEGINNING, END
from onestop.exchange.rules.stories import FINISHES

ENDS_IN: Final = {outcome: name for name, outcome in FINISHES.items()}
BEGINNINGS: Final = ("submitted_at", "received_at", "supplement_requested_at",
                     "first_extended_at", "extended_at", "apologised_at")  # fmt: skip
ENDINGS: Final = ("not_accepted_at", "supplement_received_at", "finished_at", "returned_at")


def row(life: Life) -> tuple[CellValue, ...]:
    """Return the cells of a life, in the order of `columns.COLUMNS`.

    A moment of which only the date is known goes out as a date. Text is guarded against being
    taken for a formula.
    """
    applicant, known = life.applicant, life.dated
    finished = dict.fromkeys(FINISHES, "") | {
        ENDS_IN[life.outcome or Outcome.GRANTED]: _ends(life.finished_at, known)
    }
    return (
        life.code or "",
        life.agency_code,
        life.procedure.code,
        str(life.channel),
        _begins(life.received_at, known),
        guarded(applicant.name),
        guarded(applicant.id_number or ""),
        guarded(applicant.phone or ""),
        _begins(life.supplement_requested_at, known),
        _ends(life.supplement_received_at, known),
        finished["refused_at"],
        finished["withdrawn_at"],
        finished["resolved_at"],
        _ends(life.returned_at, known),
        _begins(life.submitted_at, known),
        _ends(life.not_accepted_at, known),
        finished["stopped_at"],
        _pauses(life.pauses, known),
        _begins(life.apologised_at, known),
        life.reappointed_on or "",
        str(life.apology_cause or ""),
        life.sets or "",
        _begins(life.extended_at, known),
        local(life.extended_to).replace(tzinfo=None) if life.extended_to else "",
        _begins(life.first_extended_at, known),
    )


def dated(life: Life) -> Life:
    """Return a life that was kept without it with what its moments tell of their precision.

    A date without a time is kept as its first minute where something begins and as its last
    where something ends; a limit that needs clocks never had one.
    """
    if life.procedure.limit.is_by_the_hour:
        return life
    begun = [getattr(life, name) for name in BEGINNINGS]
    ended = [getattr(life, name) for name in ENDINGS]
    begun += [pause.begins_at for pause in life.pauses]
    ended += [pause.ends_at for pause in life.pauses]
    found = [one for one in begun if one is not None and local(one).time() == BEGINNING]
    found += [one for one in ended if one is not None and local(one).time() == END]
    return replace(life, dated=frozenset(found)) if found else life


def _begins(moment: datetime | None, known: frozenset[datetime]) -> CellValue:
    return _moment(moment, moment in known, BEGINNING)


def _ends(moment: datetime | None, known: frozenset[datetime]) -> CellValue:
    return _moment(moment, moment in known, END)


def _moment(moment: datetime | None, is_dated: bool, alone: time) -> CellValue:
    if moment is None:
        return ""
    there = local(moment).replace(tzinfo=None)
    # The last minute of one thing may be the very moment at which another began.
    return there.date() if is_dated and there.time() == alone else there


def _pauses(stretches: tuple[Pause, ...], known: frozenset[datetime]) -> str:
    """Return pauses as `FROM/TO;FROM/`, the one that runs last.

    Of several that run the first covers the others.
    """
    ended = [one for one in stretches if one.ends_at]
    running = sorted([one for one in stretches if not one.ends_at], key=_begin)
    return ";".join(
        f"{text(_begins(one.begins_at, known))}/{text(_ends(one.ends_at, known))}"
        for one in (*ended, *running[:1])
    )


def _begin(pause: Pause) -> datetime:
    return pause.begins_at
