"""What ties the database to its vault folder: identity, and the public keys of who signs."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base


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
