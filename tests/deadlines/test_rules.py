from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.deadlines.rules.calendars import (
    Calendar,
    CalendarDay,
    DayKind,
    Hours,
    check_declared,
    open_from,
)
from onestop.deadlines.rules.counting import count, measure
from onestop.deadlines.rules.limits import Limit, Unit, add_months, plain
from onestop.deadlines.rules.lines import LineKind, cut_at
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.pauses import Pause, union
from onestop.deadlines.rules.standing import Left, Tone, Unclaimed, moved, time_left, waiting

YEARS = frozenset(range(2019, 2040))
HOURS = Hours()
PLAIN = Calendar({}, YEARS)
dates = st.dates(date(2020, 1, 1), date(2030, 12, 31))
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the zone is given beside it
    datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(second=0, microsecond=0))
rows = st.dictionaries(dates, st.sampled_from(DayKind), max_size=40)
calendars = rows.map(lambda kinds: calendar_of(kinds))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 40), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])),
    st.builds(Limit, st.integers(1, 6), st.just(Unit.MONTH)),
    st.builds(Limit, st.integers(1, 60), st.just(Unit.WORKING_HOUR)),
    st.sampled_from([Limit(0, Unit.SAME_DAY), Limit(0, Unit.IMMEDIATE)]),
)


def calendar_of(kinds: dict[date, DayKind]) -> Calendar:
    return Calendar({day: CalendarDay(day, kind, "x", "x") for day, kind in kinds.items()}, YEARS)


@st.composite
def pauses_after(draw: st.DrawFn, received: datetime) -> list[Pause]:
    made = []
    for _ in range(draw(st.integers(0, 4))):
        begins = received + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))
        made.append(Pause(begins, begins + timedelta(minutes=draw(st.integers(0, 60 * 24 * 30)))))
    return made


@given(limits)
def test_the_text_of_a_limit_reads_back_as_the_same_limit(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "text", ["", "5", "wd", "-1d", "0m", "3651d", "121m", "5x", "1i", "5 wd x", "9999999d"]
)
def test_what_is_no_limit_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        Limit.parse(text)
    assert refused.value.field == "limit"


@given(moments, limits, calendars)
def test_the_due_date_is_the_last_line_and_a_working_day(
    received: datetime, limit: Limit, calendar: Calendar
) -> None:
    counted = count(received, plain(limit), calendar=calendar, hours=HOURS)
    assert counted.days[-1].date == legal_date(counted.due_at)
    assert calendar.works_on(legal_date(counted.due_at))
    assert counted.on_time_from <= counted.due_at < counted.overdue_from


@given(moments, st.integers(1, 40), calendars)
def test_adding_and_measuring_working_days_are_inverse(
    received: datetime, days: int, calendar: Calendar
) -> None:
    counted = count(received, plain(Limit(days, Unit.WORKING_DAY)), calendar=calendar, hours=HOURS)
    assert measure(received, counted.due_at, Unit.WORKING_DAY, calendar, HOURS) == days
    numbers = [line.number for line in counted.days if line.counted]
    assert numbers == list(range(1, days + 1))


@given(moments, st.integers(1, 80), calendars)
def test_adding_and_measuring_working_hours_are_inverse(
    received: datetime, hours: int, calendar: Calendar
) -> None:
    counted = count(
        received, plain(Limit(hours, Unit.WORKING_HOUR)), calendar=calendar, hours=HOURS
    )
    assert measure(received, counted.due_at, Unit.WORKING_HOUR, calendar, HOURS) == hours
    assert counted.days[-1].number == hours


@given(st.data(), moments, limits, calendars)
@settings(max_examples=200)
def test_more_pause_is_never_an_earlier_date(
    data: st.DataObject, received: datetime, limit: Limit, calendar: Calendar
) -> None:
    pauses = data.draw(pauses_after(received))
    more = [*pauses, *data.draw(pauses_after(received))]
    without = count(received, plain(limit), calendar=calendar, hours=HOURS, pauses=pauses)
    with_more = count(received, plain(limit), calendar=calendar, hours=HOURS, pauses=more)
    assert with_more.due_at >= without.due_at


