"""Whoever does a step finds its dossier by its words, from when it comes to him until it leaves."""

from datetime import date

import flask_migrate
import pytest
from sqlalchemy import text

from onestop.base.database import db, is_postgresql
from onestop.base.edge import transaction
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import desks, lists, searching
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import COMMUNE_OFFICER, MONDAY, NEIGHBOUR, in_progress, staff
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, WELFARE, WELFARE_OFFICER, moved

pytestmark = pytest.mark.usefixtures("app")
UNMARKING = {
    True: text("UPDATE dossier_search SET words = ts_delete(words, :mark)"),
    False: text("UPDATE dossier_search SET words = replace(words, ' ' || :mark, '')"),
}


def handed_on() -> Dossier:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    return moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)


def asked_beside() -> Dossier:
    """Return a dossier that lies with the commune while the department is asked beside it."""
    steps = [
        Step(StepKind.COMMUNE, Limit.parse("2wd"), 1),
        Step(StepKind.POLICE, Limit.parse("24wh"), 2),
        Step(StepKind.DISTRICT_DEPARTMENT, Limit.parse("5wd"), 2),
    ]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps)
    return handed_on()


def found_by(username: str) -> list[str]:
    """Return what a member of staff finds in the register, the same on his desk and in a file."""
    viewer, words = staff(username), Filter(text="thi du")
    everything = searching.matching("")
    rows = lists.page(everything, words, viewer, MONDAY).rows
    assert rows == desks.page(DeskList.MINE, words, viewer, MONDAY).rows
    assert rows == tuple(lists.every(everything, words, viewer, MONDAY))
    assert len(rows) == lists.count(everything, words, viewer)
    return [row.code for row in rows]


def test_an_agency_finds_what_was_handed_on_to_it() -> None:
    assert found_by(WELFARE_OFFICER) == []
    dossier = handed_on()
    assert found_by(WELFARE_OFFICER) == found_by(COMMUNE_OFFICER) == [dossier.code]
    assert found_by(NEIGHBOUR) == found_by("chuyenvien1.noivu") == []


def test_an_agency_asked_beside_another_finds_it_until_it_has_answered() -> None:
    dossier = asked_beside()
    assert dossier.handling_agency_id == dossier.receiving_agency_id
    assert found_by(WELFARE_OFFICER) == [dossier.code]
    assert found_by(NEIGHBOUR) == found_by("chuyenvien1.noivu") == []
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=MONDAY, seq=3)
    assert found_by(WELFARE_OFFICER) == []


def test_lists_and_figures_stay_those_of_receivers_and_handlers(client: PolicingClient) -> None:
    dossier = asked_beside()
    client.sign_in(WELFARE_OFFICER)
    for path in ("/desk", "/dossiers"):
        assert f"/dossiers/{dossier.code}" not in client.get(path).text
        assert f"/dossiers/{dossier.code}" in client.get(f"{path}?q={dossier.code}").text


def test_what_was_handed_on_under_an_earlier_version_is_found_too() -> None:
    dossier = handed_on()
    code, mark = dossier.code, {"mark": f"§{dossier.handling_agency_id}"}
    with transaction():
        db.session.execute(UNMARKING[is_postgresql()], mark)
    viewer, sought = staff(WELFARE_OFFICER), Filter(text="thi du")
    assert not lists.page(searching.matching(""), sought, viewer, MONDAY).rows
    db.session.remove()
    db.engine.dispose()
    flask_migrate.downgrade(revision="0025")
    flask_migrate.upgrade()
    assert found_by(WELFARE_OFFICER) == [code]
