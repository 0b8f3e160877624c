"""What is known of an applicant from before: earlier dossiers, and those like the one at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, false, func, select, union_all

from onestop.base.database import connected, db, folded
from onestop.base.questions import Question
from onestop.base.viewer import Viewer
from onestop.base.words import fold
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import ACTIVE, Reach, reach_of, seen_by
from onestop.dossiers.queries.searching import matching
from onestop.dossiers.rules.identity import Applicant, same_person
from onestop.dossiers.rules.states import State

WHO: Final = (
    Dossier.applicant_name,
    Dossier.applicant_kind,
    Dossier.applicant_id_number,
    Dossier.applicant_phone,
    Dossier.applicant_address,
    Dossier.applicant_email,
)


LIKE: Final = (
    Dossier.code,
    Dossier.state,
    Dossier.submitted_at,
    Dossier.due_at,
    Dossier.paused_since,
    Dossier.overdue_from,
)
TOLD: Final[tuple[Any, ...]] = (*LIKE, *WHO)
MOST_WRITTEN: Final = 64


@dataclass(frozen=True)
class Known:
    """An applicant as an earlier dossier has them."""

    dossier_id: int
    code: str
    submitted_at: datetime
    applicant: Applicant


@dataclass(frozen=True)
class Running:
    """A dossier of the same applicant under the same procedure that has not come to its end."""

    code: str
    state: State
    submitted_at: datetime
    due_at: datetime | None
    paused_since: datetime | None
    overdue_from: datetime | None

    @property
    def is_held(self) -> bool:
        """Say whether a pause runs that began in time: nothing is promised until it ends."""
        since, late = self.paused_since, self.overdue_from
        return since is not None and late is not None and since < late


def known(numbers: Iterable[str | None], viewer: Viewer) -> Known | None:
    """Return the applicant of an identity number from the newest dossier that the viewer may see.

    The first number that is known decides: the one of the card before is asked last.
    """
    for number in filter(None, numbers):
        if found := _newest(Dossier.applicant_id_number == number, viewer):
            return found
    return None


def of(code: str, viewer: Viewer) -> Known | None:
    """Return the applicant of a dossier that the viewer may see."""
    return _newest(Dossier.code == code, viewer)


def _newest(condition: ColumnElement[bool], viewer: Viewer) -> Known | None:
    found = db.session.execute(
        select(Dossier.id, Dossier.code, Dossier.submitted_at, *WHO)
        .where(condition, seen_by(viewer))
        .order_by(Dossier.submitted_at.desc(), Dossier.id.desc())
        .limit(1)
    ).first()
    return found and Known(found[0], found[1], found[2], Applicant(*found[3:]))


def running(applicant: Applicant, procedure_id: int, viewer: Viewer) -> tuple[Running, ...]:
    """Return the viewer's dossiers of this applicant and procedure that are not over, oldest first.

    A result that still waits to be fetched counts too: whoever comes again may not know of it.
    """
    found = {
        row[0]: Running(*row[: len(LIKE)])
        for row in _candidates(applicant, procedure_id, viewer)
        if same_person(applicant, Applicant(*row[len(LIKE) :]))
    }
    return tuple(sorted(found.values(), key=lambda one: (one.submitted_at, one.code)))


@dataclass(frozen=True)
class Person:
    """The applicant of a dossier, and the condition that another dossier is theirs too."""

    code: str
    name: str
    condition: ColumnElement[bool]


def person(code: str, viewer: Viewer) -> Person | None:
    """Return the applicant of a dossier that the viewer may see.

    By the identity number alone; where there is none, by phone and name, both written alike.
    """
    found = db.session.execute(select(*WHO).where(Dossier.code == code, seen_by(viewer))).first()
    return found and Person(code, found[0], _theirs(Applicant(*found)))


def total(dossier: Dossier, viewer: Viewer) -> int:
    """Return how many dossiers of the same applicant the viewer may see, this one among them."""
    mine = (_theirs(dossier.applicant), seen_by(viewer))
    found = select(func.count()).select_from(Dossier).where(*mine)
    return int(connected().execute(found).scalar_one())


def _theirs(applicant: Applicant) -> ColumnElement[bool]:
    if applicant.id_number:
        return Dossier.applicant_id_number == applicant.id_number
    if not applicant.phone:
        return false()
    return and_(
        matching(applicant.phone),
        Dossier.applicant_phone == applicant.phone,
        folded(Dossier.applicant_name.expression) == fold(applicant.name),
    )


def beside(dossier: Dossier, viewer: Viewer) -> tuple[Running, ...]:
    """Return the dossiers like one that is to be received, itself left out."""
    found = running(dossier.applicant, dossier.procedure_id, viewer)
    return tuple(one for one in found if one.code != dossier.code)


def _candidates(applicant: Applicant, procedure_id: int, viewer: Viewer) -> list[list[Any]]:
    return _alike(db.engine.dialect.name, reach_of(viewer)).ask(
        number=applicant.id_number, phone=applicant.phone, procedure_id=procedure_id
    )


@lru_cache(maxsize=MOST_WRITTEN)
def _alike(_dialect: str, reach: Reach) -> Question:
    # Two reads, each by its own index: one that says "or" is answered by reading the whole desk.
    numbered = Dossier.applicant_id_number == bindparam("number")
    called = Dossier.applicant_phone == bindparam("phone")
    same = Dossier.procedure_id == bindparam("procedure_id")
    found = [select(*TOLD).where(one, same, ACTIVE, reach.condition) for one in (numbered, called)]
    return Question(union_all(*found))
