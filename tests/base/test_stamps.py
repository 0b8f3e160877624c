from datetime import date

import pytest
from flask import Flask

from onestop.base.database import Base, db
from onestop.base.edge import transaction
from onestop.base.stamps import Subject, stamp
from onestop.base.viewer import Operator
from onestop.deadlines import actions as deadlines
from onestop.deadlines.rules.moments import midnight
from onestop.dossiers.actions import closing
from onestop.dossiers.rules.closures import Closure
from onestop.organisation import queries as organisation
from tests.conftest import Budget

DAY = date(2026, 11, 2)
CLOSED = Closure("QĐ 1", frozenset({1}), midnight(DAY))
WATCHED = {
    "agency": Subject.ORGANISATION,
    "agency_period": Subject.ORGANISATION,
    "calendar_version": Subject.CALENDAR,
    "calendar_row": Subject.CALENDAR,
    "calendar_year": Subject.CALENDAR,
    "office_hours": Subject.OFFICE_HOURS,
    "field": Subject.CATALOGUE,
    "field_version": Subject.CATALOGUE,
    "procedure": Subject.CATALOGUE,
    "procedure_version": Subject.CATALOGUE,
    "offer": Subject.CATALOGUE,
    "account": Subject.ACCOUNTS,
    "office_closure": Subject.CLOSURES,
    "closed_agency": Subject.CLOSURES,
}
READ_ANEW = {"due_feed"}  # asked each time, and kept by no process
OF_DOSSIERS = {"office_closure", "closed_agency"}  # of a room that is read anew each time
ROOMS = {"organisation", "deadlines", "catalogue", "accounts"}


def touch(table: str) -> None:
    touched = Base.metadata.tables[table]
    key = touched.primary_key.columns[0]
    with db.engine.begin() as another:
        another.execute(touched.update().values({key: key}))


@pytest.mark.parametrize("table", WATCHED)
def test_whoever_changes_a_table_changes_the_stamp_of_its_subject_alone(
    app: Flask,  # noqa: ARG001 - a database
    table: str,
) -> None:
    with transaction():
        deadlines.set_hours(None, DAY, "08:00-12:00,13:00-17:00")
        closing.close(CLOSED, by=Operator(), at=CLOSED.begins_at)
    before = {subject: stamp(subject) for subject in Subject}
    db.session.rollback()
    touch(table)
    after = {subject: stamp(subject) for subject in Subject}
    assert {one for one in Subject if after[one] != before[one]} == {WATCHED[table]}


def test_every_table_of_the_rooms_that_are_remembered_is_watched() -> None:
    tables = {
        mapper.local_table.name  # type: ignore[attr-defined]  # a table, as all of ours
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.split(".")[1] in ROOMS
    }
    assert tables == set(WATCHED) - OF_DOSSIERS | READ_ANEW


def test_a_change_by_another_process_shows_in_the_next_request(app: Flask) -> None:  # noqa: ARG001
    assert organisation.tree(DAY).by_code("H26.91.27") is not None
    with db.engine.begin() as another:
        another.exec_driver_sql("UPDATE agency SET code = 'H26.91.99' WHERE code = 'H26.91.27'")
    db.session.rollback()
    assert organisation.tree(DAY).by_code("H26.91.27") is None


def test_what_a_transaction_took_back_is_not_remembered(app: Flask) -> None:  # noqa: ARG001
    def close() -> None:
        db.session.connection().exec_driver_sql("UPDATE agency_period SET valid_to = '2026-11-01'")
        assert organisation.tree(DAY).nodes == ()
        raise LookupError

    with pytest.raises(LookupError), transaction():
        close()
    assert organisation.tree(DAY).nodes


def test_all_stamps_of_a_request_come_in_one_read(budget: Budget) -> None:
    with budget(1):
        for subject in (*Subject, *Subject):
            stamp(subject)