@given(moments, limits, rows, dates)
def test_one_more_holiday_is_never_an_earlier_date(
    received: datetime, limit: Limit, kinds: dict[date, DayKind], day: date
) -> None:
    before = count(received, plain(limit), calendar=calendar_of(kinds), hours=HOURS)
    off = calendar_of({**kinds, day: DayKind.PUBLIC_HOLIDAY})
    assert count(received, plain(limit), calendar=off, hours=HOURS).due_at >= before.due_at


@given(moments, limits, rows, dates)
def test_one_more_make_up_day_is_never_a_later_date(
    received: datetime, limit: Limit, kinds: dict[date, DayKind], day: date
) -> None:
    before = count(received, plain(limit), calendar=calendar_of(kinds), hours=HOURS)
    on = calendar_of({**kinds, day: DayKind.MAKE_UP_WORKING_DAY})
    after = count(received, plain(limit), calendar=on, hours=HOURS)
    assert after.due_at <= before.due_at


@given(moments, st.integers(1, 40), calendars)
def test_whoever_comes_later_is_never_promised_an_earlier_date(
    received: datetime, days: int, calendar: Calendar
) -> None:
    limit = Limit(days, Unit.WORKING_DAY)
    later = count(received + timedelta(days=1), plain(limit), calendar=calendar, hours=HOURS)
    assert count(received, plain(limit), calendar=calendar, hours=HOURS).due_at <= later.due_at


@given(st.data(), moments)
def test_the_union_of_pauses_is_disjoint_and_covers_the_same(
    data: st.DataObject, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received))
    merged = union(pauses)
    for earlier, later in pairwise(merged):
        assert earlier.ends_at is not None
        assert earlier.ends_at < later.begins_at
    for pause in pauses:
        assert any(
            one.begins_at <= pause.begins_at and (one.ends_at or pause.begins_at) >= pause.begins_at
            for one in merged
        )


def test_a_pause_before_receipt_or_backwards_is_a_wrong_call() -> None:
    received = at_local(date(2021, 3, 1), datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
    for pause in (
        Pause(received - timedelta(hours=1), received),
        Pause(received + timedelta(hours=2), received + timedelta(hours=1)),
    ):
        with pytest.raises(Refusal):
            count(received, plain(Limit.parse("5wd")), calendar=PLAIN, hours=HOURS, pauses=[pause])


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("5wd", "đếm từ hôm sau ngày nhận"),
        ("10d", "đếm từ hôm sau ngày nhận"),
        ("8wh", "đếm từ giờ nhận, trong giờ làm việc"),
        ("0d", "tính từ lúc nhận"),
        ("0i", "tính từ lúc nhận"),
    ],
)
def test_a_limit_says_from_when_it_is_counted(limit: str, words: str) -> None:
    assert Limit.parse(limit).counting == words


