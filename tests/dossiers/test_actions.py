import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal, StrayWriteError
from onestop.base.viewer import Citizen
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history, intake
from onestop.dossiers.models import DayCounter, Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.identity import Intake, ReturnBy
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import Outcome, State, Verb
from onestop.dossiers.rules.timing import Timeliness, flows, timeliness
from onestop.tallies import queries as tallies
from onestop.tallies.rules import FLOWS, Booking, counted
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    GROUNDS,
    LAND,
    LEVEL_2,
    MONDAY,
    NEIGHBOUR,
    desk,
    done,
    handed_in,
    in_progress,
    received,
    staff,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")
TAKEN: Final[dict[str, Any]] = {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "căn cước 9990"}


def due_on(dossier: Dossier) -> date:
    assert dossier.due_at is not None
    return legal_date(dossier.due_at)


def verbs(dossier: Dossier) -> list[Verb]:
    lines = db.session.query(Entry).filter_by(dossier_id=dossier.id).order_by(Entry.seq)
    return [line.verb for line in lines]


def assert_counters_equal_facts() -> None:
    db.session.expire_all()
    bookings = [
        Booking(day, one.receiving_agency_id, one.procedure_id, one.level, one.channel, flow)
        for one in db.session.query(Dossier)
        for day, flow in flows(reading.facts(one))
    ]
    for kept, facts in zip(tallies.kept(), counted(bookings), strict=True):
        assert kept == {
            key: tuple(amounts.get(flow, 0) for flow in FLOWS) for key, amounts in facts.items()
        }


def test_receiving_promises_a_date_and_signs_the_history() -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    assert dossier.code == "H26.91.27-210301-0001"
    assert due_on(dossier) == date(2021, 3, 8)
    assert dossier.state == State.RECEIVED
    line = db.session.query(Entry).one()
    assert (line.verb, line.author_name) == (Verb.RECEIVE, staff(COMMUNE_CLERK).name)
    assert_counters_equal_facts()


def test_numbers_run_on_within_a_day_and_begin_again_for_each_day_and_agency() -> None:
    made = [received(), received(), received(at=MONDAY + DAY), received(by=NEIGHBOUR)]
    assert [dossier.code[-4:] for dossier in made] == ["0001", "0002", "0001", "0001"]


def test_the_day_of_receipt_is_the_day_in_viet_nam() -> None:
    assert "-210302-" in received(at=datetime(2021, 3, 1, 17, 30, tzinfo=UTC)).code


def test_the_same_form_sent_twice_is_one_dossier() -> None:
    assert received(key="one press").id == received(key="one press").id
    assert db.session.query(Dossier).count() == 1
    assert_counters_equal_facts()


def test_level_2_cannot_come_in_online() -> None:
    with pytest.raises(Refusal) as refused:
        submitted(procedure_code=LEVEL_2)
    assert refused.value.field == "channel"
    assert db.session.query(Dossier).count() == 0, "a refused intake leaves nothing behind"


def test_the_table_itself_refuses_an_online_dossier_of_level_2() -> None:
    received(procedure_code=LEVEL_2)
    with pytest.raises(Refusal) as refused, transaction():
        db.session.execute(update(Dossier).values(channel=Channel.ONLINE))
    assert refused.value.field == "channel"


def test_what_the_agency_does_not_offer_cannot_be_received_there() -> None:
    with pytest.raises(Refusal) as refused:
        received(procedure_code=LAND)
    assert refused.value.field == "procedure"


def test_an_officer_may_not_receive() -> None:
    with pytest.raises(Refusal, match="Tiếp nhận"):
        received(by=COMMUNE_OFFICER)


def test_a_postal_item_is_submitted_on_delivery_and_received_in_one_go() -> None:
    dossier = received(channel=Channel.POSTAL, delivered_at=MONDAY - DAY / 24)
    assert verbs(dossier) == [Verb.SUBMIT, Verb.RECEIVE]
    assert dossier.submitted_at == MONDAY - DAY / 24
    assert dossier.received_at == MONDAY


def test_a_postal_item_cannot_arrive_tomorrow() -> None:
    with pytest.raises(Refusal) as refused:
        received(channel=Channel.POSTAL, delivered_at=MONDAY + DAY)
    assert refused.value.field == "delivered_at"


