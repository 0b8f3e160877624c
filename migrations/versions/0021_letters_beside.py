"""A line of history may cause more than one paper."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint("uq_letter_entry_id", type_="unique")
        letter.create_unique_constraint("uq_letter_entry_id_paper", ["entry_id", "paper"])


def downgrade() -> None:
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint("uq_letter_entry_id_paper", type_="unique")
        letter.create_unique_constraint("uq_letter_entry_id", ["entry_id"])
