"""What one test has written, the next does not find."""

from datetime import date

from sqlalchemy import select

from onestop.base.database import db
from tests.catalogue import given as catalogue
from tests.conftest import Prepared
from tests.dossiers.given import LAND, in_progress
from tests.installing import begin


def contents() -> dict[str, set[str]]:
    db.session.remove()
    tables = db.metadata.sorted_tables
    return {one.name: {str(row) for row in db.session.execute(select(one))} for one in tables}


def test_a_database_is_put_back_as_it_was(prepared: Prepared) -> None:
    app, database = prepared
    with app.app_context():
        begin(database, "sample")
        before = contents()
        catalogue.changed(LAND, date(2021, 1, 4), extendable=True)
        first = in_progress()
        written = contents()
        changed = {name for name, rows in written.items() if rows != before[name]}
        assert changed >= {"dossier", "entry", "procedure_version", "stamp"}
        db.session.remove()
        begin(database, "sample")
        assert contents() == before
        again = in_progress()
        assert (again.id, again.code) == (first.id, first.code)
        db.session.remove()
