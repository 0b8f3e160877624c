"""Steps side by side: agencies are asked at once, and what follows waits for all of them."""

import re
from datetime import date, datetime
from typing import Any

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.catalogue import queries as procedures
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Tone
from onestop.dossiers.actions import closing, reversing
from onestop.dossiers.models import Branch, Dossier
from onestop.dossiers.queries import closing as foreseen
from onestop.dossiers.queries import desks, reading
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.exchange.rules.directories import STAFF
from onestop.steps.queries import control_slips, working
from onestop.steps.queries.listed import TaskList
from onestop.steps.queries.trails import Line
from onestop.steps.rules import Result, Stage
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    GROUNDS,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    staff,
)
from tests.exchange.directories import row_of, taken
from tests.steps.given import (
    COMMUNE_THEN_DEPARTMENT,
    WELFARE,
    WELFARE_HEAD,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

pytestmark = pytest.mark.usefixtures("app")
K = StepKind
LATER = MONDAY + DAY
S = Stage


def asked_at_once() -> Dossier:
    """Return a dossier of which the commune has asked the department and the police at once."""
    steps = [
        Step(K.COMMUNE, Limit.parse("2wd"), 1),
        Step(K.DISTRICT_DEPARTMENT, Limit.parse("5wd"), 2),
        Step(K.POLICE, Limit.parse("24wh"), 2),
        Step(K.COMMUNE, Limit.parse("3wd"), 3),
    ]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    return moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)


def stages(dossier: Dossier, at: datetime = LATER) -> list[Stage]:
    return [one.step.stage for one in trail_of(dossier, at).lines]


def seen_by(username: str, dossier: Dossier) -> bool:
    db.session.expire_all()
    return reading.by_code(dossier.code, staff(username)) is not None


def test_both_are_asked_at_once_and_each_has_its_own_date_and_holder() -> None:
    dossier = asked_at_once()
    assert stages(dossier) == [S.ENDED, S.OPEN, S.AWAY, S.PLANNED]
    _, department, police, _ = trail_of(dossier, LATER).lines
    assert department.place is not None
    assert department.place.code == WELFARE
    assert police.is_away
    for line, day in ((department, date(2021, 3, 8)), (police, date(2021, 3, 4))):
        assert line.due_at is not None
        assert legal_date(line.due_at) == day
        assert line.is_beside
    assert [one.spent.values["days"] for one in (department, police)] == [1, 1]


def test_whoever_is_asked_has_the_date_of_his_step_in_his_calendar() -> None:
    dossier = asked_at_once()
    (one,) = desks.duties(staff(WELFARE_OFFICER))
    assert (one.code, legal_date(one.due_at), one.step) == (
        dossier.code,
        date(2021, 3, 8),
        (2, K.DISTRICT_DEPARTMENT),
    )
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=LATER)
    assert len(desks.duties(staff(WELFARE_OFFICER))) == 1
    for other in (WELFARE_HEAD, COMMUNE_OFFICER, NEIGHBOUR):
        assert not desks.duties(staff(other)), "it is in other hands"
    moved(dossier, "put_forward", by=WELFARE_OFFICER, at=LATER)
    moved(dossier, "sign", by=WELFARE_HEAD, at=LATER)
    taken(STAFF, row_of(STAFF, WELFARE_OFFICER, is_open="0"))
    assert len(desks.duties(staff(WELFARE_HEAD))) == 1, "whoever works there goes on with it"


def test_what_follows_waits_for_the_last_of_them() -> None:
    dossier = asked_at_once()
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=LATER, seq=3)
    assert stages(dossier) == [S.ENDED, S.OPEN, S.ENDED, S.PLANNED]
    with pytest.raises(Refusal, match="đã xong"):
        moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=LATER, seq=3)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=LATER)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=LATER + DAY)
    assert stages(dossier) == [S.ENDED, S.ENDED, S.ENDED, S.OPEN]
    home = trail_of(dossier, LATER + DAY).lines[-1]
    assert home.place is not None
    assert home.place.id == dossier.receiving_agency_id


@pytest.mark.parametrize("verb", ["resolve", "refuse"])
def test_no_result_before_every_agency_has_answered(verb: str) -> None:
    dossier = asked_at_once()
    refused = {"reason": "không đủ", "grounds": GROUNDS}
    said: dict[str, Any] = refused if verb == "refuse" else {}
    with pytest.raises(Refusal, match="song song"):
        done(dossier, verb, by=WELFARE_HEAD, at=LATER, **said)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=LATER, seq=3)
    done(dossier, verb, by=WELFARE_HEAD, at=LATER, **said)
    assert db.session.query(Branch).count() == 0


def test_whoever_is_asked_may_open_the_dossier_until_he_has_answered() -> None:
    dossier = asked_at_once()
    for username in (COMMUNE_CLERK, COMMUNE_OFFICER, WELFARE_OFFICER):
        assert seen_by(username, dossier)
    assert not seen_by(NEIGHBOUR, dossier)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=LATER)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=LATER, seq=2)
    assert not seen_by(WELFARE_OFFICER, dossier)
    fresh = reading.by_code(dossier.code, Operator())
    assert fresh is not None
    assert fresh.handling_agency_id == fresh.receiving_agency_id, "it lies with who still works"


