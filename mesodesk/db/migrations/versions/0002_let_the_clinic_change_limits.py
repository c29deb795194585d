"""Keep what the clinic says of the limits of a session: values, switches, limits of its own."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An added column leaves the table in place; a batch would make the clinic's table anew.
    op.add_column(
        "clinic",
        sa.Column("limits", types.Json(), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a vault is never taken back to an older schema; restore a backup instead")
