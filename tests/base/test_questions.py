from datetime import UTC, datetime

import pytest
from sqlalchemy import String, bindparam, func, literal, select, union_all
from sqlalchemy.exc import DBAPIError

from onestop.base.database import db, table_of
from onestop.base.notes import FAILURE, note_failure
from onestop.base.questions import Question, without_session
from onestop.base.stamps import Subject, stamp
from onestop.dossiers.models import Dossier
from tests.conftest import Recorded
from tests.dossiers.given import received

pytestmark = pytest.mark.usefixtures("app")
AT = datetime(2021, 5, 4, 2, 30, tzinfo=UTC)


def test_an_answer_is_what_the_statement_itself_gives() -> None:
    dossier = received()
    table = table_of(Dossier)
    statement = select(table).where(table.c.code == bindparam("code"))
    (asked,) = Question(statement).ask(code=dossier.code)
    itself = db.session.execute(statement, {"code": dossier.code}).one()
    assert [(type(one), one) for one in asked] == [(type(one), one) for one in itself]


def test_a_moment_goes_in_and_comes_out() -> None:
    note_failure("trial", subject="x", address="127.0.0.1", at=AT)
    question = Question(select(FAILURE.c.at).where(FAILURE.c.at == bindparam("at")))
    assert question.ask(at=AT) == [[AT]]
    assert question.ask(at=AT.replace(year=2022)) == []


def test_what_stands_in_the_statement_need_not_be_told() -> None:
    both = union_all(select(literal("one").label("said")), select(literal("two")))
    assert sorted(Question(both).ask()) == [["one"], ["two"]]


def test_whoever_listens_to_statements_hears_it(recorded: Recorded) -> None:
    with recorded() as sent:
        Question(select(literal(1).label("one"))).ask()
    assert len(sent) == 1


def test_its_errors_are_those_of_any_statement_and_name_no_value() -> None:
    question = Question(select(func.no_such_function(bindparam("phone", type_=String))))
    with pytest.raises(DBAPIError) as told:
        question.ask(phone="0600123456")
    assert "0600123456" not in str(told.value)


def test_what_only_asks_has_one_connection_and_no_session(recorded: Recorded) -> None:
    db.session.remove()
    with without_session(), recorded() as sent:
        assert Question(select(literal(1).label("one"))).ask() == [[1]]
        known = {subject: stamp(subject) for subject in Subject}
        assert not db.session.registry.has()
    assert len(sent) == 2, "the stamps are read once in the block"
    assert known == {subject: stamp(subject) for subject in Subject}


def test_whoever_needs_a_session_there_has_one_beside_it() -> None:
    dossier = received()
    with without_session():
        assert db.session.get(Dossier, dossier.id) is not None
    assert Question(select(literal(1).label("one"))).ask() == [[1]]


def test_the_connection_is_given_back_whatever_happens() -> None:
    before = db.engine.pool.checkedout()  # type: ignore[attr-defined]  # of the pools of both
    question = Question(select(func.no_such_function(1)))
    with pytest.raises(DBAPIError), without_session():
        question.ask()
    assert db.engine.pool.checkedout() == before  # type: ignore[attr-defined]


def test_what_it_waits_for_has_to_be_told() -> None:
    """Left out it would be nothing, and the answer that of another question."""
    asked = Question(select(FAILURE.c.at).where(FAILURE.c.subject == bindparam("subject")))
    with pytest.raises(KeyError, match="subject"):
        asked.ask()
