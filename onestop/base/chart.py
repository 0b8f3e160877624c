"""Bar charts as coordinates: what a template draws without doing sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

HEIGHT: Final = 300
LEFT: Final = 60
TOP: Final = 45
BELOW: Final = 40
GAP: Final = 1.5
OVER: Final = 7
WIDEST: Final = 72
SHARE_OF_SLOT: Final = 0.55
MOST_STEPS: Final = 5
MOST_PARTS: Final = 2
WHOLE: Final = Decimal(100)


@dataclass(frozen=True)
class Column:
    """What one column says: its name under the axis, and its parts from the axis upwards."""

    label: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return what stands above the column."""
        return sum(self.parts)


@dataclass(frozen=True)
class Box:
    """A filled part of a column; `css` names the fill."""

    css: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawn:
    """A column as it is drawn: its boxes, the middle, and the line of its figure."""

    label: str
    total: int
    middle: float
    figure_y: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Tick:
    """A line across the chart with its value; the first is the axis."""

    value: int
    y: float


@dataclass(frozen=True)
class Chart:
    """A chart of stacked bars, in units of its own drawing."""

    width: int
    height: int
    left: int
    columns: tuple[Drawn, ...]
    ticks: tuple[Tick, ...]
    lowest: Column | None
    highest: Column | None

    @property
    def axis_y(self) -> float:
        """Return where the axis lies."""
        return self.ticks[0].y

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to draw: no column, or all of them nothing."""
        return self.highest is None or self.highest.total == 0


def bars(columns: Sequence[Column], *, width: int = 1060) -> Chart:
    """Return a chart of `columns`, the tallest as high as the drawing allows.

    Raises `ValueError` for a negative part, for columns with unlike numbers of parts, and for
    more than two parts: there are two fills that differ in grey as well.
    """
    _check(columns)
    axis = HEIGHT - BELOW
    peak = max((column.total for column in columns), default=0)
    scale = (axis - TOP) / peak if peak else 0.0
    slot = (width - LEFT) / (len(columns) or 1)
    return Chart(
        width=width,
        height=HEIGHT,
        left=LEFT,
        columns=tuple(
            _drawn(column, LEFT + slot * (place + 0.5), slot, axis, scale)
            for place, column in enumerate(columns)
        ),
        ticks=tuple(Tick(value, round(axis - value * scale, 1)) for value in _round_values(peak)),
        lowest=min(columns, key=lambda column: column.total, default=None),
        highest=max(columns, key=lambda column: column.total, default=None),
    )


def stretch(percent: Decimal | None) -> Decimal:
    """Return how far a small bar reaches for a share in percent, from 0 to 100.

    Cut, not rounded: what is under 100 % never fills the bar.
    """
    if percent is None:
        return Decimal(0)
    return min(max(percent, Decimal(0)), WHOLE).quantize(Decimal("0.1"), ROUND_DOWN)


def _check(columns: Sequence[Column]) -> None:
    if len({len(column.parts) for column in columns}) > 1:
        raise ValueError("columns of one chart have the same parts")
    for column in columns:
        if len(column.parts) > MOST_PARTS:
            raise ValueError("a chart has two fills at most")
        if any(part < 0 for part in column.parts):
            raise ValueError("a bar cannot be less than nothing")


def _drawn(column: Column, middle: float, slot: float, axis: int, scale: float) -> Drawn:
    width = min(slot * SHARE_OF_SLOT, WIDEST)
    boxes, base = list[Box](), float(axis)
    for number, part in enumerate(column.parts, start=1):
        if part == 0:
            continue
        top = base - part * scale
        bottom = min(base, max(base - GAP, top + 0.5)) if boxes else base
        boxes.append(
            Box(
                f"bar-{number}",
                round(middle - width / 2, 1),
                round(top, 1),
                round(width, 1),
                round(bottom - top, 1),
            )
        )
        base = top
    return Drawn(column.label, column.total, round(middle, 1), round(base - OVER, 1), tuple(boxes))


def _round_values(peak: int) -> range:
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if peak <= step * MOST_STEPS:
                return range(0, peak + 1, step)
        size *= 10
