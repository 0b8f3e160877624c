from datetime import date

import pytest

from onestop.portal import queries
from tests.dossiers.given import DAY, FIVE_DAYS, MARITAL_STATUS, MONDAY, received

pytestmark = pytest.mark.usefixtures("app")


def test_citizens_are_first_offered_what_was_received_most() -> None:
    received()
    for days in range(3):
        received(procedure_code=FIVE_DAYS, at=MONDAY + days * DAY)
    offered = [one.code for one in queries.most_used(date(2021, 4, 2))]
    assert offered == [FIVE_DAYS, MARITAL_STATUS]


def test_in_a_new_installation_they_are_offered_what_can_be_sent_online() -> None:
    offered = queries.most_used(date(2021, 4, 3))
    assert len(offered) == 6
    assert all(one.is_online for one in offered)
