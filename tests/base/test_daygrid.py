from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.base.daygrid import Cell, GridFacts, Sheet, sheet, sheet_once
from onestop.base.hourbars import BAR
from onestop.base.moments import VIET_NAM
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import CalendarDay, DayKind, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import AT_ONCE, Limit, Unit, plain
from onestop.deadlines.rules.lines import Count, cut_at
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from tests.base.given import reader

CALENDAR = packaged_calendar()
FEE = Pause(
    datetime(2021, 3, 3, 10, tzinfo=VIET_NAM),
    datetime(2021, 3, 10, 10, tzinfo=VIET_NAM),
)
SUPPLEMENT = Pause(FEE.begins_at, FEE.ends_at, restarts=True)
AFTER_THREE = replace(SUPPLEMENT, ends_at=datetime(2021, 3, 10, 16, tzinfo=VIET_NAM))
working_limits = st.builds(Limit, st.integers(1, 60), st.just(Unit.WORKING_DAY))
receipts = st.datetimes(datetime(2020, 1, 1), datetime(2026, 6, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=VIET_NAM)
)


def counted(received: str, limit: str, *pauses: Pause) -> Count:
    at = datetime.fromisoformat(received).replace(tzinfo=VIET_NAM)
    return count(at, plain(Limit.parse(limit)), calendar=CALENDAR, hours=Hours(), pauses=pauses)


def drawn(
    received: str,
    limit: str,
    *pauses: Pause,
    today: str = "2030-01-01",
    late_until: str | None = None,
    language: str = "vi",
) -> Sheet:
    found = counted(received, limit, *pauses)
    with reader(language):
        return sheet(
            GridFacts(
                found.days,
                today=date.fromisoformat(today),
                late_until=date.fromisoformat(late_until) if late_until else None,
                is_working=CALENDAR.works_on,
                in_hours=found.limit.unit == Unit.WORKING_HOUR,
                at_once=found.limit.unit in AT_ONCE,
            )
        )


def cells(drawing: Sheet) -> list[Cell]:
    return [cell for week in (*drawing.head, *drawing.middle, *drawing.tail) for cell in week]


def at(drawing: Sheet, label: str) -> Cell:
    (found,) = [cell for cell in cells(drawing) if cell.label == label]
    return found


@pytest.mark.parametrize(
    ("received", "limit", "pauses", "day", "css", "number", "tag", "why"),
    [
        ("2022-01-24T09:12", "5wd", (), "24/1", "start", "", "nhận", "receipt is not counted"),
        ("2022-01-24T09:12", "5wd", (), "25/1", "counted", "1", "", "the first day counted"),
        ("2022-01-24T09:12", "5wd", (), "29/1", "off", "", "", "a Saturday"),
        ("2022-01-24T09:12", "5wd", (), "31/1", "off", "", "Tết", "a holiday has its name"),
        ("2020-12-30T10:00", "3wd", (), "1/1", "off", "", "lễ", "the first of January is no Tết"),
        ("2022-01-24T09:12", "5wd", (), "7/2", "counted due", "5", "hẹn", "the due day"),
        ("2022-01-24T09:12", "5wd", (), "8/2", "out", "", "", "past the limit"),
        ("2024-04-25T10:30", "5wd", (), "29/4", "off", "", "đổi ngày", "a swapped day"),
        ("2024-04-25T10:30", "5wd", (), "30/4", "off", "", "lễ", "a holiday"),
        ("2024-04-25T10:30", "5wd", (), "4/5", "counted makeup", "4", "làm bù", "made up"),
        ("2021-02-09T10:00", "3wd", (), "15/2", "off", "", "nghỉ bù", "a day off in lieu"),
        ("2021-03-01T10:30", "5wd", (FEE,), "4/3", "pause", "", "tạm dừng", "a pause"),
        ("2021-03-01T10:30", "5wd", (FEE,), "10/3", "counted", "2", "", "counting goes on"),
        ("2021-03-01T10:30", "5wd", (SUPPLEMENT,), "2/3", "pause", "", "bỏ đếm", "in vain"),
        ("2021-03-01T10:30", "5wd", (SUPPLEMENT,), "10/3", "start", "", "bổ sung", "a new start"),
        ("2021-03-01T10:30", "5wd", (SUPPLEMENT,), "11/3", "counted", "1", "", "counted anew"),
        ("2021-03-01T10:30", "0d", (AFTER_THREE,), "10/3", "start", "", "bổ sung", "not receipt"),
    ],
)
def test_a_day_looks_like_what_it_is(
    received: str,
    limit: str,
    pauses: tuple[Pause, ...],
    day: str,
    css: str,
    number: str,
    tag: str,
    why: str,
) -> None:
    cell = at(drawn(received, limit, *pauses), day)
    assert (cell.css, cell.number, cell.tag) == (css, number, tag), why


