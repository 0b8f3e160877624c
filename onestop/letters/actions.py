"""Issuing a paper, once, and printing it again, each with a line of history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onestop.base.database import connected, db, upsert
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Author, Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history, many
from onestop.dossiers.actions.many import Left
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import Verb
from onestop.letters.models import Letter, LetterCounter
from onestop.letters.queries import listing, printing, saying
from onestop.letters.rules import Paper
from onestop.organisation import queries as organisation


def issue(
    dossier: Dossier,
    seq: int,
    paper: str = "",
    *,
    status_address: str,
    by: Author,
    at: datetime,
) -> Letter:
    """Issue a paper that a line of the dossier's history causes, or print it again.

    It is the first that the line causes, or the one named. The first time it gets the next number
    of its shop, paper and year, and what it says is kept; from then on it never changes. Of a shop
    that has ended its successor issues it, in its own series. Every print has a line of history,
    which tells too where the product lays it out otherwise than at first. Raises `Refusal` where
    the line causes no such paper or the post may not print (Decree 61/2018 art. 17, 19; Circular
    01/2018).
    """
    check_may_print(dossier, by)
    receiver = dossier.receiving_agency_id
    listed = listing.by_line(dossier, seq, paper)
    if listed is None:
        raise Refusal(N_("Bước này không có phiếu để in."))
    letter = listed.letter
    verb = Verb.PRINT_AGAIN if letter else Verb.ISSUE_PAPER
    if letter is None:
        issuer, year = organisation.by_now(receiver, legal_date(at)), legal_date(at).year
        number = next_number(issuer, listed.paper, year)
        letter = Letter(
            dossier_id=dossier.id,
            entry_id=listed.entry.id,
            agency_id=issuer,
            paper=listed.paper,
            year=year,
            number=number,
            issued_at=at,
            author_name=by.name,
            edition=printing.edition_of(listed.paper),
            facts=saying.facts(dossier, listed, number, status_address=status_address, at=at),
        )
        db.session.add(letter)
        db.session.flush()
    details = {"paper": str(letter.paper), "number": letter.facts["number"]}
    details |= {"title": letter.paper.word}
    if letter.edition != printing.edition_of(letter.paper):
        details["laid_out_anew"] = True
    history.append(receiver, [history.staying(dossier, verb, at, details)], by=by, at=at)
    return letter


def check_may_print(dossier: Dossier, by: Author) -> None:
    """Refuse to print a paper of a dossier for which the post of `by` prints none."""
    receiver, handler = dossier.receiving_agency_id, dossier.handling_agency_id
    if not allows(Permission.PRINT_PAPERS, by, receiver, handler):
        raise Refusal(N_("Vai trò của bạn không được phép in phiếu."))


NO_PAPER: Final = N_("Hồ sơ này chưa có phiếu để in.")
NO_SUCH_PAPER: Final = N_("Hồ sơ này chưa có phiếu “%(paper)s”.")


@dataclass(frozen=True)
class Issued:
    """What became of many: the papers issued, by code and line, and the dossiers left."""

    lines: tuple[tuple[str, str], ...]
    left: tuple[Left, ...]


def issue_many(
    codes: Sequence[str], paper: Paper | None, *, status_address: str, by: Staff, at: datetime
) -> Issued:
    """Issue or print again the newest `paper` of each dossier, or its newest of any kind.

    One that has none, or that the post may not print, stops no other. Raises `Refusal` where
    none is chosen, or more than `MOST_PRINTED`. Locks come in one order: dossiers by id, the
    counters of papers, the heads of the histories.
    """
    wanted = tuple(dict.fromkeys(codes))
    many.check(len(wanted), most=many.MOST_PRINTED)
    known = {one.code: one for one in reading.many_for_change(wanted, by)}
    chosen = {code: listing.newest(one, paper) for code, one in known.items()}
    applicants = {code: one.applicant_name for code, one in known.items()}
    wait = {(known[code].receiving_agency_id, one.paper) for code, one in chosen.items() if one}
    _lock(wait, at)
    lines, left = [], []
    for code in wanted:
        if (listed := chosen.get(code)) is None:
            why = _has_none(paper) if code in known else Refusal(many.OUT_OF_REACH)
            left.append(Left(code, why, applicants.get(code, "")))
            continue
        seq, key = listed.entry.seq, listed.key
        try:
            with db.session.begin_nested():
                issue(known[code], seq, key, status_address=status_address, by=by, at=at)
            lines.append((code, f"{seq} {key}".strip()))
        except Refusal as refusal:
            left.append(Left(code, refusal, applicants[code]))
    return Issued(tuple(lines), tuple(left))


def _has_none(paper: Paper | None) -> Refusal:
    return Refusal(NO_SUCH_PAPER, paper=paper) if paper else Refusal(NO_PAPER)


def _lock(kinds: set[tuple[int, Paper]], at: datetime) -> None:
    day, year = legal_date(at), legal_date(at).year
    series = {(organisation.by_now(receiver_id, day), paper) for receiver_id, paper in kinds}
    for agency_id, paper in sorted(series, key=str):
        first = upsert(LetterCounter).values(agency_id=agency_id, paper=paper, year=year, last=0)
        connected().execute(
            first.on_conflict_do_update(
                index_elements=[LetterCounter.agency_id, LetterCounter.paper, LetterCounter.year],
                set_={"last": LetterCounter.last},
            )
        )
    for agency_id in sorted({agency_id for agency_id, _paper in kinds}):
        history.head(agency_id)


def next_number(agency_id: int, paper: Paper, year: int) -> int:
    """Return the next number of the series of an agency, a paper and a year; none goes twice."""
    first = upsert(LetterCounter).values(agency_id=agency_id, paper=paper, year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=[LetterCounter.agency_id, LetterCounter.paper, LetterCounter.year],
        set_={"last": LetterCounter.last + 1},
    ).returning(LetterCounter.last)
    number: int = connected().execute(taken).scalar_one()
    return number
