"""Passing a dossier to the agency that is competent for it (rules.md 5.7, 13)."""

from datetime import datetime

from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions.acting import acting
from onestop.dossiers.models import Dossier
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
