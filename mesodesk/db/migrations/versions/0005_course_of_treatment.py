"""Add what a course of treatment needs: each part of it in a module of its own."""

from mesodesk.db.migrations.versions.course import (
    consents,
    follow_ups,
    measurements,
    photos,
    plans,
    reactions,
    screening,
    stock,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for part in (measurements, plans, stock, consents, reactions, follow_ups, photos, screening):
        part.upgrade()


def downgrade() -> None:
    raise RuntimeError("a vault is never taken back to an older schema; restore a backup instead")
