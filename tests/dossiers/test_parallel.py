"""Many desks at one moment: numbers run on, nothing is done twice, nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event

from flask import Flask
from sqlalchemy import select, text

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Citizen, Operator
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history, intake, many, moving
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading, turns
from onestop.dossiers.rules.states import State, Verb
from onestop.reporting.queries import counters
from onestop.steps.actions import handing
from onestop.steps.actions import moving as steps
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    LAND,
    MARITAL_STATUS,
    MONDAY,
    NEIGHBOUR,
    desk,
    done,
    handed_in,
    in_progress,
    received,
    staff,
)

DESKS = 8
TAKEN = {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"}
INTAKES = 25


def at_once(app: Flask, work: Callable[[int], object], desks: int = DESKS) -> list[object]:
    """Let so many desks begin `work` in the same instant; return what each gave."""
    start = Barrier(desks)

    def begin(number: int) -> object:
        with app.app_context():
            start.wait()
            try:
                return work(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(desks) as pool:
        return list(pool.map(begin, range(desks), timeout=300))


def loosen(*dossiers: Dossier) -> None:
    """Take dossiers out of the session of this test: other threads read their codes."""
    for dossier in dossiers:
        db.session.refresh(dossier)
    db.session.expunge_all()
    db.session.rollback()


def assert_everything_adds_up() -> None:
    db.session.rollback()
    db.session.expire_all()
    assert counters.differences() == []
    codes = dict(db.session.execute(select(Dossier.id, Dossier.code)).all())
    seals: dict[int, tuple[int, bytes]] = {}
    for line in db.session.scalars(select(Entry).order_by(Entry.agency_id, Entry.seq)):
        seq, seal = seals.get(line.agency_id, (0, b""))
        assert (line.seq, line.previous_hash) == (seq + 1, seal)
        row = {column.name: getattr(line, column.name) for column in Entry.__table__.columns}
        assert history.sealed(row, codes[line.dossier_id]) == line.hash
        seals[line.agency_id] = (line.seq, line.hash)


def test_parallel_desks_give_out_every_number_once(app: Flask) -> None:
    def work(number: int) -> list[str]:
        by = COMMUNE_CLERK if number % 4 else NEIGHBOUR
        return [received(by=by).code for _ in range(INTAKES)]

    codes = sorted(code for found in at_once(app, work) for code in found)  # type: ignore[attr-defined]
    own = [code for code in codes if code.startswith("H26.91.27-")]
    other = [code for code in codes if not code.startswith("H26.91.27-")]
    assert [int(code[-4:]) for code in own] == list(range(1, 6 * INTAKES + 1))
    assert [int(code[-4:]) for code in other] == list(range(1, 2 * INTAKES + 1))
    assert_everything_adds_up()


def test_one_form_sent_eight_times_in_one_instant_is_one_dossier(app: Flask) -> None:
    codes = at_once(app, lambda _number: received(key="one press").code)
    assert len(set(codes)) == 1
    assert db.session.query(Dossier).count() == 1
    assert db.session.query(Entry).count() == 1
    assert_everything_adds_up()


def test_one_submission_sent_eight_times_in_one_instant_is_one_dossier(app: Flask) -> None:
    clerk = staff(COMMUNE_CLERK)

    def work(_number: int) -> str:
        made = handed_in(channel=Channel.ONLINE, key="one press")
        with transaction():
            return intake.submit(made, desk=desk(clerk), by=Citizen(), at=MONDAY).code

    assert len(set(at_once(app, work))) == 1
    assert_everything_adds_up()


def test_verbs_on_different_dossiers_do_not_stop_one_another(app: Flask) -> None:
    dossiers = [in_progress() for _ in range(DESKS // 2)]
    land = [in_progress(by=DISTRICT_CLERK, procedure_code=LAND) for _ in range(DESKS // 2)]
    loosen(*dossiers, *land)

    def work(number: int) -> None:
        mine, clerk, officer, code = (
            (dossiers[number // 2], COMMUNE_CLERK, COMMUNE_OFFICER, MARITAL_STATUS)
            if number % 2
            else (land[number // 2], DISTRICT_CLERK, DISTRICT_OFFICER, LAND)
        )
        done(mine, "ask_for_supplement", by=officer, at=MONDAY, reason="Thiếu")
        received(by=clerk, procedure_code=code)
        done(mine, "note_supplement", by=clerk, at=MONDAY + DAY)
        received(by=clerk, at=MONDAY + DAY, procedure_code=code)
        done(mine, "resolve", by=officer, at=MONDAY + 2 * DAY)
        done(mine, "return_result", by=clerk, at=MONDAY + 2 * DAY, **TAKEN)

    at_once(app, work)
    db.session.rollback()
    db.session.expire_all()
    states = {db.session.get_one(Dossier, one.id).state for one in (*dossiers, *land)}
    assert states == {State.RETURNED}
    assert_everything_adds_up()


def test_a_date_promised_while_its_day_is_declared_off_moves_too(app: Flask) -> None:
    promised, declaring = Event(), Event()
    row = declared_day(date(2021, 3, 8), DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")

    def work(number: int) -> str | None:
        if number:
            promised.wait()
            declaring.set()
            with transaction():
                moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY)
            return None
        clerk = staff(COMMUNE_CLERK)
        with transaction():
            made = handed_in(procedure_code=FIVE_DAYS)
            code = intake.receive(made, desk=desk(clerk), by=clerk, at=MONDAY).code
            promised.set()
            declaring.wait()
            wait_for_a_waiter()
        return code

    (code, _) = at_once(app, work, desks=2)
    db.session.rollback()
    dossier = db.session.scalars(select(Dossier).where(Dossier.code == code)).one()
    assert dossier.first_due_at
    assert dossier.due_at
    assert legal_date(dossier.due_at) == date(2021, 3, 9)
    assert_everything_adds_up()


def test_who_notes_papers_and_who_moves_the_date_never_wait_each_for_the_other(app: Flask) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    loosen(dossier)
    alone = Event()
    row = declared_day(date(2021, 3, 9), DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")

    def work(number: int) -> None:
        if number:
            alone.wait()
            done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + DAY)
            return
        with transaction():
            turns.alone()
            alone.set()
            wait_for_a_waiter()
            reading.for_change(dossier.code, Operator())
            moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY)

    at_once(app, work, desks=2)
    db.session.rollback()
    due_at = db.session.get_one(Dossier, dossier.id).due_at
    assert due_at
    assert legal_date(due_at) == date(2021, 3, 10), "five days from Tuesday, without the 9th"
    assert_everything_adds_up()


def test_who_confirms_a_list_and_who_takes_up_its_dossier_wait_for_one_another(app: Flask) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    with transaction():
        (listed,) = handing.make_list([dossier.code], by=staff(COMMUNE_CLERK), at=MONDAY)
        list_id = listed.id
    loosen(dossier)
    locked = Event()
    officer = staff(COMMUNE_OFFICER, MONDAY + DAY)

    def work(number: int) -> None:
        if number:
            locked.wait()
            with transaction():
                handing.confirm(list_id, by=officer, at=MONDAY + DAY)
            return
        with transaction():
            fresh = reading.for_change(dossier.code, officer)
            assert fresh
            locked.set()
            wait_for_a_waiter()
            steps.take_up(fresh, by=officer, at=MONDAY + DAY)

    at_once(app, work, desks=2)
    assert_everything_adds_up()


def wait_for_a_waiter() -> None:
    """Go on when somebody waits for a lock, or after so many looks that nobody will."""
    if db.engine.dialect.name != "postgresql":
        return  # whoever writes waits at the door
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(2000):
        with db.engine.connect() as connection:
            if connection.execute(asked).scalar_one():
                return


def test_of_two_who_decide_one_dossier_in_one_instant_one_decides(app: Flask) -> None:
    dossier = in_progress()
    loosen(dossier)

    def work(_number: int) -> bool:
        try:
            done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
        except Refusal:
            return False
        return True

    assert sorted(at_once(app, work)) == [False] * (DESKS - 1) + [True]  # type: ignore[type-var]
    assert_everything_adds_up()


def test_desks_that_do_the_same_to_many_at_once_do_each_once_and_wait_for_one_another(
    app: Flask,
) -> None:
    mine = [in_progress(procedure_code=FIVE_DAYS) for _ in range(2 * DESKS)]
    codes = [one.code for one in mine]
    loosen(*mine)

    def work(number: int) -> tuple[str, ...]:
        # Each from elsewhere in the list, half of them backwards: locks have one order.
        turned = codes[number:] + codes[:number]
        with transaction():
            officer = staff(COMMUNE_OFFICER)
            wanted = turned[:: 1 - 2 * (number % 2)][: DESKS + 4]
            return many.do(Verb.RESOLVE, wanted, by=officer, at=MONDAY + DAY).codes

    found = [code for told in at_once(app, work) for code in told]  # type: ignore[attr-defined]
    assert sorted(found) == sorted(codes)
    assert_everything_adds_up()


def test_desks_that_take_in_several_procedures_at_once_get_numbers_that_run_on(app: Flask) -> None:
    clerk = staff(COMMUNE_CLERK)
    two = (MARITAL_STATUS, FIVE_DAYS)

    def work(number: int) -> list[str]:
        order = two if number % 2 else two[::-1]
        made = [handed_in(procedure_code=code) for code in order]
        with transaction():
            taken = intake.receive_together(made, desk=desk(clerk), by=clerk, at=MONDAY)
            return [one.code for one in taken]

    pairs = at_once(app, work)
    numbers = [[int(code[-4:]) for code in pair] for pair in pairs]  # type: ignore[attr-defined]
    assert sorted(number for pair in numbers for number in pair) == list(range(1, 2 * DESKS + 1))
    assert all(second == first + 1 for first, second in numbers)
    assert_everything_adds_up()
