"""How the cells of agencies, fields, procedures and staff are read, and written likewise."""

import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from typing import Any, Final, TypeVar

from onestop.accounts.rules import username
from onestop.base.errors import Refusal
from onestop.base.moments import NO_END
from onestop.base.words import N_, Worded, fold
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import AT_ONCE, SUFFIX, Limit, Unit
from onestop.exchange.rules.cells import EXCERPT, Cell, Known, phrase
from onestop.exchange.rules.columns import shown
from onestop.exchange.rules.moments import day

Kind = TypeVar("Kind", bound=Worded)
Read = Callable[[Cell], Any]
MISSING: Final = N_("Thiếu.")


def one_of(kind: type[Kind]) -> Callable[[Cell], Kind]:
    """Return the reader of cells that hold a member of `kind`: its name in data, or its word."""
    words = {fold(one.word): one for one in kind}
    words |= {one.word.casefold(): one for one in kind}
    words |= {fold(one.word).removeprefix("cap "): one for one in kind}
    words |= {str(one): one for one in kind}

    def read(cell: Cell) -> Kind:
        text = phrase(cell)
        found = words.get(text.casefold()) or words.get(fold(text))
        if found is None:
            raise Refusal(NOT_ONE_OF, text=shown(text, EXCERPT), known=Known(tuple(kind)))
        return found

    return read


NOT_ONE_OF: Final = N_("“%(text)s” không phải một trong: %(known)s.")
MARK: Final = re.compile(r"(?=.*\w)[\w.\-]{1,60}")
EXACT: Final = 10**15
THOUSANDS: Final = re.compile(r"(?<=\d)[. ](?=\d{3}(?:\D|$))")
MOST: Final = 999_999_999


def mark(cell: Cell) -> str:
    """Return a code. Raises `Refusal` for blanks and signs in it, and for what Excel made of one.

    It takes `3-2` for a date, drops the last zero of `1.10`, and keeps 15 digits of a long number.
    """
    is_exact = not isinstance(cell, float) or (cell.is_integer() and abs(cell) < EXACT)
    if isinstance(cell, date | time | timedelta | bool) or not is_exact:
        raise Refusal(N_("Bảng tính có thể đã đổi mã này: hãy định dạng ô là văn bản."))
    text = phrase(cell)
    if not MARK.fullmatch(text):
        said = N_("“%(text)s” không phải mã: chỉ gồm chữ, chữ số, dấu chấm, gạch; tối đa 60.")
        raise Refusal(said, text=shown(text, EXCERPT))
    return text


def login(cell: Cell) -> str:
    """Return a user name as it is kept. Raises `Refusal` for one that nobody could type."""
    return username(phrase(cell))


def number(cell: Cell, *, least: int = 0, most: int = MOST) -> int:
    """Return a whole number; points between thousands do not matter. Raises `Refusal`."""
    text = THOUSANDS.sub("", phrase(cell))
    if not (text.isascii() and text.isdigit() and least <= int(text[:10]) <= most):
        said = N_("“%(text)s” không phải số từ %(least)d đến %(most)d.")
        raise Refusal(said, text=shown(text, EXCERPT), least=least, most=most)
    return int(text)


def flag(cell: Cell) -> bool:
    """Return yes or no: `1`, `0`, `có`, `không`, `x`. Raises `Refusal` for anything else."""
    found = FLAGS.get(fold(phrase(cell)))
    if found is None:
        said = N_("“%(text)s” không phải 1 (có) hoặc 0 (không).")
        raise Refusal(said, text=shown(phrase(cell), EXCERPT))
    return found


FLAGS: Final = {
    **dict.fromkeys(("1", "co", "x", "true", "yes"), True),
    **dict.fromkeys(("0", "khong", "false", "no"), False),
}


def last_day(cell: Cell) -> date:
    """Return a last day, or `NO_END` for `none`, `không`. Raises `Refusal` for what is no date."""
    if isinstance(cell, str) and fold(cell.strip()) in NONE:
        return NO_END
    return day(cell, NO_LAST_DAY)


