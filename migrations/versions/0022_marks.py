"""Ends of codes in the search index, and marks of where a dossier lies."""

import re

from alembic import op

revision = "0022"
down_revision = "0021"

FTS = "USING fts5(words, detail=none, columnsize=0, tokenize='ascii', prefix='1 2 3 4 5 6')"
END = re.compile(r"-(\d{6})-(\d{4,5})$", re.ASCII)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _renew(
            "words || ends(dossier.code) || ' §' || receiving_agency_id || CASE WHEN"
            " handling_agency_id = receiving_agency_id THEN '' ELSE ' §' || handling_agency_id END"
        )
    else:
        op.drop_index("ix_dossier_search_words", "dossier_search")
        op.execute(MARKS)
        _index()


def downgrade() -> None:
    # The ends of codes and the beginnings of numbers stay: they find what is right to be found.
    if op.get_bind().dialect.name == "sqlite":
        _renew("unmarked(words)")
    else:
        op.drop_index("ix_dossier_search_words", "dossier_search")
        op.execute(
            "UPDATE dossier_search SET words = array_to_tsvector(ARRAY("
            "SELECT word FROM unnest(tsvector_to_array(words)) AS word WHERE left(word, 1) <> '§'))"
        )
        _index()


MARKS = r"""
UPDATE dossier_search SET words = words || array_to_tsvector(
    ends || begun || ARRAY['§b' || (id >> 16)]
    || ARRAY['§' || receiving_agency_id, '§' || handling_agency_id]
    || CASE WHEN state IN ('3', '8', '10') THEN '{}'::text[] ELSE ARRAY['§a'] END
)
FROM dossier
CROSS JOIN LATERAL (SELECT regexp_match(code, '-(\d{6})-(\d{4,5})$') AS parts) AS matched
CROSS JOIN LATERAL (
    SELECT CASE WHEN parts IS NULL THEN '{}'::text[] ELSE ARRAY[
        coalesce(nullif(ltrim(parts[2], '0'), ''), '0'),
        'r' || reverse(parts[1]),
        'r' || reverse(parts[1] || parts[2])
    ] END AS ends
) AS ended
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT DISTINCT '0' || left(word, length)
        FROM dossier_search AS own,
            unnest(tsvector_to_array(own.words) || ends) AS word,
            generate_series(1, 6) AS length
        WHERE own.dossier_id = dossier.id AND CASE
            WHEN word ~ '^\d{3,}$' THEN length IN (3, 4)
            ELSE word ~ '[a-z]' AND word ~ '\d' AND word !~ '^(r\d+$|0[a-z])'
        END
    ) AS begun
) AS beginnings
WHERE dossier.id = dossier_search.dossier_id
"""


def _index() -> None:
    op.create_index("ix_dossier_search_words", "dossier_search", ["words"], postgresql_using="gin")
    op.execute("ANALYZE dossier_search")


def _ends(code: str) -> str:
    found = END.search(code)
    if found is None:
        return ""
    day, number = found.groups()
    return f" {number.lstrip('0') or '0'} r{day[::-1]} r{(day + number)[::-1]}"


def _unmarked(words: str) -> str:
    return " ".join(word for word in words.split() if not word.startswith("§"))


def _renew(words: str) -> None:
    bare = op.get_bind().connection.driver_connection
    bare.create_function("ends", 1, _ends)
    bare.create_function("unmarked", 1, _unmarked)
    op.execute(f"CREATE VIRTUAL TABLE dossier_search_new {FTS}")
    op.execute(
        f"INSERT INTO dossier_search_new (rowid, words) SELECT dossier.id, {words} "  # noqa: S608 - ours
        "FROM dossier_search JOIN dossier ON dossier.id = dossier_search.rowid ORDER BY dossier.id"
    )
    op.execute("DROP TABLE dossier_search")
    op.execute("ALTER TABLE dossier_search_new RENAME TO dossier_search")
