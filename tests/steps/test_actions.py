from datetime import date, datetime, time, timedelta

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal, StaleError
from onestop.base.viewer import Operator
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import at_local
from onestop.dossiers.actions import closing, reversing, transferring
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import State, Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.reporting.queries import counters
from onestop.steps.actions import handing, moving
from onestop.steps.rules import Result, Stage, stamp
from onestop.tallies.models import Tally
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    MONDAY,
    again,
    done,
    in_progress,
    received,
    staff,
)
from tests.steps.given import (
    COMMUNE_FIRST,
    COMMUNE_THEN_DEPARTMENT,
    DEATH,
    WELFARE,
    WELFARE_HEAD,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)
LAND_AT_THE_DEPARTMENT = "D-DD-08"


def stages(dossier: Dossier, at: datetime = MONDAY) -> list[Stage]:
    return [one.step.stage for one in trail_of(dossier, at).lines]


def results(dossier: Dossier, at: datetime) -> list[Result | None]:
    return [one.step.result for one in trail_of(dossier, at).lines]


def test_a_procedure_without_steps_has_one_with_the_dossiers_own_date() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS, at=MONDAY)
    (line,) = trail_of(dossier, MONDAY).lines
    assert line.step.stage == Stage.OPEN
    assert line.due_at == dossier.legal_due_at
    assert line.step.agency_id == dossier.handling_agency_id


def test_nothing_is_planned_before_the_hand_over() -> None:
    assert trail_of(received(), MONDAY).lines == ()


def test_a_step_is_counted_from_its_own_start_and_the_dossier_from_its_receipt() -> None:
    dossier = received(procedure_code=COMMUNE_THEN_DEPARTMENT)
    promised = dossier.due_at
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + DAY)
    first, second = trail_of(dossier, MONDAY + DAY).lines
    assert first.due_at is not None
    assert first.due_at.date() == (MONDAY + 4 * DAY).date(), "three days from Tuesday"
    assert second.due_at is None
    assert reading.by_code(dossier.code, Operator()).due_at == promised  # type: ignore[union-attr]


def test_whoever_takes_a_step_up_holds_it_and_another_may_not_hand_it_on() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    current = trail_of(dossier, MONDAY + 2 * HOUR).current
    assert current is not None
    assert current.person == "Phạm Đức Lâm"
    assert [one.spent.values["hours"] for one in current.held] == [1, 1]
    with pytest.raises(Refusal, match="Vai trò"):
        moved(dossier, "hand_on", by="vanhoaxahoi.ngochoi", at=MONDAY + DAY, agency=WELFARE)


def test_the_head_gives_work_out_and_takes_it_back_with_a_reason() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "assign", by=COMMUNE_LEADER, at=MONDAY + HOUR, to=COMMUNE_OFFICER)
    with pytest.raises(Refusal, match="Vai trò"):
        moved(dossier, "take_back", by=COLLEAGUE, at=MONDAY + 2 * HOUR, reason="thôi")
    with pytest.raises(Refusal, match="lý do"):
        moved(dossier, "take_back", by=COMMUNE_LEADER, at=MONDAY + 2 * HOUR, reason=None)
    moved(dossier, "take_back", by=COMMUNE_LEADER, at=MONDAY + 2 * HOUR, reason="người ấy nghỉ")
    assert stages(dossier) == [Stage.OPEN]
    last = db.session.query(Entry).order_by(Entry.id.desc()).first()
    assert last is not None
    assert (last.verb.value, last.reason) == ("take_back", "người ấy nghỉ")


COLLEAGUE = "vanhoaxahoi.ngochoi"