NO_LAST_DAY: Final = N_(
    "“%(text)s” không phải ngày dạng 2021-03-05 hoặc 05/03/2021; chữ “không” nghĩa là chưa có"
    " ngày cuối."
)
NONE: Final = frozenset({"none", "khong", "khong han"})


def clock(cell: Cell) -> str:
    """Return a time of day. Raises `Refusal`."""
    try:
        found = cell if isinstance(cell, time) else time.fromisoformat(_two_digits(phrase(cell)))
    except ValueError:
        said = N_("“%(text)s” không phải giờ dạng 15:00.")
        raise Refusal(said, text=shown(str(cell), EXCERPT)) from None
    return f"{found:%H:%M}"


def _two_digits(text: str) -> str:
    return f"0{text}" if text[1:2] == ":" else text


def parts(cell: Cell) -> list[str]:
    """Return the texts between `;` or on lines of their own, but for what stands in quotes.

    Raises `Refusal`.
    """
    if not isinstance(cell, str):
        return [phrase(cell)]
    found = (quoted.replace('""', '"') or plain for quoted, plain in PARTS.findall(cell))
    return [phrase(one) for one in found if one.strip()]


PARTS: Final = re.compile(r'[ \t]*"((?:[^"]|"")+)"[ \t]*(?=[;\r\n]|$)|([^;\r\n]+)')


def joined(texts: Iterable[str]) -> str:
    """Return texts in a cell, as `parts` reads them."""
    return ";".join(_quoted(one) if ";" in one or one[:1] == '"' else one for one in texts)


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def named(cell: Cell) -> list[dict[str, str]]:
    """Return likewise what is kept by its name. Raises `Refusal`."""
    return [{"name": one} for one in parts(cell)]


def steps(cell: Cell) -> tuple[Step, ...]:
    """Return steps written `kind:limit:unit`: one after another with `;`, side by side with `+`.

    Raises `Refusal` for anything else.
    """
    legs = enumerate(parts(cell), 1)
    return tuple(_step(text, leg) for leg, together in legs for text in together.split("+"))


def _step(text: str, leg: int) -> Step:
    kind, _, rest = text.strip().partition(":")
    value, _, unit = rest.partition(":")
    found = StepKind.known(kind)
    if found is None or unit not in UNITS or not value.isdecimal():
        said = N_("“%(text)s” không phải một bước, như commune:3:working_days.")
        raise Refusal(said, text=shown(text, EXCERPT))
    return Step(found, limit_of(number(value), UNITS[unit]), leg)


def written(procedure_steps: Iterable[Step]) -> str:
    """Return steps as `steps` reads them."""
    text, leg = "", None
    for step in procedure_steps:
        text += "" if leg is None else "+" if step.leg == leg else ";"
        text += f"{step.kind}:{step.limit.value}:{UNIT_WORDS[step.limit.unit]}"
        leg = step.leg
    return text


UNITS: Final = {
    "working_days": Unit.WORKING_DAY,
    "working_hours": Unit.WORKING_HOUR,
    "calendar_days": Unit.CALENDAR_DAY,
    "months": Unit.MONTH,
    "same_day": Unit.SAME_DAY,
    "immediate": Unit.IMMEDIATE,
}
UNIT_WORDS: Final = {unit: word for word, unit in UNITS.items()}


def unit(cell: Cell) -> Unit:
    """Return what a limit is counted in. Raises `Refusal`."""
    text = phrase(cell)
    return UNITS.get(text) or one_of(Unit)(text)


def limit_of(value: int | None, unit: Unit) -> Limit:
    """Return a limit of so many of a unit; one of the same day has no number.

    Raises `Refusal` where the number is missing, and as `Limit.parse` does.
    """
    if unit in AT_ONCE:
        return Limit(0, unit)
    if value is None:
        raise Refusal(MISSING)
    return Limit.parse(f"{value}{SUFFIX[unit]}")
