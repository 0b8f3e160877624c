from datetime import timedelta
from threading import Event

import pytest
from flask import Flask

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Staff
from onestop.dossiers.actions import transferring
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import State, Verb
from onestop.exchange.rules.directories import STAFF
from onestop.steps.actions import many, moving
from onestop.steps.queries.listed import TaskList
from onestop.steps.queries.working import counts, every
from onestop.steps.rules import Stage
from tests.conftest import Recorded
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    done,
    in_progress,
    staff,
)
from tests.dossiers.test_parallel import (
    assert_everything_adds_up,
    at_once,
    loosen,
    wait_for_a_waiter,
)
from tests.exchange.directories import row_of, taken
from tests.steps.given import WELFARE, moved, trail_of

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)
COLLEAGUE = "vanhoaxahoi.ngochoi"
DISTRICT_LEADER = "chutich.thanhtri"
NEIGHBOUR = "H26.91.24"


def in_hand() -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    return moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + HOUR)


def signed() -> Dossier:
    dossier = moved(in_hand(), "put_forward", by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    return moved(dossier, "sign", by=COMMUNE_LEADER, at=MONDAY + HOUR)


def stands(dossier: Dossier) -> tuple[Stage, str | None]:
    (line,) = trail_of(dossier, MONDAY + DAY).lines
    return line.step.stage, line.person


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"is_open": "0"}, id="his account is closed"),
        pytest.param({"agency_code": NEIGHBOUR}, id="he works elsewhere"),
        pytest.param({"role": "clerk"}, id="he sits at the desk now"),
    ],
)
def test_what_somebody_who_leaves_has_in_hand_waits_to_be_given_out(change: dict[str, str]) -> None:
    dossier, other = in_hand(), in_hand()
    moved(other, "assign", by=COMMUNE_LEADER, at=MONDAY + HOUR, to=COLLEAGUE)
    made = taken(STAFF, row_of(STAFF, COMMUNE_OFFICER, **change))
    assert made.given_back == {COMMUNE_OFFICER: 1}
    assert stands(dossier) == (Stage.OPEN, None)
    assert stands(other)[0] == Stage.IN_HAND, "a colleague's stays his"
    last = db.session.query(Entry).order_by(Entry.id.desc()).first()
    assert last is not None
    assert (last.dossier_id, last.verb.value) == (dossier.id, "take_back")
    moved(dossier, "assign", by=COMMUNE_LEADER, at=MONDAY + 2 * DAY, to=COLLEAGUE)


def test_what_waits_for_its_applicant_is_given_back_too_and_goes_on_later() -> None:
    dossier = in_hand()
    asked = done(
        dossier, "ask_for_supplement", by=COMMUNE_LEADER, at=MONDAY + HOUR, reason="thiếu bản chính"
    )
    assert asked.state == State.AWAITING_SUPPLEMENT
    assert left() == 1
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + DAY)
    assert stands(dossier) == (Stage.OPEN, None)


def test_what_is_signed_stays_signed_and_any_colleague_goes_on_with_it() -> None:
    dossier = signed()
    assert left() == 1
    assert stands(dossier) == (Stage.SIGNED, None)
    colleague = staff(COLLEAGUE)
    assert counts(colleague, MONDAY + DAY, ())[TaskList.NEXT] == 1
    with pytest.raises(Refusal, match="đã được ký"):
        done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="đổi ý")
    finished = done(dossier, "resolve", by=COLLEAGUE, at=MONDAY + DAY)
    assert finished.state == State.RESOLVED


@pytest.mark.parametrize(
    ("verb", "by", "to"),
    [(Verb.ASSIGN, COMMUNE_LEADER, COLLEAGUE), (Verb.TAKE_UP, COLLEAGUE, None)],
)
def test_what_is_signed_and_nobody_has_is_given_to_a_colleague_among_many(
    verb: Verb, by: str, to: str | None
) -> None:
    dossier, plain = signed(), in_progress(procedure_code=FIVE_DAYS)
    assert left() == 1
    later = MONDAY + DAY
    viewer = staff(by, later)
    listed = every(TaskList.NEXT, viewer, later, (), most=9)
    assert {code for code, _stamp in listed} == {dossier.code, plain.code}
    with transaction():
        told = many.do(verb, listed, to=to, by=viewer, at=later)
    assert [str(one.refusal) for one in told.left] == []
    name = staff(COLLEAGUE).name
    assert stands(dossier) == (Stage.SIGNED, name), "it need not be signed again"
    assert stands(plain) == (Stage.IN_HAND, name)
    finished = done(dossier, "resolve", by=COLLEAGUE, at=later)
    assert finished.state == State.RESOLVED