@pytest.mark.parametrize("verbs", [["take_up"], ["take_up", "put_forward"]])
def test_an_officer_puts_his_own_work_back_and_no_colleagues(verbs: list[str]) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    for verb in verbs:
        moved(dossier, verb, by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    with pytest.raises(Refusal, match="Vai trò"):
        moved(dossier, "take_back", by=COLLEAGUE, at=MONDAY + 2 * HOUR, reason="nhầm")
    moved(dossier, "take_back", by=COMMUNE_OFFICER, at=MONDAY + 2 * HOUR, reason="nhận nhầm")
    assert stages(dossier) == [Stage.OPEN]


def test_work_goes_only_to_somebody_of_the_agency_that_holds_it() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    for stranger in (WELFARE_OFFICER, COMMUNE_CLERK, "nobody", None):
        with pytest.raises(Refusal) as refused:
            moved(dossier, "assign", by=COMMUNE_LEADER, at=MONDAY + HOUR, to=stranger)
        assert refused.value.field == "to"


def test_a_draft_is_approved_signed_or_sent_back() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    at = MONDAY + HOUR
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=at)
    with pytest.raises(Refusal, match="Vai trò"):
        moved(dossier, "approve", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "send_back", by=COMMUNE_LEADER, at=at, reason="thiếu căn cứ")
    assert stages(dossier) == [Stage.IN_HAND]
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "approve", by=COMMUNE_LEADER, at=at)
    assert stages(dossier) == [Stage.SIGNATURE]
    moved(dossier, "sign", by=COMMUNE_LEADER, at=at)
    assert stages(dossier) == [Stage.SIGNED]
    current = trail_of(dossier, at).current
    assert current is not None
    assert current.person == "Phạm Đức Lâm", "the officer goes on with it"


def test_nobody_withdraws_what_is_signed(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    at = MONDAY + HOUR
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "sign", by=COMMUNE_LEADER, at=at)
    with pytest.raises(Refusal, match="đã được ký"):
        done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=at, reason="đổi ý")
    client.sign_in(COMMUNE_CLERK)
    assert "Kết quả đã được ký" in client.get(f"/dossiers/{dossier.code}").text
    moved(dossier, "send_back", by=COMMUNE_LEADER, at=at, reason="sai tên")
    asked = done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=at, reason="đổi ý")
    assert asked.state == State.WITHDRAWAL_ASKED


def test_what_is_signed_on_the_way_is_no_result_yet() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    at = MONDAY + HOUR
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=at)
    moved(dossier, "sign", by=COMMUNE_LEADER, at=at)
    asked = done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=at, reason="đổi ý")
    assert asked.state == State.WITHDRAWAL_ASKED


def test_a_dossier_runs_through_several_agencies_and_is_counted_once() -> None:
    dossier = in_progress(procedure_code=DEATH)
    shop = dossier.receiving_agency_id
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    assert stages(dossier) == [Stage.ENDED, Stage.AWAY, Stage.PLANNED, Stage.PLANNED]
    with pytest.raises(Refusal) as refused:
        moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY)
    assert refused.value.field == "agency", "several departments could do it"
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY, agency=WELFARE)
    moved(dossier, "assign", by=WELFARE_HEAD, at=MONDAY + 4 * DAY, to=WELFARE_OFFICER)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=MONDAY + 7 * DAY)
    assert stages(dossier)[-1] == Stage.AWAY
    done(dossier, "resolve", by=WELFARE_OFFICER, at=MONDAY + 8 * DAY)
    assert results(dossier, MONDAY + 8 * DAY) == [Result.DONE] * 4
    counted = db.session.query(Tally.agency_id).distinct().all()
    assert [agency for (agency,) in counted] == [shop], "the receiving shop alone counts it"


def test_the_agency_that_handed_on_no_longer_sees_it_but_the_shop_does() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY)
    moved(dossier, "give_back", by=WELFARE_OFFICER, at=MONDAY + DAY, reason="thiếu biên bản")
    with pytest.raises(AssertionError, match="within sight"):
        moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY + DAY)
    assert stages(dossier) == [Stage.IN_HAND, Stage.PLANNED]
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY, agency=WELFARE)
    second = trail_of(dossier, MONDAY + 2 * DAY).lines[1]
    assert second.due_at is not None
    assert second.due_at.date() == (MONDAY + 11 * DAY).date(), "its seven days begin anew"


def test_a_step_for_a_commune_is_sent_to_the_one_that_does_it() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    assert stages(dossier)[0] == Stage.AWAY
    with pytest.raises(Refusal) as refused:
        moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency=WELFARE)
    assert refused.value.field == "agency"
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency="H26.91.27")
    moved(dossier, "take_up", by="vanhoaxahoi.ngochoi", at=MONDAY + DAY)
    moved(dossier, "hand_on", by="vanhoaxahoi.ngochoi", at=MONDAY + 2 * DAY)
    second = trail_of(dossier, MONDAY + 2 * DAY).lines[1]
    assert second.place is not None
    assert second.place.code == WELFARE, "it comes home to the department of its field"


