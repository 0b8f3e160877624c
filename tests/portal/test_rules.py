from datetime import UTC, date, datetime

import pytest

from onestop.deadlines.queries import packaged_calendar
from onestop.dossiers.rules.states import State, Verb
from onestop.portal.rules import INSIDE, days_off, path


@pytest.mark.parametrize(
    ("today", "first", "last", "back_on"),
    [
        (date(2022, 1, 20), date(2022, 1, 29), date(2022, 2, 6), date(2022, 2, 7)),
        (date(2021, 4, 28), date(2021, 4, 30), date(2021, 5, 3), date(2021, 5, 4)),
        (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 25)),
        (date(2022, 2, 2), date(2022, 1, 29), date(2022, 2, 6), date(2022, 2, 7)),
    ],
)
def test_a_holiday_is_told_with_the_days_off_around_it(
    today: date, first: date, last: date, back_on: date
) -> None:
    found = days_off(packaged_calendar(), today)
    assert found is not None
    assert (found.first, found.last, found.back_on) == (first, last, back_on)


def test_ordinary_weeks_have_nothing_to_tell() -> None:
    assert days_off(packaged_calendar(), date(2021, 6, 1)) is None


@pytest.mark.parametrize("verb", Verb)
def test_whatever_happened_a_citizen_is_shown_the_way_of_his_dossier(verb: Verb) -> None:
    at = datetime(2021, 5, 4, 2, tzinfo=UTC)
    done = [step for step in path(State.IN_PROGRESS, [(verb, at)]) if not step.standing]
    assert [step.at for step in done] == ([] if verb in INSIDE else [at])


def test_a_pause_that_ends_after_the_result_counts_no_days_any_more() -> None:
    at = datetime(2021, 5, 4, 2, tzinfo=UTC)
    *_, last, _now = path(State.RESOLVED, [(Verb.RESOLVE, at), (Verb.RESUME, at)])
    assert last.word == "Hết tạm dừng"
