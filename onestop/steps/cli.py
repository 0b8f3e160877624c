"""The command of steps: those of dossiers that came without any."""

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from onestop.base.commands import Command
from onestop.base.edge import transaction
from onestop.base.words import N_
from onestop.steps.actions import adopting


@click.command(
    "steps",
    cls=Command,
    help=N_("Lập các bước cho hồ sơ đang giải quyết chưa có bước: nhập từ sổ, hoặc có từ trước."),
)
@with_appcontext
def begin_steps() -> None:
    """Begin the steps of every open dossier without any, with the hand-over its history tells."""
    with transaction():
        found = adopting.adopt()
    click.echo(_("Đã lập bước cho %(count)d hồ sơ.", count=len(found)))