def test_an_online_submission_has_its_code_at_once_and_its_clock_on_acceptance() -> None:
    sunday = MONDAY - DAY
    dossier = submitted(at=sunday)
    assert "-210228-" in dossier.code
    assert dossier.state == State.SUBMITTED
    assert dossier.due_at is None
    assert dossier.intake_due_at == datetime(2021, 3, 1, 10, 0, tzinfo=UTC), "8 working hours"
    accepted = done(dossier, "accept", by=COMMUNE_CLERK, at=MONDAY, papers=frozenset({0}))
    assert (accepted.state, due_on(accepted)) == (State.RECEIVED, date(2021, 3, 4))
    assert_counters_equal_facts()


def test_what_was_refused_at_intake_was_never_received() -> None:
    clerk = staff(COMMUNE_CLERK)
    with transaction():
        dossier = intake.decline(
            handed_in(),
            grounds=GROUNDS,
            reason="Sai thẩm quyền",
            desk=desk(clerk),
            by=clerk,
            at=MONDAY,
        )
    assert dossier.state == State.NOT_ACCEPTED
    assert dossier.received_at is None
    assert verbs(dossier) == [Verb.SUBMIT, Verb.REFUSE_AT_INTAKE]
    assert_counters_equal_facts()


REFUSALS: Final[dict[str, Callable[[], Dossier]]] = {
    "refuse_at_intake": submitted,
    "refuse": in_progress,
}


@pytest.mark.parametrize("verb", REFUSALS)
def test_a_refusal_keeps_its_ground_and_who_is_competent(verb: str) -> None:
    dossier = REFUSALS[verb]()
    by = COMMUNE_CLERK if verb == "refuse_at_intake" else COMMUNE_OFFICER
    said: dict[str, Any] = {"reason": "Đất ở xã khác", "by": by, "at": MONDAY}
    for wrong, field in (
        (Grounds(None), "ground"),
        (Grounds(""), "ground"),
        (Grounds("because"), "ground"),
        (Grounds("other", "X-99"), "competent_agency"),
    ):
        with pytest.raises(Refusal) as refused:
            done(dossier, verb, grounds=wrong, **said)
        assert refused.value.field == field
    done(dossier, verb, grounds=Grounds("not_competent", "H26.91.02"), **said)
    last = db.session.get_one(Dossier, dossier.id).history[-1]
    assert last.details["ground"] == "not_competent"
    assert last.details["competent_agency"] == "H26.91.02"


def test_the_history_tells_the_ground_of_a_refusal(client: PolicingClient) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/refuse").text
    assert "Không thuộc thẩm quyền giải quyết</option>" in page
    assert "Phòng Tư pháp</option>" in page
    assert "Xã Ngọc Hồi</option>" not in page, "who refuses is not competent himself"
    sent = {"version": str(dossier.version), "reason": "Đất ở xã khác", "ground": "not_competent"}
    client.post(f"/dossiers/{dossier.code}/refuse", data={**sent, "competent_agency": "H26.91.02"})
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Không thuộc thẩm quyền giải quyết." in page
    assert "Cơ quan có thẩm quyền: Phòng Tư pháp." in page


@pytest.mark.parametrize("reason", [None, ""])
def test_a_refusal_needs_a_reason(reason: str | None) -> None:
    clerk = staff(COMMUNE_CLERK)
    with pytest.raises(Refusal) as refused, transaction():
        intake.decline(
            handed_in(), grounds=GROUNDS, reason=reason, desk=desk(clerk), by=clerk, at=MONDAY
        )
    assert refused.value.field == "reason"


def test_an_incomplete_dossier_is_completed_and_then_received() -> None:
    clerk = staff(COMMUNE_CLERK)
    with transaction():
        dossier = intake.send_back(
            handed_in(), reason="Thiếu tờ khai", desk=desk(clerk), by=clerk, at=MONDAY
        )
    assert dossier.state == State.AWAITING_SUPPLEMENT
    done(dossier, "bring_completion", by=COMMUNE_CLERK, at=MONDAY + DAY)
    accepted = done(dossier, "accept", by=COMMUNE_CLERK, at=MONDAY + DAY, papers=frozenset())
    assert accepted.received_at == MONDAY + DAY
    assert accepted.code == dossier.code
    assert_counters_equal_facts()


def test_the_whole_way_from_desk_to_hand() -> None:
    dossier = in_progress()
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    returned = done(dossier, "return_result", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY, **TAKEN)
    assert returned.state == State.RETURNED
    assert verbs(dossier) == [Verb.RECEIVE, Verb.HAND_OVER, Verb.RESOLVE, Verb.RETURN]
    assert timeliness(reading.facts(returned), MONDAY) == Timeliness.EARLY
    assert_counters_equal_facts()