def test_a_refusal_of_one_agency_leaves_the_others_and_makes_a_part_of_a_result() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    said = {"agency": WELFARE, "refused": True}
    with pytest.raises(Refusal, match="lý do"):
        moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, **said)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, reason="không đủ", **said)
    done(dossier, "resolve", by=WELFARE_OFFICER, at=MONDAY + DAY)
    assert results(dossier, MONDAY + DAY) == [Result.REFUSED, Result.DONE]
    assert trail_of(dossier, MONDAY + DAY).is_partly


def test_the_step_that_overran_first_bears_the_lateness() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY, agency=WELFARE)
    lines = trail_of(dossier, MONDAY + 60 * DAY).lines
    assert [one.standing for one in lines] == [Timeliness.OVERDUE, Timeliness.OPEN_OVERDUE]
    assert [one.is_overrun for one in lines] == [True, False]


def test_a_pause_of_the_dossier_moves_the_date_of_its_step() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    before = trail_of(dossier, MONDAY).lines[0].due_at
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + DAY, **said)
    with pytest.raises(Refusal, match="trạng thái"):
        moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY)
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY)
    after = trail_of(dossier, MONDAY + 3 * DAY).lines[0].due_at
    assert before is not None
    assert after is not None
    assert (before.date(), after.date()) == (
        (MONDAY + 3 * DAY).date(),
        (MONDAY + 7 * DAY).date(),
    ), "Tuesday and Wednesday do not count"


def test_what_was_not_begun_when_a_dossier_ends_did_not_have_to_be_done() -> None:
    dossier = in_progress(procedure_code=DEATH)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    later = MONDAY + DAY
    assert results(dossier, later) == [Result.DONE, *[Result.SKIPPED] * 3]
    done(dossier, "correct", by=COMMUNE_LEADER, at=later, reason="ghi sai tên")
    assert stages(dossier, later) == [Stage.OPEN, *[Stage.PLANNED] * 3]


def test_a_withdrawal_ends_the_running_step_at_the_request() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason=None)
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY + 2 * DAY)
    (line,) = trail_of(dossier, MONDAY + 2 * DAY).lines
    assert line.step.finished_at == MONDAY + DAY
    assert line.step.result == Result.SKIPPED


def test_a_page_that_was_overtaken_is_told_so() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    current = trail_of(dossier, MONDAY).current
    assert current is not None
    seen = stamp(current.step.seq, current.step.turn)
    moving.unchanged(dossier, seen)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    with pytest.raises(StaleError):
        moving.unchanged(dossier, seen)


def test_nothing_is_moved_before_what_has_happened_already() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS, at=MONDAY)
    with pytest.raises(Refusal, match="trước việc đã ghi"):
        moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY - HOUR)


def reversed_by(dossier: Dossier, username: str, at: datetime) -> None:
    actor = staff(username, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        reversing.reverse(fresh, by=actor, at=at)


def test_a_hand_over_that_was_a_slip_leaves_no_step() -> None:
    dossier = in_progress(procedure_code=DEATH)
    reversed_by(dossier, COMMUNE_CLERK, MONDAY + timedelta(minutes=5))
    assert trail_of(dossier, MONDAY).lines == ()
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + HOUR)
    assert stages(dossier)[0] == Stage.OPEN


def test_a_result_that_was_a_slip_lets_the_step_go_on() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    reversed_by(dossier, COMMUNE_OFFICER, MONDAY + HOUR + timedelta(minutes=5))
    assert stages(dossier) == [Stage.IN_HAND, Stage.PLANNED]


def test_a_hand_over_that_stands_on_a_list_is_no_slip() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    with transaction():
        handing.make_list([dossier.code], by=staff(COMMUNE_CLERK), at=MONDAY)
    at = MONDAY + timedelta(minutes=5)
    with pytest.raises(Refusal, match="phiếu bàn giao"):
        reversed_by(dossier, COMMUNE_CLERK, at)
    fresh = again(dossier)
    offered = reversing.may_reverse(fresh, by=staff(COMMUNE_CLERK), at=at)
    assert isinstance(offered, Refusal), "nor is it offered"


