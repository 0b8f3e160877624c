"""What a row of a register tells: the life of one dossier, or everything that is wrong with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.dossiers.rules.identity import unknown_province
from onestop.dossiers.rules.lives import Life
from onestop.exchange.rules import cells, moments
from onestop.exchange.rules.cells import Cell, Code
from onestop.exchange.rules.columns import Fault, Layout
from onestop.exchange.rules.stories import FINISHES, Known, SeveralError, Story

ALWAYS: Final = ("agency_code", "procedure_code", "channel", "applicant_name")
READ: Final[Mapping[str, Callable[[Cell], Any]]] = {
    "dossier_code": cells.code,
    "agency_code": cells.word,
    "procedure_code": cells.word,
    "channel": cells.channel,
    "received_at": moments.begins,
    "applicant_name": cells.name,
    "applicant_phone": cells.phone,
    "supplement_requested_at": moments.begins,
    "supplement_received_at": moments.ends,
    "refused_at": moments.ends,
    "withdrawn_at": moments.ends,
    "resolved_at": moments.ends,
    "returned_at": moments.ends,
    "submitted_at": moments.begins,
    "not_accepted_at": moments.ends,
    "stopped_at": moments.ends,
    "pauses": moments.pauses,
    "apologised_at": moments.begins,
    "reappointed_on": moments.day,
    "apology_cause": cells.cause,
    "sets": cells.sets,
    "extended_at": moments.begins,
    "extended_to": moments.promised,
    "first_extended_at": moments.begins,
}
EXTENSION: Final = ("extended_at", "extended_to")
APOLOGY: Final = ("apologised_at", "reappointed_on", "apology_cause")


@dataclass
class Reader:
    """Reads the rows of one file; remembers the codes it has met and how often it wondered.

    `kept` holds the highest number that a kept code uses on an agency's day.
    """

    layout: Layout
    known: Known
    kept: dict[tuple[int, date], int] = field(default_factory=dict)
    strange_provinces: list[int] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reads: dict[str, Callable[[Cell], Any]] = {
            **READ,
            "applicant_id_number": partial(cells.id_number, today=self.known.today),
        }
        if "applicant_phone" in self.layout.loose:
            reads["applicant_phone"] = cells.address_and_phone
        self._plan = [(name, place, reads[name]) for name, place in self.layout.places.items()]

    def life(self, number: int, row: Sequence[Cell]) -> Life | list[Fault] | None:
        """Return the life that a row tells, None for an empty row, or all that is wrong.

        Cells are read one by one and every bad one is named; so is all that does not fit in what
        the others say together.
        """
        width = self.layout.width
        told, bad, last = told_by(self._plan, row, width)
        if not last:
            return None
        bad |= _incomplete(told, bad)
        faults = [Fault(number, self.layout.called(name), refusal) for name, refusal in bad.items()]
        if last > width:
            faults.append(too_many(number, last, width))
        elif faults:
            told = {name: found for name, found in told.items() if name not in bad}
            mistakes = Story(told, self.known, frozenset(bad)).mistakes()
            faults += [self._named(number, refusal, told) for refusal in mistakes]
        return faults or self._life(number, told)

    def _life(self, number: int, told: dict[str, Any]) -> Life | list[Fault]:
        try:
            life = Story(told, self.known).life()
            self._once(life)
        except Refusal as refusal:
            return [self._named(number, refusal, told)]
        except SeveralError as several:
            return [self._named(number, refusal, told) for refusal in several.refusals]
        if life.code is not None:
            kept: Code = told["dossier_code"]
            self._codes[life.code] = number
            key = (life.agency_id, kept.on)
            self.kept[key] = max(self.kept.get(key, 0), kept.number)
        if life.applicant.id_number and unknown_province(life.applicant.id_number):
            self.strange_provinces.append(number)
        return life

    def _once(self, life: Life) -> None:
        first = self._codes.get(life.code or "")
        if first is not None:
            raise Refusal(
                N_("Mã hồ sơ %(code)s đã có ở dòng %(row)d."),
                field="dossier_code",
                code=life.code,
                row=first,
            )

    def _named(self, number: int, refusal: Refusal, told: Mapping[str, Any]) -> Fault:
        """Return a refusal as a fault under the headings of the file."""
        finish = next((name for name in FINISHES if name in told), "returned_at")
        column = {"finished_at": finish, "code": "dossier_code"}
        values = {
            key: self.layout.called(column.get(value, value)) if key in SPOKEN else value
            for key, value in refusal.values.items()
        }
        name = refusal.field and column.get(refusal.field, refusal.field)
        spoken = Refusal(refusal.message, field=name, **values)
        return Fault(number, name and self.layout.called(name), spoken)


# Values of a refusal that are names of moments: a person reads the heading instead.
SPOKEN: Final = frozenset({"earlier", "later", "name"})


def told_by(
    plan: Iterable[tuple[str, int, Callable[[Cell], Any]]], row: Sequence[Cell], width: int
) -> tuple[dict[str, Any], dict[str, Refusal], int]:
    """Return what the cells of a row tell, what is wrong with which, and how many there are.

    Blank ones tell nothing, and a row of them counts as none. The `plan` says what stands where
    and how it is read.
    """
    told: dict[str, Any] = {}
    bad: dict[str, Refusal] = {}
    if len(row) < width:
        row = [*row, *[""] * (width - len(row))]
    for name, place, read in plan:
        cell = row[place]
        if cell == "" or (isinstance(cell, str) and cell.isspace()):
            continue
        try:
            told[name] = read(cell)
        except Refusal as refusal:
            bad[name] = refusal.with_traceback(None)  # which would keep the whole row
    return told, bad, _last_filled(row) if len(row) > width or not told else width


def too_many(number: int, count: int, width: int) -> Fault:
    """Name a row of more cells than headings: a comma that was not quoted pushed all aside."""
    said = N_("Dòng có %(count)d ô, nhiều hơn %(width)d tiêu đề.")
    return Fault(number, None, Refusal(said, count=count, width=width))


def _last_filled(row: Sequence[Cell]) -> int:
    """Return how many cells there are up to the last that is not blank."""
    for place in range(len(row), 0, -1):
        cell = row[place - 1]
        if not isinstance(cell, str) or cell.strip():
            return place
    return 0


def _incomplete(told: Mapping[str, Any], bad: Mapping[str, Refusal]) -> dict[str, Refusal]:
    """Return what is wrong with which cells are there and which are not."""
    found: dict[str, Refusal] = {}
    for name in ALWAYS:
        if name not in told and name not in bad:
            found[name] = Refusal(N_("Thiếu."))
    if not {"received_at", "not_accepted_at"} & (told.keys() | bad.keys()):
        found["received_at"] = Refusal(N_("Thiếu: cần ngày nhận, hoặc ngày không tiếp nhận."))
    finishes = [name for name in FINISHES if name in told]
    for name in finishes[1:]:
        said = N_("Mỗi hồ sơ chỉ kết thúc một cách: từ chối, rút, dừng hoặc có kết quả.")
        found[name] = Refusal(said)
    found |= _half(APOLOGY, HALF_AN_APOLOGY, told, bad)
    found |= _half(EXTENSION, HALF_AN_EXTENSION, told, bad)
    if "not_accepted_at" in told:
        for name in ("received_at", *finishes, "returned_at", "apologised_at", "extended_at"):
            if name in told:
                found[name] = Refusal(N_("Hồ sơ không tiếp nhận thì không có ngày này."))
    return found


HALF_AN_APOLOGY: Final = N_(
    "Thiếu: xin lỗi, hẹn lại cần ngày xin lỗi, ngày hẹn lại và nguyên nhân."
)
HALF_AN_EXTENSION: Final = N_("Thiếu: kéo dài thời hạn cần lúc kéo dài và lúc hẹn mới.")


def _half(
    whole: Sequence[str], said: str, told: Mapping[str, Any], bad: Mapping[str, Refusal]
) -> dict[str, Refusal]:
    """Return which columns are missing of those that are all there, or none of them."""
    there = {*told, *bad}
    if there.isdisjoint(whole):
        return {}
    return {name: Refusal(said) for name in whole if name not in there}
