"""An agency declared again and again, by files of any age: what each of them may change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import NO_END
from onestop.base.terms import Declared, Fate, Term
from onestop.organisation import actions, queries
from onestop.organisation.rules import AgencyKind, Tier
from tests.organisation.given import DISTRICT

CODE: Final = "H26.91.99"
WEEK: Final = [date(2021, 3, 1) + timedelta(days=n) for n in range(7)]
DAYS: Final = some.sampled_from(WEEK)
TERMS: Final = some.builds(Term, DAYS, some.none() | DAYS, some.none() | DAYS | some.just(NO_END))
FILES: Final = some.lists(some.tuples(TERMS, some.sampled_from("ab")), min_size=2, max_size=5)
Held = Mapping[date, str]


class UndoneError(Exception):
    """Ends a transaction that is not to be kept."""


@contextmanager
def undone() -> Iterator[None]:
    with suppress(UndoneError), transaction():
        yield
        raise UndoneError


def declared(term: Term, name: str) -> Declared:
    return actions.declare(
        CODE, term, tier=Tier.COMMUNE, parent_code=DISTRICT, kind=AgencyKind.COMMUNE, name_vi=name
    )


def held() -> Held:
    """Return what the agency is called day by day; two names on one day would be a fault."""
    agency = queries.by_code(CODE)
    named = [
        (day, one.name_vi)
        for one in (queries.periods(agency.id) if agency else ())
        for day in WEEK
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]
    assert len(dict(named)) == len(named), named
    return dict(named)


@pytest.mark.usefixtures("app")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES)
def test_whatever_files_come_the_past_keeps_its_names_and_silence_moves_no_beginning(
    files: list[tuple[Term, str]],
) -> None:
    with undone():
        for term, name in files:
            before = held()
            try:
                made = declared(term, name)
            except Refusal:
                assert held() == before, "a refusal leaves all as it was"
                continue
            after = held()
            _compare(before, after, made, term, name)
            assert declared(term, name).fate == Fate.UNCHANGED, "twice is once"
            assert held() == after


def _compare(before: Held, after: Held, made: Declared, term: Term, name: str) -> None:
    others = [day for day in before if after.get(day) != before[day]]
    assert not others or (made.since and made.since <= min(others)), "the day is named"
    if before and after and term.first is None:
        assert min(after) >= min(before), "silence begins nothing earlier"
    elif before and after:
        assert min(after) in {min(before), term.first}
    if after:
        assert after[max(after)] == name, "the last word holds"
