"""The one command: which benchmarks, how long, and how the answer looks."""

import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tests.benchmarks import desk, lookup
from tests.benchmarks.ground import Effort, Ground, Measured

BENCHMARKS: dict[str, Callable[[Ground], Iterator[Measured]]] = {
    "lookup": lookup.measure,
    "desk": desk.measure,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(tuple(BENCHMARKS)))
@click.option("--rounds", default=7, show_default=True, help="Rounds of floor and product.")
@click.option("--seconds", default=2.0, show_default=True, help="Length of one burst of load.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--keep", type=click.Path(path_type=Path), help="Build here, and use it again.")
def main(names: tuple[str, ...], rounds: int, seconds: float, form: str, keep: Path | None) -> None:
    """Measure the product beside bare floors; a ratio is told, never asserted."""
    folder = keep or Path(tempfile.mkdtemp(prefix="onestop-benchmarks-"))
    said = Console(stderr=True)
    try:
        ground = Ground(folder, Effort(rounds, seconds))
        found: list[Measured] = []
        for name in names or tuple(BENCHMARKS):
            with said.status(name):
                found += BENCHMARKS[name](ground)
    finally:
        if keep is None:
            shutil.rmtree(folder)
    if form == "json":
        click.echo(json.dumps([_told(one) for one in found], ensure_ascii=False, indent=1))
    else:
        Console().print(_table(found))


def _told(one: Measured) -> dict[str, Any]:
    return {
        "name": one.name,
        "what": one.what,
        "unit": one.unit,
        "floor": one.floor,
        "measured": one.ours,
        "ratio": one.ratio,
        "ratios": [pair.ratio for pair in one.pairs],
        "target": one.target,
        "met": one.is_met,
        "note": one.note,
    }


def _table(found: list[Measured]) -> Table:
    table = Table("", "", title=f"{platform.machine()}, Python {platform.python_version()}")
    for heading in ("floor", "measured", "unit", "ratio", "from – to", "target", "met"):
        table.add_column(heading, justify="right")
    for one in found:
        ratios = sorted(pair.ratio for pair in one.pairs)
        sign = "≤" if one.most else "≥"
        table.add_row(
            one.name,
            f"{one.what}\n{one.note}" if one.note else one.what,
            f"{one.floor:,.4g}",
            f"{one.ours:,.4g}",
            one.unit,
            f"{one.ratio:.2f}",
            f"{ratios[0]:.2f} – {ratios[-1]:.2f}",
            "" if one.target is None else f"{sign} {one.target:g}",
            {None: "", True: "yes", False: "NO"}[one.is_met],
        )
    return table


if __name__ == "__main__":
    main()
