"""A catalogue that changes the way an administrator changes it, by declaring it anew."""

from datetime import date
from typing import Any, Final

from onestop.base.edge import transaction
from onestop.base.terms import Term
from onestop.catalogue import actions, queries
from onestop.deadlines.rules.supplements import SupplementLaw
from onestop.organisation import queries as organisation

MARITAL_STATUS: Final = "C-HT-12"
FIRST_OF_JULY: Final = date(2025, 7, 1)


def changed(
    code: str = MARITAL_STATUS,
    on: date = FIRST_OF_JULY,
    *,
    supplement: SupplementLaw | None = None,
    **changes: Any,
) -> None:
    """Have a procedure hold other values from a day on."""
    if supplement is not None:
        changes |= {
            "supplement_effect": supplement.effect,
            "late_supplement_effect": supplement.late_effect,
            "supplement_request_within": supplement.within,
            "supplement_wait": supplement.wait,
        }
    _declared(code, Term(on), **changes)


def closed(code: str = MARITAL_STATUS, last_day: date = FIRST_OF_JULY) -> None:
    """Have a procedure end after a day."""
    _declared(code, Term(last_day, last=last_day))


def _declared(code: str, term: Term, **changes: Any) -> None:
    newest = queries.snapshot().versions[code][-1]
    kept = {"field_code": newest.field.code, "limit": newest.limit}
    with transaction():
        actions.declare(code, term, tier=newest.tier, **{**kept, **changes})


def field_changed(code: str, on: date, **changes: Any) -> None:
    """Have a field hold another name or department from a day on."""
    field = [one for one, *_ in queries.snapshot().field_versions if one.code == code][-1]
    handling = organisation.tree_with_past(on).by_id(field.department_agency_id or 0)
    kept = {
        "name_vi": field.name_vi,
        "name_en": field.name_en,
        "department_code": handling.code if handling else None,
    }
    with transaction():
        actions.declare_field(code, Term(on), tier=field.tier, **{**kept, **changes})
