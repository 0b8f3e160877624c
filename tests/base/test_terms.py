"""What a declaration makes of what holds already, by its days."""

from dataclasses import dataclass
from datetime import date

import pytest

from onestop.base.errors import Refusal
from onestop.base.moments import NO_END, ONE_DAY
from onestop.base.terms import Plan, Term, planned

FIRST, EVE, JULY, AUTUMN = date(2019, 1, 1), date(2021, 6, 30), date(2021, 7, 1), date(2021, 10, 1)
BEFORE, SPRING, SUMMER = date(2015, 1, 1), date(2021, 3, 1), date(2021, 9, 30)
FEE = ("fee",)


@dataclass(frozen=True)
class Days:
    valid_from: date
    valid_to: date | None = None


ONE = (Days(FIRST),)
ENDED = (Days(FIRST, EVE),)
COMING = (Days(JULY),)
TWO = (Days(FIRST, EVE), Days(JULY))


@pytest.mark.parametrize(
    ("periods", "term", "columns", "plan", "why"),
    [
        (ONE, Term(JULY), (), Plan(FIRST, None, (), None), "nothing is said anew"),
        (ONE, Term(JULY), FEE, Plan(JULY, None, FEE, JULY, EVE), "another value from its day"),
        (
            ONE,
            Term(JULY, AUTUMN),
            FEE,
            Plan(AUTUMN, None, FEE, AUTUMN, AUTUMN - ONE_DAY),
            "or from the row's own",
        ),
        (TWO, Term(JULY), FEE, Plan(JULY, None, FEE, JULY), "what begins that day is put right"),
        (ONE, Term(FIRST), FEE, Plan(FIRST, None, FEE, FIRST), "all there ever was is put right"),
        (COMING, Term(EVE), FEE, Plan(JULY, None, FEE, JULY), "what begins later still does"),
        (COMING, Term(EVE), (), Plan(JULY, None, (), None), "also where nothing is said anew"),
        (COMING, Term(EVE, JULY), FEE, Plan(JULY, None, FEE, JULY), "as it was exported"),
        (TWO, Term(EVE, JULY), FEE, Plan(JULY, None, FEE, JULY), "the change to come as well"),
        (TWO, Term(AUTUMN, JULY), FEE, Plan(AUTUMN, None, FEE, AUTUMN, SUMMER), "until it is here"),
        (
            ONE,
            Term(JULY, BEFORE),
            (),
            Plan(BEFORE, None, ("valid_from",), None),
            "it may have begun earlier",
        ),
        (
            ONE,
            Term(JULY, BEFORE),
            FEE,
            Plan(BEFORE, None, ("fee", "valid_from"), BEFORE),
            "with other values, too",
        ),
        (TWO, Term(JULY, FIRST), (), Plan(JULY, None, (), None), "an old file asks for nothing"),
        (TWO, Term(JULY, BEFORE), (), Plan(JULY, None, (), None), "nor does an older one"),
        (
            TWO,
            Term(BEFORE, SPRING),
            (),
            Plan(SPRING, None, ("valid_from",), SPRING),
            "a change is brought forward",
        ),
        (
            TWO,
            Term(EVE, AUTUMN),
            (),
            Plan(AUTUMN, None, ("valid_from",), JULY),
            "or put off as long as it has yet to begin",
        ),
        (TWO, Term(JULY, AUTUMN), (), Plan(JULY, None, (), None), "and no longer"),
        (COMING, Term(EVE, AUTUMN), (), Plan(AUTUMN, None, ("valid_from",), JULY), "all may be"),
        (
            ONE,
            Term(JULY, last=EVE),
            (),
            Plan(FIRST, EVE, ("valid_to",), JULY),
            "an end is another value from the day after",
        ),
        (
            ENDED,
            Term(JULY, last=AUTUMN),
            (),
            Plan(FIRST, AUTUMN, ("valid_to",), JULY),
            "an end may be put off",
        ),
        (
            ENDED,
            Term(JULY, last=NO_END),
            (),
            Plan(FIRST, None, ("valid_to",), JULY),
            "or be taken back",
        ),
        (ENDED, Term(AUTUMN), (), Plan(FIRST, EVE, (), None), "silence does not begin it again"),
        (
            ENDED,
            Term(JULY, AUTUMN),
            FEE,
            Plan(AUTUMN, None, ("fee", "valid_from"), AUTUMN, leaves=EVE),
            "a first day after the end does",
        ),
    ],
)
def test_a_declaration_comes_to_what_its_days_say(
    periods: tuple[Days, ...], term: Term, columns: tuple[str, ...], plan: Plan, why: str
) -> None:
    assert planned(periods, term, columns) == plan, why


@pytest.mark.parametrize(
    ("periods", "term", "columns", "field", "why"),
    [
        (TWO, Term(EVE), FEE, "valid_from", "before the last change"),
        (TWO, Term(EVE, FIRST), FEE, "valid_from", "also by an old file"),
        (TWO, Term(JULY, SPRING), FEE, "valid_from", "or on a day between both"),
        (ENDED, Term(AUTUMN), FEE, "valid_to", "after the end"),
        (TWO, Term(JULY, last=EVE), (), "valid_to", "an end before its own beginning"),
        (ENDED, Term(JULY, AUTUMN, JULY), FEE, "valid_to", "or before it begins again"),
        (ONE, Term(JULY, AUTUMN, JULY), (), "valid_to", "or before the row's own first day"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(
    periods: tuple[Days, ...], term: Term, columns: tuple[str, ...], field: str, why: str
) -> None:
    with pytest.raises(Refusal) as refused:
        planned(periods, term, columns)
    assert refused.value.field == field, why
