"""Dossiers, their pauses, moves, history, numbers and search index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ACTIVE = sa.text("state NOT IN ('3', '8', '10')")
RUNNING = sa.text("finished_at IS NULL AND received_at IS NOT NULL")
NOT_ACCEPTED = sa.text("not_accepted_at IS NOT NULL")


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def word(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String, nullable=nullable)


def whole(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def key_to(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "dossier",
        whole("id"),
        text("code"),
        text("key"),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        whole("receiving_agency_id"),
        whole("handling_agency_id"),
        whole("procedure_id"),
        whole("field_id"),
        whole("level"),
        word("channel"),
        word("state"),
        whole("version"),
        word("applicant_kind"),
        text("applicant_name"),
        text("applicant_id_number", nullable=True),
        text("applicant_phone", nullable=True),
        text("applicant_address", nullable=True),
        text("applicant_email", nullable=True),
        text("note", nullable=True),
        word("return_by"),
        sa.Column("papers", sa.JSON, nullable=False),
        whole("fee_vnd"),
        whole("limit_value"),
        word("limit_unit"),
        text("cutoff", nullable=True),
        moment("submitted_at"),
        moment("intake_due_at", nullable=True),
        moment("received_at", nullable=True),
        moment("not_accepted_at", nullable=True),
        moment("first_due_at", nullable=True),
        moment("legal_due_at", nullable=True),
        moment("due_at", nullable=True),
        moment("on_time_from", nullable=True),
        moment("overdue_from", nullable=True),
        whole("calendar_version", nullable=True),
        whole("rolled_version", nullable=True),
        moment("paused_since", nullable=True),
        sa.Column("second_request", sa.Boolean, nullable=False),
        moment("finished_at", nullable=True),
        word("outcome", nullable=True),
        moment("returned_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
        sa.UniqueConstraint("code", name="uq_dossier_code"),
        sa.UniqueConstraint(
            "receiving_agency_id", "key", name="uq_dossier_receiving_agency_id_key"
        ),
        sa.CheckConstraint(
            "channel <> 'online' OR level >= 3", name=op.f("ck_dossier_online_level")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_dossier_level")),
        sa.CheckConstraint(
            "received_at IS NULL OR legal_due_at IS NOT NULL", name=op.f("ck_dossier_promise")
        ),
        key_to("dossier", "agency", "receiving_agency_id"),
        key_to("dossier", "agency", "handling_agency_id"),
        key_to("dossier", "procedure", "procedure_id"),
        key_to("dossier", "field", "field_id"),
    )
    for name, columns, where in (
        ("active_receiving", ["receiving_agency_id", "due_at"], ACTIVE),
        ("active_handling", ["handling_agency_id", "due_at"], ACTIVE),
        ("running", ["overdue_from"], RUNNING),
        ("not_accepted", ["not_accepted_at"], NOT_ACCEPTED),
    ):
        op.create_index(
            f"ix_dossier_{name}", "dossier", columns, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_dossier_received", "dossier", ["received_at", "receiving_agency_id"])
    op.create_index("ix_dossier_finished", "dossier", ["finished_at", "receiving_agency_id"])
    op.create_index("ix_dossier_person", "dossier", ["applicant_id_number"])
    op.create_table(
        "dossier_pause",
        whole("id"),
        whole("dossier_id"),
        word("kind"),
        moment("begins_at"),
        moment("ends_at", nullable=True),
        sa.Column("restarts", sa.Boolean, nullable=False),
        word("from_state", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_pause"),
        key_to("dossier_pause", "dossier", "dossier_id"),
    )
    op.create_index("ix_dossier_pause_dossier_id", "dossier_pause", ["dossier_id"])
    op.create_table(
        "due_move",
        whole("id"),
        whole("dossier_id"),
        whole("calendar_version"),
        moment("from_at"),
        moment("to_at"),
        sa.Column("legal", sa.Boolean, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_due_move"),
        key_to("due_move", "dossier", "dossier_id"),
    )
    op.create_index("ix_due_move_dossier_id", "due_move", ["dossier_id"])
    op.create_table(
        "entry",
        whole("id"),
        whole("agency_id"),
        whole("seq"),
        whole("dossier_id"),
        word("verb"),
        word("from_state", nullable=True),
        word("to_state"),
        whole("author_id", nullable=True),
        text("author_name"),
        moment("happened_at"),
        moment("recorded_at"),
        text("reason", nullable=True),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("agency_id", "seq", name="uq_entry_agency_id_seq"),
        key_to("entry", "agency", "agency_id"),
        key_to("entry", "dossier", "dossier_id"),
        key_to("entry", "account", "author_id"),
    )
    op.create_index("ix_entry_dossier_id", "entry", ["dossier_id"])
    op.create_table(
        "history_head",
        whole("agency_id"),
        whole("seq"),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name="pk_history_head"),
        key_to("history_head", "agency", "agency_id"),
    )
    op.create_table(
        "day_counter",
        whole("agency_id"),
        sa.Column("day", sa.Date, nullable=False),
        whole("last"),
        sa.PrimaryKeyConstraint("agency_id", "day", name="pk_day_counter"),
        key_to("day_counter", "agency", "agency_id"),
    )
    dialect = op.get_bind().dialect.name
    for statement in POSTGRESQL if dialect == "postgresql" else SQLITE:
        op.execute(statement)


# History is append-only in the database itself; the index of words is each database's own.
SQLITE = (
    (
        "CREATE TRIGGER entry_not_updated BEFORE UPDATE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END"
    ),
    (
        "CREATE TRIGGER entry_not_deleted BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END"
    ),
    (
        "CREATE VIRTUAL TABLE dossier_search USING fts5(words, detail=none, columnsize=0, "
        "tokenize='ascii')"
    ),
)
POSTGRESQL = (
    (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is never changed'; END $$"
    ),
    (
        "CREATE TRIGGER entry_not_changed BEFORE UPDATE OR DELETE ON entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE TRIGGER entry_not_emptied BEFORE TRUNCATE ON entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
    "CREATE TABLE dossier_search (dossier_id integer PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_dossier_search_words ON dossier_search USING gin (words)",
)


def downgrade() -> None:
    op.drop_table("dossier_search")
    for table in ("day_counter", "history_head", "entry", "due_move", "dossier_pause", "dossier"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change")
