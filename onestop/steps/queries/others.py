"""Steps done for dossiers that another shop received: never part of one's own totals."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from onestop.base.database import db
from onestop.base.paging import whole_of
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.timing import Timeliness
from onestop.organisation import queries as organisation
from onestop.steps.models import DossierStep
from onestop.steps.queries import dates
from onestop.steps.rules import RUNNING, Part, Stage, stamp, standing_of
from onestop.tallies.rules import Period

MOST: Final = 1000
DOSSIER: Final = (Dossier, Dossier.id == DossierStep.dossier_id)


@dataclass(frozen=True)
class ForOthers:
    """One step that an agency did, or does, for another shop's dossier; it names no applicant.

    `stamp` changes with whatever is done to it.
    """

    code: str
    stamp: int
    stage: Stage
    agency_id: int | None
    receiver_id: int
    procedure: Procedure
    part: Part
    standing: Timeliness | None
    has_holder: bool

    @property
    def runs(self) -> bool:
        """Say whether the step is being done."""
        return self.stage in RUNNING


def steps(by: Staff, period: Period, at: datetime) -> Sequence[ForOthers]:
    """Return the steps that ran in a period at the agencies of `by`, the last begun first.

    No more than `MOST`. A shop's own department does not work for others: what its shop received
    is the shop's.
    """
    return list(_rows(db.session.execute(_listed(by, period).limit(MOST)), at))


def whole(by: Staff, period: Period, at: datetime) -> Iterator[ForOthers]:
    """Yield all of them, in that order."""
    return _rows(whole_of(_listed(by, period)), at)


def count(by: Staff, period: Period) -> int:
    """Return how many there are."""
    found = select(func.count()).select_from(DossierStep).join(*DOSSIER)
    return db.session.scalar(found.where(_ran(by, period))) or 0


def _listed(by: Staff, period: Period) -> Select[*tuple[Any, ...]]:
    return (
        select(DossierStep, Dossier.code, Dossier.receiving_agency_id, Dossier.procedure_id,
               Dossier.received_at, Dossier.submitted_at, Dossier.paused_since)
        .join(*DOSSIER)
        .where(_ran(by, period))
        .order_by(DossierStep.started_at.desc(), DossierStep.id.desc())
    )  # fmt: skip


def _ran(by: Staff, period: Period) -> ColumnElement[bool]:
    own, lines = by.agencies(Permission.HAND_ON), organisation.lines()
    over = organisation.taken_over(period.last)
    foreign = or_(
        *(
            and_(
                DossierStep.agency_id == one,
                Dossier.receiving_agency_id.not_in(_with_their_past(lines.get(one, (one,)), over)),
            )
            for one in sorted(own)
        )
    )
    begins = midnight(period.first)
    ends = midnight_after(period.last)
    return and_(
        foreign,
        DossierStep.kind.is_not(None),
        DossierStep.started_at < ends,
        or_(DossierStep.finished_at.is_(None), DossierStep.finished_at >= begins),
    )


def _with_their_past(line: Sequence[int], over: Mapping[int, frozenset[int]]) -> frozenset[int]:
    return frozenset(line).union(*(over.get(one, ()) for one in line))


def _rows(found: Iterable[Any], at: datetime) -> Iterator[ForOthers]:
    for step, code, receiver_id, procedure_id, received_at, submitted_at, paused_since in found:
        part = Part(
            step.seq,
            Limit(step.limit_value, step.limit_unit),
            step.started_at,
            step.due_at,
            step.finished_at,
            step.result,
            dates.still_since(step, paused_since),
        )
        yield ForOthers(
            code,
            stamp(step.seq, step.turn),
            step.stage,
            step.agency_id,
            receiver_id,
            catalogue.as_of(procedure_id, legal_date(received_at or submitted_at)),
            part,
            standing_of(part, at),
            step.account_id is not None,
        )


def figures(rows: Iterable[ForOthers]) -> Mapping[Timeliness, int]:
    """Return how many steps stand how."""
    counted = Counter(one.standing for one in rows)
    return {standing: counted[standing] for standing in Timeliness}
