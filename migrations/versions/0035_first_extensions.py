"""When a limit that was extended again was extended first; and no mark where none can be."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

VERSION = sa.table(
    "procedure_version", sa.column("limit_unit"), sa.column("extendable", sa.Boolean)
)
MOMENT = sa.DateTime(timezone=True)
DOSSIER = sa.table("dossier", *(sa.column(name) for name in ("id", "extended_at")),
                   sa.column("first_extended_at", MOMENT))  # fmt: skip
ENTRY = sa.table("entry", *(sa.column(name) for name in ("dossier_id", "seq", "verb")),
                 sa.column("happened_at", MOMENT), sa.column("details", sa.JSON))  # fmt: skip
EXTENDABLE = ("same_day", "immediate", "working_day")


def upgrade() -> None:
    op.add_column("dossier", sa.Column("first_extended_at", MOMENT))
    op.execute(
        VERSION.update().where(VERSION.c.limit_unit.not_in(EXTENDABLE)).values(extendable=False)
    )
    _fill()


def downgrade() -> None:
    op.drop_column("dossier", "first_extended_at")


def _fill() -> None:
    connection = op.get_bind()
    extended = sa.select(DOSSIER.c.id).where(DOSSIER.c.extended_at.is_not(None))
    lines = sa.select(ENTRY).where(
        ENTRY.c.verb.in_(("extend", "reverse")), ENTRY.c.dossier_id.in_(extended)
    )
    moments: dict[int, list[object]] = {}
    for line in connection.execute(lines.order_by(ENTRY.c.dossier_id, ENTRY.c.seq)):
        own = moments.setdefault(line.dossier_id, [])
        if line.verb == "extend":
            own.append(line.happened_at)
        elif (line.details or {}).get("reversed") == "extend":
            own.pop()  # nothing is taken back but the last line
    for dossier_id, own in moments.items():
        if len(own) > 1:
            connection.execute(
                DOSSIER.update().where(DOSSIER.c.id == dossier_id).values(first_extended_at=own[0])
            )