def test_the_days_of_a_closed_office_do_not_count_for_its_step() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    offices = frozenset({dossier.receiving_agency_id})
    tuesday, thursday = (at_local((MONDAY + n * DAY).date(), time()) for n in (1, 3))
    with transaction():
        closing.close(
            Closure("QĐ 1", offices, tuesday, thursday), by=Operator(), at=MONDAY + 4 * DAY
        )
    line = trail_of(dossier, MONDAY).lines[0]
    assert line.due_at is not None
    assert line.due_at.date() == (MONDAY + 7 * DAY).date()


def test_what_was_passed_on_before_its_hand_over_goes_to_the_competent_agency() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND_AT_THE_DEPARTMENT)
    said = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by="chutich.thanhtri", at=MONDAY, **said)
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY)
    current = trail_of(dossier, MONDAY).current
    assert current is not None
    assert current.place is not None
    assert current.place.code == WELFARE
    assert len(current.held) == 1


def test_a_hand_over_taken_back_leaves_the_dossier_where_it_lay() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND_AT_THE_DEPARTMENT)
    said = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by="chutich.thanhtri", at=MONDAY, **said)
    lay_at = dossier.handling_agency_id
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY)
    done(dossier, "reverse", by=DISTRICT_CLERK, at=MONDAY + HOUR / 12)
    assert dossier.handling_agency_id == lay_at
    assert trail_of(dossier, MONDAY + HOUR).lines == ()


def test_a_step_goes_along_when_its_dossier_is_passed_to_another_agency() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND_AT_THE_DEPARTMENT)
    moved(dossier, "take_up", by=DISTRICT_OFFICER, at=MONDAY)
    with transaction():
        fresh = reading.for_change(dossier.code, Operator())
        assert fresh is not None
        said = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
        transferring.transfer(fresh, by=Operator(), at=MONDAY + HOUR, **said)
    current = trail_of(dossier, MONDAY + HOUR).current
    assert current is not None
    assert current.step.stage == Stage.OPEN
    assert current.place is not None
    assert current.place.code == WELFARE
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY + DAY)


OFFICER_OF_THE_COMMUNE = "vanhoaxahoi.ngochoi"


def shut(*, from_day: int, entered: int) -> Closure:
    """Close the commune from a day of the week that began on Monday, entered on another."""
    office = frozenset({staff(COMMUNE_CLERK).agency_id})
    closure = Closure("QĐ 1", office, at_local((MONDAY + from_day * DAY).date(), time()))
    with transaction():
        closing.close(closure, by=Operator(), at=MONDAY + entered * DAY)
    return closure


def begun_in_the_commune() -> Dossier:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency="H26.91.27")
    moved(dossier, "take_up", by=OFFICER_OF_THE_COMMUNE, at=MONDAY)
    moved(dossier, "hand_on", by=OFFICER_OF_THE_COMMUNE, at=MONDAY + DAY)
    return moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY + DAY)


@pytest.mark.parametrize("entered", [2, 4], ids=["before it came", "after it came"])
def test_a_step_given_back_to_a_closed_office_is_held_from_when_it_came(entered: int) -> None:
    dossier = begun_in_the_commune()
    if entered == 2:
        shut(from_day=2, entered=2)
    at = MONDAY + 3 * DAY
    moved(dossier, "give_back", by=WELFARE_OFFICER, at=at, reason="thiếu biên bản")
    if entered == 4:
        shut(from_day=2, entered=4)
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    assert fresh.paused_since == at
    line = next(one for one in fresh.history if one.verb == Verb.GIVE_BACK)
    assert line.details["step_at"] == "H26.91.27"
    assert line.details.get("order") == ("QĐ 1" if entered == 2 else None)
    assert counters.differences() == []


