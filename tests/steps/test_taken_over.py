"""What lay at an agency that has ended lies with its successor: who acts on it, and who does not.

As on 1 July 2025, when the districts ended: their dossiers went on elsewhere under the code, the
clock and the history they had, and were not counted as received again (rules.md 13.2).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Operator
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import closing as closing_queries
from onestop.dossiers.queries import desks, lists, orders, reading, searching
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import State
from onestop.exchange.rules.directories import STAFF
from onestop.opinions.queries import lists as opinion_lists
from onestop.organisation import queries as organisation
from onestop.reporting.queries import periods
from onestop.reporting.rules import Wanted
from onestop.steps.actions import handing as listing
from onestop.steps.queries import choosing, handing, others, working
from onestop.steps.queries.listed import TaskList
from onestop.tallies.rules import Period
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.commands import onestop
from tests.conftest import Budget
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    MARITAL_STATUS,
    MONDAY,
    again,
    counted_again,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.dossiers.holding import ALWAYS
from tests.exchange.directories import row_of, taken
from tests.opinions.given import ANSWER, FINANCE, FINANCE_OFFICER, asked, said
from tests.organisation.given import closed
from tests.steps.given import (
    COMMUNE_FIRST,
    COMMUNE_THEN_DEPARTMENT,
    WELFARE,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

TUESDAY = MONDAY + DAY
AT_THE_DEPARTMENT = "D-DD-08"
LAST = date(2021, 3, 1)
DISTRICT, LANDS, COMMUNE = "H26.91", "H26.91.04", "H26.91.27"
HEIR, HEIR_CLERK, HEIR_OFFICER = "H26.91.22", "motcua1.daiang", "tuphap.daiang"
HEIR_LEADER = "chutich.daiang"
STRANGERS = ("motcua1.dongmy", "tuphap.dongmy", "chutich.dongmy")
pytestmark = pytest.mark.usefixtures("app")


def ended(*codes: str, heir: str | None = HEIR) -> None:
    for code in codes:
        closed(code, LAST, heir=heir)


@pytest.fixture(autouse=True)
def whatever_holds_of_all_dossiers_holds(app: Flask) -> Iterator[None]:
    """Look at all that was made as a walk does: history, counters, steps, numbers of papers."""
    yield
    for law in ALWAYS:
        with app.app_context():
            law(db.session.scalars(select(Dossier)).all())


def id_of(code: str) -> int:
    node = organisation.tree_with_past(TUESDAY.date()).by_code(code)
    assert node is not None, code
    return node.id


def sees(username: str, dossier: Dossier) -> bool:
    """Say whether somebody finds a dossier on his desk, by its words, and by its code."""
    who = staff(username, TUESDAY)
    opened = reading.by_code(dossier.code, who) is not None
    words = searching.matching("")
    found = lists.page(words, Filter(text=dossier.code), who, TUESDAY).rows
    view = DeskList.READY if again(dossier).state == State.RESOLVED else DeskList.MINE
    on_desk = desks.page(view, Filter(), who, TUESDAY).rows
    assert len({opened, bool(found), bool(on_desk)}) == 1, (username, opened, found, on_desk)
    assert desks.counts(who, TUESDAY)[view] == len(on_desk)
    return opened


def tasks(view: TaskList, username: str) -> list[str]:
    who = staff(username, TUESDAY)
    total = working.counts(who, TUESDAY, ())[view]
    return [one.code for one in working.page(view, who, TUESDAY, (), number=1, total=total).rows]


def test_a_district_dossier_half_way_is_finished_by_the_successor() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    due_at = dossier.due_at
    ended(DISTRICT, LANDS)
    assert tasks(TaskList.NEXT, HEIR_OFFICER) == [dossier.code]
    moved(dossier, "take_up", by=HEIR_OFFICER, at=TUESDAY)
    done(dossier, "resolve", by=HEIR_OFFICER, at=TUESDAY)
    back = {"taken_by": "Bà Thí Dụ", "id_document": "thẻ căn cước"}
    done(dossier, "return_result", by=HEIR_CLERK, at=TUESDAY, **back)
    found = counted_again(dossier)
    assert (found.state, found.due_at, found.code) == (State.RETURNED, due_at, dossier.code)
    assert found.receiving_agency_id == id_of(DISTRICT), "its figures stay where they were"


def test_what_somebody_had_in_hand_there_the_successor_s_head_gives_out_again() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    moved(dossier, "take_up", by=DISTRICT_OFFICER, at=MONDAY)
    ended(DISTRICT, LANDS)
    with pytest.raises(Refusal):
        moved(dossier, "hand_on", by=HEIR_OFFICER, at=TUESDAY)
    people = choosing.people([dossier.code], staff(HEIR_LEADER, TUESDAY), TUESDAY)
    assert HEIR_OFFICER in {one.username for one in people}
    moved(dossier, "take_back", by=HEIR_LEADER, at=TUESDAY, reason="Cơ quan đã kết thúc")
    moved(dossier, "assign", by=HEIR_LEADER, at=TUESDAY, to=HEIR_OFFICER)
    assert tasks(TaskList.MINE, HEIR_OFFICER) == [dossier.code]


def test_what_was_submitted_there_the_successor_checks_and_hands_over() -> None:
    first, second, third = (submitted() for _ in range(3))
    ended(COMMUNE)
    view = DeskList.NEW_ONLINE
    assert desks.counts(staff(HEIR_CLERK, TUESDAY), TUESDAY)[view] == 3
    assert desks.counts(staff(STRANGERS[0], TUESDAY), TUESDAY)[view] == 0
    done(first, "accept", by=HEIR_CLERK, at=TUESDAY, papers=frozenset({0}))
    done(first, "hand_over", by=HEIR_CLERK, at=TUESDAY)
    done(second, "ask_for_completion", by=HEIR_CLERK, at=TUESDAY, reason="Thiếu giấy")
    found = counted_again(first)
    places = (found.receiving_agency_id, found.handling_agency_id)
    assert places == (id_of(COMMUNE), id_of(HEIR))
    (line,) = trail_of(first, TUESDAY).lines
    assert line.step.given_by_id == id_of(HEIR), "whose desk handed it over"
    with pytest.raises(AssertionError):
        done(third, "accept", by=STRANGERS[0], at=TUESDAY, papers=frozenset({0}))


def test_a_desk_that_offered_it_to_its_last_day_has_it_accepted_by_the_successor() -> None:
    dossier = submitted()
    ended(COMMUNE)
    catalogue.changed(MARITAL_STATUS, TUESDAY.date(), offered_by=(HEIR,))
    done(dossier, "accept", by=HEIR_CLERK, at=TUESDAY, papers=frozenset({0}))
    assert again(dossier).state == State.RECEIVED


def test_what_a_desk_that_goes_on_offers_no_more_it_does_not_accept() -> None:
    dossier = submitted()
    catalogue.changed(MARITAL_STATUS, TUESDAY.date(), offered_by=(HEIR,))
    with pytest.raises(Refusal, match="không tiếp nhận thủ tục"):
        done(dossier, "accept", by=COMMUNE_CLERK, at=TUESDAY, papers=frozenset({0}))


@pytest.mark.on_both_databases
@pytest.mark.parametrize("who", [HEIR_CLERK, HEIR_LEADER])
def test_a_result_that_waits_there_waits_at_the_successor(who: str) -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    done(dossier, "settle", by=COMMUNE_CLERK, at=MONDAY)
    assert not sees(who, dossier)
    ended(COMMUNE)
    assert sees(who, dossier)
    assert not any(sees(one, dossier) for one in STRANGERS)


def test_without_a_successor_it_lies_at_nobody_but_those_above() -> None:
    dossier = received()
    ended(COMMUNE, heir=None)
    assert not any(sees(one, dossier) for one in (HEIR_CLERK, HEIR_LEADER, *STRANGERS))
    assert sees("chutich.thanhtri", dossier)


def test_a_leader_has_too_what_had_ended_below_whoever_he_took_over() -> None:
    handled = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    passed = received(by="motcua1.dongmy")
    done(passed, "transfer", by="chutich.thanhtri", at=MONDAY, to_agency=LANDS, reason="Nhầm")
    ended(LANDS, heir=None)
    ended(DISTRICT)
    leader = staff(HEIR_LEADER, TUESDAY)
    assert reading.by_code(passed.code, leader), "it lay at a department of the district"
    ended(LANDS, heir="H26.91.24")
    leader = staff(HEIR_LEADER, TUESDAY)
    assert reading.by_code(passed.code, leader) is None, "what named another is the other's"
    assert reading.by_code(handled.code, leader), "and this the district had received"
    assert reading.by_code(passed.code, staff("chutich.duyenha", TUESDAY))


def test_the_figures_stay_with_whoever_received() -> None:
    received()
    ended(COMMUNE)
    manager = staff(HEIR_LEADER, TUESDAY)
    assert id_of(COMMUNE) not in manager.subtree
    assert id_of(COMMUNE) in manager.agencies(Permission.READ_DOSSIERS)


@pytest.mark.on_both_databases
def test_it_is_handed_over_to_the_successor_of_the_department() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    ended(LANDS)
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)
    assert again(dossier).handling_agency_id == id_of(HEIR)
    (line,) = trail_of(dossier, TUESDAY).lines
    assert (line.step.keeper_id, line.step.agency_id) == (id_of(HEIR), id_of(HEIR))


def test_the_next_step_goes_to_the_successor_of_who_was_to_do_it() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency=COMMUNE)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    ended(WELFARE)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=TUESDAY)
    assert trail_of(dossier, TUESDAY).lines[1].step.keeper_id == id_of(HEIR)


def test_a_step_given_back_goes_to_the_successor_of_who_did_it() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency=COMMUNE)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    ended(COMMUNE)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=TUESDAY)
    moved(dossier, "give_back", by=WELFARE_OFFICER, at=TUESDAY, reason="Thiếu xác nhận")
    (step, _next) = (one.step for one in trail_of(dossier, TUESDAY).lines)
    assert (step.keeper_id, step.agency_id, step.account_id) == (id_of(HEIR), id_of(HEIR), None)
    assert again(dossier).handling_agency_id == id_of(HEIR)
    assert again(dossier).history[-1].details["step_at"] == HEIR
    moved(dossier, "take_up", by=HEIR_OFFICER, at=TUESDAY)


def test_a_wrong_result_is_mended_at_the_successor() -> None:
    dossier = in_progress()
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY)
    ended(COMMUNE)
    done(dossier, "correct", by=HEIR_LEADER, at=TUESDAY, reason="Sai tên")
    found = counted_again(dossier)
    assert (found.state, found.handling_agency_id) == (State.IN_PROGRESS, id_of(HEIR))
    moved(dossier, "take_up", by=HEIR_OFFICER, at=TUESDAY)


def test_an_opinion_that_was_asked_there_the_successor_gives() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    asked(dossier)
    ended(FINANCE)
    assert opinion_lists.asked_of(staff(HEIR_OFFICER, TUESDAY), TUESDAY)[0] == 1
    said(dossier, "give", by=HEIR_OFFICER, at=TUESDAY, answer=ANSWER)
    assert opinion_lists.asked_of(staff(HEIR_OFFICER, TUESDAY), TUESDAY)[0] == 0


def test_an_answer_that_came_there_is_news_for_the_successor() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    asked(dossier)
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY, answer=ANSWER)
    ended(LANDS)
    assert tasks(TaskList.ANSWERED, HEIR_OFFICER) == [dossier.code]
    assert not tasks(TaskList.ANSWERED, STRANGERS[1])


def test_the_successor_asks_others_and_never_itself() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    ended(LANDS, heir=FINANCE)
    with pytest.raises(Refusal, match="đang giải quyết"):
        asked(dossier, agency=FINANCE, by=FINANCE_OFFICER, at=TUESDAY)
    asked(dossier, agency="H26.91.12", by=FINANCE_OFFICER, at=TUESDAY)


def test_lists_that_wait_there_are_confirmed_by_the_successor_and_made_in_its_name() -> None:
    here, there = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT), in_progress()
    with transaction():
        listing.make_list([here.code], by=staff(DISTRICT_CLERK), at=MONDAY)
    ended(LANDS, COMMUNE)
    officer, clerk = staff(HEIR_OFFICER, TUESDAY), staff(HEIR_CLERK, TUESDAY)
    assert handing.count_to_confirm(officer) == 1
    (waiting,) = handing.lists(officer)
    with transaction():
        listing.confirm(waiting.row.id, by=officer, at=TUESDAY)
    assert [one.dossier.code for one in handing.pending(clerk)] == [there.code]
    with transaction():
        (made,) = listing.make_list([there.code], by=clerk, at=TUESDAY)
    assert (made.giver_id, made.number) == (clerk.agency_id, 1)
    assert not handing.lists(staff(STRANGERS[0], TUESDAY))


def test_what_an_agency_took_over_it_does_for_no_other_shop() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY)
    period = Period(LAST, TUESDAY.date())
    assert others.count(staff(WELFARE_OFFICER), period) == 1
    ended(COMMUNE)
    moved(dossier, "give_back", by=WELFARE_OFFICER, at=TUESDAY, reason="Thiếu xác nhận")
    assert trail_of(dossier, TUESDAY).lines[0].step.agency_id == id_of(HEIR)
    assert others.count(staff(HEIR_OFFICER, TUESDAY), period) == 0


def test_its_dates_are_among_those_of_the_successor() -> None:
    dossier = in_progress()
    ended(COMMUNE)
    assert [one.code for one in desks.coming(staff(HEIR_OFFICER, TUESDAY))] == [dossier.code]
    assert desks.coming(staff(STRANGERS[1], TUESDAY)) == ()


def test_so_are_the_dates_of_the_steps_that_wait_there() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency=COMMUNE)
    ended(COMMUNE)
    heir, stranger = (staff(one, TUESDAY) for one in (HEIR_OFFICER, STRANGERS[1]))
    assert [one.code for one in working.duties(heir)] == [dossier.code]
    assert not list(working.duties(stranger))


def test_it_may_go_over_twice() -> None:
    dossier = received()
    closed(COMMUNE, LAST, heir="H26.91.23")
    closed("H26.91.23", TUESDAY.date(), heir=HEIR)
    on_tuesday, on_wednesday = (staff(HEIR_CLERK, TUESDAY + n * DAY) for n in (0, 1))
    assert reading.by_code(dossier.code, on_tuesday) is None
    assert reading.by_code(dossier.code, on_wednesday)


def test_a_desk_that_took_over_costs_no_more_to_open(
    client: PolicingClient, budget: Budget
) -> None:
    received()
    client.sign_in(HEIR_CLERK)
    client.get("/desk")
    ended(COMMUNE)
    client.get("/desk")
    with budget(4):
        assert "Nguyễn Văn Thí Dụ" in client.get("/desk").text


@pytest.mark.parametrize("who", [HEIR_CLERK, HEIR_OFFICER, HEIR_LEADER])
def test_the_page_of_a_dossier_opens_to_the_successor_alone(
    client: PolicingClient, who: str
) -> None:
    dossier = in_progress()
    ended(COMMUNE)
    client.sign_in(who)
    assert client.get(f"/dossiers/{dossier.code}").status_code == 200
    assert dossier.code in client.get("/desk").text
    client.sign_in({HEIR_CLERK: STRANGERS[0], HEIR_OFFICER: STRANGERS[1]}.get(who, STRANGERS[2]))
    assert client.get(f"/dossiers/{dossier.code}").status_code == 404
    assert dossier.code not in client.get("/desk").text


STORM = "Công điện 21/CĐ-UBND"


def test_an_order_that_closes_the_successor_holds_what_it_took_over_by_then(app: Flask) -> None:
    today = legal_date(now())
    dossier, own = in_progress(at=now()), received(by=HEIR_CLERK, at=now())
    closed(COMMUNE, today - DAY, heir=HEIR)
    arguments = (HEIR, "--order", STORM, "--from", today.isoformat(), "--yes")
    told = onestop(app, "closure", "add", *arguments)
    assert told.exit_code == 0, told.stderr
    assert all(again(one).paused_since for one in (dossier, own))
    assert counted_again(dossier).receiving_agency_id == id_of(COMMUNE)


def test_an_order_from_before_the_end_holds_nothing_of_it() -> None:
    ended(COMMUNE)
    heir = Closure(STORM, frozenset({id_of(HEIR)}), MONDAY)
    assert orders.with_taken_over(heir).agency_ids == {id_of(HEIR)}
    after = replace(heir, begins_at=TUESDAY)
    assert orders.with_taken_over(after).agency_ids == {id_of(HEIR), id_of(COMMUNE)}


def test_an_order_about_what_has_ended_is_ended_by_the_successor() -> None:
    heir = staff(HEIR_LEADER)
    with transaction():
        closing.close(Closure(STORM, frozenset({id_of(COMMUNE)}), MONDAY), by=Operator(), at=MONDAY)
    (entered,) = closing_queries.recorded(staff("chutich.thanhtri"))
    assert orders.by_id(entered.closure.id, heir) is None
    ended(COMMUNE)
    heir = staff(HEIR_LEADER, TUESDAY)
    assert [one.closure.id for one in closing_queries.recorded(heir)] == [entered.closure.id]
    assert orders.by_id(entered.closure.id, heir)
    assert not closing_queries.recorded(staff(STRANGERS[2], TUESDAY))


def test_a_leader_of_the_successor_counts_its_own_alone() -> None:
    received()
    received(by=HEIR_CLERK)
    ended(COMMUNE)

    def counted(username: str) -> int:
        period = Period(LAST, TUESDAY.date())
        report = periods.rates(Wanted(period), at=TUESDAY, viewer=staff(username, TUESDAY))
        return report.total.received

    assert counted(HEIR_LEADER) == 1
    assert counted("chutich.thanhtri") == 2, "those above count what had been received below"


def test_a_citizen_chooses_among_desks_that_are_there(client: PolicingClient) -> None:
    ended(COMMUNE)
    page = client.get(f"/submit/{MARITAL_STATUS}").text
    assert "Xã Đại Áng" in page
    assert "Xã Ngọc Hồi" not in page


def test_who_goes_along_to_the_successor_keeps_what_he_has_in_hand() -> None:
    dossier = in_progress()
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    closed(COMMUNE, date(2021, 2, 28), heir=HEIR)
    made = taken(STAFF, row_of(STAFF, COMMUNE_OFFICER, agency_code=HEIR))
    assert made.given_back == {}
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=TUESDAY)
    moved(dossier, "sign", by=HEIR_LEADER, at=TUESDAY)
