"""Passing a dossier to the agency that is competent for it (rules.md 5.7, 13)."""

from datetime import datetime

from onestop.base.errors import Refusal
from onestop.base.viewer import Author, Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions.acting import acting
from onestop.dossiers.actions.reversing import reverse
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import passing
from onestop.dossiers.rules.states import Verb
from onestop.organisation import queries as organisation


def transfer(
    dossier: Dossier, *, to_agency: str | None, reason: str | None, by: Author, at: datetime
) -> None:
    """Give a dossier to another handling agency; it is no new application.

    Code, clock, history and the agency that received it stay, and so do the figures, which are
    the receiver's (rules.md 13.1: a transfer never restarts the limit). Raises `Refusal` at
    `to_agency` where there is none of that code today, or it handles the dossier already.
    """
    known = organisation.tree_with_past(legal_date(at))
    found = organisation.tree(legal_date(at)).by_code((to_agency or "").strip().upper())
    was = known.by_id(dossier.handling_agency_id)
    told = {"from_agency": was and was.code, "to_agency": found and found.code}
    with acting(dossier, Verb.TRANSFER, by=by, at=at, reason=reason, told=told):
        if found is None:
            raise Refusal(N_("Hãy chọn cơ quan có thẩm quyền."), field="to_agency")
        if found.id == dossier.handling_agency_id:
            raise Refusal(N_("Cơ quan này đang giải quyết hồ sơ rồi."), field="to_agency")
        dossier.handling_agency_id = found.id


def take_back(code: str, *, by: Staff, at: datetime) -> Dossier:
    """Take back a dossier that `by` passed on, while the other agency has done nothing with it.

    It lies again where it lay, with the clock that ran on and whoever had it in hand; both lines
    stay in the history. Raises `Refusal` where there is none of that code, and as `reverse` does.
    """
    dossier = passing.for_taking_back(code, by)
    if dossier is None:
        raise Refusal(N_("Nơi nhận đã làm hồ sơ này, hoặc không phải bạn đã chuyển nó."))
    reverse(dossier, by=by, at=at)
    return dossier
