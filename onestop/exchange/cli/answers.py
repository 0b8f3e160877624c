"""What the commands of files have in common: their words, and how they name what is wrong."""

from pathlib import Path
from typing import Any, Final

import click
from flask_babel import gettext as _
from rich.table import Table

from onestop.base.commands import Command, print_table, said
from onestop.base.filters import number
from onestop.base.told import refused
from onestop.base.words import N_
from onestop.exchange.rules.columns import Fault, Headings

MOST_SHOWN: Final = 50
DAY: Final = click.DateTime(["%Y-%m-%d"])
FILE: Final = click.argument("file", type=click.Path(path_type=Path))
FORMAT: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("Dạng trả lời."),
)


class OfFiles(Command):
    """A command whose help names the columns of its file."""

    def __init__(self, *args: Any, headings: Headings, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.headings = headings

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each column under its English name, with the Vietnamese heading it goes by."""
        super().format_epilog(ctx, formatter)
        with formatter.section(said(N_("Các cột, tên nào cũng được (* phải có)"))):
            formatter.write_dl(
                [(self._marked(one.name), one.headings[0]) for one in self.headings.columns]
            )

    def _marked(self, name: str) -> str:
        return f"{name} *" if name in self.headings.required else name


def told(fault: Fault) -> dict[str, Any]:
    """Return a fault as programs read it."""
    return {"row": fault.row, "column": fault.column, "reason": refused(fault.refusal)}


def warn(warnings: tuple[Fault, ...]) -> None:
    """Say what was not understood, and of many the first ones."""
    for fault in warnings[:MOST_SHOWN]:
        click.echo(_("Lưu ý: %(what)s", what=line(fault)), err=True)
    if len(warnings) > MOST_SHOWN:
        rest = number(len(warnings) - MOST_SHOWN)
        click.echo(_("%(count)s lưu ý nữa; xem hết với --format json.", count=rest), err=True)


def print_faults(faults: tuple[Fault, ...]) -> None:
    """Print what is wrong with which row, and of much the first."""
    table = Table(_("Dòng"), _("Cột"), _("Lý do"))
    for fault in faults[:MOST_SHOWN]:
        row = "" if fault.row is None else str(fault.row)
        table.add_row(row, fault.column or "", refused(fault.refusal))
    print_table(table)
    if len(faults) > MOST_SHOWN:
        rest = number(len(faults) - MOST_SHOWN)
        click.echo(_("%(count)s lỗi nữa; xem hết với --format json.", count=rest))


def line(fault: Fault) -> str:
    """Return a fault in one sentence."""
    why, row, column = refused(fault.refusal), fault.row, fault.column
    if row is None:
        return why
    if column is None:
        return _("dòng %(row)d: %(why)s", row=row, why=why)
    return _("dòng %(row)d, cột “%(column)s”: %(why)s", row=row, column=column, why=why)
