"""The line that each dossier has in the register of its shop and year."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
DOSSIER = sa.table(
    "dossier",
    sa.column("id"),
    sa.column("receiving_agency_id"),
    sa.column("received_at", sa.DateTime(timezone=True)),
    sa.column("book_number"),
)


def upgrade() -> None:
    op.add_column("dossier", sa.Column("book_number", sa.Integer))
    op.create_table(
        "book_counter",
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "year", name="pk_book_counter"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_book_counter_agency_id"),
    )
    _fill_in()


def downgrade() -> None:
    op.drop_table("book_counter")
    op.drop_column("dossier", "book_number")


def _fill_in() -> None:
    """Give what was received the numbers of the register so far: by the time of receipt."""
    connection, columns = op.get_bind(), DOSSIER.c
    first, last = connection.execute(
        sa.select(sa.func.min(columns.received_at), sa.func.max(columns.received_at))
    ).one()
    if first is None:
        return
    for year in range(_year(first), _year(last) + 1):
        within = sa.and_(columns.received_at >= _new_year(year),
                         columns.received_at < _new_year(year + 1))  # fmt: skip
        place = sa.func.row_number().over(
            partition_by=columns.receiving_agency_id, order_by=(columns.received_at, columns.id)
        )
        placed = sa.select(columns.id, place.label("number")).where(within).subquery()
        connection.execute(
            DOSSIER.update().values(book_number=placed.c.number).where(columns.id == placed.c.id)
        )
        given = sa.select(
            columns.receiving_agency_id, sa.literal(year), sa.func.max(columns.book_number)
        ).where(within).group_by(columns.receiving_agency_id)  # fmt: skip
        counter = sa.table("book_counter", *map(sa.column, ("agency_id", "year", "last")))
        connection.execute(counter.insert().from_select(["agency_id", "year", "last"], given))


def _year(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(VIET_NAM).year


def _new_year(year: int) -> datetime:
    """Return the first moment of a year in Viet Nam, in UTC as SQLite keeps it."""
    return datetime(year, 1, 1, tzinfo=VIET_NAM).astimezone(UTC)
