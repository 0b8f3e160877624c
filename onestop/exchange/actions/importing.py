"""Bringing a register in: first looked through without a lock, then written whole or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from onestop.base.blocks import uncollected
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.dossiers.actions import bulk
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.posts import allows
from onestop.exchange.queries.files import Register, UnreadableError
from onestop.exchange.queries.knowing import Book
from onestop.exchange.queries.waiting import Waiting
from onestop.exchange.rules.columns import Fault
from onestop.exchange.rules.rows import Reader

ASKED_AT_ONCE: Final = 500
NO_ROWS: Final = Fault(None, None, Refusal(N_("Dưới các tiêu đề không có dòng nào.")))
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Examined:
    """A register looked through: the lives it holds, and what stands in their way.

    `kept` holds the highest number that a code of the register uses on an agency's day.
    """

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    kept: dict[tuple[int, date], int] = field(default_factory=dict)
    waiting: Waiting = field(default_factory=Waiting)
    book: Book | None = None

    @property
    def fits(self) -> bool:
        """Say whether the register can be brought in."""
        return not self.faults

    def close(self) -> None:
        """Delete the file in which the lives wait."""
        self.waiting.close()

    @property
    def dossiers(self) -> int:
        """Return how many dossiers would be brought in: all of them, or none."""
        return self.waiting.count if self.fits else 0


def examine_register(
    register: Register, *, by: Author, at: datetime, progress: Progress | None = None
) -> Examined:
    """Say what bringing `register` in would do; every bad row is named, and nothing is written.

    A row is held against the same rules as the screens, against the codes that stand before it
    in the file, and against those already given. No lock is held meanwhile.
    """
    book = Book(at, lambda agency_id: allows(Permission.RECEIVE, by, agency_id, agency_id))
    reader, waiting = Reader(register.layout, book), Waiting()
    faults: list[Fault] = []
    codes: dict[str, int] = {}
    try:
        with uncollected():
            for number, cells in register.rows():
                found = reader.life(number, cells)
                if isinstance(found, Life):
                    waiting.add(found)
                    if found.code is not None:
                        codes[found.code] = number
                elif found:
                    faults += found
                if len(codes) == ASKED_AT_ONCE:
                    faults += _taken(codes, register)
                    codes.clear()
                if progress and number % ASKED_AT_ONCE == 0:
                    progress(number)
    except UnreadableError as error:
        faults += error.faults
    faults += _taken(codes, register)
    warnings = (*register.layout.warnings, *_provinces(reader, register))
    return Examined(
        tuple(sorted(faults, key=lambda fault: fault.row or 0)),
        warnings if faults or waiting.count else (*warnings, NO_ROWS),
        reader.kept,
        waiting,
        book,
    )


def import_register(
    examined: Examined, *, by: Author, at: datetime, progress: Progress | None = None
) -> int:
    """Write every dossier of a register that fits; return how many. The caller's transaction.

    Each gets its dates, history, number and counters as `bulk.take_in` gives them. Raises
    `Refusal` where organisation, catalogue or a code has changed since it was looked through.
    """
    if not examined.fits or examined.book is None:
        raise ValueError("a register that does not fit is not brought in")
    if not examined.book.still_holds():
        raise Refusal(N_("Cơ quan hoặc danh mục vừa thay đổi trong khi nhập; hãy nhập lại."))
    return bulk.take_in(
        examined.waiting.lives(), by=by, at=at, kept=examined.kept, progress=progress
    )


def _taken(codes: dict[str, int], register: Register) -> Iterator[Fault]:
    if not codes:
        return
    column = register.layout.called("dossier_code")
    for code in db.session.scalars(select(Dossier.code).where(Dossier.code.in_(codes))):
        said = Refusal(N_("Mã hồ sơ %(code)s đã có trong cơ sở dữ liệu."), code=code)
        yield Fault(codes[code], column, said)


def _provinces(reader: Reader, register: Register) -> Iterator[Fault]:
    if rows := reader.strange_provinces:
        said = N_("%(count)d số căn cước bắt đầu bằng mã tỉnh không có; lần đầu ở dòng này.")
        column = register.layout.called("applicant_id_number")
        yield Fault(rows[0], column, Refusal(said, count=len(rows)))
