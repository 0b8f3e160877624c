"""Commands in the reader's language: their help, and one clear line for what went wrong."""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import click
from flask import Flask
from flask.cli import ScriptInfo
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from onestop.base.errors import Refusal
from onestop.base.languages import LANGUAGES, gettext, speaking
from onestop.base.phrases import EXTRAS, ours
from onestop.base.told import refused
from onestop.base.words import N_, fold

HEADINGS: Final = {
    "Usage: ": N_("Cách gọi: "),
    "Positional arguments": N_("Tham số"),
    "Options": N_("Tùy chọn"),
    "Commands": N_("Các lệnh"),
}
HELP_OPTION: Final = N_("Hiện trợ giúp này rồi thoát.")
LANG_OPTION: Final = N_("Ngôn ngữ: vi hoặc en; mặc định theo máy.")
LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
LANG: Final = re.compile(r"--lang(=.*)?")
BRACKETS: Final = re.compile(r"(?<=\[).*(?=\]$)")
WRONG_CALL: Final = 2
NOT_TAKEN: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What an output has against taking more."""
WIDEST: Final = 10_000
Answer = TypeVar("Answer")
YES_OR_NO: Final = N_("c/K")
YES: Final = frozenset({"y", "yes", "c", "co"})


def said(text: str) -> str:
    """Return `text` in the language that commands speak, with or without an application."""
    return gettext(text) if text else text


def confirm(question: str) -> None:
    """Ask before something is done; anything but a yes raises `click.Abort`."""
    ways = f" [{said(YES_OR_NO)}]: "
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=ways, err=True)
    if fold(answer.strip()) not in YES:
        raise click.Abort


def until_taken(ask: Callable[[], Answer]) -> Answer:
    """Ask until the answer is none that a rule refuses; why it was refused is told at once."""
    while True:
        try:
            return ask()
        except Refusal as refusal:
            _complain(refused(refusal))


def secret(label: str, again: str) -> str:
    """Ask for a secret twice, unseen; raises `Refusal` where the two differ."""
    first, second = (click.prompt(one, hide_input=True, err=True) for one in (label, again))
    if first != second:
        raise Refusal(N_("Hai lần nhập không giống nhau."))
    return str(first)


def print_table(table: Table, *, stderr: bool = False) -> None:
    """Print a table whole: on a narrow terminal its lines grow, for a cut figure is a lie."""
    console = Console(stderr=stderr, highlight=False, markup=False)
    unbounded = console.options.update(max_width=WIDEST)
    least = Measurement.get(console, unbounded, table).minimum
    console.width = max(console.width, least)
    console.print(table)


class Formatter(click.HelpFormatter):
    """Writes help under headings of the reader's language."""

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Indent what follows under a heading."""
        with super().section(said(HEADINGS.get(name, name))):
            yield

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, args, prefix or said(HEADINGS["Usage: "]))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write options with their help; what click adds in brackets is said in our words."""
        ours = [(first, BRACKETS.sub(_extra, second)) for first, second in rows]
        super().write_dl(ours, col_max, col_spacing)


class Context(click.Context):
    """A call of a command."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is translated when it is shown."""

    context_class = Context

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help."""
        with _in_words(self, ctx):
            return super().get_help(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line that a list of commands shows."""
        with _in_words(self, None):
            return super().get_short_help_str(limit)


class Group(click.Group, Command):
    """Commands under one name."""

    command_class = Command


class Program(Group):
    """The program: a call that is wrong gets one clear line and exit code 2."""

    group_class = Group

    def __init__(self, create_app: Callable[[], Flask], **settings: Any) -> None:
        super().__init__(**settings)
        self.create_app = create_app
        self.params.append(
            click.Option(
                ["--lang"],
                type=click.Choice(list(LANGUAGES)),
                expose_value=False,
                help=LANG_OPTION,
            )
        )

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Begin a call; the application is made only when a command needs it."""
        extra.setdefault("obj", ScriptInfo(create_app=self.create_app))
        return super().make_context(info_name, args, parent=parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `--lang` wherever it stands, so that it may follow the command.

        Whatever else is wrong with the call is told in that language.
        """
        args = _lang_first(args)
        speaking.set(_language_of(args))
        return super().parse_args(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:  # noqa: ANN401 - as click has it
        """Run the program and leave it with an exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.Abort:
            _complain(said(N_("Đã thôi.")))
            raise SystemExit(1) from None
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            raise SystemExit(error.exit_code) from None
        except click.ClickException as error:
            _complain(_told(error))
            raise SystemExit(error.exit_code) from None
        except Refusal as refusal:
            _complain(refused(refusal))
            raise SystemExit(WRONG_CALL) from None
        except OSError as error:
            raise SystemExit(_unsaid(error)) from None
        raise SystemExit(code if isinstance(code, int) else 0)


@contextmanager
def _in_words(command: click.Command, ctx: click.Context | None) -> Iterator[None]:
    params: list[Any] = [*(command.get_params(ctx) if ctx else ())]
    spoken: list[Any] = [command, *(one for one in params if hasattr(one, "help"))]
    kept = [(one, one.help) for one in spoken]
    for one, text in kept:
        one.help = said(HELP_OPTION if "--help" in getattr(one, "opts", ()) else text or "")
    try:
        yield
    finally:
        for one, text in kept:
            one.help = text


def _lang_first(args: list[str]) -> list[str]:
    for place, word in enumerate(args):
        if LANG.fullmatch(word):
            end = place + (1 if "=" in word else 2)
            return [*args[place:end], *args[:place], *args[end:]]
    return args


def _language_of(args: list[str]) -> str:
    named = (
        [word.removeprefix("--lang=") for word in args[:2]]
        if args and LANG.fullmatch(args[0])
        else []
    )
    return next((word for word in named if word in LANGUAGES), _of_this_machine())


def _of_this_machine() -> str:
    locale = next((os.environ[name] for name in LOCALES if os.environ.get(name)), "")
    return "en" if locale.lower().startswith("en") else "vi"


def _complain(text: str) -> None:
    click.echo(f"onestop: {text}", err=True)


def _unsaid(error: OSError) -> int:
    """Return the exit code where the output takes no more, and say so to whoever still listens."""
    if error.filename or error.errno not in NOT_TAKEN:
        raise error
    with suppress(OSError):
        sys.stdout.close()  # or Python tries once more at its end, and complains
    if error.errno != errno.EPIPE:
        _complain(gettext(N_("Không ghi được kết quả: %(why)s."), why=error.strerror))
    return WRONG_CALL


def _extra(found: re.Match[str]) -> str:
    text = found[0]
    for theirs, our_own in EXTRAS.items():
        text = text.replace(theirs, said(our_own))
    return text


def _told(error: click.ClickException) -> str:
    param = getattr(error, "param", None)
    name = str(getattr(error, "param_hint", None) or (_named(param) if param else ""))
    if isinstance(error, click.MissingParameter):
        return gettext(N_("Thiếu %(name)s."), name=name.rstrip("."))
    if isinstance(error, click.BadParameter) and param is not None:
        why = _ours(error.message)
        return gettext(N_("%(name)s không hợp lệ: %(why)s"), name=name, why=why)
    if isinstance(error, click.NoSuchOption):
        return gettext(N_("Không có tùy chọn %(name)s."), name=error.option_name)
    return _ours(error.format_message())


def _ours(theirs: str) -> str:
    sentence, values = ours(theirs)
    return gettext(sentence, **values)


def _named(param: click.Parameter) -> str:
    return param.human_readable_name if isinstance(param, click.Argument) else param.opts[0]
