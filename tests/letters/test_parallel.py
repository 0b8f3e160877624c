"""Printing one and printing many at one moment: every number once, nobody waits for ever."""

from flask import Flask

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.letters import actions
from onestop.letters.models import Letter
from onestop.letters.rules import Paper
from tests.dossiers.given import COMMUNE_CLERK, FIVE_DAYS, MONDAY, received, staff
from tests.dossiers.test_parallel import DESKS, assert_everything_adds_up, at_once, loosen
from tests.letters.given import STATUS, issued


def test_numbers_of_papers_run_on_whoever_prints_one_or_many(app: Flask) -> None:
    dossiers = [received(procedure_code=FIVE_DAYS) for _ in range(2 * DESKS)]
    codes = [one.code for one in dossiers]
    loosen(*dossiers)

    def work(number: int) -> None:
        if number % 2:
            issued(dossiers[number])
            return
        wanted = codes if number % 4 else codes[::-1]
        with transaction():
            clerk = staff(COMMUNE_CLERK)
            actions.issue_many(wanted, Paper.RECEIPT, status_address=STATUS, by=clerk, at=MONDAY)

    at_once(app, work)
    db.session.rollback()
    numbers = sorted(number for (number,) in db.session.query(Letter.number))
    assert numbers == list(range(1, len(codes) + 1))
    assert_everything_adds_up()
