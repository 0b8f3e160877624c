"""A stamp that changes with the orders that close offices: who is closed is remembered."""

from alembic import op

revision = "0031"
down_revision = "0030"

# A later migration that rebuilds one of these tables on SQLite makes its triggers again.
WATCHED = ("office_closure", "closed_agency")
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    mark = "gen_random_uuid()" if is_postgresql else "lower(hex(randomblob(16)))"
    op.execute(f"INSERT INTO stamp (subject, mark) VALUES ('closures', {mark})")  # noqa: S608 - our own words
    if is_postgresql:
        does = "FOR EACH STATEMENT EXECUTE FUNCTION stamp_anew('closures')"
    else:
        does = f"BEGIN UPDATE stamp SET mark = {mark} WHERE subject = 'closures'; END"  # noqa: S608 - our own words
    for table in WATCHED:
        for event in EVENTS:
            op.execute(f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table} {does}")


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in WATCHED:
        for event in EVENTS:
            suffix = f" ON {table}" if is_postgresql else ""
            op.execute(f"DROP TRIGGER {_name(table, event)}{suffix}")
    op.execute("DELETE FROM stamp WHERE subject = 'closures'")


def _name(table: str, event: str) -> str:
    return f"{table}_{event.lower()}_stamps"
