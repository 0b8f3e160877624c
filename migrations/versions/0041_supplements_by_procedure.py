"""What the law of a procedure has it be to ask for a supplement."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
COLUMNS = (
    ("supplement_effect", sa.String(40), "restart"),
    ("late_supplement_effect", sa.String(40), "pause"),
    ("supplement_request_within", sa.Integer, "3"),
    ("supplement_wait", sa.Integer, "30"),
)


def upgrade() -> None:
    for name, kind, usual in COLUMNS:
        column = sa.Column(name, kind, nullable=False, server_default=usual)
        op.add_column("procedure_version", column)


def downgrade() -> None:
    for name, _kind, _usual in COLUMNS:
        op.drop_column("procedure_version", name)