@settings(max_examples=60)
@given(receipts, working_limits)
def test_the_numbers_of_a_sheet_run_from_one_to_the_limit_and_end_on_the_due_day(
    received: datetime, limit: Limit
) -> None:
    found = count(received, plain(limit), calendar=CALENDAR, hours=Hours())
    with reader():
        drawing = sheet(GridFacts(found.days, today=date(2019, 1, 1)))
    numbered = [cell for cell in cells(drawing) if cell.number]
    assert [cell.number for cell in numbered] == [str(n) for n in range(1, limit.value + 1)]
    (due,) = [cell for cell in cells(drawing) if "due" in cell.css]
    assert due == numbered[-1]
    last = legal_date(found.due_at)
    assert due.label == f"{last.day}/{last.month}"


@settings(max_examples=60)
@given(receipts, working_limits)
def test_weeks_run_from_monday_to_sunday_and_no_day_between_is_missing(
    received: datetime, limit: Limit
) -> None:
    found = count(received, plain(limit), calendar=CALENDAR, hours=Hours())
    with reader():
        drawing = sheet(GridFacts(found.days, today=date(2019, 1, 1)))
    labels = [cell.label for cell in cells(drawing)]
    monday = found.days[0].date - timedelta(found.days[0].date.weekday())
    wanted = [monday + timedelta(number) for number in range(len(labels))]
    assert labels == [f"{day.day}/{day.month}" for day in wanted]
    assert len(labels) % 7 == 0


@settings(max_examples=60)
@given(receipts, working_limits)
def test_the_legend_names_exactly_the_kinds_that_occur(received: datetime, limit: Limit) -> None:
    found = count(received, plain(limit), calendar=CALENDAR, hours=Hours())
    with reader():
        drawing = sheet(GridFacts(found.days, today=found.days[0].date))
    shown = {name for cell in cells(drawing) for name in cell.css.split()} - {"out"}
    assert {swatch for swatch, _word in drawing.legend} == shown


def test_more_than_six_weeks_are_folded_but_for_the_first_and_last_two() -> None:
    short, long = drawn("2022-03-07T09:00", "28wd"), drawn("2022-01-10T15:05", "30wd")
    assert (len(short.head), short.middle, short.tail) == (6, (), ())
    assert (len(long.head), len(long.middle), len(long.tail)) == (2, 4, 2)


def test_a_paper_folds_earlier_and_knows_no_today() -> None:
    found = counted("2022-03-07T09:00", "28wd")
    with reader():
        drawing = sheet(GridFacts(found.days, today=None, most_weeks=4))
    assert (len(drawing.head), len(drawing.middle), len(drawing.tail)) == (2, 2, 2)
    assert "today" not in dict(drawing.legend)


def test_while_a_pause_runs_its_days_are_shown_and_nothing_is_promised() -> None:
    found = counted("2021-03-01T10:30", "5wd")
    with reader():
        drawing = sheet(
            GridFacts(found.days, today=date(2021, 3, 5), held=(date(2021, 3, 3), date(2021, 3, 5)))
        )
    assert (at(drawing, "2/3").css, at(drawing, "2/3").number) == ("counted", "1")
    assert [at(drawing, day).css for day in ("3/3", "4/3", "5/3")] == ["pause"] * 2 + [
        "pause today"
    ]
    assert not any("due" in cell.css for cell in cells(drawing))
    assert drawing.reasons[-1] == ("03 – 05/03", "Tạm dừng, không đếm.")


@pytest.mark.parametrize(
    ("pauses", "day", "today", "css", "tag", "why"),
    [
        ((), "2021-03-01", "2021-03-03", "start pause", "nhận", "paused on the day of receipt"),
        ((), "2021-03-01", "2021-03-01", "start today pause", "nhận", "and looked at on that day"),
        ((SUPPLEMENT,), "2021-03-10", "2021-03-11", "start pause", "bổ sung", "a new start"),
    ],
)
def test_a_pause_that_begins_on_the_day_of_receipt_does_not_hide_it(
    pauses: tuple[Pause, ...], day: str, today: str, css: str, tag: str, why: str
) -> None:
    first, now = date.fromisoformat(day), date.fromisoformat(today)
    with reader():
        drawing = sheet(
            GridFacts(
                counted("2021-03-01T10:30", "5wd", *pauses).days, today=now, held=(first, now)
            )
        )
    cell = at(drawing, f"{first.day}/{first.month}")
    assert (cell.css, cell.tag) == (css, tag), why
    assert cell.spoken.endswith("Tạm dừng, không đếm.")
    assert {"start", "pause"} <= dict(drawing.legend).keys()
    assert drawing.reasons[-1][1] == "Tạm dừng, không đếm."
    assert "nhận" in drawing.reasons[0][1]


