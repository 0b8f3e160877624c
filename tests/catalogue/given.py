"""A catalogue that changes, the way an administrator changes it."""

from datetime import date
from typing import Any

from onestop.base.edge import transaction
from onestop.catalogue import actions

MARITAL_STATUS = "C-HT-12"
FIRST_OF_JULY = date(2025, 7, 1)


def changed(code: str = MARITAL_STATUS, on: date = FIRST_OF_JULY, **changes: Any) -> None:
    with transaction():
        actions.change(code, on, **changes)


def closed(code: str = MARITAL_STATUS, on: date = FIRST_OF_JULY) -> None:
    with transaction():
        actions.close(code, on)