def test_a_limit_of_ten_years_is_counted_to_its_end() -> None:
    received = at_local(date(2021, 3, 1), datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
    counted = count(received, plain(Limit.parse("3650d")), calendar=PLAIN, hours=HOURS)
    assert sum(line.counted for line in counted.days) == 3650


def test_the_last_day_rolls_while_it_is_off_under_the_calendar_in_force() -> None:
    received = at_local(date(2021, 3, 1), datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
    now_off = calendar_of({date(2021, 3, 8): DayKind.PUBLIC_HOLIDAY})
    counted = count(
        received, plain(Limit.parse("5wd")), calendar=PLAIN, hours=HOURS, in_force=now_off
    )
    assert legal_date(counted.due_at) == date(2021, 3, 9)
    assert counted.days[-1].kind == LineKind.ROLLED


FRIDAY_OFF = calendar_of({date(2021, 3, 5): DayKind.DAY_OFF_IN_LIEU})
BEFORE_NOON = datetime(2021, 3, 5, 3, 30, tzinfo=UTC)
CLOSING = datetime(2021, 3, 5, 10, 0, tzinfo=UTC)
THURSDAY = datetime(2021, 3, 4, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "unit", "calendar", "at", "expected", "why"),
    [
        (CLOSING, Unit.WORKING_DAY, FRIDAY_OFF, THURSDAY, "2021-03-08T17:00:00", "closing time"),
        (BEFORE_NOON, Unit.WORKING_HOUR, FRIDAY_OFF, THURSDAY, "2021-03-08T10:30:00",
         "hours keep their minute"),
        (CLOSING, Unit.MONTH, FRIDAY_OFF, CLOSING + timedelta(hours=6), "2021-03-08T17:00:00",
         "the day lasts until midnight"),
        (CLOSING, Unit.WORKING_DAY, FRIDAY_OFF, CLOSING + timedelta(hours=7), None, "past"),
        (BEFORE_NOON, Unit.WORKING_HOUR, FRIDAY_OFF, BEFORE_NOON + timedelta(minutes=1), None,
         "past by a minute"),
        (CLOSING, Unit.WORKING_DAY, PLAIN, THURSDAY, None, "the day works"),
    ],
)  # fmt: skip
def test_a_date_whose_day_is_declared_off_goes_to_the_next_working_day(
    due: datetime, unit: Unit, calendar: Calendar, at: datetime, expected: str | None, why: str
) -> None:
    found = moved(due, unit, calendar=calendar, hours=HOURS, at=at)
    told = local(found).replace(tzinfo=None).isoformat() if found else None
    assert told == expected, why


@pytest.mark.parametrize(
    ("at", "expected", "why"),
    [
        ("2021-03-04T09:30", "2021-03-04T09:30", "the office is open"),
        ("2021-03-04T06:40", "2021-03-04T08:00", "it opens later the same day"),
        ("2021-03-04T12:00", "2021-03-04T13:00", "it is closed over noon"),
        ("2021-03-03T17:00", "2021-03-04T08:00", "at closing time it is already closed"),
        ("2021-03-04T18:00", "2021-03-08T08:00", "Friday is off, then comes the weekend"),
        ("2021-03-06T09:30", "2021-03-08T08:00", "nobody works on a Saturday"),
    ],
)
def test_what_is_brought_to_a_closed_office_is_handed_in_when_it_opens(
    at: str, expected: str, why: str
) -> None:
    moment = datetime.fromisoformat(at)
    found = open_from(at_local(moment.date(), moment.time()), FRIDAY_OFF, HOURS)
    assert local(found).replace(tzinfo=None) == datetime.fromisoformat(expected), why


SATURDAYS = Hours(saturdays=((date(2021, 3, 1), True), (date(2021, 4, 1), False)))
SATURDAY_OFF = Calendar(
    {
        day: CalendarDay(day, kind, "x", "x")
        for day, kind in (
            (date(2021, 3, 20), DayKind.PUBLIC_HOLIDAY),
            (date(2021, 3, 27), DayKind.MAKE_UP_WORKING_DAY),
        )
    },
    frozenset({2021}),
)


@pytest.mark.parametrize(
    ("at", "expected", "why"),
    [
        ("2021-03-06T09:30", "2021-03-06T09:30", "the counter is open"),
        ("2021-03-05T17:30", "2021-03-06T08:00", "it opens on Saturday"),
        ("2021-03-06T12:00", "2021-03-08T08:00", "in the morning only"),
        ("2021-03-07T09:00", "2021-03-08T08:00", "never on a Sunday"),
        ("2021-02-27T09:00", "2021-03-01T08:00", "before it was decided"),
        ("2021-04-03T09:00", "2021-04-05T08:00", "it is so no more"),
        ("2021-03-20T09:00", "2021-03-22T08:00", "a Saturday that is a holiday"),
        ("2021-03-27T12:30", "2021-03-27T13:00", "a make-up day has its full hours"),
    ],
)
def test_on_saturday_mornings_a_counter_is_open_where_it_was_so_decided(
    at: str, expected: str, why: str
) -> None:
    moment = datetime.fromisoformat(at)
    found = open_from(at_local(moment.date(), moment.time()), SATURDAY_OFF, SATURDAYS)
    assert local(found).replace(tzinfo=None) == datetime.fromisoformat(expected), why


def test_a_saturday_on_which_the_counter_is_open_counts_for_no_limit() -> None:
    for limit in ("3wd", "8wh", "10d", "0d"):
        at = at_local(date(2021, 3, 5), time(16))
        usual, open_too = (
            count(at, plain(Limit.parse(limit)), calendar=SATURDAY_OFF, hours=hours)
            for hours in (Hours(), SATURDAYS)
        )
        assert open_too.due_at == usual.due_at, limit


@pytest.mark.parametrize(
    ("days", "basis", "field"),
    [
        ([(date(2021, 3, 5), DayKind.MAKE_UP_WORKING_DAY)], "Quyết định 1", "date"),
        ([(date(2021, 3, 6), DayKind.DAY_OFF_IN_LIEU)], "Quyết định 1", "date"),
        ([(date(2021, 3, 5), DayKind.PUBLIC_HOLIDAY)], " ", "basis"),
        ([], "Quyết định 1", "date"),
        ([(date(2021, 3, 5), kind) for kind in (DayKind.PUBLIC_HOLIDAY, DayKind.DAY_OFF_IN_LIEU)],
         "Quyết định 1", "date"),
    ],
)  # fmt: skip
def test_days_that_no_calendar_has_are_refused(
    days: list[tuple[date, DayKind]], basis: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        check_declared(days, basis=basis, calendar=PLAIN, replacing=False)
    assert refused.value.field == field


def test_a_confirmed_day_is_changed_only_on_purpose() -> None:
    days = [(date(2021, 3, 5), DayKind.PUBLIC_HOLIDAY)]
    with pytest.raises(Refusal, match="--replace"):
        check_declared(days, basis="Quyết định 1", calendar=FRIDAY_OFF, replacing=False)
    check_declared(days, basis="Quyết định 1", calendar=FRIDAY_OFF, replacing=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("3wd", "ngày làm việc"), ("3wh", "giờ làm việc"), ("3d", "ngày theo lịch"), ("3m", "tháng")],
)
def test_a_limit_says_which_days_it_counts(text: str, kind: str) -> None:
    limit = Limit.parse(text)
    assert limit.message % limit.values == f"3 {kind}"


@pytest.mark.parametrize(("text", "kind"), [("10wd", "làm việc"), ("30d", "theo lịch")])
def test_what_is_left_says_which_days_it_counts(text: str, kind: str) -> None:
    limit = Limit.parse(text)
    received = at_local(date(2021, 3, 1), time(9))
    counted = count(received, plain(limit), calendar=PLAIN, hours=HOURS)
    now = at_local(date(2021, 3, 4), time(9))
    left = time_left(now, counted.due_at, counted.overdue_from, limit, calendar=PLAIN, hours=HOURS)
    assert (left.message % left.values).endswith(f" ngày {kind}")


def test_what_is_left_is_told_in_the_limits_own_unit() -> None:
    received = at_local(date(2021, 3, 1), datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
    limit = Limit.parse("10wd")
    counted = count(received, plain(limit), calendar=PLAIN, hours=HOURS)

    def left(day: int, hour: int = 9) -> tuple[Tone, int]:
        now = at_local(date(2021, 3, day), datetime(2021, 3, day, hour).time())  # noqa: DTZ001
        found = time_left(
            now, counted.due_at, counted.overdue_from, limit, calendar=PLAIN, hours=HOURS
        )
        return found.tone, found.minutes if found.in_hours else found.days

    assert left(2) == (Tone.SAFE, 9)
    assert left(11) == (Tone.NEAR, 2)
    assert left(15, 15) == (Tone.NEAR, 120), "today is told in working time"
    assert left(17) == (Tone.LATE, 2)


@pytest.mark.parametrize(
    ("limit", "now", "said"),
    [
        ("5wd", "2021-03-08T16:59", "còn %(minutes)d phút làm việc"),
        ("5wd", "2021-03-08T18:30", "đến hạn hôm nay"),
        ("4wh", "2021-03-01T13:59", "còn %(minutes)d phút làm việc"),
        ("4wh", "2021-03-01T14:01", "quá %(minutes)d phút làm việc"),
        ("8wh", "2021-03-01T16:30", "còn %(hours)d giờ %(minutes)d phút làm việc"),
        ("8wh", "2021-03-01T20:00", "còn %(hours)d giờ làm việc"),
        ("4wh", "2021-03-01T16:00", "quá %(hours)d giờ làm việc"),
    ],
)
def test_nobody_is_told_of_no_minutes(limit: str, now: str, said: str) -> None:
    received = datetime.fromisoformat("2021-03-01T09:00+07:00")
    counted = count(received, plain(Limit.parse(limit)), calendar=PLAIN, hours=HOURS)
    at = datetime.fromisoformat(f"{now}+07:00")
    found = time_left(
        at, counted.due_at, counted.overdue_from, counted.limit, calendar=PLAIN, hours=HOURS
    )
    assert found.message == said


def test_what_is_late_since_the_office_closed_is_just_late_and_a_new_pause_has_just_begun() -> None:
    closing = datetime.fromisoformat("2021-03-01T17:00+07:00")
    night, eight = closing + timedelta(hours=9), Limit.parse("8wh")
    late = closing + timedelta(minutes=1)
    found = time_left(night, closing, late, eight, calendar=PLAIN, hours=HOURS)
    assert found.message == "vừa quá hạn"
    assert Left(Tone.HOLD).message == "vừa dừng"


@pytest.mark.parametrize(
    ("now", "said", "tone", "reminders"),
    [
        ("2021-03-08", "xong, chờ trả", Tone.DONE, 0),
        ("2021-03-09", "chờ lấy, quá hẹn 1 ngày", Tone.DONE, 0),
        ("2021-03-14", "chờ lấy, quá hẹn 6 ngày", Tone.DONE, 0),
        ("2021-03-15", "chờ lấy, quá hẹn 7 ngày", Tone.NEAR, 1),
        ("2021-04-07", "chờ lấy, quá hẹn 30 ngày", Tone.NEAR, 2),
        ("2021-06-06", "chờ lấy, quá hẹn 90 ngày", Tone.NEAR, 3),
        ("2022-03-08", "chờ lấy, quá hẹn 365 ngày", Tone.NEAR, 3),
        ("2022-03-09", "chờ lấy, quá hẹn 366 ngày", Tone.LATE, 3),
    ],
)
@pytest.mark.parametrize(
    ("due", "finished"),
    [("2021-03-08T17:00", "2021-03-05T10:00"), ("2021-03-03T17:00", "2021-03-08T10:00")],
    ids=["was ready before", "was late"],
)
def test_a_result_that_nobody_takes_waits_since_its_day(
    due: str, finished: str, now: str, said: str, tone: Tone, reminders: int
) -> None:
    moments = (datetime.fromisoformat(f"{one}+07:00") for one in (due, finished, f"{now}T23:30"))
    left = waiting(*moments)
    assert (left.message % left.values, left.tone, left.reminders) == (said, tone, reminders)


def test_a_third_of_a_limit_in_months_is_a_third_of_its_days() -> None:
    received = at_local(date(2021, 3, 1), datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
    limit = Limit.parse("2m")
    counted = count(received, plain(limit), calendar=PLAIN, hours=HOURS)

    def tone(day: date) -> Tone:
        now = at_local(day, datetime(2021, 3, 1, 9).time())  # noqa: DTZ001
        return time_left(
            now, counted.due_at, counted.overdue_from, limit, calendar=PLAIN, hours=HOURS
        ).tone

    assert legal_date(counted.due_at) == date(2021, 5, 3)
    assert tone(date(2021, 4, 12)) == Tone.SAFE
    assert tone(date(2021, 4, 13)) == Tone.NEAR


def test_a_day_entered_into_an_estimated_year_takes_nothing_from_what_is_known() -> None:
    known = CalendarDay(date(2018, 12, 31), DayKind.DAY_OFF_IN_LIEU, "biết", "known")
    guess = CalendarDay(date(2018, 12, 31), DayKind.PUBLIC_HOLIDAY, "đoán", "guess")
    calendar = Calendar({known.day: known}, YEARS, lambda _year: {guess.day: guess})
    entered = calendar.entered([CalendarDay(date(2018, 12, 28), DayKind.PUBLIC_HOLIDAY, "x", "x")])
    assert entered.row(known.day) == known
    assert not entered.works_on(date(2018, 12, 28))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


def test_an_unconfirmed_year_says_so() -> None:
    unsure = replace(PLAIN, provisional_years=frozenset({2027}))
    received = at_local(date(2026, 12, 30), datetime(2026, 12, 30, 9).time())  # noqa: DTZ001
    assert count(received, plain(Limit.parse("5wd")), calendar=unsure, hours=HOURS).provisional


@pytest.mark.parametrize(
    ("pause", "kind", "number", "used", "why"),
    [
        ((1, 10, 30), LineKind.COUNTED, "1.5", 1, "the morning before the pause is counted"),
        ((1, 15, 0), LineKind.COUNTED, "5", 2, "and the afternoon until it begins"),
        ((1, 12, 30), LineKind.COUNTED, "3", 1, "at noon the whole morning is"),
        ((1, 9, 0), LineKind.PAUSED, "0", 0, "a pause from the first minute leaves nothing"),
        ((2, 8, 0), LineKind.PAUSED, "7", 0, "one from the opening leaves what was before"),
        ((2, 11, 0), LineKind.COUNTED, "10", 1, "the hours of the days before are in the sum"),
    ],
)
def test_the_day_on_which_a_pause_begins_keeps_the_hours_used_before_it(
    pause: tuple[int, int, int], kind: LineKind, number: str, used: int, why: str
) -> None:
    day, hour, minute = pause
    lines = count(
        at_local(date(2021, 3, 1), time(9)),
        plain(Limit.parse("24wh")),
        calendar=PLAIN,
        hours=HOURS,
    ).days
    cut = cut_at(lines, at_local(date(2021, 3, day), time(hour, minute)))
    line = cut[day - 1]
    assert (line.kind, line.number, len(line.used)) == (kind, Decimal(number), used), why
    assert (*cut[: day - 1], *cut[day:]) == (*lines[: day - 1], *lines[day:])


def test_a_pause_takes_nothing_off_a_day_that_is_counted_as_a_day() -> None:
    lines = count(
        at_local(date(2021, 3, 1), time(9)), plain(Limit.parse("5wd")), calendar=PLAIN, hours=HOURS
    ).days
    assert cut_at(lines, at_local(date(2021, 3, 2), time(10))) == lines


def test_hours_that_roll_over_days_declared_off_name_those_days() -> None:
    off = {date(2021, 3, day): DayKind.PUBLIC_HOLIDAY for day in (2, 3)}
    counted = count(
        at_local(date(2021, 3, 1), time(14)),
        plain(Limit.parse("8wh")),
        calendar=PLAIN,
        hours=HOURS,
        in_force=calendar_of(off),
    )
    assert [(line.date.day, line.kind, line.number) for line in counted.days[1:]] == [
        (2, LineKind.COUNTED, 8),
        (3, LineKind.PUBLIC_HOLIDAY, 8),
        (4, LineKind.ROLLED, 8),
    ]
    assert local(counted.due_at) == local(at_local(date(2021, 3, 4), time(14)))


@pytest.mark.parametrize("text", ["0d", "0i", "0wd"])
def test_whatever_is_due_the_same_day_is_at_once_by_the_hour_and_counted_from_receipt(
    text: str,
) -> None:
    limit = Limit.parse(text)
    assert (limit.is_at_once, limit.is_by_the_hour) == (True, True)
    assert limit.counting == "tính từ lúc nhận"


def test_hours_are_not_at_once_and_days_are_not_by_the_hour() -> None:
    hours, days = Limit.parse("8wh"), Limit.parse("1wd")
    assert (hours.is_at_once, hours.is_by_the_hour) == (False, True)
    assert (days.is_at_once, days.is_by_the_hour) == (False, False)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 500))
@example(date(2024, 2, 29), 366)
@example(date(2025, 2, 28), 365)
@example(date(2025, 3, 1), 366)
def test_a_list_of_what_nobody_takes_holds_what_is_marked_so(today: date, days: int) -> None:
    since = today - timedelta(days=days)
    due, at = at_local(since, time(17)), at_local(today, time(9))
    left = waiting(due, due, at)
    listed = {one for one in Unclaimed if since <= one.since(today)}
    assert len(listed - {Unclaimed.YEAR}) == left.reminders
    assert (Unclaimed.YEAR in listed) == (left.tone == Tone.LATE)
