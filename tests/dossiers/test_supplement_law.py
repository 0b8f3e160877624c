"""Papers asked for where the law of a procedure has it otherwise than Decree 61 (rules.md 6.1)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from onestop.base.errors import Refusal
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.supplements import DECREE_61, SupplementEffect, SupplementLaw
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import foreseeing
from onestop.dossiers.rules.identity import secret
from onestop.dossiers.rules.states import State, Verb, transition
from onestop.reporting.queries import counters
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    done,
    in_progress,
)
from tests.site import CLOCK, Clock

pytestmark = pytest.mark.usefixtures("app")
RESTART, PAUSE = SupplementEffect.RESTART, SupplementEffect.PAUSE
WEDNESDAY, FRIDAY = MONDAY + 2 * DAY, MONDAY + 4 * DAY
BROUGHT = MONDAY + 9 * DAY
FROM = date(2021, 2, 1)


def ruled(law: SupplementLaw, from_day: date = FROM) -> None:
    catalogue.changed(FIVE_DAYS, from_day, supplement=law)


def asked(at: datetime) -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    return done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")


@pytest.mark.parametrize(
    ("law", "at", "due"),
    [
        (DECREE_61, WEDNESDAY, date(2021, 3, 17)),
        (replace(DECREE_61, effect=PAUSE), WEDNESDAY, date(2021, 3, 15)),
        (DECREE_61, FRIDAY, date(2021, 3, 11)),
        (replace(DECREE_61, late_effect=RESTART), FRIDAY, date(2021, 3, 17)),
        (replace(DECREE_61, within=4), FRIDAY, date(2021, 3, 17)),
        (replace(DECREE_61, within=1), WEDNESDAY, date(2021, 3, 15)),
    ],
)
def test_the_date_once_the_papers_are_there_is_that_of_the_law_and_was_foreseen(
    law: SupplementLaw, at: datetime, due: date
) -> None:
    ruled(law)
    dossier = asked(at)
    row = transition(Verb.SUPPLEMENT, State.AWAITING_SUPPLEMENT, received=True)
    foreseen = foreseeing.outlook(dossier, row, BROUGHT).due_at
    brought = done(dossier, "note_supplement", by=COMMUNE_CLERK, at=BROUGHT)
    assert brought.due_at == foreseen
    assert foreseen
    assert legal_date(foreseen) == due
    assert counters.differences() == []


def test_the_law_of_the_day_of_receipt_holds_to_the_end() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    ruled(replace(DECREE_61, effect=PAUSE), legal_date(MONDAY + DAY))
    asked_for = done(
        dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=WEDNESDAY, reason="Thiếu"
    )
    assert asked_for.pauses[-1].restarts


def test_no_law_makes_a_late_dossier_punctual() -> None:
    ruled(replace(DECREE_61, late_effect=RESTART))
    late = MONDAY + 8 * DAY  # due on Monday 8 March
    dossier = asked(late)
    assert not dossier.pauses[-1].restarts


def test_the_applicant_has_the_days_of_the_law() -> None:
    ruled(replace(DECREE_61, wait=10))
    dossier = asked(WEDNESDAY)  # the tenth day is Saturday 13 March
    assert foreseeing.brings_until(dossier) == date(2021, 3, 15)
    last = at_local(date(2021, 3, 15), time(23, 59))
    with pytest.raises(Refusal, match="đến hết ngày 2021-03-15"):
        done(dossier, "stop", by=COMMUNE_LEADER, at=last, reason="Không bổ sung")
    stopped = done(
        dossier, "stop", by=COMMUNE_LEADER, at=last + timedelta(minutes=1), reason="Không bổ sung"
    )
    assert stopped.state.value == "8"


@pytest.mark.parametrize(
    ("law", "said"),
    [
        (replace(DECREE_61, effect=PAUSE), "không đếm lại từ đầu, theo quy định của thủ tục này."),
        (
            replace(DECREE_61, within=1),
            "không đếm lại từ đầu, vì quá 1 ngày làm việc từ ngày nhận.",
        ),
        (DECREE_61, "Bổ sung xong: đếm lại đủ 5 ngày làm việc."),
    ],
)
def test_whoever_asks_reads_first_what_it_will_do(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, law: SupplementLaw, said: str
) -> None:
    ruled(law)
    dossier = in_progress(procedure_code=FIVE_DAYS)
    monkeypatch.setattr(CLOCK, Clock(WEDNESDAY))
    client.sign_in(COMMUNE_OFFICER)
    assert said in client.get(f"/dossiers/{dossier.code}/ask_supplement").text


@pytest.mark.parametrize("effect", SupplementEffect)
def test_a_citizen_reads_where_the_limit_only_pauses(
    client: PolicingClient, effect: SupplementEffect
) -> None:
    ruled(replace(DECREE_61, effect=effect))
    page = client.get(f"/procedures/{FIVE_DAYS}").text
    assert ("Khi phải bổ sung: thời hạn chỉ tạm dừng" in page) == (effect == PAUSE)


@pytest.mark.parametrize(
    ("day", "desk", "citizen"),
    [
        (26, "", ""),
        (27, "Sắp hết thời gian: hãy nhắc người nộp.", "Sắp hết thời gian bổ sung."),
        (32, "Sắp hết thời gian: hãy nhắc người nộp.", "Sắp hết thời gian bổ sung."),
        (33, "hết vào thứ Sáu, 02/04/2021: có thể dừng", "Hãy liên hệ ngay nơi nộp."),
    ],
)
def test_the_end_of_the_days_is_told_five_days_before_to_both(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, day: int, desk: str, citizen: str
) -> None:
    dossier = asked(WEDNESDAY)  # the thirtieth day is Friday 2 April
    monkeypatch.setattr(CLOCK, Clock(MONDAY + day * DAY))
    public = client.get(f"/status/{dossier.code}/{secret('for tests', dossier.nonce)}").text
    client.sign_in(COMMUNE_CLERK)
    staff = client.get(f"/dossiers/{dossier.code}").text
    for page, said in ((staff, desk), (public, citizen)):
        assert ("Sắp hết" in page) == said.startswith("Sắp hết")
        assert ("đã hết vào" in page) == (day > 32)
        assert said in page
