"""The desk's check of what was submitted to it: accepted, sent back for completion, or refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onestop.base.viewer import Author
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.papers import Copies
from onestop.dossiers.actions import opening
from onestop.dossiers.actions.acting import acting, permitted
from onestop.dossiers.actions.grounds import kept
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import checks
from onestop.dossiers.queries.checks import check_due
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import Verb


def accept(
    dossier: Dossier,
    *,
    papers: frozenset[int],
    by: Author,
    at: datetime,
    copies: Mapping[int, Copies] | None = None,
    sets: int | None = None,
    heeded: frozenset[str] | None = None,
    although: str | None = None,
    sooner: str | None = None,
) -> None:
    """Accept a submission that is complete and valid: the limit starts now (rules.md 4.3).

    Where the law of the procedure has it so it started when the hours for the check ended. Like
    dossiers are decided about as at the counter (`receive`). Raises `Refusal` where the procedure
    has ended meanwhile, or the desk receives it no more, and as `Procedure.sooner` does.
    """
    permitted(dossier, Verb.RECEIVE, by=by, reason=None)
    decided = opening.decided_beside(dossier, heeded, although, by)
    told: dict[str, Any] = {"beside": decided["beside"]} if decided else {}
    with acting(dossier, Verb.RECEIVE, by=by, at=at, reason=decided.get("reason"), told=told):
        procedure = opening.still_in_force(dossier, at)
        opening.copy(dossier, procedure, papers, copies or {}, sets)
        _checked(dossier, at)
        told |= opening.promise(dossier, sooner, at)
        told |= opening.start(dossier, at, counts_from=checks.counts_from(dossier, procedure, at))


def refuse_at_intake(
    dossier: Dossier, *, grounds: Grounds, reason: str | None, by: Author, at: datetime
) -> None:
    """Refuse a submission, or one that was never completed, with a reason; no code is reused.

    Raises `Refusal` as `kept` does (form 03).
    """
    told: dict[str, str] = {}
    with acting(dossier, Verb.REFUSE_AT_INTAKE, by=by, at=at, reason=reason, told=told):
        told |= kept(grounds, at)
        dossier.not_accepted_at = at
        _checked(dossier, at)
        dossier.intake_due_at = None


def ask_for_completion(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """Ask for what a submission lacks; it is not received, and no clock runs."""
    with acting(dossier, Verb.ASK_COMPLETION, by=by, at=at, reason=reason):
        _checked(dossier, at)
        dossier.intake_due_at = None


def bring_completion(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Take the completed papers in again; the desk has a new intake clock to check them."""
    with acting(dossier, Verb.BRING_COMPLETION, by=by, at=at):
        dossier.intake_due_at = check_due(dossier.receiving_agency_id, at)


def _checked(dossier: Dossier, at: datetime) -> None:
    """Keep whether the desk exceeded its hours for an online submission, now or at a check before.

    Rules.md 4.3, 8.
    """
    if dossier.channel == Channel.ONLINE and dossier.intake_due_at is not None:
        dossier.late_intake = bool(dossier.late_intake) or checks.is_late(dossier, at)
