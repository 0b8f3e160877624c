"""What the history keeps of why a dossier is refused, beside the reason in words."""

from datetime import datetime

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.rules.refusals import Grounds
from onestop.organisation import queries as organisation


def kept(grounds: Grounds, at: datetime) -> dict[str, str]:
    """Return the grounds of a refusal as a line of history keeps them: codes, and so no person.

    The competent agency is told where it is known (Decree 61/2018 art. 17(1b), 17(2a); rules.md
    5.3; form 03). Raises `Refusal` at `ground` where none is chosen, and at `competent_agency`
    where there is none of that code today.
    """
    told = {"ground": str(grounds.chosen())}
    if grounds.competent_agency:
        found = organisation.tree(legal_date(at)).by_code(grounds.competent_agency)
        if found is None:
            raise Refusal(N_("Không có cơ quan này."), field="competent_agency")
        told["competent_agency"] = found.code
    return told