def test_many_weekends_are_said_once() -> None:
    reasons = dict(drawn("2022-03-07T09:00", "28wd").reasons)
    assert reasons["cuối tuần"] == "9 ngày thứ Bảy, Chủ nhật."
    assert sum("Thứ Bảy" in reason for reason in reasons.values()) == 0


def test_days_after_the_promise_are_numbered_as_late_and_days_off_are_not() -> None:
    drawing = drawn("2022-01-19T14:05", "2wd", today="2022-01-24", late_until="2022-01-24")
    assert at(drawing, "21/1").css == "counted due over"
    assert at(drawing, "22/1").css == "off"
    assert (at(drawing, "24/1").css, at(drawing, "24/1").tag) == ("lateday today", "trễ 1")


def test_today_is_marked_wherever_it_lies_in_the_weeks_shown() -> None:
    assert "today" in at(drawn("2022-01-24T09:12", "5wd", today="2022-01-26"), "26/1").css
    assert at(drawn("2022-01-24T09:12", "5wd", today="2022-02-09"), "9/2").css == "out today"


def test_each_day_also_speaks() -> None:
    drawing = drawn("2022-01-24T09:12", "5wd", today="2022-01-26")
    assert at(drawing, "26/1").spoken == "thứ Tư: Ngày thứ 2. Hôm nay."
    assert at(drawing, "7/2").spoken.endswith("Hẹn trả.")
    assert all(cell.spoken for cell in cells(drawing))


@pytest.mark.parametrize(
    ("received", "limit", "when", "reason", "why"),
    [
        ("2022-01-24T09:12", "5wd", "29 – 30/01", "Thứ Bảy, Chủ nhật.", "a weekend"),
        ("2022-01-24T09:12", "5wd", "31/01 – 04/02", "Tết Nguyên đán Nhâm Dần.", "one holiday"),
        (
            "2024-04-25T10:30",
            "5wd",
            "30/04 – 01/05",
            "Ngày Chiến thắng 30/4, Ngày Quốc tế Lao động.",
            "two holidays in a row are both named",
        ),
        ("2022-04-29T09:00", "2wd", "02 – 03/05", "Nghỉ bù 30/4, Nghỉ bù 1/5.", "both in lieu"),
        ("2024-04-25T10:30", "5wd", "29/04", "Nghỉ hoán đổi (làm bù 04/05/2024).", "alone: all"),
        ("2022-01-24T09:12", "5wd", "07/02", "Ngày thứ 5: hẹn trả.", "the last line is the date"),
    ],
)
def test_every_day_that_is_not_counted_has_its_reason(
    received: str, limit: str, when: str, reason: str, why: str
) -> None:
    assert dict(drawn(received, limit).reasons)[when] == reason, why


def test_an_hour_limit_is_explained_in_hours_not_in_days() -> None:
    drawing = drawn("2022-01-28T15:30", "8wh")
    reasons = dict(drawing.reasons)
    assert reasons["28/01"] == "15:30–17:00: 1,5 giờ."
    assert reasons["07/02"] == "8:00–12:00, 13:00–15:30: 6,5 giờ."
    assert not any("thứ 8" in reason for reason in reasons.values())


def test_an_hour_limit_is_a_bar_a_day_with_what_was_used() -> None:
    drawing = drawn("2022-01-28T15:30", "8wh")
    assert [(row.label, row.used) for row in drawing.hours] == [
        ("T6 28/01", "1,5 giờ"),
        ("29/01 – 06/02", "nghỉ"),
        ("T2 07/02", "6,5 giờ"),
    ]
    for row in drawing.hours:
        assert all(0 <= bar.x <= bar.x + bar.width <= BAR + 0.1 for bar in row.bars)


@pytest.mark.parametrize(
    ("received", "used"),
    [
        ("2022-01-28T16:14", "46 phút"),
        ("2022-01-28T15:30", "1,5 giờ"),
        ("2022-01-28T14:50", "2 giờ 10 phút"),
    ],
)
def test_odd_stretches_are_told_in_minutes(received: str, used: str) -> None:
    assert drawn(received, "8wh").hours[0].used == used


def test_in_english_the_month_stands_where_it_begins() -> None:
    labels = [cell.label for cell in cells(drawn("2022-01-26T09:12", "3wd", language="en"))]
    assert labels[:8] == ["24 Jan", "25", "26", "27", "28", "29", "30", "31"]
    assert labels[8] == "1 Feb"


