"""What a vault writes into its own database: whose it is, and who signs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, update

from mesodesk.db.engine import FORMAT
from mesodesk.db.models.vault_meta import SigningKeyRow, VaultMetaRow


def stamp_vault(connection: Connection, vault_id: UUID, now: datetime) -> None:
    """Write into a new database which vault it belongs to."""
    connection.execute(
        insert(VaultMetaRow).values(id=1, vault_id=vault_id, format=FORMAT, created_at=now)
    )


def add_signing_key(
    connection: Connection, user_id: UUID, public_key: bytes, now: datetime
) -> None:
    """Note the public key that the user's signatures are checked with from now on.

    Any key of the user before is retired: its private half is gone with the password.
    """
    retire_signing_keys(connection, user_id, now)
    connection.execute(
        insert(SigningKeyRow).values(public_key=public_key, user_id=user_id, created_at=now)
    )


def retire_signing_keys(connection: Connection, user_id: UUID, now: datetime) -> None:
    """Note that nobody signs with the keys of a user any more; they stay, to check signatures."""
    connection.execute(
        update(SigningKeyRow)
        .where(SigningKeyRow.user_id == user_id, SigningKeyRow.retired_at.is_(None))
        .values(retired_at=now)
    )
