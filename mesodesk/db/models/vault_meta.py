"""What ties the database to its vault folder: identity, and the public keys of who signs."""

from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base
from mesodesk.db.models.triggers import refusal


class VaultMetaRow(Base):
    """The one row that says which vault this database belongs to."""

    __tablename__ = "vault_meta"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    vault_id: Mapped[UUID]
    format: Mapped[int]
    created_at: Mapped[datetime]


class SigningKeyRow(Base):
    """An Ed25519 public key of a user. A replaced key stays: what it signed must stay provable."""

    __tablename__ = "signing_key"
    __table_args__ = (sa.CheckConstraint("length(public_key) = 32", name="key_length"),)

    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


VAULT_TRIGGERS: Final = (
    refusal(
        "signing_key_closed_update",
        "UPDATE ON signing_key",
        "NOT (OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL"
        " AND NEW.public_key IS OLD.public_key AND NEW.user_id IS OLD.user_id"
        " AND NEW.created_at IS OLD.created_at)",
        "a signing key is only retired, once",
    ),
    refusal(
        "signing_key_no_delete",
        "DELETE ON signing_key",
        "",
        "what a signing key signed must stay provable",
    ),
)
"""One CREATE TRIGGER statement each, for the migration that adds them."""