def test_a_stop_ends_all_and_taken_back_lets_all_go_on() -> None:
    dossier = asked_at_once()
    done(dossier, "stop", by="chutich.thanhtri", at=LATER, reason="hết căn cứ")
    assert stages(dossier) == [S.ENDED] * 4
    actor = staff("chutich.thanhtri")
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        reversing.reverse(fresh, by=actor, at=LATER)
    assert stages(dossier) == [S.ENDED, S.OPEN, S.AWAY, S.PLANNED]
    assert db.session.query(Branch).count() == 1


def test_what_one_answered_at_the_instant_of_the_end_stands_when_the_others_go_on() -> None:
    steps = [
        Step(K.DISTRICT_DEPARTMENT, Limit.parse("5wd"), 1),
        Step(K.POLICE, Limit.parse("24wh"), 1),
    ]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "send_to", by=COMMUNE_OFFICER, at=MONDAY, seq=1, agency=WELFARE)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=LATER, seq=2)
    done(dossier, "resolve", by=WELFARE_HEAD, at=LATER)
    assert stages(dossier) == [S.ENDED, S.ENDED]
    done(dossier, "correct", by="chutich.thanhtri", at=LATER, reason="sai tên")
    assert stages(dossier) == [S.OPEN, S.ENDED]
    answered = trail_of(dossier, LATER).lines[1].step
    assert (answered.result, answered.finished_at) == (Result.DONE, LATER)


def test_one_asked_beside_others_answers_and_does_not_go_back_for_all() -> None:
    dossier = asked_at_once()
    with pytest.raises(Refusal, match="Không thể"):
        moved(dossier, "give_back", by=WELFARE_HEAD, at=LATER, seq=2, reason="thiếu")
    said = {"refused": True, "reason": "không có hộ khẩu"}
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=LATER, seq=3, **said)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=LATER)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=LATER)
    with pytest.raises(Refusal) as refused:
        moved(dossier, "give_back", by=COMMUNE_OFFICER, at=LATER, reason="chưa rõ")
    assert refused.value.field == "branch"
    moved(dossier, "give_back", by=COMMUNE_OFFICER, at=LATER, reason="chưa rõ", branch=2)
    assert stages(dossier) == [S.ENDED, S.IN_HAND, S.ENDED, S.PLANNED]
    lines = trail_of(dossier, LATER).lines
    assert lines[2].step.result == Result.REFUSED, "what the other did stands"


def test_a_pause_moves_the_dates_of_all_that_run() -> None:
    dossier = asked_at_once()
    before = [one.due_at for one in trail_of(dossier, LATER).open_ones]
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=WELFARE_OFFICER, at=LATER, **said)
    done(dossier, "note_payment", by=WELFARE_OFFICER, at=LATER + DAY)
    after = [one.due_at for one in trail_of(dossier, LATER).open_ones]
    assert all(one and then and one < then for one, then in zip(before, after, strict=True))


def test_the_slip_has_a_block_for_each_and_says_that_they_ran_side_by_side() -> None:
    dossier = asked_at_once()
    blocks = control_slips.blocks(dossier, LATER)
    assert [one.taker for one in blocks][2] == "Công an"
    assert [one.note.endswith("làm song song") for one in blocks] == [False, True, True]


def test_each_finds_his_own_on_his_page_of_work() -> None:
    asked_at_once()
    (row,) = working.page(TaskList.NEXT, staff(WELFARE_OFFICER), LATER, (), number=1, total=1).rows
    assert (row.seq, row.is_beside) == (2, True)
    (row,) = working.page(
        TaskList.WAITING, staff(COMMUNE_OFFICER), LATER, (), number=1, total=1
    ).rows
    assert (row.seq, row.stage) == (3, Stage.AWAY)


def test_the_page_tells_them_apart_and_says_who_is_waited_for(client: PolicingClient) -> None:
    dossier = asked_at_once()
    client.sign_in("chutich.thanhtri")
    page = client.get(f"/dossiers/{dossier.code}").text
    acts = re.findall(r'href="(/dossiers/\S+/steps/\S+)"', page)
    assert {one.rpartition("?")[2] for one in acts} == {"step=2", "step=3"}
    keys = re.findall(r'data-key="(\w)"', page)
    assert sorted(keys) == sorted(set(keys))
    assert "còn nơi cùng giải quyết song song chưa xong" in page
    client.sign_in(COMMUNE_OFFICER)
    at = f"/dossiers/{dossier.code}/steps/hand_on?step=3"
    page = client.get(at).text
    assert "Bước sau bắt đầu khi mọi nơi đã xong." in page
    turn = re.search(r'name="turn"[^>]*value="(\d+)"', page)
    assert turn is not None
    assert client.post(at, data={"turn": turn[1]}).status_code == 302
    assert "Còn chờ nơi cùng giải quyết song song." in client.get(
        f"/dossiers/{dossier.code}", follow_redirects=True
    ).text  # fmt: skip
    assert client.get(at).location == f"/dossiers/{dossier.code}"


