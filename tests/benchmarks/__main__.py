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

from tests.benchmarks import desk, figures, importing, intake, lookup, search, servers
from tests.benchmarks.ground import Effort, Ground, Measured

BENCHMARKS: dict[str, Callable[[Ground], Iterator[Measured]]] = {
    "figures": figures.measure,
    "lookup": lookup.measure,
    "intake": intake.measure,
    "desk": desk.measure,
    "import": importing.measure,
}
ON_REQUEST: dict[str, Callable[[Ground], Iterator[Measured]]] = {
    "search": search.measure,
    "servers": servers.measure,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice((*BENCHMARKS, *ON_REQUEST)))
@click.option("--rounds", default=7, show_default=True, help="Rounds of floor and product.")
@click.option("--seconds", default=2.0, show_default=True, help="Length of one burst of load.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Build the demonstration here, and use it again.",
)
def main(names: tuple[str, ...], rounds: int, seconds: float, form: str, keep: Path | None) -> None:
    """Measure the product beside bare floors; a ratio is told, never asserted."""
    folder = Path(tempfile.mkdtemp(prefix="onestop-benchmarks-"))
    said = Console(stderr=True)
    try:
        ground = Ground(folder, keep or folder / "demonstration", Effort(rounds, seconds))
        with said.status("demo"):
            ground.build()
        found: list[Measured] = []
        for name in names or tuple(BENCHMARKS):
            with said.status(name):
                found += (BENCHMARKS | ON_REQUEST)[name](ground)
    finally:
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
        "limit": one.limit,
    }


def _table(found: list[Measured]) -> Table:
    table = Table("", "", title=f"{platform.machine()}, Python {platform.python_version()}")
    for heading in ("floor", "measured", "unit", "ratio", "from – to", "target", "met"):
        table.add_column(heading, justify="right")
    for one in found:
        ratios = sorted(pair.ratio for pair in one.pairs)
        table.add_row(
            one.name,
            one.what,
            f"{one.floor:,.4g}",
            f"{one.ours:,.4g}",
            one.unit,
            f"{one.ratio:.2f}",
            f"{ratios[0]:.2f} – {ratios[-1]:.2f}",
            _target(one),
            {None: "", True: "yes", False: "NO"}[one.is_met],
        )
    return table


def _target(one: Measured) -> str:
    sign = "≤" if one.most else "≥"
    if one.limit is not None:
        return f"{sign} {one.limit:g} {one.unit}"
    return "" if one.target is None else f"{sign} {one.target:g} ×"


if __name__ == "__main__":
    main()
