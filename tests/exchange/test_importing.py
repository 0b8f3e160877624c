"""A register comes in through the same rules as the screens: all of it, or nothing."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from onestop.base.database import db, is_postgresql
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.actions import history, processing
from onestop.dossiers.models import DayCounter, Dossier, Entry
from onestop.dossiers.queries import figures, reading
from onestop.dossiers.queries.figures import Figure
from onestop.dossiers.rules.states import Outcome, State, Verb
from onestop.exchange.actions import importing
from onestop.letters.queries.listing import papers
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period
from tests.dossiers.given import COMMUNE_CLERK, MONDAY, received, staff
from tests.exchange.given import written_csv
from tests.exchange.offices import AT, ROW, brought_in, examined, imported, sizes, told
from tests.organisation import given as organisation

pytestmark = pytest.mark.usefixtures("app")


def only() -> Dossier:
    return db.session.scalars(select(Dossier)).one()


def test_a_row_becomes_a_dossier_as_the_desk_would_have_made_it(tmp_path: Path) -> None:
    row = {
        "applicant_id_number": "999091000123",
        "applicant_phone": "0600123456",
        "resolved_at": "2021-03-04T15:00",
        "returned_at": "2021-03-05T08:30",
    }
    assert imported(tmp_path, row) == 1
    dossier = only()
    at_the_desk = received(procedure_code="C-HT-13", at=MONDAY)
    for name in ("due_at", "legal_due_at", "first_due_at", "overdue_from", "on_time_from", "level",
                 "limit_value", "limit_unit", "fee_vnd", "handling_agency_id", "field_id",
                 "calendar_version", "rolled_version"):  # fmt: skip
        assert getattr(dossier, name) == getattr(at_the_desk, name), name
    assert (dossier.code, at_the_desk.code) == ("H26.91.27-210301-0001", "H26.91.27-210301-0002")
    assert (dossier.state, dossier.outcome) == (State.RETURNED, Outcome.GRANTED)
    assert (dossier.channel, dossier.papers, dossier.note) == (Channel.COUNTER, [], None)
    assert counters.differences() == []


def test_the_history_tells_the_moments_of_the_row_and_no_more(tmp_path: Path) -> None:
    imported(tmp_path, {"returned_at": "2021-03-04T15:00"})
    lines = db.session.scalars(select(Entry).order_by(Entry.seq)).all()
    assert [(line.verb, line.details, line.author_name) for line in lines] == [
        (Verb.RECEIVE, {}, Operator().name),
        (Verb.SETTLE, {"mark": "settled_at_once"}, Operator().name),
        (Verb.RETURN, {}, Operator().name),
    ]
    assert lines[1].happened_at == lines[2].happened_at == datetime(2021, 3, 4, 8, tzinfo=UTC)
    assert all(line.recorded_at == AT for line in lines)
    seal = b""
    for line in lines:
        row = {column.name: getattr(line, column.name) for column in Entry.__table__.columns}
        assert line.previous_hash == seal
        assert history.sealed(row, only().code) == line.hash
        seal = line.hash


def test_lines_of_the_register_follow_the_time_of_receipt_behind_those_there(
    tmp_path: Path,
) -> None:
    assert received().book_number == 1
    times = ("2021-03-04T15:00", "2021-03-02T08:00", "2020-12-31T23:59", "2021-03-03T08:00")
    imported(tmp_path, *({"received_at": one} for one in times))
    found = db.session.execute(
        select(Dossier.received_at, Dossier.book_number).order_by(Dossier.received_at)
    )
    told = [(local(one.received_at).day, one.book_number) for one in found]
    assert told == [(31, 1), (1, 1), (2, 2), (3, 3), (4, 4)]
    assert received().book_number == 5, "the desk goes on behind them"


def test_a_dossier_of_a_register_is_found_and_goes_on_at_the_desk(tmp_path: Path) -> None:
    imported(tmp_path, {"dossier_code": "H26.91.27-210301-0042"})
    clerk = staff(COMMUNE_CLERK, AT)
    with transaction():
        dossier = reading.for_change("H26.91.27-210301-0042", clerk)
        assert dossier is not None
        processing.hand_over(dossier, by=clerk, at=AT)
    assert only().state == State.IN_PROGRESS
    assert received(at=MONDAY).code == "H26.91.27-210301-0043"


def test_new_numbers_begin_above_every_kept_one_of_their_day(tmp_path: Path) -> None:
    rows = [{}, {"dossier_code": "H26.91.27-210301-0005"}, {}, {"dossier_code": ""}]
    imported(tmp_path, *rows)
    codes = db.session.scalars(select(Dossier.code).order_by(Dossier.id)).all()
    assert [int(code[-4:]) for code in codes] == [6, 5, 7, 8]
    assert db.session.scalar(select(DayCounter.last)) == 8


def test_a_code_of_the_old_form_is_kept(tmp_path: Path) -> None:
    imported(tmp_path, {"dossier_code": "000.27.91.H26-210301-0009"})
    assert only().code == "000.27.91.H26-210301-0009"


def test_what_is_not_accepted_is_counted_as_that_alone(tmp_path: Path) -> None:
    imported(
        tmp_path,
        {"received_at": "", "not_accepted_at": "2021-03-02T10:00", "channel": "online",
         "submitted_at": "2021-03-01T20:00"},
    )  # fmt: skip
    total = periods.rates(Wanted(Period(date(2021, 3, 1), date(2021, 3, 31))), at=AT).total
    assert (total.received, total.refused_at_intake, total.open) == (0, 1, 0)
    assert only().state == State.NOT_ACCEPTED


def test_one_bad_row_at_the_end_of_many_leaves_nothing(tmp_path: Path) -> None:
    rows = [{**ROW, "received_at": f"2021-03-{day:02}T09:00"} for day in range(1, 29)] * 90
    path = written_csv(tmp_path / "so.csv", [*rows, {**ROW, "channel": "fax"}])
    before = sizes()
    with closing(examined(path)) as found:
        assert told(found) == [
            (
                len(rows) + 2,
                "channel",
                "“fax” không phải kênh tiếp nhận: Trực tiếp; Bưu chính; Trực tuyến.",
            )
        ]
        assert (found.fits, found.dossiers) == (False, 0)
        with transaction(), pytest.raises(ValueError, match="does not fit"):
            importing.import_register(found, by=Operator(), at=AT)
    assert sizes() == before


def test_looking_through_a_register_writes_nothing(tmp_path: Path) -> None:
    before = sizes()
    path = written_csv(tmp_path / "so.csv", [ROW, ROW])
    with closing(examined(path)) as found:
        assert (found.fits, found.dossiers) == (True, 2)
    assert sizes() == before


def test_a_code_that_was_given_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    rows = [{**ROW, "dossier_code": f"H26.91.27-210301-{number:04}"} for number in range(2, 2500)]
    path = written_csv(
        tmp_path / "so.csv", [*rows, {**ROW, "dossier_code": "H26.91.27-210301-0001"}]
    )
    with closing(examined(path)) as found:
        assert found.fits
        received(at=MONDAY)
        before = sizes()
        with pytest.raises(Refusal, match="Số hồ sơ này đã được cấp"), transaction():
            importing.import_register(found, by=Operator(), at=AT)
    assert sizes() == before


def test_a_catalogue_that_changed_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    path = written_csv(tmp_path / "so.csv", [ROW])
    with closing(examined(path)) as found:
        organisation.closed("H26.91.27", date(2021, 2, 28))
        before = sizes()
        with pytest.raises(Refusal, match="vừa thay đổi"), transaction():
            importing.import_register(found, by=Operator(), at=AT)
    assert sizes() == before


def test_a_register_twice_names_every_code_that_is_there_already(tmp_path: Path) -> None:
    rows = [{**ROW, "dossier_code": f"H26.91.27-210301-{number:04}"} for number in range(1, 600)]
    path = written_csv(tmp_path / "so.csv", rows)
    brought_in(path)
    with closing(examined(path)) as found:
        assert [row for row, _, _ in told(found)] == list(range(2, 601))
        assert {column for _, column, _ in told(found)} == {"dossier_code"}


def test_an_agency_that_has_ended_or_a_procedure_out_of_force_is_refused(tmp_path: Path) -> None:
    organisation.closed("H26.91.27", date(2021, 2, 28))
    rows = [
        ROW,
        {**ROW, "agency_code": "H26.91.28", "procedure_code": "D-DD-03"},
        {**ROW, "agency_code": "xã ngọc hồi", "procedure_code": "Đăng ký lại khai sinh"},
    ]
    with closing(examined(written_csv(tmp_path / "so.csv", rows))) as found:
        faults = told(found)
    assert [(row, column) for row, column, _ in faults] == [
        (2, "agency_code"),
        (3, "procedure_code"),
        (4, "agency_code"),
    ]
    assert "không tồn tại vào ngày" in faults[0][2]
    assert "không tồn tại vào ngày" in faults[2][2], "by its name it is the same agency"


@pytest.mark.parametrize("day", ["hôm qua", "2021-03-01T09:00"])
def test_an_unknown_agency_and_procedure_are_named_whatever_else_is_wrong(
    tmp_path: Path, day: str
) -> None:
    row = {**ROW, "received_at": day, "agency_code": "H99", "procedure_code": "Đăng ký gì đó"}
    with closing(examined(written_csv(tmp_path / "so.csv", [row]))) as found:
        columns = [column for _, column, _ in told(found)]
    assert set(columns) - {"received_at"} == {"agency_code", "procedure_code"}
    assert ("received_at" in columns) == (day == "hôm qua")


def test_a_clerk_brings_in_what_is_his_own_desks(tmp_path: Path) -> None:
    clerk = staff(COMMUNE_CLERK, AT)
    with closing(
        examined(written_csv(tmp_path / "a.csv", [{**ROW, "agency_code": "H26.91.28"}]), by=clerk)
    ) as found:
        assert [column for _, column, _ in told(found)] == ["agency_code"]
    assert imported(tmp_path, {}, by=clerk) == 1
    author = db.session.scalar(select(Entry.author_id))
    assert author == clerk.account_id


def test_names_are_read_where_there_are_no_codes(tmp_path: Path) -> None:
    row = {
        "Tên TTHC": "Đăng ký lại khai sinh",
        "Cơ quan chủ trì giải quyết": "XÃ NGỌC HỒI",
        "Kênh tiếp nhận": "Trực tiếp",
        "Nhận hồ sơ": "01/03/2021 09:00",
        "Tên cá nhân, tổ chức": "Nguyễn Văn Thí Dụ",
        "Địa chỉ, số điện thoại": "Thôn Một, 0600 123 456",
    }
    brought_in(written_csv(tmp_path / "so.csv", [row], delimiter=";"))
    dossier = only()
    assert dossier.code.startswith("H26.91.27-210301-")
    assert (dossier.applicant_phone, dossier.applicant_address) == ("0600123456", "Thôn Một")


@pytest.mark.parametrize("column", ["resolved_at", "supplement_received_at", "pauses"])
def test_what_is_told_of_today_by_its_date_holds_today(tmp_path: Path, column: str) -> None:
    cells = {
        "resolved_at": {"resolved_at": "2021-06-30"},
        "supplement_received_at": {
            "supplement_requested_at": "2021-06-28",
            "supplement_received_at": "30/06/2021",
        },
        "pauses": {"pauses": "2021-06-28/2021-06-30"},
    }
    imported(tmp_path, {"received_at": "2021-06-25T09:00", **cells[column]})
    period = Period(date(2021, 6, 1), date(2021, 6, 30))
    total = periods.rates(Wanted(period), at=AT).total
    for name in ("resolved", "open", "paused", "open_overdue"):
        condition = figures.condition(Figure(name, period, Asked(), AT))
        counted = db.session.scalar(select(func.count()).select_from(Dossier).where(condition))
        assert counted == getattr(total, name), name
    assert db.session.scalar(select(func.max(Entry.happened_at))) <= AT  # type: ignore[operator]
    assert counters.differences() == []


def test_a_supplement_told_by_dates_of_the_day_of_receipt_is_counted_and_counted_again(
    tmp_path: Path,
) -> None:
    imported(tmp_path, {"supplement_requested_at": "2021-03-01", "received_at": "2021-03-01T09:00"})
    clerk = staff(COMMUNE_CLERK, AT)
    with transaction():
        dossier = reading.for_change(only().code, clerk)
        assert dossier is not None
        processing.note_supplement(dossier, by=clerk, at=AT)
    assert only().due_at == datetime(2021, 7, 7, 10, tzinfo=UTC)


def test_a_large_register_is_taken_in_blocks(tmp_path: Path) -> None:
    moments = [datetime(2021, 1, 4, 8) + timedelta(minutes=17 * step) for step in range(4100)]  # noqa: DTZ001
    rows = [{**ROW, "received_at": moment.isoformat()} for moment in moments]
    seen: list[int] = []
    with closing(examined(written_csv(tmp_path / "so.csv", rows))) as found, transaction():
        done = importing.import_register(found, by=Operator(), at=AT, progress=seen.append)
    assert done == seen[-1] == sizes()["dossier"] == 4100
    assert seen == sorted(seen)
    assert counters.differences() == []


def test_the_words_of_a_register_that_is_most_of_all_there_is_stand_in_one_piece(
    tmp_path: Path,
) -> None:
    received(at=MONDAY)
    imported(tmp_path, *[{"received_at": f"2021-03-{day:02}"} for day in range(1, 9)])
    assert is_postgresql() or pieces() == 1
    imported(tmp_path, {"received_at": "2021-03-09"})
    assert is_postgresql() or pieces() > 1, "few more are joined by and by"


def pieces() -> int:
    told = text("SELECT count(DISTINCT segid) FROM dossier_search_idx")
    return int(db.session.execute(told).scalar_one())


def test_the_empty_register_brings_in_nothing(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text(",".join(ROW) + "\n", "utf-8")
    assert brought_in(path) == 0


SORRY = {"apologised_at": "2021-03-02", "reappointed_on": "10/03/2021", "apology_cause": "system"}


def test_an_apology_of_a_row_is_what_the_head_of_the_office_would_have_made(
    tmp_path: Path,
) -> None:
    imported(tmp_path, {**SORRY, "resolved_at": "2021-03-10T16:00"})
    dossier = only()
    assert (dossier.reappointed_at, dossier.late_apology) == (dossier.due_at, False)
    assert dossier.legal_due_at
    assert dossier.due_at
    assert dossier.due_at - dossier.legal_due_at == timedelta(days=2)
    line = next(one for one in dossier.history if one.verb == Verb.APOLOGISE)
    assert line.details == {
        "from": dossier.legal_due_at.isoformat(),
        "due_at": dossier.due_at.isoformat(),
        "cause": "system",
    }
    period = Period(date(2021, 3, 1), date(2021, 3, 31))
    found = periods.rates(Wanted(period), at=AT).total
    assert (found.overdue, found.reappointed, found.reappointed_kept) == (1, 1, 1)
    assert counters.differences() == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2021-03-08", "the old date itself"),
        ("2021-03-14", "a Sunday"),
        ("2026-03-10", "a slip of the pen"),
    ],
)
def test_a_day_that_no_apology_could_promise_is_a_bad_row(
    tmp_path: Path, day: str, why: str
) -> None:
    path = written_csv(tmp_path / "so.csv", [{**ROW, **SORRY, "reappointed_on": day}])
    with closing(examined(path)) as found:
        ((row, column, _said),) = told(found)
    assert (row, column) == (2, "reappointed_on"), why


def test_a_late_apology_of_a_row_is_flagged(tmp_path: Path) -> None:
    imported(tmp_path, {**SORRY, "apologised_at": "2021-03-08T08:00"})
    assert only().late_apology


EXTENDED = {
    "procedure_code": "C-CT-06",
    "extended_at": "2021-03-02T09:00",
    "extended_to": "2021-03-05T10:30",
}


def test_an_extension_of_a_row_is_what_its_desk_would_have_made(tmp_path: Path) -> None:
    imported(tmp_path, {**EXTENDED, "resolved_at": "2021-03-05T16:00"})
    dossier = only()
    assert dossier.first_due_at == dossier.legal_due_at == dossier.due_at == dossier.extended_to
    assert dossier.extended_by == 2
    line = next(one for one in dossier.history if one.verb == Verb.EXTEND)
    assert line.details["extended_by"] == 2
    period = Period(date(2021, 3, 1), date(2021, 3, 31))
    found = periods.rates(Wanted(period), at=AT).total
    assert (found.on_time, found.overdue) == (1, 0)
    assert counters.differences() == []


EARLIER = {"first_extended_at": "2021-03-02T08:00"}


def test_a_later_extension_of_a_row_came_before_the_date_of_an_earlier_one(tmp_path: Path) -> None:
    imported(tmp_path, {**EXTENDED, **EARLIER, "extended_at": "2021-03-04T09:00"})
    dossier = only()
    assert dossier.first_due_at == dossier.legal_due_at == dossier.extended_to
    assert (dossier.extended_by, dossier.first_extended_at) == (
        2,
        datetime(2021, 3, 2, 1, tzinfo=UTC),
    )
    first, last = (line for line in dossier.history if line.verb == Verb.EXTEND)
    assert (first.happened_at, last.happened_at) == (dossier.first_extended_at, dossier.extended_at)
    assert first.details == {"mark": "first_extension"}, "a register has no more of it"
    assert last.details["extended_by"] == 2
    of = [one.entry.seq for one in papers(dossier) if one.entry.verb == Verb.EXTEND]
    assert of == [last.seq], "nobody knows what its appointment slip said"


@pytest.mark.parametrize(
    ("changed", "column", "why"),
    [
        ({"extended_to": "2021-03-03T10:00"}, "extended_to", "the old date itself"),
        ({"extended_to": "2021-03-06T10:00"}, "extended_to", "a Saturday"),
        ({"extended_to": "2021-03-05T12:30"}, "extended_to", "at noon nobody is there"),
        ({"extended_to": "2021-03-05"}, "extended_to", "without its hour"),
        ({"extended_to": ""}, "extended_to", "half an extension"),
        ({"extended_at": "2021-03-04T09:00"}, "extended_at", "after the first appointment"),
        ({"extended_at": "2021-02-26T09:00"}, "extended_at", "before the receipt"),
        ({"extended_at": "2021-03-05T10:30"} | EARLIER, "extended_at", "after the date it gives"),
        ({"extended_to": "", "extended_at": ""} | EARLIER, "first_extended_at", "and no later one"),
        (
            {"extended_at": "2021-03-05T08:00", "first_extended_at": "2021-03-04T09:00"},
            "first_extended_at",
            "the first after the first appointment",
        ),
        ({"procedure_code": "C-CT-02"}, "extended_at", "a signature has no longer limit"),
        ({"procedure_code": "C-HT-13"}, "extended_at", "no certification"),
    ],
)
def test_an_extension_that_no_desk_could_make_is_a_bad_row(
    tmp_path: Path, changed: dict[str, str], column: str, why: str
) -> None:
    path = written_csv(tmp_path / "so.csv", [{**ROW, **EXTENDED, **changed}])
    with closing(examined(path)) as found:
        bad = told(found)
    assert [(row, name) for row, name, _said in bad] == [(2, column)], why
