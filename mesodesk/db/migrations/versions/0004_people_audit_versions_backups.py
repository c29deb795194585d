"""Add restricted patients, spans and keys of the audit chain, amendments, backups, kept drafts.

Only new tables, indexes and triggers: no table is made anew.
"""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


TRIGGERS = (
    "CREATE TRIGGER audit_span_no_update BEFORE UPDATE ON audit_span FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_span is append-only'); END",
    "CREATE TRIGGER audit_span_no_delete BEFORE DELETE ON audit_span FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_span is append-only'); END",
    "CREATE TRIGGER audit_span_next_only BEFORE INSERT ON audit_span FOR EACH ROW WHEN NEW.first_seq IS NOT (SELECT coalesce(max(last_seq), 0) + 1 FROM audit_span) BEGIN SELECT RAISE(ABORT, 'spans follow each other without a gap'); END",
    "CREATE TRIGGER audit_key_no_update BEFORE UPDATE ON audit_key FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_key is append-only'); END",
    "CREATE TRIGGER audit_key_no_delete BEFORE DELETE ON audit_key FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_key is append-only'); END",
    "CREATE TRIGGER audit_key_next_only BEFORE INSERT ON audit_key FOR EACH ROW WHEN NEW.first_seq <= (SELECT coalesce(max(first_seq), 0) FROM audit_key) BEGIN SELECT RAISE(ABORT, 'keys follow each other'); END",
    "CREATE TRIGGER backup_run_no_update BEFORE UPDATE ON backup_run FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'backup_run is append-only'); END",
    "CREATE TRIGGER backup_run_no_delete BEFORE DELETE ON backup_run FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'backup_run is append-only'); END",
    "CREATE TRIGGER emergency_access_closed_update BEFORE UPDATE OF id, created_at, user_id, patient_id, reason, boot_id, opened_at, until_ms ON emergency_access FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was opened in an emergency stays on record'); END",
    "CREATE TRIGGER emergency_access_reviewed_update BEFORE UPDATE ON emergency_access FOR EACH ROW WHEN OLD.reviewed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a review is not changed'); END",
    "CREATE TRIGGER emergency_access_no_delete BEFORE DELETE ON emergency_access FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was opened in an emergency stays on record'); END",
    "CREATE TRIGGER signing_key_closed_update BEFORE UPDATE ON signing_key FOR EACH ROW WHEN NOT (OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL AND NEW.public_key IS OLD.public_key AND NEW.user_id IS OLD.user_id AND NEW.created_at IS OLD.created_at) BEGIN SELECT RAISE(ABORT, 'a signing key is only retired, once'); END",
    "CREATE TRIGGER signing_key_no_delete BEFORE DELETE ON signing_key FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what a signing key signed must stay provable'); END",
    "CREATE TRIGGER session_version_closed_insert BEFORE INSERT ON session_version FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_version_closed_update BEFORE UPDATE ON session_version FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_version_closed_delete BEFORE DELETE ON session_version FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_statement_no_update BEFORE UPDATE ON session_statement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_statement is append-only'); END",
    "CREATE TRIGGER session_statement_no_delete BEFORE DELETE ON session_statement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_statement is append-only'); END",
    "CREATE TRIGGER session_statement_after_signing BEFORE INSERT ON session_statement FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) = 'draft' BEGIN SELECT RAISE(ABORT, 'a draft takes no statements'); END",
    "CREATE TRIGGER session_state_stated BEFORE UPDATE OF state ON session FOR EACH ROW WHEN OLD.state <> 'draft' AND OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM session_statement WHERE session_id = NEW.id AND kind = NEW.state) BEGIN SELECT RAISE(ABORT, 'a signed session moves on with a statement'); END",
)


def upgrade() -> None:
    make_tables()
    change_indexes()
    for statement in TRIGGERS:
        op.execute(statement)


