"""The index of words by which dossiers are found, kept beside them by each database its own way."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Integer, Text, bindparam, column, func, insert, table, text

from onestop.base.blocks import Block
from onestop.base.database import connected, db, is_postgresql
from onestop.base.questions import Question
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.finding import ACTIVE, Filed, age, beginnings, place
from onestop.dossiers.rules.states import FINAL, State


def index(filed: Sequence[Filed]) -> None:
    """Add dossiers to the index of words."""
    if filed:
        INDEX[is_postgresql()].tell(entries(filed))


def block(filed: Sequence[Filed]) -> Block:
    """Return the rows that add many of them: PostgreSQL reads words apart by itself."""
    words = WORDS[is_postgresql()]
    key, *_ = words.c.keys()
    return words, [{key: one.id, "words": " ".join(_words(one))} for one in filed]


def begin_many() -> None:
    """Let the index of PostgreSQL put more words aside before it merges them: for a register."""
    if is_postgresql():
        db.session.execute(GATHERING)


def end_many(filed: int, *, of: int) -> None:
    """Merge into the index what was put aside for `filed` dossiers, `of` so many in all.

    Every search reads what is not merged yet. SQLite merges little by little, with each later
    intake; after a register that is more than half of all dossiers its whole index is merged.
    """
    if is_postgresql():
        db.session.execute(SORTING)
    elif 2 * filed > of:
        db.session.execute(JOINING)


def entries(filed: Iterable[Filed]) -> list[dict[str, Any]]:
    """Return the rows of the index of words for some dossiers, with their marks."""
    return [{"id": one.id, "words": " ".join(_words(one))} for one in filed]


def _words(one: Filed) -> Iterator[str]:
    yield beginnings(one.words) if is_postgresql() else one.words
    yield from map(place, sorted(set(one.agencies)))
    if is_postgresql():
        yield age(one.id)
        if one.is_active:
            yield ACTIVE


def follow(dossier: Dossier, *, was: State, handled_by: int) -> None:
    """Let the index of words know where a dossier lies now, and whether it is still active.

    Where it once lay stays in the index: a search looks at the dossiers themselves in the end.
    """
    come: list[str] = []
    gone: list[str] = []
    if dossier.handling_agency_id != handled_by:
        come.append(place(dossier.handling_agency_id))
    if is_postgresql() and (dossier.state in FINAL) != (was in FINAL):
        (gone if dossier.state in FINAL else come).append(ACTIVE)
    _mark(dossier, come, gone)


def come_to(dossier: Dossier, agency_ids: Collection[int]) -> None:
    """Let agencies that have come to hold a dossier, or a part of its work, find it too."""
    _mark(dossier, [place(one) for one in sorted(agency_ids)], [])


def _mark(dossier: Dossier, come: Sequence[str], gone: Sequence[str]) -> None:
    if come or gone:
        told = {"id": dossier.id, "come": " ".join(come), "gone": " ".join(gone)}
        connected().execute(FOLLOWING[is_postgresql()], told)


WORDS: Final = {
    True: table("dossier_search", column("dossier_id", Integer), column("words", Text)),
    False: table("dossier_search", column("rowid", Integer), column("words", Text)),
}
INDEXING: Final = {
    True: insert(table("dossier_search", column("dossier_id"), column("words"))).values(
        dossier_id=bindparam("id"),
        words=func.array_to_tsvector(func.string_to_array(bindparam("words", type_=Text), " ")),
    ),
    False: insert(table("dossier_search", column("rowid"), column("words"))).values(
        rowid=bindparam("id"), words=bindparam("words")
    ),
}
INDEX: Final = {kind: Question(statement) for kind, statement in INDEXING.items()}
GATHERING: Final = text("SET LOCAL gin_pending_list_limit = '16MB'")
# Only the owner of an index may ask for it; for others the next intakes do it.
SORTING: Final = text(
    "SELECT gin_clean_pending_list(oid) FROM pg_class "
    "WHERE oid = CAST('ix_dossier_search_words' AS regclass) AND pg_has_role(relowner, 'USAGE')"
)
JOINING: Final = text("INSERT INTO dossier_search (dossier_search) VALUES ('optimize')")
FOLLOWING: Final = {
    True: text(
        "UPDATE dossier_search SET words = ts_delete(words, string_to_array(:gone, ' ')) "
        "|| array_to_tsvector(string_to_array(:come, ' ')) WHERE dossier_id = :id"
    ),
    False: text("UPDATE dossier_search SET words = words || ' ' || :come WHERE rowid = :id"),
}
