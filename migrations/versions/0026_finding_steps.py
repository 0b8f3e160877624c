"""Marks in the index of words of the agencies that hold, or held, a step of a dossier."""

from alembic import op

revision = "0026"
down_revision = "0025"

SQLITE = """
UPDATE dossier_search SET words = words || (
    SELECT group_concat(' §' || keeper_id, '') FROM dossier_step
    WHERE dossier_id = dossier_search.rowid AND keeper_id IS NOT NULL
)
WHERE rowid IN (
    SELECT dossier_id FROM dossier_step JOIN dossier ON dossier.id = dossier_id
    WHERE keeper_id <> receiving_agency_id
)
"""
POSTGRESQL = """
UPDATE dossier_search SET words = words || marks
FROM (
    SELECT dossier_id, array_to_tsvector(array_agg(DISTINCT '§' || keeper_id)) AS marks
    FROM dossier_step WHERE keeper_id IS NOT NULL GROUP BY dossier_id
) AS kept
WHERE kept.dossier_id = dossier_search.dossier_id
"""


def upgrade() -> None:
    op.execute(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    """Let the marks stay: what they find is right to be found."""