def test_each_of_several_departments_is_chosen_by_itself(client: PolicingClient) -> None:
    steps = [
        Step(K.COMMUNE, Limit.parse("2wd"), 1),
        Step(K.DISTRICT_DEPARTMENT, Limit.parse("5wd"), 2),
        Step(K.DISTRICT_DEPARTMENT, Limit.parse("5wd"), 2),
    ]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    path = f"/dossiers/{dossier.code}/steps/hand_on"
    page = client.get(path).text
    assert page.count('<option value="">Chọn</option>') == 2, "none is meant unasked"
    turn = re.search(r'name="turn"[^>]*value="(\d+)"', page)
    assert turn is not None
    answer = client.post(path, data={"turn": turn[1], "agency": ["", WELFARE]})
    assert answer.status_code == 422
    assert '<a href="#agency">Hãy chọn đơn vị nhận.</a>' in answer.text
    assert 'id="agency"' in answer.text
    assert answer.text.count(f'value="{WELFARE}" selected') == 1, "what was chosen stays"


def test_the_catalogue_tells_what_runs_side_by_side(client: PolicingClient) -> None:
    asked_at_once()
    found = procedures.in_force(COMMUNE_THEN_DEPARTMENT, date(2021, 3, 1))
    assert found is not None
    assert [len(leg) for leg in found.legs] == [1, 2, 1]
    page = client.get(f"/procedures/{COMMUNE_THEN_DEPARTMENT}").text
    assert "cùng lúc Công an" in page
    client.sign_in("quantri.thanhtri")
    assert "cùng lúc Công an" in client.get(f"/admin/procedures/{COMMUNE_THEN_DEPARTMENT}").text


def test_a_leader_of_the_agency_may_open_it_too() -> None:
    dossier = asked_at_once()
    assert seen_by(COMMUNE_LEADER, dossier)


def asked_beside() -> Dossier:
    """Return a dossier that the commune goes on with, and the department is asked beside it."""
    steps = [
        Step(K.COMMUNE, Limit.parse("1wd"), 1),
        Step(K.COMMUNE, Limit.parse("5wd"), 2),
        Step(K.DISTRICT_DEPARTMENT, Limit.parse("3wd"), 2),
    ]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    return moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)


def beside(dossier: Dossier, at: datetime) -> Line:
    return trail_of(dossier, at).lines[-1]


def test_an_order_that_closes_an_agency_asked_beside_holds_its_part_alone() -> None:
    dossier = asked_beside()
    promised, welfare = dossier.due_at, staff(WELFARE_OFFICER)
    shut, late, opened = MONDAY + DAY, MONDAY + 7 * DAY, MONDAY + 8 * DAY
    with transaction():
        order = Closure("CĐ 9", frozenset({welfare.agency_id}), shut, None, "Bão")
        (shown,) = foreseen.foreseen(order, shut)
        assert (shown.code, shown.step, shown.then) == (dossier.code, 3, None)
        assert closing.close(order, by=Operator(), at=shut).held == []
    assert beside(dossier, late).standing == Timeliness.OPEN, "a closed office is not late"
    assert beside(dossier, late).spent == beside(dossier, shut).spent, "nor does it hold it longer"
    assert working.counts(welfare, late, ())[TaskList.LATE] == 0
    row = working.page(TaskList.NEXT, welfare, late, (), number=1, total=1).rows[0]
    assert row.left.tone == Tone.HOLD
    (shown,) = foreseen.foreseen_opening("CĐ 9", opened)
    with transaction():
        closing.reopen("CĐ 9", ends_at=opened, by=Operator(), at=opened)
    assert shown.then == beside(dossier, opened).due_at
    line = beside(dossier, opened)
    assert line.spent == beside(dossier, shut).spent
    # From Tuesday to Monday it was closed: Tuesday the ninth is the first day, Thursday the third.
    assert line.due_at is not None
    assert legal_date(line.due_at) == date(2021, 3, 11)
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    assert fresh.history[-1].verb == Verb.MOVE_STEP
    assert fresh.due_at == promised, "another step could go on"
    assert fresh.pauses == []
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=opened, **said)
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=opened + DAY)
    again = beside(dossier, opened + DAY).due_at
    assert again is not None
    assert legal_date(again) == date(2021, 3, 12), "nor do they count after a pause"


def test_how_long_an_agency_held_it_beside_stays_told_when_it_handles_it_later() -> None:
    dossier = asked_beside()
    welfare, shut, opened = staff(WELFARE_OFFICER).agency_id, MONDAY + DAY, MONDAY + 8 * DAY
    order = Closure("CĐ 9", frozenset({welfare}), shut, None, "Bão")
    with transaction():
        closing.close(order, by=Operator(), at=shut)
    with transaction():
        closing.reopen("CĐ 9", ends_at=opened, by=Operator(), at=opened)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=opened, seq=3)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=opened, seq=3)
    held = beside(dossier, opened).spent
    done(dossier, "transfer", by=COMMUNE_LEADER, at=opened, to_agency=WELFARE, reason="Nhầm")
    assert beside(dossier, opened).spent == held