@pytest.mark.parametrize(
    ("return_by", "said", "field", "why"),
    [
        (ReturnBy.COUNTER, {"taken_by": None}, "taken_by", "somebody took it"),
        (ReturnBy.COUNTER, {"id_document": None}, "id_document", "and showed who that was"),
        (ReturnBy.POSTAL, {"taken_by": None}, "taken_by", "the post brings it to somebody too"),
        (ReturnBy.POSTAL, {"id_document": None}, None, "but looks at the document itself"),
    ],
)
def test_a_returned_result_says_who_took_it(
    return_by: ReturnBy, said: dict[str, Any], field: str | None, why: str
) -> None:
    dossier = in_progress(return_by=return_by)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)

    def back() -> Dossier:
        return done(
            dossier, "return_result", by=COMMUNE_CLERK, at=MONDAY + DAY, **{**TAKEN, **said}
        )

    if field is None:
        assert back().state == State.RETURNED, why
    else:
        with pytest.raises(Refusal) as refused:
            back()
        assert refused.value.field == field, why


def test_only_what_is_due_the_same_day_is_settled_at_the_desk() -> None:
    settled = done(received(procedure_code=CERTIFIED_COPY), "settle", by=COMMUNE_CLERK, at=MONDAY)
    assert settled.state == State.RESOLVED
    with pytest.raises(Refusal):
        done(received(procedure_code=FIVE_DAYS), "settle", by=COMMUNE_CLERK, at=MONDAY)
    assert_counters_equal_facts()


def test_a_supplement_asked_in_time_counts_anew() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    asked = done(
        dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY, reason="Thiếu"
    )
    assert asked.paused_since == MONDAY + 2 * DAY
    assert due_on(asked) == date(2021, 3, 8), "while a pause runs the date stays"
    brought = done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    assert due_on(brought) == date(2021, 3, 17)
    assert brought.first_due_at is not None
    assert legal_date(brought.first_due_at) == date(2021, 3, 8)
    assert_counters_equal_facts()


def test_a_supplement_asked_late_only_pauses() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    friday = MONDAY + 4 * DAY
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=friday, reason="Thiếu")
    brought = done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    assert due_on(brought) == date(2021, 3, 11)
    assert_counters_equal_facts()


def test_a_supplement_is_asked_for_once() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY)
    with pytest.raises(Refusal, match="một lần"):
        done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY, reason="Nữa")


@pytest.mark.parametrize(
    ("received_on", "cites"),
    [(MONDAY, True), (datetime(2026, 3, 2, 2, 0, tzinfo=UTC), False)],
    ids=["under Decree 61/2018", "under Decree 118/2025"],
)
def test_a_second_request_is_refused_by_the_article_in_force(
    received_on: datetime, cites: bool
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS, at=received_on)
    said: dict[str, Any] = {"by": COMMUNE_OFFICER, "reason": "Thiếu"}
    done(dossier, "ask_for_supplement", at=received_on, **said)
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=received_on)
    with pytest.raises(Refusal, match="một lần") as refused:
        done(dossier, "ask_for_supplement", at=received_on, **said)
    assert ("61/2018" in str(refused.value)) == cites


def test_a_second_request_by_a_leader_is_overdue_at_the_finish_and_never_before() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    for days in (1, 3):
        done(
            dossier,
            "ask_for_supplement",
            by=COMMUNE_LEADER,
            at=MONDAY + days * DAY,
            reason="Thiếu",
            override=True,
        )
        done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + (days + 1) * DAY)
    resolved = done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 5 * DAY)
    assert timeliness(reading.facts(resolved), MONDAY) == Timeliness.OVERDUE
    assert_counters_equal_facts()


def test_nobody_but_a_leader_asks_a_second_time_whatever_he_says() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    again = {"reason": "Thiếu", "override": True}
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, **again)
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY)
    with pytest.raises(Refusal, match="một lần"):
        done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, **again)
    asked = done(dossier, "ask_for_supplement", by=COMMUNE_LEADER, at=MONDAY, **again)
    assert asked.second_request
    told = [line.details for line in asked.history if line.verb == Verb.ASK_SUPPLEMENT]
    assert told == [{"restarts": True}, {"restarts": False, "second_request": True}]


def test_a_withdrawal_counts_on_the_day_it_was_asked_for() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Đổi ý")
    ended = done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY + 20 * DAY)
    assert (ended.state, ended.outcome) == (State.STOPPED, Outcome.WITHDRAWN)
    assert ended.finished_at == MONDAY + DAY
    assert timeliness(reading.facts(ended), MONDAY) == Timeliness.EARLY
    assert_counters_equal_facts()


