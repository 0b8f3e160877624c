"""The papers of a dossier: which its history causes, and which were issued."""

from dataclasses import dataclass

from sqlalchemy import select

from onestop.base.database import db
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.walks import FIRST_EXTENSION
from onestop.letters.models import Letter
from onestop.letters.queries.printing import edition_of
from onestop.letters.rules import OF_THE_DOSSIER, ON_WISH, FormSet, Paper, caused_by, set_of


@dataclass(frozen=True)
class ListedPaper:
    """A paper that a line of history causes, and the letter where it was issued."""

    entry: Entry
    paper: Paper
    title: str
    letter: Letter | None
    is_to_compare: bool
    is_first: bool

    @property
    def number(self) -> str:
        """Return the number as printed, of one that was issued and bears one."""
        return str(self.letter.facts["number"]) if self.letter else ""

    @property
    def is_laid_out_anew(self) -> bool:
        """Say whether a print is another file than the first was, though it says the same."""
        return self.letter is not None and self.letter.edition != edition_of(self.paper)

    @property
    def is_on_wish(self) -> bool:
        """Say whether it goes beside the paper of its act, where somebody wants it."""
        return self.paper in ON_WISH

    @property
    def key(self) -> str:
        """Return what tells it from the first paper of its line, in an address."""
        return "" if self.is_first else str(self.paper)


def papers(dossier: Dossier) -> list[ListedPaper]:
    """Return the papers of a dossier in the order of its history, those on wish behind them.

    None of what was a slip, nor of an extension whose date no register tells.
    """
    issued = {
        (one.entry_id, one.paper): one
        for one in db.session.scalars(select(Letter).where(Letter.dossier_id == dossier.id))
    }
    forms = forms_of(dossier)
    found, slips = [], reading.taken_back(dossier.history)
    for entry in dossier.history:
        if entry.seq in slips or entry.details.get("mark") == FIRST_EXTENSION:
            continue
        for place, paper in enumerate(caused_by(entry.verb, entry.from_state)):
            letter = issued.get((entry.id, paper))
            to_compare = paper in forms.to_compare
            title = forms.titles[paper]
            found.append(ListedPaper(entry, paper, title, letter, to_compare, is_first=not place))
    return sorted(found, key=lambda one: one.is_on_wish)


def offered(dossier: Dossier) -> list[ListedPaper]:
    """Return the papers as their page lists them: one of the whole dossier once, or as issued."""
    found = papers(dossier)
    last = {one.paper: one for one in found}
    return [
        one
        for one in found
        if one.paper not in OF_THE_DOSSIER or one.letter or one is last[one.paper]
    ]


def by_line(dossier: Dossier, seq: int, paper: str = "") -> ListedPaper | None:
    """Return a paper that a line of a dossier's history causes: the first, or the one named."""
    return next((one for one in papers(dossier) if (one.entry.seq, one.key) == (seq, paper)), None)


def newest(dossier: Dossier, paper: Paper | None) -> ListedPaper | None:
    """Return the newest paper of a kind, or of any not on wish, that a dossier's history causes."""
    wanted = [one for one in papers(dossier) if paper == one.paper or not (paper or one.is_on_wish)]
    return max(wanted, key=lambda one: one.entry.seq, default=None)


def forms_of(dossier: Dossier) -> FormSet:
    """Return the set of forms in force when the dossier was received, or else submitted."""
    return set_of(legal_date(dossier.received_at or dossier.submitted_at))
