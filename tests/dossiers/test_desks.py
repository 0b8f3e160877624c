from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from onestop.base.database import db, is_postgresql
from onestop.dossiers.models import ACTIVE, Dossier
from onestop.dossiers.queries import desks, figures, lists
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import PAGE, Filter, Sort
from onestop.dossiers.queries.reading import Reach
from onestop.dossiers.rules.states import FINAL, State
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DISTRICT_CLERK,
    FIVE_DAYS,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.reporting.given import AT, lived

MANAGER = "theodoi1.thanhtri"
EVERYBODY = (COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER, DISTRICT_CLERK, "chutich.thanhtri")


def test_the_index_of_a_desk_leaves_out_the_final_states_and_no_other() -> None:
    assert ACTIVE.text == f"state NOT IN {tuple(sorted((str(one) for one in FINAL), key=int))}"


def test_each_list_of_a_desk_has_as_many_as_it_says(app: Flask) -> None:  # noqa: ARG001 - a database
    lived(120)
    for username in EVERYBODY:
        viewer = staff(username, AT)
        counts = desks.counts(viewer, AT)
        for name in DeskList:
            found = desks.page(name, Filter(), viewer, AT)
            again = lists.page(desks.condition_of(name, AT), Filter(), viewer, AT)
            rows = tuple(desks.told(name, again.rows, AT))
            assert (found.total, found.rows) == (again.total, rows)
            assert len(found.rows) == counts[name], (username, name)
        db.session.rollback()


@pytest.mark.parametrize("received_only", [True, False])
def test_a_reach_is_its_agencies_and_no_other(app: Flask, received_only: bool) -> None:  # noqa: ARG001
    lived(120)
    lie = {(one.receiving_agency_id, one.handling_agency_id) for one in db.session.query(Dossier)}
    known = sorted({agency for pair in lie for agency in pair})
    gaps, row = known[::2], range(known[0], known[-1])
    for agencies in ((), known[:1], known[-1:], gaps, row, known):
        reach = Reach(frozenset(agencies), received_only)
        seen = db.session.query(Dossier).where(reach.condition)
        found = {(one.receiving_agency_id, one.handling_agency_id) for one in seen}
        assert found == {
            (desk, handler)
            for desk, handler in lie
            if desk in agencies or (handler in agencies and not received_only)
        }


def test_a_page_holds_a_hundred_and_the_next_one_goes_on(app: Flask) -> None:  # noqa: ARG001
    for number in range(PAGE + 3):
        received(at=MONDAY + timedelta(minutes=number))
    viewer = staff(COMMUNE_CLERK)
    first, second = (desks.page(DeskList.MINE, Filter(), viewer, AT, number=n) for n in (1, 2))
    codes = [row.code for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows), second.total) == (PAGE, 3, PAGE + 3)
    assert len(set(codes)) == PAGE + 3


@pytest.mark.parametrize(
    ("day", "lists"),
    [
        (3, set()),  # Wednesday: Thursday and Friday come first
        (4, {DeskList.DUE_SOON}),
        (5, {DeskList.DUE_SOON}),
        (6, {DeskList.DUE_SOON}),  # a Saturday: the next two working days are Monday and Tuesday
        (8, {DeskList.DUE_TODAY}),
        (9, {DeskList.OVERDUE}),
    ],
)
def test_what_is_due_on_a_monday_comes_up_two_working_days_before(
    app: Flask,  # noqa: ARG001 - a database
    day: int,
    lists: set[DeskList],
) -> None:
    received(procedure_code=FIVE_DAYS, at=MONDAY)
    at = MONDAY.replace(day=day)
    counts = desks.counts(staff(COMMUNE_CLERK, at), at)
    dated = (DeskList.DUE_TODAY, DeskList.DUE_SOON, DeskList.OVERDUE)
    assert {one for one in dated if counts[one]} == lists


def test_what_a_clerk_does_shows_in_the_counts_of_his_next_page(app: Flask) -> None:  # noqa: ARG001
    viewer = staff(COMMUNE_CLERK)
    assert desks.counts(viewer, MONDAY)[DeskList.MINE] == 0
    received()
    submitted()
    assert desks.counts(viewer, MONDAY)[DeskList.MINE] == 2
    assert desks.counts(viewer, MONDAY)[DeskList.NEW_ONLINE] == 1


def test_a_receipt_taken_back_at_the_counter_is_no_new_online_one(app: Flask) -> None:  # noqa: ARG001
    viewer = staff(COMMUNE_CLERK)
    dossier = done(received(), "reverse", by=COMMUNE_CLERK, at=MONDAY)
    counts = desks.counts(viewer, MONDAY)
    assert (counts[DeskList.MINE], counts[DeskList.NEW_ONLINE]) == (1, 0)
    waiting = Filter(state=State.SUBMITTED)
    assert [row.code for row in desks.page(DeskList.MINE, waiting, viewer, MONDAY).rows] == [
        dossier.code
    ]


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_desk_finds_what_it_counts_among_the_active(app: Flask, username: str) -> None:  # noqa: ARG001
    in_progress()
    viewer = staff(username)
    with explained() as plans:
        desks.counts(viewer, MONDAY)
        desks.page(DeskList.MINE, Filter(), viewer, MONDAY, whole=1)
    assert len(plans) == 2
    for plan in plans:
        assert "ix_dossier_desk" in plan or "ix_dossier_active_handling" in plan, plan


@pytest.mark.parametrize("username", EVERYBODY)
def test_what_falls_due_is_not_sought_among_all_that_was_ever_received(
    app: Flask,  # noqa: ARG001
    username: str,
) -> None:
    viewer = staff(username)
    with explained() as plans:
        desks.coming(viewer)
    assert "ix_dossier_received" not in plans[0], plans


def test_what_runs_is_counted_in_the_index_of_what_runs(app: Flask) -> None:  # noqa: ARG001
    dossier = in_progress()
    asked = Asked(agency_ids=[dossier.receiving_agency_id])
    with explained() as plans:
        for by in (), ("agency_id",), ("level",), ("procedure_id",):
            figures.live(asked, MONDAY, by)
        figures.live(Asked(), MONDAY, ("agency_id",))
    assert all("ix_dossier_running" in plan for plan in plans), plans


@pytest.mark.parametrize(
    "name", ["received", "received_online_3_or_above", "resolved", "timely", "overdue", "refused"]
)
def test_a_figure_of_some_days_is_listed_from_the_index_of_those_days(
    app: Flask,  # noqa: ARG001
    name: str,
) -> None:
    in_progress()
    viewer = staff(MANAGER)
    asked = Asked(agency_ids=sorted(viewer.subtree), procedure_ids=[1])
    figure = figures.Figure(name, Period(MONDAY.date(), MONDAY.date()), asked, MONDAY, [1])
    index = f"ix_dossier_{'received' if name.startswith('received') else 'finished'}"
    with explained() as plans:
        lists.page(figures.condition(figure), Filter(), viewer, MONDAY, sort=Sort.RECEIVED)
    assert len(plans) == 2
    wanted = index if is_postgresql() else f"COVERING INDEX {index}"
    assert all(wanted in plan for plan in plans), plans


@contextmanager
def explained() -> Iterator[list[str]]:
    """Give how the database goes about the reads of dossiers in the block."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "FROM dossier" in statement:
            asked.append((statement, values))

    plans: list[str] = []
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    if is_postgresql():  # with a handful of rows it would rather read them all
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    for statement, values in asked:
        plans.append(str(connection.exec_driver_sql(f"{explain} {statement}", values).all()))