@pytest.mark.parametrize("entered", [2, 4], ids=["before it came", "after it came"])
def test_what_is_taken_back_to_a_closed_office_is_held_from_when_it_came(entered: int) -> None:
    dossier = begun_in_the_commune()
    head, office = WELFARE_HEAD, "H26.91.27"
    why = {"reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by=head, at=MONDAY + DAY, to_agency=office, **why)
    moved(dossier, "take_up", by=OFFICER_OF_THE_COMMUNE, at=MONDAY + DAY)
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, to_agency=WELFARE, **why)
    if entered == 2:
        shut(from_day=2, entered=2)
    at = MONDAY + 3 * DAY
    with transaction():
        transferring.take_back(dossier.code, by=staff(COMMUNE_LEADER), at=at)
    if entered == 4:
        shut(from_day=2, entered=4)
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    assert fresh.paused_since == at
    line = next(one for one in fresh.history if one.verb == Verb.REVERSE)
    assert (line.details["from_agency"], line.details["to_agency"]) == (WELFARE, office)
    assert counters.differences() == []


def test_what_is_passed_to_a_closed_office_is_held_and_the_slip_lets_it_go() -> None:
    dossier = begun_in_the_commune()
    shut(from_day=2, entered=2)
    at = MONDAY + 2 * DAY + HOUR
    said = {"to_agency": "H26.91.27", "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by=WELFARE_HEAD, at=at, **said)
    assert dossier.paused_since == at
    with transaction():
        transferring.take_back(dossier.code, by=staff(WELFARE_HEAD), at=at + HOUR)
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    assert (fresh.paused_since, fresh.pauses) == (None, [])
    assert counters.differences() == []


def test_what_is_handed_on_to_a_closed_office_is_held_until_it_opens() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    shut(from_day=0, entered=0)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY + HOUR, agency="H26.91.27")
    assert dossier.paused_since == MONDAY + HOUR
    ends_at = at_local((MONDAY + 4 * DAY).date(), time())
    with transaction():
        found = closing.reopen("QĐ 1", ends_at=ends_at, by=Operator(), at=MONDAY + 4 * DAY)
    assert found.resumed == [dossier.code]
    assert counters.differences() == []


@pytest.mark.parametrize("way", ["correct", "reverse"])
def test_the_days_of_a_closed_office_do_not_count_for_a_step_that_runs_on(way: str) -> None:
    ended, other = (in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT) for _ in range(2))
    at = at_local((MONDAY + 9 * DAY).date(), time(8))
    shut(from_day=2, entered=2)
    done(ended, "resolve", by=COMMUNE_LEADER, at=at if way == "reverse" else MONDAY + 3 * DAY)
    with transaction():
        closing.reopen("QĐ 1", ends_at=at - 8 * HOUR, by=Operator(), at=at + HOUR / 20)
    said = {} if way == "reverse" else {"reason": "Sai tên"}
    done(ended, way, by=COMMUNE_LEADER, at=at + HOUR / 10, **said)
    db.session.expire_all()
    found = {trail_of(one, at).lines[0].due_at for one in (ended, other)}
    assert len(found) == 1, "as if it had never ended"


def test_a_wait_that_ended_with_the_dossier_does_not_count_for_the_step_that_goes_on() -> None:
    paid, other = (in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT) for _ in range(2))
    for one in (paid, other):
        done(one, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY, amount_vnd=1, notice="1")
    done(paid, "resolve", by=COMMUNE_LEADER, at=MONDAY + 4 * DAY)
    done(other, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 4 * DAY, proof="1")
    done(paid, "correct", by=COMMUNE_LEADER, at=MONDAY + 4 * DAY, reason="Sai tên")
    found = {trail_of(one, MONDAY + 4 * DAY).lines[0].due_at for one in (paid, other)}
    assert len(found) == 1


def test_a_hand_over_to_a_first_step_elsewhere_is_put_back_whole() -> None:
    steps = [
        Step(StepKind.DISTRICT_LEADER, Limit.parse("5wd"), 1),
        Step(StepKind.POLICE, Limit.parse("24wh"), 2),
        Step(StepKind.DISTRICT_DEPARTMENT, Limit.parse("3wd"), 2),
    ]
    catalogue.changed(COMMUNE_FIRST, date(2021, 1, 4), steps=steps)
    dossier = received(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    lay_at = dossier.handling_agency_id
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY)
    assert dossier.handling_agency_id != lay_at
    done(dossier, "reverse", by=DISTRICT_CLERK, at=MONDAY + HOUR / 12)
    assert dossier.handling_agency_id == lay_at
