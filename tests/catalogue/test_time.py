"""The catalogue in time: what was promised, named and handled then stays as it was then."""

from datetime import date, time, timedelta
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.catalogue import queries
from onestop.catalogue.rules.procedures import check_statutory
from onestop.catalogue.rules.steps import Step, StepKind, check_steps
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, Unit, plain
from onestop.deadlines.rules.moments import at_local
from tests.catalogue.given import changed, field_changed
from tests.client import PolicingClient
from tests.dossiers.given import DAY, DISTRICT_CLERK, LAND, MONDAY, received

JULY = date(2021, 7, 1)
BEFORE, AFTER = date(2021, 6, 30), JULY
LAND_FIELD = "D-DD"


def named_on(day: date) -> str:
    found = queries.in_force(LAND, day)
    assert found is not None
    return found.field.name_vi


@pytest.mark.usefixtures("app")
def test_a_field_has_another_name_from_its_day_on() -> None:
    old = named_on(BEFORE)
    field_changed(LAND_FIELD, JULY, name_vi="Đất đai và đo đạc")
    assert (named_on(BEFORE), named_on(AFTER)) == (old, "Đất đai và đo đạc")
    fields = {field.code: field.name_vi for field in queries.fields(AFTER)}
    assert fields[LAND_FIELD] == "Đất đai và đo đạc"
    assert {field.code: field.name_vi for field in queries.fields(BEFORE)}[LAND_FIELD] == old


@pytest.mark.usefixtures("app")
def test_what_is_received_goes_to_whoever_handles_the_field_on_that_day() -> None:
    first = received(by=DISTRICT_CLERK, procedure_code=LAND)
    field_changed(LAND_FIELD, JULY, department_code="H26.91.05")
    june = received(by=DISTRICT_CLERK, procedure_code=LAND, at=MONDAY + 121 * DAY)
    july = received(by=DISTRICT_CLERK, procedure_code=LAND, at=MONDAY + 122 * DAY)
    assert june.handling_agency_id == first.handling_agency_id != july.handling_agency_id


@pytest.mark.usefixtures("app")
def test_a_change_of_procedure_and_field_together_leaves_no_day_out() -> None:
    field_changed(LAND_FIELD, JULY, name_vi="Đất đai và đo đạc")
    changed(LAND, date(2021, 10, 1), fee_vnd=7_000)
    for day, fee_changed, renamed in (
        (BEFORE, False, False),
        (date(2021, 9, 30), False, True),
        (date(2021, 10, 1), True, True),
    ):
        found = queries.in_force(LAND, day)
        assert found is not None, day
        assert (found.fee_vnd == 7_000) == fee_changed
        assert (found.field.name_vi == "Đất đai và đo đạc") == renamed


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("day", "changes", "field"),
    [
        (BEFORE, {"name_vi": "x"}, "valid_from"),
        (JULY, {"department_code": "H99"}, "department_code"),
    ],
)
def test_a_change_of_field_that_cannot_be_is_refused(
    day: date, changes: dict[str, str], field: str
) -> None:
    field_changed(LAND_FIELD, JULY, name_vi="Đất đai và đo đạc")
    with pytest.raises(Refusal) as refused:
        field_changed(LAND_FIELD, day, **changes)
    assert refused.value.field == field


def test_an_old_dossier_goes_by_the_name_it_was_received_under(client: PolicingClient) -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    procedure = queries.in_force(LAND, BEFORE)
    assert procedure is not None
    changed(LAND, JULY, name_vi="Thủ tục tên mới")
    client.sign_in(DISTRICT_CLERK)
    for path in (f"/dossiers/{dossier.code}", f"/dossiers/{dossier.code}/receipt", "/desk"):
        page = client.get(path).text
        assert procedure.name_vi in page, path
        assert "Thủ tục tên mới" not in page, path
    answer = client.post("/status", data={"code": dossier.code, "second": "3456"})
    assert procedure.name_vi in answer.text


WD, WH, D, M = Unit.WORKING_DAY, Unit.WORKING_HOUR, Unit.CALENDAR_DAY, Unit.MONTH
TOO_LONG, UNLIKE = "dài hơn thời hạn", "không so được"


