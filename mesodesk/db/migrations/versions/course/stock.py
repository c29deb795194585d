"""Add openings, quarantine, recalls, counts and clusters of lots, and more of what labels say.

The movements of lots are made anew with more kinds, row for row; all else is added.
"""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock movements are only added'); END",
    "CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock movements are only added'); END",
    "CREATE TRIGGER recall_contact_no_update BEFORE UPDATE ON recall_contact FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'recall_contact is append-only'); END",
    "CREATE TRIGGER recall_contact_no_delete BEFORE DELETE ON recall_contact FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'recall_contact is append-only'); END",
    "CREATE TRIGGER stock_count_no_update BEFORE UPDATE ON stock_count FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock_count is append-only'); END",
    "CREATE TRIGGER stock_count_no_delete BEFORE DELETE ON stock_count FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'stock_count is append-only'); END",
    "CREATE TRIGGER cluster_note_no_update BEFORE UPDATE ON cluster_note FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'cluster_note is append-only'); END",
    "CREATE TRIGGER cluster_note_no_delete BEFORE DELETE ON cluster_note FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'cluster_note is append-only'); END",
    "CREATE TRIGGER lot_opening_no_delete BEFORE DELETE ON lot_opening FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'openings stay on record'); END",
    "CREATE TRIGGER lot_opening_ended_update BEFORE UPDATE ON lot_opening FOR EACH ROW WHEN OLD.ended_on IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a container that is finished is not opened again'); END",
    "CREATE TRIGGER lot_hold_no_delete BEFORE DELETE ON lot_hold FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a quarantine stays on record'); END",
    "CREATE TRIGGER lot_hold_released_update BEFORE UPDATE ON lot_hold FOR EACH ROW WHEN OLD.released_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a quarantine that was ended stays as it was'); END",
    "CREATE TRIGGER recall_no_delete BEFORE DELETE ON recall FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a recall stays on record'); END",
    "CREATE TRIGGER recall_withdrawn_update BEFORE UPDATE ON recall FOR EACH ROW WHEN OLD.withdrawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a recall that was withdrawn stays as it was'); END",
)


def upgrade() -> None:
    widen_products()
    make_movements_anew()
    make_stock_tables()
    make_recall_tables()
    for statement in TRIGGERS:
        op.execute(statement)


def widen_products() -> None:
    # Added columns leave the table in place.
    for column in (
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("status_jurisdiction", sa.String(), server_default="", nullable=False),
        sa.Column("storage", sa.String(), server_default="", nullable=False),
        sa.Column("mixing_forbidden", sa.Boolean(), nullable=True),
        sa.Column("open_days", sa.Integer(), nullable=True),
        sa.Column("low_ml", types.ScaledDecimal(places=3), nullable=True),
    ):
        op.add_column("product", column)
    # What was typed so far was typed for the country that the clinic is in.
    op.execute(
        "UPDATE product SET status_jurisdiction = coalesce((SELECT jurisdiction FROM clinic), '')"
        " WHERE status <> 'unknown'"
    )


