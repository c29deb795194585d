"""All tables of the first release, the full-text tables, and the triggers that close records."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Contentless: the words are made from `patient` and can be made again (`db.search.rebuild`).
FULL_TEXT = (
    "CREATE VIRTUAL TABLE patient_words_fts USING fts5(family, given, other, content='',"
    " contentless_delete=1, tokenize='ascii', prefix='1 2 3 4 5 6', detail=column)",
    "CREATE VIRTUAL TABLE patient_trigrams_fts USING fts5(whole, content='',"
    " contentless_delete=1, tokenize='trigram')",
)

# A copy, frozen here on purpose: the constants in `db/models` may move on, this schema may not.
TRIGGERS = (
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END",
    "CREATE TRIGGER audit_entry_next_only BEFORE INSERT ON audit_entry WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry) BEGIN SELECT RAISE(ABORT, 'audit entries are appended one after the other'); END",
    "CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock movements are only added'); END",
    "CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock movements are only added'); END",
    "CREATE TRIGGER intake_closed_update BEFORE UPDATE ON intake FOR EACH ROW WHEN OLD.state = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_no_delete BEFORE DELETE ON intake FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'intakes are never deleted'); END",
    "CREATE TRIGGER intake_answer_closed_insert BEFORE INSERT ON intake_answer FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_answer_closed_update BEFORE UPDATE ON intake_answer FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' OR (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_answer_closed_delete BEFORE DELETE ON intake_answer FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_medicine_closed_insert BEFORE INSERT ON intake_medicine FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_medicine_closed_update BEFORE UPDATE ON intake_medicine FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' OR (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_medicine_closed_delete BEFORE DELETE ON intake_medicine FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_allergy_closed_insert BEFORE INSERT ON intake_allergy FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_allergy_closed_update BEFORE UPDATE ON intake_allergy FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' OR (SELECT state FROM intake WHERE id = NEW.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER intake_allergy_closed_delete BEFORE DELETE ON intake_allergy FOR EACH ROW WHEN (SELECT state FROM intake WHERE id = OLD.intake_id) = 'completed' BEGIN SELECT RAISE(ABORT, 'a completed intake is closed'); END",
    "CREATE TRIGGER session_closed_update BEFORE UPDATE OF id, created_at, patient_id, number, therapist_id, therapist_name, started_at, zone, atlas_id, body_sex, height_cm, anything_changed, changes, reaction_to_last, reaction_to_last_detail, emergency_kit, weight_kg, skin_preparation, aseptic_steps, pain, reactions, reaction_note, observation_min, aftercare_id, aftercare_version, aftercare_language, aftercare_given, next_session_on, no_next_session, note, signed_at, discard_reason ON session FOR EACH ROW WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_state_order BEFORE UPDATE OF state ON session FOR EACH ROW WHEN OLD.state <> NEW.state AND NOT ((OLD.state = 'signed' AND NEW.state IN ('amended', 'entered_in_error')) OR (OLD.state = 'amended' AND NEW.state = 'entered_in_error') OR (OLD.state = 'draft' AND NEW.state IN ('signed', 'entered_in_error'))) BEGIN SELECT RAISE(ABORT, 'a session cannot go back to that state'); END",
    "CREATE TRIGGER session_signed_with_seal BEFORE UPDATE OF state ON session FOR EACH ROW WHEN OLD.state = 'draft' AND NEW.state = 'signed' AND NOT EXISTS (SELECT 1 FROM session_seal WHERE session_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a session is signed with a seal'); END",
    "CREATE TRIGGER session_no_delete BEFORE DELETE ON session FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'sessions are never deleted'); END",
    "CREATE TRIGGER syringe_closed_insert BEFORE INSERT ON syringe FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER syringe_closed_update BEFORE UPDATE ON syringe FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER syringe_closed_delete BEFORE DELETE ON syringe FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER syringe_component_closed_insert BEFORE INSERT ON syringe_component FOR EACH ROW WHEN (SELECT session.state FROM session JOIN syringe ON syringe.session_id = session.id WHERE syringe.id = NEW.syringe_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER syringe_component_closed_update BEFORE UPDATE ON syringe_component FOR EACH ROW WHEN (SELECT session.state FROM session JOIN syringe ON syringe.session_id = session.id WHERE syringe.id = OLD.syringe_id) <> 'draft' OR (SELECT session.state FROM session JOIN syringe ON syringe.session_id = session.id WHERE syringe.id = NEW.syringe_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER syringe_component_closed_delete BEFORE DELETE ON syringe_component FOR EACH ROW WHEN (SELECT session.state FROM session JOIN syringe ON syringe.session_id = session.id WHERE syringe.id = OLD.syringe_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_acknowledgement_closed_insert BEFORE INSERT ON session_acknowledgement FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_acknowledgement_closed_update BEFORE UPDATE ON session_acknowledgement FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_acknowledgement_closed_delete BEFORE DELETE ON session_acknowledgement FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_field_closed_insert BEFORE INSERT ON chart_field FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_field_closed_update BEFORE UPDATE ON chart_field FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_field_closed_delete BEFORE DELETE ON chart_field FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_edit_closed_insert BEFORE INSERT ON chart_edit FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_edit_closed_update BEFORE UPDATE ON chart_edit FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER chart_edit_closed_delete BEFORE DELETE ON chart_edit FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_snapshot_no_update BEFORE UPDATE ON session_snapshot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_snapshot is append-only'); END",
    "CREATE TRIGGER session_snapshot_no_delete BEFORE DELETE ON session_snapshot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_snapshot is append-only'); END",
    "CREATE TRIGGER session_seal_no_update BEFORE UPDATE ON session_seal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_seal is append-only'); END",
    "CREATE TRIGGER session_seal_no_delete BEFORE DELETE ON session_seal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_seal is append-only'); END",
    "CREATE TRIGGER session_addendum_no_update BEFORE UPDATE ON session_addendum FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_addendum is append-only'); END",
    "CREATE TRIGGER session_addendum_no_delete BEFORE DELETE ON session_addendum FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'session_addendum is append-only'); END",
    "CREATE TRIGGER session_snapshot_at_signing BEFORE INSERT ON session_snapshot FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'the snapshot is taken at signing'); END",
    "CREATE TRIGGER session_seal_at_signing BEFORE INSERT ON session_seal FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'the seal is set at signing'); END",
    "CREATE TRIGGER session_addendum_after_signing BEFORE INSERT ON session_addendum FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) = 'draft' BEGIN SELECT RAISE(ABORT, 'a draft takes no addenda'); END",
    "CREATE TRIGGER follow_up_no_delete BEFORE DELETE ON follow_up FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'checks are never deleted'); END",
    "CREATE TRIGGER follow_up_closed_update BEFORE UPDATE ON follow_up FOR EACH ROW WHEN OLD.state IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_item_closed_insert BEFORE INSERT ON follow_up_item FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = NEW.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_item_closed_update BEFORE UPDATE ON follow_up_item FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = OLD.follow_up_id) IN ('done', 'superseded') OR (SELECT state FROM follow_up WHERE id = NEW.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_item_closed_delete BEFORE DELETE ON follow_up_item FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = OLD.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_shown_no_update BEFORE UPDATE ON follow_up_shown FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was shown is never changed'); END",
    "CREATE TRIGGER follow_up_shown_no_delete BEFORE DELETE ON follow_up_shown FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was shown is never deleted'); END",
)


def upgrade() -> None:
    make_tables()
    for statement in (*FULL_TEXT, *TRIGGERS):
        op.execute(statement)


def make_tables() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "prescriber",
                "therapist",
                "assistant",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("colour >= 0", name=op.f("ck_app_user_colour_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("monotonic_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot_id", sa.String(length=40), nullable=False),
        sa.Column("actor_id", types.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_role", sa.String(length=40), nullable=True),
        sa.Column("workstation", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=60), nullable=False),
        sa.Column("object_id", types.Uuid(), nullable=True),
        sa.Column("object_version", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint(
            "length(prev) = 32 AND length(mac) = 32", name=op.f("ck_audit_entry_digest_length")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_audit_entry_seq_positive")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_id", "seq"], unique=False)
    op.create_table(
        "clinic",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("only_one", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column(
            "weight_unit",
            sa.Enum(
                "kg", "lb", name="weight_unit", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "length_unit",
            sa.Enum(
                "cm", "in", name="length_unit", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("idle_lock_minutes", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("emergency_phone", sa.String(), nullable=False),
        sa.Column("escalation", types.Json(), nullable=False),
        sa.Column("last_patient", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "idle_lock_minutes BETWEEN 1 AND 60", name=op.f("ck_clinic_idle_lock_range")
        ),
        sa.CheckConstraint("last_patient >= 0", name=op.f("ck_clinic_last_patient_not_negative")),
        sa.CheckConstraint(
            "minimum_age BETWEEN 0 AND 120", name=op.f("ck_clinic_minimum_age_range")
        ),
        sa.CheckConstraint("only_one = 1", name=op.f("ck_clinic_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
        sa.UniqueConstraint("only_one", name=op.f("uq_clinic_only_one")),
    )
    op.create_table(
        "patient",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record_number", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_names", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column(
            "body_sex",
            sa.Enum(
                "female",
                "male",
                name="body_sex",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("touched_at", types.UtcDateTime(), nullable=False),
        sa.Column("family_folded", sa.String(), nullable=False),
        sa.Column("given_folded", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("phone_tail", sa.String(), nullable=False),
        sa.CheckConstraint("family_name <> '' OR given_names <> ''", name=op.f("ck_patient_named")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_patient_seq_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("record_number", name=op.f("uq_patient_record_number")),
        sa.UniqueConstraint("seq", name=op.f("uq_patient_seq")),
    )
    op.create_index("ix_patient_birth_date", "patient", ["birth_date"], unique=False)
    op.create_index(
        "ix_patient_current_touched",
        "patient",
        ["touched_at", "seq"],
        unique=False,
        sqlite_where=sa.text("archived_at IS NULL"),
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index("ix_patient_name_key", "patient", ["name_key"], unique=False)
    op.create_index("ix_patient_phone_tail", "patient", ["phone_tail"], unique=False)
    op.create_index("ix_patient_touched", "patient", ["touched_at", "seq"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("manufacturer", sa.String(), nullable=False),
        sa.Column("product_class", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("container_ml", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("single_dose", sa.Boolean(), nullable=True),
        sa.Column("diluent", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unknown",
                "approved_for_use",
                "approved_off_label",
                "not_approved",
                "device",
                name="regulatory_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("status_source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("starter_id", sa.String(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_product_named")),
        sa.CheckConstraint("container_ml > 0", name=op.f("ck_product_container_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index("ix_product_name_folded", "product", ["name_folded"], unique=False)
    op.create_index(
        "uq_product_starter",
        "product",
        ["starter_id"],
        unique=True,
        sqlite_where=sa.text("starter_id <> ''"),
        postgresql_where=sa.text("starter_id <> ''"),
    )
    op.create_table(
        "signing_key",
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_signing_key_key_length")),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_signing_key")),
    )
    op.create_index(op.f("ix_signing_key_user_id"), "signing_key", ["user_id"], unique=False)
    op.create_table(
        "vault_meta",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vault_id", types.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_vault_meta_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_meta")),
    )
    op.create_table(
        "draft",
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payload", types.Json(), nullable=False),
        sa.Column("kept_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_draft_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("user_id", "form", "subject", name=op.f("pk_draft")),
    )
    op.create_table(
        "intake",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.String(), nullable=False),
        sa.Column("questionnaire_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "completed",
                name="intake_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("based_on", types.Uuid(), nullable=True),
        sa.Column("medicines_asked", sa.Boolean(), nullable=False),
        sa.Column("allergies_asked", sa.Boolean(), nullable=False),
        sa.Column("height_cm", types.ScaledDecimal(places=1), nullable=True),
        sa.Column("weight_kg", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("skin_type", sa.Integer(), nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("completed_at", types.UtcDateTime(), nullable=True),
        sa.Column("completed_by_id", types.Uuid(), nullable=True),
        sa.Column("completed_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)",
            name=op.f("ck_intake_completed_dated"),
        ),
        sa.CheckConstraint("height_cm > 0", name=op.f("ck_intake_height_positive")),
        sa.CheckConstraint("number > 0", name=op.f("ck_intake_number_positive")),
        sa.CheckConstraint("skin_type BETWEEN 1 AND 6", name=op.f("ck_intake_skin_type_range")),
        sa.CheckConstraint("weight_kg > 0", name=op.f("ck_intake_weight_positive")),
        sa.ForeignKeyConstraint(
            ["based_on"], ["intake.id"], name=op.f("fk_intake_based_on_intake"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["completed_by_id"],
            ["app_user.id"],
            name=op.f("fk_intake_completed_by_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_intake_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("patient_id", "number", name=op.f("uq_intake_patient_id_number")),
    )
    op.create_index(
        "uq_intake_one_draft",
        "intake",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "lot",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("product_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_ml", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.CheckConstraint("number <> ''", name=op.f("ck_lot_numbered")),
        sa.CheckConstraint("received_ml > 0", name=op.f("ck_lot_received_positive")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_lot_product_id_product"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("product_id", "number_key", name=op.f("uq_lot_product_id_number_key")),
    )
    op.create_index("ix_lot_expires_on", "lot", ["expires_on"], unique=False)
    op.create_table(
        "product_active",
        sa.Column("product_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ingredient_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("strength_value", types.ScaledDecimal(places=6), nullable=True),
        sa.Column("strength_unit", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(strength_value IS NULL) = (strength_unit IS NULL)",
            name=op.f("ck_product_active_strength_whole"),
        ),
        sa.CheckConstraint("strength_value > 0", name=op.f("ck_product_active_strength_positive")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_product_active_product_id_product"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("product_id", "position", name=op.f("pk_product_active")),
    )
    op.create_table(
        "session",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signed",
                "amended",
                "entered_in_error",
                name="session_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("therapist_id", types.Uuid(), nullable=False),
        sa.Column("therapist_name", sa.String(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("atlas_id", sa.String(), nullable=False),
        sa.Column(
            "body_sex",
            sa.Enum(
                "female",
                "male",
                name="body_sex",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("height_cm", types.ScaledDecimal(places=1), nullable=True),
        sa.Column(
            "anything_changed",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="anything_changed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column(
            "reaction_to_last",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="reaction_to_last",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reaction_to_last_detail", sa.String(), nullable=False),
        sa.Column(
            "emergency_kit",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="emergency_kit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("weight_kg", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("skin_preparation", sa.String(), nullable=False),
        sa.Column("aseptic_steps", types.Json(), nullable=False),
        sa.Column("pain", sa.Integer(), nullable=True),
        sa.Column("reactions", types.Json(), nullable=False),
        sa.Column("reaction_note", sa.String(), nullable=False),
        sa.Column("observation_min", sa.Integer(), nullable=True),
        sa.Column("aftercare_id", sa.String(), nullable=False),
        sa.Column("aftercare_version", sa.Integer(), nullable=True),
        sa.Column("aftercare_language", sa.String(), nullable=False),
        sa.Column(
            "aftercare_given",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="aftercare_given",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("next_session_on", sa.Date(), nullable=True),
        sa.Column("no_next_session", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(), nullable=True),
        sa.Column("discard_reason", sa.String(), nullable=False),
        sa.CheckConstraint("height_cm > 0", name=op.f("ck_session_height_positive")),
        sa.CheckConstraint(
            "next_session_on IS NULL OR NOT no_next_session",
            name=op.f("ck_session_next_session_or_none"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_session_number_positive")),
        sa.CheckConstraint(
            "observation_min >= 0", name=op.f("ck_session_observation_not_negative")
        ),
        sa.CheckConstraint("pain BETWEEN 0 AND 10", name=op.f("ck_session_pain_scale")),
        sa.CheckConstraint("weight_kg > 0", name=op.f("ck_session_weight_positive")),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_session_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["app_user.id"],
            name=op.f("fk_session_therapist_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_next_on", "session", ["next_session_on"], unique=False)
    op.create_index("ix_session_state_started", "session", ["state", "started_at"], unique=False)
    op.create_index(
        "uq_session_one_draft",
        "session",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_session_patient_number",
        "session",
        ["patient_id", "number"],
        unique=True,
        sqlite_where=sa.text("state <> 'entered_in_error'"),
        postgresql_where=sa.text("state <> 'entered_in_error'"),
    )
    op.create_table(
        "chart_edit",
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "undone",
                "dropped",
                name="edit_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("merge_key", sa.String(), nullable=True),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by", types.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["app_user.id"],
            name=op.f("fk_chart_edit_made_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_chart_edit_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_chart_edit")),
    )
    op.create_index(
        "ix_chart_edit_state", "chart_edit", ["session_id", "state", "position"], unique=False
    )
    op.create_index(
        "uq_chart_edit_position",
        "chart_edit",
        ["session_id", "position"],
        unique=True,
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("schedule_version", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("window_from", types.UtcDateTime(), nullable=False),
        sa.Column("window_to", types.UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "missed",
                "superseded",
                name="follow_up_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "visit",
                "phone",
                "message",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("missed_reason", sa.String(), nullable=False),
        sa.Column("superseded_by", types.Uuid(), nullable=True),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.Column("done_by", types.Uuid(), nullable=True),
        sa.Column("done_by_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["app_user.id"],
            name=op.f("fk_follow_up_done_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_follow_up_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_follow_up_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["session.id"],
            name=op.f("fk_follow_up_superseded_by_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(
        "ix_follow_up_open_due",
        "follow_up",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_follow_up_patient", "follow_up", ["patient_id"], unique=False)
    op.create_index(
        "uq_follow_up_session_check", "follow_up", ["session_id", "check_id"], unique=True
    )
    op.create_table(
        "intake_allergy",
        sa.Column("intake_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("substance", sa.String(), nullable=False),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["intake.id"],
            name=op.f("fk_intake_allergy_intake_id_intake"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("intake_id", "position", name=op.f("pk_intake_allergy")),
    )
    op.create_table(
        "intake_answer",
        sa.Column("intake_id", types.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["intake.id"],
            name=op.f("fk_intake_answer_intake_id_intake"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("intake_id", "item_id", name=op.f("pk_intake_answer")),
    )
    op.create_table(
        "intake_medicine",
        sa.Column("intake_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dose", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["intake.id"],
            name=op.f("fk_intake_medicine_intake_id_intake"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("intake_id", "position", name=op.f("pk_intake_medicine")),
    )
    op.create_table(
        "session_acknowledgement",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "triggered",
                "unanswered",
                "if_used",
                name="finding_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("acknowledged_at", types.UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_acknowledgement_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_session_acknowledgement_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_acknowledgement")),
    )
    op.create_index(
        "ix_session_acknowledgement_session",
        "session_acknowledgement",
        ["session_id"],
        unique=False,
    )
    op.create_index(
        "uq_session_acknowledgement_rule",
        "session_acknowledgement",
        ["session_id", "rule_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "session_addendum",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author_id", types.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("written_at", types.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["app_user.id"],
            name=op.f("fk_session_addendum_author_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_addendum_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_addendum")),
    )
    op.create_index(
        "uq_session_addendum_seq", "session_addendum", ["session_id", "seq"], unique=True
    )
    op.create_table(
        "session_seal",
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signed_by", types.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_seal_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"],
            ["app_user.id"],
            name=op.f("fk_session_seal_signed_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_seal")),
    )
    op.create_table(
        "session_snapshot",
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("taken_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_snapshot_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_snapshot")),
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "drawn",
                "corrected",
                name="movement_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("volume_ml", types.ScaledDecimal(places=3), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=True),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("moved_at", types.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'drawn' OR (volume_ml < 0 AND session_id IS NOT NULL)",
            name=op.f("ck_stock_movement_drawn_negative"),
        ),
        sa.CheckConstraint("volume_ml <> 0", name=op.f("ck_stock_movement_volume_not_zero")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_stock_movement_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_stock_movement_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_stock_movement_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index("ix_stock_movement_lot", "stock_movement", ["lot_id"], unique=False)
    op.create_index("ix_stock_movement_session", "stock_movement", ["session_id"], unique=False)
    op.create_table(
        "syringe",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("digit", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("wasted_ml", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("left_ml", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("digit BETWEEN 1 AND 9", name=op.f("ck_syringe_digit_range")),
        sa.CheckConstraint("left_ml >= 0", name=op.f("ck_syringe_left_not_negative")),
        sa.CheckConstraint("wasted_ml >= 0", name=op.f("ck_syringe_wasted_not_negative")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_syringe_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syringe")),
    )
    op.create_index("ix_syringe_session", "syringe", ["session_id"], unique=False)
    op.create_index(
        "uq_syringe_session_digit",
        "syringe",
        ["session_id", "digit"],
        unique=True,
        sqlite_where=sa.text("NOT removed"),
        postgresql_where=sa.text("NOT removed"),
    )
    op.create_table(
        "chart_field",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("syringe_id", types.Uuid(), nullable=False),
        sa.Column("definition", types.Json(), nullable=False),
        sa.Column("point_count", sa.Integer(), nullable=False),
        sa.Column("volume_ul", sa.Integer(), nullable=False),
        sa.Column("regions", types.Json(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("point_count >= 0", name=op.f("ck_chart_field_count_not_negative")),
        sa.CheckConstraint("volume_ul >= 0", name=op.f("ck_chart_field_volume_not_negative")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_chart_field_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["syringe_id"],
            ["syringe.id"],
            name=op.f("fk_chart_field_syringe_id_syringe"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_field")),
    )
    op.create_index("ix_chart_field_session", "chart_field", ["session_id"], unique=False)
    op.create_index("ix_chart_field_syringe", "chart_field", ["syringe_id"], unique=False)
    op.create_table(
        "follow_up_item",
        sa.Column("follow_up_id", types.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("onset_on", sa.Date(), nullable=True),
        sa.Column(
            "still_present",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="still_present",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_item_follow_up_id_follow_up"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("follow_up_id", "item_id", name=op.f("pk_follow_up_item")),
    )
    op.create_table(
        "follow_up_shown",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("follow_up_id", types.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=False),
        sa.Column("shown_at", types.UtcDateTime(), nullable=False),
        sa.Column("shown_to", sa.String(), nullable=False),
        sa.Column("shown_to_id", types.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_shown_follow_up_id_follow_up"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["shown_to_id"],
            ["app_user.id"],
            name=op.f("fk_follow_up_shown_shown_to_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_shown")),
    )
    op.create_index(
        "ix_follow_up_shown_follow_up", "follow_up_shown", ["follow_up_id"], unique=False
    )
    op.create_table(
        "syringe_component",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("syringe_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column("product_id", types.Uuid(), nullable=False),
        sa.Column("product_name", sa.String(), nullable=False),
        sa.Column("product_class", sa.String(), nullable=False),
        sa.Column("lot_number", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("diluent", sa.Boolean(), nullable=False),
        sa.Column("volume_ml", types.ScaledDecimal(places=3), nullable=False),
        sa.Column("actives", types.Json(), nullable=False),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_syringe_component_volume_positive")),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
            name=op.f("fk_syringe_component_lot_id_lot"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_syringe_component_product_id_product"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["syringe_id"],
            ["syringe.id"],
            name=op.f("fk_syringe_component_syringe_id_syringe"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syringe_component")),
    )
    op.create_index("ix_syringe_component_lot", "syringe_component", ["lot_id"], unique=False)
    op.create_index(
        "ix_syringe_component_syringe", "syringe_component", ["syringe_id"], unique=False
    )


def downgrade() -> None:
    raise RuntimeError("a vault is never taken back to an older schema; restore a backup instead")
