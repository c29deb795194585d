"""Add what the clinic says of screening rules, and how long an intake stands."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER rule_change_no_update BEFORE UPDATE ON rule_change FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rule_change is append-only'); END",
    "CREATE TRIGGER rule_change_no_delete BEFORE DELETE ON rule_change FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'rule_change is append-only'); END",
)


def upgrade() -> None:
    op.create_table(
        "rule_change",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "stop",
                "caution",
                "info",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("content", types.Json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", types.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_rule_change_number_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_rule_change_reasoned")),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["app_user.id"],
            name=op.f("fk_rule_change_made_by_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_rule_change_rule_id_number")),
    )
    # An added column leaves the clinic's table in place.
    op.add_column("clinic", sa.Column("intake_months", sa.Integer(), nullable=True))
    for statement in TRIGGERS:
        op.execute(statement)
