"""One verb done to many dossiers: each on its own, so that one that fails stops no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.dossiers.actions import history, processing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import Verb

MOST: Final = 500
"""The dossiers of one press: their desk writes for about two seconds, and nobody else meanwhile."""

MOST_PRINTED: Final = 100
"""The papers of one print: each is set anew, and their printer stands beside a queue."""
OUT_OF_REACH: Final = N_("Không có hồ sơ này trong phạm vi của bạn.")


Act = Callable[[Dossier], None]


@dataclass(frozen=True)
class Taker:
    """Who takes many results at once, and the document that he showed: kept of each of them."""

    name: str | None = None
    id_document: str | None = None

    def check(self) -> None:
        """Refuse, at its field, what does not say who it is."""
        processing.check_taker(self.name, self.id_document)


NOBODY: Final = Taker()


@dataclass(frozen=True)
class Left:
    """A dossier that could not be done, whose it is, and why.

    Nothing more is told of one that lies out of reach.
    """

    code: str
    refusal: Refusal
    applicant: str = ""


@dataclass(frozen=True)
class Done:
    """What became of many: the codes of those that were done, and those that were left."""

    codes: tuple[str, ...]
    left: tuple[Left, ...]


ACTS: Final[Mapping[Verb, Callable[[Dossier, Taker, Staff, datetime], None]]] = {
    Verb.HAND_OVER: lambda it, _, by, at: processing.hand_over(it, by=by, at=at),
    Verb.RESOLVE: lambda it, _, by, at: processing.resolve(it, by=by, at=at),
    Verb.RETURN: lambda it, taker, by, at: processing.return_result(
        it, taken_by=taker.name, id_document=taker.id_document, by=by, at=at
    ),
}
"""What can be done to many at once.

Of a return it is kept who took each result, and on which document (rules.md 11.3): many go only
into the same hands, of whoever applied for all, of a proxy, or of the post.
"""


def do(verb: Verb, codes: Sequence[str], *, by: Staff, at: datetime, taker: Taker = NOBODY) -> Done:
    """Do `verb` to each of the dossiers that it can be done to; tell which were left, and why.

    Raises `Refusal` where none is chosen, or more than `MOST`, and where nobody takes results that
    are returned.
    """
    if verb == Verb.RETURN:
        taker.check()

    def act(dossier: Dossier) -> None:
        ACTS[verb](dossier, taker, by, at)

    return each([(code, act) for code in dict.fromkeys(codes)], by=by)


def each(wanted: Sequence[tuple[str, Act]], *, by: Staff) -> Done:
    """Do to each dossier, by its code, what is to be done to it; tell which were left, and why.

    Dossiers are locked by id and the chains of history by agency before the first is done: two
    people with overlapping choices wait for one another and never each for the other. Raises
    `Refusal` as `check` does.
    """
    check(len(wanted))
    found = reading.many_for_change({code for code, _act in wanted}, by)
    for agency_id in sorted({one.receiving_agency_id for one in found}):
        history.head(agency_id)
    known = {one.code: one for one in found}
    applicants = {one.code: one.applicant_name for one in found}
    done, left = [], []
    for code, act in wanted:
        if (dossier := known.get(code)) is None:
            left.append(Left(code, Refusal(OUT_OF_REACH)))
            continue
        try:
            with db.session.begin_nested():
                act(dossier)
            done.append(code)
        except Refusal as refusal:
            left.append(Left(code, refusal, applicants[code]))
    return Done(tuple(done), tuple(left))


def check(amount: int, *, most: int | None = None) -> None:
    """Refuse to do nothing, and more at once than others can wait for."""
    if not amount:
        raise Refusal(N_("Chưa chọn hồ sơ nào."))
    most = most or MOST
    if amount > most:
        raise Refusal(
            N_("Một lần làm được tối đa %(most)d hồ sơ; hãy lọc bớt danh sách."), most=most
        )
