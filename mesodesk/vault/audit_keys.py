"""Which key binds which entries of the audit chain: it changes with the vault's key.

The keys of before lie in the database, which is encrypted: the whole chain stays verifiable, and
who holds an old key cannot write entries of today.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from mesodesk.db.asking import Asked
from mesodesk.vault.keys import VaultKeys

_TABLE: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_key'"
_ROWS: Final = "SELECT first_seq, mac_key FROM audit_key ORDER BY first_seq"
_ADD: Final = "INSERT INTO audit_key (first_seq, mac_key) VALUES (?, ?)"


@dataclass(frozen=True, slots=True, repr=False)
class ChainKeys:
    """The keys in force from each of `first_seqs` on; the last one is in force now."""

    first_seqs: tuple[int, ...]
    mac_keys: tuple[bytes, ...]

    @classmethod
    def only(cls, keys: VaultKeys) -> "ChainKeys":
        """Return those of a vault whose key was never changed."""
        return cls((1,), (keys.audit_mac,))

    def at(self, seq: int) -> bytes:
        """Return the key that an entry is bound with."""
        return self.mac_keys[max(bisect_right(self.first_seqs, seq) - 1, 0)]

    def ends_with(self, keys: VaultKeys) -> bool:
        """Tell whether the last of them is the vault's own."""
        return self.mac_keys[-1] == keys.audit_mac


def chain_keys(connection: Asked, keys: VaultKeys) -> ChainKeys:
    """Read which keys bind the chain of a database; older schemas know one only."""
    if connection.exec_driver_sql(_TABLE).first() is None:
        return ChainKeys.only(keys)
    rows = connection.exec_driver_sql(_ROWS).all()
    if not rows:
        return ChainKeys.only(keys)
    return ChainKeys(tuple(int(row[0]) for row in rows), tuple(bytes(row[1]) for row in rows))


def change_key(connection: Asked, before: VaultKeys, after: VaultKeys, next_seq: int) -> None:
    """Bind entries with another key from `next_seq` on; in the transaction that appends it."""
    if connection.exec_driver_sql(_ROWS).first() is None:
        connection.exec_driver_sql(_ADD, (1, before.audit_mac))
    connection.exec_driver_sql(_ADD, (next_seq, after.audit_mac))
