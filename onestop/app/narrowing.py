"""What a list that was taken along was narrowed to, in words: an auditor reads no addresses.

What is kept is what the address asked (`base.notes`); how that is said belongs to the rooms of the
lists, which the room of the page does not know.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from flask import Flask

from onestop.accounts.queries import Taken
from onestop.base.asked import day, number
from onestop.base.filters import plain_day
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Unclaimed
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.figures import FIGURES
from onestop.dossiers.queries.lists import Sort
from onestop.dossiers.rules.apologies import Promised
from onestop.dossiers.rules.states import State
from onestop.opinions.queries.lists import QuestionList
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from onestop.queue.rules import Counted
from onestop.reporting.rules import FREE, KEY_WORDS
from onestop.reporting.views.tables import SORTS
from onestop.steps.queries.listed import TaskList

Say = Callable[[str, date], str]
VIEWS_OF: Final[dict[str, type[Worded]]] = {"steps": TaskList, "opinions": QuestionList}
"""The lists of rooms that have their own; those of others are the desk's."""


def install(app: Flask) -> None:
    """Let the templates of `app` say what a list was narrowed to."""
    app.add_template_filter(narrowing)


def narrowing(taken: Taken) -> list[tuple[str, str]]:
    """Return what a list was narrowed to: by what, and to which, each in the reader's language.

    What has no words, as an address that somebody made up, is said as it was asked.
    """
    pairs = (part.partition("=") for part in taken.asked.split("; "))
    told = {name: asked for name, _equals, asked in pairs if asked}
    if told.get("period") == FREE:  # the days beside it say which
        del told["period"]
    return [_said(name, asked, taken) for name, asked in told.items()]


def _said(name: str, asked: str, taken: Taken) -> tuple[str, str]:
    if name not in PARTS:
        return name, asked
    word, say = PARTS[name]
    if name == "view":
        room = taken.what.partition(".")[0]
        say = _one_of(VIEWS_OF[room]) if room in VIEWS_OF else say
    return _(word), say(asked, legal_date(taken.at)) or asked


def _one_of(words: type[Worded]) -> Say:
    def say(asked: str, _on: date) -> str:
        found = words.known(asked)
        return _(found.word) if found else ""

    return say


def _word(words: dict[str, str]) -> Say:
    return lambda asked, _on: _(words[asked]) if asked in words else ""


def _agency(code: str, on: date) -> str:
    node = organisation.tree_with_past(on).by_code(code)
    return node.name(language()) if node else ""


def _field(asked: str, on: date) -> str:
    """Return a field by its code, or by the number that the lists of the desk know it by."""
    known = (one for one in catalogue.fields(on) if asked == one.code or number(asked) == one.id)
    return next((one.name(language()) for one in known), "")


def _procedure(code: str, on: date) -> str:
    whole = catalogue.snapshot()
    return whole.as_of(code, on).name(language()) if code in whole.versions else ""


def _day(asked: str, _on: date) -> str:
    return plain_day(found) if (found := day(asked)) else ""


def _as_asked(asked: str, _on: date) -> str:
    return asked


ORDERS: Final = {name: word for name, (word, _order) in SORTS.items()} | {
    order.value: order.word for order in Sort
}
PARTS: Final[dict[str, tuple[str, Say]]] = {
    "view": (N_("Danh sách"), _one_of(DeskList)),
    "figure": (N_("Con số"), _word(FIGURES)),
    "period": (N_("Kỳ"), _as_asked),
    "from": (N_("Từ ngày"), _day),
    "to": (N_("Đến ngày"), _day),
    "agency": (N_("Đơn vị"), _agency),
    "desk": (N_("Quầy"), _agency),
    "tier": (N_("Cấp"), _one_of(Tier)),
    "field": (N_("Lĩnh vực"), _field),
    "procedure": (N_("Tên thủ tục"), _procedure),
    "level": (N_("Mức độ"), _as_asked),
    "channel": (N_("Kênh"), _one_of(Channel)),
    "state": (N_("Trạng thái"), _one_of(State)),
    "due": (N_("Hẹn trả"), _day),
    "promised": (N_("Hẹn lại"), _one_of(Promised)),
    "unclaimed": (N_("Chờ lấy"), _one_of(Unclaimed)),
    "only": (N_("Tình trạng"), _one_of(Counted)),
    "by": (N_("Chia theo"), _word(KEY_WORDS)),
    "sort": (N_("Xếp theo"), _word(ORDERS)),
}
"""By what an address narrows a list, and how that is said."""
