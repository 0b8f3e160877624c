"""Stamps that change with the tables they watch, in place of one for the catalogue alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# A later migration that rebuilds one of these tables on SQLite makes its triggers again.
WATCHED = {
    "organisation": ("agency", "agency_period"),
    "calendar": ("calendar_version", "calendar_row", "calendar_year"),
    "office_hours": ("office_hours",),
    "catalogue": ("field", "field_version", "procedure", "procedure_version", "offer"),
    "accounts": ("account",),
}
EVENTS = ("INSERT", "UPDATE", "DELETE")
NEW_MARK = "UPDATE stamp SET mark = lower(hex(randomblob(16))) WHERE subject = '{subject}'"
FUNCTION = """
CREATE FUNCTION stamp_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stamp SET mark = gen_random_uuid() WHERE subject = TG_ARGV[0];
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "stamp",
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("mark", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_stamp"),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    mark = "gen_random_uuid()" if is_postgresql else "lower(hex(randomblob(16)))"
    if is_postgresql:
        op.execute(FUNCTION)
    for subject, tables in WATCHED.items():
        op.execute(f"INSERT INTO stamp (subject, mark) VALUES ('{subject}', {mark})")  # noqa: S608 - our own words
        for table in tables:
            for statement in _watch(subject, table, is_postgresql=is_postgresql):
                op.execute(statement)
    op.drop_table("catalogue_stamp")


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for tables in WATCHED.values():
        for table in tables:
            for event in EVENTS:
                suffix = f" ON {table}" if is_postgresql else ""
                op.execute(f"DROP TRIGGER {_name(table, event)}{suffix}")
    if is_postgresql:
        op.execute("DROP FUNCTION stamp_anew")
    op.drop_table("stamp")
    op.create_table(
        "catalogue_stamp",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("stamp", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_stamp"),
    )


def _watch(subject: str, table: str, *, is_postgresql: bool) -> list[str]:
    if is_postgresql:
        return [
            f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION stamp_anew('{subject}')"
            for event in EVENTS
        ]
    return [
        f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table} "
        f"BEGIN {NEW_MARK.format(subject=subject)}; END"
        for event in EVENTS
    ]


def _name(table: str, event: str) -> str:
    return f"{table}_{event.lower()}_stamps"
