"""Agencies founded the way an administrator founds them."""

from datetime import date
from typing import Any

from onestop.base.edge import transaction
from onestop.organisation import actions
from onestop.organisation.actions import Founding
from onestop.organisation.rules import AgencyKind, Tier

CITY = "H26"
DISTRICT = "H26.91"
COMMUNE = "H26.91.22"
NEIGHBOUR = "H26.91.23"
FOUNDED = date(2021, 1, 1)


def founded(code: str = "H26.91.99", **changes: Any) -> None:
    agency: dict[str, Any] = {
        "tier": Tier.COMMUNE,
        "kind": AgencyKind.COMMUNE,
        "name_vi": "Xã Thí Dụ",
        "name_en": "Thi Du Commune",
        "valid_from": FOUNDED,
        "parent_code": DISTRICT,
    }
    with transaction():
        actions.found(Founding(code=code, **{**agency, **changes}))


def changed(code: str, from_day: date, **changes: Any) -> None:
    with transaction():
        actions.change(code, from_day, **changes)


def closed(code: str, last_day: date) -> None:
    with transaction():
        actions.close(code, last_day)
