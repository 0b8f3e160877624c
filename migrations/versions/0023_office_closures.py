"""The orders that close offices, beside the pauses they cause."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

MOMENT = sa.DateTime(timezone=True)
ORDERED = sa.text("basis IS NOT NULL")
CLOSURE = sa.table(
    "office_closure",
    *(sa.column(name) for name in ("id", "order_number", "author_name")),
    *(sa.column(name, MOMENT) for name in ("begins_at", "ends_at", "recorded_at")),
)
CLOSED = sa.table("closed_agency", sa.column("closure_id"), sa.column("agency_id"))
PAUSE = sa.table(
    "dossier_pause",
    *(sa.column(name) for name in ("dossier_id", "kind", "basis")),
    *(sa.column(name, MOMENT) for name in ("begins_at", "ends_at")),
)
DOSSIER = sa.table("dossier", sa.column("id"), sa.column("receiving_agency_id"))
ENTRY = sa.table(
    "entry",
    *(sa.column(name) for name in ("id", "dossier_id", "verb", "author_name")),
    sa.column("recorded_at", MOMENT),
)


def upgrade() -> None:
    op.create_table(
        "office_closure",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("order_number", sa.String, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("reason", sa.String),
        sa.Column("account_id", sa.Integer),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("opener_name", sa.String),
        sa.Column("opened_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_office_closure"),
        sa.UniqueConstraint("order_number", name="uq_office_closure_order_number"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_office_closure_account_id"
        ),
    )
    op.create_table(
        "closed_agency",
        sa.Column("closure_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("closure_id", "agency_id", name="pk_closed_agency"),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["office_closure.id"], name="fk_closed_agency_closure_id"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_closed_agency_agency_id"),
    )
    op.create_index(
        "ix_dossier_pause_basis", "dossier_pause", ["basis"],
        sqlite_where=ORDERED, postgresql_where=ORDERED,
    )  # fmt: skip
    _fill_in()


def downgrade() -> None:
    op.drop_index("ix_dossier_pause_basis", "dossier_pause")
    op.drop_table("closed_agency")
    op.drop_table("office_closure")


def _fill_in() -> None:
    """Enter the orders whose pauses are there: their offices are those of the dossiers held."""
    connection = op.get_bind()
    pause = PAUSE.c
    orders = (
        sa.select(
            pause.basis,
            sa.func.min(pause.begins_at, type_=MOMENT).label("begins_at"),
            sa.func.max(pause.ends_at, type_=MOMENT).label("ends_at"),
            sa.func.count().label("whole"),
            sa.func.count(pause.ends_at).label("ended"),
        )
        .where(pause.kind == "closure", pause.basis.is_not(None))
        .group_by(pause.basis)
    )
    for row in connection.execute(orders).all():
        of_order = sa.and_(pause.kind == "closure", pause.basis == row.basis)
        said = connection.execute(
            sa.select(ENTRY.c.author_name, ENTRY.c.recorded_at)
            .join(PAUSE, sa.and_(pause.dossier_id == ENTRY.c.dossier_id, of_order))
            .where(ENTRY.c.verb == "pause")
            .order_by(ENTRY.c.id.desc())
            .limit(1)
        ).one()
        connection.execute(
            CLOSURE.insert().values(
                order_number=row.basis,
                begins_at=row.begins_at,
                ends_at=row.ends_at if row.ended == row.whole else None,
                author_name=said.author_name,
                recorded_at=said.recorded_at,
            )
        )
        number = connection.scalar(
            sa.select(CLOSURE.c.id).where(CLOSURE.c.order_number == row.basis)
        )
        agencies = connection.scalars(
            sa.select(DOSSIER.c.receiving_agency_id)
            .join(PAUSE, sa.and_(pause.dossier_id == DOSSIER.c.id, of_order))
            .distinct()
        ).all()
        for agency_id in agencies:
            connection.execute(CLOSED.insert().values(closure_id=number, agency_id=agency_id))
