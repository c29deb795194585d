"""Add consents, their texts, withdrawals and demands, and the clinic's rule to ask for one.

Only new tables, columns and triggers: no table is made anew.
"""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER consent_closed_update BEFORE UPDATE ON consent FOR EACH ROW WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed consent is closed'); END",
    "CREATE TRIGGER consent_signed_with_seal BEFORE UPDATE OF state ON consent FOR EACH ROW WHEN NEW.state = 'signed' AND NOT EXISTS (SELECT 1 FROM consent_seal WHERE consent_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a consent is signed with a seal'); END",
    "CREATE TRIGGER consent_begins_as_draft BEFORE INSERT ON consent FOR EACH ROW WHEN NEW.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'a consent begins as a draft'); END",
    "CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consents are never deleted'); END",
    "CREATE TRIGGER consent_product_closed_insert BEFORE INSERT ON consent_product FOR EACH ROW WHEN (SELECT state FROM consent WHERE id = NEW.consent_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed consent is closed'); END",
    "CREATE TRIGGER consent_product_closed_update BEFORE UPDATE ON consent_product FOR EACH ROW WHEN (SELECT state FROM consent WHERE id = OLD.consent_id) <> 'draft' OR (SELECT state FROM consent WHERE id = NEW.consent_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed consent is closed'); END",
    "CREATE TRIGGER consent_product_closed_delete BEFORE DELETE ON consent_product FOR EACH ROW WHEN (SELECT state FROM consent WHERE id = OLD.consent_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed consent is closed'); END",
    "CREATE TRIGGER consent_seal_at_signing BEFORE INSERT ON consent_seal FOR EACH ROW WHEN (SELECT state FROM consent WHERE id = NEW.consent_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'the seal is set at signing'); END",
    "CREATE TRIGGER consent_withdrawal_of_signed BEFORE INSERT ON consent_withdrawal FOR EACH ROW WHEN (SELECT state FROM consent WHERE id = NEW.consent_id) <> 'signed' BEGIN SELECT RAISE(ABORT, 'only a signed consent is withdrawn'); END",
    "CREATE TRIGGER consent_seal_no_update BEFORE UPDATE ON consent_seal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_seal is append-only'); END",
    "CREATE TRIGGER consent_seal_no_delete BEFORE DELETE ON consent_seal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_seal is append-only'); END",
    "CREATE TRIGGER consent_withdrawal_no_update BEFORE UPDATE ON consent_withdrawal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_withdrawal is append-only'); END",
    "CREATE TRIGGER consent_withdrawal_no_delete BEFORE DELETE ON consent_withdrawal FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_withdrawal is append-only'); END",
    "CREATE TRIGGER consent_demand_no_update BEFORE UPDATE ON consent_demand FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_demand is append-only'); END",
    "CREATE TRIGGER consent_demand_no_delete BEFORE DELETE ON consent_demand FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_demand is append-only'); END",
    "CREATE TRIGGER consent_text_no_update BEFORE UPDATE ON consent_text FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_text is append-only'); END",
    "CREATE TRIGGER consent_text_no_delete BEFORE DELETE ON consent_text FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'consent_text is append-only'); END",
)


def upgrade() -> None:
    make_consent()
    make_consent_demand()
    make_consent_text()
    make_consent_product()
    make_consent_seal()
    make_consent_withdrawal()
    # Added columns leave the table in place; a batch would make the clinic's table anew.
    required: sa.Column[bool] = sa.Column(
        "consent_required", sa.Boolean(), server_default=sa.text("0"), nullable=False
    )
    op.add_column("clinic", required)
    op.add_column("clinic", sa.Column("consent_months", sa.Integer(), nullable=True))
    for statement in TRIGGERS:
        op.execute(statement)


