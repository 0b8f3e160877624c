"""Issuing a paper, once, and printing it again, each with a line of history."""

from datetime import datetime

from onestop.base.database import db, upsert
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history
from onestop.dossiers.actions.acting import allows
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.states import Verb
from onestop.letters import queries
from onestop.letters.models import Letter, LetterCounter
from onestop.letters.rules import Paper


def issue(dossier: Dossier, seq: int, *, status_address: str, by: Author, at: datetime) -> Letter:
    """Issue the paper that a line of the dossier's history causes, or print it again.

    The first time it gets the next number of its shop, paper and year, and what it says is kept;
    from then on it never changes. Every print has a line of history. Raises `Refusal` where the
    line causes no paper or the post may not print (Decree 61/2018 art. 17, 19; Circular 01/2018).
    """
    receiver, handler = dossier.receiving_agency_id, dossier.handling_agency_id
    if not allows(Permission.PRINT_PAPERS, by, receiver, handler):
        raise Refusal(N_("Vai trò của bạn không được phép in phiếu."))
    listed = queries.by_line(dossier, seq)
    if listed is None:
        raise Refusal(N_("Bước này không có phiếu để in."))
    letter = listed.letter
    verb = Verb.PRINT_AGAIN if letter else Verb.ISSUE_PAPER
    if letter is None:
        year = legal_date(at).year
        number = next_number(receiver, listed.paper, year)
        letter = Letter(
            dossier_id=dossier.id,
            entry_id=listed.entry.id,
            agency_id=receiver,
            paper=listed.paper,
            year=year,
            number=number,
            issued_at=at.replace(microsecond=0),
            author_name=by.name,
            facts=queries.facts(dossier, listed, number, status_address=status_address, at=at),
        )
        db.session.add(letter)
        db.session.flush()
    details = {"paper": str(letter.paper), "number": letter.facts["number"]}
    line = Line(dossier.id, dossier.code, verb, dossier.state, dossier.state, at, None, details)
    history.append(receiver, [line], by=by, at=at)
    return letter


def next_number(agency_id: int, paper: Paper, year: int) -> int:
    """Return the next number of the series of an agency, a paper and a year; none goes twice."""
    first = upsert(LetterCounter).values(agency_id=agency_id, paper=paper, year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=[LetterCounter.agency_id, LetterCounter.paper, LetterCounter.year],
        set_={"last": LetterCounter.last + 1},
    ).returning(LetterCounter.last)
    number: int = db.session.connection().execute(taken).scalar_one()
    return number
