"""The rows of rules.md 11.3 once more: from where to where, to what effect, and if with why."""

from typing import Final

from onestop.dossiers.rules.states import TABLE

ROWS: Final = """
submit                -  1   intake
receive               -  2   start
receive               1  2   start
refuse_at_intake      1  3   none       why
refuse_at_intake      5  3   none       why
ask_completion        1  5   none       why
bring_completion      5  1   intake
hand_over             2  4   none
settle                2  9   end
ask_supplement        4  5   restart    why
supplement            5  4   resume
resolve               4  9   end
resolve               6  9   end
refuse                4  9   end        why
return                9  10  none
correct               9  4   reopen     why
ask_payment           2  6   pause
ask_payment           4  6   pause
note_payment          6  2   resume
note_payment          6  4   resume
ask_withdrawal        2  7   pause
ask_withdrawal        4  7   pause
ask_withdrawal        5  7   pause
ask_withdrawal        6  7   pause
take_back_withdrawal  7  2   resume
take_back_withdrawal  7  4   resume
take_back_withdrawal  7  5   resume
take_back_withdrawal  7  6   resume
confirm_withdrawal    7  8   end
stop                  5  8   end        why
stop                  2  8   end        why
stop                  4  8   end        why
apologise             2  2   reappoint  why
apologise             4  4   reappoint  why
extend                2  2   extend     why
extend                4  4   extend     why
resume                2  2   resume     why
resume                4  4   resume     why
transfer              2  2   none       why
transfer              4  4   none       why
transfer              5  5   none       why
transfer              6  6   none       why
transfer              7  7   none       why
"""
BEFORE_RECEIPT: Final = {"bring_completion", "refuse_at_intake"}
"""State 5 means one thing before receipt and another after it."""


def test_the_table_is_that_of_the_law() -> None:
    rows = [
        [str(row.verb), str(row.from_state or "-"), str(row.to_state), str(row.effect)]
        + ["why"] * row.needs_reason
        for row in TABLE
    ]
    assert sorted(rows) == sorted(line.split() for line in ROWS.strip().splitlines())


def test_what_waits_for_papers_before_its_receipt_is_told_from_what_was_received() -> None:
    for row in TABLE:
        known = str(row.from_state) not in {"1", "None"} and str(row.verb) not in BEFORE_RECEIPT
        assert row.received in ({known} if str(row.from_state) == "5" else {None, known}), row


def test_what_goes_back_goes_to_where_it_stood() -> None:
    for row in TABLE:
        stays = row.from_state == row.to_state
        if str(row.effect) == "resume" and str(row.verb) != "supplement" and not stays:
            assert row.before == row.to_state, row
        else:
            assert row.before is None, row
