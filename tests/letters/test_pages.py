"""However much there is to say, no page of a paper has only what stands below a text."""

import io
from collections.abc import Callable
from typing import Any, Final

import pytest
from pypdf import PdfReader

from onestop.dossiers.models import Dossier
from onestop.letters.models import Letter
from onestop.letters.rules import Sheet
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    apologised,
    done,
    in_progress,
)
from tests.letters.given import issued, print_of

# What is printed is set from what a letter says, which the tests of acts hold both databases to.
pytestmark = [
    pytest.mark.usefixtures("app"),
    pytest.mark.parametrize("prepared", ["sqlite"], indirect=True),
]
NEXT: Final = MONDAY + DAY
ASKED: Final[dict[str, Any]] = {"by": COMMUNE_OFFICER, "at": NEXT, "reason": "Sổ hộ khẩu"}
ROOM: Final = 24  # lines to push a signature off either sheet


def _withdrawn(dossier: Dossier) -> None:
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=NEXT, reason="Đổi ý")
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=NEXT)


ACTS: Final[dict[str, Callable[[Dossier], object]]] = {
    "nothing": lambda _: None,
    "supplement": lambda one: done(one, "ask_for_supplement", **ASKED),
    "refusal": lambda one: done(one, "refuse", grounds=GROUNDS, **ASKED),
    "apology": lambda one: apologised(one, (MONDAY + 9 * DAY).date(), at=NEXT),
    "stop": lambda one: done(one, "stop", by=COMMUNE_LEADER, at=NEXT, reason="Có bản án"),
    "payment": lambda one: done(
        one, "ask_for_payment", by=COMMUNE_OFFICER, at=NEXT, amount_vnd=5000, notice="12/TB"
    ),
    "withdrawal": _withdrawn,
}


def _longer(letter: Letter, lines: int) -> Letter:
    facts = {**letter.facts, "address": f"{'thôn ' * 14}Một, " * lines}
    return Letter(paper=letter.paper, issued_at=letter.issued_at, facts=facts)


@pytest.mark.parametrize("sheet", Sheet)
@pytest.mark.parametrize(
    ("act", "place", "last"),
    [
        ("nothing", 0, "Vào Sổ theo dõi hồ sơ"),
        ("supplement", 1, "Thời điểm yêu cầu"),
        ("refusal", 1, "Xin thông báo cho Ông/Bà"),
        ("apology", 1, "Thời gian hẹn trả kết quả lại"),
        ("stop", 1, "Xin thông báo cho Ông/Bà"),
        ("payment", 1, "không tính vào thời hạn"),
        ("withdrawal", 2, "Phí, lệ phí đã nộp"),
    ],
)
def test_whoever_signs_a_page_has_something_above_the_name(
    act: str, place: int, last: str, sheet: Sheet
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    ACTS[act](dossier)
    letter = issued(dossier, place, at=NEXT)
    counts = set()
    for lines in range(0, ROOM, 2):
        pages = PdfReader(io.BytesIO(print_of(_longer(letter, lines), dossier, sheet))).pages
        words = " ".join(pages[-1].extract_text().split())
        counts.add(len(pages))
        assert last in words, lines
        assert "HỒ SƠ" in words or "TRƯỞNG" in words or "NHẬN" in words, "who signs"
        assert "xin liên hệ" in words, "the foot"
    assert len(counts) > 1, "some are on one page, some are not"


def test_a_name_without_a_blank_stays_on_the_sheet() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    letter = issued(dossier)
    letter.facts = {**letter.facts, "owner": "Ễ" * 200, "email": f"{'w' * 200}@thi-du.example"}
    pages = PdfReader(io.BytesIO(print_of(letter, dossier))).pages
    text = " ".join(page.extract_text() for page in pages)
    assert text.count("Ễ") == 2 * 200
    assert "Ễ" * 60 not in text
    assert "w" * 60 not in text