@pytest.mark.parametrize(("verb", "then"), [("send_back", Stage.OPEN), ("sign", Stage.SIGNED)])
def test_what_lies_before_a_head_stays_there_and_comes_back_to_the_office(
    verb: str, then: Stage
) -> None:
    dossier = moved(in_hand(), "put_forward", by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    assert left() == 0
    assert stands(dossier)[0] == Stage.APPROVAL
    said = {"reason": "thiếu căn cứ"} if verb == "send_back" else {}
    moved(dossier, verb, by=COMMUNE_LEADER, at=MONDAY + DAY, **said)
    assert stands(dossier) == (then, None)


def test_a_result_that_was_wrong_goes_to_whoever_is_there_now() -> None:
    dossier = in_hand()
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + HOUR)
    assert left() == 0
    done(dossier, "correct", by=COMMUNE_LEADER, at=MONDAY + DAY, reason="sai tên")
    assert stands(dossier) == (Stage.OPEN, None)


def test_who_stays_keeps_what_he_has_in_hand() -> None:
    dossier = in_hand()
    for change in ({"name": "Phạm Đức Lâm B"}, {"role": "leader"}):
        assert taken(STAFF, row_of(STAFF, COMMUNE_OFFICER, **change)).given_back == {}
    assert stands(dossier)[0] == Stage.IN_HAND


@pytest.mark.parametrize("verb", ["send_back", "sign"])
def test_a_leader_of_all_below_keeps_what_he_took_up_at_an_office_of_his(verb: str) -> None:
    dossier = of_a_leader()
    moved(dossier, "put_forward", by=DISTRICT_LEADER, at=MONDAY + HOUR)
    said = {"reason": "thiếu căn cứ"} if verb == "send_back" else {}
    moved(dossier, verb, by=DISTRICT_LEADER, at=MONDAY + HOUR, **said)
    assert stands(dossier)[1] is not None
    assert taken(STAFF, row_of(STAFF, DISTRICT_LEADER, name="Lê Thị Thu B")).given_back == {}
    assert left(DISTRICT_LEADER) == 1
    assert stands(dossier)[1] is None


def test_of_all_who_leave_the_dossiers_are_locked_before_the_first_line(
    recorded: Recorded,
) -> None:
    mine, his = in_hand(), in_hand()
    moved(his, "assign", by=COMMUNE_LEADER, at=MONDAY + HOUR, to=COLLEAGUE)
    rows = [row_of(STAFF, who, is_open="0") for who in (COMMUNE_OFFICER, COLLEAGUE)]
    with recorded() as sent:
        made = taken(STAFF, *rows)
    assert made.given_back == {COMMUNE_OFFICER: 1, COLLEAGUE: 1}
    assert stands(mine) == stands(his) == (Stage.OPEN, None)
    locked = [at for at, one in enumerate(sent) if "FROM dossier \nWHERE dossier.code IN" in one]
    written = [at for at, one in enumerate(sent) if "INTO history_head" in one]
    assert locked[-1] < written[0], "else two transactions could wait for each other"


def test_a_step_taken_up_while_the_account_is_being_closed_is_given_back_too(app: Flask) -> None:
    dossier, officer = in_progress(procedure_code=FIVE_DAYS), staff(COMMUNE_OFFICER)
    loosen(dossier)
    took = Event()

    def work(number: int) -> int:
        if number:
            took.wait()
            return left()
        with transaction():
            take_up(dossier, officer)
            took.set()
            wait_for_a_waiter()
        return 0

    assert at_once(app, work, desks=2) == [0, 1]
    assert stands(dossier) == (Stage.OPEN, None)
    assert_everything_adds_up()


def test_whose_account_was_closed_since_his_page_was_asked_for_takes_nothing_up() -> None:
    dossier, officer = in_progress(procedure_code=FIVE_DAYS), staff(COMMUNE_OFFICER)
    assert left() == 0
    with pytest.raises(Refusal, match="không được phép"), transaction():
        take_up(dossier, officer)
    assert stands(dossier) == (Stage.OPEN, None)


def test_a_transfer_taken_back_gives_nothing_to_somebody_who_has_left_meanwhile() -> None:
    dossier = in_hand()
    said = {"to_agency": WELFARE, "reason": "thuộc phòng"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, **said)
    assert left() == 0
    with transaction():
        transferring.take_back(dossier.code, by=staff(COMMUNE_LEADER), at=MONDAY + DAY + HOUR)
    assert stands(dossier) == (Stage.OPEN, None)


def take_up(dossier: Dossier, officer: Staff) -> None:
    """Take up a step as whoever opened a page a while ago."""
    fresh = reading.for_change(dossier.code, officer)
    assert fresh
    moving.take_up(fresh, by=officer, at=MONDAY + HOUR)


def of_a_leader() -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    return moved(dossier, "take_up", by=DISTRICT_LEADER, at=MONDAY + HOUR)


def left(who: str = COMMUNE_OFFICER) -> int:
    """Close an account, and return how many dossiers wait to be given out by it."""
    return taken(STAFF, row_of(STAFF, who, is_open="0")).given_back.get(who, 0)
