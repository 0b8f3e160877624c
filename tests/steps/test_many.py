"""Many steps at once: the number is said and asked about, and one that fails stops no other."""

import re

import pytest

from onestop.base.edge import transaction
from onestop.base.errors import Refusal, StaleError
from onestop.dossiers.actions.many import MOST, Done
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.states import Verb
from onestop.steps.actions import many
from onestop.steps.actions.many import Chosen
from onestop.steps.rules import Stage, stamp
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    in_progress,
    staff,
)
from tests.steps.given import (
    COMMUNE_THEN_DEPARTMENT,
    WELFARE,
    WELFARE_HEAD,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

pytestmark = pytest.mark.usefixtures("app")
COLLEAGUE = "vanhoaxahoi.ngochoi"


def chosen(dossier: Dossier) -> Chosen:
    current = trail_of(dossier, MONDAY).current
    assert current is not None
    return dossier.code, stamp(current.step.seq, current.step.turn)


def do(verb: Verb, *wanted: Chosen, by: str, to: str | None = None) -> Done:
    with transaction():
        return many.do(verb, wanted, to=to, by=staff(by), at=MONDAY + DAY)


def stage(dossier: Dossier) -> Stage:
    return trail_of(dossier, MONDAY + DAY).lines[0].step.stage


def drafts(amount: int) -> list[Dossier]:
    made = [in_progress(procedure_code=FIVE_DAYS) for _ in range(amount)]
    for one in made:
        moved(one, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
        moved(one, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    return made


def test_one_that_cannot_be_moved_stops_no_other() -> None:
    first, last = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    taken = in_progress(procedure_code=FIVE_DAYS)
    seen = chosen(taken)
    moved(taken, "take_up", by=COLLEAGUE, at=MONDAY)
    told = do(Verb.TAKE_UP, chosen(first), seen, chosen(taken), ("x", 0), chosen(last),
              by=COMMUNE_OFFICER)  # fmt: skip
    assert told.codes == (first.code, last.code)
    assert [one.code for one in told.left] == [taken.code, taken.code, "x"]
    assert isinstance(told.left[0].refusal, StaleError), "somebody was quicker"
    assert "đang làm" in str(told.left[1].refusal)
    assert [stage(one) for one in (first, last)] == [Stage.IN_HAND] * 2


def test_a_draft_that_was_changed_since_it_was_chosen_is_not_signed() -> None:
    as_seen, changed = drafts(2)
    wanted = chosen(as_seen), chosen(changed)
    moved(changed, "send_back", by=COMMUNE_LEADER, at=MONDAY, reason="sai số")
    moved(changed, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    told = do(Verb.SIGN, *wanted, by=COMMUNE_LEADER)
    assert told.codes == (as_seen.code,)
    assert isinstance(told.left[0].refusal, StaleError)


def test_work_is_given_to_one_of_those_who_work_where_it_lies() -> None:
    here, there = in_progress(procedure_code=FIVE_DAYS), in_progress(
        procedure_code=COMMUNE_THEN_DEPARTMENT
    )  # fmt: skip
    moved(there, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(there, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    told = do(Verb.ASSIGN, chosen(here), chosen(there), by="chutich.thanhtri", to=COMMUNE_OFFICER)
    assert told.codes == (here.code,)
    assert [one.refusal.field for one in told.left] == ["to"]
    assert "không làm việc ở đơn vị đang giữ" in str(told.left[0].refusal)


def test_people_of_several_agencies_stand_each_with_his_own(client: PolicingClient) -> None:
    here = in_progress(procedure_code=FIVE_DAYS)
    there = in_progress(procedure_code=FIVE_DAYS, by=NEIGHBOUR)
    client.sign_in("chutich.thanhtri")
    path = "/tasks/many?view=next"
    assert "Phạm Đức Lâm (Chuyên viên, Xã Ngọc Hồi)" in ask(
        client, "assign", chosen(here), chosen(there), path=path
    )
    assert "Phạm Đức Lâm (Chuyên viên)" in ask(client, "assign", chosen(here), path=path)


@pytest.mark.parametrize("amount", [0, MOST + 1])
def test_neither_nothing_nor_too_much_is_moved(amount: int) -> None:
    with pytest.raises(Refusal):
        do(Verb.SIGN, *((str(one), 1) for one in range(amount)), by=COMMUNE_LEADER)


def ask(client: PolicingClient, verb: str, *wanted: Chosen, path: str, **said: str) -> str:
    data = {"verb": verb, "step": [f"{code}:{stamped}" for code, stamped in wanted], **said}
    return client.post(path, data=data, follow_redirects=True).text


def test_an_officer_is_told_the_number_and_asked_before_anything_is_taken_up(
    client: PolicingClient,
) -> None:
    first, second, third = (in_progress(procedure_code=FIVE_DAYS) for _ in range(3))
    client.sign_in(COMMUNE_OFFICER)
    page = client.get("/tasks?view=next").text
    assert page.count('data-choose=""') == 3
    keys = [one for one in re.findall(r'data-key="(\S+)"', page) if one != "/"]
    assert keys == ["a", "n"], "no assigning for an officer, nothing to sign here"
    path = "/tasks/many?view=next"
    page = ask(client, "take_up", chosen(first), chosen(second), path=path)
    assert "Nhận việc: 2 việc?" in page
    assert stage(first) == Stage.OPEN
    page = ask(client, "take_up", chosen(first), chosen(second), path=path, sure="yes")
    assert "Đã ghi 2 hồ sơ." in page
    assert [stage(one) for one in (first, second, third)] == [
        Stage.IN_HAND, Stage.IN_HAND, Stage.OPEN]  # fmt: skip


def test_what_an_officer_has_signed_already_is_not_offered_to_him_to_take_up(
    client: PolicingClient,
) -> None:
    (draft,) = drafts(1)
    moved(draft, "sign", by=COMMUNE_LEADER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    page = client.get("/tasks?view=mine").text
    keys = [one for one in re.findall(r'data-key="(\S+)"', page) if one != "/"]
    assert keys == ["a", "o"]


@pytest.mark.on_both_databases
def test_all_of_a_list_are_assigned_by_the_head_to_whom_he_chooses(client: PolicingClient) -> None:
    made = [in_progress(procedure_code=FIVE_DAYS) for _ in range(3)]
    client.sign_in(COMMUNE_LEADER)
    path = "/tasks/many?view=next"
    page = ask(client, "assign", path=path, everything="yes")
    assert "Giao việc: 3 việc?" in page
    assert set(re.findall(r'name="step" value="(\S+):\d+"', page)) == {one.code for one in made}
    assert f'value="{COLLEAGUE}"' in page
    wanted = [chosen(one) for one in made]
    assert re.search(r'<option[^>]*value=""[^>]*>Chọn</option>', page), "nobody is meant unasked"
    page = ask(client, "assign", *wanted, path=path, sure="yes", to="")
    assert 'id="to-error">' in page
    assert "Hãy chọn người làm trong đơn vị đang giữ hồ sơ." in page
    assert {stage(one) for one in made} == {Stage.OPEN}
    page = ask(client, "assign", *wanted, path=path, sure="yes", to=COLLEAGUE)
    assert "Đã ghi 3 hồ sơ." in page
    assert trail_of(made[0], MONDAY).lines[0].person == "Đào Hà Trang"


@pytest.mark.on_both_databases
def test_many_are_handed_on_and_may_be_listed_together(client: PolicingClient) -> None:
    made = [in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT) for _ in range(2)]
    for one in made:
        moved(one, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    wanted = [chosen(one) for one in made]
    page = ask(client, "hand_on", *wanted, path="/tasks/many")
    assert f'value="{WELFARE}"' in page, "several departments could do it"
    assert re.search(r'<option[^>]*value=""[^>]*>Chọn</option>', page), "and none is meant unasked"
    page = ask(client, "hand_on", *wanted, path="/tasks/many", sure="yes")
    assert page.count("Hãy chọn đơn vị nhận.") == 2
    page = ask(client, "hand_on", *wanted, path="/tasks/many", sure="yes", agency=WELFARE)
    assert "Đã ghi 2 hồ sơ." in page
    assert "/handovers" in page
    client.sign_in(WELFARE_HEAD)
    assert client.get("/tasks/others").text.count('data-choose=""') == 2
    page = ask(
        client, "assign", path="/tasks/others/many", everything="yes"
    )  # fmt: skip
    assert "Giao việc: 2 việc?" in page
    assert f'value="{WELFARE_OFFICER}"' in page


@pytest.mark.on_both_databases
@pytest.mark.parametrize("path", ["/tasks/many?view=late", "/tasks/others/many?from=2021-03-01"])
def test_nothing_chosen_is_said_on_the_list_it_came_from(client: PolicingClient, path: str) -> None:
    client.sign_in(COMMUNE_LEADER)
    answer = client.post(path, data={"verb": "sign"})
    assert answer.location == path.replace("/many", "")
    assert "Chưa chọn hồ sơ nào." in client.get(answer.location).text


@pytest.mark.parametrize("verb", ["send_back", "resolve", "x"])
def test_what_needs_the_reason_of_each_is_not_done_to_many(
    client: PolicingClient, verb: str
) -> None:
    client.sign_in(COMMUNE_LEADER)
    data = {"verb": verb, "step": ["x:1"]}
    assert client.post("/tasks/many", data=data).status_code == 404
    assert client.post("/tasks/many?view=x", data={"verb": "sign"}).status_code == 404


def test_an_ill_formed_choice_is_told_like_any_that_cannot_be_done(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_LEADER)
    data = {"verb": "sign", "step": ["x", ":1", "H1:y", "<b>:1"], "sure": "yes"}
    page = client.post("/tasks/many?view=decide", data=data).text
    assert page.count("Không có hồ sơ này trong phạm vi của bạn.") == 2
    assert "<b>:1" not in page


@pytest.mark.on_both_databases
def test_whoever_ends_many_early_is_told_how_many_have_steps_ahead(
    client: PolicingClient,
) -> None:
    two_steps = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT).code
    elsewhere = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT, by=NEIGHBOUR).code
    one_step = in_progress(procedure_code=FIVE_DAYS).code
    client.sign_in(COMMUNE_OFFICER)
    all_three = {"verb": "resolve", "code": [two_steps, one_step, elsewhere]}
    assert "1 hồ sơ còn bước chưa đến lượt" in client.post("/desk/many", data=all_three).text
    alone = {"verb": "resolve", "code": one_step}
    assert "chưa đến lượt" not in client.post("/desk/many", data=alone).text
