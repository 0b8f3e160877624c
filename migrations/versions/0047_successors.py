"""Who takes over what lies at an agency that ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0047"
down_revision = "0046"
TRIGGERS = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'agency_period'"


def upgrade() -> None:
    with _rebuilt() as table:
        table.add_column(sa.Column("successor_id", sa.Integer))
        table.create_foreign_key(
            "fk_agency_period_successor_id", "agency", ["successor_id"], ["id"]
        )


def downgrade() -> None:
    with _rebuilt() as table:
        table.drop_constraint("fk_agency_period_successor_id", type_="foreignkey")
        table.drop_column("successor_id")


@contextmanager
def _rebuilt() -> Iterator[BatchOperations]:
    """Change the table; where it has to be built anew, its stamps (0008) come back with it."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    lost = list(op.get_bind().execute(sa.text(TRIGGERS)).scalars()) if is_sqlite else []
    with op.batch_alter_table("agency_period") as table:
        yield table
    for trigger in lost:
        op.execute(trigger)
