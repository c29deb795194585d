"""Add the tables of photographs: what is known of each, thumbnails, marks, pairs."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER photo_kept_update BEFORE UPDATE OF id, created_at, patient_id, format, width_px, height_px, device, received_size, received_sha256, stored_size, stored_sha256, file_size, file_sha256, file_key, kept_by_id, kept_by_name ON photo FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a photograph stays on record as it was kept'); END",
    "CREATE TRIGGER photo_error_once BEFORE UPDATE ON photo FOR EACH ROW WHEN OLD.error_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an error is marked once'); END",
    "CREATE TRIGGER photo_no_delete BEFORE DELETE ON photo FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a photograph stays on record as it was kept'); END",
    "CREATE TRIGGER photo_before_no_update BEFORE UPDATE ON photo_before FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_before is append-only'); END",
    "CREATE TRIGGER photo_before_no_delete BEFORE DELETE ON photo_before FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_before is append-only'); END",
    "CREATE TRIGGER photo_thumbnail_no_update BEFORE UPDATE ON photo_thumbnail FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_thumbnail is append-only'); END",
    "CREATE TRIGGER photo_thumbnail_no_delete BEFORE DELETE ON photo_thumbnail FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_thumbnail is append-only'); END",
    "CREATE TRIGGER photo_mark_kept_update BEFORE UPDATE OF id, photo_id, kind, x1_ppm, y1_ppm, x2_ppm, y2_ppm, text, made_at, made_by, made_by_name ON photo_mark FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was drawn stays on record'); END",
    "CREATE TRIGGER photo_mark_removed_once BEFORE UPDATE ON photo_mark FOR EACH ROW WHEN OLD.removed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a mark is taken away once'); END",
    "CREATE TRIGGER photo_mark_no_delete BEFORE DELETE ON photo_mark FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was drawn stays on record'); END",
    "CREATE TRIGGER photo_pair_no_update BEFORE UPDATE ON photo_pair FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_pair is append-only'); END",
    "CREATE TRIGGER photo_pair_no_delete BEFORE DELETE ON photo_pair FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'photo_pair is append-only'); END",
)


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=True),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("angle", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("purposes", types.Json(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "jpeg",
                "png",
                "heic",
                name="photo_format",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("received_size", sa.Integer(), nullable=False),
        sa.Column("received_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stored_size", sa.Integer(), nullable=False),
        sa.Column("stored_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_key", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by_id", types.Uuid(), nullable=False),
        sa.Column("kept_by_name", sa.String(), nullable=False),
        sa.Column("error_at", types.UtcDateTime(), nullable=True),
        sa.Column("error_by", types.Uuid(), nullable=True),
        sa.Column("error_by_name", sa.String(), nullable=False),
        sa.Column("error_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)",
            name=op.f("ck_photo_error_reasoned"),
        ),
        sa.CheckConstraint("area <> '' AND angle <> ''", name=op.f("ck_photo_viewed")),
        sa.CheckConstraint("length(file_key) = 32", name=op.f("ck_photo_key_length")),
        sa.CheckConstraint(
            "width_px > 0 AND height_px > 0 AND stored_size > 0", name=op.f("ck_photo_has_size")
        ),
        sa.ForeignKeyConstraint(
            ["error_by"],
            ["app_user.id"],
            name=op.f("fk_photo_error_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["kept_by_id"],
            ["app_user.id"],
            name=op.f("fk_photo_kept_by_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_photo_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_photo_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index("ix_photo_patient", "photo", ["patient_id", "taken_on"], unique=False)
    op.create_index("ix_photo_session", "photo", ["session_id"], unique=False)

    op.create_table(
        "photo_before",
        sa.Column("photo_id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("angle", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("purposes", types.Json(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_by", types.Uuid(), nullable=False),
        sa.Column("changed_by_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["app_user.id"],
            name=op.f("fk_photo_before_changed_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photo.id"],
            name=op.f("fk_photo_before_photo_id_photo"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_photo_before_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("photo_id", "version", name=op.f("pk_photo_before")),
    )
    op.create_index(
        op.f("ix_photo_before_session_id"), "photo_before", ["session_id"], unique=False
    )

    op.create_table(
        "photo_mark",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("photo_id", types.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arrow",
                "circle",
                "text",
                name="mark_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("x1_ppm", sa.Integer(), nullable=False),
        sa.Column("y1_ppm", sa.Integer(), nullable=False),
        sa.Column("x2_ppm", sa.Integer(), nullable=False),
        sa.Column("y2_ppm", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by", types.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("removed_at", types.UtcDateTime(), nullable=True),
        sa.Column("removed_by", types.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'text') = (text <> '')", name=op.f("ck_photo_mark_text_or_shape")
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)",
            name=op.f("ck_photo_mark_removed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["app_user.id"],
            name=op.f("fk_photo_mark_made_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photo.id"],
            name=op.f("fk_photo_mark_photo_id_photo"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"],
            ["app_user.id"],
            name=op.f("fk_photo_mark_removed_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_mark")),
    )
    op.create_index(op.f("ix_photo_mark_photo_id"), "photo_mark", ["photo_id"], unique=False)

    op.create_table(
        "photo_pair",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("before_id", types.Uuid(), nullable=False),
        sa.Column("after_id", types.Uuid(), nullable=False),
        sa.Column("places_ppm", types.Json(), nullable=False),
        sa.Column("transform", types.Json(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by", types.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.CheckConstraint("before_id <> after_id", name=op.f("ck_photo_pair_two_photos")),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["photo.id"],
            name=op.f("fk_photo_pair_after_id_photo"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["before_id"],
            ["photo.id"],
            name=op.f("fk_photo_pair_before_id_photo"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["app_user.id"],
            name=op.f("fk_photo_pair_made_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_pair")),
    )
    op.create_index(op.f("ix_photo_pair_after_id"), "photo_pair", ["after_id"], unique=False)
    op.create_index("ix_photo_pair_both", "photo_pair", ["before_id", "after_id"], unique=False)

    op.create_table(
        "photo_thumbnail",
        sa.Column("photo_id", types.Uuid(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photo.id"],
            name=op.f("fk_photo_thumbnail_photo_id_photo"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_thumbnail")),
    )
    for statement in TRIGGERS:
        op.execute(statement)
