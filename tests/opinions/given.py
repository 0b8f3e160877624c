"""Questions asked and answered the way their pages do it."""

from datetime import datetime
from typing import Any

from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.deadlines.rules.limits import Limit
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.opinions import actions
from onestop.opinions.queries import questions
from onestop.opinions.queries.questions import Questions
from onestop.opinions.rules import Asking
from tests.dossiers.given import DISTRICT_CLERK, LAND, MONDAY, in_progress, staff

OFFICER = "chuyenvien1.tainguyen"
FINANCE = "H26.91.03"
FINANCE_OFFICER = "chuyenvien1.taichinh"
QUESTION = "Đề nghị cho ý kiến về nguồn kinh phí."
ANSWER = "Thống nhất, kinh phí đã có."


def handled(**changes: Any) -> Dossier:
    """Return a dossier that the district's department of land works on."""
    return in_progress(by=DISTRICT_CLERK, procedure_code=LAND, **changes)


def asked(
    dossier: Dossier,
    *,
    agency: str | None = FINANCE,
    outsider: str | None = None,
    content: str = QUESTION,
    limit: str = "3wd",
    by: str = OFFICER,
    at: datetime = MONDAY,
) -> int:
    """Ask for an opinion; return the number of the question."""
    actor = staff(by, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        asking = Asking(agency, outsider, content, Limit.parse(limit))
        return actions.ask(fresh, asking, by=actor, at=at).seq


def said(dossier: Dossier, verb: str, *, by: str, at: datetime, seq: int = 1, **told: Any) -> None:
    """Answer or withdraw a question."""
    actor = staff(by, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None, "the dossier lies within sight"
        getattr(actions, verb)(fresh, seq=seq, by=actor, at=at, **told)


def opinions_of(dossier: Dossier, at: datetime, by: str | None = None) -> Questions:
    fresh = reading.by_code(dossier.code, Operator())
    assert fresh is not None
    return questions.of(fresh, staff(by, at) if by else Operator(), at)
