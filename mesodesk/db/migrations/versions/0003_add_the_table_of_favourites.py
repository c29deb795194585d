"""Add the table of favourites: fields and recipes, of one user or of the clinic."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "favourite",
        sa.Column("id", types.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("owner_id", types.Uuid(), nullable=True),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("content", types.Json(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_favourite_named")),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["app_user.id"],
            name=op.f("fk_favourite_owner_id_app_user"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
    )
    op.create_index(
        "uq_favourite_clinic_name",
        "favourite",
        ["name_folded"],
        unique=True,
        sqlite_where=sa.text("owner_id IS NULL AND archived_at IS NULL"),
    )
    op.create_index(
        "uq_favourite_own_name",
        "favourite",
        ["owner_id", "name_folded"],
        unique=True,
        sqlite_where=sa.text("owner_id IS NOT NULL AND archived_at IS NULL"),
    )


def downgrade() -> None:
    raise RuntimeError("a vault is never taken back to an older schema; restore a backup instead")
