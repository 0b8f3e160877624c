"""A register goes out whole, guarded, and says what it cannot tell."""

import csv
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import Applicant
from onestop.exchange.actions.exporting import write
from onestop.exchange.rules.columns import NAMES
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    apologised,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.exchange.offices import AT, exported, imported

pytestmark = pytest.mark.usefixtures("app")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(path: Path) -> dict[str, str]:
    (row,) = rows(path)
    return {name: cell for name, cell in row.items() if cell}


def test_the_columns_are_those_of_a_register_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    assert exported(path).dossiers == 0
    assert path.read_text("utf-8") == ",".join(NAMES) + "\n"


def test_a_dossier_goes_out_as_it_came_in(tmp_path: Path) -> None:
    cells = {
        "dossier_code": "H26.91.27-210301-0007",
        "applicant_id_number": "0100109106",
        "applicant_phone": "0600123456",
        "supplement_requested_at": "2021-03-02",
        "supplement_received_at": "2021-03-04T10:00:30",
        "resolved_at": "2021-03-08",
        "returned_at": "2021-03-08T08:00",
        "submitted_at": "2021-03-01T09:00",
        "pauses": "2021-03-05/2021-03-06;2021-03-06T08:00/2021-03-06",
        "sets": "3",
    }
    imported(tmp_path, cells)
    exported(tmp_path / "ra.csv")
    out = only(tmp_path / "ra.csv")
    assert {name: out[name] for name in cells} == cells


def test_where_no_number_of_sets_is_told_it_is_that_of_the_procedure(tmp_path: Path) -> None:
    imported(tmp_path, {"sets": ""}, {"sets": "02"})
    exported(tmp_path / "ra.csv")
    assert [row["sets"] for row in rows(tmp_path / "ra.csv")] == ["1", "2"]


@pytest.mark.parametrize(
    ("cells", "out"),
    [
        ({"returned_at": "2021-03-04T08:00"}, {"resolved_at": "2021-03-04T08:00"}),
        ({"withdrawn_at": "2021-03-04"}, {"withdrawn_at": "2021-03-04"}),
        ({"stopped_at": "2021-03-04", "supplement_requested_at": "2021-03-02"},
         {"stopped_at": "2021-03-04", "supplement_requested_at": "2021-03-02"}),
        ({"refused_at": "2021-03-04", "supplement_requested_at": "2021-03-02"},
         {"refused_at": "2021-03-04", "supplement_requested_at": "2021-03-02"}),
        ({"resolved_at": "2021-03-09", "supplement_requested_at": "2021-03-08",
          "supplement_received_at": "2021-03-09"},
         {"supplement_received_at": "2021-03-09"}),
    ],
)  # fmt: skip
def test_how_a_dossier_ended_goes_out_without_what_was_only_assumed(
    tmp_path: Path, cells: dict[str, str], out: dict[str, str]
) -> None:
    imported(tmp_path, cells)
    exported(tmp_path / "ra.csv")
    found = only(tmp_path / "ra.csv")
    assert {name: found.get(name) for name in out} == out
    assert ("supplement_received_at" in found) == ("supplement_received_at" in cells)


def test_a_limit_of_hours_goes_out_with_its_times_even_at_midnight(tmp_path: Path) -> None:
    imported(tmp_path, {"procedure_code": "C-CT-01", "received_at": "2021-03-01T00:00"})
    exported(tmp_path / "ra.csv")
    assert only(tmp_path / "ra.csv")["received_at"] == "2021-03-01T00:00"


def test_a_workbook_has_real_dates_that_read_back_to_the_second(tmp_path: Path) -> None:
    imported(
        tmp_path,
        {"received_at": "2021-03-01", "submitted_at": "2021-03-01", "resolved_at": "2021-03-02"},
        {"received_at": "2021-03-01T09:00:30", "resolved_at": "2021-03-02T00:00"},
    )
    exported(tmp_path / "ra.xlsx")
    book = load_workbook(tmp_path / "ra.xlsx")
    heading, dated, timed = book.worksheets[0].iter_rows(values_only=True)
    assert heading == NAMES
    received, resolved = NAMES.index("received_at"), NAMES.index("resolved_at")
    assert (dated[received], dated[resolved]) == (datetime(2021, 3, 1), datetime(2021, 3, 2))  # noqa: DTZ001
    assert timed[received] == datetime(2021, 3, 1, 9, 0, 30)  # noqa: DTZ001
    assert timed[resolved] == "2021-03-02T00:00"


