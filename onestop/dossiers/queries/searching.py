"""The search: of all dossiers that hold some words, the newest that somebody may see.

What it costs is bounded by what it shows, not by how many dossiers fit: each database reads the
index of words from the newest on, and stops where there are enough. SQLite's index is in that
order by itself. PostgreSQL's gathers all that fit before the first is known, so the newest
dossiers are looked through as they are, then ever more of them by the marks of their age.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from onestop.base.database import connected, is_postgresql
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.finding import (
    ACTIVE,
    SHORTEST_NUMBER,
    is_begun,
    is_whole,
    newest_ages,
    place,
    typed,
)

SEARCH: Final = table("dossier_search", column("rowid"), column("dossier_id"), column("words"))
ROW: Final = SEARCH.c.rowid
BARE_ROW: Final[ColumnElement[int]] = literal_column("+dossier_search.rowid")
FEW_AGENCIES: Final = 4
"""To ask for the marks of more than so many costs more than to look where a dossier lies."""
RECENT: Final = 8192
SPANS: Final = (2, 16, 128)


@dataclass(frozen=True)
class Search:
    """What is looked for, in the words of the database at hand, and the statements that look.

    `recent` looks through the newest dossiers of all, where the database has to be told so.
    """

    asked: str
    whole: Select[Any]
    recent: Select[Any] | None = None


def matching(words: str) -> ColumnElement[bool]:
    """Return the condition that a dossier holds all words, as prefixes in any order.

    Folded: no diacritics needed. Three digits or more also match the end of a phone, of an
    identity number or of a code; fewer are a number as it stands.
    """
    asked = wording(words)
    return holding(bindparam(None, asked)) if asked else true()


def holding(asked: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a dossier holds what `wording` made of some words."""
    row = SEARCH.c.dossier_id if is_postgresql() else ROW
    return Dossier.id.in_(select(row).where(_hit(asked)))


def search(
    words: str,
    condition: ColumnElement[bool],
    agencies: Collection[int],
    *,
    active: bool,
    sifted: bool = False,
) -> Search | None:
    """Return the search for words among dossiers of a condition, or None for no words.

    `agencies`, where there are any, and `active` are part of the condition already; they are told
    again for the index of words, which knows them too. `sifted` says that the condition asks for
    more than that: it may leave so few that it has to be asked before the words.
    """
    asked = wording(words)
    if not asked:
        return None
    if 0 < len(agencies) <= FEW_AGENCIES:
        asked = _all([asked, _any(_whole(place(one)) for one in sorted(agencies))])
    if not is_postgresql():
        return Search(asked, _among_active(condition) if active else _walked(condition))
    if active:
        asked = _all([asked, ACTIVE])
    elif sifted:
        return Search(asked, _joined(condition))
    return Search(asked, _gathered(condition), _looked_through(condition))


def newest(sought: Search, most: int, asked: Mapping[str, Any]) -> list[int]:
    """Return the ids of the newest dossiers that fit, at most so many, the newest first."""
    connection = connected()
    found: list[int] = []
    for statement, question in _ways(sought):
        told = {**asked, "question": question, "most_ids": most}
        found = list(connection.execute(statement, told).scalars())
        if len(found) == most:
            break
    return found


def _ways(sought: Search) -> Iterator[tuple[Select[Any], str]]:
    if sought.recent is not None:
        last = connected().execute(LAST).scalar() or 0
        if last > RECENT:
            yield sought.recent, sought.asked
        for ages in newest_ages(last, SPANS):
            yield sought.whole, _all([sought.asked, _any(ages)])
    yield sought.whole, sought.asked


LAST: Final = select(func.max(SEARCH.c.dossier_id))
QUESTION: Final[ColumnElement[str]] = bindparam("question")
MOST: Final[ColumnElement[int]] = bindparam("most_ids", type_=Integer())


def _walked(condition: ColumnElement[bool]) -> Select[Any]:
    # The plus keeps SQLite from asking the index of words about each dossier by itself.
    among = select(Dossier.id).join(SEARCH, Dossier.id == BARE_ROW)
    return among.where(_hit(QUESTION), condition).order_by(ROW.desc()).limit(MOST)


def _among_active(condition: ColumnElement[bool]) -> Select[Any]:
    kept = BARE_ROW.in_(select(Dossier.id).where(condition))
    return select(ROW).where(_hit(QUESTION), kept).order_by(ROW.desc()).limit(MOST)


def _joined(condition: ColumnElement[bool]) -> Select[Any]:
    # PostgreSQL knows best whether the words or the rest leave fewer.
    among = select(Dossier.id).join(SEARCH, SEARCH.c.dossier_id == Dossier.id)
    return among.where(_hit(QUESTION), condition).order_by(Dossier.id.desc()).limit(MOST)


def _looked_through(condition: ColumnElement[bool]) -> Select[Any]:
    recent = (
        select(SEARCH.c.dossier_id.label("id"), SEARCH.c.words)
        .order_by(SEARCH.c.dossier_id.desc())
        .limit(RECENT)
        .subquery("recent")
    )
    fits = recent.c.words.op("@@")(cast(QUESTION, TSQUERY))
    return _kept(recent, condition).where(fits)


def _gathered(condition: ColumnElement[bool]) -> Select[Any]:
    # Not the bare column: where many fit, PostgreSQL would rather go through all from the newest
    # on, and find too few among dossiers that are all older.
    row: Label[int] = literal_column("dossier_search.dossier_id + 0").label("id")
    hits = select(row).where(_hit(QUESTION)).order_by(row.desc()).offset(0).subquery("hits")
    return _kept(hits, condition)


def _kept(hits: Any, condition: ColumnElement[bool]) -> Select[Any]:  # noqa: ANN401 - a subquery with ids
    # Each by itself, and only until there are enough: a join would read all dossiers first.
    one = select(Dossier.id).where(Dossier.id == hits.c.id, condition).offset(0).lateral()
    return select(hits.c.id).join(one, true()).order_by(hits.c.id.desc()).limit(MOST)


def _hit(question: ColumnElement[Any]) -> ColumnElement[bool]:
    if is_postgresql():
        return SEARCH.c.words.op("@@")(cast(question, TSQUERY))
    return literal_column("dossier_search").op("MATCH")(question)


def wording(words: str) -> str:
    """Return what to ask the index for, in the words of the database at hand."""
    return _all([_any(_meant(word)) for word in typed(words)])


def _all(parts: list[str]) -> str:
    return (" & " if is_postgresql() else " AND ").join(parts)


def _any(parts: Any) -> str:  # noqa: ANN401 - anything with strings
    return f"({(' | ' if is_postgresql() else ' OR ').join(parts)})"


def _meant(word: str) -> Iterator[str]:
    if is_whole(word):
        yield _whole(word)
    else:
        yield f"0{word}" if is_postgresql() and is_begun(word) else _begun(word)
        if word.isdigit() and len(word) >= SHORTEST_NUMBER:
            yield _begun(f"r{word[::-1]}")


def _whole(word: str) -> str:
    return word if is_postgresql() else f'"{word}"'


def _begun(word: str) -> str:
    return f"{word}:*" if is_postgresql() else f'"{word}"*'
