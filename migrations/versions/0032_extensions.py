"""Which limits may be extended (certification), and of which dossiers they were."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

VERSION = sa.table(
    "procedure_version",
    *(sa.column(name) for name in ("id", "procedure_id", "name_vi", "limit_unit")),
    sa.column("legal_basis", sa.JSON),
    sa.column("extendable", sa.Boolean),
)
DECREE = re.compile(r"\b23/2015/NĐ-CP")  # not 123/2015, that of civil status
COPIES = ("bản sao từ bản chính", "bản sao có chứng thực", "người dịch")
MOMENT = sa.DateTime(timezone=True)
COLUMNS = {
    "extended_at": MOMENT,
    "extended_to": MOMENT,
    "extended_by": sa.Integer,
    "extended_version": sa.Integer,
}


def upgrade() -> None:
    op.add_column(
        "procedure_version",
        sa.Column("extendable", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    for name, kind in COLUMNS.items():
        op.add_column("dossier", sa.Column(name, kind))
    _mark()


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("dossier", name)
    op.drop_column("procedure_version", "extendable")


def _mark() -> None:
    """Mark what Decree 23/2015 art. 21, 33 and 37 speak of: copies, translations, contracts."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(VERSION)).all():
        cited = any(DECREE.search(str(one.get("name", ""))) for one in row.legal_basis or ())
        is_copy = any(words in row.name_vi for words in COPIES)
        if cited and (is_copy or row.limit_unit == "working_day"):
            connection.execute(
                VERSION.update().where(VERSION.c.id == row.id).values(extendable=True)
            )
