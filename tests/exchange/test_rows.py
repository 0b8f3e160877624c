"""What a row tells when its cells are taken together."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from onestop.base.moments import local
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.dossiers.rules.walks import steps
from tests.exchange.given import FIVE_DAYS, PLAIN, faults, life, read, reader

NINE = datetime(2021, 3, 1, 2, 0, tzinfo=UTC)


def test_a_plain_row_is_a_dossier_received_at_the_counter() -> None:
    told = life()
    assert told == Life(
        agency_id=27,
        agency_code="H26.91.27",
        procedure=FIVE_DAYS,
        level=3,
        channel=Channel.COUNTER,
        applicant=told.applicant,
        submitted_at=NINE,
        received_at=NINE,
    )
    assert [step.verb for step in steps(told)] == [Verb.RECEIVE]


@pytest.mark.parametrize(
    ("column", "outcome"),
    [
        ("refused_at", Outcome.REFUSED),
        ("withdrawn_at", Outcome.WITHDRAWN),
        ("stopped_at", Outcome.STOPPED),
        ("resolved_at", Outcome.GRANTED),
    ],
)
def test_a_dossier_ends_in_one_of_four_ways(column: str, outcome: Outcome) -> None:
    told = life(**{column: "2021-03-03T10:00"})
    assert (told.finished_at, told.outcome) == (datetime(2021, 3, 3, 3, tzinfo=UTC), outcome)
    assert steps(told)[-1].happened_at == told.finished_at


def test_a_lone_return_ends_the_dossier_and_walks_through_the_result() -> None:
    told = life(returned_at="2021-03-03T10:00")
    assert told.finished_at is None
    assert [step.verb for step in steps(told)] == [Verb.RECEIVE, Verb.SETTLE, Verb.RETURN]


def test_a_hand_over_that_nobody_recorded_is_taken_at_the_first_moment_that_needs_one() -> None:
    told = life(supplement_requested_at="2021-03-03T10:00", withdrawn_at="2021-03-04T10:00")
    assert [(step.verb, step.mark) for step in steps(told)] == [
        (Verb.RECEIVE, None),
        (Verb.HAND_OVER, "hand_over_not_recorded"),
        (Verb.ASK_SUPPLEMENT, None),
        (Verb.ASK_WITHDRAWAL, None),
        (Verb.CONFIRM_WITHDRAWAL, None),
    ]


def test_what_was_submitted_earlier_is_received_later() -> None:
    told = life(channel="postal", submitted_at="2021-02-26T16:00")
    assert told.submitted_at < told.received_at  # type: ignore[operator]
    assert [step.verb for step in steps(told)] == [Verb.SUBMIT, Verb.RECEIVE]


def test_what_was_not_accepted_was_submitted_then() -> None:
    told = life(received_at=None, not_accepted_at="2021-03-01T09:00")
    assert (told.received_at, told.submitted_at, told.not_accepted_at) == (None, NINE, NINE)
    dated = life(received_at=None, not_accepted_at="01/03/2021")
    assert local(dated.submitted_at).hour == 0
    assert dated.submitted_at.date() < dated.not_accepted_at.date()  # type: ignore[union-attr]


def test_pauses_go_in_as_they_are() -> None:
    told = life(pauses="2021-03-02T08:00/2021-03-03T08:00;2021-03-04T08:00/")
    assert told.pauses == (
        Pause(datetime(2021, 3, 2, 1, tzinfo=UTC), datetime(2021, 3, 3, 1, tzinfo=UTC)),
        Pause(datetime(2021, 3, 4, 1, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({"agency_code": "H26.99"}, "agency_code", "Không có cơ quan"),
        ({"agency_code": "H26.91.28"}, "agency_code", "không tồn tại vào ngày"),
        ({"procedure_code": "X"}, "procedure_code", "Không có thủ tục"),
        ({"procedure_code": "P-ENDED"}, "procedure_code", "không có hiệu lực"),
        ({"procedure_code": "P-ELSEWHERE"}, "procedure_code", "không tiếp nhận"),
        ({"procedure_code": "P-LEVEL-2", "channel": "online"}, "channel", "43/2011"),
        ({"channel": "fax"}, "channel", "kênh"),
        ({"applicant_name": " "}, "applicant_name", "Thiếu"),
        ({"received_at": ""}, "received_at", "Thiếu"),
        ({"received_at": "2021-07-01T09:00"}, "received_at", "tương lai"),
        ({"received_at": "2021-06-30T10:01"}, "received_at", "tương lai"),
        ({"resolved_at": "2021-07-01"}, "resolved_at", "tương lai"),
        ({"pauses": "2021-06-30T11:00/"}, "pauses", "tương lai"),
        ({"resolved_at": "2021-03-01T08:59"}, "resolved_at", "trước received_at"),
        ({"resolved_at": "2021-02-28"}, "resolved_at", "trước received_at"),
        ({"submitted_at": "2021-03-01T09:01"}, "received_at", "trước submitted_at"),
        (
            {"resolved_at": "2021-03-03T09:00", "returned_at": "2021-03-02T09:00"},
            "returned_at",
            "trước resolved_at",
        ),
        (
            {"refused_at": "2021-03-03T09:00", "supplement_requested_at": "2021-03-04T09:00"},
            "refused_at",
            "trước supplement_requested_at",
        ),
        ({"supplement_received_at": "2021-03-03"}, "supplement_received_at", "mà không có"),
        ({"stopped_at": "2021-03-03", "returned_at": "2021-03-04"}, "returned_at", "rút hoặc dừng"),
        ({"resolved_at": "2021-03-03", "refused_at": "2021-03-03"}, "resolved_at", "một cách"),
        ({"not_accepted_at": "2021-03-01T09:00"}, "received_at", "không tiếp nhận"),
        ({"pauses": "2021-02-28T08:00/"}, "pauses", "trước khi nhận"),
        ({"pauses": "2021-03-03T08:00/2021-03-02T08:00"}, "pauses", "kết thúc trước"),
        (
            {"pauses": "2021-03-02T08:00/2021-03-05T08:00", "resolved_at": "2021-03-04T08:00"},
            "pauses",
            "sau khi giải quyết",
        ),
        ({"dossier_code": "H26.91.29-210301-0001"}, "dossier_code", "H26.91.29"),
        ({"dossier_code": "H26.91.27-210701-0001"}, "dossier_code", "tương lai"),
        ({"applicant_id_number": "1"}, "applicant_id_number", "căn cước"),
        ({"applicant_id_number": "001222000123"}, "applicant_id_number", "năm sinh 2022"),
        ({"applicant_phone": "1"}, "applicant_phone", "Điện thoại"),
        ({"sets": "0"}, "sets", "từ 1 đến 99"),
        ({"sets": "hai"}, "sets", "Số bộ hồ sơ"),
    ],
)
def test_a_bad_row_is_named_at_its_column(cells: dict[str, Any], column: str, why: str) -> None:
    found = faults(**cells)
    assert column in found, found
    assert why in found[column]


def test_every_bad_cell_of_a_row_is_named() -> None:
    found = faults(agency_code="", channel="fax", received_at="x", applicant_phone="1")
    assert set(found) == {"agency_code", "channel", "received_at", "applicant_phone"}


@pytest.mark.parametrize(
    ("cells", "columns", "why"),
    [
        (
            {"received_at": "x", "agency_code": "H99", "procedure_code": "X"},
            {"received_at", "agency_code", "procedure_code"},
            "without a date one still sees that nobody has such a code",
        ),
        (
            {"received_at": "x", "agency_code": "H26.91.28", "procedure_code": "P-ENDED"},
            {"received_at"},
            "without a date nobody knows whether they were there",
        ),
        (
            {"agency_code": "H99", "procedure_code": "P-ENDED"},
            {"agency_code", "procedure_code"},
            "whoever received it, the procedure was over",
        ),
        (
            {"agency_code": "H99", "procedure_code": "P-ELSEWHERE"},
            {"agency_code"},
            "who offers what is seen when the agency is known",
        ),
        (
            {"submitted_at": "x", "procedure_code": "P-ELSEWHERE"},
            {"submitted_at"},
            "what was offered on a day of submission that cannot be read",
        ),
        (
            {"submitted_at": "x", "procedure_code": "P-LEVEL-2", "channel": "online"},
            {"submitted_at"},
            "nor which level it had",
        ),
        (
            {"procedure_code": "X", "resolved_at": "2021-02-01", "dossier_code": "H99-210301-0001"},
            {"procedure_code", "resolved_at", "dossier_code"},
            "code and order need no procedure",
        ),
        (
            {"applicant_phone": "1", "resolved_at": "2021-02-01", "returned_at": "2021-01-01"},
            {"applicant_phone", "resolved_at", "returned_at"},
            "both are out of order",
        ),
        (
            {"received_at": "x", "resolved_at": "2021-03-02", "pauses": "2021-03-03/2021-03-02"},
            {"received_at", "pauses"},
            "a receipt that cannot be read is a receipt; the pause is wrong by itself",
        ),
        (
            {"supplement_requested_at": "x", "supplement_received_at": "2021-03-03"},
            {"supplement_requested_at"},
            "a request that cannot be read is a request",
        ),
        (
            {"received_at": "2021-07-01T09:00", "agency_code": "H99"},
            {"received_at", "agency_code"},
            "what is still to come hides nothing else",
        ),
        (
            {"procedure_code": "P-HOURS", "received_at": "2021-03-01", "applicant_name": "1"},
            {"received_at", "applicant_name"},
            "a limit of hours wants the time",
        ),
        (
            {"agency_code": "", "procedure_code": "X", "not_accepted_at": "2021-03-01"},
            {"agency_code", "procedure_code", "received_at"},
            "two dates that exclude each other are named once",
        ),
    ],
)
def test_all_that_is_wrong_with_a_row_is_named_at_once(
    cells: dict[str, Any], columns: set[str], why: str
) -> None:
    found = read(**cells)
    assert isinstance(found, list)
    named = [fault.column for fault in found]
    assert (set(named), len(named)) == (columns, len(columns)), why


def test_the_heading_of_the_file_is_what_a_fault_names() -> None:
    headings = ["Mã cơ quan", "Mã TTHC", "Kênh tiếp nhận", "Nhận hồ sơ", "Họ và tên", "Giải quyết"]
    row = [*PLAIN.values(), "2021-02-01T09:00"]
    found = reader(headings).life(7, row)
    assert isinstance(found, list)
    (fault,) = found
    assert (fault.row, fault.column) == (7, "Giải quyết")
    assert str(fault.refusal) == "Giải quyết không thể trước Nhận hồ sơ."


@pytest.mark.parametrize("code", ["P-HOURS", "P-SAME"])
def test_a_limit_of_hours_or_of_the_day_needs_the_time_everywhere(code: str) -> None:
    bare = {"received_at": "2021-03-01", "resolved_at": "2021-03-01", "pauses": "2021-03-01/"}
    found = faults(procedure_code=code, **bare)
    assert set(found) == set(bare)
    assert not life(procedure_code=code, resolved_at="2021-03-01T09:30").dated


@pytest.mark.parametrize("code", ["P-5WD", "P-MONTH"])
def test_a_date_alone_is_enough_where_days_or_months_are_counted(code: str) -> None:
    told = life(procedure_code=code, received_at="01/03/2021", resolved_at="02/03/2021")
    assert told.dated == {told.submitted_at, told.finished_at}


@pytest.mark.parametrize(
    "cells",
    [
        {"supplement_requested_at": "2021-03-01"},
        {"supplement_requested_at": "2021-03-01", "supplement_received_at": "2021-03-01T09:00"},
        {"resolved_at": "2021-03-02", "returned_at": "2021-03-02T08:00"},
        {"resolved_at": "2021-03-02T17:00", "supplement_requested_at": "2021-03-01T10:00",
         "supplement_received_at": "2021-03-02"},
        {"received_at": "2021-03-01", "submitted_at": "2021-03-01T08:00"},
        {"pauses": "2021-03-01/2021-03-01"},
        {"pauses": "2021-03-02T23:59:30/2021-03-02", "resolved_at": "2021-03-02"},
    ],
)  # fmt: skip
def test_a_date_alone_is_compared_by_date_and_never_out_of_order(cells: dict[str, Any]) -> None:
    walked = [step.verb for step in steps(life(**cells))]
    assert walked[0] in {Verb.RECEIVE, Verb.SUBMIT}


def test_today_may_be_told_without_a_time_although_its_last_minute_is_to_come() -> None:
    told = life(resolved_at="2021-06-30")
    assert told.finished_at is not None
    assert told.finished_at > datetime(2021, 6, 30, 3, tzinfo=UTC)


def test_a_midnight_that_is_told_is_no_bare_date() -> None:
    assert "received_at" in faults(received_at="2021-03-01T00:00", submitted_at="2021-03-01T08:00")


@pytest.mark.parametrize("code", ["H26.91.27-210301-0001", "000.27.91.H26-210301-0001"])
def test_a_code_of_the_agency_is_kept_in_the_old_form_and_the_new(code: str) -> None:
    assert life(dossier_code=code).code == code


def test_a_code_twice_in_a_file_is_named_with_its_first_row() -> None:
    again = reader(["dossier_code", *PLAIN])
    row = ["H26.91.27-210301-0007", *PLAIN.values()]
    assert isinstance(again.life(2, row), Life)
    found = again.life(9, row)
    assert isinstance(found, list)
    assert "dòng 2" in str(found[0].refusal)
    assert again.kept == {(27, date(2021, 3, 1)): 7}


@pytest.mark.parametrize("row", [[], ["", "", ""], ["  ", "\t", "", "", ""]])
def test_an_empty_row_is_no_row(row: list[str]) -> None:
    assert reader(list(PLAIN)).life(5, row) is None


def test_a_row_with_more_cells_than_headings_is_refused() -> None:
    found = reader(list(PLAIN)).life(2, [*PLAIN.values(), "", "Thôn Một"])
    assert isinstance(found, list)
    assert (found[0].column, "nhiều hơn" in str(found[0].refusal)) == (None, True)


def test_a_row_may_lack_phone_and_identity_number() -> None:
    applicant = life().applicant
    assert (applicant.phone, applicant.id_number) == (None, None)


def test_a_strange_province_is_only_wondered_at() -> None:
    wondering = reader([*PLAIN, "applicant_id_number"])
    assert isinstance(wondering.life(4, [*PLAIN.values(), "999091000123"]), Life)
    assert wondering.strange_provinces == [4]


def test_a_bad_row_does_not_keep_what_it_was_read_from() -> None:
    found = read(received_at="x", channel="y")
    assert isinstance(found, list)
    assert all(fault.refusal.__traceback__ is None for fault in found)


SORRY: dict[str, Any] = {
    "apologised_at": "2021-03-05T10:00",
    "reappointed_on": "2021-07-10",
    "apology_cause": "Vướng mắc quy định",
}


def test_an_apology_promises_a_day_that_may_be_still_to_come() -> None:
    told = life(**SORRY)
    assert told.apologised_at == datetime(2021, 3, 5, 3, tzinfo=UTC)
    assert (told.reappointed_on, str(told.apology_cause)) == (date(2021, 7, 10), "regulation")
    assert [step.verb for step in steps(told)] == [Verb.RECEIVE, Verb.APOLOGISE]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"apologised_at": None}, "apologised_at"),
        ({"reappointed_on": None}, "reappointed_on"),
        ({"apology_cause": None}, "apology_cause"),
        ({"apology_cause": "lười"}, "apology_cause"),
        ({"reappointed_on": "mai"}, "reappointed_on"),
        ({"reappointed_on": "2021-03-14"}, "reappointed_on"),
        ({"apologised_at": "2021-02-28"}, "apologised_at"),
        ({"apologised_at": "2021-08-01"}, "apologised_at"),
        ({"resolved_at": "2021-03-04T10:00"}, "resolved_at"),
        ({"supplement_requested_at": "2021-03-04T10:00"}, "apologised_at"),
        ({"received_at": None, "not_accepted_at": "2021-03-05T10:00"}, "apologised_at"),
    ],
)
def test_an_apology_that_makes_no_sense_is_named_at_its_column(
    changes: dict[str, Any], column: str
) -> None:
    assert set(faults(**(SORRY | changes))) == {column}


@pytest.mark.parametrize(
    ("sorry", "expected", "why"),
    [
        ("2021-03-03T10:00", [Verb.APOLOGISE, Verb.ASK_SUPPLEMENT, Verb.SUPPLEMENT], "asked then"),
        ("2021-03-09T10:00", [Verb.ASK_SUPPLEMENT, Verb.SUPPLEMENT, Verb.APOLOGISE], "brought"),
        ("2021-03-09", [Verb.ASK_SUPPLEMENT, Verb.SUPPLEMENT, Verb.APOLOGISE], "on that date"),
        ("2021-03-03", [Verb.APOLOGISE, Verb.ASK_SUPPLEMENT, Verb.SUPPLEMENT], "date of asking"),
    ],
)
def test_an_apology_was_made_before_papers_were_asked_for_or_after_they_came(
    sorry: str, expected: list[Verb], why: str
) -> None:
    waited = {"supplement_requested_at": "2021-03-03T10:00"}
    waited |= {"supplement_received_at": "2021-03-09T10:00"}
    told = steps(life(**(SORRY | waited | {"apologised_at": sorry})))
    moments = [step.happened_at for step in told]
    assert [step.verb for step in told if step.verb in expected] == expected, why
    assert moments[1:] == sorted(moments[1:])