@pytest.mark.parametrize("name", ["ra.csv", "ra.xlsx"])
def test_a_name_never_goes_out_as_a_formula(tmp_path: Path, name: str) -> None:
    received(applicant=Applicant("=HYPERLINK(A1)", phone="+85620123456"))
    exported(tmp_path / name)
    cell, phone = ("'=HYPERLINK(A1)", "'+85620123456")
    place = NAMES.index("applicant_name")
    if name == "ra.csv":
        assert (only(tmp_path / name)["applicant_name"], phone) == (
            cell,
            only(tmp_path / name)["applicant_phone"],
        )
    else:
        found = load_workbook(tmp_path / name).worksheets[0].cell(2, place + 1)
        assert (found.value, found.data_type) == (cell, "s")


@contextmanager
def full_disk() -> Iterator[None]:
    """A disk on which a file of ten thousand bytes is the longest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_nothing_personal_stays_behind_where_the_disk_is_full(tmp_path: Path, ending: str) -> None:
    with full_disk(), pytest.raises(Refusal, match="Không ghi được"):
        write(tmp_path / f"register.{ending}", ("applicant_name",), [("Thí Dụ",)] * 10_000)
    assert not list(tmp_path.iterdir())


def test_what_was_never_accepted_nor_refused_is_left_out_and_counted(tmp_path: Path) -> None:
    submitted()
    received()
    found = exported(tmp_path / "ra.csv")
    assert (found.dossiers, found.left_out, found.strange) == (1, 1, ())
    assert len(rows(tmp_path / "ra.csv")) == 1


def test_days_narrow_a_register_by_receipt_or_else_refusal(tmp_path: Path) -> None:
    imported(
        tmp_path,
        {"received_at": "2021-03-01T00:00"},
        {"received_at": "2021-03-02T23:59"},
        {"received_at": "2021-03-03T00:00", "submitted_at": "2021-03-02T09:00"},
        {"received_at": "", "not_accepted_at": "2021-03-02T10:00"},
    )
    day = date(2021, 3, 2)
    found = exported(tmp_path / "ra.csv", first=day, last=day)
    told = [row["received_at"] or row["not_accepted_at"] for row in rows(tmp_path / "ra.csv")]
    assert told == ["2021-03-02T23:59", "2021-03-02T10:00"]
    assert found.dossiers == 2
    with pytest.raises(Refusal):
        exported(tmp_path / "ra.csv", first=date(2021, 3, 2), last=date(2021, 3, 1))


def test_a_date_that_an_import_would_count_otherwise_is_named(tmp_path: Path) -> None:
    kept = received(procedure_code=FIVE_DAYS)
    moved = received(procedure_code=FIVE_DAYS, at=MONDAY - 4 * DAY)
    assert moved.due_at is not None
    # The promise of the first merely contains the day and stands; the second falls on it.
    day = declared_day(legal_date(moved.due_at), DayKind.PUBLIC_HOLIDAY, "Quyết định 1")
    with transaction():
        moving.declare([day], basis="Quyết định 1", by=Operator(), at=MONDAY, replacing=False)
    (line,) = exported(tmp_path / "ra.csv").strange
    assert (line.code, "Ngày hẹn" in str(line.strange[0])) == (kept.code, True)


def test_papers_noted_by_a_slip_were_not_brought(tmp_path: Path) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 5 * DAY)
    done(dossier, "reverse", by=COMMUNE_CLERK, at=MONDAY + 5 * DAY)
    done(dossier, "stop", by=COMMUNE_LEADER, at=MONDAY + 40 * DAY, reason="Không bổ sung")
    path = tmp_path / "so.csv"
    exported(path)
    row = only(path)
    assert "supplement_requested_at" in row
    assert "supplement_received_at" not in row


def test_a_date_promised_with_an_apology_goes_out_with_it(tmp_path: Path) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    apologised(dossier, date(2021, 3, 10), at=MONDAY + DAY)
    assert exported(tmp_path / "so.csv").strange == ()
    row = only(tmp_path / "so.csv")
    told = (row["apologised_at"], row["reappointed_on"], row["apology_cause"])
    assert told == ("2021-03-02T09:00", "2021-03-10", "system")


def test_a_second_supplement_is_named_and_goes_out_as_a_pause(tmp_path: Path) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    at = MONDAY + timedelta(hours=1)
    for step in range(2):
        said: dict[str, Any] = {"reason": "Thiếu", "override": step == 1}
        dossier = done(dossier, "ask_for_supplement", by=COMMUNE_LEADER, at=at, **said)
        dossier = done(dossier, "note_supplement", by=COMMUNE_CLERK, at=at + DAY)
        at += 2 * DAY
    (line,) = exported(tmp_path / "ra.csv").strange
    assert "lần hai" in str(line.strange[0])
    row = only(tmp_path / "ra.csv")
    assert row["supplement_requested_at"] == "2021-03-01T10:00"
    assert row["pauses"] == "2021-03-03T10:00/2021-03-04T10:00"


def test_what_was_completed_between_two_checks_is_named(tmp_path: Path) -> None:
    at_once, completed = submitted(), submitted()
    for dossier in (at_once, completed):
        if dossier is completed:
            done(dossier, "ask_for_completion", by=COMMUNE_CLERK, at=MONDAY, reason="Thiếu")
            done(dossier, "bring_completion", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
        at = MONDAY + (9 if dossier is completed else 1) * DAY
        done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())
    (line,) = exported(tmp_path / "ra.csv").strange
    assert (line.code, "số liệu khác" in str(line.strange[0])) == (completed.code, True)


def test_a_withdrawal_that_nobody_confirmed_goes_out_as_a_pause_that_runs(tmp_path: Path) -> None:
    dossier = in_progress()
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Xin rút")
    found = exported(tmp_path / "ra.csv")
    assert found.strange == ()
    assert only(tmp_path / "ra.csv")["pauses"] == "2021-03-02T09:00/"
    confirmed = done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY + 2 * DAY)
    exported(tmp_path / "ra.csv")
    row = only(tmp_path / "ra.csv")
    assert confirmed.finished_at == MONDAY + DAY
    assert (row["withdrawn_at"], row.get("pauses")) == ("2021-03-02T09:00", None)


def test_a_level_or_a_limit_that_the_catalogue_no_longer_has_is_named(tmp_path: Path) -> None:
    codes = [received(procedure_code=FIVE_DAYS).code for _ in range(3)]
    changes: list[dict[str, Any]] = [{"level": 2}, {"due_at": MONDAY}]
    for code, change in zip(codes, changes, strict=False):
        with transaction():
            db.session.execute(update(Dossier).where(Dossier.code == code).values(**change))
    strange = exported(tmp_path / "ra.csv").strange
    assert [line.code for line in strange] == codes[:2]
    assert "Mức độ" in str(strange[0].strange[0])


def test_one_sees_in_a_register_what_one_may_see(tmp_path: Path) -> None:
    mine = received().code
    received(by=NEIGHBOUR)
    clerk = staff(COMMUNE_CLERK, AT)
    assert exported(tmp_path / "ra.csv", by=clerk).dossiers == 1
    assert only(tmp_path / "ra.csv")["dossier_code"] == mine
    officer = staff(COMMUNE_OFFICER, AT)
    assert exported(tmp_path / "ra.csv", by=officer).dossiers == 1


@pytest.mark.parametrize("name", ["ra.csv", "ra.xlsx"])
def test_a_register_that_fails_half_way_leaves_what_stood_there(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    received()
    path = tmp_path / name
    exported(path)
    before = path.read_bytes()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("onestop.base.sheets.text", full)
    with pytest.raises(Refusal, match="No space left"):
        exported(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "name", ["ra.txt", "folder.csv", "none/ra.csv", "file.csv/ra.csv", "x" * 300 + ".csv"]
)
def test_a_place_that_is_none_for_a_register_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.csv").write_text("", "utf-8")
    with pytest.raises(Refusal):
        exported(tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file.csv", "folder.csv"]


def test_more_dossiers_than_a_sheet_has_rows_are_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received()
    monkeypatch.setattr("onestop.exchange.actions.exporting.MOST_ROWS", 0)
    with pytest.raises(Refusal, match="trang tính"):
        exported(tmp_path / "ra.xlsx")
    assert exported(tmp_path / "ra.csv").dossiers == 1


def test_a_channel_goes_out_by_its_name(tmp_path: Path) -> None:
    received(channel=Channel.POSTAL, delivered_at=MONDAY - timedelta(hours=1))
    exported(tmp_path / "ra.csv")
    row = only(tmp_path / "ra.csv")
    assert (row["channel"], row["submitted_at"]) == ("postal", "2021-03-01T08:00")
