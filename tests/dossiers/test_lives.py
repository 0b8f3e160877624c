"""What a life comes to that is told at once, by a register."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.catalogue.rules.procedures import Field, Procedure
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import DECREE_61
from onestop.dossiers.rules.identity import Applicant, is_code
from onestop.dossiers.rules.lives import Life, pauses
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.dossiers.rules.walks import SUPPLEMENT_NOT_RECORDED, steps
from onestop.organisation.rules import Tier

NINE = datetime(2021, 3, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
AWAITED = Life(
    agency_id=27,
    agency_code="H26.91.27",
    procedure=Procedure(
        1, 1, "P", None, Tier.COMMUNE, Field(1, "F", Tier.COMMUNE, "", "", None), "", "", 3,
        Limit.parse("5wd"), None, None, False, 0, "", (), 1, False, False, OnlineStart.ACCEPTANCE,
        DECREE_61, False, (), (), date(2019, 1, 1), None,
    ),
    level=3,
    channel=Channel.COUNTER,
    applicant=Applicant("Thí Dụ"),
    submitted_at=NINE,
    received_at=NINE,
    supplement_requested_at=NINE + DAY,
)  # fmt: skip


def test_papers_still_awaited_will_restart_the_limit_when_they_come() -> None:
    assert pauses(AWAITED, restarts=True) == (Pause(NINE + DAY, None, restarts=True),)


def test_a_wait_that_ended_with_the_dossier_restarted_nothing() -> None:
    stopped = replace(AWAITED, finished_at=NINE + 2 * DAY, outcome=Outcome.STOPPED)
    assert pauses(stopped, restarts=True) == (Pause(NINE + DAY, NINE + 2 * DAY),)


def test_a_result_while_papers_were_awaited_had_them_and_says_nobody_wrote_it_down() -> None:
    resolved = replace(AWAITED, finished_at=NINE + 2 * DAY, outcome=Outcome.GRANTED)
    marks = {step.verb: step.mark for step in steps(resolved)}
    assert marks[Verb.SUPPLEMENT] == SUPPLEMENT_NOT_RECORDED
    assert list(marks)[-1] == Verb.RESOLVE


def test_a_code_is_written_in_plain_digits() -> None:
    assert is_code("H26.91.27-210301-0001")
    assert not is_code("H26.91.27-210301-\uff10\uff10\uff10\uff11")
