"""Hand-over lists: made by who gives, confirmed on screen by who takes (rules.md 8; form 05)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import Verb, check_reason
from onestop.letters.actions import check_may_print, next_number
from onestop.letters.rules import Paper
from onestop.organisation import queries as organisation
from onestop.steps.models import ControlSlip, DossierStep, HandoverItem, HandoverList
from onestop.steps.queries import control_slips, handing

EXCERPT: Final = 30


def may_list(by: Staff) -> bool:
    """Say whether a post hands dossiers over, from the desk or behind it."""
    return by.may(Permission.HAND_OVER) or by.may(Permission.HAND_ON)


def may_confirm(listed: HandoverList, by: Staff) -> bool:
    """Say whether somebody may confirm a list: for the taker, and not his own."""
    return (
        listed.confirmed_at is None
        and listed.made_by_id != by.account_id
        and allows(Permission.HAND_ON, by, listed.taker_id, listed.taker_id)
    )


def make_list(codes: Sequence[str], *, by: Staff, at: datetime) -> list[HandoverList]:
    """List dossiers that the agency of `by` has handed over: one numbered list for each taker.

    Each stands on one list only. Raises `Refusal` where none was chosen, or one is on a list
    already, was handed over by another agency, or has gone on since.
    """
    if not may_list(by):
        raise Refusal(N_("Vai trò của bạn không được phép lập phiếu bàn giao."))
    wanted = set(codes)
    if not wanted:
        raise Refusal(N_("Chưa chọn hồ sơ nào."))
    handing.lock(Dossier.code.in_(wanted))
    pending = handing.pending(by, wanted)
    if {one.dossier.code for one in pending} != wanted:
        raise Refusal(N_("Có hồ sơ đã nằm trong phiếu khác hoặc đã chuyển tiếp; hãy tải lại."))
    made = []
    for taker_id in sorted({one.step.agency_id or 0 for one in pending}):
        year = legal_date(at).year
        listed = HandoverList(
            giver_id=by.agency_id,
            taker_id=taker_id,
            year=year,
            number=next_number(by.agency_id, Paper.HANDOVER_LIST, year),
            made_by_id=by.account_id,
            made_at=at,
        )
        db.session.add(listed)
        db.session.flush()
        own = [one for one in pending if one.step.agency_id == taker_id]
        for place, one in enumerate(own, 1):
            one.step.list_id = listed.id
            papers = sum(1 for paper in one.dossier.papers if paper["brought"])
            item = HandoverItem(
                list_id=listed.id,
                place=place,
                step_id=one.step.id,
                papers=papers,
                due_at=one.dossier.promised_at,
            )
            db.session.add(item)
        made.append(listed)
    db.session.flush()
    return made


def confirm(
    list_id: int,
    *,
    missed: Collection[str] = (),
    reason: str | None = None,
    by: Staff,
    at: datetime,
) -> HandoverList:
    """Confirm that what stands on a list was received; each dossier's history says so.

    What was `missed` leaves the list, with the reason, and waits at who gave it for another one.
    Raises `Refusal` for one who made the list himself, whose post does not take over for the
    agency, when it was confirmed already, or where the reason is missing; at `missed` for what does
    not stand on it.
    """
    handing.lock(handing.on_list(list_id))
    listed = db.session.get(HandoverList, list_id, with_for_update=True)
    if listed is None or not allows(Permission.HAND_ON, by, listed.taker_id, listed.taker_id):
        raise Refusal(N_("Vai trò của bạn không được phép xác nhận phiếu này."))
    if listed.made_by_id == by.account_id:
        raise Refusal(N_("Người lập phiếu không tự xác nhận; bên nhận xác nhận."))
    if listed.confirmed_at is not None:
        raise Refusal(N_("Phiếu này đã được xác nhận."))
    if missed:
        check_reason(reason)
    found = (
        select(Dossier, DossierStep, HandoverItem)
        .join(DossierStep, DossierStep.dossier_id == Dossier.id)
        .join(HandoverItem, HandoverItem.step_id == DossierStep.id)
        .where(HandoverItem.list_id == list_id)
        .order_by(Dossier.receiving_agency_id, HandoverItem.place)
    )
    rows = db.session.execute(found).all()
    _check_missed(missed, {row[0].code for row in rows})
    listed.confirmed_by_id, listed.confirmed_at = by.account_id, at
    lines: dict[int, list[Line]] = {}
    for dossier, step, item in rows:
        verb, why = Verb.CONFIRM_LIST, None
        if dossier.code in missed:
            verb, why = Verb.MISS_ON_LIST, reason
            _take_off(step, item, reason)
        said = {"step": step.seq, "number": handing.code(listed)}
        line = history.staying(dossier, verb, at, said, reason=why)
        lines.setdefault(dossier.receiving_agency_id, []).append(line)
    history.append_each(lines, by=by, at=at)
    db.session.flush()
    return listed


def _check_missed(missed: Collection[str], codes: Collection[str]) -> None:
    if strange := set(missed).difference(codes):
        said = N_("Hồ sơ %(code)s không có trên phiếu này.")
        raise Refusal(said, field="missed", code=min(strange)[:EXCERPT])


def _take_off(step: DossierStep, item: HandoverItem, reason: str | None) -> None:
    item.missed = reason
    if step.list_id == item.list_id:
        step.list_id = None


def print_slip(dossier: Dossier, *, by: Staff, at: datetime) -> ControlSlip:
    """Give a dossier's control slip its number, once; note each print in the history.

    Raises `Refusal` before the hand-over, and where the post may not print.
    """
    check_may_print(dossier, by)
    receiver = dossier.receiving_agency_id
    if not control_slips.blocks(dossier, at):
        raise Refusal(N_("Hồ sơ chưa bàn giao lần nào; chưa có phiếu kiểm soát."))
    slip = db.session.get(ControlSlip, dossier.id)
    verb = Verb.PRINT_AGAIN if slip else Verb.ISSUE_PAPER
    if slip is None:
        issuer, year = organisation.by_now(receiver, legal_date(at)), legal_date(at).year
        number = next_number(issuer, Paper.CONTROL_SLIP, year)
        slip = ControlSlip(
            dossier_id=dossier.id,
            agency_id=issuer,
            year=year,
            number=number,
            issued_at=at,
        )
        db.session.add(slip)
        db.session.flush()
    details = {"paper": str(Paper.CONTROL_SLIP), "number": control_slips.number(slip, dossier)}
    details |= {"title": Paper.CONTROL_SLIP.word}
    history.append(receiver, [history.staying(dossier, verb, at, details)], by=by, at=at)
    return slip
