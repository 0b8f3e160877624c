"""A cut-off that puts receipts off to the next working day, where a procedure has it (4.3)."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pytest

from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import OnlineStart
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.lines import LineKind
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining
from onestop.dossiers.rules.closures import Closure
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    MARITAL_STATUS,
    MONDAY,
    counted_again,
    done,
    life,
    received,
    staff,
    submitted,
    taken_in,
)
from tests.site import CLOCK, Clock

on_both = [pytest.mark.on_both_databases, pytest.mark.usefixtures("app")]
EVENING: Final = MONDAY + timedelta(hours=7, minutes=30)
MINUTE: Final = timedelta(minutes=1)
FRIDAY: Final = MONDAY + 4 * DAY
SATURDAY: Final = MONDAY + 5 * DAY
BEFORE_THREE: Final = timedelta(hours=5, minutes=59)
SAID: Final = "Nhận sau giờ chốt hoặc vào ngày nghỉ: thời hạn tính như nhận vào"


def law_changes(limit: str = "3wd", from_day: date = date(2021, 1, 4), **changes: Any) -> None:
    changes = {"cutoff_shifts_receipt": True, "limit": Limit.parse(limit), **changes}
    catalogue.changed(MARITAL_STATUS, from_day, **changes)


def due(dossier: Dossier) -> tuple[int, int]:
    assert dossier.due_at
    day = legal_date(dossier.due_at)
    return day.month, day.day


class TestActions:
    pytestmark = on_both

    @pytest.mark.parametrize(
        ("limit", "at", "shifts", "due_on", "why"),
        [
            ("3wd", EVENING, False, (3, 4), "the usual: 09:00 and 16:30 are the same"),
            ("3wd", MONDAY + BEFORE_THREE, True, (3, 4), "14:59"),
            ("3wd", MONDAY + BEFORE_THREE + MINUTE, True, (3, 5), "15:00: from Tuesday"),
            ("3wd", EVENING, True, (3, 5), "16:30"),
            ("10d", EVENING, True, (3, 12), "calendar days"),
            ("1m", EVENING, True, (4, 2), "months"),
            ("3wd", FRIDAY + BEFORE_THREE, True, (3, 10), "Friday before the cut-off"),
            ("3wd", FRIDAY + timedelta(hours=7), True, (3, 11), "from Monday"),
            ("3wd", SATURDAY, True, (3, 11), "not before what came on Friday evening"),
            ("3wd", SATURDAY, False, (3, 10), "the usual: Saturday itself is not counted"),
            ("8wh", EVENING, True, (3, 2), "hours count from the moment"),
            ("0d", EVENING, True, (3, 2), "the same day has its own rule"),
        ],
    )
    def test_days_and_months_count_from_the_next_working_day(
        self, limit: str, at: datetime, due_on: tuple[int, int], why: str, *, shifts: bool
    ) -> None:
        law_changes(limit, cutoff_shifts_receipt=shifts)
        found = counted_again(received(at=at))
        assert (due(found), found.received_at) == (due_on, at), why
        assert found.first_due_at == found.due_at == explaining.counted(found).due_at
        there = counted_again(taken_in(life(MARITAL_STATUS, at=at), at=at + DAY))
        names = ("due_at", "overdue_from", "on_time_from", "cutoff_shifts_receipt")
        assert [getattr(there, one) for one in names] == [getattr(found, one) for one in names]

    def test_the_cutoff_is_that_of_the_procedure(self) -> None:
        law_changes(cutoff="16:31")
        assert due(received(at=EVENING)) == (3, 4)
        assert due(received(at=EVENING + MINUTE)) == (3, 5)

    def test_only_the_law_of_the_day_of_receipt_has_it_so(self) -> None:
        before = received(at=EVENING)
        law_changes(from_day=date(2021, 3, 2))
        assert due(received(at=EVENING)) == due(before), "of Monday, whenever it is entered"
        assert due(received(at=EVENING + DAY)) == (3, 8)
        done(before, "hand_over", by=COMMUNE_CLERK, at=EVENING + DAY)
        assert due(counted_again(before)) == due(before)

    def test_the_explanation_says_which_day_stands_for_that_of_receipt(self) -> None:
        law_changes()
        evening, saturday = received(at=FRIDAY + timedelta(hours=7)), received(at=SATURDAY)
        for one, why in ((evening, "Nhận từ %(cutoff)s"), (saturday, "Nhận vào ngày nghỉ")):
            found = explaining.explained(one, SATURDAY)
            assert found
            assert found.lines[0].reason.startswith(f"{why}: thời hạn tính như nhận vào")
            assert found.deemed_on == date(2021, 3, 8)
            assert [line.date.day for line in found.lines if line.counted] == [9, 10, 11]
        plain = explaining.explained(received(at=FRIDAY), SATURDAY)
        assert plain
        assert plain.deemed_on is None

    def test_a_supplement_after_the_cutoff_begins_the_limit_on_the_next_day_too(self) -> None:
        law_changes()
        dossier = received(at=EVENING)
        done(dossier, "hand_over", by=COMMUNE_CLERK, at=EVENING)
        at = EVENING + MINUTE
        done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")
        done(dossier, "note_supplement", by=COMMUNE_CLERK, at=EVENING + DAY)
        found = counted_again(dossier)
        assert due(found) == (3, 8), "brought on Tuesday evening, as if on Wednesday"
        told = explaining.explained(found, EVENING + DAY)
        assert told
        assert told.deemed_on == date(2021, 3, 3)
        assert not [line for line in told.lines[:2] if line.kind == LineKind.VOIDED]

    def test_a_closed_office_and_a_pause_before_the_day_that_stands_for_receipt(self) -> None:
        law_changes()
        begins_at = at_local(date(2021, 3, 1), time())
        ids = frozenset({staff(COMMUNE_CLERK).agency_id})
        with transaction():
            closing.close(Closure("QĐ 1", ids, begins_at, None), by=Operator(), at=MONDAY)
        found = received(at=EVENING)
        assert (found.paused_since, found.first_due_at) == (EVENING, None)
        with transaction():
            ends_at = at_local(date(2021, 3, 3), time())
            closing.reopen("QĐ 1", ends_at=ends_at, by=Operator(), at=EVENING + 2 * DAY)
        assert due(counted_again(found)) == (3, 5), "Tuesday would not have been counted anyway"

    def test_the_end_of_the_hours_for_a_check_is_put_off_likewise(self) -> None:
        law_changes(online_clock_start=OnlineStart.INTAKE_DEADLINE)
        dossier = submitted(at=EVENING)
        late = EVENING + 3 * DAY
        found = counted_again(
            done(dossier, "accept", by=COMMUNE_CLERK, at=late, papers=frozenset())
        )
        assert found.counts_from == EVENING + DAY
        assert due(found) == (3, 8), "from Wednesday"
        told = explaining.explained(found, late)
        assert told
        assert told.lines[0].reason.startswith("Hết 8 giờ kiểm tra hồ sơ trực tuyến từ")

    def test_a_receipt_taken_back_goes_by_the_law_of_the_day_of_the_next(self) -> None:
        dossier = received(at=EVENING)
        done(dossier, "reverse", by=COMMUNE_CLERK, at=EVENING + MINUTE)
        law_changes(from_day=date(2021, 3, 2))
        at = EVENING + DAY
        found = counted_again(done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset()))
        assert (found.cutoff_shifts_receipt, due(found)) == (True, (3, 8))


def test_pages_and_papers_say_why(client: PolicingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CLOCK, Clock(EVENING))
    law_changes()
    client.sign_in(COMMUNE_CLERK)
    assert SAID in client.get(f"/receive?procedure={MARITAL_STATUS}").text
    said = "Nhận từ 15:00: tính như nhận ngày làm việc tiếp theo."
    assert said in client.get(f"/procedures/{MARITAL_STATUS}").text
    assert said not in client.get("/procedures/C-HT-13").text
    early, late = received(at=MONDAY), received(at=EVENING)
    for one in (early, late):
        page = client.get(f"/dossiers/{one.code}").text
        assert (f"{SAID} thứ Ba, 02/03/2021." in page) == (one is late)
        assert ("Coi là ngày nhận, không đếm." in page) == (one is late)
        paper = " ".join(client.get(f"/dossiers/{one.code}/receipt").text.split())
        assert ("tính như nhận ngày 02/03/2021" in paper) == (one is late)
