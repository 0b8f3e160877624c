"""What a line of the register says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from onestop.dossiers.rules.identity import ReturnBy
from onestop.dossiers.rules.states import Outcome, State
from onestop.register.rules import COLUMNS, Book, Line
from onestop.tallies.rules import Period
from tests.dossiers.given import DAY, MONDAY

LINE = Line(
    number=1,
    code="H26.91.27-210301-0001",
    procedure_id=1,
    sets=1,
    applicant="Nguyễn Văn Thí Dụ",
    address=None,
    phone=None,
    handling_agency_id=1,
    received_at=MONDAY,
    due_at=MONDAY + DAY,
    legal_due_at=MONDAY + DAY,
    returned_at=None,
    return_by=ReturnBy.COUNTER,
    state=State.IN_PROGRESS,
    outcome=None,
    note=None,
)


@pytest.mark.parametrize(
    ("state", "outcome", "says"),
    [
        (State.IN_PROGRESS, None, None),
        (State.RETURNED, Outcome.GRANTED, None),
        (State.RETURNED, Outcome.REFUSED, "từ chối giải quyết"),
        (State.STOPPED, Outcome.WITHDRAWN, "người nộp rút hồ sơ"),
        (State.STOPPED, Outcome.STOPPED, "dừng giải quyết"),
        (State.AWAITING_SUPPLEMENT, None, "chờ bổ sung"),
        (State.AWAITING_PAYMENT, None, "chờ nghĩa vụ tài chính"),
    ],
)
def test_the_last_column_tells_what_is_no_plain_result(
    state: State, outcome: Outcome | None, says: str | None
) -> None:
    assert replace(LINE, state=state, outcome=outcome).remark == says


def test_a_date_promised_anew_is_later_than_the_one_that_counts() -> None:
    assert not LINE.is_promised_anew
    assert replace(LINE, due_at=LINE.legal_due_at + timedelta(days=2)).is_promised_anew


def test_a_book_is_of_one_year_or_names_both() -> None:
    assert Book(1, Period(date(2021, 3, 1), date(2021, 3, 31))).volume == "01/2021"
    assert Book(1, Period(date(2021, 12, 1), date(2022, 1, 31))).volume == "01/2021 – 01/2022"


def test_the_form_has_its_columns() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 13