@pytest.mark.parametrize(
    ("limit", "steps", "problem", "why"),
    [
        (Limit(10, WD), [Limit(3, WD), Limit(7, WD)], None, "they fill the limit"),
        (Limit(10, WD), [Limit(3, WD), Limit(8, WD)], TOO_LONG, "one day too many"),
        (Limit(1, WD), [Limit(4, WH), Limit(4, WH)], None, "a working day is eight hours"),
        (Limit(1, WD), [Limit(4, WH), Limit(5, WH)], TOO_LONG, "nine hours are more than a day"),
        (Limit(8, WH), [Limit(1, WD)], None, "and eight hours a day"),
        (Limit(10, D), [Limit(3, WD)], UNLIKE, "calendar days are no working days"),
        (Limit(10, WD), [Limit(3, D)], UNLIKE, "nor the other way round"),
        (Limit(1, M), [Limit(20, D)], UNLIKE, "a month has no number of days"),
        (Limit(2, M), [Limit(1, M), Limit(1, M)], None, "months with months"),
        (Limit(0, Unit.SAME_DAY), [Limit(1, WH)], UNLIKE, "the same day has no hours"),
        (Limit(5, WD), [], None, "nothing to compare"),
    ],
)
def test_the_steps_of_a_procedure_fit_its_limit(
    limit: Limit, steps: list[Limit], problem: str | None, why: str
) -> None:
    made = [Step(StepKind.COMMUNE, one, leg) for leg, one in enumerate(steps)]
    if problem is None:
        check_steps(limit, made)
        return
    with pytest.raises(Refusal, match=problem) as refused:
        check_steps(limit, made)
    assert refused.value.field == "steps", why


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"limit": Limit(9, WD)}, TOO_LONG),
        ({"limit": Limit(10, D)}, UNLIKE),
        ({"steps": [Step(StepKind.COMMUNE, Limit(11, WD), 1)]}, TOO_LONG),
        ({"limit": Limit(9, WD), "steps": [Step(StepKind.COMMUNE, Limit(72, WH), 1)]}, None),
    ],
)
def test_a_change_of_limit_or_steps_is_checked_as_they_will_be_together(
    changes: dict[str, Any], problem: str | None
) -> None:
    code = "C-NCC-01"  # three days, then seven, of ten
    if problem is None:
        changed(code, JULY, **changes)
        found = queries.in_force(code, AFTER)
        assert found is not None
        assert [str(one.limit) for one in found.steps] == ["72wh"]
        return
    with pytest.raises(Refusal, match=problem):
        changed(code, JULY, **changes)
    assert queries.in_force(code, AFTER) == queries.in_force(code, BEFORE)


@pytest.mark.parametrize(
    ("limit", "statutory", "is_longer", "why"),
    [
        ("5wd", None, False, "no other is known"),
        ("3wd", "5wd", False, "shortened by the province"),
        ("5wd", "5wd", False, "the same"),
        ("6wd", "5wd", True, "one day too many"),
        ("6d", "5d", True, "calendar days"),
        ("3m", "2m", True, "months"),
        ("9wh", "8wh", True, "hours"),
        ("12wd", "15d", False, "nobody knows: they may be over before"),
        ("15wd", "15d", False, "where both end on the same day"),
        ("16wd", "15d", True, "a working day is a day at least"),
        ("30d", "5wd", False, "nobody knows how many are off"),
        ("31d", "1m", False, "a month of 31 days"),
        ("32d", "1m", True, "no month has so many"),
        ("1m", "28d", False, "February"),
        ("1m", "27d", True, "no month has so few"),
        ("1wd", "0d", True, "the same day is before the next"),
        ("0d", "1wd", False, "and is not after it"),
        ("0d", "0i", False, "both are due the same day"),
        ("8wh", "1wd", False, "hours are never days"),
        ("8wh", "0d", False, "nor is the same day so many hours"),
    ],
)
def test_no_published_limit_is_longer_than_that_of_the_law(
    limit: str, statutory: str | None, why: str, *, is_longer: bool
) -> None:
    asked = Limit.parse(limit), Limit.parse(statutory) if statutory else None
    if not is_longer:
        check_statutory(*asked)
        return
    with pytest.raises(Refusal, match="luật định") as refused:
        check_statutory(*asked)
    assert refused.value.field == "limit", why


LIMITS: Final = st.builds(Limit, st.integers(1, 90), st.sampled_from([WD, D]))
MONTHS: Final = st.builds(Limit, st.integers(1, 3), st.just(M))
AT_ONCE: Final = st.just(Limit(0, Unit.SAME_DAY))


@given(
    st.one_of(LIMITS, MONTHS, AT_ONCE),
    st.one_of(LIMITS, MONTHS, AT_ONCE),
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
)
def test_a_limit_that_exceeds_another_never_ends_before_it(
    one: Limit, other: Limit, received_on: date
) -> None:
    assume(one.exceeds(other))
    assert not other.exceeds(one)
    ends = [
        count(
            at_local(received_on, time(9)),
            plain(limit),
            calendar=packaged_calendar(),
            hours=Hours(),
        ).due_at
        for limit in (one, other)
    ]
    assert ends[0] >= ends[1]


@pytest.mark.on_both_databases
@pytest.mark.usefixtures("app")
def test_a_change_is_checked_against_the_limit_of_the_law_as_both_will_be() -> None:
    code = "C-HT-16"
    before = queries.in_force(code, BEFORE)
    assert before is not None
    assert before.limit_statutory is None
    limit = before.limit
    with pytest.raises(Refusal, match="luật định"):
        changed(code, JULY, limit_statutory=Limit(limit.value - 1, limit.unit))
    changed(code, JULY, limit_statutory=limit)
    later = JULY + timedelta(days=30)
    with pytest.raises(Refusal, match="luật định"):
        changed(code, later, limit=Limit(limit.value + 1, limit.unit))
    changed(code, later, limit=Limit(limit.value - 1, limit.unit))
    known = [queries.in_force(code, day) for day in (BEFORE, JULY, later)]
    assert [one and (one.limit_statutory, bool(one.others)) for one in known] == [
        (None, False),
        (limit, False),
        (limit, True),
    ]
    changed(code, later + timedelta(days=1), limit_statutory=None)
    last = queries.in_force(code, later + timedelta(days=1))
    assert last is not None
    assert last.limit_statutory is None