def test_a_clerk_does_not_confirm_the_withdrawal_he_noted() -> None:
    dossier = in_progress()
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason=None)
    with pytest.raises(Refusal, match="Xác nhận"):
        done(dossier, "confirm_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY)


def test_a_finish_while_a_supplement_is_awaited_is_judged_with_the_wait_as_a_pause() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY, reason="Thiếu")
    late = MONDAY + 30 * DAY
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=late, reason=None)
    ended = done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=late)
    assert timeliness(reading.facts(ended), late) != Timeliness.OVERDUE
    assert_counters_equal_facts()


def test_the_department_of_the_field_handles_what_the_district_desk_receives() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    assert dossier.handling_agency_id == staff(DISTRICT_OFFICER).agency_id
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY)
    done(dossier, "resolve", by=DISTRICT_OFFICER, at=MONDAY + DAY)


def test_another_agency_does_not_learn_that_a_dossier_exists() -> None:
    dossier = received()
    assert reading.by_code(dossier.code, staff(NEIGHBOUR)) is None


@pytest.mark.parametrize(
    "verb", ["resolve", "note_supplement", "confirm_withdrawal", "return_result"]
)
def test_what_the_table_does_not_know_is_refused(verb: str) -> None:
    said: dict[str, Any] = TAKEN if verb == "return_result" else {}
    with pytest.raises(Refusal, match="Không thể"):
        done(received(), verb, by=COMMUNE_LEADER, at=MONDAY, **said)


def test_the_history_is_one_chain_that_the_database_does_not_let_anybody_change() -> None:
    for _ in range(2):
        done(in_progress(), "resolve", by=COMMUNE_OFFICER, at=MONDAY + timedelta(hours=1))
    seal = b""
    codes = dict(db.session.query(Dossier.id, Dossier.code).all())
    for seq, line in enumerate(db.session.query(Entry).order_by(Entry.seq), 1):
        row = {column.name: getattr(line, column.name) for column in Entry.__table__.columns}
        assert (line.seq, line.previous_hash) == (seq, seal)
        assert history.sealed(row, codes[line.dossier_id]) == line.hash
        seal = line.hash
    for statement in ("UPDATE entry SET author_name = 'x'", "DELETE FROM entry"):
        with pytest.raises(DBAPIError, match="history is never"), transaction():
            db.session.execute(text(statement))


def test_the_seal_of_a_line_is_over_its_plain_json() -> None:
    dossier = in_progress()
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu “bản sao”")
    for line in db.session.query(Entry):
        facts = {
            "agency": line.agency_id,
            "seq": line.seq,
            "dossier": dossier.code,
            "verb": line.verb.value,
            "from": line.from_state and line.from_state.value,
            "to": line.to_state.value,
            "author": line.author_id,
            "happened_at": line.happened_at.isoformat(),
            "recorded_at": line.recorded_at.isoformat(),
            "reason": line.reason and hashlib.sha256(line.reason.encode()).hexdigest(),
            "details": line.details,
            "previous": line.previous_hash.hex(),
        }
        plain = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert line.hash == hashlib.sha256(plain.encode()).digest()


def test_a_write_outside_the_edge_is_refused() -> None:
    dossier = received()
    dossier.applicant_name = "Ai Khác"
    with pytest.raises(StrayWriteError):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(StrayWriteError):
        db.session.execute(db.delete(Dossier))


def test_what_was_begun_outside_the_edge_is_no_part_of_what_it_commits() -> None:
    db.session.add(DayCounter(agency_id=staff(COMMUNE_CLERK).agency_id, day=MONDAY.date(), last=7))
    with transaction():
        pass
    assert db.session.query(DayCounter).count() == 0


def test_a_citizen_may_submit_and_nothing_else() -> None:
    clerk = staff(COMMUNE_CLERK)
    made: Intake = handed_in(applicant=APPLICANT)
    with pytest.raises(Refusal), transaction():
        intake.receive(made, desk=desk(clerk), by=Citizen(), at=MONDAY)


def test_sums_of_flows_count_each_dossier_once() -> None:
    for _ in range(3):
        received()
    kept, _ = tallies.kept()
    received_by_grain = Counter[str]()
    for key, amounts in kept.items():
        received_by_grain[key[0].value] += amounts[0]
    assert received_by_grain == {"day": 3, "month": 3}
