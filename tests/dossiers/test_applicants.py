"""Who is known from before, and what of theirs is still open when they come again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onestop.base.clock import now
from onestop.base.database import db, is_postgresql
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.notes import Look
from onestop.base.viewer import Operator
from onestop.dossiers.actions import closing, intake
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.identity import Applicant, same_person
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MARITAL_STATUS,
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
from tests.dossiers.test_desks import explained
from tests.dossiers.test_views import FILLED_IN

NUMBER = str(APPLICANT.id_number)
AGAIN = {**FILLED_IN, "key": "second press"}
CARD = f"{NUMBER}|111222333|Nguyễn Văn Thí Dụ|01021991|Nam|Thôn Hai|02032022"


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


@pytest.mark.parametrize(
    ("other", "same", "why"),
    [
        ({"name": "Khác", "phone": None}, True, "the number alone decides"),
        ({"id_number": "999091000124"}, False, "two numbers are two people, whatever the phone"),
        ({"id_number": None, "name": "NGUYEN van thi du"}, True, "phone and name, no diacritics"),
        ({"id_number": None, "name": "Trần Thị Khác"}, False, "a phone is a family's"),
        ({"id_number": None, "phone": None}, False, "a name is a thousand people's"),
    ],
)
def test_who_counts_as_the_same_person(other: dict[str, Any], same: bool, why: str) -> None:
    assert same_person(APPLICANT, replace(APPLICANT, **other)) is same, why
    assert same_person(replace(APPLICANT, **other), APPLICANT) is same, why


def known(number: str = NUMBER, by: str = COMMUNE_CLERK) -> applicants.Known | None:
    return applicants.known((number,), staff(by))


@pytest.mark.usefixtures("app")
def test_a_look_for_like_dossiers_never_goes_through_the_whole_desk() -> None:
    dossier = received()
    with explained() as plans:
        assert [
            one.code
            for one in applicants.running(APPLICANT, dossier.procedure_id, staff(COMMUNE_CLERK))
        ] == [dossier.code]
    (plan,) = plans
    assert is_postgresql() or "ix_dossier_person" in plan, "PostgreSQL weighs the ways by itself"
    assert is_postgresql() or "ix_dossier_called (applicant_phone=? AND procedure_id=?)" in plan


@pytest.mark.usefixtures("app")
def test_the_newest_dossier_in_reach_tells_who_it_is() -> None:
    received()
    newest = received(at=MONDAY + DAY, applicant=replace(APPLICANT, phone="0600999999"))
    received(by=NEIGHBOUR, at=MONDAY + 2 * DAY, applicant=replace(APPLICANT, phone="0600888888"))
    found = known()
    assert found
    assert (found.code, found.applicant.phone) == (newest.code, "0600999999")
    assert known("999091000124") is None


@pytest.mark.usefixtures("app")
def test_another_desk_learns_nothing_of_an_applicant() -> None:
    received()
    assert known(by=NEIGHBOUR) is None
    procedure_id = received().procedure_id
    assert applicants.running(APPLICANT, procedure_id, staff(NEIGHBOUR)) == ()


def open_ones(who: Applicant = APPLICANT) -> list[str]:
    procedure_id = db.session.query(Dossier.procedure_id).order_by(Dossier.id).first()
    assert procedure_id
    return [one.code for one in applicants.running(who, procedure_id[0], staff(COMMUNE_CLERK))]


@pytest.mark.usefixtures("app")
def test_only_what_is_like_it_and_not_over_is_evidence() -> None:
    first = in_progress()
    received(procedure_code=FIVE_DAYS)
    sent = submitted(at=MONDAY + DAY)
    assert open_ones() == [first.code, sent.code]
    assert open_ones(replace(APPLICANT, id_number=None)) == [first.code, sent.code]
    done(first, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    assert first.code in open_ones(), "its result still waits at the desk"
    done(first, "return_result", by=COMMUNE_CLERK, at=MONDAY + DAY,
         taken_by=APPLICANT.name, id_document="căn cước")  # fmt: skip
    done(
        sent, "refuse_at_intake", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Trùng", grounds=GROUNDS
    )
    assert open_ones() == []


def take_in(*heeded: str, although: str | None = None) -> Dossier:
    clerk = staff(COMMUNE_CLERK)
    made = handed_in(heeded=frozenset(heeded), although=although)
    with transaction():
        return intake.receive(made, desk=desk(clerk), by=clerk, at=MONDAY + timedelta(hours=1))


@pytest.mark.usefixtures("app")
def test_a_like_dossier_is_taken_in_only_by_a_decision_that_the_history_keeps() -> None:
    first = received()
    with pytest.raises(Refusal, match="chưa xong") as unseen:
        take_in(although="Cần thêm bản")
    assert unseen.value.field == "although"
    with pytest.raises(Refusal, match="vì sao"):
        take_in(first.code)
    assert db.session.query(Dossier).count() == 1
    second = take_in(first.code, although="Cần thêm bản")
    (line,) = second.history
    assert (line.reason, line.details["beside"]) == ("Cần thêm bản", [first.code])
    assert "due_at" in line.details
    with pytest.raises(Refusal):
        take_in(first.code, although="chưa thấy hồ sơ thứ hai")


def test_the_page_shows_the_evidence_and_takes_the_decision(clerk: PolicingClient) -> None:
    first = received(at=now())
    refused = clerk.post("/receive", data=AGAIN)
    assert refused.status_code == 422
    assert f'name="heeded" value="{first.code}"' in refused.text
    assert "Đã tiếp nhận" in refused.text
    assert '<a href="#although">' in refused.text
    decided = {**AGAIN, "heeded": first.code, "although": "Cần thêm một bản"}
    saved = clerk.post("/receive", data=decided)
    assert saved.status_code == 302
    assert clerk.post("/receive", data=decided).location == saved.location, (
        "sent twice, one dossier"
    )
    assert db.session.query(Dossier).count() == 2
    code = saved.location.split("/")[2]
    page = clerk.get(f"/dossiers/{code}").text
    assert "Cần thêm một bản" in page
    assert f"Vẫn nhận dù đã thấy hồ sơ chưa xong: {first.code}." in page


def test_the_evidence_stands_beside_the_form_before_anything_is_saved(
    clerk: PolicingClient,
) -> None:
    first = received(at=now())
    chosen = clerk.post("/receive/choice", data={**FILLED_IN, "procedure": "", "q": MARITAL_STATUS})
    assert first.code in chosen.text
    evidence = clerk.post("/receive/applicant", data=FILLED_IN).text.split('name="heeded"')[0]
    assert first.code in evidence
    assert str(first.state.word) in evidence, "what became of it"
    assert f'nộp <time datetime="{local(first.submitted_at):%Y-%m-%d}' in evidence, "since when"
    other = {**FILLED_IN, "procedure": FIVE_DAYS}
    answer = clerk.post("/receive/applicant", data=other).text
    assert 'name="heeded"' not in answer


def test_the_evidence_is_read_before_the_button_that_saves(clerk: PolicingClient) -> None:
    first = received(at=now())
    page = clerk.post("/receive", data=FILLED_IN).text
    assert page.index(f"/dossiers/{first.code}") < page.index("Lưu và in giấy hẹn")


def test_the_evidence_names_no_date_while_the_clock_of_a_like_dossier_stands_still(
    clerk: PolicingClient,
) -> None:
    at = now()
    first = received(at=at)

    def told() -> str:
        return clerk.post("/receive/applicant", data=FILLED_IN).text.split('name="heeded"')[0]

    assert "hẹn <time" in told()
    order = Closure("CĐ 9", frozenset({first.receiving_agency_id}), at, None, "Bão")
    with transaction():
        closing.close(order, by=Operator(), at=at)
    assert "chưa có hẹn" in told()
    assert "hẹn <time" not in told()
    assert "Chưa có hẹn mới" in clerk.get(f"/dossiers/{first.code}").text, "as its own page says"


def test_a_known_number_fills_in_from_a_named_dossier_and_the_look_is_noted(
    clerk: PolicingClient,
) -> None:
    first = received(at=now())
    answer = clerk.post("/receive/applicant", data={"id_number": "999 091 000 123"}).text
    assert first.code in answer
    assert 'data-fills="phone" value="0600123456"' in answer
    assert db.session.query(Look).filter_by(dossier_id=first.id).count() == 1
    assert "data-fills" not in clerk.post("/receive/applicant", data={"id_number": "1"}).text


def test_without_a_script_a_button_fills_in_and_another_takes_it_back(
    clerk: PolicingClient,
) -> None:
    received(at=now())
    typed = {"id_number": NUMBER, "phone": "0600999999", "act": "applicant"}
    filled = clerk.post("/receive", data=typed)
    assert filled.status_code == 200
    assert 'required type="text" value="Nguyễn Văn Thí Dụ"' in filled.text
    assert 'value="0600999999"' in filled.text, "what was typed stays"
    left = clerk.post(
        "/receive", data={**typed, "name": APPLICANT.name, "address": "Thôn Hai", "act": "leave"}
    ).text
    assert 'required type="text" value=""' in left
    assert 'value="Thôn Hai"' in left


def test_a_card_fills_the_form_or_says_why_not(clerk: PolicingClient) -> None:
    answer = clerk.post("/receive/applicant", data={"id_number": CARD}).text
    assert f'data-reads="id_number" value="{NUMBER}"' in answer
    assert 'data-reads="address" value="Thôn Hai"' in answer
    damaged = clerk.post("/receive/applicant", data={"id_number": CARD.replace("|Nam|", "|Nữ|")})
    assert "không khớp" in damaged.text
    assert "data-reads" not in damaged.text
    refused = clerk.post("/receive", data={**FILLED_IN, "id_number": CARD.replace("|Nam|", "|Nữ|")})
    assert refused.text.count("không khớp") == 2, "on top and at its field, not once more below"
    saved = clerk.post("/receive", data={**FILLED_IN, "id_number": CARD, "name": ""})
    assert saved.status_code == 302, "a card is read at saving too"
    assert db.session.query(Dossier).one().applicant_id_number == NUMBER


def test_a_card_finds_who_was_known_by_the_number_before(clerk: PolicingClient) -> None:
    old = received(at=now(), applicant=replace(APPLICANT, id_number="111222333"))
    assert old.code in clerk.post("/receive/applicant", data={"id_number": CARD}).text


def test_a_like_dossier_is_decided_about_at_the_acceptance_of_a_submission_too(
    clerk: PolicingClient,
) -> None:
    first = received(at=now())
    sent = submitted(at=now())
    path = f"/dossiers/{sent.code}/accept"
    page = clerk.get(path).text
    assert f'name="heeded" value="{first.code}"' in page
    assert f'name="heeded" value="{sent.code}"' not in page
    said = {"version": str(sent.version), "act": "accept", "papers": ["0"]}
    unseen = clerk.post(path, data=said)
    assert unseen.status_code == 422
    assert '<a href="#although">' in unseen.text
    silent = clerk.post(path, data={**said, "heeded": first.code})
    assert "Hãy ghi vì sao vẫn nhận thêm" in silent.text
    decided = {**said, "heeded": first.code, "although": "Nộp cho người con thứ hai"}
    assert clerk.post(path, data=decided).status_code == 302
    page = clerk.get(f"/dossiers/{sent.code}").text
    assert "Nộp cho người con thứ hai" in page
    assert f"Vẫn nhận dù đã thấy hồ sơ chưa xong: {first.code}." in page


def test_a_submission_like_no_other_is_accepted_without_a_word(clerk: PolicingClient) -> None:
    received(at=now(), procedure_code=FIVE_DAYS)
    sent = submitted(at=now())
    path = f"/dossiers/{sent.code}/accept"
    assert 'name="although"' not in clerk.get(path).text
    said = {"version": str(sent.version), "act": "accept"}
    assert clerk.post(path, data=said).status_code == 302


def test_a_like_dossier_does_not_hold_up_a_refusal(clerk: PolicingClient) -> None:
    received(at=now())
    sent = submitted(at=now())
    said = {"version": str(sent.version), "act": "refuse_at_intake", "reason": "Trùng hồ sơ"}
    said["ground"] = "settled"
    assert clerk.post(f"/dossiers/{sent.code}/accept", data=said).status_code == 302