def test_in_english_holidays_have_their_english_names_in_hours_as_in_days() -> None:
    for limit in ("5wd", "8wh"):
        reasons = dict(drawn("2022-01-28T15:30", limit, language="en").reasons)
        assert reasons["31 Jan – 4 Feb"].startswith("Lunar New Year"), limit


def test_what_is_due_at_once_but_late_shows_its_days() -> None:
    late = drawn("2022-01-26T14:20", "0d", today="2022-01-28", late_until="2022-01-28")
    assert late.sentence == ""
    assert ("late", "ngày trễ") in late.legend


@pytest.mark.parametrize(
    ("received", "sentence"),
    [
        ("2022-01-26T14:20", "Nhận trước 15:00: trả trong ngày."),
        ("2022-01-26T15:05", "Nhận từ 15:00: trả trong ngày làm việc tiếp theo."),
        ("2022-01-22T09:00", "Nhận vào ngày nghỉ: trả trong ngày làm việc tiếp theo."),
    ],
)
def test_what_is_due_at_once_is_one_sentence(received: str, sentence: str) -> None:
    assert drawn(received, "0d").sentence == sentence


def once(
    key: str | None, today: str, language: str = "vi", received: str = "2021-03-01T09"
) -> Sheet:
    found = counted(received, "5wd")
    with reader(language):
        return sheet_once(
            GridFacts(
                key=key,
                lines=found.days,
                is_working=CALENDAR.works_on,
                today=date.fromisoformat(today),
                late_until=None,
                in_hours=False,
                at_once=False,
                held=None,
            )
        )


def test_a_sheet_is_made_once_for_all_days_on_which_it_looks_the_same() -> None:
    assert once("a key", "2021-05-03") is once("a key", "2030-01-01")
    marked = once("a key", "2021-03-02")
    assert marked is not once("a key", "2021-05-03")
    assert [cell.label for cell in cells(marked) if "today" in cell.css] == ["2/3"]


def test_a_sheet_is_another_for_another_key_another_language_or_without_a_key() -> None:
    kept = once("one key", "2021-05-03")
    assert once("another key", "2021-05-03", received="2021-03-02T09") is not kept
    assert once("one key", "2021-05-03", "en").legend != kept.legend
    bare = once(None, "2021-05-03", received="2021-03-02T09")
    assert bare.reasons != once(None, "2021-05-03").reasons


def test_while_a_pause_runs_the_hours_before_it_stay_and_its_days_are_one_bar() -> None:
    found = counted("2021-03-01T09:00", "24wh")
    since = datetime(2021, 3, 2, 10, 30, tzinfo=VIET_NAM)
    with reader():
        drawing = sheet(
            GridFacts(
                cut_at(found.days, since),
                today=date(2021, 3, 4),
                in_hours=True,
                held=(date(2021, 3, 2), date(2021, 3, 4)),
            )
        )
    assert [(row.label, row.used) for row in drawing.hours] == [
        ("T2 01/03", "7 giờ"),
        ("T3 02/03", "2,5 giờ"),
        ("02 – 04/03", "tạm dừng"),
    ]
    assert drawing.reasons[-2:] == (
        ("02/03", "8:00–10:30: 2,5 giờ."),
        ("02 – 04/03", "Tạm dừng, không đếm."),
    )


def test_days_paused_counted_in_vain_or_rolled_to_are_no_days_off_in_hours() -> None:
    whole = Pause(
        datetime(2021, 3, 4, 8, tzinfo=VIET_NAM), datetime(2021, 3, 10, 8, tzinfo=VIET_NAM)
    )
    assert [(row.label, row.used) for row in drawn("2021-03-03T09:00", "8wh", whole).hours] == [
        ("T4 03/03", "7 giờ"),
        ("04 – 09/03", "tạm dừng"),
        ("T4 10/03", "1 giờ"),
    ]
    anew = replace(whole, restarts=True)
    assert [(row.label, row.used) for row in drawn("2021-03-03T09:00", "8wh", anew).hours] == [
        ("T4 03/03", "bỏ đếm"),
        ("04 – 09/03", "tạm dừng"),
        ("T4 10/03", "8 giờ"),
    ]


def test_a_day_of_hours_declared_off_shows_where_the_date_went() -> None:
    off = CalendarDay(date(2021, 3, 2), DayKind.PUBLIC_HOLIDAY, "x", "x")
    found = count(
        datetime(2021, 3, 1, 14, tzinfo=VIET_NAM),
        plain(Limit.parse("8wh")),
        calendar=CALENDAR,
        hours=Hours(),
        in_force=CALENDAR.entered([off]),
    )
    with reader():
        rows = sheet(GridFacts(found.days, today=None, in_hours=True)).hours
    assert [(row.label, row.used) for row in rows][-1] == ("T4 03/03", "hẹn")
