"""Beginnings of words in the search index."""

from alembic import op

revision = "0016"
down_revision = "0015"

FTS = "USING fts5(words, detail=none, columnsize=0, tokenize='ascii'"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _renew(f"{FTS}, prefix='1 2 3 4 5 6')")
    else:
        op.execute(BEGINNINGS)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _renew(f"{FTS})")
    else:
        op.execute(WITHOUT)


BEGINNINGS = """
UPDATE dossier_search SET words = words || array_to_tsvector(ARRAY(
    SELECT DISTINCT '0' || left(word, length)
    FROM unnest(tsvector_to_array(words)) AS word, generate_series(1, 6) AS length
    WHERE word ~ '^[a-z]+$'
))
"""
WITHOUT = """
UPDATE dossier_search SET words = array_to_tsvector(ARRAY(
    SELECT word FROM unnest(tsvector_to_array(words)) AS word WHERE word !~ '^0[a-z]'
))
"""


def _renew(kind: str) -> None:
    op.execute(f"CREATE VIRTUAL TABLE dossier_search_new {kind}")
    op.execute(
        "INSERT INTO dossier_search_new (rowid, words) SELECT rowid, words FROM dossier_search"
    )
    op.execute("DROP TABLE dossier_search")
    op.execute("ALTER TABLE dossier_search_new RENAME TO dossier_search")