def make_movements_anew() -> None:
    """Make the table with its new kinds beside the old one, then let it take the name."""
    op.create_table(
        "stock_movement_new",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "drawn",
                "wasted",
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
        sa.CheckConstraint(
            "kind <> 'wasted' OR volume_ml < 0", name=op.f("ck_stock_movement_wasted_negative")
        ),
        sa.CheckConstraint(
            "kind <> 'received' OR volume_ml > 0", name=op.f("ck_stock_movement_received_positive")
        ),
        sa.CheckConstraint("volume_ml <> 0", name=op.f("ck_stock_movement_volume_not_zero")),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
            name=op.f("fk_stock_movement_lot_id_lot"),
            ondelete="RESTRICT",
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
    columns = "id, lot_id, kind, volume_ml, session_id, user_id, moved_at, reason"
    op.execute(
        f"INSERT INTO stock_movement_new ({columns}) SELECT {columns} FROM stock_movement"  # noqa: S608
    )
    op.drop_table("stock_movement")  # its triggers and indexes go with it
    op.rename_table("stock_movement_new", "stock_movement")
    # What is left of all lots is added up from the index alone.
    op.create_index(
        "ix_stock_movement_lot", "stock_movement", ["lot_id", "kind", "volume_ml"], unique=False
    )
    op.create_index("ix_stock_movement_session", "stock_movement", ["session_id"], unique=False)


def make_stock_tables() -> None:
    op.create_table(
        "product_status",
        sa.Column("product_id", types.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
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
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("jurisdiction <> ''", name=op.f("ck_product_status_somewhere")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_product_status_product_id_product"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("product_id", "position", name=op.f("pk_product_status")),
    )

    op.create_table(
        "lot_opening",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("opened_by", types.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(), nullable=False),
        sa.CheckConstraint("use_by >= opened_on", name=op.f("ck_lot_opening_forward")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_lot_opening_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["app_user.id"],
            name=op.f("fk_lot_opening_opened_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_opening")),
    )
    op.create_index("ix_lot_opening_lot", "lot_opening", ["lot_id"], unique=False)
    op.create_index(
        "uq_lot_opening_open",
        "lot_opening",
        ["lot_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
    )

    op.create_table(
        "lot_hold",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", types.Uuid(), nullable=False),
        sa.Column("held_at", types.UtcDateTime(), nullable=False),
        sa.Column("released_by", types.Uuid(), nullable=True),
        sa.Column("released_at", types.UtcDateTime(), nullable=True),
        sa.Column("release_reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_lot_hold_reasoned")),
        sa.CheckConstraint(
            "released_at IS NULL OR release_reason <> ''", name=op.f("ck_lot_hold_release_reasoned")
        ),
        sa.CheckConstraint(
            "(released_by IS NULL) = (released_at IS NULL)", name=op.f("ck_lot_hold_release_whole")
        ),
        sa.ForeignKeyConstraint(
            ["held_by"],
            ["app_user.id"],
            name=op.f("fk_lot_hold_held_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_lot_hold_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["released_by"],
            ["app_user.id"],
            name=op.f("fk_lot_hold_released_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_hold")),
    )
    op.create_index("ix_lot_hold_lot", "lot_hold", ["lot_id"], unique=False)
    op.create_index(
        "uq_lot_hold_held",
        "lot_hold",
        ["lot_id"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
    )

    op.create_table(
        "stock_count",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column("expected_ml", types.ScaledDecimal(places=3), nullable=False),
        sa.Column("counted_ml", types.ScaledDecimal(places=3), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("counted_at", types.UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("counted_ml >= 0", name=op.f("ck_stock_count_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_stock_count_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_stock_count_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
    )
    op.create_index("ix_stock_count_lot", "stock_count", ["lot_id", "counted_at"], unique=False)


def make_recall_tables() -> None:
    op.create_table(
        "recall",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("recalled_by", types.Uuid(), nullable=False),
        sa.Column("recalled_at", types.UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", types.Uuid(), nullable=True),
        sa.Column("withdrawn_at", types.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_recall_reasoned")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_reason <> ''", name=op.f("ck_recall_withdrawal_said")
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_recall_withdrawal_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recalled_by"],
            ["app_user.id"],
            name=op.f("fk_recall_recalled_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["app_user.id"],
            name=op.f("fk_recall_withdrawn_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_index("ix_recall_lot", "recall", ["lot_id"], unique=False)
    op.create_index(
        "uq_recall_standing",
        "recall",
        ["lot_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )

    op.create_table(
        "recall_contact",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("recall_id", types.Uuid(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "letter",
                "phone",
                "message",
                "visit",
                name="contact_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("noted_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_recall_contact_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"],
            ["recall.id"],
            name=op.f("fk_recall_contact_recall_id_recall"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_recall_contact_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_contact")),
    )
    op.create_index("ix_recall_contact_patient", "recall_contact", ["patient_id"], unique=False)
    op.create_index(
        "ix_recall_contact_recall", "recall_contact", ["recall_id", "patient_id"], unique=False
    )

    op.create_table(
        "cluster_note",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("lot_id", types.Uuid(), nullable=True),
        sa.Column("treated_on", sa.Date(), nullable=True),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("user_id", types.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("noted_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_cluster_note_said")),
        sa.CheckConstraint(
            "(lot_id IS NULL) <> (treated_on IS NULL)", name=op.f("ck_cluster_note_of_lot_or_day")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_cluster_note_lot_id_lot"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_cluster_note_user_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_note")),
    )
    op.create_index("ix_cluster_note_lot", "cluster_note", ["lot_id"], unique=False)
