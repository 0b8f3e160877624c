"""Loading the sample and building the demonstration, all through the actions of the rooms."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import files
from typing import Final

from onestop.accounts import actions as accounts
from onestop.base.viewer import Operator
from onestop.catalogue import actions as catalogue
from onestop.deadlines import actions as deadlines
from onestop.organisation import actions as organisation

PASSWORD: Final = "onestop-demo"  # noqa: S105 - the published password of invented accounts
SAMPLE_FROM: Final = date(2019, 1, 1)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a data file of the demonstration, by heading."""
    text = files("onestop.demo").joinpath("data", f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def load_sample(*, password_hash: str, by: Operator, at: datetime) -> None:
    """Load agencies, catalogue and staff of the demonstration, without a single dossier."""
    organisation.load(rows("agencies"))
    catalogue.load(
        rows("fields"),
        rows("procedures"),
        rows("procedure_periods"),
        in_force_from=SAMPLE_FROM,
    )
    accounts.load(rows("staff"), password_hash=password_hash, is_demo=True, at=at)
    deadlines.load_calendar(by=by, at=at)
