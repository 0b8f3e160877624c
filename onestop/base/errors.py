"""What goes wrong on purpose."""

from typing import Any

from onestop.base.words import N_, Bilingual, Worded


class Refusal(Exception):  # noqa: N818 - it is an answer to a person, not a fault of the program
    """The office may not do this; `message` says why, to a person, and `field` where.

    `message` is marked with `N_` where it is written, and formatted with `values` (as
    `%(name)s`) and translated where it is shown. So are the values: the member of an enum by its
    word, a date as the reader writes it, what has a name in two languages by the reader's.
    """

    def __init__(self, message: str, *, field: str | None = None, **values: Any) -> None:
        words = {name: _plain(value) for name, value in values.items()}
        super().__init__(message % words if words else message)
        self.message = message
        self.field = field
        self.values = values


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever fills in a sentence
    if isinstance(value, Worded):
        return value.word
    return value.name("vi") if isinstance(value, Bilingual) else value


class StrayWriteError(RuntimeError):
    """A write outside the edge's transaction, or during a request that only reads."""


class StaleError(Refusal):
    """Somebody else changed the same thing in the meantime; nothing was written."""

    def __init__(self) -> None:
        super().__init__(N_("Người khác vừa thay đổi hồ sơ này. Hãy xem lại rồi quyết định."))