def make_tables() -> None:
    op.create_table(
        "audit_key",
        sa.Column("first_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mac_key", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("first_seq >= 1", name=op.f("ck_audit_key_seq_positive")),
        sa.CheckConstraint("length(mac_key) = 32", name=op.f("ck_audit_key_key_length")),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_audit_key")),
    )
    op.create_table(
        "audit_span",
        sa.Column("first_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signed",
                "found",
                "recovery",
                name="span_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", types.Uuid(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'signed' OR signature IS NOT NULL", name=op.f("ck_audit_span_signed_is_signed")
        ),
        sa.CheckConstraint(
            "(signature IS NULL) = (public_key IS NULL)", name=op.f("ck_audit_span_signature_whole")
        ),
        sa.CheckConstraint(
            "first_seq >= 1 AND last_seq >= first_seq", name=op.f("ck_audit_span_forward")
        ),
        sa.CheckConstraint("length(head) = 32", name=op.f("ck_audit_span_digest_length")),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_audit_span")),
    )
    op.create_table(
        "backup_place",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "folder",
                "stick",
                name="place_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("marker", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_place")),
    )
    op.create_index(
        "uq_backup_place_marker",
        "backup_place",
        ["marker"],
        unique=True,
        sqlite_where=sa.text("marker <> ''"),
    )

    op.create_table(
        "backup_run",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "backup",
                "readback",
                "drill",
                "restore",
                name="run_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place_id", types.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "verified",
                "failed",
                name="run_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("verified_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'failed') = (trouble <> '')", name=op.f("ck_backup_run_failure_told")
        ),
        sa.CheckConstraint(
            "(outcome = 'verified') = (verified_at IS NOT NULL)",
            name=op.f("ck_backup_run_verified_dated"),
        ),
        sa.CheckConstraint("length(head) = 32", name=op.f("ck_backup_run_digest_length")),
        sa.CheckConstraint("seq >= 0 AND size >= 0", name=op.f("ck_backup_run_not_negative")),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["backup_place.id"],
            name=op.f("fk_backup_run_place_id_backup_place"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
    )
    op.create_index("ix_backup_run_place", "backup_run", ["place_id", "made_at"], unique=False)

    op.create_table(
        "draft_kept",
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", types.Json(), nullable=False),
        sa.Column("kept_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_draft_kept_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("user_id", "form", "subject", "seq", name=op.f("pk_draft_kept")),
    )
    op.create_table(
        "emergency_access",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(length=40), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", types.Uuid(), nullable=True),
        sa.Column("reviewed_at", types.UtcDateTime(), nullable=True),
        sa.Column("review", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_emergency_access_reasoned")),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)",
            name=op.f("ck_emergency_access_review_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_emergency_access_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["app_user.id"],
            name=op.f("fk_emergency_access_reviewed_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_emergency_access_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index(
        "ix_emergency_access_patient", "emergency_access", ["patient_id", "user_id"], unique=False
    )

    op.create_table(
        "need_to_know",
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", types.Uuid(), nullable=False),
        sa.Column("set_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_need_to_know_reasoned")),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_need_to_know_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["app_user.id"],
            name=op.f("fk_need_to_know_set_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_need_to_know")),
    )
    op.create_table(
        "need_to_know_member",
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["need_to_know.patient_id"],
            name=op.f("fk_need_to_know_member_patient_id_need_to_know"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_need_to_know_member_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("patient_id", "user_id", name=op.f("pk_need_to_know_member")),
    )
    op.create_table(
        "session_statement",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "amended",
                "entered_in_error",
                "request_denied",
                name="statement_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("replaced_by", types.Uuid(), nullable=True),
        sa.Column("author_id", types.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint(
            "(kind = 'amended') = (replaced_by IS NOT NULL)",
            name=op.f("ck_session_statement_amended_is_replaced"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_session_statement_said")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["app_user.id"],
            name=op.f("fk_session_statement_author_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["session.id"],
            name=op.f("fk_session_statement_replaced_by_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_statement_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_statement")),
    )
    op.create_index(
        "ix_session_statement_session", "session_statement", ["session_id"], unique=False
    )
    op.create_index(
        "uq_session_statement_once",
        "session_statement",
        ["session_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind <> 'request_denied'"),
    )

    op.create_table(
        "session_version",
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("amends_id", types.Uuid(), nullable=False),
        sa.Column("root_id", types.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begun_by", types.Uuid(), nullable=False),
        sa.Column("begun_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_session_version_reasoned")),
        sa.CheckConstraint(
            "session_id NOT IN (amends_id, root_id)", name=op.f("ck_session_version_of_another")
        ),
        sa.ForeignKeyConstraint(
            ["amends_id"],
            ["session.id"],
            name=op.f("fk_session_version_amends_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["begun_by"],
            ["app_user.id"],
            name=op.f("fk_session_version_begun_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["root_id"],
            ["session.id"],
            name=op.f("fk_session_version_root_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_version_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_version")),
    )
    op.create_index("ix_session_version_amends", "session_version", ["amends_id"], unique=False)
    op.create_index("ix_session_version_root", "session_version", ["root_id"], unique=False)


def change_indexes() -> None:
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "seq"], unique=False)
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "seq"], unique=False)

    op.create_index("ix_session_patient", "session", ["patient_id", "number"], unique=False)
    # An amendment bears the number of what it amends, while that is signed or after.
    op.drop_index("uq_session_patient_number", "session")
    op.create_index(
        "uq_session_patient_number",
        "session",
        ["patient_id", "number"],
        unique=True,
        sqlite_where=sa.text("state = 'signed'"),
    )


def downgrade() -> None:
    raise RuntimeError("a vault is never taken back to an older schema; restore a backup instead")
