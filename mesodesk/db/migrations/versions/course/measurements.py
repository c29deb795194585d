"""Add the tables of measurements: what was measured or rated, its readings, its scores."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER measurement_kept_update BEFORE UPDATE OF id, created_at, patient_id, occasion_id, session_id, measured_on, taken_at, observer_id, observer_name, measure, protocol, landmark_cm, region, side, rater, value_kg, value_cm, value_mm, score, confirmed, note ON measurement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was measured stays on record'); END",
    "CREATE TRIGGER measurement_error_once BEFORE UPDATE ON measurement FOR EACH ROW WHEN OLD.error_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an error is marked once'); END",
    "CREATE TRIGGER measurement_no_delete BEFORE DELETE ON measurement FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was measured stays on record'); END",
    "CREATE TRIGGER measurement_reading_no_update BEFORE UPDATE ON measurement_reading FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'measurement_reading is append-only'); END",
    "CREATE TRIGGER measurement_reading_no_delete BEFORE DELETE ON measurement_reading FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'measurement_reading is append-only'); END",
    "CREATE TRIGGER measurement_score_no_update BEFORE UPDATE ON measurement_score FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'measurement_score is append-only'); END",
    "CREATE TRIGGER measurement_score_no_delete BEFORE DELETE ON measurement_score FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'measurement_score is append-only'); END",
)


def upgrade() -> None:
    op.create_table(
        "measurement",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("occasion_id", types.Uuid(), nullable=False),
        sa.Column("session_id", types.Uuid(), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column(
            "taken_at",
            sa.Enum(
                "clinic",
                "home",
                name="taken_at",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("observer_id", types.Uuid(), nullable=False),
        sa.Column("observer_name", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("landmark_cm", types.ScaledDecimal(places=1), nullable=True),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "none",
                "left",
                "right",
                name="body_side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "rater",
            sa.Enum(
                "clinician",
                "patient",
                name="rater",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("value_kg", types.ScaledDecimal(places=4), nullable=True),
        sa.Column("value_cm", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("value_mm", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("confirmed", types.Json(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("error_at", types.UtcDateTime(), nullable=True),
        sa.Column("error_by", types.Uuid(), nullable=True),
        sa.Column("error_by_name", sa.String(), nullable=False),
        sa.Column("error_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)",
            name=op.f("ck_measurement_error_reasoned"),
        ),
        sa.CheckConstraint("measure <> ''", name=op.f("ck_measurement_named")),
        sa.CheckConstraint(
            "(value_kg IS NOT NULL) + (value_cm IS NOT NULL) + (value_mm IS NOT NULL) + (score IS NOT NULL) = 1",
            name=op.f("ck_measurement_one_value"),
        ),
        sa.ForeignKeyConstraint(
            ["error_by"],
            ["app_user.id"],
            name=op.f("fk_measurement_error_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["observer_id"],
            ["app_user.id"],
            name=op.f("fk_measurement_observer_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_measurement_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_measurement_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
    )
    op.create_index(
        "ix_measurement_patient", "measurement", ["patient_id", "measured_on"], unique=False
    )
    op.create_index("ix_measurement_session", "measurement", ["session_id"], unique=False)

    op.create_table(
        "measurement_reading",
        sa.Column("measurement_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("typed", types.ScaledDecimal(places=3), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "kg",
                "lb",
                "cm",
                "in",
                "mm",
                name="measured_unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value_kg", types.ScaledDecimal(places=3), nullable=True),
        sa.Column("value_cm", types.ScaledDecimal(places=2), nullable=True),
        sa.Column("value_mm", types.ScaledDecimal(places=2), nullable=True),
        sa.CheckConstraint(
            "(value_kg IS NOT NULL) + (value_cm IS NOT NULL) + (value_mm IS NOT NULL) = 1",
            name=op.f("ck_measurement_reading_one_value"),
        ),
        sa.CheckConstraint(
            "number BETWEEN 1 AND 3", name=op.f("ck_measurement_reading_number_range")
        ),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["measurement.id"],
            name=op.f("fk_measurement_reading_measurement_id_measurement"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("measurement_id", "number", name=op.f("pk_measurement_reading")),
    )
    op.create_table(
        "measurement_score",
        sa.Column("measurement_id", types.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["measurement.id"],
            name=op.f("fk_measurement_score_measurement_id_measurement"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("measurement_id", "item_id", name=op.f("pk_measurement_score")),
    )
    for statement in TRIGGERS:
        op.execute(statement)
