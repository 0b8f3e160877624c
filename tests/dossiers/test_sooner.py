"""An earlier promise at intake: within the published limit, and binding (rules.md 4.3)."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, Unit, plain
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import intake
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.exchange.queries.telling import SOONER
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.deadlines.test_oracle import moments
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MARITAL_STATUS,
    MONDAY,
    counted_again,
    desk,
    done,
    handed_in,
    received,
    staff,
    submitted,
)
from tests.dossiers.test_views import FILLED_IN
from tests.exchange.offices import exported
from tests.site import CLOCK, Clock

on_both = [pytest.mark.on_both_databases, pytest.mark.usefixtures("app")]
BOTH: Final = "2 ngày làm việc (công bố: 5 ngày làm việc)"
WRONG: Final = "Hẹn sớm hơn là một số từ 1 đến 4 (ngày làm việc)."


@pytest.mark.parametrize(
    ("limit", "typed", "sooner"),
    [
        ("5wd", "4", "4wd"),
        ("5wd", " 1 ", "1wd"),
        ("30d", "29", "29d"),
        ("8wh", "2", "2wh"),
        ("2m", "1", "1m"),
        ("5wd", "5", None),
        ("5wd", "6", None),
        ("5wd", "0", None),
        ("5wd", "-1", None),
        ("5wd", "hai", None),
        ("5wd", "٣", None),
        ("5wd", "1.5", None),
        ("5wd", "9" * 5000, None),
        ("1wd", "1", None),
        ("0d", "1", None),
        ("0i", "0", None),
    ],
)
def test_fewer_of_the_same_unit_may_be_promised(limit: str, typed: str, sooner: str | None) -> None:
    if sooner is not None:
        assert str(Limit.parse(limit).sooner(typed)) == sooner
        return
    with pytest.raises(Refusal) as refused:
        Limit.parse(limit).sooner(typed)
    assert refused.value.field == "sooner"


UNITS: Final = (Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH, Unit.WORKING_HOUR)


@given(st.data(), st.builds(Limit, st.integers(2, 30), st.sampled_from(UNITS)), moments)
def test_an_earlier_promise_is_never_a_later_date(
    data: st.DataObject, limit: Limit, at: datetime
) -> None:
    sooner = limit.sooner(str(data.draw(st.integers(1, limit.value - 1))))
    dates = [
        count(at, plain(one), calendar=packaged_calendar(), hours=Hours()).due_at
        for one in (sooner, limit)
    ]
    assert dates[0] <= dates[1]


def due(dossier: Dossier) -> int:
    assert dossier.due_at
    return legal_date(dossier.due_at).day


def limits(dossier: Dossier) -> tuple[str, str | None]:
    published = reading.published(dossier)
    return str(reading.limit(dossier)), str(published) if published else None


class TestActions:
    pytestmark = on_both

    def test_the_promise_is_the_date_that_binds(self) -> None:
        usual, early = (received(procedure_code=FIVE_DAYS, sooner=one) for one in (None, "2"))
        assert (limits(usual), due(usual)) == (("5wd", None), 8)
        found = counted_again(early)
        assert (limits(found), due(found)) == (("2wd", "5wd"), 3)
        assert found.first_due_at == found.due_at == explaining.counted(found).due_at
        (line,) = found.history
        assert (line.details["sooner"], line.details["published"]) == ("2wd", "5wd")
        assert "sooner" not in counted_again(usual).history[0].details
        at = MONDAY + 3 * DAY
        for one in (usual, early):
            done(one, "hand_over", by=COMMUNE_CLERK, at=at)
            done(one, "resolve", by=COMMUNE_OFFICER, at=at)
        classes = [timeliness(reading.facts(counted_again(one)), at) for one in (usual, early)]
        assert classes == [Timeliness.EARLY, Timeliness.OVERDUE]

    @pytest.mark.parametrize("typed", ["5", "0", "hai"])
    def test_a_later_promise_is_refused_and_nothing_is_saved(self, typed: str) -> None:
        with pytest.raises(Refusal) as refused:
            received(procedure_code=FIVE_DAYS, sooner=typed)
        assert refused.value.field == "sooner"
        online = submitted(procedure_code=FIVE_DAYS)
        with pytest.raises(Refusal):
            done(online, "accept", by=COMMUNE_CLERK, at=MONDAY, papers=frozenset(), sooner=typed)
        db.session.rollback()
        kept = db.session.query(Dossier).one()
        assert (kept.received_at, limits(kept)) == (None, ("5wd", None))

    def test_nothing_is_promised_before_the_steps_together_allow_it(self) -> None:
        steps = [Step(StepKind.COMMUNE, Limit(days, Unit.WORKING_DAY), days) for days in (1, 2)]
        catalogue.changed(FIVE_DAYS, legal_date(MONDAY), steps=steps)
        assert limits(received(procedure_code=FIVE_DAYS, sooner="3")) == ("3wd", "5wd")
        with pytest.raises(Refusal, match="không hẹn sớm như vậy") as refused:
            received(procedure_code=FIVE_DAYS, sooner="2")
        assert refused.value.field == "sooner"

    def test_a_supplement_gives_the_promised_days_again(self) -> None:
        early = received(procedure_code=FIVE_DAYS, sooner="2")
        done(early, "hand_over", by=COMMUNE_CLERK, at=MONDAY)
        at = MONDAY + DAY
        done(early, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")
        done(early, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 7 * DAY)
        assert due(counted_again(early)) == 10

    def test_what_was_posted_or_submitted_may_be_promised_sooner_too(self) -> None:
        posted = received(
            procedure_code=FIVE_DAYS,
            channel=Channel.POSTAL,
            delivered_at=MONDAY - DAY,
            sooner="2",
        )
        assert (limits(posted), due(posted)) == (("2wd", "5wd"), 3)
        online = submitted(procedure_code=FIVE_DAYS)
        at = MONDAY + timedelta(hours=1)
        done(online, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset(), sooner="1")
        found = counted_again(online)
        assert (limits(found), due(found)) == (("1wd", "5wd"), 2)
        assert found.history[-1].details["sooner"] == "1wd"
        done(online, "reverse", by=COMMUNE_CLERK, at=at)
        assert limits(counted_again(online)) == ("5wd", None)

    def test_a_receipt_taken_back_takes_its_promise_back(self) -> None:
        early = received(procedure_code=FIVE_DAYS, sooner="2")
        done(early, "reverse", by=COMMUNE_CLERK, at=MONDAY)
        assert limits(counted_again(early)) == ("5wd", None)
        found = done(early, "accept", by=COMMUNE_CLERK, at=MONDAY, papers=frozenset())
        assert (limits(counted_again(found)), due(found)) == (("5wd", None), 8)

    def test_of_several_each_has_a_promise_of_its_own(self) -> None:
        clerk = staff(COMMUNE_CLERK)
        made = [
            handed_in(procedure_code=MARITAL_STATUS, sooner="1"),
            handed_in(procedure_code=FIVE_DAYS, sooner="5"),
        ]
        with pytest.raises(intake.TogetherRefused) as refused:
            intake.receive_together(made, desk=desk(clerk), by=clerk, at=MONDAY)
        assert list(refused.value.each) == [1]
        db.session.rollback()

    def test_a_register_that_goes_out_names_what_was_promised_sooner(self, tmp_path: Path) -> None:
        usual, early = (received(procedure_code=FIVE_DAYS, sooner=one) for one in (None, "2"))
        found = exported(tmp_path / "di.csv", at=MONDAY + DAY)
        assert [line.code for line in found.strange] == [early.code]
        assert [one.message for one in found.strange[0].strange] == [SOONER]
        assert usual.code != early.code


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


FILLED: Final = {**FILLED_IN, "procedure": FIVE_DAYS, "sooner": "2"}


def promised(page: str) -> str:
    found = re.search(r'class="promise-date mb-2"><b>(.*?)</b>', page)
    assert found
    return found[1]


def test_the_page_foretells_the_earlier_date_and_keeps_it(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CLOCK, Clock(MONDAY))
    usual = clerk.post("/receive/choice", data={**FILLED, "sooner": "", "act": "restore"}).text
    assert "05/03" not in promised(usual)
    assert "công bố" not in usual
    page = clerk.post("/receive/choice", data={**FILLED, "act": "restore"}).text
    assert BOTH in page
    assert 'name="sooner"' in page
    assert 'value="2"' in page
    wrong = clerk.post("/receive/choice", data={**FILLED, "sooner": "5", "act": "restore"}).text
    assert WRONG in wrong
    assert promised(wrong) == promised(usual)
    saved = clerk.post("/receive", data=FILLED)
    assert saved.status_code == 302
    receipt = " ".join(clerk.get(saved.location).text.split())
    assert "5 ngày làm việc; hẹn sớm hơn, trong 2 ngày làm việc" in receipt
    dossier = db.session.query(Dossier).one()
    shown = clerk.get(f"/dossiers/{dossier.code}").text
    assert BOTH in shown
    assert promised(shown) == promised(page)
    assert "Hẹn sớm hơn thời hạn: 2 ngày làm việc, công bố 5 ngày làm việc." in shown
    assert BOTH in clerk.post("/status", data={"code": dossier.code, "second": "3456"}).text


def test_a_later_promise_is_told_by_its_field(clerk: PolicingClient) -> None:
    answer = clerk.post("/receive", data={**FILLED, "sooner": "5"})
    assert answer.status_code == 422
    assert re.search(rf'id="sooner-error">.*{re.escape(WRONG)}', answer.text)
    assert '<a href="#sooner">' in answer.text
    assert 'value="5"' in answer.text
    assert db.session.query(Dossier).count() == 0
    assert 'name="sooner"' not in clerk.post("/receive/choice", data={"q": "C-CT-01"}).text


def test_a_promise_belongs_to_its_procedure(clerk: PolicingClient) -> None:
    added = clerk.post("/receive/choice", data={**FILLED, "act": "add"}).text
    assert re.search(r'name="also-0-sooner"[^>]* value="2"', added)
    assert 'id="sooner"' not in added
    aside = {"also-0-procedure": FIVE_DAYS, "also-0-papers": ["0"], "also-0-sooner": "2"}
    both = {**FILLED, **aside, "procedure": "", "papers": [], "sooner": ""}
    chosen = clerk.post("/receive/choice", data={**both, "q": MARITAL_STATUS}).text
    assert re.search(r'name="sooner"[^>]* value=""', chosen)
    both |= {"procedure": MARITAL_STATUS, "papers": ["0"]}
    wrong = clerk.post("/receive", data={**both, "also-0-sooner": "9"})
    assert wrong.status_code == 422
    assert '<a href="#also-0-sooner">' in wrong.text
    assert '<a href="#sooner">' not in wrong.text
    assert clerk.post("/receive", data=both).status_code == 302
    found = db.session.query(Dossier).order_by(Dossier.code)
    assert [limits(one) for one in found] == [("2wd", "5wd"), ("3wd", None)]


def test_a_submission_is_accepted_with_an_earlier_promise(clerk: PolicingClient) -> None:
    dossier = submitted(procedure_code=FIVE_DAYS, at=now())
    page = clerk.get(f"/dossiers/{dossier.code}/accept").text
    assert 'name="sooner"' in page
    said = {"act": "accept", "papers": ["0"], "version": str(dossier.version)}
    path = f"/dossiers/{dossier.code}/accept"
    wrong = clerk.post(path, data={**said, "sooner": "5"})
    assert wrong.status_code == 422
    assert WRONG in wrong.text
    assert clerk.post(path, data={**said, "sooner": "3"}).status_code == 302
    assert limits(counted_again(dossier)) == ("3wd", "5wd")