def make_consent() -> None:
    op.create_table(
        "consent",
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
                "discarded",
                name="consent_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("text_id", sa.String(), nullable=False),
        sa.Column(
            "text_origin",
            sa.Enum(
                "shipped",
                "clinic",
                name="text_origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("areas", types.Json(), nullable=False),
        sa.Column("planned_sessions", sa.Integer(), nullable=True),
        sa.Column("alternatives", sa.String(), nullable=False),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column(
            "time_to_reflect",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="time_to_reflect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "questions_asked",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="questions_asked",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column(
            "interpreter",
            sa.Enum(
                "yes",
                "no",
                "not_asked",
                name="interpreter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("interpreter_name", sa.String(), nullable=False),
        sa.Column("photos", types.Json(), nullable=False),
        sa.Column(
            "signer",
            sa.Enum(
                "patient",
                "representative",
                name="signer_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "drawn",
                "paper",
                name="consent_method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paper_place", sa.String(), nullable=False),
        sa.Column("strokes", sa.LargeBinary(), nullable=True),
        sa.Column("strokes_for", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(), nullable=True),
        sa.Column("informer_id", types.Uuid(), nullable=True),
        sa.Column("informer_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_consent_signed_dated")
        ),
        sa.CheckConstraint(
            "state <> 'signed' OR method = 'paper' OR strokes IS NOT NULL",
            name=op.f("ck_consent_signed_drawn"),
        ),
        sa.CheckConstraint(
            "state <> 'signed' OR shown <> ''", name=op.f("ck_consent_signed_shown")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_consent_number_positive")),
        sa.CheckConstraint("planned_sessions > 0", name=op.f("ck_consent_planned_positive")),
        sa.ForeignKeyConstraint(
            ["informer_id"],
            ["app_user.id"],
            name=op.f("fk_consent_informer_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_consent_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("patient_id", "number", name=op.f("uq_consent_patient_id_number")),
    )
    op.create_index(
        "uq_consent_one_draft",
        "consent",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
    )


def make_consent_demand() -> None:
    op.create_table(
        "consent_demand",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("after_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reaction",
                "other",
                name="demand_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author_id", types.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("demanded_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'reaction' OR grade IS NOT NULL",
            name=op.f("ck_consent_demand_reaction_graded"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_consent_demand_reasoned")),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_consent_demand_grade_range")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["app_user.id"],
            name=op.f("fk_consent_demand_author_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_consent_demand_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_demand")),
    )
    op.create_index("ix_consent_demand_patient", "consent_demand", ["patient_id"], unique=False)


def make_consent_text() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("text_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("asks_anew", sa.Boolean(), nullable=False),
        sa.Column("made_by", types.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_consent_text_written")),
        sa.CheckConstraint("number > 0", name=op.f("ck_consent_text_number_positive")),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["app_user.id"],
            name=op.f("fk_consent_text_made_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint(
            "text_id", "language", "number", name=op.f("uq_consent_text_text_id_language_number")
        ),
    )


def make_consent_product() -> None:
    op.create_table(
        "consent_product",
        sa.Column("consent_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", types.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("product_class", sa.String(), nullable=False),
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
        sa.Column("by_area", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name=op.f("fk_consent_product_consent_id_consent"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_consent_product_product_id_product"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("consent_id", "position", name=op.f("pk_consent_product")),
    )


def make_consent_seal() -> None:
    op.create_table(
        "consent_seal",
        sa.Column("consent_id", types.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signed_by", types.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name=op.f("fk_consent_seal_consent_id_consent"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"],
            ["app_user.id"],
            name=op.f("fk_consent_seal_signed_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent_seal")),
    )


def make_consent_withdrawal() -> None:
    op.create_table(
        "consent_withdrawal",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("consent_id", types.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "all",
                "record",
                "teaching",
                "publicity",
                name="withdrawal_scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("author_id", types.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_consent_withdrawal_reasoned")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_consent_withdrawal_seq_positive")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["app_user.id"],
            name=op.f("fk_consent_withdrawal_author_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name=op.f("fk_consent_withdrawal_consent_id_consent"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawal")),
        sa.UniqueConstraint(
            "consent_id", "scope", name=op.f("uq_consent_withdrawal_consent_id_scope")
        ),
        sa.UniqueConstraint("consent_id", "seq", name=op.f("uq_consent_withdrawal_consent_id_seq")),
    )
