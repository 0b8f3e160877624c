"""Agencies, fields, procedures and staff from files: the past keeps its values."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from onestop.accounts import queries as accounts
from onestop.accounts.rules import Role
from onestop.base.database import db
from onestop.base.moments import ONE_DAY
from onestop.base.terms import Fate
from onestop.catalogue import queries as catalogue
from onestop.catalogue.models import ProcedureVersion
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.supplements import DECREE_61, SupplementEffect, SupplementLaw
from onestop.exchange.queries.directories import unfinished_at
from onestop.exchange.rules.directories import AGENCIES, FIELDS, PROCEDURES, STAFF, Directory
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from tests.catalogue.given import changed
from tests.conftest import Budget, Recorded
from tests.dossiers.given import (
    COMMUNE_CLERK,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    LAND,
    MARITAL_STATUS,
    MONDAY,
    done,
    in_progress,
    received,
    submitted,
)
from tests.exchange.directories import (
    ALL,
    EVE,
    JULY,
    PROCEDURE,
    faults,
    kept,
    loaded,
    row_of,
    taken,
)

pytestmark = pytest.mark.usefixtures("app")
SPRING = date(2021, 3, 1)
COMMUNE = "H26.91.22"
FIELD = {"code": "C-X", "tier": "commune", "name_vi": "x", "department_code": ""}
NEW = {
    "code": "H26.91.99",
    "parent_code": "H26.91",
    "tier": "Xã",
    "kind": "Xã",
    "name_vi": "Xã Thí Dụ",
}


def holds(code: str, on: date) -> Procedure:
    found = catalogue.in_force(code, on)
    assert found is not None, (code, on)
    return found


def offering(code: str, on: date) -> set[str]:
    versions = catalogue.snapshot().versions[code]
    nodes = organisation.tree_with_past(date.max)
    found = (nodes.by_id(one) for one in catalogue.offered_by(versions[0].id, on))
    return {one.code for one in found if one}


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_what_was_exported_changes_nothing_when_it_is_loaded(of: Directory) -> None:
    before = kept(of)
    made = taken(of, *before)
    assert len(made.of(Fate.UNCHANGED)) == len(before) > 0
    assert not made.left_alone
    assert kept(of) == before


def test_another_value_holds_from_its_day_and_the_past_keeps_its_own() -> None:
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd="8.000", time_limit_value="2")
    made = taken(PROCEDURES, row).done[MARITAL_STATUS]
    assert (made.fate, made.since) == (Fate.CHANGED, JULY)
    assert set(made.columns) == {"fee_vnd", "limit_value"}
    before, after = holds(MARITAL_STATUS, EVE), holds(MARITAL_STATUS, JULY)
    assert (before.limit.value, after.limit.value, after.fee_vnd) == (3, 2, 8000)
    assert (before.valid_to, after.valid_from, after.valid_to) == (EVE, JULY, None)
    assert after.papers == before.papers
    assert offering(MARITAL_STATUS, JULY) == offering(MARITAL_STATUS, EVE)


@pytest.mark.parametrize(
    ("of", "first"),
    [(AGENCIES, NEW), (FIELDS, FIELD), (PROCEDURES, PROCEDURE)],
    ids=["agencies", "fields", "procedures"],
)
@pytest.mark.parametrize("silent", [{"name_en": ""}, {}], ids=["empty", "no column"])
def test_a_name_that_was_copied_follows_and_one_that_was_given_stays(
    of: Directory, first: dict[str, str], silent: dict[str, str]
) -> None:
    row = {name: cell for name, cell in first.items() if name != "name_en"}

    def named(**names: str) -> tuple[str, str]:
        taken(of, row | names)
        kept_now = row_of(of, row["code"])
        return kept_now["name_vi"], kept_now["name_en"]

    assert named(name_vi="Tên cũ") == ("Tên cũ", ""), "a copy is not told as a name of its own"
    assert named(name_vi="Tên mới", **silent) == ("Tên mới", "")
    assert named(name_vi="Tên mới", name_en="Given") == ("Tên mới", "Given")
    assert named(name_vi="Tên khác") == ("Tên khác", "Given")


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Tờ khai; Bản sao", ["Tờ khai", "Bản sao"]),
        ('"Tờ khai; theo mẫu 01" ;Bản sao', ["Tờ khai; theo mẫu 01", "Bản sao"]),
        ('Mẫu "A"\n"Mẫu ""B""; C"\r\nGiấy', ['Mẫu "A"', 'Mẫu "B"; C', "Giấy"]),
        ('"Mẫu A" bản chính;x', ['"Mẫu A" bản chính', "x"]),
        ('"chưa đóng; x', ['"chưa đóng', "x"]),
        (" ; ;", []),
    ],
)
def test_a_name_in_quotes_may_have_a_semicolon(cell: str, names: list[str]) -> None:
    taken(PROCEDURES, PROCEDURE | {"required_papers": cell})
    found = [one.name for one in holds("X-1", JULY).papers]
    assert found == names
    assert taken(PROCEDURES, row_of(PROCEDURES, "X-1")).of(Fate.UNCHANGED)


def test_a_file_loaded_twice_changes_nothing_the_second_time() -> None:
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000)
    taken(PROCEDURES, row)
    made = taken(PROCEDURES, row)
    assert made.done[MARITAL_STATUS].fate == Fate.UNCHANGED
    assert made.left_alone == 403
    assert taken(PROCEDURES, row, since=date(2022, 1, 1)).of(Fate.UNCHANGED)


def test_a_change_never_reaches_back_to_a_dossier_that_has_come_in() -> None:
    dossier = received()
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000)
    for since in (date(2021, 2, 1), SPRING):
        ((number, column, why),) = faults(PROCEDURES, row, since=since)
        assert (number, column) == (2, "code")
        assert "2021-03-02" in why, "the first day that is free is named"
    taken(PROCEDURES, row, since=date(2021, 3, 2))
    assert holds(MARITAL_STATUS, SPRING).fee_vnd != 8000
    assert dossier.procedure_id == holds(MARITAL_STATUS, JULY).id


def test_nor_to_one_that_was_sent_online_and_is_not_received_yet() -> None:
    submitted()
    row = row_of(PROCEDURES, MARITAL_STATUS, service_level=2)
    assert faults(PROCEDURES, row, since=SPRING)


def test_a_dossier_of_another_procedure_stands_in_nobodys_way() -> None:
    received()
    taken(PROCEDURES, row_of(PROCEDURES, LAND, fee_vnd=1), since=SPRING)
    assert holds(LAND, SPRING).fee_vnd == 1


def test_what_begins_on_the_very_day_is_put_right_and_not_changed_twice() -> None:
    for fee in (8000, 9000):
        taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=fee, valid_from=None))
    assert [one.fee_vnd for one in catalogue.snapshot().versions[MARITAL_STATUS][-2:]] == [
        holds(MARITAL_STATUS, EVE).fee_vnd,
        9000,
    ]


def test_a_change_before_the_last_one_is_refused_and_the_way_to_put_that_right_is_named() -> None:
    autumn = date(2021, 10, 1)
    changed(on=autumn, fee_vnd=1)
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=2)
    for said in ("", JULY + ONE_DAY):
        ((_row, column, why),) = faults(PROCEDURES, row | {"valid_from": said})
        assert column == "valid_from"
        assert "Đã có thay đổi từ ngày 2021-10-01" in why
    assert row["valid_from"] == autumn
    made = taken(PROCEDURES, row).done[MARITAL_STATUS]
    assert (made.since, made.columns) == (autumn, ("fee_vnd",))
    assert holds(MARITAL_STATUS, autumn).fee_vnd == 2


def test_a_row_may_name_its_own_day() -> None:
    autumn = date(2021, 10, 1)
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000, valid_from="01/10/2021")
    assert taken(PROCEDURES, row).done[MARITAL_STATUS].since == autumn
    assert holds(MARITAL_STATUS, autumn - timedelta(days=1)).fee_vnd != 8000
    assert holds(MARITAL_STATUS, autumn).fee_vnd == 8000


def test_all_there_ever_was_may_begin_earlier() -> None:
    first = date(2015, 1, 1)
    taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_from=first))
    assert holds(MARITAL_STATUS, first).valid_from == first
    assert offering(MARITAL_STATUS, first) == offering(MARITAL_STATUS, JULY)
    assert len(catalogue.snapshot().versions[MARITAL_STATUS]) == 1


def test_what_has_yet_to_begin_is_put_right_and_begins_no_earlier() -> None:
    autumn = date(2021, 10, 1)
    for of, new in ((AGENCIES, NEW), (PROCEDURES, PROCEDURE)):
        taken(of, new | {"valid_from": autumn})
        made = taken(of, new | {"valid_from": autumn, "name_vi": "y"}).done[new["code"]]
        assert (made.since, "valid_from" in made.columns) == (autumn, False)
        row = row_of(of, new["code"])
        assert (row["name_vi"], row["valid_from"]) == ("y", autumn)


@pytest.mark.parametrize("said", [{"valid_from": ""}, {}], ids=["empty", "no column"])
def test_a_file_that_names_no_day_leaves_its_own_to_what_has_yet_to_begin(
    said: dict[str, str],
) -> None:
    autumn = date(2021, 10, 1)
    for of, new in ((AGENCIES, NEW), (FIELDS, FIELD), (PROCEDURES, PROCEDURE)):
        taken(of, new | said, since=autumn)
        assert taken(of, new | said).of(Fate.UNCHANGED)
        assert taken(of, new | said | {"name_vi": "y"}).done[new["code"]].since == autumn
        row = row_of(of, new["code"])
        assert (row["name_vi"], row["valid_from"]) == ("y", autumn)


@pytest.mark.parametrize("day", [date(2021, 8, 1), date(2021, 12, 1)], ids=["forward", "off"])
def test_a_change_to_come_is_brought_forward_or_put_off_with_its_desks(day: date) -> None:
    autumn = date(2021, 10, 1)
    taken(PROCEDURES, PROCEDURE | {"offered_by": COMMUNE, "valid_from": date(2021, 5, 1)})
    to_come = PROCEDURE | {"offered_by": NEIGHBOUR, "fee_vnd": "7"}
    taken(PROCEDURES, to_come | {"valid_from": autumn})
    row = to_come | {"valid_from": day}
    made = taken(PROCEDURES, row).done["X-1"]
    assert (made.columns, made.since) == (("valid_from",), min(day, autumn))
    assert (holds("X-1", day - ONE_DAY).fee_vnd, holds("X-1", day).fee_vnd) == (0, 7)
    assert offering("X-1", day - ONE_DAY) == {COMMUNE}
    assert offering("X-1", day) == {NEIGHBOUR}
    assert row_of(PROCEDURES, "X-1")["valid_from"] == day
    assert taken(PROCEDURES, row).of(Fate.UNCHANGED)


def test_no_change_is_brought_forward_to_a_day_on_which_a_dossier_came_in() -> None:
    received()
    changed(on=JULY, fee_vnd=1)
    row = row_of(PROCEDURES, MARITAL_STATUS, valid_from=SPRING)
    ((_row, _column, why),) = faults(PROCEDURES, row, since=SPRING)
    assert "2021-03-02" in why, "the first day that is free is named"
    taken(PROCEDURES, row | {"valid_from": SPRING + ONE_DAY}, since=SPRING)
    assert [holds(MARITAL_STATUS, SPRING + n * ONE_DAY).fee_vnd == 1 for n in (0, 1)] == [
        False,
        True,
    ]


def test_what_begins_again_begins_earlier_and_ends_later_with_its_desks() -> None:
    taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_to=EVE))
    desks = offering(MARITAL_STATUS, EVE)
    row = row_of(PROCEDURES, MARITAL_STATUS)
    first, last = date(2021, 10, 1), date(2021, 11, 30)
    for begins in (first, date(2021, 9, 1), SPRING):
        taken(PROCEDURES, row | {"valid_from": begins, "valid_to": last})
        assert offering(MARITAL_STATUS, begins) == offering(MARITAL_STATUS, last) == desks
        assert holds(MARITAL_STATUS, begins).valid_from == begins
    assert holds(MARITAL_STATUS, SPRING - ONE_DAY).valid_to == SPRING - ONE_DAY
    last = date(2021, 12, 31)
    made = taken(PROCEDURES, row | {"valid_from": SPRING, "valid_to": last}).done[MARITAL_STATUS]
    assert made.columns == ("valid_to",)
    assert offering(MARITAL_STATUS, last) == desks
    assert not offering(MARITAL_STATUS, last + ONE_DAY)


def test_a_procedure_ends_and_stays_ended_until_it_is_said_to_begin_again() -> None:
    desks = offering(MARITAL_STATUS, EVE)
    taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_to=EVE))
    assert catalogue.in_force(MARITAL_STATUS, JULY) is None
    assert not offering(MARITAL_STATUS, JULY)
    silent = row_of(PROCEDURES, MARITAL_STATUS, valid_from="", valid_to="")
    made = taken(PROCEDURES, silent, since=date(2021, 8, 1))
    assert made.done[MARITAL_STATUS].fate == Fate.UNCHANGED
    ((_row, column, _why),) = faults(PROCEDURES, silent | {"fee_vnd": 1}, since=date(2021, 8, 1))
    assert column == "valid_to"
    again = date(2021, 9, 1)
    assert taken(PROCEDURES, silent | {"valid_from": again, "fee_vnd": 1}).of(Fate.CHANGED)
    made = taken(PROCEDURES, silent | {"valid_from": again, "fee_vnd": 1})
    assert made.done[MARITAL_STATUS].fate == Fate.UNCHANGED
    assert catalogue.in_force(MARITAL_STATUS, again - timedelta(days=1)) is None
    assert holds(MARITAL_STATUS, again).fee_vnd == 1
    assert offering(MARITAL_STATUS, again) == desks


def test_what_begins_again_does_not_end_before_it_begins() -> None:
    ended = row_of(PROCEDURES, MARITAL_STATUS, valid_to=EVE)
    taken(PROCEDURES, ended)
    told = faults(PROCEDURES, ended | {"valid_from": date(2021, 9, 1)})
    assert [one[:2] for one in told] == [(2, "valid_to")]


def test_an_end_may_be_put_off_with_all_who_offer_it() -> None:
    for end in (EVE, date(2021, 12, 31)):
        taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_to=end))
    assert holds(MARITAL_STATUS, date(2021, 12, 31)).valid_to == date(2021, 12, 31)
    assert offering(MARITAL_STATUS, date(2021, 12, 31)) == offering(MARITAL_STATUS, EVE)


@pytest.mark.parametrize("none", ["none", "Không"])
def test_an_end_is_taken_back_as_if_it_had_never_been(none: str) -> None:
    desks = offering(MARITAL_STATUS, EVE)
    taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_to=EVE))
    row = row_of(PROCEDURES, MARITAL_STATUS, valid_to=none)
    made = taken(PROCEDURES, row).done[MARITAL_STATUS]
    assert (made.columns, made.since) == (("valid_to",), JULY)
    assert holds(MARITAL_STATUS, JULY).valid_to is None
    assert offering(MARITAL_STATUS, JULY) == desks
    assert taken(PROCEDURES, row).of(Fate.UNCHANGED)
    assert not row_of(PROCEDURES, MARITAL_STATUS)["valid_to"]


@pytest.mark.parametrize("until", ["none", date(2021, 12, 31)], ids=["no end", "later"])
def test_other_values_after_an_end_that_is_taken_back_leave_no_day_between(until: Any) -> None:
    taken(PROCEDURES, row_of(PROCEDURES, MARITAL_STATUS, valid_to=EVE))
    row = row_of(PROCEDURES, MARITAL_STATUS, valid_from="", valid_to=until, fee_vnd=1)
    taken(PROCEDURES, row, since=date(2021, 9, 1))
    fees = [holds(MARITAL_STATUS, date(2021, month, 1)).fee_vnd for month in (6, 8, 9, 12)]
    assert fees == [fees[0], fees[0], 1, 1]
    assert offering(MARITAL_STATUS, date(2021, 8, 1)) == offering(MARITAL_STATUS, EVE)


def test_an_agency_goes_on_whose_end_is_taken_back() -> None:
    taken(AGENCIES, row_of(AGENCIES, COMMUNE, valid_to=EVE))
    taken(AGENCIES, row_of(AGENCIES, COMMUNE, valid_to="none"))
    node = organisation.tree(JULY).by_code(COMMUNE)
    assert node is not None
    assert node.valid_to is None


def test_what_is_new_may_say_that_it_has_no_end() -> None:
    taken(AGENCIES, NEW | {"valid_to": "none"})
    taken(PROCEDURES, PROCEDURE | {"valid_to": "none"})
    assert holds("X-1", JULY).valid_to is None


def test_a_procedure_does_not_end_before_a_dossier_that_came_in() -> None:
    received()
    row = row_of(PROCEDURES, MARITAL_STATUS, valid_to=SPRING - timedelta(days=1))
    assert "2021-03-02" in faults(PROCEDURES, row)[0][2]
    taken(PROCEDURES, row | {"valid_to": SPRING})


def test_a_new_procedure_is_offered_by_every_desk_of_its_tier() -> None:
    assert taken(PROCEDURES, PROCEDURE).done["X-1"].fate == Fate.NEW
    assert catalogue.in_force("X-1", EVE) is None
    communes = {one.code for one in organisation.tree(JULY).desks if one.tier == Tier.COMMUNE}
    assert offering("X-1", JULY) == communes


def test_a_file_may_name_the_desks_that_offer_a_procedure() -> None:
    two = PROCEDURE | {"offered_by": f"{COMMUNE};H26.91.23"}
    assert taken(PROCEDURES, two).of(Fate.NEW)
    assert taken(PROCEDURES, two).of(Fate.UNCHANGED)
    assert offering("X-1", JULY) == {COMMUNE, "H26.91.23"}
    assert row_of(PROCEDURES, "X-1")["offered_by"] == f"{COMMUNE};H26.91.23"
    assert taken(PROCEDURES, PROCEDURE).of(Fate.UNCHANGED), "silence names no others"
    autumn = date(2021, 10, 1)
    row = PROCEDURE | {"offered_by": f"H26.91.23\n{NEIGHBOUR}"}
    assert taken(PROCEDURES, row, since=autumn).done["X-1"].columns == ("offered_by",)
    assert offering("X-1", autumn - timedelta(days=1)) == {COMMUNE, "H26.91.23"}
    assert offering("X-1", autumn) == {"H26.91.23", NEIGHBOUR}
    taken(PROCEDURES, PROCEDURE | {"valid_to": "31/12/2021"})
    assert offering("X-1", autumn) == {"H26.91.23", NEIGHBOUR}, "who had left does not come back"
    (fault,) = faults(PROCEDURES, PROCEDURE | {"offered_by": "H26.91"})
    assert fault[1] == "offered_by", "a district offers nothing of a commune's"


NEIGHBOUR = "H26.91.24"


def test_a_desk_that_is_founded_later_offers_what_its_tier_offers_once_the_file_is_loaded() -> None:
    taken(AGENCIES, NEW)
    rows = [row_of(PROCEDURES, MARITAL_STATUS, valid_from="")]
    assert NEW["code"] not in offering(MARITAL_STATUS, JULY)
    assert taken(PROCEDURES, *rows).done[MARITAL_STATUS].columns == ("offered_by",)
    assert NEW["code"] in offering(MARITAL_STATUS, JULY)
    assert NEW["code"] not in offering(MARITAL_STATUS, EVE)
    assert taken(PROCEDURES, *rows).of(Fate.UNCHANGED)


def test_a_column_that_the_file_has_not_got_stays_as_it_was() -> None:
    changed(on=date(2021, 1, 1), fee_vnd=5000, sets=2)
    names = ("code", "tier", "field_code", "name_vi", "service_level", "time_limit_value",
             "time_limit_unit")  # fmt: skip
    row = {name: row_of(PROCEDURES, MARITAL_STATUS)[name] for name in names}
    assert taken(PROCEDURES, row).of(Fate.UNCHANGED)
    assert taken(PROCEDURES, row | {"sets": ""}).done[MARITAL_STATUS].columns == ("sets",)
    assert (holds(MARITAL_STATUS, JULY).fee_vnd, holds(MARITAL_STATUS, JULY).sets) == (5000, 1)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"code": "X 1"}, "code"),
        ({"code": ""}, "code"),
        ({"code": ".."}, "code"),
        ({"code": 1.1}, "code"),
        ({"code": 12345678901234567890.0}, "code"),
        ({"code": date(2021, 2, 3)}, "code"),
        ({"code": True}, "code"),
        ({"field_code": "D-XX"}, "field_code"),
        ({"tier": "làng"}, "tier"),
        ({"service_level": "5"}, "service_level"),
        ({"time_limit_unit": "weeks"}, "time_limit_unit"),
        ({"time_limit_value": ""}, "time_limit_value"),
        ({"time_limit_value": "9999"}, "time_limit_value"),
        ({"statutory_limit_value": "0", "statutory_limit_unit": "months"}, "statutory_limit_value"),
        ({"statutory_limit_value": "3", "statutory_limit_unit": "weeks"}, "statutory_limit_unit"),
        ({"statutory_limit_value": "3", "statutory_limit_unit": ""}, "statutory_limit_unit"),
        ({"statutory_limit_value": "", "statutory_limit_unit": "months"}, "statutory_limit_value"),
        ({"statutory_limit_unit": "same_day"}, "time_limit_value"),
        ({"cutoff_shifts_receipt": "15:00"}, "cutoff_shifts_receipt"),
        ({"fee_vnd": "miễn"}, "fee_vnd"),
        ({"fee_vnd": "9" * 5000}, "fee_vnd"),
        ({"same_day_cutoff": "25:00"}, "same_day_cutoff"),
        ({"interlinked": "2"}, "interlinked"),
        ({"steps": "commune:9:working_hours"}, "steps"),
        ({"steps": "village:1:working_days"}, "steps"),
        ({"steps": "commune:²:working_days"}, "steps"),
        ({"extendable": "1", "time_limit_unit": "months"}, "extendable"),
        ({"online_clock_start": "1"}, "online_clock_start"),
        ({"supplement_effect": "again"}, "supplement_effect"),
        ({"late_supplement_effect": "x"}, "late_supplement_effect"),
        ({"supplement_request_within": "3wd"}, "supplement_request_within"),
        ({"supplement_wait": "²"}, "supplement_wait"),
        ({"supplement_wait": "0"}, "supplement_wait"),
        (
            {"supplement_effect": "pause", "late_supplement_effect": "restart"},
            "late_supplement_effect",
        ),
        ({"offered_by": "H99"}, "offered_by"),
        ({"valid_from": "30/02/2021"}, "valid_from"),
        ({"valid_to": "30/06/2021"}, "valid_to"),
    ],
)
def test_a_bad_cell_is_named_by_its_row_and_column(cells: dict[str, Any], column: str) -> None:
    before = len(kept(PROCEDURES))
    assert [one[:2] for one in faults(PROCEDURES, PROCEDURE | cells)] == [(2, column)]
    assert len(kept(PROCEDURES)) == before


def test_every_bad_row_is_named_and_the_good_ones_are_not_taken() -> None:
    rows = [
        PROCEDURE,
        PROCEDURE | {"code": "X-2", "fee_vnd": "x", "tier": "x"},
        PROCEDURE | {"code": "X-3", "field_code": "nobody"},
        PROCEDURE,
    ]
    told = faults(PROCEDURES, *rows)
    assert [one[:2] for one in told] == [
        (3, "tier"),
        (3, "fee_vnd"),
        (4, "field_code"),
        (5, "code"),
    ]
    assert "dòng 2" in told[-1][2]
    assert "X-1" not in catalogue.snapshot().versions


@pytest.mark.parametrize("cell", ["9:30", "09:30", "9:30:00", time(9, 30), timedelta(hours=9.5)])
def test_a_time_of_day_is_read_as_spreadsheets_write_it(cell: object) -> None:
    taken(PROCEDURES, PROCEDURE | {"same_day_cutoff": cell})
    assert holds("X-1", JULY).cutoff == time(9, 30)


def test_a_procedure_never_moves_to_another_tier() -> None:
    row = row_of(PROCEDURES, MARITAL_STATUS, tier="district")
    assert faults(PROCEDURES, row)[0][1] == "tier"


def test_a_mark_that_promises_nothing_is_put_right_without_a_day() -> None:
    received()
    row = row_of(PROCEDURES, MARITAL_STATUS, national_code="1.999999")
    made = taken(PROCEDURES, row, since=SPRING).done[MARITAL_STATUS]
    assert (made.columns, made.since) == (("national_code",), None)
    assert len(catalogue.snapshot().versions[MARITAL_STATUS]) == 1


@pytest.mark.parametrize(
    ("cells", "start"),
    [
        ({}, "acceptance"),
        ({"online_clock_start": ""}, "acceptance"),
        ({"online_clock_start": "acceptance"}, "acceptance"),
        ({"online_clock_start": "intake_deadline"}, "intake_deadline"),
    ],
)
def test_a_file_says_of_which_procedures_what_came_in_online_counts_from_its_check(
    cells: dict[str, str], start: str
) -> None:
    taken(PROCEDURES, PROCEDURE | cells)
    assert str(holds("X-1", JULY).online_clock_start) == start


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({}, None),
        ({"statutory_limit_value": "", "statutory_limit_unit": ""}, None),
        ({"statutory_limit_value": "30", "statutory_limit_unit": "working_days"}, "30wd"),
        ({"statutory_limit_value": "2", "statutory_limit_unit": "months"}, "2m"),
    ],
)
def test_a_file_may_tell_the_limit_of_the_law_beside_the_published_one(
    cells: dict[str, str], found: str | None
) -> None:
    taken(PROCEDURES, PROCEDURE | cells)
    statutory = holds("X-1", JULY).limit_statutory
    assert (str(statutory) if statutory else None) == found
    assert taken(PROCEDURES, row_of(PROCEDURES, "X-1")).of(Fate.UNCHANGED)


@pytest.mark.parametrize("cell", ["", "0", "1"])
def test_a_file_says_of_which_procedures_the_cutoff_puts_receipts_off(cell: str) -> None:
    taken(PROCEDURES, PROCEDURE | {"cutoff_shifts_receipt": cell})
    assert holds("X-1", JULY).cutoff_shifts_receipt == (cell == "1")
    assert taken(PROCEDURES, row_of(PROCEDURES, "X-1")).of(Fate.UNCHANGED)


USUAL = dict.fromkeys(
    (
        "supplement_effect",
        "late_supplement_effect",
        "supplement_request_within",
        "supplement_wait",
    ),
    "",
)


@pytest.mark.parametrize(
    ("cells", "law"),
    [
        ({}, DECREE_61),
        (USUAL, DECREE_61),
        ({"supplement_effect": "pause"}, replace(DECREE_61, effect=SupplementEffect.PAUSE)),
        (
            {
                "late_supplement_effect": "restart",
                "supplement_request_within": "5",
                "supplement_wait": "60",
            },
            replace(DECREE_61, late_effect=SupplementEffect.RESTART, within=5, wait=60),
        ),
    ],
)
def test_a_file_says_of_which_procedures_papers_are_asked_for_otherwise(
    cells: dict[str, str], law: SupplementLaw
) -> None:
    taken(PROCEDURES, PROCEDURE | cells)
    assert holds("X-1", JULY).supplement == law


@pytest.mark.parametrize(
    ("cells", "pauses"),
    [({}, False), ({"opinion_pauses": ""}, False), ({"opinion_pauses": "1"}, True)],
)
def test_a_file_says_of_which_procedures_the_opinion_of_another_agency_stops_the_clock(
    cells: dict[str, str], *, pauses: bool
) -> None:
    taken(PROCEDURES, PROCEDURE | cells)
    assert holds("X-1", JULY).opinion_pauses == pauses


def test_a_field_has_another_department_from_its_day_on() -> None:
    received(by=DISTRICT_CLERK, procedure_code=LAND)
    row = row_of(FIELDS, "D-DD", department_code="H26.91.05")
    assert faults(FIELDS, row, since=SPRING)[0][:2] == (2, "code")
    before = holds(LAND, EVE).department_agency_id
    taken(FIELDS, row)
    assert holds(LAND, EVE).department_agency_id == before
    assert holds(LAND, JULY).department_agency_id != before
    taken(FIELDS, row_of(FIELDS, "D-DD", department_code="", valid_from=""), since=date(2022, 1, 1))
    assert holds(LAND, date(2022, 1, 1)).department_agency_id is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"department_code": "H99"}, "department_code"), ({"tier": "commune"}, "tier")],
)
def test_a_field_that_cannot_be_is_refused(cells: dict[str, str], column: str) -> None:
    row = row_of(FIELDS, "D-DD") | cells
    assert faults(FIELDS, row)[0][:2] == (2, column)


def test_agencies_may_stand_in_any_order() -> None:
    below = NEW | {"code": "H26.91.99.01", "parent_code": "H26.91.99", "tier": "department",
                   "kind": "office"}  # fmt: skip
    taken(AGENCIES, below, NEW)
    tree = organisation.tree(JULY)
    node = tree.by_code("H26.91.99.01")
    assert node is not None
    assert [one.code for one in tree.line(node.id)[1:]] == ["H26.91.99", "H26.91", "H26"]
    assert organisation.tree(EVE).by_code("H26.91.99") is None
    assert node.name_en == "Xã Thí Dụ", "whoever has no other name has this one"


def test_an_agency_is_renamed_from_a_day_on_which_it_has_no_dossier() -> None:
    received(by=COMMUNE_CLERK, at=MONDAY + 10 * DAY)
    code = "H26.91.27"
    row = row_of(AGENCIES, code, name_vi="Xã Mới")
    assert faults(AGENCIES, row, since=SPRING)[0][:2] == (2, "code")
    taken(AGENCIES, row)
    names = [organisation.tree(day).by_code(code) for day in (EVE, JULY)]
    assert [one.name_vi for one in names if one] == ["Xã Ngọc Hồi", "Xã Mới"]


def test_an_agency_ends_on_its_last_day_and_a_child_keeps_whom_it_was_below() -> None:
    taken(AGENCIES, row_of(AGENCIES, "H26.91", valid_to="30/06/2021"))
    assert organisation.tree(EVE).by_code("H26.91") is not None
    assert organisation.tree(JULY).by_code("H26.91") is None
    assert len(taken(AGENCIES, *kept(AGENCIES)).of(Fate.UNCHANGED)) == 30
    row = row_of(AGENCIES, COMMUNE, parent_code="H26")
    assert taken(AGENCIES, row).done[COMMUNE].columns == ("parent_id",)


HEIR = "H26.91.23"


def heir_of(code: str, on: date) -> str | None:
    node = organisation.tree_with_past(on).by_code(code)
    assert node is not None, code
    heir = organisation.successor(node.id, on)
    return heir.code if heir else None


def test_another_agency_takes_over_what_lies_at_one_from_the_day_after_its_last() -> None:
    made = taken(AGENCIES, row_of(AGENCIES, COMMUNE, valid_to=EVE, successor_code=HEIR))
    assert made.done[COMMUNE].columns == ("valid_to", "successor_id")
    assert [heir_of(COMMUNE, day) for day in (EVE, JULY)] == [None, HEIR]
    assert row_of(AGENCIES, COMMUNE)["successor_code"] == HEIR
    assert len(taken(AGENCIES, *kept(AGENCIES)).of(Fate.UNCHANGED)) == 30


def test_it_may_be_named_long_after_the_end_and_another_instead() -> None:
    taken(AGENCIES, row_of(AGENCIES, "H26.91.04", valid_to=EVE))
    received(by=DISTRICT_CLERK, procedure_code=LAND, at=MONDAY + 150 * DAY)
    for heir in ("H26.91.12", "H26.91.05"):
        made = taken(AGENCIES, row_of(AGENCIES, "H26.91.04", successor_code=heir))
        assert (made.done["H26.91.04"].fate, made.done["H26.91.04"].since) == (Fate.CHANGED, JULY)
        assert heir_of("H26.91.04", JULY) == heir
    row = row_of(AGENCIES, "H26.91.04", successor_code="")
    taken(AGENCIES, {name: cell for name, cell in row.items() if name != "successor_code"})
    assert heir_of("H26.91.04", JULY) == "H26.91.05", "silence changes nothing"
    taken(AGENCIES, row)
    assert heir_of("H26.91.04", JULY) is None, "an empty cell takes it back"


def test_a_file_founds_who_takes_over_in_any_order() -> None:
    gone = row_of(AGENCIES, COMMUNE, valid_to=EVE, successor_code="H26.91.98", name_en=None)
    between = gone | NEW | {"code": "H26.91.98", "valid_from": JULY, "valid_to": "30/09/2021",
                            "successor_code": "H26.91.99"}  # fmt: skip
    last = gone | NEW | {"valid_from": JULY, "valid_to": "", "successor_code": ""}
    taken(AGENCIES, gone, between, last)
    assert [heir_of(COMMUNE, day) for day in (JULY, date(2021, 10, 1))] == [
        "H26.91.98",
        "H26.91.99",
    ]


def test_whoever_goes_on_after_all_or_comes_again_has_no_successor() -> None:
    ends = row_of(AGENCIES, COMMUNE, valid_to=EVE, successor_code=HEIR)
    undone = {name: cell for name, cell in ends.items() if name != "successor_code"}
    taken(AGENCIES, ends)
    made = taken(AGENCIES, undone | {"valid_to": "none"})
    assert "successor_id" in made.done[COMMUNE].columns
    assert row_of(AGENCIES, COMMUNE)["successor_code"] == ""
    taken(AGENCIES, ends)
    again = {"valid_from": "01/10/2021", "valid_to": ""}
    taken(AGENCIES, undone | again, since=date(2021, 10, 1))
    assert row_of(AGENCIES, COMMUNE)["successor_code"] == ""
    assert heir_of(COMMUNE, JULY) == HEIR, "in between it was the other's"


def test_what_lies_with_who_ends_counts_what_it_had_taken_over() -> None:
    received(at=MONDAY)
    agency = "H26.91.27"
    ends = row_of(AGENCIES, agency, valid_to=EVE, successor_code=HEIR)
    made = taken(AGENCIES, ends)
    over = made.taken_over[agency]
    assert (over.by, over.since, over.dossiers, made.left_there) == (HEIR, JULY, 1, {})
    made = taken(AGENCIES, row_of(AGENCIES, HEIR, valid_to="30/09/2021"))
    assert (made.taken_over, made.left_there) == ({}, {HEIR: 1})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(COMMUNE, EVE, "H99")], "Không có cơ quan H99"),
        ([(COMMUNE, EVE, COMMUNE)], "tự kế thừa"),
        ([(COMMUNE, "", HEIR)], "chưa có ngày cuối"),
        ([(COMMUNE, EVE, HEIR), (HEIR, EVE, COMMUNE)], "lần lượt dẫn về"),
        ([(COMMUNE, EVE, HEIR), (HEIR, EVE, "")], "không có đơn vị kế thừa"),
        ([(COMMUNE, EVE, "H26.91.04")], "không có bộ phận một cửa"),
    ],
)
def test_a_successor_that_cannot_be_is_refused_beside_its_column(
    rows: list[tuple[str, Any, str]], said: str
) -> None:
    cells = [
        row_of(AGENCIES, code, valid_to=last, successor_code=heir) for code, last, heir in rows
    ]
    found = faults(AGENCIES, *cells)
    assert {column for _row, column, _said in found} == {"successor_code"}
    assert said in found[0][2]
    assert heir_of(COMMUNE, JULY) is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"parent_code": "H99"}, "parent_code"),
        ({"parent_code": COMMUNE}, "parent_code"),
        ({"tier": "commune"}, "tier"),
        ({"kind": "village"}, "kind"),
        ({"valid_to": "1999-01-01"}, "valid_to"),
        ({"name_vi": " "}, "name_vi"),
    ],
)
def test_an_agency_that_cannot_be_is_refused(cells: dict[str, str], column: str) -> None:
    row = row_of(AGENCIES, "H26.91") | cells
    assert faults(AGENCIES, row)[0][:2] == (2, column)


def test_the_agency_of_the_first_day_becomes_what_its_file_says_as_long_as_it_has_no_dossier() -> (
    None
):
    taken(AGENCIES, NEW)
    row = row_of(AGENCIES, NEW["code"], name_en="Thi Du Commune", valid_from="2004-01-01")
    taken(AGENCIES, row)
    node = organisation.tree(date(2004, 1, 1)).by_code(NEW["code"])
    assert node is not None
    assert (node.name_en, node.valid_to) == ("Thi Du Commune", None)


def test_an_account_is_opened_changed_and_closed() -> None:
    row = {"username": "Thu.Nghiem", "name": "A", "role": "Chuyên viên", "agency_code": COMMUNE}
    made = taken(STAFF, row, hashes={"thu.nghiem": "hash"})
    assert made.done["thu.nghiem"].fate == Fate.NEW
    found = accounts.by_username("thu.nghiem")
    assert found is not None
    assert (found.role, found.is_open, found.password_hash) == (Role.OFFICER, True, "hash")
    stamp = found.stamp
    taken(STAFF, row | {"role": "leader", "name": "B"}, hashes={"thu.nghiem": "other"})
    assert (found.role, found.name, found.password_hash) == (Role.LEADER, "B", "hash")
    row = row_of(STAFF, "thu.nghiem", is_open="0")
    assert taken(STAFF, row).done["thu.nghiem"].columns == ("is_open",)
    assert not found.is_open
    assert found.stamp != stamp, "every session of it ends"
    assert taken(STAFF, row).of(Fate.UNCHANGED)
    del row["is_open"]
    assert taken(STAFF, row).of(Fate.UNCHANGED), "silence opens nothing"
    assert taken(STAFF, row | {"is_open": "có"}).of(Fate.CHANGED)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"role": "king"}, "role"),
        ({"agency_code": "H99"}, "agency_code"),
        ({"username": "Nguyễn A"}, "username"),
        ({"name": ""}, "name"),
    ],
)
def test_an_account_that_cannot_be_is_refused(cells: dict[str, Any], column: str) -> None:
    row = {"username": "moi", "name": "A", "role": "clerk", "agency_code": COMMUNE} | cells
    assert faults(STAFF, row)[0][:2] == (2, column)
    assert accounts.by_username("moi") is None


def test_the_last_administrator_is_never_locked_out() -> None:
    rows = [row for row in kept(STAFF) if row["role"] == "administrator"]
    ((number, _column, why),) = faults(STAFF, *({**row, "is_open": "0"} for row in rows))
    assert number is None
    assert "quản trị" in why
    assert faults(STAFF, *({**row, "role": "clerk"} for row in rows))
    taken(STAFF, *({**row, "is_open": "0"} for row in rows[1:]), rows[0])


def test_what_does_not_change_is_not_written(budget: Budget) -> None:
    row = row_of(PROCEDURES, MARITAL_STATUS)
    db.session.rollback()
    with budget(12):
        taken(PROCEDURES, row)
    assert db.session.query(ProcedureVersion).count() == 404


def test_what_lies_in_hand_is_looked_for_where_somebody_leaves(recorded: Recorded) -> None:
    row = {"username": "moi", "name": "A", "role": "officer", "agency_code": COMMUNE}

    def looks(**changes: str) -> bool:
        with recorded() as sent:
            taken(STAFF, row | changes)
        return any("dossier_step" in statement for statement in sent)

    assert not looks()
    assert not looks(name="B")
    assert looks(is_open="0")


def test_the_day_of_the_law_is_that_of_viet_nam() -> None:
    received(at=MONDAY.replace(hour=20))  # three in the morning of Tuesday
    row = row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=1)
    last = legal_date(MONDAY.replace(hour=20))
    assert loaded(PROCEDURES, row, since=last).faults
    assert not loaded(PROCEDURES, row, since=last + timedelta(days=1)).faults


def test_a_result_waits_at_its_desk_and_no_more_where_it_was_made() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    places = [
        frozenset(some)
        for some in (
            {dossier.receiving_agency_id},
            {dossier.handling_agency_id},
            {dossier.receiving_agency_id, dossier.handling_agency_id},
        )
    ]
    assert [unfinished_at(one) for one in places] == [1, 1, 1]
    done(dossier, "resolve", by=DISTRICT_OFFICER, at=MONDAY + ONE_DAY)
    assert [unfinished_at(one) for one in places] == [1, 0, 1]
