"""Add plans and protocols, and what links sessions and checks to them.

Only new tables, indexes and triggers: no table is made anew.
"""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER protocol_version_no_update BEFORE UPDATE ON protocol_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'protocol_version is append-only'); END",
    "CREATE TRIGGER protocol_version_no_delete BEFORE DELETE ON protocol_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'protocol_version is append-only'); END",
    "CREATE TRIGGER protocol_no_delete BEFORE DELETE ON protocol FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'protocols are never deleted'); END",
    "CREATE TRIGGER plan_no_delete BEFORE DELETE ON plan FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'plans are never deleted'); END",
    "CREATE TRIGGER session_plan_closed_insert BEFORE INSERT ON session_plan FOR EACH ROW WHEN (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_plan_closed_update BEFORE UPDATE ON session_plan FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' OR (SELECT state FROM session WHERE id = NEW.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER session_plan_closed_delete BEFORE DELETE ON session_plan FOR EACH ROW WHEN (SELECT state FROM session WHERE id = OLD.session_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed session is closed'); END",
    "CREATE TRIGGER follow_up_protocol_no_update BEFORE UPDATE ON follow_up_protocol FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'follow_up_protocol is append-only'); END",
    "CREATE TRIGGER follow_up_protocol_no_delete BEFORE DELETE ON follow_up_protocol FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'follow_up_protocol is append-only'); END",
)


def upgrade() -> None:
    op.create_table(
        "protocol",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_protocol_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol")),
    )
    op.create_index(
        "uq_protocol_name",
        "protocol",
        ["name_folded"],
        unique=True,
        sqlite_where=sa.text("archived_at IS NULL"),
    )

    op.create_table(
        "plan",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("patient_id", types.Uuid(), nullable=False),
        sa.Column("protocol_id", types.Uuid(), nullable=True),
        sa.Column("indication", sa.String(), nullable=False),
        sa.Column("regions", types.Json(), nullable=False),
        sa.Column("planned_sessions", sa.Integer(), nullable=True),
        sa.Column("interval_count", sa.Integer(), nullable=True),
        sa.Column(
            "interval_unit",
            sa.Enum(
                "days",
                "weeks",
                "months",
                name="interval_unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("max_sessions", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "finished",
                "stopped",
                name="plan_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begun_by", types.Uuid(), nullable=False),
        sa.Column("begun_by_name", sa.String(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_by", types.Uuid(), nullable=True),
        sa.Column("ended_by_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'active') = (ended_at IS NULL)", name=op.f("ck_plan_ended_dated")
        ),
        sa.CheckConstraint(
            "(state = 'stopped') = (reason <> '')", name=op.f("ck_plan_stopped_reasoned")
        ),
        sa.CheckConstraint(
            "(interval_count IS NULL) = (interval_unit IS NULL)",
            name=op.f("ck_plan_interval_has_unit"),
        ),
        sa.CheckConstraint("interval_count > 0", name=op.f("ck_plan_interval_positive")),
        sa.CheckConstraint("max_sessions > 0", name=op.f("ck_plan_maximum_positive")),
        sa.CheckConstraint("planned_sessions > 0", name=op.f("ck_plan_planned_positive")),
        sa.ForeignKeyConstraint(
            ["begun_by"],
            ["app_user.id"],
            name=op.f("fk_plan_begun_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["app_user.id"],
            name=op.f("fk_plan_ended_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
            name=op.f("fk_plan_patient_id_patient"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["protocol_id"],
            ["protocol.id"],
            name=op.f("fk_plan_protocol_id_protocol"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_patient", "plan", ["patient_id"], unique=False)
    op.create_index("ix_plan_protocol", "plan", ["protocol_id"], unique=False)

    op.create_table(
        "protocol_version",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("protocol_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", types.Json(), nullable=False),
        sa.Column("kept_at", types.UtcDateTime(), nullable=False),
        sa.Column("kept_by", types.Uuid(), nullable=False),
        sa.Column("kept_by_name", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_protocol_version_number_positive")),
        sa.ForeignKeyConstraint(
            ["kept_by"],
            ["app_user.id"],
            name=op.f("fk_protocol_version_kept_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["protocol_id"],
            ["protocol.id"],
            name=op.f("fk_protocol_version_protocol_id_protocol"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_version")),
    )
    op.create_index(
        "uq_protocol_version_number", "protocol_version", ["protocol_id", "number"], unique=True
    )

    op.create_table(
        "session_plan",
        sa.Column("session_id", types.Uuid(), nullable=False),
        sa.Column("plan_id", types.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("protocol_version_id", types.Uuid(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_session_plan_number_positive")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_session_plan_plan_id_plan"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["protocol_version_id"],
            ["protocol_version.id"],
            name=op.f("fk_session_plan_protocol_version_id_protocol_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_session_plan_session_id_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_plan")),
    )
    op.create_index("ix_session_plan_plan", "session_plan", ["plan_id", "number"], unique=False)
    op.create_index(
        "ix_session_plan_protocol", "session_plan", ["protocol_version_id"], unique=False
    )

    op.create_table(
        "follow_up_protocol",
        sa.Column("follow_up_id", types.Uuid(), nullable=False),
        sa.Column("protocol_version_id", types.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_protocol_follow_up_id_follow_up"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["protocol_version_id"],
            ["protocol_version.id"],
            name=op.f("fk_follow_up_protocol_protocol_version_id_protocol_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("follow_up_id", name=op.f("pk_follow_up_protocol")),
    )
    op.create_index(
        "ix_follow_up_protocol_protocol",
        "follow_up_protocol",
        ["protocol_version_id"],
        unique=False,
    )

    for statement in TRIGGERS:
        op.execute(statement)
